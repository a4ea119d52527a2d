"""Pathologies of identity that were met in the wild: no duplicate, no loss, no take-over."""

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.identity import diff, key_ids
from aggregator.model import Article, ArticleChange, ChangeKind, Enclosure, KnownArticle, ParsedArticle
from tests.builders import NOW, at, parsed_article, parsed_feed, source

NEW, MODIFIED, UNCHANGED = ChangeKind.NEW, ChangeKind.MODIFIED, ChangeKind.UNCHANGED


def known_from(articles: Sequence[Article]) -> list[KnownArticle]:
    return [
        KnownArticle(
            id=each.id,
            guid=each.guid,
            link=each.link,
            canonical_url=each.canonical_url,
            title=each.title,
            published_at=each.published_at,
            first_seen_at=each.first_seen_at,
            fingerprint=each.fingerprint,
        )
        for each in articles
    ]


def run(*polls: Sequence[ParsedArticle]) -> list[tuple[ArticleChange, ...]]:
    """Poll again and again, as the pipeline does: what is stored is what the next poll knows."""
    stored: dict[str, Article] = {}
    results = []
    for hour, articles in enumerate(polls):
        known = known_from(list(stored.values()))
        changes = diff(parsed_feed(*articles), source=source(), recall=lambda sought, known=known: known, now=at(hour))
        stored |= {each.article.id: each.article for each in changes}
        results.append(changes)
    return results


def kinds(changes: Sequence[ArticleChange]) -> list[ChangeKind]:
    return [each.kind for each in changes]


def one(
    guid: str = "g1",
    link: str = "https://one.example/1",
    title: str = "A title",
    published_at: datetime | None = NOW,
    **fields: object,
) -> ParsedArticle:
    return parsed_article(guid=guid, link=link, title=title, published_at=published_at, **fields)


def test_a_new_article_is_built_whole() -> None:
    given_article = one(
        summary="<p>One &amp; two</p><p>Three</p>",
        author="A Desk",
        categories=("World",),
        link="http://www.one.example/1#x",
    )
    feed = parsed_feed(given_article, title="One News", lang="en-GB")
    (change,) = diff(feed, source=source(tags=("world",), weight=2.0), recall=None, now=at(1))
    article = change.article
    assert change.kind is NEW
    assert len(article.id) == 16
    assert (article.publisher, article.source_name, article.lang) == ("one.example", "One News", "en")
    assert (article.canonical_url, article.link) == ("https://one.example/1", "http://www.one.example/1#x")
    assert article.text == "One & two\nThree"
    assert (article.first_seen_at, article.modified_at, article.published_at) == (at(1), at(1), NOW)
    assert (article.tags, article.weight) == (("world",), 2.0)
    assert article.fingerprint.count("-") == 3


@pytest.mark.parametrize(
    ("fields", "lang", "expected"),
    [({"lang": "de"}, "en", "de"), ({}, "pt-BR", "pt"), ({}, "", "und"), ({}, "none at all", "und"), ({}, "!!", "und")],
)
def test_language(fields: dict[str, object], lang: str, expected: str) -> None:
    (change,) = diff(parsed_feed(one(lang=lang)), source=source(**fields), recall=None, now=NOW)
    assert change.article.lang == expected


def test_language_is_detected_where_none_is_declared() -> None:
    text = "<p>Le port est fermé depuis hier soir, et les bateaux attendent dans la baie que la tempête passe.</p>"
    (change,) = diff(parsed_feed(one(title="Le port est fermé", summary=text)), source=source(), recall=None, now=NOW)
    assert change.article.lang == "fr"


def test_of_what_a_feed_repeats_the_fullest_stays() -> None:
    short, full = one(summary="Short"), one(summary="Short and long")
    first, second = run([short, full], [full, short])
    assert [each.article.text for each in first] == ["Short and long"]
    assert kinds(second) == [UNCHANGED]


def test_names() -> None:
    named = source("https://feeds.feedburner.com/one", name="My One", publisher="")
    (change,) = diff(parsed_feed(one(), site_url="https://www.one.example/"), source=named, recall=None, now=NOW)
    assert (change.article.source_name, change.article.publisher) == ("My One", "one.example")
    (change,) = diff(parsed_feed(one(), title=""), source=source(publisher="own"), recall=None, now=NOW)
    assert (change.article.source_name, change.article.publisher) == ("one.example", "own")


def test_nothing_new_is_unchanged() -> None:
    feed = [one(), one("g2", "https://one.example/2", "Another")]
    first, second = run(feed, feed)
    assert kinds(second) == [UNCHANGED, UNCHANGED]
    assert [each.article.id for each in first] == [each.article.id for each in second]
    assert second[0].article.first_seen_at == at(0)


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (one(), one(title="A better title"), "title"),
        (one(summary="a"), one(summary="b"), "text"),
        (one(), one(link="https://one.example/moved"), "link"),
        (one(), one(published_at=at(-5)), "date"),
        (one(summary="a"), one(summary="b", title="New"), "title, text"),
    ],
)
def test_what_changed_is_named(before: ParsedArticle, after: ParsedArticle, reason: str) -> None:
    first, second = run([before], [after])
    assert (second[0].kind, second[0].reason) == (MODIFIED, reason)
    assert second[0].article.id == first[0].article.id
    assert (second[0].article.first_seen_at, second[0].article.modified_at) == (at(0), at(1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (one("g1"), one("g1-changed")),
        (one("https://one.example/1#0"), one("https://one.example/1#1", title="Edited", published_at=at(1))),
        (one("http://one.example/1", "http://one.example/1"), one("https://one.example/1", "https://one.example/1")),
        (one("", "https://one.example/1?token=a"), one("", "https://one.example/1?token=b")),
        (one("x?t=1", "https://one.example/x?t=1"), one("x?t=2", "https://one.example/x?t=2")),
        (one("", "https://one.example/1", "Old"), one("", "https://one.example/1", "New")),
        (one("", "", "Only a title", None), one("", "", "Only a title", None)),
        (one("a", "https://one.example/p/1"), one("b", "https://one.example/q/2")),
        (one("", "", "T", NOW), one("now-a-guid", "", "T", NOW)),
        (
            one("a", "https://one.example/p/1", published_at=None, summary="the same long text"),
            one("b", "https://one.example/q/2", published_at=None, summary="the same long text"),
        ),
    ],
)
def test_the_same_article_under_other_signs_is_no_duplicate(before: ParsedArticle, after: ParsedArticle) -> None:
    first, second = run([before], [after])
    assert second[0].kind is not NEW
    assert second[0].article.id == first[0].article.id


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (one("same"), one("same", "https://one.example/2", "Other news", at(1))),
        (one("a"), one("b", "https://one.example/1", "Other news", at(1))),
        (one("a", "https://one.example/1", "Weather"), one("b", "https://one.example/2", "Weather", at(24))),
        (one("", "", "Weather", NOW), one("", "", "Weather", at(24))),
    ],
)
def test_another_article_under_the_same_sign_is_no_loss(before: ParsedArticle, after: ParsedArticle) -> None:
    first, second = run([before], [after])
    assert kinds(second) == [NEW]
    assert second[0].article.id != first[0].article.id


def test_one_guid_for_all() -> None:
    feed = [one("same", f"https://one.example/{i}", f"Title {i}", at(-i)) for i in range(4)]
    newer = one("same", "https://one.example/new", "Newest", at(1))
    edited = [one("same", f"https://one.example/{i}", f"Title {i}!", at(-i)) for i in range(4)]
    first, second, third = run(feed, [newer, *feed[:3]], [newer, *edited])
    assert kinds(second) == [NEW, UNCHANGED, UNCHANGED, UNCHANGED]
    assert kinds(third) == [UNCHANGED, MODIFIED, MODIFIED, MODIFIED, MODIFIED]
    assert [each.article.id for each in third[1:]] == [each.article.id for each in first]


def test_one_link_for_all() -> None:
    feed = [one("", "https://one.example/", f"Title {i}", at(-i)) for i in range(4)]
    newer = one("", "https://one.example/", "Newest", at(1))
    first, second = run(feed, [newer, *feed])
    assert kinds(first) == [NEW] * 4
    assert kinds(second) == [NEW, UNCHANGED, UNCHANGED, UNCHANGED, UNCHANGED]


def test_a_date_that_is_always_now_changes_nothing() -> None:
    _, second, third = run([one(published_at=at(0))], [one(published_at=at(1))], [one(published_at=at(2))])
    assert kinds(second) == kinds(third) == [UNCHANGED]


def test_what_a_feed_repeats_counts_once() -> None:
    (changes,) = run([one(), one(), one(summary="the same with more text")])
    assert len(changes) == 1


def test_another_source_cannot_take_an_article_over() -> None:
    victim = diff(parsed_feed(one()), source=source(), recall=None, now=NOW)
    attacker = diff(parsed_feed(one()), source=source("https://evil.example/feed"), recall=None, now=NOW)
    assert victim[0].article.id != attacker[0].article.id


def test_a_new_article_never_gets_the_id_of_a_known_one() -> None:
    first, second = run([one("same")], [one("same", "https://one.example/2", "Other", at(1))])
    assert {each.article.id for each in first}.isdisjoint(each.article.id for each in second)


ARTICLES = st.builds(
    ParsedArticle,
    guid=st.sampled_from(["", "a", "b", "https://one.example/1"]),
    link=st.sampled_from(["", "https://one.example/1", "https://one.example/2?x=1", "http://www.one.example/1"]),
    title=st.sampled_from(["", "One", "Two"]),
    summary=st.sampled_from(["", "<p>text</p>", "other"]),
    published_at=st.sampled_from([None, at(-1), at(-2)]),
    enclosures=st.sampled_from([(), (Enclosure(url="https://one.example/a.mp3"),)]),
)


@given(st.lists(ARTICLES, max_size=12))
def test_ids_are_unique_and_stable(articles: list[ParsedArticle]) -> None:
    ids = key_ids(parsed_feed(*articles), source_url="https://one.example/feed")
    assert len(ids) == len(articles) == len(set(ids))
    assert all(ids)
    assert ids == key_ids(parsed_feed(*articles), source_url="https://one.example/feed")


@given(st.lists(ARTICLES, max_size=8, unique=True), st.randoms())
def test_ids_do_not_depend_on_the_order(articles: list[ParsedArticle], random: object) -> None:
    ids = dict(zip(articles, key_ids(parsed_feed(*articles), source_url="u"), strict=True))
    shuffled = list(reversed(articles))
    assert ids == dict(zip(shuffled, key_ids(parsed_feed(*shuffled), source_url="u"), strict=True))


@given(st.lists(ARTICLES, max_size=10))
def test_polling_the_same_feed_again_finds_nothing_new(articles: list[ParsedArticle]) -> None:
    first, second, third = run(articles, articles, list(reversed(articles)))
    assert NEW not in kinds(second)
    assert NEW not in kinds(third)
    assert MODIFIED not in kinds(second)
    assert len({each.article.id for each in first}) == len(first)


@given(st.lists(ARTICLES, max_size=8), st.lists(ARTICLES, max_size=8))
def test_no_two_articles_of_a_poll_share_an_id(before: list[ParsedArticle], after: list[ParsedArticle]) -> None:
    _, second = run(before, after)
    assert len({each.article.id for each in second}) == len(second)
