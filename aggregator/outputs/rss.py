"""Own the RSS form of an output feed: an ``OutputFeed`` in, bytes out, the same bytes for the same feed.

feedgen writes it; its ``lastBuildDate`` would be "now" and its dates go through the machine's locale, so that every
date is written here. Each item is written by itself, so that a caller may keep what it got for one.

Source: RSS 2.0.11; the RSS Best Practices Profile (atom:link rel=self, content:encoded); WebSub (rel=hub).
"""

import html
import re
from datetime import datetime
from email.utils import format_datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator.markup import clean, safe_url
from aggregator.model import Entry, OutputFeed
from aggregator.outputs.atom import GENERATOR, MEDIA_NS, Render, whole_seconds
from aggregator.outputs.site import language_tag
from aggregator.outputs.strings import UNTITLED

MEDIA_TYPE = "application/rss+xml"
_ATOM_NS = "http://www.w3.org/2005/Atom"
_CONTENT_NS = "http://purl.org/rss/1.0/modules/content/"
_NAME = "story"
_END = b"</channel>"
# Elements with plain text; an item's description holds HTML. What is within is escaped, so that no text can look so.
_PLAIN = re.compile(rb"<(title|category)>[^<]*</\1>")
_PLAIN_OF_CHANNEL = re.compile(rb"<(title|description)>[^<]*</\1>")


class _FeedExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Write the channel's date and hub."""

    def __init__(self) -> None:
        self.feed: OutputFeed | None = None

    def extend_rss(self, root: etree._Element) -> etree._Element:
        channel = root[0]
        if self.feed is not None:
            for found in channel.iterchildren("lastBuildDate"):
                found.text = _date(self.feed.updated_at)
            if self.feed.hub:
                etree.SubElement(channel, f"{{{_ATOM_NS}}}link", rel="hub", href=self.feed.hub)
        return root


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Write an item's date, text and picture."""

    def __init__(self) -> None:
        self.entry: Entry | None = None

    def extend_rss(self, item: etree._Element) -> etree._Element:
        if self.entry is not None:
            etree.SubElement(item, "pubDate").text = _date(self.entry.published_at)
            # feedgen leaves the prefix to chance where an item is written by itself; some readers go by the prefix.
            encoded = etree.SubElement(item, f"{{{_CONTENT_NS}}}encoded", nsmap={"content": _CONTENT_NS})
            encoded.text = clean(self.entry.content)
            _write_picture(item, self.entry)
        return item


def _write_picture(item: etree._Element, entry: Entry) -> None:
    url = safe_url(entry.picture.url) if entry.picture else ""
    if not url or entry.picture is None:
        return
    picture = entry.picture
    if picture.type and picture.length > 0:
        etree.SubElement(item, "enclosure", url=url, length=str(picture.length), type=clean(picture.type))
    etree.SubElement(item, f"{{{MEDIA_NS}}}thumbnail", nsmap={"media": MEDIA_NS}, url=url)


def _date(at: datetime) -> str:
    return format_datetime(whole_seconds(at), usegmt=True)


def render_rss(feed: OutputFeed, *, self_url: str, render: Render | None = None) -> bytes:
    """Write an output feed as RSS 2.0, UTF-8, one element a line.

    Args:
        feed: What to write.
        self_url: Where this form of the feed is published.
        render: Gives an item's bytes as :func:`rss_item` does, perhaps from memory.
    """
    write = render or rss_item
    head, end, tail = _frame(feed, self_url).rpartition(_END)
    items = b"".join(write(entry, "") for entry in feed.entries)
    return b"".join((head.rstrip(b" "), items, b"  ", end, tail))


def _frame(feed: OutputFeed, self_url: str) -> bytes:
    generator = FeedGenerator()
    generator.register_extension(_NAME, _FeedExtension, None, atom=False)
    generator.story.feed = feed
    title = clean(feed.title) or UNTITLED
    generator.title(title)
    generator.link(href=self_url, rel="self", type=MEDIA_TYPE)
    generator.link(href=feed.site_url, rel="alternate")
    generator.description(title)
    generator.lastBuildDate(whole_seconds(feed.updated_at))
    generator.generator(GENERATOR)
    lang = language_tag(feed.lang)
    if lang:
        generator.language(lang)
    body: bytes = _PLAIN_OF_CHANNEL.sub(_with_hex_references, generator.rss_str(pretty=True))
    return body


def rss_item(entry: Entry, feed_lang: str = "") -> bytes:
    """Write one item. RSS has no language for one, so ``feed_lang`` changes nothing. Cost: about 0.1 ms."""
    target = FeedEntry()
    target.register_extension(_NAME, _EntryExtension, atom=False)
    target.title(clean(entry.title) or UNTITLED)
    page = next((link.href for link in entry.links if link.rel == "alternate"), "")
    if page:
        target.link(href=page)
    target.guid(entry.id, permalink=False)
    # A description is HTML by custom, so that plain text has to be escaped within it.
    text = clean(entry.summary) or clean(entry.title) or UNTITLED
    target.description(html.escape(text, quote=False))
    for category in entry.categories:
        target.category(term=clean(category))
    target.story.entry = entry
    element = target.rss_entry()
    etree.indent(element, space="  ", level=2)
    written: bytes = _PLAIN.sub(_with_hex_references, etree.tostring(element, encoding="UTF-8"))
    return b"    " + written + b"\n"


def _with_hex_references(plain: re.Match[bytes]) -> bytes:
    """Write "&" and "<" of plain text as readers misunderstand it least, which is the same to XML.

    Source: RSS Best Practices Profile, "Title": some readers take ``&lt;`` in a title for markup.
    """
    return plain[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")
