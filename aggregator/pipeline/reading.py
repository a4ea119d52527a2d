"""What a body says of its source's articles: parse, filter, compare. Nothing is saved here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aggregator.intake import filters, identity
from aggregator.intake.reading.chunks import Chunks
from aggregator.intake.reading.parse import MAX_ARTICLES, parse
from aggregator.intake.urls import canonical_url
from aggregator.model import ArticleChange, Fetched, KnownArticle, NotAFeed, ParsedFeed, ParseResult, Source


def read_body(
    source: Source,
    fetched: Fetched,
    known: Sequence[KnownArticle],
    *,
    now: datetime,
    max_articles: int = MAX_ARTICLES,
) -> tuple[ParseResult, tuple[ArticleChange, ...]]:
    """Parse a body, filter its articles, and compare them with the known ones."""
    parsed = parse(fetched.body, url=fetched.url, content_type=fetched.content_type, max_articles=max_articles)
    if isinstance(parsed, NotAFeed):
        return parsed, ()
    keep = [filters.compile_rule(rule) for rule in source.keep]
    block = [filters.compile_rule(rule) for rule in source.block]
    lang = source.lang or parsed.lang
    kept = tuple(each for each in parsed.articles if filters.is_kept(each, keep=keep, block=block, now=now, lang=lang))
    return parsed, identity.diff(replace(parsed, articles=kept), source=source, known=known, now=now)


def read_unseen(
    source: Source,
    fetched: Fetched,
    cut: Chunks,
    unseen: Sequence[bytes],
    known: Sequence[KnownArticle],
    *,
    now: datetime,
) -> tuple[ParsedFeed, tuple[ArticleChange, ...]] | None:
    """Read only the articles that were not in the last body, or give ``None`` where the whole has to be read.

    Gives the NEW articles that reading the whole would give, because it gives up where a new article shares guid,
    address or title with any known one (it may be that one, edited), or known ones cannot be told apart: only then do
    the articles that are passed over have a say in what the others are.
    """
    body = b"".join((cut.head, *unseen, cut.tail))
    parsed, changes = read_body(source, replace(fetched, body=body), known, now=now)
    if not isinstance(parsed, ParsedFeed) or parsed.warnings or len(parsed.articles) != len(unseen):
        return None
    signs = {(each.guid, each.canonical_url, each.title, each.published_at, each.fingerprint) for each in known}
    if len(signs) < len(known):
        return None
    guids = {name for each in known for name in (each.guid, canonical_url(each.guid)) if name}
    links = {each.canonical_url for each in known if each.canonical_url}
    titles = {each.title for each in known if each.title}
    for each in parsed.articles:
        link = canonical_url(each.link)
        if each.guid in guids or canonical_url(each.guid) in guids or link in links or each.title in titles:
            return None
        if not (each.guid or link or each.title):
            return None
    return parsed, changes
