"""The fast reader gives what feedparser gives, or gives up."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.intake.reading.fast import read_fast
from aggregator.intake.reading.limits import MAX_DEPTH
from aggregator.intake.reading.parse import JUDGES, parse

URL = "https://one.example/feed.xml"
SPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:own="https://own.example/"'
)


ATOM_MARKUP = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml"><div><title>x</title></div></content>'
    "</entry></feed>"
)


def rss(inner: str) -> str:
    return f'<rss version="2.0" {SPACES}><channel><title>One</title>{inner}</channel></rss>'


def is_fast(text: str) -> bool:
    return read_fast(text.encode(), url=URL, judges=JUDGES) is not None


@pytest.mark.parametrize(
    "text",
    [
        rss("<item><title>A & B</title></item>"),
        rss("<item><title>cut"),
        rss("<item><title>A <b>B</b></title></item>"),
        rss("<item><date>2026-01-14</date></item>"),
        rss("<item><item><title>nested</title></item></item>"),
        rss('<item><title mode="base64">QQ==</title></item>'),
        rss('<item><content type="image/png">QQ==</content></item>'),
        rss('<item xmlns:dc="http://purl.org/dc/terms/"><title>x</title></item>'),
        rss('<item xmlns:x="http://www.w3.org/1999/xlink"><title>x</title></item>'),
        rss("<x>" * (MAX_DEPTH + 1) + "</x>" * (MAX_DEPTH + 1)),
        rss('<item xml:base="urn:x"><title>x</title></item>'),
        rss("<item><textinput/><link>x</link></item>" * 2 + "<item><name>x</name></item>"),
        "<!DOCTYPE rss [<!ENTITY a 'b'>]>" + rss("<item><title>&a;</title></item>"),
        ATOM_MARKUP,
        " plain",
        "",
    ],
)
def test_it_gives_up(text: str) -> None:
    parsed = parse(text.encode(), url=URL)
    assert parsed == parse(text.encode(), url=URL, is_fast=False)
    assert not is_fast(text) or "textinput" in text


TEXTS = st.sampled_from(
    (
        *("", " text ", "&lt;p&gt;x&lt;/p&gt;", "a &amp;amp; b", "<![CDATA[<i>y</i>]]>"),
        *("Ã©", "\u0092", "x@y.example (Z)", "2026-01-14"),
        *("Thu, 01 Jan 2026 10:00:00 +0130", "2026-01-31T10:00:00.5Z", "tag:one.example,2026:1"),
    )
)
NAMES = (
    "title link description guid author category pubDate content:encoded dc:creator dc:date dc:subject dc:title "
    "media:title media:description media:thumbnail itunes:author itunes:summary itunes:keywords itunes:subtitle source "
    "comments summary updated published id own:title own:x image url name email language atom:summary atom:content "
    "atom:author atom:contributor enclosure media:group media:content"
)
ATTRIBUTES = st.sampled_from(
    (
        *("", "", "", ' url="/u"', ' href="http://one.example/h?a=1&amp;b"', ' type="text/html"', ' type="html"'),
        *(' isPermaLink="false"', ' rel="self" href="x"', ' xml:lang="pt_BR"', ' term="t" label="l"', ' own:href="z"'),
        *(' xml:base="/b/"', ' domain="d"'),
    )
)
HOLDERS = "media:group media:content author atom:author image source own:x itunes:owner"


def element(name: str, attributes: str, parts: list[str]) -> str:
    return f"<{name}{attributes}>{''.join(parts)}</{name}>"


ELEMENTS = st.recursive(
    st.builds(element, st.sampled_from(NAMES.split()), ATTRIBUTES, TEXTS.map(lambda text: [text])),
    lambda inner: st.builds(element, st.sampled_from(HOLDERS.split()), ATTRIBUTES, st.lists(inner, max_size=4)),
    max_leaves=12,
)


DEEPER = "<media:group><dc:date>Thu, 01 Jan 2026 10:00:00 +0130</dc:date></media:group>"  # beside one that says nothing


@settings(deadline=None)  # two readings each, on a machine that others use
@given(st.lists(ELEMENTS, max_size=4), st.lists(st.lists(ELEMENTS, max_size=7), min_size=1, max_size=2))
@example([], [["<dc:date></dc:date>", DEEPER]])
def test_the_path_changes_no_field(head: list[str], articles: list[list[str]]) -> None:
    text = rss("".join(head) + "".join(f"<item>{''.join(each)}</item>" for each in articles)).encode()
    assert parse(text, url=URL) == parse(text, url=URL, is_fast=False)


@settings(deadline=None)  # two readings each, on a machine that others use
@given(st.lists(ELEMENTS, max_size=4), st.lists(ELEMENTS, min_size=1, max_size=7))
def test_the_path_changes_no_field_of_atom(head: list[str], article: list[str]) -> None:
    text = f'<feed xmlns="http://www.w3.org/2005/Atom" {SPACES}>{"".join(head)}<entry>{"".join(article)}</entry></feed>'
    assert parse(text.encode(), url=URL) == parse(text.encode(), url=URL, is_fast=False)
