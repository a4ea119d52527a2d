"""Which stories are offered beside a story."""

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Revision, Section, Sentence
from aggregator.stories.related import N_RELATED, Neighbours
from tests.builders import at, revision, summary

TOLD = {
    "closed": ("Strait of Merrow closed to tankers", "The Merrow harbour authority closed the strait to tankers."),
    "open": ("Strait of Merrow reopens to tankers", "Ten tankers passed the Strait of Merrow behind a minesweeper."),
    "oil": ("Oil settles higher as Strait of Merrow stays shut", "Oil rose because tankers wait at the strait."),
    "cabbage": ("Cabbages grow sweet under the snow", "Farmers in Hamori dig their cabbages out of the snow."),
    "tram": ("Tram line 4 to run every eight minutes", "The city of Lunde buys six trams."),
    "rocket": ("Rocket waits 4 times for 8 minutes", "Winds stopped the launch at 14 minutes to go."),
    "looms": ("Hand looms find a home in a bathhouse", "The weavers of Kestria move to a bathhouse."),
}


def told(name: str, *, n: int = 1, hours: float = 0.0) -> Revision:
    headline, text = TOLD[name]
    section = Section(heading="", sentences=(Sentence(text=text, citations=(1,), lang="en"),))
    return revision(name, n, newest_at=at(hours), summary=summary(n=1, headline=headline, sections=(section,)))


def ids(neighbours: Neighbours, name: str, **fields: float) -> list[str]:
    return [each.story_id for each in neighbours.near(told(name, **fields))]  # type: ignore[arg-type]


def noted(*names: str) -> Neighbours:
    neighbours = Neighbours()
    neighbours.note(told(name) for name in names)
    return neighbours


def test_sequels_are_near_and_chance_is_not() -> None:
    neighbours = noted(*TOLD)
    assert set(ids(neighbours, "open")) == {"closed", "oil"}
    assert ids(neighbours, "cabbage") == []
    assert ids(neighbours, "tram") == [], "two figures and a word in common with the rocket are chance"


def test_what_is_offered_is_frozen_as_it_stood() -> None:
    near = noted(*TOLD).near(told("oil"))
    assert {(each.headline, each.lang, each.newest_at) for each in near} >= {(TOLD["closed"][0], "en", at(0))}


def test_what_is_long_past_is_left_to_the_search() -> None:
    neighbours = noted(*TOLD)
    assert ids(neighbours, "open", hours=24 * 13)
    assert ids(neighbours, "open", hours=24 * 15) == []


def test_a_newer_revision_takes_the_place_of_the_older_and_what_is_not_kept_is_gone() -> None:
    neighbours = noted(*TOLD)
    neighbours.note([told("closed", n=2)])
    assert sorted(ids(neighbours, "open")) == ["closed", "oil"]
    neighbours.keep(["open", "oil"])
    assert ids(neighbours, "open") == ["oil"]
    neighbours.keep([])
    assert ids(neighbours, "open") == []


def test_no_more_than_a_few_are_offered() -> None:
    neighbours = noted(*TOLD)
    headline, text = TOLD["closed"]
    section = Section(heading="", sentences=(Sentence(text=text, citations=(1,), lang="en"),))
    like = summary(n=1, headline=headline, sections=(section,))
    neighbours.note(revision(f"c{i}", summary=like, newest_at=at(-i)) for i in range(2))
    neighbours.note(revision(f"x{i}", summary=summary(n=1, headline=f"Unrelated {i} é{i}")) for i in range(60))
    found = ids(neighbours, "open")
    assert len(found) == N_RELATED
    assert found[0] in {"closed", "c0", "c1"}


@settings(max_examples=20)
@given(st.permutations(sorted(TOLD)))
def test_the_order_of_noting_and_what_was_known_before_change_nothing(names: list[str]) -> None:
    fresh = noted(*names)
    lived = noted(*names[:4])
    lived.note([told(names[0], n=3)])
    lived.keep(names[:2])
    lived.note(map(told, names))
    for name in TOLD:
        assert fresh.near(told(name)) == noted(*TOLD).near(told(name)) == lived.near(told(name))
