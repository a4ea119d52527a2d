"""Find the feeds that a page points at. Reads HTML; fetches nothing."""

import re

import lxml.html

from aggregator.markup import safe_url

MAX_PAGE = 1_000_000  # bytes that are looked at; links to feeds stand in the head
MAX_FOUND = 20

_TYPES = {
    "application/atom+xml": 0,
    "application/rss+xml": 1,
    "application/feed+json": 2,
    "application/rdf+xml": 3,
    "application/json": 5,
    "application/xml": 5,
    "text/xml": 5,
}
_LINKED, _SIDE = 20, 50  # ranks begin here: of what only looks like a feed; what a feed of comments has on top
_LOOKS_LIKE_FEED = re.compile(
    r"(?:\A|[/._?=&-])(?:rss|atom|feed|feeds|rdf)\d?(?:[/._?=&-]|\Z)|\.(?:rss|atom|rdf)\Z", re.IGNORECASE
)
_SIDE_FEED = re.compile(r"comment|kommentar|trackback|oembed|wp-json", re.IGNORECASE)
_NEVER = re.compile(r"\.(?:css|js|png|jpe?g|gif|svg|ico|pdf|zip)\Z", re.IGNORECASE)


def feed_links(html: bytes, *, base_url: str) -> tuple[str, ...]:
    """Give the addresses of the feeds that a page names, best first, at most ``MAX_FOUND``.

    What the page declares (``link rel=alternate``) stands before what only looks like a feed (``a href``); Atom before
    RSS before JSON; feeds of comments last; else the page's own order.
    """
    return tuple(dict.fromkeys(url for _, _, url in _ranked(html, base_url)))[:MAX_FOUND]


def declared_feeds(html: bytes, *, base_url: str) -> tuple[str, ...]:
    """Give of :func:`feed_links` those that the page declares to be feeds, in the same order."""
    declared = (url for rank, _, url in _ranked(html, base_url) if rank % _SIDE < _LINKED)
    return tuple(dict.fromkeys(declared))[:MAX_FOUND]


def _ranked(html: bytes, base_url: str) -> list[tuple[int, int, str]]:
    """Give (rank, position, address) of each link that may lead to a feed, best first."""
    try:
        page = lxml.html.document_fromstring(html[:MAX_PAGE])
    except (ValueError, lxml.etree.LxmlError):
        return []
    base = base_url
    ranked: list[tuple[int, int, str]] = []
    for n, element in enumerate(page.iter("base", "link", "a")):
        href = element.get("href") or ""
        if element.tag == "base":
            base = safe_url(href, base_url) or base
            continue
        rank = _rank_link(element) if element.tag == "link" else _rank_anchor(href)
        if rank is not None and (url := safe_url(href, base)):
            is_side = _SIDE_FEED.search(href + " " + (element.get("title") or ""))
            ranked.append((rank + (_SIDE if is_side else 0), n, url))
    return sorted(ranked)


def _rank_link(element: lxml.html.HtmlElement) -> int | None:
    relations = (element.get("rel") or "").lower().split()
    kind = (element.get("type") or "").split(";")[0].strip().lower()
    if "alternate" not in relations and "feed" not in relations:
        return None
    if "feed" in relations:
        return _TYPES.get(kind, 1)
    if element.get("hreflang") and kind not in _TYPES:
        return None
    return _TYPES.get(kind)


def _rank_anchor(href: str) -> int | None:
    path = href.split("#")[0].split("://")[-1]
    if not _LOOKS_LIKE_FEED.search(path) or _NEVER.search(path):
        return None
    return _LINKED if re.search(r"\.(?:xml|rss|atom|rdf|json)\Z", path, re.IGNORECASE) else _LINKED + 10
