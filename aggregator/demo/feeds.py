"""The bytes of a recorded feed at a moment.

Owns five small writers: RSS 2.0, RSS 0.91, RSS 1.0 (RDF), Atom 1.0 and JSON Feed 1.1. They are kept apart from
:mod:`aggregator.outputs` on purpose: they play the part of somebody else's program, and a mistake shared by writer and
reader would never show. Must not read a clock: the same moment gives the same bytes.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from aggregator.demo.recorded import FeedFormat, Publisher, RecordedArticle

RIGHT_TYPE: dict[FeedFormat, str] = {
    "rss20": "application/rss+xml; charset=utf-8",
    "rss091": "text/xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "atom10": "application/atom+xml; charset=utf-8",
    "json11": "application/feed+json",
}
_XML = '<?xml version="1.0" encoding="utf-8"?>\n'


def changed_at(publisher: Publisher, now: datetime) -> datetime | None:
    """Say when the feed last changed before or at ``now``; ``None``: it holds nothing yet."""
    return max((max(each.appears_at, each.updated_at) for each in publisher.articles_at(now)), default=None)


def content_type(publisher: Publisher) -> str:
    """Return the Content-Type header that this publisher sends, right or wrong."""
    return publisher.content_type or RIGHT_TYPE[publisher.format]


def render_feed(publisher: Publisher, now: datetime) -> bytes:
    """Render what the feed holds at ``now``, UTF-8, newest article first."""
    return _WRITERS[publisher.format](publisher, publisher.articles_at(now)).encode()


def truncated(body: bytes) -> bytes:
    """Cut a body within an article, as a connection lost at three fifths of the way leaves it."""
    return body[: len(body) * 3 // 5]


def _element(name: str, text: str, attributes: str = "") -> str:
    """Write one element, or nothing for an empty text."""
    return f"<{name}{attributes}>{escape(text, quote=False)}</{name}>\n" if text else ""


def _iso(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rfc822(moment: datetime) -> str:
    """Write a moment as RSS wants it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _rss20(publisher: Publisher, articles: tuple[RecordedArticle, ...]) -> str:
    head = (
        _element("title", publisher.name)
        + _element("link", publisher.site)
        + _element("description", publisher.name)
        + _element("language", publisher.lang)
        + f'<atom:link rel="self" type="application/rss+xml" href="{escape(publisher.feed_url)}"/>\n'
    )
    items = []
    for article in articles:
        is_permalink = ' isPermaLink="false"' if article.guid != article.link else ""
        items.append(
            "<item>\n"
            + _element("title", article.title)
            + _element("link", article.link)
            + _element("guid", article.guid, is_permalink)
            + (_element("pubDate", _rfc822(article.published_at)) if publisher.is_dated else "")
            + _element("dc:creator", article.author)
            + "".join(_element("category", category) for category in article.categories)
            + _element("description", article.summary)
            + _element("content:encoded", article.content)
            + "</item>\n"
        )
    names = (
        ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    return f'{_XML}<rss version="2.0"{names}>\n<channel>\n{head}{"".join(items)}</channel>\n</rss>\n'


def _rss091(publisher: Publisher, articles: tuple[RecordedArticle, ...]) -> str:
    """Write RSS 0.91, which knows neither guid nor date of an item nor its own address."""
    head = (
        _element("title", publisher.name)
        + _element("link", publisher.site)
        + _element("description", publisher.name)
        + _element("language", publisher.lang)
    )
    items = "".join(
        "<item>\n"
        + _element("title", article.title)
        + _element("link", article.link)
        + _element("description", article.summary)
        + "</item>\n"
        for article in articles
    )
    return f'{_XML}<rss version="0.91">\n<channel>\n{head}{items}</channel>\n</rss>\n'


def _rdf(publisher: Publisher, articles: tuple[RecordedArticle, ...]) -> str:
    names = (
        ' xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    links = "".join(f'<rdf:li rdf:resource="{escape(article.link)}"/>\n' for article in articles)
    head = (
        f'<channel rdf:about="{escape(publisher.feed_url)}">\n'
        + _element("title", publisher.name)
        + _element("link", publisher.site)
        + _element("description", publisher.name)
        + _element("dc:language", publisher.lang)
        + f"<items>\n<rdf:Seq>\n{links}</rdf:Seq>\n</items>\n</channel>\n"
    )
    items = "".join(
        f'<item rdf:about="{escape(article.guid or article.link)}">\n'
        + _element("title", article.title)
        + _element("link", article.link)
        + (_element("dc:date", _iso(article.published_at)) if publisher.is_dated else "")
        + _element("dc:creator", article.author)
        + "".join(_element("dc:subject", category) for category in article.categories)
        + _element("description", article.summary)
        + _element("content:encoded", article.content)
        + "</item>\n"
        for article in articles
    )
    return f"{_XML}<rdf:RDF{names}>\n{head}{items}</rdf:RDF>\n"


def _atom10(publisher: Publisher, articles: tuple[RecordedArticle, ...]) -> str:
    newest_at = max((article.updated_at for article in articles), default=None)
    head = (
        _element("id", publisher.site)
        + _element("title", publisher.name)
        + (_element("updated", _iso(newest_at)) if newest_at else "")
        + f'<link rel="self" href="{escape(publisher.feed_url)}"/>\n'
        + f'<link rel="alternate" href="{escape(publisher.site)}"/>\n'
        + f"<author>{_element('name', publisher.name)}</author>\n"
    )
    entries = []
    for article in articles:
        dates = _element("published", _iso(article.published_at)) + _element("updated", _iso(article.updated_at))
        entries.append(
            "<entry>\n"
            + _element("id", article.guid or article.link)
            + _element("title", article.title)
            + f'<link rel="alternate" type="text/html" href="{escape(article.link)}"/>\n'
            + (dates if publisher.is_dated else "")
            + (f"<author>{_element('name', article.author)}</author>\n" if article.author else "")
            + "".join(f'<category term="{escape(category)}"/>\n' for category in article.categories)
            + _element("summary", article.summary, ' type="html"')
            + _element("content", article.content, ' type="html"')
            + "</entry>\n"
        )
    root = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{escape(publisher.lang)}">'
    return f"{_XML}{root}\n{head}{''.join(entries)}</feed>\n"


def _json11(publisher: Publisher, articles: tuple[RecordedArticle, ...]) -> str:
    """Write JSON Feed 1.1. An article without content gives its summary as ``content_html``."""
    items = []
    for article in articles:
        item: dict[str, object] = {"id": article.guid or article.link, "url": article.link, "title": article.title}
        if article.content:
            item["summary"] = article.summary
        item["content_html"] = article.content or f"<p>{article.summary}</p>"
        if publisher.is_dated:
            item["date_published"] = _iso(article.published_at)
            item["date_modified"] = _iso(article.updated_at)
        if article.author:
            item["authors"] = [{"name": article.author}]
        if article.categories:
            item["tags"] = list(article.categories)
        items.append(item)
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "home_page_url": publisher.site,
        "feed_url": publisher.feed_url,
        "language": publisher.lang,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1) + "\n"


_WRITERS: dict[FeedFormat, Callable[[Publisher, tuple[RecordedArticle, ...]], str]] = {
    "rss20": _rss20,
    "rss091": _rss091,
    "rdf": _rdf,
    "atom10": _atom10,
    "json11": _json11,
}
