"""What every store promises (``aggregator/store/base.py``), over every store. Test names say the promise."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.model import (
    EPOCH,
    Announced,
    Article,
    ArticleChange,
    ChangeKind,
    Claim,
    Clustering,
    Enclosure,
    KnownArticle,
    Merge,
    PollDay,
    PollRecord,
    Published,
    Related,
    Signs,
    Sought,
    SourceState,
    Story,
    StoryDay,
)
from aggregator.store.base import LIVE_TEXT, Counts, Store, head_of
from aggregator.store.memory import MemoryStore
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, article, at, membership, revision, state, subscription

ONE = "https://one.example/feed.xml"
TWO = "https://two.example/feed.xml"
THREE = "https://three.example/feed.xml"
LEASE = timedelta(minutes=5)


@pytest.fixture(params=["sqlite", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = SqliteStore.open(tmp_path / "a.sqlite", now=NOW) if request.param == "sqlite" else MemoryStore()
    yield made
    made.close()


def claim_all(store: Store, *, now=NOW, worker: str = "w1", **options) -> tuple[Claim, ...]:
    return store.claim_due(**{"now": now, "limit": 100, "lease": LEASE, "worker": worker, **options})


def claimed_urls(store: Store, **options) -> list[str]:
    return [claim.state.url for claim in claim_all(store, **options)]


def new(*articles: Article) -> list[ArticleChange]:
    return [ArticleChange(kind=ChangeKind.NEW, article=each) for each in articles]


def modified(*articles: Article) -> list[ArticleChange]:
    return [ArticleChange(kind=ChangeKind.MODIFIED, article=each, reason="title") for each in articles]


def record(url: str = ONE, polled_at=NOW, **fields) -> PollRecord:
    return PollRecord(**{"source_url": url, "polled_at": polled_at, "outcome": "new", **fields})


def poll(store: Store, *changes: ArticleChange, url: str = ONE, now=NOW, next_in: float = 1.0) -> bool:
    """Do a whole poll of one source: subscribe if need be, claim, complete."""
    if not any(each.url == url for each in store.source_states()):
        store.sync_sources([*(each.url for each in store.source_states()), url])
    (claim,) = claim_all(store, now=now, url=url, force=True)
    after = replace(claim.state, last_polled_at=now, next_poll_at=now + timedelta(hours=next_in), reason="test")
    return store.complete(claim, after, changes, record(url, now))


def put_articles(store: Store, *articles: Article) -> None:
    for url in dict.fromkeys(each.source_url for each in articles):
        n_polls = len(store.poll_history(since=NOW))
        poll(store, *new(*[each for each in articles if each.source_url == url]), url=url, now=at(n_polls / 60))


def put_story(store: Store, story_id: str, *article_ids: str, now=NOW) -> None:
    put_articles(store, *[article(each) for each in article_ids])
    place(store, story_id, *article_ids, now=now)


def place(store: Store, story_id: str, *article_ids: str, now=NOW) -> None:
    members = tuple(membership(each, story_id, joined_at=now) for each in article_ids)
    store.save_clustering(Clustering(memberships=members), now=now)


def merge(store: Store, *pairs: tuple[str, str]) -> None:
    merges = tuple(Merge(story_id=living, retired_id=retired, reason="same event") for retired, living in pairs)
    store.save_clustering(Clustering(merges=merges), now=at(1))


def settle(store: Store) -> None:
    """Give every stale story a summary and every unrendered one a page."""
    for story_id in store.stale_stories():
        store.save_revision(story_id, None)
    store.mark_rendered(store.unrendered_stories())


# ---------------------------------------------------------------- sources and claims


def test_unknown_sources_are_due_at_once(store):
    store.sync_sources([TWO, ONE])
    assert claim_all(store) == (
        Claim(state=SourceState(url=ONE), token=1),
        Claim(state=SourceState(url=TWO), token=1),
    )


def test_a_source_named_twice_is_one(store):
    store.sync_sources([ONE, ONE])
    assert claimed_urls(store) == [ONE]


def test_removed_sources_sleep_with_all_they_have(store):
    poll(store, *new(article("a1")))
    kept = store.source_states()
    store.sync_sources([TWO])
    assert [each.url for each in store.source_states()] == [TWO]
    assert store.poll_history(since=NOW) == ()
    assert claimed_urls(store, now=at(9)) == [TWO]
    assert [each.id for each in store.known_articles(ONE)] == ["a1"]
    store.sync_sources([ONE])
    assert store.source_states() == kept
    assert len(store.poll_history(since=NOW)) == 1
    assert claimed_urls(store, now=at(9)) == [ONE]


def test_a_source_is_due_from_its_time_on(store):
    poll(store, next_in=2)
    assert claimed_urls(store, now=at(2) - timedelta(microseconds=1)) == []
    assert claimed_urls(store, now=at(2)) == [ONE]


def test_the_longest_due_come_first_then_by_address(store):
    poll(store, url=ONE, next_in=2)
    poll(store, url=TWO, next_in=1)
    poll(store, url=THREE, next_in=1)
    never = "https://zero.example/feed.xml"
    store.sync_sources([ONE, TWO, THREE, never])
    assert claimed_urls(store, now=at(3)) == [never, THREE, TWO, ONE]


def test_no_more_than_the_limit_are_claimed(store):
    store.sync_sources([ONE, TWO, THREE])
    assert claimed_urls(store, limit=2) == [ONE, THREE]
    assert claimed_urls(store, limit=0) == []
    assert claimed_urls(store, limit=2) == [TWO]


def test_only_the_named_source_is_claimed(store):
    store.sync_sources([ONE, TWO])
    assert claimed_urls(store, url=TWO) == [TWO]
    assert claimed_urls(store, url="https://unknown.example/") == []


def test_a_claimed_source_is_passed_over_until_its_lease_ends(store):
    store.sync_sources([ONE])
    claim_all(store, worker="w1")
    assert claimed_urls(store, worker="w2", now=NOW + LEASE - timedelta(microseconds=1)) == []
    assert claimed_urls(store, worker="w2", now=NOW + LEASE) == [ONE]


def test_force_does_not_take_another_workers_claim(store):
    store.sync_sources([ONE])
    claim_all(store)
    assert claimed_urls(store, force=True) == []


def test_force_takes_sources_that_are_not_due_but_none_twice(store):
    poll(store, url=ONE, next_in=5)
    store.sync_sources([ONE, TWO])
    now, seen = at(1), []
    while claims := claim_all(store, now=now, force=True, limit=1):
        (claim,) = claims
        seen.append(claim.state.url)
        after = replace(claim.state, last_polled_at=now, next_poll_at=now)
        store.complete(claim, after, (), record(claim.state.url, now))
    assert seen == [TWO, ONE]


def test_every_claim_of_a_source_has_a_greater_token(store):
    store.sync_sources([ONE])
    tokens = [claim_all(store, now=at(hour))[0].token for hour in range(3)]
    assert tokens == sorted(set(tokens))


def test_completing_gives_the_claim_back(store):
    poll(store, next_in=0)
    assert claimed_urls(store) == [ONE]


def test_a_completion_after_a_newer_claim_saves_nothing(store):
    store.sync_sources([ONE])
    (old,) = claim_all(store, worker="w1")
    (newer,) = claim_all(store, worker="w2", now=NOW + LEASE)
    stale = replace(old.state, etag='"old"')
    assert store.complete(old, stale, new(article("a1")), record()) is False
    assert store.source_states() == (SourceState(url=ONE),)
    assert store.counts().n_articles == 0
    assert store.poll_history(since=NOW) == ()
    assert claimed_urls(store, now=NOW + LEASE) == []  # the newer claim still holds
    fresh = replace(newer.state, etag='"new"')
    assert store.complete(newer, fresh, new(article("a2")), record()) is True
    assert store.source_states() == (fresh,)


def test_a_completion_after_the_lease_counts_if_nobody_claimed_since(store):
    store.sync_sources([ONE])
    (claim,) = claim_all(store)
    assert store.complete(claim, claim.state, new(article("a1")), record(polled_at=at(9))) is True


def test_the_same_completion_twice_changes_nothing(store):
    store.sync_sources([ONE])
    (claim,) = claim_all(store)
    after = replace(claim.state, next_poll_at=at(1))
    for _ in range(2):
        assert store.complete(claim, after, new(article("a1")), record()) is True
    assert store.counts().n_articles == 1
    assert len(store.poll_history(since=NOW)) == 1


def test_an_article_that_is_called_new_replaces_one_that_is_there(store):
    put_articles(store, article("a1"))
    poll(store, *new(article("a2"), article("a1", title="Again", text="New text"), article("a3")), now=at(1))
    assert store.counts().n_articles == 3
    assert [(each.title, each.text) for each in store.articles(["a1"])] == [("Again", "New text")]


def test_a_completion_of_a_source_that_never_was_saves_nothing(store):
    assert store.complete(Claim(state=state(), token=1), state(), (), record()) is False


def test_a_poll_that_brings_another_sources_article_is_refused_whole(store):
    store.sync_sources([ONE, TWO])
    claim = claim_all(store)[0]
    changes = new(article("a1"), article("a2", source_url=TWO))
    with pytest.raises(StoreError, match="another source"):
        store.complete(claim, replace(claim.state, etag='"x"'), changes, record())
    assert store.counts().n_articles == 0
    assert store.source_states()[0].etag == ""


def test_a_removed_source_may_complete_its_last_poll(store):
    store.sync_sources([ONE])
    (claim,) = claim_all(store)
    store.sync_sources([])
    assert store.complete(claim, claim.state, new(article("a1")), record()) is True
    assert store.counts() == Counts(n_articles=1, n_stories=0, n_sources=0)


def test_claims_of_a_dead_worker_are_given_back(store):
    store.sync_sources([ONE, TWO, THREE])
    claim_all(store, worker="dead", limit=2)
    claim_all(store, worker="alive", limit=1)
    assert store.release_claims("dead") == 2
    assert store.release_claims("dead") == 0
    assert claimed_urls(store) == [ONE, THREE]


def test_releasing_no_worker_gives_back_nothing(store):
    store.sync_sources([ONE])
    assert store.release_claims("") == 0


def test_postponing_moves_only_what_is_due_earlier(store):
    poll(store, url=ONE, next_in=1)
    poll(store, url=TWO, next_in=5)
    store.sync_sources([ONE, TWO, THREE])
    store.postpone([ONE, TWO, THREE, "https://unknown.example/"], until=at(3), reason="Retry-After")
    found = {each.url: (each.next_poll_at, each.reason) for each in store.source_states()}
    assert found == {ONE: (at(3), "Retry-After"), TWO: (at(5), "test"), THREE: (at(3), "Retry-After")}
    assert claimed_urls(store, now=at(2.9)) == []
    assert claimed_urls(store, now=at(3)) == [ONE, THREE]


def test_a_renamed_source_keeps_all_it_has(store):
    poll(store, *new(article("a1")))
    (before,) = store.source_states()
    moved = replace(before, moved_to=THREE, n_moved=2)
    (claim,) = claim_all(store, now=at(2))
    store.complete(claim, replace(moved, last_polled_at=at(2), next_poll_at=at(3)), [], record(ONE, at(2)))
    assert store.rename_source(ONE, THREE) is True
    (after,) = store.source_states()
    assert after == replace(before, url=THREE, last_polled_at=at(2), next_poll_at=at(3), n_articles=1), "counted anew"
    assert [each.id for each in store.known_articles(THREE)] == ["a1"]
    assert store.articles(["a1"])[0] == replace(article("a1"), source_url=THREE)
    assert store.known_articles(ONE) == ()
    assert store.poll_history(since=NOW) == (record(THREE, NOW), record(THREE, at(2)))
    assert store.unplaced_articles() == tuple(map(head_of, store.articles(["a1"])))
    assert store.rename_source(ONE, TWO) is False
    assert store.rename_source(THREE, THREE) is True
    store.sync_sources([ONE])  # the old address again is another source
    assert store.source_states() == (SourceState(url=ONE),)


def test_a_source_is_renamed_into_one_that_was(store):
    poll(store, *new(article("t1", source_url=TWO)), url=TWO)
    store.sync_sources([ONE])
    poll(store, *new(article("a1")))
    (one,) = store.source_states()
    assert store.rename_source(ONE, TWO)
    assert store.source_states() == (replace(one, url=TWO, n_articles=2, has_twins=True),), "it is not known any more"
    assert {each.id for each in store.known_articles(TWO)} == {"a1", "t1"}
    assert store.poll_history(since=NOW) == (record(TWO, NOW),)
    assert store.counts().n_sources == 1


def test_a_claim_from_before_a_renaming_saves_nothing(store):
    store.sync_sources([ONE, TWO])
    claims = claim_all(store)
    assert store.rename_source(ONE, TWO)
    for claim in claims:
        assert store.complete(claim, claim.state, [], record(claim.state.url)) is False
    assert claimed_urls(store) == [TWO]


def test_a_state_comes_back_whole(store):
    store.sync_sources([ONE])
    (claim,) = claim_all(store)
    full = SourceState(
        url=ONE,
        etag='W/"ä\\"b"',
        last_modified="Wed, 14 Jan 2026 12:00:00 GMT",
        body_hash="ab" * 32,
        title="Přehled 新聞 🗞",
        is_gone=True,
        n_failures=3,
        error="the server answered 503",
        seconds=0.25,
        first_polled_at=NOW.replace(microsecond=1),
        last_polled_at=NOW,
        next_poll_at=at(1),
        rhythm=timedelta(minutes=7, microseconds=1),
        skip_hours=(0, 23),
        skip_days=(6,),
    )
    store.complete(claim, full, (), record())
    assert store.source_states() == (full,)


def test_states_are_given_of_those_that_are_named(store):
    store.sync_sources(("b", "a", "c"))
    store.sync_sources(("b", "a"))
    assert [each.url for each in store.source_states(["c", "b", "x"])] == ["b"]
    assert store.source_states(()) == ()


def test_states_are_given_by_address(store):
    store.sync_sources([TWO, ONE, THREE])
    assert [each.url for each in store.source_states()] == [ONE, THREE, TWO]


def test_the_history_is_given_from_a_moment_on_oldest_first_then_by_address(store):
    poll(store, url=ONE, now=at(0))
    poll(store, url=TWO, now=at(2))
    poll(store, url=ONE, now=at(2))
    poll(store, url=THREE, now=at(1))
    found = store.poll_history(since=at(1))
    assert [(each.polled_at, each.source_url) for each in found] == [(at(1), THREE), (at(2), ONE), (at(2), TWO)]


def test_polls_are_added_up_by_day_and_source(store):
    def polled(url, hours, **fields):
        (claim,) = claim_all(store, now=at(hours), url=url, force=True)
        after = replace(claim.state, last_polled_at=at(hours), next_poll_at=at(hours))
        assert store.complete(claim, after, [], record(url, at(hours), **fields))

    store.sync_sources([ONE, TWO])
    polled(ONE, -13, outcome="new", n_new=4, seconds=0.1)
    polled(ONE, 0, outcome="new", n_new=3, n_modified=1, seconds=0.1)
    polled(TWO, 1, outcome="not modified", seconds=0.3)
    polled(ONE, 2, outcome="failed", seconds=20.0, error="no answer")
    polled(ONE, 3, outcome="unchanged", n_modified=2, seconds=0.2)
    today = PollDay(
        source_url=ONE, day=at(-12), n_polls=3, n_failed=1, n_fruitful=1, n_new=3, n_modified=3, seconds=20.3,
        longest=20.0,
    )  # fmt: skip
    other = PollDay(source_url=TWO, day=at(-12), n_polls=1, seconds=0.3, longest=0.3)
    before = PollDay(source_url=ONE, day=at(-36), n_polls=1, n_fruitful=1, n_new=4, seconds=0.1, longest=0.1)
    assert store.poll_days(since=at(5)) == (today, other)
    assert store.poll_days(since=at(-13)) == (before, today, other)
    store.sync_sources([TWO])
    assert store.poll_days(since=at(-13)) == (other,)


def test_a_renamed_source_takes_its_days_along(store):
    poll(store, url=TWO)
    poll(store, url=ONE, now=at(1))
    store.rename_source(ONE, TWO)
    store.sync_sources([TWO])
    (day,) = store.poll_days(since=NOW)
    assert (day.source_url, day.n_polls) == (TWO, 2)


def test_days_and_revisions_written_on_them(store):
    put_story(store, "s1", "a1")
    put_story(store, "s2", "a2")
    for story_id, n, hours in (("s1", 1, -13), ("s1", 2, -12), ("s1", 3, 11.9), ("s2", 1, 12)):
        store.save_revision(story_id, revision(story_id, n, at=at(hours)))
    assert store.days_written() == (at(-36), at(-12), at(12))
    assert store.story_days(since=at(0)) == (StoryDay(day=at(-12), n_grown=2), StoryDay(day=at(12), n_new=1))

    def written(since, until):
        return list(store.written(since=at(since), until=at(until)))

    assert written(-12, 12) == [("s1", 3)]
    assert written(-36, -12) == [("s1", 1)]
    assert written(-36, 13) == [("s1", 3), ("s2", 1)]
    assert written(36, 60) == []
    found = store.revisions_of([("s2", 1), ("s1", 2), ("s1", 9), ("no", 1)])
    assert [(each.story_id, each.n, each.at) for each in found] == [("s2", 1, at(12)), ("s1", 2, at(-12))]
    assert store.revisions_of([]) == ()


def test_a_poll_record_comes_back_whole(store):
    store.sync_sources([ONE])
    (claim,) = claim_all(store)
    line = PollRecord(
        source_url=ONE, polled_at=NOW, outcome="failed", n_new=2, n_modified=1, seconds=1.5, error="no answer"
    )
    store.complete(claim, claim.state, (), line)
    assert store.poll_history(since=NOW) == (line,)


# ---------------------------------------------------------------- pushed by hubs


def test_a_subscription_is_kept_whole_found_by_its_token_and_forgotten(store: Store) -> None:
    each = subscription(
        TWO, token="t2", is_leaving=True, verified_at=at(1), lease_until=at(2), pushed_at=at(3), missed_at=at(4),
        n_failures=5, error="it answered 503",
    )  # fmt: skip
    other = subscription(ONE, token="t3")
    for one in (each, other, subscription(ONE, token="t1"), each):
        store.save_subscription(one)
    assert [found.token for found in store.subscriptions()] == ["t1", "t3", "t2"]
    assert store.subscription("t2") == each
    assert store.subscription("t9") is None
    store.save_subscription(replace(each, error=""))
    store.delete_subscription("t3")
    store.delete_subscription("t3")
    assert [found.error for found in store.subscriptions()] == ["", ""]
    store.sync_sources([])
    assert len(store.subscriptions()) == 2, "their hubs are still to be told"


# ---------------------------------------------------------------- articles


FULL_ARTICLE = article(
    "full",
    guid="tag:one.example,2026:1",
    summary="<p>Short</p>",
    content="<p>Long \x00 ünï 🗞</p>",
    text="Long\nsecond paragraph",
    author="One, Two",
    categories=("World", "a, b", ""),
    tags=("world", "top"),
    enclosures=(Enclosure(url="https://one.example/a.mp3", type="audio/mpeg", length=2**40), Enclosure(url="u")),
    image="https://one.example/i.png",
    updated_at=NOW.replace(microsecond=999_999),
    first_seen_at=at(1),
    modified_at=at(2),
    fingerprint="aa-bb-cc-dd",
    weight=0.1,
    is_paywalled=True,
)


def test_an_article_comes_back_whole(store):
    put_articles(store, FULL_ARTICLE)
    assert store.articles(["full"]) == (FULL_ARTICLE,)
    head = head_of(FULL_ARTICLE)
    assert (head.title, head.text, head.content) == (FULL_ARTICLE.title, FULL_ARTICLE.text[:LIVE_TEXT], "")
    assert store.unplaced_articles() == (head,), "what tells its event, and no more"
    assert store.recent_articles(limit=1) == (FULL_ARTICLE,)
    place(store, "s1", "full")
    assert store.live_stories(since=NOW)[0].articles == (head,)


def test_identity_gets_what_it_needs(store):
    put_articles(store, FULL_ARTICLE)
    assert store.known_articles(ONE) == (
        KnownArticle(
            id="full",
            guid="tag:one.example,2026:1",
            link="https://one.example/full",
            canonical_url="https://one.example/full",
            title="Title of full",
            published_at=NOW,
            first_seen_at=at(1),
            fingerprint="aa-bb-cc-dd",
        ),
    )
    assert store.known_articles(TWO) == ()


def test_known_articles_are_given_oldest_first_then_by_id(store):
    put_articles(
        store, article("c"), article("b"), article("a", first_seen_at=at(1)), article("d", first_seen_at=at(-1))
    )
    assert [each.id for each in store.known_articles(ONE)] == ["d", "b", "c", "a"]


def test_articles_are_given_by_effective_time_then_id_without_the_unknown(store):
    put_articles(store, article("b"), article("a"), article("late", published_at=at(-1)), article("other"))
    assert [each.id for each in store.articles(iter(["b", "a", "late", "no such", "a"]))] == ["late", "a", "b"]
    assert store.articles([]) == ()


def test_a_future_date_does_not_count(store):
    put_articles(store, article("a", published_at=at(99)), article("b", first_seen_at=at(1), published_at=at(1)))
    assert [each.id for each in store.articles(["a", "b"])] == ["a", "b"]


def test_recent_articles_are_the_last_seen_newest_first(store):
    put_articles(
        store,
        article("old", first_seen_at=at(-1), published_at=at(-1)),
        article("b"),
        article("a"),
        article("early", published_at=at(-5)),
        article("new", first_seen_at=at(1)),
    )
    assert [each.id for each in store.recent_articles(limit=4)] == ["new", "b", "a", "early"]


def test_an_unchanged_article_is_not_saved(store):
    put_articles(store, article("a"))
    poll(store, ArticleChange(kind=ChangeKind.UNCHANGED, article=article("a", title="Other")), now=at(1))
    assert store.articles(["a"])[0].title == "Title of a"


def test_a_modified_article_replaces_the_old_one_and_makes_its_story_stale(store):
    put_story(store, "s1", "a", "b")
    place(store, "s2", "b")
    settle(store)
    changed = article("a", title="Changed", text="New text", modified_at=at(1), published_at=at(-1))
    poll(store, *modified(changed), now=at(1))
    assert store.articles(["a"]) == (changed,)
    assert store.stale_stories() == ("s1",)
    assert store.unplaced_articles() == ()


def test_the_newest_placed_article_says_when_stories_live(store):
    assert store.newest_placed_at() is None
    put_articles(store, article("a1", published_at=at(-3)), article("a2", published_at=at(-1)), article("a3"))
    assert store.newest_placed_at() is None
    place(store, "s1", "a1", "a2")
    assert store.newest_placed_at() == at(-1)


def test_readings_are_kept_of_articles_as_they_are(store):
    one, other = article("a1", text="one"), article("a2", text="two", lang="fr")
    put_articles(store, one, other)
    assert store.readings("r1", ["a1", "a2"]) == {}
    store.save_readings("r1", [(one, b"1"), (other, b"2"), (article("no"), b"3")], now=NOW)
    store.save_readings("r1", [(one, b"\x1f")], now=at(1))
    store.save_readings("r1", [], now=at(1))
    assert store.readings("r1", ["a2", "a1", "no"]) == {"a1": b"\x1f", "a2": b"2"}
    assert store.readings("r1", ["a2"]) == {"a2": b"2"}
    assert store.readings("r2", ["a1", "a2"]) == {}
    assert store.readings("r1", []) == {}


def test_a_reading_of_an_edited_article_is_missing(store):
    one = article("a1", text="one", fingerprint="f1")
    put_articles(store, one)
    store.save_readings("r1", [(one, b"1")], now=NOW)
    edited = replace(one, text="two", fingerprint="f2")
    poll(store, *modified(edited), now=at(1))
    assert store.readings("r1", ["a1"]) == {}
    store.save_readings("r1", [(one, b"late")], now=NOW)  # what was read before the edit
    assert store.readings("r1", ["a1"]) == {}
    store.save_readings("r1", [(edited, b"2")], now=NOW)
    assert store.readings("r1", ["a1"]) == {"a1": b"2"}


def test_vectors_are_kept_by_content(store):
    assert store.vectors(["a", "b"]) == {}
    store.save_vectors({"a": b"\x00\xff", "b": b"2"}, now=NOW)
    store.save_vectors({"b": b"3"}, now=at(1))
    store.save_vectors({}, now=at(1))
    assert store.vectors(["b", "a", "c"]) == {"a": b"\x00\xff", "b": b"3"}
    assert store.vectors([]) == {}


def test_a_modified_article_without_a_story_stays_unplaced(store):
    put_articles(store, article("a"))
    poll(store, *modified(article("a", title="Changed")), now=at(1))
    assert [each.title for each in store.unplaced_articles()] == ["Changed"]
    assert store.stale_stories() == ()


def test_a_changed_time_moves_an_article_in_its_order(store):
    put_story(store, "s1", "a")
    poll(store, *modified(article("a", published_at=at(-48))), now=at(1))
    assert store.live_stories(since=at(-1)) == ()
    assert len(store.live_stories(since=at(-48))) == 1


def test_unplaced_articles_are_given_by_effective_time_then_id_until_they_are_placed(store):
    put_articles(store, article("b"), article("a"), article("first", published_at=at(-1)))
    assert [each.id for each in store.unplaced_articles()] == ["first", "a", "b"]
    place(store, "s1", "first", "a")
    assert [each.id for each in store.unplaced_articles()] == ["b"]


# ---------------------------------------------------------------- stories


def test_unknown_stories_are_minted_now_and_keep_their_minting(store):
    put_story(store, "s1", "a", now=at(1))
    put_story(store, "s1", "b", now=at(2))
    assert store.story("s1") == Story(
        id="s1",
        minted_at=at(1),
        memberships=(membership("a", "s1", joined_at=at(1)), membership("b", "s1", joined_at=at(2))),
    )


def test_a_membership_comes_back_whole(store):
    put_articles(store, article("a"), article("b"))
    full = membership(
        "b",
        "s1",
        copy_of="a",
        probability=0.1,
        rule="same text",
        reason="0.97 of its words",
        model="m1",
        joined_at=at(1),
    )
    store.save_clustering(Clustering(memberships=(full,)), now=NOW)
    assert store.story("s1").memberships == (full,)


def test_an_unknown_story_is_none(store):
    assert store.story("none") is None
    assert store.revisions("none") == ()


def test_memberships_are_given_in_order_of_joining_then_by_article(store):
    put_articles(store, *[article(each) for each in "abc"])
    members = (
        membership("c", "s1", joined_at=NOW),
        membership("b", "s1", joined_at=at(1)),
        membership("a", "s1", joined_at=at(1)),
    )
    store.save_clustering(Clustering(memberships=members), now=NOW)
    assert [each.article_id for each in store.story("s1").memberships] == ["c", "a", "b"]


def test_stories_are_given_by_minting_then_id(store):
    put_story(store, "s3", "a", now=NOW)
    put_story(store, "s2", "b", now=at(1))
    put_story(store, "s1", "c", now=at(1))
    assert store.story_ids() == store.stale_stories() == ("s3", "s1", "s2")
    assert [each.id for each in store.live_stories(since=NOW)] == ["s3", "s1", "s2"]


def test_touched_stories_become_stale(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b")
    assert store.stale_stories() == ("s1", "s2")
    settle(store)
    assert store.stale_stories() == ()
    put_story(store, "s2", "c")
    assert store.stale_stories() == ("s2",)


def test_an_article_that_moves_makes_both_stories_stale(store):
    put_story(store, "s1", "a", "b")
    put_story(store, "s2", "c")
    settle(store)
    place(store, "s2", "b")
    assert store.stale_stories() == ("s1", "s2")
    assert [each.article_id for each in store.story("s1").memberships] == ["a"]


def test_a_membership_of_an_unknown_article_is_refused_whole(store):
    put_articles(store, article("a"))
    with pytest.raises(StoreError):
        place(store, "s1", "a", "no such article")
    assert store.story_ids() == ()
    assert [each.id for each in store.unplaced_articles()] == ["a"]


def test_live_stories_have_an_article_of_the_moment_or_later_and_all_their_articles(store):
    put_articles(
        store,
        article("a", published_at=at(-9)),
        article("b", published_at=at(-1)),
        article("c", published_at=at(-9)),
        article("d"),
    )
    place(store, "s1", "b", "a")
    place(store, "s2", "c")
    found = store.live_stories(since=at(-1))
    assert [(each.id, each.minted_at, [one.id for one in each.articles]) for each in found] == [("s1", NOW, ["a", "b"])]


def test_stories_are_found_by_link_and_by_canonical_address(store):
    put_articles(
        store,
        article("a", link="https://one.example/1?utm=x", canonical_url="https://one.example/1"),
        article("b", link="https://one.example/2", canonical_url=""),
        article("c", link="https://one.example/1", canonical_url="https://one.example/1"),
        article("d", link="", canonical_url=""),
    )
    for story_id, article_id in (("s2", "a"), ("s1", "b"), ("s3", "c"), ("s4", "d")):
        place(store, story_id, article_id)
    assert store.story_ids_of("https://one.example/1?utm=x") == ("s2",)
    assert store.story_ids_of("https://one.example/1") == ("s2", "s3")
    assert store.story_ids_of("https://one.example/2") == ("s1",)
    assert store.story_ids_of("") == store.story_ids_of("https://one.example/3") == ()


# ---------------------------------------------------------------- merges


def test_a_merge_moves_all_memberships_and_leaves_a_redirect(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b", "c")
    settle(store)
    merge(store, ("s2", "s1"))
    assert [each.article_id for each in store.story("s1").memberships] == ["a", "b", "c"]
    assert {each.story_id for each in store.story("s1").memberships} == {"s1"}
    assert store.story("s2") == Story(id="s2", minted_at=NOW, merged_into="s1")
    assert store.merged_stories() == (("s2", "s1"),)
    assert store.story_ids() == ("s1",)
    assert store.counts().n_stories == 1
    assert store.stale_stories() == ("s1",)
    assert store.unrendered_stories() == ("s2",)
    assert [each.id for each in store.live_stories(since=NOW)] == ["s1"]
    assert store.story_ids_of("https://one.example/b") == ("s1",)


def test_a_retired_story_is_stale_no_longer(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b")
    merge(store, ("s2", "s1"))
    assert store.stale_stories() == ("s1",)


@pytest.mark.parametrize("pairs", list(permutations([("s1", "s2"), ("s2", "s3"), ("s4", "s2")])), ids=str)
@pytest.mark.parametrize("at_once", [True, False], ids=["in one build", "one by one"])
def test_chains_of_merges_lead_to_the_living_story(store, pairs, at_once):
    for story_id, article_id in (("s1", "a"), ("s2", "b"), ("s3", "c"), ("s4", "d")):
        put_story(store, story_id, article_id)
    settle(store)
    for group in [pairs] if at_once else [[pair] for pair in pairs]:
        merge(store, *group)
    assert store.merged_stories() == (("s1", "s3"), ("s2", "s3"), ("s4", "s3"))
    assert store.story("s1").merged_into == "s3"
    assert [each.article_id for each in store.story("s3").memberships] == ["a", "b", "c", "d"]
    assert store.unrendered_stories() == ("s1", "s2", "s4")


def test_a_redirect_that_moves_on_is_rendered_again(store):
    for story_id, article_id in (("s1", "a"), ("s2", "b"), ("s3", "c")):
        put_story(store, story_id, article_id)
    merge(store, ("s1", "s2"))
    settle(store)
    merge(store, ("s2", "s3"))
    assert store.unrendered_stories() == ("s1", "s2")


def test_a_new_article_of_a_retired_story_joins_the_living_one(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b")
    merge(store, ("s2", "s1"))
    put_story(store, "s2", "c")
    assert [each.article_id for each in store.story("s1").memberships] == ["a", "b", "c"]


def test_a_story_never_merges_with_itself_or_with_one_that_never_was(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b")
    merge(store, ("s2", "s1"))
    settle(store)
    merge(store, ("s1", "s1"), ("s1", "s2"), ("s2", "s1"), ("no such", "s1"))
    assert store.merged_stories() == (("s2", "s1"),)
    assert store.stale_stories() == store.unrendered_stories() == ()


def test_saving_the_same_clustering_again_changes_nothing(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b")
    put_articles(store, article("c"), article("d"))
    clustering = Clustering(
        memberships=(membership("c", "s1", reason="similar"), membership("d", "s9")),
        merges=(Merge(story_id="s1", retired_id="s2"),),
    )
    store.save_clustering(clustering, now=at(1))
    settle(store)
    before = [store.story(each) for each in ("s1", "s2", "s9")]
    store.save_clustering(clustering, now=at(2))
    assert [store.story(each) for each in ("s1", "s2", "s9")] == before
    assert store.stale_stories() == store.unrendered_stories() == ()


# ---------------------------------------------------------------- summaries and publishing


def test_a_revision_ends_staleness_and_asks_for_a_page(store):
    put_story(store, "s1", "a")
    kin = Related(story_id="s0", headline="A 見出し", lang="ja", newest_at=at(-3))
    first = revision("s1", 1, change="", tags=("world", "top"), weight=1.5, related=(kin,))
    store.save_revision("s1", first)
    assert store.revisions("s1") == (first,)
    assert store.stale_stories() == ()
    assert store.unrendered_stories() == ("s1",)
    store.mark_rendered(iter(["s1", "no such"]))
    assert store.unrendered_stories() == ()


def test_an_unchanged_summary_ends_staleness_and_asks_for_a_page(store):
    put_story(store, "s1", "a")
    store.save_revision("s1", None)
    assert store.revisions("s1") == ()
    assert store.stale_stories() == ()
    assert store.unrendered_stories() == ("s1",)


def test_revisions_are_given_oldest_first(store):
    put_story(store, "s1", "a")
    for n in (1, 2, 3):
        store.save_revision("s1", revision("s1", n, at=at(n)))
    assert [each.n for each in store.revisions("s1")] == [1, 2, 3]


def test_a_merged_story_keeps_its_revisions(store):
    put_story(store, "s1", "a")
    put_story(store, "s2", "b")
    store.save_revision("s2", revision("s2", 1))
    merge(store, ("s2", "s1"))
    assert len(store.revisions("s2")) == 1


@pytest.mark.parametrize(
    ("story_id", "wrong"),
    [("s1", revision("s1", 1)), ("s1", revision("s2", 2)), ("none", revision("none", 1)), ("none", None)],
    ids=["a number again", "of another story", "of no story", "no story"],
)
def test_history_is_never_overwritten(store, story_id, wrong):
    put_story(store, "s1", "a")
    store.save_revision("s1", revision("s1", 1, change="kept"))
    with pytest.raises(StoreError):
        store.save_revision(story_id, wrong)
    assert [each.change for each in store.revisions("s1")] == ["kept"]


def test_newest_revisions_are_the_last_of_living_stories_newest_article_first(store):
    for story_id, newest in (("s1", 1), ("s2", 2), ("s3", 1), ("s4", 9)):
        put_story(store, story_id, f"a{story_id}")
        store.save_revision(story_id, revision(story_id, 1, newest_at=at(0)))
        store.save_revision(story_id, revision(story_id, 2, newest_at=at(newest)))
    put_story(store, "unwritten", "b")
    merge(store, ("s4", "s1"))
    found = store.newest_revisions(limit=10)
    assert [(each.story_id, each.n) for each in found] == [("s2", 2), ("s1", 2), ("s3", 2)]
    assert store.newest_revisions(limit=2) == found[:2]


def entry(slug: str, story_id: str, **fields) -> Published:
    given = {"published_at": NOW, "updated_at": NOW, "headline": "First", "revision": 1, **fields}
    return Published(slug=slug, story_id=story_id, **given)


def test_published_entries_are_kept_by_output_and_story_and_replaced(store):
    store.save_published([entry("top", "s2"), entry("top", "s1"), entry("world", "s1")])
    later = entry("top", "s1", updated_at=at(1), revision=2)
    store.save_published([later])
    store.save_published([])
    assert store.published("top") == (later, entry("top", "s2"))
    assert store.published("world") == (entry("world", "s1"),)
    assert store.published("none") == ()


def test_places_since_are_those_that_are_shown_or_changed_or_asked_for(store):
    old, left = at(-24 * 400), at(-24 * 300)
    shown = entry("top", "shown", published_at=old, updated_at=old)
    gone = entry("top", "gone", published_at=old, updated_at=old, left_at=left)
    asked = entry("top", "asked", published_at=old, updated_at=old, left_at=left)
    fresh = entry("top", "fresh", published_at=old, updated_at=at(-24), left_at=at(-1))
    store.save_published([shown, gone, asked, fresh, entry("world", "else")])
    assert store.published("top", since=at(-24)) == (fresh, shown)
    assert store.published("top", since=at(-23)) == (shown,)
    assert store.published("top", since=at(-24), story_ids=["asked", "unknown", "else"]) == (asked, fresh, shown)
    assert store.published("top") == (asked, fresh, gone, shown)


def test_a_place_keeps_all_that_its_output_remembers(store):
    place = entry(
        "top",
        "s1",
        entered=2,
        revision=5,
        updates=(Announced(n=3, at=at(1)), Announced(n=5, at=at(6.5))),
        is_held=True,
        left_at=at(9),
        picture=Enclosure(url="https://one.example/a.jpg", type="image/jpeg", length=7),
    )
    store.save_published([place])
    assert store.published("top") == (place,)


def test_unrendered_stories_are_given_by_id(store):
    for story_id, now in (("s2", NOW), ("s1", at(1))):
        put_story(store, story_id, f"a{story_id}", now=now)
        store.save_revision(story_id, None)
    assert store.unrendered_stories() == ("s1", "s2")


def test_counts_leave_out_what_is_merged_or_not_subscribed(store):
    assert store.counts() == Counts(n_articles=0, n_stories=0, n_sources=0)
    put_story(store, "s1", "a", "b")
    put_story(store, "s2", "c")
    merge(store, ("s2", "s1"))
    store.sync_sources([ONE, TWO])
    assert store.counts() == Counts(n_articles=3, n_stories=1, n_sources=2)


@pytest.mark.parametrize("force", [False, True])
def test_a_source_polled_under_a_clock_that_was_ahead_is_due_at_once(store: Store, force: bool) -> None:
    store.sync_sources([ONE, TWO])
    for claim in store.claim_due(now=NOW, limit=9, lease=LEASE, worker="w"):
        ahead = at(24 * 365) if claim.state.url == ONE else at(0.5)
        polled = replace(claim.state, last_polled_at=ahead, next_poll_at=ahead + timedelta(hours=1))
        store.complete(claim, polled, (), PollRecord(source_url=claim.state.url, polled_at=ahead, outcome="unchanged"))
    found = store.claim_due(now=NOW, limit=9, lease=LEASE, worker="w", force=force)
    assert [claim.state.url for claim in found] == [ONE], "half an hour is waited out"
    assert store.claim_due(now=NOW, limit=9, lease=LEASE, worker="w", force=force) == ()


# ---------------------------------------------------------------- a person's word


def test_articles_are_found_by_either_address(store):
    put_articles(store, article("a1", link="https://x.example/1?utm=1", canonical_url="https://x.example/1"))
    put_articles(store, article("a2", canonical_url="https://x.example/1", published_at=at(-1)), article("a3"))
    assert [each.id for each in store.articles_at(["https://x.example/1"])] == ["a2", "a1"]
    assert [each.id for each in store.articles_at(["https://x.example/1?utm=1", ""])] == ["a1"]
    assert store.articles_at([]) == ()


def test_stories_of_articles_and_the_ids_they_lead_to(store):
    put_story(store, "s1", "a1")
    put_story(store, "s2", "a2", now=at(1))
    assert store.stories_of(["a1", "a2", "a9"]) == {"a1": "s1", "a2": "s2"}
    merge(store, ("s2", "s1"))
    assert store.stories_of(["a2"]) == {"a2": "s1"}
    assert store.living_ids(["s1", "s2", "s9"]) == {"s1": "s1", "s2": "s1"}


def test_a_revived_story_lives_again_under_its_id(store):
    put_story(store, "s1", "a1")
    put_story(store, "s2", "a2", now=at(1))
    merge(store, ("s2", "s1"))
    settle(store)
    back = Clustering(memberships=(membership("a2", "s2"),), revived=("s2", "s1", "s9"))
    store.save_clustering(back, now=at(2))
    assert store.merged_stories() == ()
    assert store.living_ids(["s2"]) == {"s2": "s2"}
    assert store.stale_stories() == ("s1", "s2")
    assert store.story("s2").minted_at == at(1)
    store.save_clustering(back, now=at(3))
    assert store.story("s2").minted_at == at(1)


def test_held_memberships_are_those_of_a_persons_word(store):
    put_story(store, "s1", "a1", "a2")
    assert store.held_memberships() == ()
    said = membership("a2", "s1", rule="override", model="override 1")
    store.save_clustering(Clustering(memberships=(said,)), now=at(1))
    assert store.held_memberships() == (said,)


def test_a_hidden_story_has_no_newest_revision_and_is_rendered_anew(store):
    put_story(store, "s1", "a1")
    put_story(store, "s2", "a2", now=at(1))
    for story_id in ("s1", "s2"):
        store.save_revision(story_id, revision(story_id))
    settle(store)
    assert store.hide_stories(["s1", "s9"])
    assert not store.hide_stories(["s1"])
    assert store.hidden_stories() == ("s1",)
    assert store.story("s1").is_hidden
    assert store.unrendered_stories() == ("s1",)
    assert [each.story_id for each in store.newest_revisions(limit=9)] == ["s2"]
    assert [story_id for story_id, _ in store.written(since=at(-1), until=at(1))] == ["s2"]
    assert store.revisions("s1")
    assert store.hide_stories([])
    assert [each.story_id for each in store.newest_revisions(limit=9)] == ["s1", "s2"]


def test_live_stories_of_a_time_that_is_over(store):
    put_articles(store, article("a1", published_at=at(-50)), article("a2", published_at=at(-9)), article("a3"))
    for story_id, id_ in (("s1", "a1"), ("s2", "a2"), ("s3", "a3")):
        place(store, story_id, id_)
    assert [each.id for each in store.live_stories(since=at(-50), until=at(-9))] == ["s1", "s2"]
    assert [each.id for each in store.live_stories(since=at(-49), until=at(-1))] == ["s2"]


def test_a_story_names_the_closed_ones_that_it_takes_up_again(store):
    put_story(store, "s1", "a1")
    put_story(store, "s2", "a2", now=at(1))
    store.save_earlier("s2", ("s1",))
    store.save_earlier("s9", ("s1",))
    assert store.story("s2").earlier == ("s1",)
    assert store.story("s1").earlier == ()


# ---------------------------------------------------------------- what a body's articles may be


def test_articles_like_one_are_found_by_any_sign(store):
    given = [
        article("a1", guid="g1", link="", canonical_url="", title="", published_at=at(-1)),
        article("a2", guid="g2", canonical_url="https://one.example/2", title="Two"),
        article("a3", guid="g3", canonical_url="https://one.example/3", title="Three", first_seen_at=at(-1)),
        article("a4", guid="http://one.example/4", guid_url="https://one.example/4", title="Four"),
        article("a5", guid="", link="", canonical_url="", title="", published_at=None),
        article("a6", guid="g6", canonical_url="https://one.example/6", title="Six"),
    ]
    store.sync_sources([ONE, TWO])
    poll(store, *new(*given))
    poll(store, *new(article("b1", guid="g1", source_url=TWO)), url=TWO)

    def found(*ids, **signs):
        sought = Sought(ids=ids, signs=(Signs(**signs),) if signs else ())
        return [each.id for each in store.articles_like(ONE, sought)]

    assert found() == []
    assert found("a6", "a2", "b1", "none") == ["a2", "a6"], "ids of this source only"
    assert found(guid="g1") == ["a1"]
    assert found(link="https://one.example/2") == ["a2"]
    assert found(title="Three") == ["a3"]
    assert found(guid="x", guid_url="https://one.example/4") == ["a4"]
    assert found(guid="x", guid_url="https://one.example/6") == ["a6"], "a guid that names its own page"
    assert found(date=None, text="") == ["a5"], "without a name only the date is left"
    assert found(guid="g1", link="https://one.example/2", title="Three") == ["a3", "a1", "a2"], (
        "oldest first, then by id"
    )


def test_the_times_of_a_source_are_those_of_its_latest_seconds(store):
    store.sync_sources([ONE, TWO])
    hours = (-5, -4, -4, -3, -1, 2)
    given = [article(f"a{n}", published_at=at(hour), first_seen_at=at(9)) for n, hour in enumerate(hours)]
    half = article("half", published_at=at(-3) + timedelta(milliseconds=500), first_seen_at=at(9))
    before_the_epoch = article("old", published_at=EPOCH - timedelta(seconds=90.5), first_seen_at=at(9))
    poll(store, *new(*given, half, before_the_epoch))
    poll(store, *new(article("b", source_url=TWO)), url=TWO)
    assert store.article_times(ONE, until=NOW, limit=3) == (at(2), at(-1), half.at, at(-4))
    assert store.article_times(ONE, until=at(2), limit=2) == (at(2), at(-1))
    assert store.article_times(ONE, until=NOW, limit=9)[-2:] == (at(-5), before_the_epoch.at)
    assert store.article_times("https://none.example/feed.xml", until=NOW, limit=9) == ()
