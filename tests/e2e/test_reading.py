"""Reading against what others published and feedparser made of it. Needs the corpus that stands beside the project.

A cut of every fifth file by default; ``WHOLE_CORPUS=1`` reads all 6,486.
"""

import calendar
import io
import os
import tarfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest

from aggregator.intake.finding.discover import feed_links
from aggregator.intake.reading.dates import is_plain
from aggregator.intake.reading.encoding import to_utf8
from aggregator.intake.reading.entries import MAX_LIST
from aggregator.intake.reading.fast import read_fast
from aggregator.intake.reading.parse import JUDGES, parse
from aggregator.markup import clean, one_line, safe_url, sanitise, to_text
from aggregator.model import NotAFeed, ParsedArticle, ParsedFeed
from tests.active import active_parts

CORPUS = Path(__file__).parents[3] / "shared" / "suites" / "feeds" / "corpus.tar.xz"
STEP = 1 if os.environ.get("WHOLE_CORPUS") == "1" else 5
URLS = ("", "https://one.example/dir/feed.xml")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not CORPUS.exists(), reason="the corpus stands beside the project and is absent here"),
]


def corpus() -> Iterator[tuple[str, bytes]]:
    """Give name and bytes of each feed of the corpus, one at a time."""
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            name = member.name
            if member.isfile() and "feedfinder-tests" not in name and not name.endswith((".html", ".opml")):
                handle = archive.extractfile(member)
                assert handle is not None
                yield name, handle.read()


def cut(files: Iterator[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    return (each for i, each in enumerate(files) if i % STEP == 0)


# ---------------------------------------------------------------- two paths, one result


def test_the_path_changes_no_field() -> None:
    n_fast = n_files = 0
    for name, body in cut(corpus()):
        n_files += 1
        for url in URLS:
            fast, slow = parse(body, url=url), parse(body, url=url, is_fast=False)
            if isinstance(fast, NotAFeed) or isinstance(slow, NotAFeed):
                assert fast == slow, name
                continue
            for field in fields(fast):
                if field.name != "articles":
                    assert getattr(fast, field.name) == getattr(slow, field.name), (name, url, field.name)
            assert len(fast.articles) == len(slow.articles), name
            for i, (one, other) in enumerate(zip(fast.articles, slow.articles, strict=True)):
                for field in fields(one):
                    assert getattr(one, field.name) == getattr(other, field.name), (name, url, i, field.name)
        n_fast += is_read_fast(body)
    assert n_fast > n_files // 2, "the fast path hardly ever serves"


def is_read_fast(body: bytes) -> bool:
    return read_fast(to_utf8(body, "")[0], url="", judges=JUDGES) is not None


# ---------------------------------------------------------------- feedparser as the judge of fields

REASONS = {
    "original link": "FeedBurner names the article's own address beside its own: that one is taken",
    "one spelling": "an address is brought into one form: a path, no entities, percent-encoding, IDNA",
    "no address": "what is no http(s) address is none; then another link of the article stands in, or none",
    "relative": "a relative address is read against the feed's home where the feed's own address is not known",
    "all authors": "several authors are joined by a comma, where feedparser gives the last one; e-mail addresses go",
    "feed's author": "an Atom entry without an author has the feed's (RFC 4287, 4.2.1)",
    "plain author": "markup in an author's name goes",
    "created": "the date of creation stands in for a missing date of publication",
    "read date": "a date in a form or language that feedparser does not read",
    "own date": "no date of RFC 822 or RFC 3339 is read by our rules first: feedparser takes half of it from the clock",
    "media": "media:content is a file of the article, too; what is no http(s) address is none",
    "own sanitiser": "the same text is cleaned by our own rules: objects, SVG and so on leave nothing behind",
    "binary": "content that is declared to be no text is not shown as text",
    "budget": "of one article, a hundred files are kept",
    "as it stands": "plain text is shown as it stands, though it may look like an entity",
    "encoding": "the bytes are of another encoding than they say, and each guesses in its own way",
    "plain title": "in a title, what merely looks like a tag stays; feedparser takes it out",
    "plain by declaration": "an Atom title of type text is text (RFC 4287, 3.1.1.1): tags in it are what it speaks of",
    "controls": "controls and half characters go, composed characters are one",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One article read by both: ours, feedparser's, and feedparser's without its sanitising."""

    ours: ParsedArticle
    theirs: Mapping[str, Any]
    raw: Mapping[str, Any]
    feed: Any


def value(given: Mapping[str, Any], key: str) -> Any:
    return dict.get(given, key)  # type: ignore[call-overload]  # its own lookups pass one field off as another


def flat(html: str) -> str:
    return " ".join(to_text(html).split())


def moment(parsed: Any) -> datetime | None:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed)) if parsed else None


def body_of(entry: Mapping[str, Any]) -> str:
    contents = [value(each, "value") or "" for each in value(entry, "content") or []]
    return max(contents, key=len, default="") or value(entry, "summary") or ""


def hrefs(entry: Mapping[str, Any], rels: tuple[str | None, ...]) -> list[str]:
    return [value(each, "href") or "" for each in value(entry, "links") or [] if value(each, "rel") in rels]


def excuse_link(pair: Pair) -> str:
    theirs, link = value(pair.theirs, "link") or "", pair.ours.link
    if link == safe_url(value(pair.theirs, "feedburner_origlink") or ""):
        return "original link"
    if link == safe_url(theirs):
        return "one spelling"
    if not theirs.startswith(("http://", "https://")):
        return "relative" if link.startswith("http") and theirs and ":" not in theirs else "no address"
    return "no address" if not safe_url(theirs) else ""


def excuse_author(pair: Pair) -> str:
    people = value(pair.theirs, "authors") or []
    names = [one_line(value(each, "name") or value(each, "email") or "") for each in people]
    if pair.ours.author == ", ".join(dict.fromkeys(name for name in names if name)):
        return "all authors" if any(names) else ""
    if not any(names) and not value(pair.theirs, "author") and value(pair.feed, "author"):
        return "feed's author"
    if len(people) == 1 and f"({pair.ours.author})" in (value(pair.theirs, "author") or ""):
        return "all authors"
    return "plain author" if pair.ours.author == one_line(value(pair.theirs, "author") or "") else ""


def excuse_date(pair: Pair, key: str) -> str:
    raw = value(pair.theirs, key) or ""
    if not raw:
        return ""
    if not value(pair.theirs, f"{key}_parsed"):
        return "read date"
    return "" if is_plain(raw) else "own date"


def excuse_published(pair: Pair) -> str:
    return "created" if value(pair.theirs, "created_parsed") else excuse_date(pair, "published")


def excuse_updated(pair: Pair) -> str:
    return excuse_date(pair, "updated")


def excuse_enclosures(pair: Pair) -> str:
    media = [value(each, "url") or "" for each in value(pair.theirs, "media_content") or []]
    candidates = [*hrefs(pair.theirs, ("enclosure",)), *media]
    ours = [each.url for each in pair.ours.enclosures]
    if ours == list(dict.fromkeys(url for each in candidates if (url := safe_url(each)))):
        return "media"
    if len(candidates) > MAX_LIST:
        return "budget"
    is_relative = any(each and ":" not in each.split("/")[0] for each in candidates)
    return "relative" if is_relative and len(ours) <= len(candidates) else ""


def excuse_text(pair: Pair) -> str:
    kinds = [value(each, "type") or "" for each in [value(pair.raw, "summary_detail") or {}]]
    kinds += [value(each, "type") or "" for each in value(pair.raw, "content") or []]
    if any(not kind.startswith("text/") and not kind.endswith("xml") for kind in kinds if kind):
        return "binary"
    bodies = [value(each, "value") or "" for each in value(pair.raw, "content") or []]
    bodies.append(value(pair.raw, "summary") or "")
    ours = flat(pair.ours.content or pair.ours.summary)
    if ours in {flat(sanitise(each)) for each in bodies}:
        return "own sanitiser"
    return "as it stands" if ours in {" ".join(clean(each).split()) for each in bodies} else ""


def excuse_title(pair: Pair) -> str:
    raw, detail = value(pair.raw, "title") or "", value(pair.raw, "title_detail") or {}
    if value(detail, "type") == "text/plain" and "<" in raw and pair.ours.title == " ".join(clean(raw).split()):
        return "plain by declaration"
    if pair.ours.title == one_line(raw):
        return "plain title" if "<" in raw or "&" in raw else "controls"
    return ""


Compared = tuple[str, Callable[[ParsedArticle], Any], Callable[[Mapping[str, Any]], Any], Callable[[Pair], str]]
COMPARED: tuple[Compared, ...] = (
    ("title", lambda a: a.title, lambda e: flat(value(e, "title") or ""), excuse_title),
    ("link", lambda a: a.link, lambda e: value(e, "link") or "", excuse_link),
    ("id", lambda a: a.guid, lambda e: (value(e, "id") or "").strip(), lambda _pair: ""),
    ("published", lambda a: a.published_at, lambda e: moment(value(e, "published_parsed")), excuse_published),
    ("updated", lambda a: a.updated_at, lambda e: moment(value(e, "updated_parsed")), excuse_updated),
    ("author", lambda a: a.author, lambda e: value(e, "author") or "", excuse_author),
    ("text", lambda a: flat(a.content or a.summary), lambda e: flat(body_of(e)), excuse_text),
    ("enclosures", lambda a: [e.url for e in a.enclosures], lambda e: hrefs(e, ("enclosure",)), excuse_enclosures),
)


def by_feedparser(body: bytes, *, is_raw: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # feedparser speaks of its own future
        options = {"sanitize_html": False, "resolve_relative_uris": False} if is_raw else {}
        try:
            return feedparser.parse(io.BytesIO(body), **options)
        except Exception:  # hostile bytes make it raise nearly anything: then it is no judge
            return feedparser.FeedParserDict(entries=[], feed={})


def is_mistaken_in_encoding(found: Any) -> bool:
    return isinstance(
        found.get("bozo_exception"), feedparser.CharacterEncodingOverride | feedparser.CharacterEncodingUnknown
    )


def test_fields_equal_feedparsers_but_for_reasons() -> None:
    counted: Counter[str] = Counter()
    unexplained = []
    n_articles = 0
    for name, body in cut(corpus()):
        found = by_feedparser(body, is_raw=False)
        if not found.entries:
            continue
        ours = parse(body, keeps_cut=True, max_articles=10_000)
        assert isinstance(ours, ParsedFeed), (name, ours)
        raw = by_feedparser(body, is_raw=True)
        assert len(ours.articles) >= len(found.entries), name
        if not len(ours.articles) == len(found.entries) == len(raw.entries):
            continue
        for article, theirs, unclean in zip(ours.articles, found.entries, raw.entries, strict=True):
            n_articles += 1
            pair = Pair(article, theirs, unclean, found.feed)
            for field, of_ours, of_theirs, excuse in COMPARED:
                if of_ours(article) == of_theirs(theirs):
                    continue
                reason = excuse(pair) or ("encoding" if is_mistaken_in_encoding(found) else "")
                counted[f"{field}: {reason}"] += 1
                if reason not in REASONS:
                    unexplained.append((name, field, str(of_ours(article))[:120], str(of_theirs(theirs))[:120]))
    print(f"{n_articles} articles", dict(counted.most_common()))  # noqa: T201 - shown with -rP
    assert unexplained == [], "\n".join(map(str, unexplained[:40]))


# ---------------------------------------------------------------- discovery


def feedfinder() -> dict[str, bytes]:
    """Give name and bytes of each file of the feed validator's discovery tests."""
    mark = "feedfinder-tests/"
    with tarfile.open(CORPUS) as archive:
        members = [each for each in archive if each.isfile() and mark in each.name]
        return {each.name.split(mark)[1]: archive.extractfile(each).read() for each in members}  # type: ignore[union-attr]


def test_every_page_of_the_discovery_tests_leads_to_its_feed() -> None:
    files = feedfinder()
    feeds = {name for name in files if name.endswith(".xml")}
    assert [name for name in sorted(feeds) if not isinstance(parse(files[name]), ParsedFeed)] == []
    pages = {name: name.replace(".html", ".xml") for name in files if name.endswith(".html") and name != "index.html"}
    wrong = []
    for page, feed in sorted(pages.items()):
        found = feed_links(files[page], base_url=f"https://one.example/{page}")
        wrong += [] if found and found[0].endswith(f"/{feed}") else [(page, found)]
    assert wrong == []
    beside = sum(feed in feeds for feed in pages.values())
    print(f"{beside} pages beside their feed, {len(pages) - beside} beside none, {len(feeds)} feeds")  # noqa: T201
    assert (beside, len(pages) - beside, len(feeds)) == (53, 4, 59)


# ---------------------------------------------------------------- feedparser's own cases of hostile markup


def test_nothing_active_is_left_of_feedparsers_sanitiser_cases() -> None:
    n_cases = 0
    for name, body in corpus():
        if "/sanitize/" not in name or not name.startswith("feedparser/"):
            continue
        n_cases += 1
        parsed = parse(body, url=URLS[1])
        if isinstance(parsed, NotAFeed):
            continue
        for article in parsed.articles:
            for html in (article.summary, article.content):
                assert active_parts(html) == [], (name, html)
    assert n_cases >= 745
