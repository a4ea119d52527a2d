"""Turn the bytes of a source into a feed, or say in words why they are none.

One way leads through each kind of body: JSON Feed to ``parse_json``; well-formed XML to ``fast``; the rest to
feedparser (``tolerant``), which is the most tolerant parser there is; what even feedparser cannot read is mended by
``rescue`` and tried again. Whatever the bytes are, the work on them is bounded (``limits``, ``tolerant``, ``bounds``).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aggregator.intake.reading import entries
from aggregator.intake.reading.encoding import to_utf8
from aggregator.intake.reading.fast import FastFeed, read_fast
from aggregator.intake.reading.fast_state import Judges
from aggregator.intake.reading.limits import (
    BUDGET,
    MAX_PRICE,
    Budget,
    cut,
    why_refused,
    within_price,
    without_entities,
)
from aggregator.markup import clean, one_line, safe_url
from aggregator.model import NotAFeed, ParsedFeed, ParseResult

_HTML = re.compile(
    rb"\s*+(?:<\?xml[^>]*\?>\s*+|<!--(?:(?!-->).)*+-->\s*+)*+<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_ARTICLE = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s/>]")
_ROOT = re.compile(rb"<([A-Za-z][\w:.-]{0,40})")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_OTHER_ROOTS = {
    b"opml": "a list of feeds (OPML), not a feed",
    b"urlset": "a site map, not a feed",
    b"sitemapindex": "a site map, not a feed",
    b"svg": "an image (SVG), not a feed",
}
_PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}
TOO_COSTLY = "its markup takes too long to read"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SKIP = re.compile(rb"<skip(hours|days)\b[^>]*>(.{0,2000}?)</skip\1\s*>", re.IGNORECASE | re.DOTALL)
MAX_HEAD = 100_000  # bytes of a feed before its first article
MAX_WARNING = 200  # characters
MAX_ARTICLES = 1000  # of one body: a flood must not fill the store; of 560 real feeds one holds more: 1,046


def parse(
    body: bytes,
    *,
    url: str = "",
    content_type: str = "",
    max_articles: int = MAX_ARTICLES,
    keeps_cut: bool = False,
    is_fast: bool = True,
    max_cost: int = BUDGET,
) -> ParseResult:
    """Read a feed.

    Args:
        body: Hostile bytes, at most some MB.
        url: Where they came from: what relative addresses are relative to; empty: unknown.
        content_type: As the server gave it; used only where the bytes themselves leave the encoding open.
        max_articles: How many are read at most; feeds begin with the newest.
        keeps_cut: Whether the last article of a feed that breaks off within it is kept, as far as it goes.
        is_fast: Whether the fast reader may be used, which changes no field: without it, that can be seen.
        max_cost: What feedparser may spend on it, in microseconds, about.

    Returns:
        The feed, perhaps without articles, or why it is none. Never raises for any bytes.
    """
    if not body.strip():
        return NotAFeed(reason="an empty body")
    text, warnings = to_utf8(body, content_type)
    start = text.lstrip()[:1]
    if start in (b"{", b"["):
        from aggregator.intake.reading.parse_json import parse_json

        return parse_json(text.decode("utf-8", "replace"), url=url, max_articles=max_articles)
    if _HTML.match(text[:5000]):
        return NotAFeed(reason="an HTML page, not a feed", feed_urls=_feed_links(text, url))
    root = _ROOT.search(_COMMENT.sub(b"", text[:MAX_HEAD]))
    if root and root[1].lower() in _OTHER_ROOTS:
        return NotAFeed(reason=_OTHER_ROOTS[root[1].lower()])
    text = without_entities(text)
    text, n_left_out = cut(text, max_articles=max_articles)
    if n_left_out:
        warnings.append(f"only the first {max_articles} articles are read, {n_left_out} are left out")
    found = read_fast(text, url=url, judges=JUDGES) if is_fast else None
    if found is None or not found.entries:
        return _parse_slowly(text, url, warnings, max_articles, keeps_cut, Budget(left=max_cost))
    return _to_feed(found, text, url, warnings, max_articles)


def _parse_slowly(
    text: bytes, url: str, warnings: list[str], max_articles: int, keeps_cut: bool, budget: Budget
) -> ParseResult:
    from aggregator.intake.reading.rescue import mended, without_cut_article
    from aggregator.intake.reading.tolerant import read_tolerantly

    if refusal := why_refused(text):
        return NotAFeed(reason=refusal)
    whole = without_cut_article(text)
    if whole != text:
        text = text if keeps_cut else whole
        warnings.append("the feed breaks off within its last article" + ("" if keeps_cut else ", which is left out"))
    found = read_tolerantly(text, url=url, budget=budget)
    if not found.entries and (not found.version or _ARTICLE.search(text)):
        for better in () if budget.is_spent else mended(text):
            again = read_tolerantly(better, url=url, budget=budget)
            if again.entries or (again.version and not found.version):
                found = again
                warnings.append("broken XML was mended")
                break
    if not found.version and not found.entries:
        return NotAFeed(reason=_what_it_is(text), feed_urls=_feed_links(text, url) if b"<" in text else ())
    if budget.is_spent:
        warnings.append(f"reading was given up after {len(found.entries)} articles: {TOO_COSTLY}")
    if found.get("bozo") and (broken := _broken(found.get("bozo_exception"))):
        warnings.append(broken)
    return _to_feed(found, text, url, warnings, max_articles)


# feedparser and lxml take 50 ms to import, and most polls meet no feed that needs them.
def _read_date(text: str) -> Sequence[int] | None:
    from aggregator.intake.reading.tolerant import read_date

    return read_date(text)


def _is_html(text: str) -> bool:
    from aggregator.intake.reading.tolerant import is_html

    return is_html(text)


def _feed_links(page: bytes, url: str) -> tuple[str, ...]:
    from aggregator.intake.finding.discover import feed_links

    return feed_links(page, base_url=url)


JUDGES = Judges(read_date=_read_date, is_html=_is_html)


def _what_it_is(text: bytes) -> str:
    if b"<" not in text:
        return "plain text, not a feed"
    root = _ROOT.search(_COMMENT.sub(b"", text))
    return f"no feed: its first element is <{root[1].decode('ascii', 'replace')}>" if root else "no feed"


def _to_feed(found: FastFeed | Any, text: bytes, url: str, warnings: list[str], max_articles: int) -> ParsedFeed:
    feed = found.feed
    self_url = entries.self_url_of(feed)
    link = entries.text_of(feed, "link").strip()
    site_url = safe_url(link, url) if link else ""  # an empty address would be that of the feed itself
    base_url = url or site_url or safe_url(self_url)
    author = entries.author_of(feed)
    is_atom = found.version.startswith("atom")
    given = found.entries[:max_articles]
    too_dear: tuple[str, ...] = ()
    if entries.highest_price(given) > MAX_PRICE:  # counting exactly takes 0.2 ms of 85 KB
        given, too_dear = within_price(given, entries.price_of_entry)
    articles = tuple(entries.to_article(each, base_url=base_url, is_atom=is_atom, feed_author=author) for each in given)
    skip_hours, skip_days = _skips(text)
    return ParsedFeed(
        format=found.version or "unknown",
        title=entries.title_of(feed, is_atom=is_atom),
        site_url=site_url,
        self_url=safe_url(self_url, url) if self_url.strip() else "",
        hubs=tuple(hub for each in entries.hubs_of(feed) if each.strip() and (hub := safe_url(each, url))),
        lang=one_line(entries.text_of(feed, "language"))[: entries.MAX_LANG],
        articles=articles,
        warnings=(*warnings, *too_dear),
        ttl=_ttl(feed),
        skip_hours=skip_hours,
        skip_days=skip_days,
    )


def _broken(error: object) -> str:
    from aggregator.intake.reading.tolerant import is_about_encoding

    if error is None or is_about_encoding(error):
        return ""
    words = re.sub(r"\A<unknown>:(\d+):\d+:", r"line \1:", clean(str(error)))
    return one_line(f"broken XML: {words}")[:MAX_WARNING]


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    """Give RSS ``ttl`` (minutes) or the syndication module's period. Source: RSS 2.0; RSS 1.0 modules."""
    minutes = str(feed.get("ttl") or "").strip()
    if re.fullmatch(r"[0-9]{1,6}", minutes) and int(minutes):
        return timedelta(minutes=int(minutes))
    hours = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    if hours is None:
        return None
    frequency = str(feed.get("sy_updatefrequency") or "").strip()
    times = int(frequency) if re.fullmatch(r"[0-9]{1,4}", frequency) else 1
    return timedelta(hours=hours) / max(times, 1)


def _skips(text: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    hours: set[int] = set()
    days: set[int] = set()
    first = _ARTICLE.search(text)
    for found in _SKIP.finditer(text[: min(first.start(), MAX_HEAD) if first else MAX_HEAD]):
        if found[1].lower() == b"hours":
            hours.update(int(each) % 24 for each in re.findall(rb">\s*(\d{1,2})\s*<", found[2]) if int(each) <= 24)
        else:
            names = (each[:3].decode().lower() for each in re.findall(rb">\s*([A-Za-z]{3,9})\s*<", found[2]))
            days.update(_DAYS.index(name) for name in names if name in _DAYS)
    return tuple(sorted(hours)), tuple(sorted(days))
