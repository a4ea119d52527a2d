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

from aggregator.intake.dates import parse_date
from aggregator.markup import clean, one_line, safe_url, sanitise
from aggregator.model import Enclosure, ParsedArticle

MAX_GUID = 2_000  # characters
MAX_LANG = 35  # characters; the longest registered language tag
MAX_LIST = 100  # categories, authors or enclosures of one article

Mapping = dict[str, Any]  # a FeedParserDict: third-party, untyped, never handed on

_VOID_END = re.compile(r"</(?:area|br|col|hr|img|input|wbr)>")  # feedparser writes <br/> so; HTML5 reads two breaks
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
    summary, content = _bodies(entry, base, feed_url="" if is_atom else safe_url(base_url))
    enclosures = _enclosures(entry, base)
    return ParsedArticle(
        guid=clean(_text(entry, "id")).strip()[:MAX_GUID],
        link=link,
        title=_line(entry, "title"),
        summary=summary,
        content=content,
        author=_authors(entry) or (feed_author if is_atom else ""),
        categories=_categories(entry),
        enclosures=enclosures,
        image=_image(entry, enclosures, base),
        lang=_lang(entry),
        published_at=_date(entry, "published") or _date(entry, "created"),
        updated_at=_date(entry, "updated"),
    )


def _text(given: Mapping, key: str) -> str:
    value = dict.get(given, key)
    return value if isinstance(value, str) else ""


def _line(given: Mapping, key: str) -> str:
    detail = dict.get(given, f"{key}_detail")
    text = _text(given, key)
    if isinstance(detail, dict) and dict.get(detail, "type") == "text/plain" and "<" in text and is_atom_text(detail):
        text = entities.escape(text, quote=False)
    return one_line(text)


def is_atom_text(detail: Mapping) -> bool:
    """Tell whether a plain text is surely plain: feedparser leaves RSS titles plain until they look like HTML."""
    return not re.search(r"</?[a-zA-Z][^<>]*>", _text(detail, "value"))


def _mappings(given: Mapping, key: str) -> Sequence[Mapping]:
    value = dict.get(given, key)
    return [each for each in value[:MAX_LIST] if isinstance(each, dict)] if isinstance(value, list) else []


def _link(entry: Mapping, base_url: str) -> str:
    """Give the article's own address: FeedBurner's note of the original, the link, an alternate, a guid that is one."""
    candidates = [safe_url(_text(entry, "feedburner_origlink")), _text(entry, "link")]
    candidates += [
        _text(each, "href") for each in _mappings(entry, "links") if dict.get(each, "rel") in (None, "alternate")
    ]
    guid = _text(entry, "id")
    if guid.startswith(("http://", "https://")) and dict.get(entry, "guidislink", True):
        candidates.append(guid)
    return next((url for each in candidates if each.strip() and (url := safe_url(each, base_url))), "")


def _bodies(entry: Mapping, base_url: str, *, feed_url: str) -> tuple[str, str]:
    """Give summary and content as sanitised HTML; content is empty where it says no more than the summary."""
    summary_text, detail, contents = (
        _text(entry, "summary"),
        dict.get(entry, "summary_detail"),
        _mappings(entry, "content"),
    )
    if not isinstance(detail, dict):  # feedparser gives a lone content as the summary, too
        detail = next((each for each in contents if _text(each, "value") == summary_text), None)
    summary = _html(detail, summary_text, base_url, feed_url)
    others = (_html(each, _text(each, "value"), base_url, feed_url) for each in contents if each is not detail)
    content = max(others, key=len, default="")
    if not summary:
        return content, ""
    return summary, content if content != summary else ""


def _html(detail: object, text: str, base_url: str, feed_url: str) -> str:
    """Give a text as sanitised HTML.

    Args:
        detail: What the feed says of it: its type and its base.
        text: What it is.
        base_url: What its addresses are relative to where it says nothing of that.
        feed_url: A base that means nothing: RSS knows no bases, and an article is written for its own page.
    """
    if not text.strip():
        return ""
    kind, base = "", base_url
    if isinstance(detail, dict):
        kind, declared = _text(detail, "type"), safe_url(_text(detail, "base"))
        base = declared if declared and declared != feed_url else base_url
    if kind.startswith(("image/", "audio/", "video/", "application/octet")):
        return ""
    if kind == "application/xhtml+xml":
        text = _VOID_END.sub("", text)
    if kind == "text/plain" and not re.search(r"</?[a-zA-Z][^<>]*>|&#?\w+;", text):
        text = entities.escape(text, quote=False).strip().replace("\n\n", "<br>\n")
    return sanitise(text, base_url=base).strip()


def _authors(entry: Mapping) -> str:
    people = _mappings(entry, "authors")
    if len(people) == 1 and (found := _ADDRESS_AND_NAME.fullmatch(_text(entry, "author"))):
        return one_line(found[1])  # feedparser knows no top level domain of more than four letters
    names = [one_line(_text(each, "name") or _text(each, "email")) for each in people]
    names = [name for name in names if name] or [_line(entry, "author")]
    return ", ".join(dict.fromkeys(name for name in names if name))


def author_of(feed: Mapping) -> str:
    """Give the author of a whole feed, plain text."""
    return _authors(feed)


def _categories(entry: Mapping) -> tuple[str, ...]:
    names = (one_line(_text(each, "label") or _text(each, "term")) for each in _mappings(entry, "tags"))
    return tuple(dict.fromkeys(name for name in names if name))


def _enclosures(entry: Mapping, base_url: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    links = [each for each in _mappings(entry, "links") if dict.get(each, "rel") == "enclosure"]
    for each in (*links, *_mappings(entry, "media_content")):
        address = _text(each, "href") or _text(each, "url")
        url = safe_url(address, base_url) if address.strip() else ""
        if url and url not in found:
            length = _text(each, "length") or _text(each, "filesize")
            n_bytes = int(length) if re.fullmatch(r"[0-9]{1,15}", length) else 0
            found[url] = Enclosure(url=url, type=one_line(_text(each, "type"))[:100], length=n_bytes)
    return tuple(found.values())


def _image(entry: Mapping, enclosures: tuple[Enclosure, ...], base_url: str) -> str:
    candidates = [_text(each, "url") for each in _mappings(entry, "media_thumbnail")]
    candidates += [_text(each, "url") for each in _mappings(entry, "media_content") if _text(each, "medium") == "image"]
    image = dict.get(entry, "image")
    if isinstance(image, dict):
        candidates.append(_text(image, "href"))
    candidates += [each.url for each in enclosures if each.type.startswith("image/")]
    return next((url for each in candidates if each and (url := safe_url(each, base_url))), "")


def _lang(entry: Mapping) -> str:
    details = [dict.get(entry, "title_detail"), dict.get(entry, "summary_detail"), *_mappings(entry, "content")]
    declared = [_text(entry, "language")]
    declared += [_text(each, "language") for each in details if isinstance(each, dict)]
    return next((one_line(each)[:MAX_LANG] for each in declared if each.strip()), "")


def _date(entry: Mapping, key: str) -> datetime | None:
    raw = _text(entry, key)
    parsed = dict.get(entry, f"{key}_parsed")
    if parsed:
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
        except (ValueError, OverflowError, TypeError):
            return None
    return parse_date(raw)
