"""Turn what feedparser found into our values: every text cleaned, every HTML sanitised, every address absolute.

feedparser's own sanitiser and its resolving of addresses inside HTML are off (they take 57 % of its time); both are
done here. Only ``dict.get`` touches its mappings: their own lookups pass one field off as another.
"""

import calendar
import html as entities
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aggregator.intake.reading.limits import MAX_PRICE_OF_CHARACTER, price_of
from aggregator.intake.reading.paywall import is_paywalled
from aggregator.intake.reading.usual_dates import read_usual
from aggregator.markup import MAX_HTML, clean, one_line, safe_url, sanitise_and_read
from aggregator.model import Enclosure, ParsedArticle

MAX_GUID = 2_000  # characters
MAX_LANG = 35  # characters; the longest registered language tag
MAX_HUBS = 5
PRICE_OF_ENTRY = 200  # microseconds that an article takes beside its HTML, about
MAX_LIST = 100  # categories, authors or enclosures of one article

Mapping = dict[str, Any]  # a FeedParserDict: third-party, untyped, never handed on

_VOID_END = re.compile(r"</(?:area|br|col|hr|img|input|wbr)>")  # feedparser writes <br/> so; HTML5 reads two breaks
_YEAR_BEFORE = re.compile(r"\s*[-+]?\d{3}")
_BREAK = re.compile(r"<(?:br|wbr|img|hr)\b[^<>]*>", re.IGNORECASE)
_ADDRESS_AND_NAME = re.compile(r"\s*[^\s@()<>]+@[^\s@()<>]+\s+\(([^()@]+)\)\s*")  # Source: RSS 2.0, author


def to_article(entry: Mapping, *, base_url: str, is_atom: bool, feed_author: str) -> ParsedArticle:
    """Give one entry as a ``ParsedArticle``.

    Args:
        entry: As feedparser gives it.
        base_url: What relative addresses are relative to where the entry says nothing else.
        is_atom: An Atom entry without author has the feed's. Source: RFC 4287, 4.2.1.
        feed_author: The feed's.
    """
    link = _link(entry, base_url)
    base = link or base_url
    summary, content, text = _bodies(entry, base, feed_url="" if is_atom else safe_url(base_url))
    enclosures = _enclosures(entry, base)
    title = title_of(entry, is_atom=is_atom)
    return ParsedArticle(
        guid=clean(text_of(entry, "id")).strip()[:MAX_GUID],
        link=link,
        title=title,
        summary=summary,
        content=content,
        text=text,
        author=_authors(entry) or (feed_author if is_atom else ""),
        categories=_categories(entry),
        enclosures=enclosures,
        image=_image(entry, enclosures, base),
        lang=_lang(entry),
        published_at=_date(entry, "published") or _date(entry, "created"),
        updated_at=_date(entry, "updated"),
        is_paywalled=is_paywalled(
            title=title,
            categories=[
                (text_of(each, "label") or text_of(each, "term"), text_of(each, "scheme"))
                for each in _mappings(entry, "tags")
            ],
            named=dict.items(entry),
            rights=text_of(entry, "rights"),
        ),
    )


def price_of_entry(entry: Mapping) -> int:
    """Give what it costs to clean the HTML of one entry: see ``limits.price_of``."""
    contents = sum(price_of(text_of(each, "value")[:MAX_HTML]) for each in _mappings(entry, "content"))
    return PRICE_OF_ENTRY + price_of(text_of(entry, "summary")[:MAX_HTML]) + contents


def highest_price(given: Sequence[Mapping]) -> int:
    """Give what the HTML of entries costs at most, by its length alone: see :func:`price_of_entry`."""
    lengths = [
        len(text_of(entry, "summary")) + sum(len(text_of(each, "value")) for each in _mappings(entry, "content"))
        for entry in given
    ]
    return PRICE_OF_ENTRY * len(lengths) + MAX_PRICE_OF_CHARACTER * sum(lengths)


def text_of(given: Mapping, key: str) -> str:
    """Give a field that should be a text; empty: there is none, or hostile elements made something else of it."""
    value = dict.get(given, key)
    return value if isinstance(value, str) else ""


def title_of(given: Mapping, *, is_atom: bool) -> str:
    """Give a title in one line of plain text.

    A title that is declared to be plain stays as it stands: "Use <b> in HTML" speaks of a tag. RSS declares nothing:
    there, feedparser calls plain what does not look like HTML as a whole; of that, line breaks and what closes an
    element are taken for HTML all the same.
    A plain title without "<" may hold entities that were escaped once too often; those are read.
    Source: RFC 4287, 3.1.1.1.
    """
    detail, text = dict.get(given, "title_detail"), text_of(given, "title")
    is_plain = isinstance(detail, dict) and dict.get(detail, "type") == "text/plain"
    if is_plain and "<" in text and (is_atom or "</" not in text):
        text = entities.escape(text if is_atom else _BREAK.sub(" ", text), quote=False)
    return one_line(text)


def _mappings(given: Mapping, key: str) -> Sequence[Mapping]:
    value = dict.get(given, key)
    return [each for each in value[:MAX_LIST] if isinstance(each, dict)] if isinstance(value, list) else []


def _link(entry: Mapping, base_url: str) -> str:
    """Give the article's own address: FeedBurner's note of the original, the link, an alternate, a guid that is one."""
    candidates = [safe_url(text_of(entry, "feedburner_origlink")), text_of(entry, "link")]
    candidates += [
        text_of(each, "href") for each in _mappings(entry, "links") if dict.get(each, "rel") in (None, "alternate")
    ]
    guid = text_of(entry, "id")
    if guid.startswith(("http://", "https://")) and dict.get(entry, "guidislink", True):
        candidates.append(guid)
    return next((url for each in candidates if each.strip() and (url := safe_url(each, base_url))), "")


def _bodies(entry: Mapping, base_url: str, *, feed_url: str) -> tuple[str, str, str]:
    """Give summary and content as sanitised HTML, and the text of the content, else of the summary.

    Content is empty where it says no more than the summary.
    """
    summary_text, detail, contents = (
        text_of(entry, "summary"),
        dict.get(entry, "summary_detail"),
        _mappings(entry, "content"),
    )
    if not isinstance(detail, dict):  # feedparser gives a lone content as the summary, too
        detail = next((each for each in contents if text_of(each, "value") == summary_text), None)
    summary = _html(detail, summary_text, base_url, feed_url)
    others = [_html(each, text_of(each, "value"), base_url, feed_url) for each in contents if each is not detail]
    content = max(others, key=_length, default=("", ""))
    if not summary[0]:
        return content[0], "", content[1]
    if content[0] in ("", summary[0]):
        return summary[0], "", summary[1]
    return summary[0], *content


def _length(html_and_text: tuple[str, str]) -> int:
    return len(html_and_text[0])


def _html(detail: object, text: str, base_url: str, feed_url: str) -> tuple[str, str]:
    """Give a text as sanitised HTML, and that as plain text.

    Args:
        detail: What the feed says of it: its type and its base.
        text: What it is.
        base_url: What its addresses are relative to where it says nothing of that.
        feed_url: A base that means nothing: RSS knows no bases, and an article is written for its own page.
    """
    if not text or text.isspace():
        return "", ""
    kind, base = "", base_url
    if isinstance(detail, dict):
        kind, declared = text_of(detail, "type"), safe_url(text_of(detail, "base"))
        base = declared if declared and declared != feed_url else base_url
    if kind.startswith(("image/", "audio/", "video/", "application/octet")):
        return "", ""
    if kind == "application/xhtml+xml":
        text = _VOID_END.sub("", text)
    if kind == "text/plain" and not re.search(r"</?[a-zA-Z][^<>]*>|&#?\w+;", text):
        text = entities.escape(text, quote=False).strip().replace("\n\n", "<br>\n")
    html, plain = sanitise_and_read(text, base_url=base)
    return html.strip(), plain


def _authors(entry: Mapping) -> str:
    people = _mappings(entry, "authors")
    if len(people) == 1 and (found := _ADDRESS_AND_NAME.fullmatch(text_of(entry, "author"))):
        return one_line(found[1])  # feedparser knows no top level domain of more than four letters
    names = [one_line(text_of(each, "name") or text_of(each, "email")) for each in people]
    names = [name for name in names if name] or [one_line(text_of(entry, "author"))]
    return ", ".join(dict.fromkeys(name for name in names if name))


def author_of(feed: Mapping) -> str:
    """Give the author of a whole feed, plain text."""
    return _authors(feed)


def self_url_of(feed: Mapping) -> str:
    """Give the address that a feed has for itself, as written; empty: none. An element "links" makes them a text."""
    return next((text_of(each, "href") for each in _mappings(feed, "links") if dict.get(each, "rel") == "self"), "")


def hubs_of(feed: Mapping) -> list[str]:
    """Give the WebSub hubs that a feed names, as written."""
    return [text_of(each, "href") for each in _mappings(feed, "links") if dict.get(each, "rel") == "hub"][:MAX_HUBS]


def _categories(entry: Mapping) -> tuple[str, ...]:
    names = (one_line(text_of(each, "label") or text_of(each, "term")) for each in _mappings(entry, "tags"))
    return tuple(dict.fromkeys(name for name in names if name))


def _enclosures(entry: Mapping, base_url: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    links = [each for each in _mappings(entry, "links") if dict.get(each, "rel") == "enclosure"]
    for each in (*links, *_mappings(entry, "media_content")):
        address = text_of(each, "href") or text_of(each, "url")
        url = safe_url(address, base_url) if address.strip() else ""
        if url and url not in found:
            length = text_of(each, "length") or text_of(each, "filesize")
            n_bytes = int(length) if re.fullmatch(r"[0-9]{1,15}", length) else 0
            found[url] = Enclosure(url=url, type=one_line(text_of(each, "type"))[:100], length=n_bytes)
    return tuple(found.values())


def _image(entry: Mapping, enclosures: tuple[Enclosure, ...], base_url: str) -> str:
    candidates = [text_of(each, "url") for each in _mappings(entry, "media_thumbnail")]
    candidates += [
        text_of(each, "url") for each in _mappings(entry, "media_content") if text_of(each, "medium") == "image"
    ]
    image = dict.get(entry, "image")
    if isinstance(image, dict):
        candidates.append(text_of(image, "href"))
    candidates += [each.url for each in enclosures if each.type.startswith("image/")]
    return next((url for each in candidates if each and (url := safe_url(each, base_url))), "")


def _lang(entry: Mapping) -> str:
    details = [dict.get(entry, "title_detail"), dict.get(entry, "summary_detail"), *_mappings(entry, "content")]
    declared = [text_of(entry, "language")]
    declared += [text_of(each, "language") for each in details if isinstance(each, dict)]
    return next((one_line(each)[:MAX_LANG] for each in declared if each.strip()), "")


def _date(entry: Mapping, key: str) -> datetime | None:
    raw, parsed = text_of(entry, key), dict.get(entry, f"{key}_parsed")
    if not (raw or parsed):
        return None
    if usual := read_usual(raw):
        return usual
    from aggregator.intake.reading.dates import is_plain, parse_date

    if not is_plain(raw) and ((own := parse_date(raw)) or _YEAR_BEFORE.match(raw)):
        return own  # of what begins with a number and is no ISO date, feedparser takes half from the clock
    if parsed:
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
        except (ValueError, OverflowError, TypeError):
            return None
    return parse_date(raw)
