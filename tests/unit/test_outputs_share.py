"""A flood by one publisher fills no more than half of an output, while others have something to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Output
from aggregator.outputs.articles import select_articles
from aggregator.outputs.entry import few_tellers, select, share_out
from tests.builders import article, cited_source, revision, summary


@pytest.mark.parametrize(
    ("best_first", "n", "expected"),
    [
        ("aaaaaab", 4, "aaab"),
        ("aaaabbb", 4, "aabb"),
        ("aaaaaa", 4, "aaaa"),
        ("-----ab", 4, "----"),
        ("abcd", 2, "ab"),
        ("aaaab", 1, "a"),
        ("", 3, ""),
    ],
)
def test_places_that_nobody_else_wants_go_to_the_flood(best_first: str, n: int, expected: str) -> None:
    chosen = share_out(list(best_first), n, lambda each: each.strip("-"))
    assert sorted(chosen) == sorted(expected)


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=60), st.integers(1, 20))
def test_the_share_is_kept_and_no_place_stays_empty(best_first: list[str], n: int) -> None:
    chosen = share_out(list(enumerate(best_first)), n, lambda each: each[1])
    assert len(chosen) == min(n, len(best_first))
    assert chosen == sorted(chosen), "the order stays"
    for publisher in ("a", "b", "c"):
        if sum(each == publisher for _, each in chosen) > max(1, -(-n // 2)):
            assert not [each for i, each in enumerate(best_first) if not each and (i, each) not in chosen]


def test_lone_reports_of_one_publisher_leave_half_of_an_output_to_others() -> None:
    flood = [revision(f"f{n}", summary=summary(n=1)) for n in range(20)]
    others = [revision(f"o{n}", summary=summary(n=1, sources=(cited_source(n + 2),))) for n in range(5)]
    shown = select(Output(slug="top", title="Top", max_entries=10), [*flood, *others])
    assert sum(each.story_id.startswith("f") for each in shown) == 5
    assert {few_tellers(each) for each in flood} == {frozenset({"p1.example"})}


def test_two_floods_of_the_same_words_leave_half_of_an_output_to_others() -> None:
    both = (cited_source(1), cited_source(2))
    flood = [revision(f"f{n}", summary=summary(n=2, sources=both)) for n in range(20)]
    others = [revision(f"o{n}", summary=summary(n=1, sources=(cited_source(n + 3),))) for n in range(5)]
    shown = select(Output(slug="top", title="Top", max_entries=10), [*flood, *others])
    assert sum(each.story_id.startswith("f") for each in shown) == 5
    three = summary(n=3, sources=(*both, cited_source(3)))
    assert few_tellers(revision("s", summary=three)) == frozenset()
    told = [revision(f"t{n}", summary=three) for n in range(20)]
    shown = select(Output(slug="top", title="Top", max_entries=10), [*told, *others])
    assert sum(each.story_id.startswith("t") for each in shown) == 10


def test_articles_of_one_publisher_leave_half_of_the_feed_of_articles_to_others() -> None:
    flood = [article(f"f{n}") for n in range(20)]
    others = [article(f"o{n}", publisher="two.example") for n in range(5)]
    shown = select_articles(Output(slug="top", title="Top", max_entries=10), [*flood, *others], copies=())
    assert sum(each.id.startswith("f") for each in shown) == 5
