import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import values
from aggregator.errors import SourceError
from aggregator.intake.finding.opml import MAX_BYTES, MAX_TAG, address_of, read_opml, tag_of
from aggregator.markup import one_line
from aggregator.model import Source, SourceState, SourceView
from aggregator.outputs.opml import render_opml
from aggregator.outputs.site import Site

SITE = Site(title="T", base_url="https://news.example/")
ONE = Source(url="https://one.example/feed", name="One")


def opml(body: str, *, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def outline(**attributes: str) -> str:
    return "<outline " + " ".join(f'{name}="{value}"' for name, value in attributes.items()) + "/>"


GOOD = outline(type="rss", text="One", xmlUrl="https://one.example/feed")


# ---------------------------------------------------------------- what a list says


@pytest.mark.parametrize(
    ("body", "source"),
    [
        (GOOD, ONE),
        (outline(text="One", xmlurl="https://one.example/feed"), ONE),
        (outline(title="One", XMLURL=" https://one.example/feed\n"), ONE),
        (outline(text="One", type="RSS", url="https://one.example/feed"), ONE),
        (outline(text="One", type="link", xmlUrl="https://one.example/feed"), ONE),
        (outline(text="https://one.example/feed", xmlUrl="https://one.example/feed"), Source(url=ONE.url)),
        (outline(text="One", xmlUrl="feed://one.example/feed"), Source(url="http://one.example/feed", name="One")),
        (outline(text="One", xmlUrl="feed:https://one.example/feed"), ONE),
        (
            outline(text="A & B &eacute;&nosuch;", xmlUrl="https://a.example/?x=1&y=2"),
            Source(url="https://a.example/?x=1&y=2", name="A & B é&nosuch;"),
        ),
        (
            f'<outline text="W x"><outline text="b">{GOOD}</outline></outline>',
            Source(url=ONE.url, name="One", tags=("W x", "b")),
        ),
        (
            outline(text="One", xmlUrl=ONE.url, category="/a/b,c", language="en-GB"),
            Source(url=ONE.url, name="One", tags=("a", "b", "c"), lang="en"),
        ),
        (outline(text="One", xmlUrl=ONE.url, language="english!"), ONE),
    ],
)
def test_outlines(body: str, source: Source) -> None:
    found = read_opml(opml(body))
    assert found.sources == (source,)
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("body", "what", "why"),
    [
        (outline(type="rss", text="No address"), "No address", "without an address"),
        (outline(type="rss", text="Page", htmlUrl="https://p.example/"), "Page", "aggregator add https://p.example/"),
        (outline(type="include", text="More", url="https://p.example/more.opml"), "More", "another list"),
        (outline(type="source", text="More", xmlUrl="https://p.example/more.opml"), "More", "another list"),
        (outline(type="link", text="Link", url="https://p.example/"), "Link", "no feed"),
        (outline(text="Mail", xmlUrl="mailto:a@b.example"), "Mail", "not an http(s) address: mailto:"),
        (outline(text="", xmlUrl="javascript:alert(1)"), "an outline", "not an http(s) address"),
        (outline(text="File", xmlUrl="file:///etc/passwd"), "File", "not an http(s) address"),
    ],
)
def test_what_is_no_source_is_reported(body: str, what: str, why: str) -> None:
    found = read_opml(opml(body + GOOD))
    assert found.sources == (ONE,)
    assert [name for name, _ in found.skipped] == [what]
    assert why in found.skipped[0][1]


def test_notes_and_folders_are_nothing_to_report() -> None:
    found = read_opml(opml(outline(text="a note") + '<outline text="empty"></outline>' + "<!-- c --><?p i?>"))
    assert found.sources == found.skipped == found.warnings == ()


def test_a_source_in_two_folders_has_both_tags() -> None:
    unnamed = outline(xmlUrl=ONE.url, language="de")
    found = read_opml(opml(f'<outline text="a">{unnamed}</outline><outline text="b">{GOOD}</outline>'))
    assert found.sources == (Source(url=ONE.url, name="One", lang="de", tags=("a", "b")),)


def test_a_planet_lists_people() -> None:
    feed = '<rdfs:seeAlso><rss:channel rdf:about="https://one.example/feed"/></rdfs:seeAlso>'
    person = f"<foaf:Agent><foaf:name>One</foaf:name><foaf:weblog>{feed}</foaf:weblog></foaf:Agent>"
    group = f"<foaf:Group><foaf:name>Planet</foaf:name><foaf:member>{person}</foaf:member></foaf:Group>"
    spaces = {
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "rss": "http://purl.org/rss/1.0/",
    }
    names = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in spaces.items())
    empty = '<rss:channel rdf:about=""/>'
    found = read_opml(f"<rdf:RDF {names}>{group}{empty}</rdf:RDF>".encode())
    assert found.sources == (Source(url=ONE.url, name="One", tags=("Planet",)),)
    assert found.skipped == (("an outline", "a feed without an address"),)


# ---------------------------------------------------------------- what the world writes


@pytest.mark.parametrize(
    "body",
    [
        opml(GOOD)[:-10],  # cut off
        opml(GOOD + "<wrong></outline>"),
        opml(GOOD) + opml(""),
        opml(f"<unknown:x>{GOOD}</unknown:x>"),
        b"\n\n  " + opml(GOOD, head='<?xml version="1.0"?>'),
        codecs.BOM_UTF8 + opml(GOOD),
        codecs.BOM_UTF16_LE + opml(GOOD).decode().encode("utf-16-le"),
        b"<OPML><BODY>" + GOOD.encode() + b"</BODY></OPML>",
        b"<opml>" + GOOD.encode(),
    ],
)
def test_broken_lists_give_what_is_in_them(body: bytes) -> None:
    assert read_opml(body).sources == (ONE,)


def test_the_declared_encoding_is_believed_where_the_bytes_do_not_speak() -> None:
    text = outline(text="Zürich", xmlUrl=ONE.url)
    for encoding in ("iso-8859-1", "utf-8"):  # both say latin-1
        body = opml(text, head='<?xml version="1.0" encoding="iso-8859-1"?>').decode().encode(encoding)
        assert read_opml(body).sources[0].name == "Zürich"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "not OPML"),
        (b"\x00\xff\xfe", "not OPML"),
        (b'<rss version="2.0"><channel/></rss>', "begins with <rss>"),
        (b"<!doctype html><html><body>no</body></html>", "an HTML page"),
        (b"x" * (MAX_BYTES + 1), "more than 10 MB"),
    ],
)
def test_what_is_no_list_is_said(body: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_opml(body)


def test_bombs_and_files_are_not_opened() -> None:
    laughs = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE opml [<!ENTITY e0 "ha"><!ENTITY file SYSTEM "file:///etc/passwd">{laughs}]>'
    found = read_opml(opml(outline(text="&e9;", xmlUrl=ONE.url) + "<outline>&file;</outline>", head=head))
    assert all(len(each.name) < 1000 for each in found.sources)
    assert "root:" not in repr(found)


def test_depth_is_no_danger() -> None:
    for depth in (10, 100, 10_000):
        found = read_opml(b"<opml><body>" + b'<outline text="a">' * depth + GOOD.encode())
        assert len(found.sources) + len(found.warnings) >= 1


@given(st.binary(max_size=200))
def test_any_bytes_are_a_list_or_an_error(body: bytes) -> None:
    for each in (body, b"<opml><body>" + body, opml(GOOD).replace(b"One", body)):
        with contextlib.suppress(SourceError):
            assert all(source.url.startswith("http") for source in read_opml(each).sources)


# ---------------------------------------------------------------- tags


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("World", "World"),
        ("  Science / Space ", "Science Space"),
        ("__x__", "x__"),
        ("(draft)", "draft"),
        ("日本語", "日本語"),
        ("C++", "C"),
        ("***", ""),
        ("a" * 60, "a" * MAX_TAG),
    ],
)
def test_folders_become_tags(name: str, tag: str) -> None:
    assert tag_of(name) == tag


@given(st.text(max_size=80))
def test_every_tag_may_stand_in_the_configuration(name: str) -> None:
    tag = tag_of(name)
    if tag:
        assert values.tag(tag) == tag
        assert tag_of(tag) == tag


@given(st.text(max_size=80))
def test_addresses_are_http_or_nothing(text: str) -> None:
    assert address_of(text) == "" or address_of(text).startswith(("http://", "https://"))


# ---------------------------------------------------------------- out and in again

TAGS = st.from_regex(values._TAG, fullmatch=True).filter(lambda tag: one_line(tag) == tag)
NAMES = st.text(max_size=40).map(one_line).filter(lambda name: name.isprintable() and one_line(name) == name)


@st.composite
def sources(draw: st.DrawFn) -> Source:
    return Source(
        url=f"https://{draw(st.integers(0, 9))}.example/feed?a=1&b={draw(st.integers(0, 9))}",
        name=draw(NAMES),
        lang=draw(st.sampled_from(["", "en", "de", "zh"])),
        tags=tuple(draw(st.lists(TAGS.map(tag_of).filter(bool), max_size=3, unique=True))),
    )


@given(st.lists(sources(), max_size=6, unique_by=lambda each: each.url))
def test_what_is_exported_comes_back(chosen: list[Source]) -> None:
    views = [SourceView(source=each, state=SourceState(url=each.url)) for each in chosen]
    found = read_opml(render_opml(SITE, views))
    assert sorted(found.sources, key=lambda each: each.url) == sorted(chosen, key=lambda each: each.url)
    assert found.skipped == found.warnings == ()
