from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import PollDay, StoryDay
from aggregator.outputs import strings
from aggregator.outputs.pages.charts import MAX_LINES, MAX_ROWS, timeline
from aggregator.outputs.pages.days import BAR_HEIGHT, SPARK_WIDTH, answer_chart, poll_chart, sparkline, story_chart
from aggregator.outputs.pages.evidence import told
from aggregator.outputs.pages.sources import articles_a_day, silence
from aggregator.outputs.pages.troubles import troubles
from tests.builders import NOW, at, cited_source, membership, summary
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
    today, yesterday = chart.columns[-1], chart.columns[-2]
    assert {part.kind: part.n for part in today.parts} == {"quiet": 2, "new": 1, "failed": 1}
    assert {part.kind: part.n for part in yesterday.parts} == {"quiet": 0, "new": 1, "failed": 0}
    assert sum(part.n for column in chart.columns for part in column.parts) == 5
    assert len(chart.columns) == 30
    assert chart.top == 4
    assert all(part.y >= 0 for part in today.parts)
    assert today.parts[0].y + today.parts[0].height == BAR_HEIGHT
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


def test_answer_times_are_means_over_all_sources() -> None:
    days = [polled(0, n_polls=3, seconds=1.5), polled(0, n_polls=1, seconds=2.5), polled(-1, n_polls=4, seconds=2.0)]
    chart = answer_chart(days, now=NOW)
    assert chart is not None
    assert [column.parts[0].n for column in chart.columns[-2:]] == [0.5, 1.0]
    assert answer_chart([polled(0, n_polls=2)], now=NOW) is None


def test_stories_are_begun_and_grow() -> None:
    chart = story_chart([StoryDay(day=at(-12), n_new=3, n_grown=2)], now=NOW)
    assert chart is not None
    assert [(part.kind, part.n) for part in chart.columns[-1].parts] == [("new", 3), ("quiet", 2)]
    assert story_chart([], now=NOW) is None


def test_a_sparkline_shows_days_with_news_and_with_failures() -> None:
    spark = sparkline([polled(-1, n_polls=2, n_new=4), polled(0, n_polls=2, n_failed=1, n_new=1)], now=NOW)
    assert spark is not None
    assert spark.new == f"M{SPARK_WIDTH - 8} 20v-20h3V20zM{SPARK_WIDTH - 4} 20v-5h3V20z"
    assert spark.failed == f"M{SPARK_WIDTH - 4} 24v-3h3v3z"
    assert spark.label == "30 days: 5 new articles, at most 4 on one day; failures on 1 day"
    assert sparkline([], now=NOW) is None
    assert sparkline([polled(-31, n_polls=1)], now=NOW) is None


@pytest.mark.parametrize(
    ("fields", "days", "wanted"),
    [
        ({}, [], None),
        ({"rhythm": timedelta(hours=6)}, [], 4.0),
        ({"first_polled_at": at(-3), "rhythm": timedelta(hours=8)}, [polled(0, n_new=30)], 3.0),
        # the day of the first poll brought the backlog, today is not over
        ({"first_polled_at": at(-72)}, [polled(-3, n_new=90), polled(-2, n_new=2), polled(-1, n_new=4)], 3.0),
        ({"first_polled_at": at(-24 * 90)}, [polled(-5, n_new=29), polled(0, n_new=9)], 1.0),
    ],
)
def test_articles_a_day(fields: dict[str, object], days: list[PollDay], wanted: float | None) -> None:
    assert articles_a_day(source_view(days=tuple(days), **fields), now=NOW) == wanted


def test_silence_is_beyond_a_sources_own_rhythm() -> None:
    daily = {"rhythm": timedelta(days=1), "newest_at": at(-24 * 6)}
    assert silence(source_view(**daily), now=NOW) == timedelta(days=6)
    assert silence(source_view(**daily), now=at(-24 * 2)) is None
    assert silence(source_view(**daily, n_failures=1), now=NOW) is None
    assert silence(source_view(), now=NOW) is None


@pytest.mark.parametrize(
    ("reason", "probability", "wanted"),
    [
        (
            "shares Japan, Lee, 7, Tokyo; title similarity 0.61, text 0.5; like 3 articles by 1 on average; 3 h apart",
            0.75,
            "Shares the words Japan, Lee and Tokyo and the figure 7; very similar wording; 3 h apart – 75\u00a0% sure",
        ),
        (
            "shares 4.50%, 2,100; title similarity 0.1, text 0.4",
            1.0,
            "Shares the figures 4.50% and 2,100; similar wording",
        ),
        ("shares Heron; title similarity 0.02, text 0.13", 0.999, "Shares the word Heron; some of the same words"),
        ("title similarity 0.02, text 0.01; 9 min apart", 1.0, "Otherwise told in other words; 9 min apart"),
        ("98% of the text stands word for word at A Wire", 1.0, "Repeats A Wire word for word (98% of the text)"),
        ("the same address as an article of A", 1.0, "The same address as an article of A"),
        ("title similarity ..., text .", 1.0, "Otherwise told in other words"),
        ("", 0.5, "Similar – 50\u00a0% sure"),
    ],
)
def test_evidence_is_told_in_plain_words(reason: str, probability: float, wanted: str) -> None:
    assert told(membership("a", "s", rule="similar", reason=reason, probability=probability)) == wanted


def test_the_first_article_opened_the_story() -> None:
    reason = "nearest: story 3kwebyxc19, p = 0.12"
    assert told(membership("a", "s", rule="new story", reason=reason)) == (
        "Opened the story: nothing told before was about this"
    )


@pytest.mark.parametrize(
    ("n", "words"),
    [(None, "not known"), (0, "0 a day"), (0.3, "2.1 a week"), (1, "1.0 a day"), (1_234.4, "1,234 a day")],
)
def test_articles_a_day_in_words(n: float | None, words: str) -> None:
    assert strings.a_day(n) == words


def test_streaks_in_words() -> None:
    assert (strings.streak(1), strings.streak(3)) == ("", "failed 3 times in a row")
