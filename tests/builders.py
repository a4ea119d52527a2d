"""Values for tests: each builder gives a whole value and takes only what the test is about."""

from datetime import UTC, datetime, timedelta

from aggregator.model import (
    Article,
    CitedSource,
    LiveStory,
    Membership,
    ParsedArticle,
    ParsedFeed,
    Report,
    Revision,
    Section,
    Sentence,
    Source,
    SourceState,
    Story,
    Subscription,
    Summary,
)

NOW = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Give the moment this many hours after ``NOW``."""
    return NOW + timedelta(hours=hours)


def source(url: str = "https://one.example/feed.xml", **fields: object) -> Source:
    return Source(url=url, **fields)  # type: ignore[arg-type]  # a builder passes on what the test names


def state(url: str = "https://one.example/feed.xml", **fields: object) -> SourceState:
    return SourceState(url=url, **fields)  # type: ignore[arg-type]


def subscription(source_url: str = "https://one.example/feed.xml", **fields: object) -> Subscription:
    given: dict[str, object] = {
        "token": "token-that-nobody-can-guess",
        "callback": f"https://news.example/websub/{fields.get('token', 'token-that-nobody-can-guess')}",
        "source_url": source_url,
        "named": "https://hub.example/",
        "hub": "https://hub.example/",
        "topic": source_url,
        "secret": "secret-that-nobody-can-guess",
        "asked_at": NOW,
        "next_at": NOW + timedelta(hours=1),
    }
    return Subscription(**{**given, **fields})  # type: ignore[arg-type]


def parsed_article(**fields: object) -> ParsedArticle:
    return ParsedArticle(**{"guid": "g1", "link": "https://one.example/1", "title": "A title", **fields})  # type: ignore[arg-type]


def parsed_feed(*articles: ParsedArticle, **fields: object) -> ParsedFeed:
    return ParsedFeed(**{"format": "rss20", "title": "One", "articles": articles, **fields})  # type: ignore[arg-type]


def article(id: str = "a1", **fields: object) -> Article:  # noqa: A002 - the field is called id
    given: dict[str, object] = {
        "source_url": "https://one.example/feed.xml",
        "publisher": "one.example",
        "source_name": "One",
        "guid": id,
        "link": f"https://one.example/{id}",
        "canonical_url": f"https://one.example/{id}",
        "title": f"Title of {id}",
        "lang": "en",
        "published_at": NOW,
        "first_seen_at": NOW,
        "modified_at": NOW,
        **fields,
    }
    return Article(id=id, **given)  # type: ignore[arg-type]


def live_story(id: str, *articles: Article) -> LiveStory:  # noqa: A002
    return LiveStory(id=id, minted_at=NOW, articles=articles)


def membership(article_id: str, story_id: str, **fields: object) -> Membership:
    return Membership(article_id=article_id, story_id=story_id, **fields)  # type: ignore[arg-type]


def story(id: str = "s1", *article_ids: str, **fields: object) -> Story:  # noqa: A002
    members = tuple(membership(each, id) for each in article_ids)
    return Story(id=id, **{"minted_at": NOW, "memberships": members, **fields})  # type: ignore[arg-type]


def report(id: str = "a1", *copies: Article, **fields: object) -> Report:  # noqa: A002
    return Report(article=article(id, **fields), copies=copies)


def cited_source(n: int = 1, **fields: object) -> CitedSource:
    given: dict[str, object] = {
        "article_id": f"a{n}",
        "title": f"Title of a{n}",
        "publisher": f"p{n}.example",
        "name": f"P{n}",
        "url": f"https://p{n}.example/{n}",
        "published_at": NOW,
        "lang": "en",
        **fields,
    }
    return CitedSource(n=n, **given)  # type: ignore[arg-type]


def summary(*, n: int = 2, headline: str = "A headline", **fields: object) -> Summary:
    given: dict[str, object] = {
        "sections": (
            Section(
                heading="",
                sentences=tuple(
                    Sentence(text=f"Sentence {i} says something of its own.", citations=(i,), lang="en")
                    for i in range(1, n + 1)
                ),
            ),
        ),
        "sources": tuple(cited_source(i) for i in range(1, n + 1)),
        "lang": "en",
        **fields,
    }
    return Summary(headline=headline, **given)  # type: ignore[arg-type]


def revision(story_id: str = "s1", n: int = 1, **fields: object) -> Revision:
    given: dict[str, object] = {
        "at": NOW,
        "newest_at": NOW,
        "summary": summary(),
        "tags": ("world",),
        **fields,
    }
    return Revision(story_id=story_id, n=n, **given)  # type: ignore[arg-type]
