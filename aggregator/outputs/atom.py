"""Own the Atom form of an output feed: an ``OutputFeed`` in, bytes out, the same bytes for the same feed.

feedgen is named here only. It is handed cleaned text and every date; what it cannot say (links of entries lose rel,
type and title, python-feedgen issue 135; dates end in "+00:00"; no ``xml:lang`` on entries) our extension writes.

Source: RFC 4287.
"""

from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.markup import clean
from aggregator.model import Entry, EntryLink, OutputFeed
from aggregator.outputs.site import language_tag
from aggregator.outputs.strings import UNTITLED, machine_time

MEDIA_TYPE = "application/atom+xml"
GENERATOR = "aggregator"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NAME = "story"  # under which feedgen keeps the extension
_DATES = ("updated", "published")


class _FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Write a feed's dates with Z."""

    def extend_atom(self, feed: etree._Element) -> etree._Element:
        _write_dates(feed)
        return feed


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Write an entry's links, language and dates."""

    def __init__(self) -> None:
        self.links: tuple[EntryLink, ...] = ()
        self.lang = ""

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        _write_dates(entry)
        if self.lang:
            entry.set(_XML_LANG, self.lang)
        for link in self.links:
            element = etree.SubElement(entry, "link", rel=link.rel, href=link.href)
            for name, value in (("type", link.type), ("hreflang", language_tag(link.lang)), ("title", link.title)):
                if value:
                    element.set(name, clean(value))
        return entry


def _write_dates(element: etree._Element) -> None:
    """Write again with Z what feedgen wrote with an offset: the form that every reader knows."""
    for name in _DATES:
        for found in element.iterchildren(name):
            found.text = machine_time(datetime.fromisoformat(found.text or ""))


def render_atom(feed: OutputFeed) -> bytes:
    """Write an output feed as Atom 1.0, UTF-8, one element a line. Cost: about 0.15 ms an entry."""
    generator = FeedGenerator()
    generator.register_extension(_NAME, _FeedExtension, _EntryExtension, rss=False)
    generator.id(feed.id)
    generator.title(clean(feed.title) or UNTITLED)
    generator.updated(_whole_seconds(feed.updated_at))
    generator.author(name=clean(feed.author) or UNTITLED, uri=feed.site_url)
    generator.link(href=feed.self_url, rel="self", type=MEDIA_TYPE)
    generator.link(href=feed.site_url, rel="alternate", type="text/html")
    generator.generator(GENERATOR)
    feed_lang = language_tag(feed.lang)
    if feed_lang:
        generator.language(feed_lang)
    for entry in feed.entries:
        _add_entry(generator.add_entry(order="append"), entry, feed_lang)
    body: bytes = generator.atom_str(pretty=True)
    return body


def _add_entry(target: FeedEntry, entry: Entry, feed_lang: str) -> None:
    target.id(entry.id)
    target.title(clean(entry.title) or UNTITLED)
    target.updated(_whole_seconds(entry.updated_at))
    target.published(_whole_seconds(entry.published_at))
    if entry.summary:
        target.summary(clean(entry.summary), type="text")
    target.content(clean(entry.content), type="html")
    for category in entry.categories:
        target.category(term=clean(category))
    extension = target.story
    extension.links = entry.links
    lang = language_tag(entry.lang)
    extension.lang = lang if lang != feed_lang else ""


def _whole_seconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
