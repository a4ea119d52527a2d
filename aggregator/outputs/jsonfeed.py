"""Own the JSON form of an output feed: an ``OutputFeed`` in, bytes out, the same bytes for the same feed.

Source: JSON Feed 1.1 (jsonfeed.org/version/1.1). "version" stands first, as the specification asks.
"""

import json
from collections.abc import Mapping

from aggregator.markup import clean, safe_url
from aggregator.model import Entry, OutputFeed
from aggregator.outputs.atom import Render
from aggregator.outputs.site import language_tag
from aggregator.outputs.strings import UNTITLED, machine_time

MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render_json(feed: OutputFeed, *, self_url: str, render: Render | None = None) -> bytes:
    """Write an output feed as JSON Feed 1.1, UTF-8, one key a line.

    Args:
        feed: What to write.
        self_url: Where this form of the feed is published.
        render: Gives an item's bytes as :func:`json_item` does, perhaps from memory.
    """
    write = render or json_item
    head: dict[str, object] = {
        "version": VERSION,
        "title": clean(feed.title) or UNTITLED,
        "home_page_url": feed.site_url,
        "feed_url": self_url,
    }
    lang = language_tag(feed.lang)
    if lang:
        head["language"] = lang
    head["authors"] = [{"name": clean(feed.author) or UNTITLED, "url": feed.site_url}]
    if feed.hub:
        head["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    head["items"] = []
    begin = _write(head).removesuffix(b"[]\n}")
    items = b",\n".join(write(entry, lang) for entry in feed.entries)
    return begin + (b"[\n" + items + b"\n ]" if items else b"[]") + b"\n}\n"


def json_item(entry: Entry, feed_lang: str = "") -> bytes:
    """Write one item, to stand within a feed of that language. Cost: about 0.03 ms."""
    item: dict[str, object] = {"id": entry.id}
    page = next((link.href for link in entry.links if link.rel == "alternate"), "")
    if page:
        item["url"] = page
    item["title"] = clean(entry.title) or UNTITLED
    item["content_html"] = clean(entry.content)
    if entry.summary:
        item["summary"] = clean(entry.summary)
    picture = safe_url(entry.picture.url) if entry.picture else ""
    if picture:
        item["image"] = picture
    item["date_published"] = machine_time(entry.published_at)
    item["date_modified"] = machine_time(entry.updated_at)
    if entry.author:
        item["authors"] = [{"name": clean(entry.author) or UNTITLED}]
    if entry.categories:
        item["tags"] = [clean(category) for category in entry.categories]
    lang = language_tag(entry.lang)
    if lang and lang != feed_lang:
        item["language"] = lang
    return b"\n".join(b"  " + line for line in _write(item).splitlines())


def _write(tree: Mapping[str, object]) -> bytes:
    return json.dumps(tree, ensure_ascii=False, indent=1).encode()
