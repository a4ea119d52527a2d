"""Subscription lists of other readers: OPML -> the sources that it names, and what was passed over and why.

Reads what the world writes: OPML 1.0, 1.1 and 2.0, undeclared prefixes, bare ampersands, wrong encodings, truncated
files, ``xmlurl`` in any case, lists without ``type="rss"``, and the RDF lists of planets (FOAF). Opens no DTD, file or
address.

Source: OPML 2.0 (subscription lists; ``category`` holds comma-separated, slash-delimited paths).
"""

import re
from collections.abc import Iterator
from html.entities import html5

from lxml import etree

from aggregator.dataclass import dataclass, replace
from aggregator.errors import SourceError
from aggregator.intake.reading.encoding import to_utf8
from aggregator.markup import one_line, safe_url
from aggregator.model import Source

MAX_BYTES = 10_000_000  # the largest list in the wild that we know has 4 MB
MAX_SOURCES = 20_000
MAX_FOLDERS = 32  # in each other; folders below count for the last of these
MAX_NAME = 200  # characters
MAX_TAG = 50  # characters
N_WARNINGS = 5

_FEED_TYPES = frozenset({"rss", "atom", "feed", "rss1", "rss2", "rdf", "jsonfeed", "pie"})
_LIST_TYPES = frozenset({"include", "source"})  # another list, not a feed
_AMPERSAND = re.compile(rb"&(?!#?[A-Za-z0-9]{1,31};)")
_HTML = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,30});")
_XML_ENTITIES = (b"amp", b"lt", b"gt", b"quot", b"apos")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
_NOT_IN_TAG = re.compile(r"[^\w &+.-]+")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionList:
    """What an OPML file names.

    Attributes:
        sources: In file order, without repeats; folders and categories have become tags.
        skipped: (what, why) of each outline that might be a feed and is none we can read.
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
    root, warnings = _parse(body)
    entries = _rdf_entries(root) if _name(root) == "rdf" else _opml_entries(root)
    source_by_url: dict[str, Source] = {}
    skipped: list[tuple[str, str]] = []
    for name, source, reason in entries:
        if source is None:
            skipped.append((name or "an outline", reason))
        elif source.url in source_by_url:
            known = source_by_url[source.url]
            tags = tuple(dict.fromkeys((*known.tags, *source.tags)))
            source_by_url[source.url] = replace(
                known, name=known.name or source.name, lang=known.lang or source.lang, tags=tags
            )
        elif len(source_by_url) >= MAX_SOURCES:
            skipped.append((source.name or source.url, f"more than {MAX_SOURCES} sources"))
        else:
            source_by_url[source.url] = source
    return SubscriptionList(sources=tuple(source_by_url.values()), skipped=tuple(skipped), warnings=warnings)


def _parse(body: bytes) -> tuple[etree._Element, tuple[str, ...]]:
    if len(body) > MAX_BYTES:
        raise SourceError(f"more than {MAX_BYTES // 1_000_000} MB; that is no subscription list")
    text, warnings = to_utf8(body, "")
    text = _ENTITY.sub(_character, _AMPERSAND.sub(b"&amp;", text)).strip()
    if not text:
        raise SourceError("an empty file, not OPML")
    if _HTML.match(text):
        raise SourceError("not OPML: an HTML page")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"not OPML: {one_line(str(error))[:MAX_NAME]}") from error
    if root is None:
        raise SourceError("not OPML: there is no XML in it")
    if _name(root) not in ("opml", "rdf"):
        raise SourceError(f"not OPML: the file begins with <{one_line(_name(root))[:40]}>")
    broken = (f"line {entry.line}: {one_line(entry.message)[:MAX_NAME]}" for entry in parser.error_log)
    return root, tuple(dict.fromkeys((*warnings, *broken)))[:N_WARNINGS]


def _character(entity: re.Match[bytes]) -> bytes:
    """Write an entity of HTML, which XML does not know, as the character it stands for."""
    if entity[1] in _XML_ENTITIES:
        return entity[0]
    found = html5.get(f"{entity[1].decode('ascii')};")
    return found.encode() if found else b"&amp;" + entity[0][1:]


def _name(element: etree._Element) -> str:
    """Return an element's name without its namespace or undeclared prefix, in lower case; empty for comments."""
    return re.split("[}:]", element.tag)[-1].lower() if isinstance(element.tag, str) else ""


# ---------------------------------------------------------------- OPML

_Entry = tuple[str, Source | None, str]
"""What an outline is called; its source, or else the reason why it has none."""


def _opml_entries(root: etree._Element) -> Iterator[_Entry]:
    """Yield what each outline says that is not just a folder or a note, in file order, without recursion."""
    waiting: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while waiting:
        element, folders = waiting.pop()
        inside = folders
        if _name(element) == "outline":
            name = _called(element)
            source, reason = _source_of(element, name, folders)
            if source is not None or reason:
                yield name, source, reason
            elif name and len(folders) < MAX_FOLDERS:
                inside = (*folders, name)
        waiting += [(child, inside) for child in reversed(element)]


def _called(outline: etree._Element) -> str:
    return one_line(_value(outline, "text") or _value(outline, "title"))[:MAX_NAME].strip()


def _value(element: etree._Element, key: str) -> str:
    """Return an attribute whatever the case of its name."""
    return next((str(value) for name, value in element.attrib.items() if str(name).lower() == key), "")


def _source_of(outline: etree._Element, name: str, folders: tuple[str, ...]) -> tuple[Source | None, str]:
    """Return the source of an outline, or why it is none (empty: a folder or a note, nothing to report)."""
    kind = _value(outline, "type").strip().lower()
    address = _value(outline, "xmlurl").strip()
    if not address and kind in _FEED_TYPES:
        address = _value(outline, "url").strip()
    if kind in _LIST_TYPES or (not address and kind == "link"):
        return None, f"type {kind!r} is no feed" + (" but another list" if kind in _LIST_TYPES else "")
    if not address:
        page = safe_url(_value(outline, "htmlurl"))
        if page:
            return None, f"it names no feed, only a page: try `aggregator add {page}`"
        return None, "a feed without an address" if kind in _FEED_TYPES else ""
    url = address_of(address)
    if not url:
        return None, f"not an http(s) address: {one_line(address)[:80]}"
    categories = [part for path in _value(outline, "category").split(",") for part in path.split("/")]
    lang = _LANGUAGE.fullmatch(_value(outline, "language").strip())
    return Source(
        url=url,
        name="" if name in (url, address) else name,
        lang=lang[1].lower() if lang else "",
        tags=tags_of((*folders, *categories)),
    ), ""


def address_of(address: str) -> str:
    """Return the address of a feed, ``feed:`` in front of it taken off; empty: it is no http(s) address."""
    if address[:5].lower() == "feed:":
        address = address[5:].removeprefix("//")
        if "://" not in address:
            address = f"http://{address}"
    return safe_url(address)


def tags_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of folders and categories as tags, each once."""
    return tuple(dict.fromkeys(tag for name in names if (tag := tag_of(name))))


def tag_of(name: str) -> str:
    """Return a name as a tag may be: what cannot stand in one becomes a space. A tag stays as it is."""
    words = " ".join(_NOT_IN_TAG.sub(" ", one_line(name)).split())
    begin = re.search(r"[^\W_]", words)
    short = words[begin.start() :][:MAX_TAG] if begin else ""
    return re.sub(r"\W+\Z", "", short)


# ---------------------------------------------------------------- RDF


def _rdf_entries(root: etree._Element) -> Iterator[_Entry]:
    """Yield the feeds of a FOAF list: a person's name, a group as a tag. Source: FOAF 0.99; RSS 1.0."""
    for element in root.iter():
        is_channel = _name(element) == "channel" and element.get(f"{{{_RDF}}}about") is not None
        is_feed = _name(element) == "feed" and element.get(f"{{{_RDF}}}resource") is not None
        if not is_channel and not is_feed:
            continue
        address = str(element.get(f"{{{_RDF}}}about") or element.get(f"{{{_RDF}}}resource") or "").strip()
        name, groups = _people(element)
        url = address_of(address)
        if url:
            yield name, Source(url=url, name=name, tags=tags_of(groups)), ""
        else:
            yield name, None, "a feed without an address"


def _people(element: etree._Element) -> tuple[str, tuple[str, ...]]:
    """Return the name of the person or agent whose feed this is, and the groups around, outermost first."""
    name, groups = "", []
    for around in element.iterancestors():
        kind = _name(around)
        if kind in ("agent", "person", "organization", "document", "group"):
            own = next((one_line(child.text or "")[:MAX_NAME] for child in around if _name(child) == "name"), "")
            if kind == "group":
                groups.append(own)
            else:
                name = name or own
    return name, tuple(reversed(groups))
