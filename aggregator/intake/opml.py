"""Subscription lists of other readers: OPML -> the sources that it names, and what was passed over and why.

Reads what the world writes: OPML 1.0, 1.1 and 2.0, undeclared prefixes, wrong encodings, truncated files, ``xmlurl`` in
any case, and lists without ``type="rss"``. Opens no DTD, file or address.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from aggregator.errors import SourceError
from aggregator.markup import one_line, safe_url
from aggregator.model import Source

MAX_BYTES = 10_000_000  # the largest list in the wild that we know has 4 MB
MAX_SOURCES = 20_000
MAX_DEPTH = 32  # folders in folders
URL_KEYS = ("xmlurl", "url")  # without any case; "url" only of an outline that says it is a feed
FEED_TYPES = {"rss", "atom", "feed", "rss1", "rss2", "rdf", "jsonfeed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionList:
    """What an OPML file names.

    Attributes:
        sources: In file order, without repeats; folders have become tags.
        skipped: (what, why) of each outline that is no feed we can read.
        warnings: What was odd about the file.
    """

    sources: tuple[Source, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()


def read_opml(body: bytes) -> SubscriptionList:
    """Read a subscription list.

    Raises:
        SourceError: The bytes are no OPML.
    """
    if len(body) > MAX_BYTES:
        raise SourceError(f"more than {MAX_BYTES // 1_000_000} MB; that is no subscription list")
    if not body.strip():
        raise SourceError("an empty file, not OPML")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"not OPML: {error}") from error
    if root is None or _name(root) not in ("opml", "rdf"):
        raise SourceError(f"not OPML: the file begins with <{_name(root) if root is not None else ''}>")
    warnings = tuple(dict.fromkeys(f"line {entry.line}: {entry.message}" for entry in parser.error_log))[:5]
    source_by_url: dict[str, Source] = {}
    skipped = []
    for outline, folders in _outlines(root):
        source, reason = _source_of(outline, folders)
        if source is None:
            if reason:
                skipped.append((one_line(_value(outline, "text") or _value(outline, "title")) or "an outline", reason))
        elif source.url in source_by_url:
            known = source_by_url[source.url]
            tags = tuple(dict.fromkeys((*known.tags, *source.tags)))
            source_by_url[source.url] = Source(url=known.url, name=known.name or source.name, tags=tags)
        elif len(source_by_url) >= MAX_SOURCES:
            skipped.append((source.name or source.url, f"more than {MAX_SOURCES} sources"))
        else:
            source_by_url[source.url] = source
    return SubscriptionList(sources=tuple(source_by_url.values()), skipped=tuple(skipped), warnings=warnings)


def _name(element: etree._Element) -> str:
    """Return an element's name without its namespace, in lower case; empty for comments."""
    return etree.QName(element).localname.lower() if isinstance(element.tag, str) else ""


def _outlines(root: etree._Element) -> Iterator[tuple[etree._Element, tuple[str, ...]]]:
    """Yield every outline with the folders that it lies in, in file order, without recursion."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, folders = waiting.pop()
        inside = folders
        if _name(element) == "outline":
            yield element, folders
            if len(element) and not _address(element):
                name = one_line(_value(element, "text") or _value(element, "title"))
                inside = (*folders, name) if name else folders
        if len(folders) < MAX_DEPTH:
            waiting += [(child, inside) for child in reversed(element)]


def _value(element: etree._Element, key: str) -> str:
    """Return an attribute whatever the case of its name."""
    return next((str(value) for name, value in element.attrib.items() if str(name).lower() == key), "")


def _address(outline: etree._Element) -> str:
    address = _value(outline, "xmlurl")
    if not address and _value(outline, "type").lower() in FEED_TYPES:
        address = _value(outline, "url")
    return address


def _source_of(outline: etree._Element, folders: tuple[str, ...]) -> tuple[Source | None, str]:
    """Return the source of an outline, or why it is none (empty: a folder or a note, nothing to report)."""
    address = _address(outline).strip()
    kind = _value(outline, "type").lower()
    if not address:
        if kind in FEED_TYPES:
            return None, "a feed without an address"
        return None, f"type {kind!r} is no feed" if kind in ("include", "link") else ""
    url = safe_url(address.replace("feed://", "http://", 1) if address.startswith("feed://") else address)
    if not url:
        return None, f"not an http(s) address: {one_line(address)[:80]}"
    categories = [part for entry in _value(outline, "category").split(",") for part in entry.split("/")]
    tags = tuple(dict.fromkeys(tag for each in (*folders, *categories) if (tag := tag_of(each))))
    return Source(url=url, name=one_line(_value(outline, "text") or _value(outline, "title")), tags=tags), ""


def tag_of(folder: str) -> str:
    """Return a folder's name as a tag: lower case, words joined by "-"."""
    return "-".join("".join(char if char.isalnum() else " " for char in one_line(folder).lower()).split())[:40]
