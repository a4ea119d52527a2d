from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import PollDay
from aggregator.outputs import strings
from aggregator.outputs.pages.charts import BAR_HEIGHT, MAX_LINES, MAX_ROWS, poll_chart, timeline
from aggregator.outputs.pages.troubles import troubles
from tests.builders import NOW, at, cited_source, summary
from tests.golden.outputs_sample import source_view


def test_articles_stand_between_the_edges_in_order_of_time() -> None:
    told = summary(sources=tuple(cited_source(n, published_at=at(n)) for n in (1, 2, 5)))
    drawn = timeline(told)
    assert drawn is not None
    assert [(row.name, [dot.x for dot in row.dots]) for row in drawn.rows] == [
        ("P1", ["2.00"]),
        ("P2", ["26.00"]),
        ("P5", ["98.00"]),
    ]
    assert drawn.step == "30 min"
    assert (drawn.first_at, drawn.last_at) == (at(1), at(5))


@pytest.mark.parametrize("hours", [[0.0], [0.0, 0.0], [0.0, 0.01]])
def test_without_time_between_there_is_no_timeline(hours: list[float]) -> None:
    sources = tuple(cited_source(n, published_at=at(each)) for n, each in enumerate(hours, 1))
    assert timeline(summary(sources=sources)) is None


@given(st.lists(st.floats(min_value=-30_000, max_value=30_000), min_size=2, max_size=40))
def test_a_timeline_holds_every_article_and_few_lines(hours: list[float]) -> None:
    sources = tuple(cited_source(n, published_at=at(each)) for n, each in enumerate(hours, 1))
    drawn = timeline(summary(sources=sources))
    if drawn:
        assert sum(len(row.dots) for row in drawn.rows) == len(hours)
        assert len(drawn.rows) <= MAX_ROWS
        assert len(drawn.lines) <= MAX_LINES + 1
        assert all(2 <= float(dot.x) <= 98 for row in drawn.rows for dot in row.dots)
        assert all(2 <= float(x) <= 98 for x in drawn.lines)


def polled(days: int, **counts: int) -> PollDay:
    """Give the polls of the day this many days after today."""
    return PollDay(source_url="u", day=at(24 * days - 12), **counts)  # type: ignore[arg-type]


def test_polls_are_counted_by_day_and_outcome() -> None:
    today_too = polled(0, n_polls=3, n_failed=1)
    days = [polled(0, n_polls=1, n_fruitful=1), today_too, polled(-1, n_polls=1, n_fruitful=1)]
    chart = poll_chart([*days, polled(-60, n_polls=9), polled(2, n_polls=9)], now=NOW)
    assert chart is not None
    today, yesterday = chart.bars[-1], chart.bars[-2]
    assert (today.n_failed, today.n_new, today.n_quiet) == (1, 1, 2)
    assert (yesterday.n_failed, yesterday.n_new, yesterday.n_quiet) == (0, 1, 0)
    assert sum(bar.n_new for bar in chart.bars) == 2
    assert len(chart.bars) == 30
    assert chart.top == 4
    assert today.failed_y >= 0
    assert today.quiet_y + today.quiet_height == BAR_HEIGHT
    assert poll_chart([], now=NOW) is None


def test_troubles_are_told_in_sentences_failures_first() -> None:
    views = (
        source_view("a.example", title="A", warning="no dates"),
        source_view("b.example", title="B", n_failures=1, error="the server answered 503", last_success_at=at(-2)),
        source_view("c.example", title="C", n_failures=9, error="name not found", first_polled_at=at(-90)),
        source_view("d.example", title="D", is_gone=True, last_success_at=at(-50)),
        source_view("e.example", title="E", newest_at=at(-24 * 9), rhythm=timedelta(hours=5)),
        source_view("f.example", title="F", newest_at=at(-24 * 9), rhythm=timedelta(days=7)),
        source_view("g.example", title="G", moved_to="https://g2.example/f", n_moved=3),
        source_view("h.example", title="H"),
    )
    assert [(each.name, each.sentence, each.is_failure) for each in troubles(views, now=NOW)] == [
        ("C", "has never answered: name not found.", True),
        ("D", "is gone for good: its server says so (410). Take it out of feeds.toml.", True),
        ("B", "has not answered for 2 h: the server answered 503.", True),
        ("A", "answers, but oddly: no dates.", False),
        ("E", "has been silent for 9 days; it usually writes every 5 h.", False),
        ("G", "has moved for good to https://g2.example/f. Change its address in feeds.toml.", False),
    ]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (-5, "0 min"),
        (0, "0 min"),
        (59, "59 min"),
        (61, "1 h"),
        (31 * 60, "31 h"),
        (72 * 60, "3 days"),
        (24 * 60 * 9, "9 days"),
    ],
)
def test_lengths_of_time(minutes: int, words: str) -> None:
    assert strings.duration(timedelta(minutes=minutes)) == words


def test_words() -> None:
    assert [strings.joint(i, 3) for i in range(3)] == ["", ", ", " and "]
    assert [strings.joint(i, 2, 5) for i in range(2)] == ["", ", "]
    assert (strings.others(0), strings.others(1), strings.others(2)) == ("", " and 1 other", " and 2 others")
    assert strings.short_moment(at(0)) == "14 Jan 2026, 12:00 UTC"
    assert strings.short_moment(at(-20), at(0)) == "13 Jan, 16:00 UTC"
    assert strings.short_moment(at(-1), at(0)) == "11:00 UTC"
    assert strings.short_moment(at(-24 * 20), at(0)) == "25 Dec 2025, 12:00 UTC"
    assert strings.language_name("de-AT") == "German"
    assert strings.language_name("und") == ""
    assert (
        strings.holds((), ("en", "ko"), 2, 60)
        == "Stories in English or Korean, from at least 2 publishers; the newest 60."
    )
