"""No body holds a reading for long, and what was read before it became too much is kept.

Prices are counted, not timed, so most of this is exact; the limits in seconds are far above what each takes.
"""

import json
import time
from collections.abc import Callable

import pytest

from aggregator.intake.reading import limits
from aggregator.intake.reading.fast_state import MAX_AUTHOR, MAX_TAGS, _without_wrapper
from aggregator.intake.reading.parse import TOO_COSTLY, parse
from aggregator.intake.reading.tolerant import read_tolerantly
from aggregator.model import NotAFeed, ParsedFeed

URL = "https://one.example/feed.xml"
FIRST = "<item><title>First</title><guid>1</guid><description>Words.</description></item>"
SECONDS = 5.0  # of processor time; most take a tenth, and without bounds the worst of them minutes


def rss(inner: str) -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{FIRST}{inner}</channel></rss>'


def item(inner: str) -> str:
    return rss(f"<item><title>Second</title>{inner}</item>")


def many(pattern: str, n: int) -> str:
    return "".join(pattern.replace("%", str(i)) for i in range(n))


BODIES: dict[str, str] = {
    "categories": item(many("<category>c%</category>", 20_000)),
    "categories, broken": item(many("<category>c%</category>", 20_000) + " & "),
    "keywords": item(
        f"<media:keywords xmlns:media='http://search.yahoo.com/mrss/'>{many('k%,', 30_000)}</media:keywords>"
    ),
    "letters of an author": item(f"<author>{'a' * 300_000}</author>"),
    "letters of an author, broken": item(f"<author>{'a' * 300_000}</author> & "),
    "name spaces": item(many('<x xmlns:p%="u%"/>', 20_000)),
    "name spaces, broken": item(many('<x xmlns:p%="u%"/>', 20_000) + " & "),
    "comments before": "<!--x-->" * 20_000 + rss(""),
    "comments without end": "<!--x--" * 20_000 + rss(""),
    "empty tags": rss("<>" * 20_000),
    "ampersands": item(f"<description>{'& ' * 20_000}</description>"),
    "end tags": rss("</x>" * 20_000),
    "elements": item("<x/>" * 20_000),
    "files": item(many('<enclosure url="/%"/>', 10_000)),
    "references that grow": '<!DOCTYPE x [<!ENTITY e "'
    + "y" * 40
    + '">]>'
    + item(f"<title>{'&e;' * 100_000}</title>")[21:],
    "blanks before a text": (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry><id>1</id><content type='xhtml'>"
        + "&#32;<!---->" * 20_000
        + " & <div>x</div></content></entry></feed>"
    ),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_was_made_to_hold_us_up_ends_soon(name: str) -> None:
    start = time.process_time()
    found = parse(BODIES[name].encode(), url=URL)
    assert time.process_time() - start < SECONDS
    assert isinstance(found, ParsedFeed)
    assert found.articles or "blanks" in name


def test_what_was_read_before_the_budget_was_spent_is_kept_and_said() -> None:
    good = "".join(f"<item><title>Title {i}</title><guid>{i}</guid></item>" for i in range(5))
    found = parse(rss(good + "<item><title>Last</title>" + "<>" * 20_000).encode(), url=URL, max_cost=100_000)
    assert isinstance(found, ParsedFeed)
    assert [each.title for each in found.articles] == ["First", *[f"Title {i}" for i in range(5)]]
    assert f"reading was given up after 6 articles: {TOO_COSTLY}" in found.warnings


def test_a_spent_budget_serves_no_second_attempt() -> None:
    budget = limits.Budget(left=100)
    assert len(read_tolerantly(rss("").encode(), url=URL, budget=budget).entries) == 0
    assert budget.is_spent
    assert read_tolerantly(rss("").encode(), url=URL, budget=budget).entries == []


def test_an_ordinary_feed_spends_next_to_nothing() -> None:
    budget = limits.Budget()
    assert len(read_tolerantly(rss(FIRST * 100).encode(), url=URL, budget=budget).entries) == 101
    assert limits.BUDGET - budget.left < limits.BUDGET / 50


@pytest.mark.parametrize("is_fast", [True, False])
def test_long_lists_are_cut_alike_on_both_paths(is_fast: bool) -> None:
    body = item(many("<category>c%</category>", MAX_TAGS + 50) + f"<author>{'x' * (MAX_AUTHOR + 9)}</author>").encode()
    found = parse(body, url=URL, is_fast=is_fast)
    assert isinstance(found, ParsedFeed)
    assert found.articles[1].categories == tuple(f"c{i}" for i in range(100))
    assert len(found.articles[1].author) <= MAX_AUTHOR
    assert found == parse(body, url=URL)


def test_a_feed_with_more_markup_than_can_be_cleaned_gives_its_first_articles() -> None:
    prices = [limits.MAX_PRICE // 3] * 5
    assert limits.within_price(prices, lambda price: price) == (
        prices[:3],
        ("only the first 3 articles are read: the others hold too much markup",),
    )
    assert limits.within_price(prices[:3], lambda price: price) == (prices[:3], ())
    assert limits.within_price([limits.MAX_PRICE + 1], lambda price: price)[0] == []


def test_markup_is_priced_by_its_tags_addresses_and_entities() -> None:
    assert limits.price_of("words " * 100) < limits.price_of("<b>" * 200) < limits.price_of("<img src=a>" * 55)
    assert limits.price_of("&amp;" * 100) > limits.price_of("words" * 100)


def test_the_lists_of_a_json_feed_are_cut_alike() -> None:
    article = {
        "id": "1",
        "tags": [f"t{i}" for i in range(500)],
        "authors": [{"name": f"a{i}"} for i in range(500)],
        "attachments": [{"url": f"https://one.example/{i}"} for i in range(500)],
    }
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [article]})
    found = parse(body.encode(), url=URL)
    assert isinstance(found, ParsedFeed)
    (read,) = found.articles
    assert (len(read.categories), len(read.author.split(", ")), len(read.enclosures)) == (100, 100, 100)


@pytest.mark.parametrize("build", [lambda n: "<x>" * n, lambda n: "<item>" * n, lambda n: "<item><b>" * n])
def test_what_is_too_deep_is_refused_or_read_up_to_there(build: Callable[[int], str]) -> None:
    found = parse(rss(build(50_000)).encode(), url=URL)
    assert isinstance(found, NotAFeed) or found.articles


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([" ", "<div>", "a", "</div>", "\n"], ["a"]),
        ([" ", " ", "a", " "], ["a"]),
        ([" ", " "], [" "]),
        (["<div>", "a", "</div>", "b"], ["<div>", "a", "</div>", "b"]),
        (["<div>", "</div>", "<div>", "</div>"], ["<div>", "</div>", "<div>", "</div>"]),
        ([], []),
    ],
)
def test_the_wrapper_of_xhtml_goes(pieces: list[str], expected: list[str]) -> None:
    assert _without_wrapper(pieces) == expected


# ---------------------------------------------------------------- XML, before any parser sees it


def test_of_a_doctype_only_short_plain_entities_are_kept() -> None:
    kept = b'<!ENTITY shy "&#173;">'
    hostile = (
        b'<!ENTITY lol "lol">',
        b'<!ENTITY lol2 "&lol;&lol;&lol;">',
        b'<!ENTITY passwd SYSTEM "file:///etc/passwd">',
        b'<!ENTITY % remote SYSTEM "https://one.example/x.dtd">',
        b'<!ENTITY long "' + b"x" * 41 + b'">',
    )
    for each in hostile[1:]:
        text = b"<?xml version='1.0'?><!DOCTYPE rss [" + kept + each + b"]><rss>&lol2;</rss>"
        found = limits.without_entities(text)
        assert kept in found, each
        assert each not in found
        assert b"SYSTEM" not in found
    many = b"".join(b'<!ENTITY e%d "x">' % n for n in range(limits.MAX_ENTITIES + 50))
    found = limits.without_entities(b"<!DOCTYPE rss [" + many + b"]><rss/>")
    assert found.count(b"<!ENTITY") == limits.MAX_ENTITIES


def test_xml_that_is_too_deep_or_too_rich_is_refused_in_words() -> None:
    deep = b"<a>" * (limits.MAX_DEPTH + 1) + b"</a>" * (limits.MAX_DEPTH + 1)
    assert "deep" in limits.why_refused(deep)
    assert limits.why_refused(deep[3:-4]) == ""
    rich = b"<a " + b" ".join(b"x%d=''" % n for n in range(limits.MAX_ATTRIBUTES + 1)) + b"/>"
    assert "attributes" in limits.why_refused(rich)
    assert limits.why_refused(rich.replace(b"x0=''", b"")) == ""
