"""A person's word over the model's: it holds through every build, and is taken back without a trace."""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.model import Article, Override, Story
from aggregator.pipeline.placing import Placing
from aggregator.pipeline.wording import Rewording
from aggregator.store.base import Store
from aggregator.store.memory import MemoryStore
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, at
from tests.unit.test_placing import poll, stories_of
from tests.unit.test_stories_cluster import FERRY, NORWAY, report, stream

LATER = at(8)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = SqliteStore.open(tmp_path / "a.sqlite", now=NOW) if request.param == "sqlite" else MemoryStore()
    poll(made, *FERRY, *NORWAY, now=LATER)
    Placing().place(made, now=LATER)
    yield made
    made.close()


def build(store: Store, *overrides: Override, now: datetime = LATER) -> None:
    Placing(overrides=overrides).place(store, now=now)


def story_with(store: Store, article_id: str) -> Story:
    found = store.story(store.stories_of([article_id])[article_id])
    assert found is not None
    assert not found.merged_into
    return found


def members(store: Store, article_id: str) -> set[str]:
    return {each.article_id for each in story_with(store, article_id).memberships}


def url(id_: str) -> str:
    return f"https://{id_}.example/{id_}"


def urls(*ids: str) -> tuple[str, ...]:
    return tuple(url(id_) for id_ in ids)


def merge(store: Store, *ids: str, n: int = 1) -> Override:
    return Override(n=n, kind="merge", stories=tuple(story_with(store, id_).id for id_ in ids), firsts=urls(*ids))


def split(store: Store, *ids: str, n: int = 1) -> Override:
    story = story_with(store, ids[0])
    others = sorted({each.article_id for each in story.memberships} - {*ids})
    return Override(n=n, kind="split", stories=(story.id,), urls=urls(*ids), apart_from=urls(*others))


def pin(store: Store, id_: str, to: str, n: int = 1) -> Override:
    return Override(n=n, kind="pin", stories=(story_with(store, to).id,), firsts=urls(to), urls=urls(id_))


def test_merged_stories_are_one_and_the_older_survives(store: Store) -> None:
    one, other = sorted((story_with(store, "n1").id, story_with(store, "n2").id))  # minted in one build: by id
    word = merge(store, "n1", "n2")
    build(store, word)
    assert members(store, "n1") == {"n1", "n2"}
    assert (story_with(store, "n1").id, store.merged_stories()) == (one, ((other, one),))
    moved = next(each for each in story_with(store, "n1").memberships if each.rule == "override")
    assert moved.model == f"override 1 (from {other})"
    assert moved.reason == f"a person merged the story {other} into this one"


def test_what_follows_a_merged_story_joins_it(store: Store) -> None:
    word = merge(store, "f1", "n1")
    build(store, word)
    poll(store, report("f7", "Lady Morag ferry refloated off Tarbet island", FERRY[0].text, hours=9), now=at(9))
    build(store, word, now=at(9))
    assert members(store, "f7") == {*(f"f{i}" for i in range(1, 8)), "n1"}


def test_a_merge_taken_back_gives_both_stories_their_ids_again(store: Store) -> None:
    before = {id_: story_with(store, id_).id for id_ in ("f1", "n1", "n2")}
    build(store, merge(store, "f1", "n1", "n2"))
    assert members(store, "n1") == {*(f"f{i}" for i in range(1, 7)), "n1", "n2"}
    build(store, now=at(10))
    assert {id_: story_with(store, id_).id for id_ in ("f1", "n1", "n2")} == before
    assert store.merged_stories() == ()
    assert store.held_memberships() == ()
    assert not any(each.rule == "override" for story in stories_of(store).values() for each in story.memberships)


def test_a_split_keeps_the_id_with_the_first_article(store: Store) -> None:
    before = story_with(store, "f1").id
    word = split(store, "f5", "f6")
    build(store, word)
    assert members(store, "f5") == {"f5", "f6"}
    assert members(store, "f1") == {"f1", "f2", "f3", "f4"}
    assert story_with(store, "f1").id == before
    assert {each.reason for each in story_with(store, "f5").memberships} == {
        f"a person parted it from the story {before}"
    }
    poll(store, report("f7", FERRY[4].title, FERRY[4].text, hours=9), now=at(9))
    build(store, word, now=at(9))
    assert members(store, "f1").isdisjoint({"f5", "f6"}), "no merge undoes it"


def test_a_split_of_the_first_articles_lets_the_others_leave(store: Store) -> None:
    before = story_with(store, "f1").id
    build(store, split(store, "f1", "f2"))
    assert members(store, "f1") == {"f1", "f2"}
    assert story_with(store, "f1").id == before
    assert members(store, "f3") == {"f3", "f4", "f5", "f6"}


def test_a_split_taken_back_is_decided_by_the_model_again(store: Store) -> None:
    before = story_with(store, "f1").id
    build(store, split(store, "f5", "f6"))
    gone = story_with(store, "f5").id
    build(store, now=at(10))
    assert members(store, "f5") == {f"f{i}" for i in range(1, 7)}
    assert store.merged_stories() == ((gone, before),), "a reader of the parted story is led back"


def test_a_pinned_article_goes_where_a_person_says_and_back(store: Store) -> None:
    n1, f1 = story_with(store, "n1").id, story_with(store, "f1").id
    build(store, pin(store, "n1", "f1"))
    assert members(store, "n1") == {*(f"f{i}" for i in range(1, 7)), "n1"}
    assert store.merged_stories() == ((n1, f1),), "nothing was left of it"
    build(store, now=at(10))
    assert story_with(store, "n1").id == n1
    assert members(store, "f1") == {f"f{i}" for i in range(1, 7)}
    assert store.merged_stories() == ()


def test_an_article_that_comes_later_goes_where_it_is_pinned(store: Store) -> None:
    word = Override(n=1, kind="pin", stories=(story_with(store, "f1").id,), urls=urls("x1"))
    build(store, word)
    poll(store, report("x1", "Something else altogether", hours=9), now=at(9))
    build(store, word, now=at(9))
    assert "x1" in members(store, "f1")


def test_forbidden_company_is_left_by_the_later_and_found_again(store: Store) -> None:
    word = Override(n=1, kind="forbid", urls=urls("f2", "f6"))
    build(store, word)
    assert members(store, "f2") == {"f1", "f2", "f3", "f4", "f5"}
    assert members(store, "f6") == {"f6"}
    left = story_with(store, "f6").memberships[0]
    assert left.rule == "override"
    assert left.reason.startswith(f"a person said that it does not belong to the story {story_with(store, 'f2').id}; ")
    build(store, word, now=at(9))
    assert members(store, "f6") == {"f6"}
    build(store, now=at(10))
    assert members(store, "f6") == {f"f{i}" for i in range(1, 7)}


def test_a_hidden_story_is_nowhere_and_comes_back(store: Store) -> None:
    story = story_with(store, "f1")
    word = Override(n=1, kind="hide", stories=(story.id,), firsts=urls("f1"))
    build(store, word)
    assert store.hidden_stories() == (story.id,)
    assert story_with(store, "f1").is_hidden
    build(store, now=at(10))
    assert store.hidden_stories() == ()


def test_of_two_words_the_later_holds(store: Store) -> None:
    forbid = Override(n=1, kind="forbid", urls=urls("n1", "f1"))
    later = pin(store, "n1", "n2", n=3)
    earlier = pin(store, "n1", "f1", n=2)
    build(store, forbid, earlier, later)
    assert members(store, "n1") == {"n1", "n2"}
    assert Rewording(store, (forbid, earlier, later)).held.overruled == {2}


def test_words_outlive_a_clustering_from_scratch(store: Store) -> None:
    words = (merge(store, "n1", "n2"), split(store, "f5", "f6", n=2), pin(store, "n3", "f1", n=3))
    forbid = Override(n=4, kind="forbid", urls=urls("f1", "f4"))
    again = MemoryStore()
    placing = Placing(overrides=(*words, forbid))
    for n, each in enumerate(sorted((*FERRY, *NORWAY), key=lambda each: each.id, reverse=True)):
        poll(again, each, now=LATER.replace(minute=n))
        placing.place(again, now=LATER.replace(minute=n))
    assert members(again, "n1") == {"n1", "n2"}
    assert members(again, "f5").isdisjoint({"f1", "f2", "f3", "f4"})
    assert members(again, "f5") >= {"f5", "f6"}
    assert "n3" in members(again, "f1")
    assert "f4" not in members(again, "f1")


def words_for(seed: int, store: Store, made: Sequence[Article], n: int) -> Override:
    chance = random.Random(seed)
    one, other = chance.sample([each.id for each in made], 2)
    match chance.randrange(5):
        case 0:
            return merge(store, one, other, n=n)
        case 1:
            return split(store, one, n=n)
        case 2:
            return pin(store, one, other, n=n)
        case 3:
            return Override(n=n, kind="hide", stories=(story_with(store, one).id,), firsts=urls(one))
        case _:
            return Override(n=n, kind="forbid", urls=urls(one, other))


@settings(max_examples=40, deadline=None)
@example(371245)  # a story emptied by a word lived on in the resident, and its articles counted twice
@given(st.integers(0, 10**6))
def test_whatever_is_said_stories_stay_whole_and_a_resident_agrees(seed: int) -> None:
    """Words come and go between builds: each article is in one living story, none is empty, ids lead somewhere."""
    chance = random.Random(seed)
    made = stream(seed, 24)
    stores = (MemoryStore(), MemoryStore())
    lived = Placing()
    words: list[Override] = []
    ever: set[str] = set()
    now = NOW
    for step, i in enumerate(range(0, 24, 6)):
        now = max(now, made[i + 5].at)
        for store in stores:
            poll(store, *made[i : i + 6], now=now)
        for each in range(2):
            if each:
                words.append(words_for(seed + step, stores[0], made[: i + 6], n=len(words) + 1 + step))
            elif words and chance.randrange(2):
                words.pop(chance.randrange(len(words)))
            lived.overrides = tuple(words)
            lived.place(stores[0], now=now)
            Placing(overrides=words).place(stores[1], now=now)
            assert stories_of(stores[0]) == stories_of(stores[1])
            check_whole(stores[0], made[: i + 6], words, ever)


def check_whole(store: Store, made: Sequence[Article], words: Sequence[Override], ever: set[str]) -> None:
    stories = stories_of(store)
    assert sorted(m.article_id for s in stories.values() for m in s.memberships) == sorted(each.id for each in made)
    assert all(story.memberships for story in stories.values()), "no story is empty"
    ever |= {*stories}
    assert {*store.living_ids(ever)} == ever, "an id once minted always leads somewhere"
    assert {*store.living_ids(ever).values()} <= {*stories}
    before = stories
    Placing(overrides=words).place(store, now=at(24 * 9))
    assert stories_of(store) == before, "nothing is left to do"
    held = Rewording(store, words).held
    for story in stories.values():
        ids = [each.article_id for each in story.memberships]
        assert all(held.may_unite([one], [other]) for one in ids for other in ids if one != other)
