"""Show what this program sees in a feed: the records of ``aggregator parse``."""

from datetime import datetime

from aggregator.intake.identity import key_ids
from aggregator.intake.reading.parse import parse
from aggregator.model import NotAFeed, ParsedArticle

MAX_SHOWN = 10_000  # articles: who looks at a file wants to see all of it


def describe(file: str, body: bytes, *, url: str = "") -> list[dict[str, object]]:
    """Give one record for each article of a feed, ready for JSON.

    Args:
        file: What the records name as their origin.
        body: The feed.
        url: Its address, if it is known.

    Returns:
        ``{"file", "id", "title", ...}`` for each article; ``{"file", "feed": True, "articles": 0}`` for a feed without
        any; ``{"file", "error"}`` for what is no feed.
    """
    parsed = parse(body, url=url, max_articles=MAX_SHOWN, keeps_cut=True)
    if isinstance(parsed, NotAFeed):
        return [{"file": file, "error": parsed.reason}]
    if not parsed.articles:
        return [{"file": file, "feed": True, "articles": 0}]
    ids = key_ids(parsed, source_url=url or parsed.self_url)
    return [
        _record(file, article_id, article, parsed.lang, parsed.warnings)
        for article_id, article in zip(ids, parsed.articles, strict=True)
    ]


def _record(
    file: str, article_id: str, article: ParsedArticle, feed_lang: str, warnings: tuple[str, ...]
) -> dict[str, object]:
    return {
        "file": file,
        "id": article_id,
        "title": article.title,
        "link": article.link,
        "published": _iso(article.published_at),
        "updated": _iso(article.updated_at),
        "author": article.author,
        "summary": article.summary,
        "content": article.content,
        "enclosures": [{"url": each.url, "type": each.type, "length": each.length} for each in article.enclosures],
        "categories": list(article.categories),
        "lang": article.lang or feed_lang,
        "warnings": list(warnings),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
