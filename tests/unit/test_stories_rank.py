from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Revision
from aggregator.stories.rank import HALF_LIFE, rank
from tests.builders import NOW, revision, summary


def story(id_: str, *, n: int = 1, hours_ago: float = 0.0, weight: float | None = None) -> Revision:
    newest_at = NOW - timedelta(hours=hours_ago)
    return revision(id_, newest_at=newest_at, summary=summary(n=n), weight=float(n) if weight is None else weight)


def order(*stories: Revision) -> list[str]:
    return [each.story_id for each, _, _ in rank(stories, newest_at=NOW)]


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
