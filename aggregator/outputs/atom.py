"""Own the Atom form of an output feed: an ``OutputFeed`` in, bytes out, the same bytes for the same feed.

feedgen is named here and in :mod:`.rss` only. It is handed cleaned text and every date; what it cannot say (links of
entries lose rel, type and title, python-feedgen issue 135; dates end in "+00:00"; no ``xml:lang`` on entries, no
``atom:source`` with dates) our extension writes. Each entry is written by itself, so that a caller may keep what it
got for one that has not changed.

Source: RFC 4287; RFC 5005 (archives); Media RSS 1.5.1 (thumbnail).
"""

from collections.abc import Callable
from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.markup import clean, safe_url
from aggregator.model import Enclosure, Entry, Origin, OutputFeed
from aggregator.outputs.site import language_tag
from aggregator.outputs.strings import UNTITLED, machine_time

MEDIA_TYPE = "application/atom+xml"
GENERATOR = "aggregator"
MEDIA_NS = "http://search.yahoo.com/mrss/"
HISTORY_NS = "http://purl.org/syndication/history/1.0"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAME = "story"  # under which feedgen keeps the extension
_DATES = ("updated", "published")
_END = b"</feed>"

Render = Callable[[Entry, str], bytes]


class _FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Write a feed's dates with Z, and that it is an archive."""

    def __init__(self) -> None:
        self.is_archive = False

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY_NS} if self.is_archive else {}

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        _write_dates(feed)
        if self.is_archive:
            etree.SubElement(feed, f"{{{HISTORY_NS}}}archive")
        return feed


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Write an entry's links, picture, origin, language and dates."""

    def __init__(self) -> None:
        self.entry: Entry | None = None
        self.lang = ""

    def extend_atom(self, element: etree._Element) -> etree._Element:
        _write_dates(element)
        if self.lang:
            element.set(_XML_LANG, self.lang)
        if self.entry is not None:
            _write_links(element, self.entry)
            if self.entry.picture is not None:
                _write_picture(element, self.entry.picture)
            if self.entry.origin is not None:
                _write_origin(element, self.entry.origin)
        return element


def _write_dates(element: etree._Element) -> None:
    """Write again with Z what feedgen wrote with an offset: the form that every reader knows."""
    for name in _DATES:
        for found in element.iterchildren(name):
            found.text = machine_time(datetime.fromisoformat(found.text or ""))


def _write_links(element: etree._Element, entry: Entry) -> None:
    for link in entry.links:
        written = etree.SubElement(element, "link", rel=link.rel, href=link.href)
        for name, value in (("type", link.type), ("hreflang", language_tag(link.lang)), ("title", link.title)):
            if value:
                written.set(name, clean(value))


def _write_picture(element: etree._Element, picture: Enclosure) -> None:
    """Write a thumbnail; an enclosure only where its type and length are known."""
    url = safe_url(picture.url)
    if not url:
        return
    if picture.type and picture.length > 0:
        etree.SubElement(
            element, "link", rel="enclosure", href=url, type=clean(picture.type), length=str(picture.length)
        )
    etree.SubElement(element, f"{{{MEDIA_NS}}}thumbnail", nsmap={"media": MEDIA_NS}, url=url)


def _write_origin(element: etree._Element, origin: Origin) -> None:
    source = etree.SubElement(element, "source")
    etree.SubElement(source, "id").text = clean(origin.url)
    etree.SubElement(source, "title").text = clean(origin.title) or UNTITLED
    etree.SubElement(source, "updated").text = machine_time(origin.updated_at)
    etree.SubElement(source, "link", rel="self", href=origin.url)
    site_url = safe_url(origin.site_url)
    if site_url:
        etree.SubElement(source, "link", rel="alternate", type="text/html", href=site_url)


def render_atom(feed: OutputFeed, *, render: Render | None = None) -> bytes:
    """Write an output feed as Atom 1.0, UTF-8, one element a line.

    Args:
        feed: What to write.
        render: Gives an entry's bytes as :func:`atom_entry` does, perhaps from memory.
    """
    write = render or atom_entry
    lang = language_tag(feed.lang)
    head, end, tail = _frame(feed, lang).rpartition(_END)
    return b"".join((head, *(write(entry, lang) for entry in feed.entries), end, tail))


def _frame(feed: OutputFeed, lang: str) -> bytes:
    """Write the feed without its entries."""
    generator = FeedGenerator()
    generator.register_extension(_NAME, _FeedExtension, None, rss=False)
    generator.story.is_archive = bool(feed.current_url)
    generator.id(feed.id)
    generator.title(clean(feed.title) or UNTITLED)
    generator.updated(whole_seconds(feed.updated_at))
    generator.author(name=clean(feed.author) or UNTITLED, uri=feed.site_url)
    generator.link(href=feed.self_url, rel="self", type=MEDIA_TYPE)
    generator.link(href=feed.site_url, rel="alternate", type="text/html")
    for rel, url in (("hub", feed.hub), ("current", feed.current_url), ("prev-archive", feed.previous_url)):
        if url:
            generator.link(href=url, rel=rel)
    generator.generator(GENERATOR)
    if lang:
        generator.language(lang)
    body: bytes = generator.atom_str(pretty=True)
    return body


def atom_entry(entry: Entry, feed_lang: str = "") -> bytes:
    """Write one entry, to stand within a feed of that language. Cost: about 0.1 ms."""
    target = FeedEntry()
    target.register_extension(_NAME, _EntryExtension, rss=False)
    target.id(entry.id)
    target.title(clean(entry.title) or UNTITLED)
    target.updated(whole_seconds(entry.updated_at))
    target.published(whole_seconds(entry.published_at))
    if entry.author:
        target.author(name=clean(entry.author) or UNTITLED)
    if entry.summary:
        target.summary(clean(entry.summary), type="text")
    target.content(clean(entry.content), type="html")
    for category in entry.categories:
        target.category(term=clean(category))
    lang = language_tag(entry.lang)
    target.story.entry = entry
    target.story.lang = lang if lang != feed_lang else ""
    element = target.atom_entry()
    etree.indent(element, space="  ", level=1)
    written: bytes = etree.tostring(element, encoding="UTF-8")
    return b"  " + written + b"\n"


def whole_seconds(at: datetime) -> datetime:
    """Return a time as feeds write it: UTC, whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0)
