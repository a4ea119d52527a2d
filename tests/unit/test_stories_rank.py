from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Ranking, Revision
from aggregator.stories.rank import HALF_LIFE, USUAL, rank, share, worth
from tests.builders import NOW, cited_source, revision, summary


def story(id_: str, *, n: int = 1, hours_ago: float = 0.0, weight: float | None = None) -> Revision:
    newest_at = NOW - timedelta(hours=hours_ago)
    return revision(id_, newest_at=newest_at, summary=summary(n=n), weight=float(n) if weight is None else weight)


def order(*stories: Revision, ranking: Ranking = USUAL) -> list[str]:
    return [each.story_id for each, _, _ in rank(stories, newest_at=NOW, ranking=ranking)]


def lone(id_: str, publisher: str, *, hours_ago: float = 0.0) -> Revision:
    told = summary(n=1, sources=(cited_source(publisher=publisher),))
    return revision(id_, newest_at=NOW - timedelta(hours=hours_ago), summary=told)


def test_more_publishers_lead() -> None:
    assert order(story("a", n=1), story("b", n=3), story("c", n=2)) == ["b", "c", "a"]


def test_news_leads_what_is_old() -> None:
    assert order(story("a", n=2, hours_ago=36), story("b", n=1)) == ["b", "a"]


def test_three_publishers_fall_level_with_a_fresh_one_after_two_half_lives() -> None:
    half = 2 * HALF_LIFE / timedelta(hours=1)
    assert order(story("a", n=3, hours_ago=half - 1), story("b")) == ["a", "b"]
    assert order(story("a", n=3, hours_ago=half + 1), story("b")) == ["b", "a"]


def test_weight_scales() -> None:
    assert order(story("a", n=2), story("b", n=2, weight=4.0)) == ["b", "a"]
    assert rank([story("a", weight=-5.0)], newest_at=NOW)[0][1] == 0.0


def test_ties_go_to_the_newer_then_to_the_id() -> None:
    assert order(story("b", weight=0.0, hours_ago=2), story("c", weight=0.0), story("a", weight=0.0)) == ["a", "c", "b"]


def test_reasons_are_words() -> None:
    reasons = {
        each.story_id: why
        for each, _, why in rank([story("a", n=3, hours_ago=5), story("b", weight=2.0)], newest_at=NOW)
    }
    assert reasons["a"] == "3 publishers, its newest article 5 h before the newest of all"
    assert reasons["b"] == "1 publisher, weight 2, among the newest"


@given(st.permutations(range(6)))
def test_order_of_the_input_does_not_matter(numbers: list[int]) -> None:
    stories = [story(f"s{i}", n=i % 3 + 1, hours_ago=i % 2) for i in numbers]
    assert order(*stories) == order(*sorted(stories, key=lambda each: each.story_id))


def test_lone_reports_of_one_publisher_count_less_beyond_the_cap() -> None:
    busy = [lone(f"b{i}", "busy.example", hours_ago=i / 10) for i in range(6)]
    quiet = lone("q", "quiet.example", hours_ago=6)
    assert order(*busy, quiet) == ["b0", "b1", "b2", "q", "b3", "b4", "b5"]
    assert order(*busy, quiet, ranking=Ranking(publisher_cap=6)) == ["b0", "b1", "b2", "b3", "b4", "b5", "q"]
    reasons = {each.story_id: why for each, _, why in rank([*busy, quiet], newest_at=NOW)}
    assert reasons["b3"] == "1 publisher, among the newest, lone report 4 of its publisher"
    assert reasons["b2"] == "1 publisher, among the newest"


@given(st.integers(1, 200), st.integers(1, 50))
def test_the_share_falls_and_keeps_a_publisher_s_own_order(nth: int, cap: int) -> None:
    rules = Ranking(publisher_cap=cap)
    assert 0 < share(nth + 1, rules) <= share(nth, rules) <= 1
    assert share(0, rules) == share(cap, rules) == 1


def test_what_runs_for_days_loses_up_to_its_novelty() -> None:
    first = cited_source(1, published_at=NOW - timedelta(days=3))
    running = revision("r", summary=summary(n=2, sources=(first, cited_source(2))), weight=2.0)
    begun = story("b", n=2)
    assert worth(begun).fresh == 1
    assert worth(running).fresh == pytest.approx(0.75)
    assert worth(running).whole == pytest.approx(0.75 * worth(begun).whole)
    assert order(running, begun) == ["b", "r"]
    assert worth(running, Ranking(novelty=0)).fresh == 1


def test_the_user_s_rules_change_the_order() -> None:
    many, heavy = story("many", n=3), story("heavy", n=1, weight=4.0)
    assert order(many, heavy) == ["many", "heavy"]
    assert order(many, heavy, ranking=Ranking(publishers=0)) == ["heavy", "many"]
    old = story("old", n=3, hours_ago=72)
    assert order(old, story("new")) == ["new", "old"]
    assert order(old, story("new"), ranking=Ranking(half_life=timedelta(days=7))) == ["old", "new"]
    assert order(many, heavy, ranking=Ranking(publishers=1, weight=5)) == ["heavy", "many"]
