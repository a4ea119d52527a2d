"""Read JSON Feed 1.x. Pure.

Source: jsonfeed.org/version/1.1. A wrong type in one place costs that place, never the article.
"""

import html as entities
import json
from collections.abc import Mapping, Sequence

from aggregator.intake.reading.dates import parse_date
from aggregator.intake.reading.entries import MAX_LIST, PRICE_OF_ENTRY
from aggregator.intake.reading.limits import price_of, within_price
from aggregator.intake.reading.paywall import is_paywalled, named_in
from aggregator.markup import MAX_HTML, clean, one_line, safe_url, sanitise
from aggregator.model import Enclosure, NotAFeed, ParsedArticle, ParsedFeed, ParseResult

MAX_HUBS = 5

Json = Mapping[str, object]


def parse_json(text: str, *, url: str, max_articles: int) -> ParseResult:
    """Read a JSON Feed from text that begins with "{"."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        return NotAFeed(reason=f"broken JSON: {clean(str(error))[:200]}")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return NotAFeed(reason="JSON, but not a JSON Feed")
    version = _text(feed, "version")
    if "jsonfeed.org" not in version and not _text(feed, "title"):
        return NotAFeed(reason="JSON, but not a JSON Feed")
    site_url = _address(feed, ("home_page_url",), url)
    self_url = _address(feed, ("feed_url",), url)
    given: Sequence[Json] = [each for each in feed["items"] if isinstance(each, dict)]
    authors = _author(feed)
    warnings = (
        () if len(given) <= max_articles else (f"only the first {max_articles} of {len(given)} articles are read",)
    )
    given, too_dear = within_price(given[:max_articles], _price)
    return ParsedFeed(
        format="json11" if version.rstrip("/").endswith("1.1") else "json1",
        title=one_line(_text(feed, "title")),
        site_url=site_url,
        self_url=self_url,
        hubs=_hubs(feed, url),
        lang=one_line(_text(feed, "language"))[:35],
        articles=tuple(_article(each, url or self_url or site_url, authors) for each in given),
        warnings=(*warnings, *too_dear),
    )


def _price(given: Json) -> int:
    return PRICE_OF_ENTRY + sum(
        price_of(_text(given, key)[:MAX_HTML]) for key in ("content_html", "content_text", "summary")
    )


def _hubs(feed: Json, base_url: str) -> tuple[str, ...]:
    """Give the WebSub hubs; other kinds of hubs (rssCloud) are left out."""
    given = feed.get("hubs")
    hubs = [each for each in given[:MAX_HUBS] if isinstance(each, dict)] if isinstance(given, list) else []
    return tuple(
        url for each in hubs if _text(each, "type").lower() == "websub" and (url := _address(each, ("url",), base_url))
    )


def _article(given: Json, base_url: str, feed_author: str) -> ParsedArticle:
    link = _address(given, ("url", "external_url"), base_url)
    base = link or base_url
    content = _text(given, "content_html") or _plain_to_html(_text(given, "content_text"))
    summary = _plain_to_html(_text(given, "summary"))
    content = sanitise(content, base_url=base)
    summary = sanitise(summary, base_url=base)
    title = one_line(entities.escape(_text(given, "title"), quote=False))
    tags = given.get("tags")
    categories = (
        tuple(one_line(each) for each in tags[:MAX_LIST] if isinstance(each, str)) if isinstance(tags, list) else ()
    )
    return ParsedArticle(
        guid=clean(_text(given, "id"))[:2000],
        link=link,
        title=title,
        summary=summary or content,
        content=content if summary and content != summary else "",
        author=_author(given) or feed_author,
        categories=categories,
        enclosures=_enclosures(given, base),
        image=_address(given, ("image", "banner_image"), base),
        lang=one_line(_text(given, "language"))[:35],
        published_at=parse_date(_text(given, "date_published")),
        updated_at=parse_date(_text(given, "date_modified")),
        is_paywalled=is_paywalled(title=title, categories=[(each, "") for each in categories], named=named_in(given)),
    )


def _text(given: Json, key: str) -> str:
    value = given.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _address(given: Json, keys: tuple[str, ...], base_url: str) -> str:
    """Give the first address that stands under one of the keys; an empty one would be that of the base."""
    texts = (each for key in keys if isinstance(each := given.get(key), str) and each.strip())
    return next((url for each in texts if (url := safe_url(each, base_url))), "")


def _plain_to_html(text: str) -> str:
    return entities.escape(text, quote=False).replace("\r\n", "\n").strip().replace("\n", "<br>\n")


def _author(given: Json) -> str:
    authors = given.get("authors")
    if not isinstance(authors, Sequence) or isinstance(authors, str):
        authors = [given.get("author")]
    names = (one_line(_text(each, "name")) for each in authors[:MAX_LIST] if isinstance(each, dict))
    return ", ".join(name for name in names if name)


def _enclosures(given: Json, base_url: str) -> tuple[Enclosure, ...]:
    attachments = given.get("attachments")
    found = []
    for each in attachments[:MAX_LIST] if isinstance(attachments, list) else ():
        if isinstance(each, dict) and (url := _address(each, ("url",), base_url)):
            size = each.get("size_in_bytes")
            length = size if isinstance(size, int) and 0 < size < 2**53 else 0
            found.append(Enclosure(url=url, type=one_line(_text(each, "mime_type"))[:100], length=length))
    return tuple(found)
