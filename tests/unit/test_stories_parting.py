"""A story that turns out to tell of two happenings is parted; one that tells of one is left alone."""

import pytest

from aggregator.model import Article, LiveStory
from aggregator.stories.cluster import PARTED, Clusterer
from aggregator.stories.parting import LOOKED_AT, is_due
from tests.builders import NOW
from tests.unit.test_stories_cluster import FERRY, NORWAY, report

BUDGET = (
    report(
        "b1",
        "Velden parliament passes budget after night session",
        "The parliament of Velden passed the budget by two votes after a night session on Monday.",
    ),
    report(
        "b2",
        "Budget passes in Velden by two votes",
        "Finance minister Ilse Marn said the budget of Velden, passed by two votes, would cut the deficit.",
        hours=1,
    ),
    report(
        "b3",
        "Marn's budget survives in Velden parliament",
        "The budget of finance minister Ilse Marn survived in the parliament of Velden by two votes.",
        hours=2,
    ),
    report(
        "b4",
        "Velden: opposition to challenge budget vote",
        "The opposition in Velden will challenge the vote on the budget, which parliament passed by two votes.",
        hours=3,
    ),
)


class Bound:
    """A person's word that holds whatever it is asked about."""

    def may_unite(self, one: object, other: object) -> bool:
        return True

    def binds(self, ids: object) -> bool:
        return True


def story(*articles: Article) -> LiveStory:
    return LiveStory(id="old", minted_at=NOW, articles=tuple(sorted(articles, key=lambda each: (each.at, each.id))))


def test_two_happenings_in_one_story_are_parted_and_the_first_article_keeps_the_id() -> None:
    clusterer = Clusterer([story(*FERRY[:4], *BUDGET)])
    placed = {each.article_id: each for each in clusterer.place([FERRY[4], *NORWAY]).memberships}
    leavers = {id_ for id_, each in placed.items() if each.rule == PARTED}
    assert leavers == {each.id for each in FERRY[:5]}, "b1 is the first of all: of equal times the lower id"
    assert len({placed[id_].story_id for id_ in leavers}) == 1
    assert placed[min(leavers)].story_id != "old"
    assert "part of the story old" in placed[min(leavers)].reason
    assert placed[min(leavers)].model
    later = clusterer.place([FERRY[5]]).memberships
    assert [each.story_id for each in later if each.article_id == "f6"] == [placed["f1"].story_id]


def test_a_person_who_put_an_article_into_a_story_is_not_overruled() -> None:
    clusterer = Clusterer([story(*FERRY[:4], *BUDGET)])
    placed = clusterer.place([FERRY[4], *NORWAY], held=Bound()).memberships
    assert not [each for each in placed if each.rule == PARTED]


def test_one_happening_stays_whole() -> None:
    placed = Clusterer([story(*FERRY[:5])]).place([FERRY[5], *NORWAY]).memberships
    assert not [each for each in placed if each.rule == PARTED]


@pytest.mark.parametrize(("n_before", "n_now", "due"), [(3, 4, True), (4, 5, False), (5, 9, True), (62, 64, False)])
def test_a_story_is_looked_at_when_it_has_grown_by_half(n_before: int, n_now: int, due: bool) -> None:
    assert is_due(n_before, n_now) is due
    assert tuple(sorted(LOOKED_AT)) == LOOKED_AT
