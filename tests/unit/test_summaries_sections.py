"""What reads well: sections and their order, headings, nothing said twice, strangers and bare titles left out."""

import pytest

from aggregator.model import Report, Summary
from aggregator.summaries.pool import candidates, unfit
from aggregator.summaries.select import choose
from aggregator.summaries.write import MAX_TITLES, summarise, summarise_openly
from tests.builders import article, at, report


def told(summary: Summary) -> list[str]:
    return [sentence.text for section in summary.sections for sentence in section.sentences]


def of(n: int, title: str, text: str, **fields: object) -> Report:
    return report(f"a{n}", publisher=f"p{n}.example", title=title, text=text, published_at=at(n), **fields)


STRAIT = (
    of(
        1,
        "Strait of Orsk closed to tankers after mines sighted",
        "The Strait of Orsk was closed to tankers on Tuesday after two mines were sighted. Thirty tankers were "
        "waiting at both ends of the strait. The harbour authority asked three navies for minesweepers.",
    ),
    of(
        2,
        "Tanker rates double within hours of Orsk closure",
        "The day rate for a large tanker doubled to 96,000 dollars within hours of the closure of the Strait of Orsk. "
        "Brokers said the way round the cape adds eleven days to a voyage. Leaders also called for calm.",
    ),
    of(
        3,
        "Minesweepers of three navies reach the Strait of Orsk",
        "Minesweepers of three navies reached the Strait of Orsk on Wednesday to look for more mines. Divers blew up "
        "one of the two mines at sea. The other mine has not been found again.",
    ),
    of(
        4,
        "Mines close Strait of Orsk to tankers",
        "The Strait of Orsk is closed to tankers since Tuesday because of two drifting mines. Refiners said stocks "
        "last three weeks.",
    ),
    of(
        5,
        "Orsk: insurers raise premium for tankers",
        "Insurers raised the premium for tankers near the Strait of Orsk to one percent of the value of a ship. "
        "Container ships may pass by daylight.",
    ),
)
TRAM = of(
    9,
    "Tram line 4 to run every eight minutes",
    "Tram line 4 will run every eight minutes instead of every twelve. The council bought six trams to make the change "
    "possible.",
)


def test_the_main_sentence_opens_and_sections_have_headings() -> None:
    summary = summarise(STRAIT)
    first = summary.sections[0].sentences[0].text
    assert first.startswith("The Strait of Orsk")
    assert len(summary.sections) >= 2
    assert all(section.heading for section in summary.sections[1:] if section.heading or summary.sections[0].heading)
    headings = [section.heading for section in summary.sections if section.heading]
    assert headings
    assert len(headings) == len(set(headings))


def test_a_heading_does_not_repeat_the_sentence_below_it() -> None:
    for section in summarise(STRAIT).sections:
        words = section.heading.casefold().split()
        below = section.sentences[0].text.casefold().rstrip(".").split()
        assert not words or words != below


def test_no_heading_joins_to_what_stands_before() -> None:
    assert not any("also" in section.heading.casefold().split() for section in summarise(STRAIT).sections)


def test_an_article_of_something_else_is_a_source_and_tells_nothing() -> None:
    summary = summarise((*STRAIT, TRAM))
    assert not any("Tram" in text or "trams" in text for text in told(summary))
    assert "a9" in {source.article_id for source in summary.sources}


def test_with_few_articles_nobody_is_a_stranger() -> None:
    assert any("Tram" in text for text in told(summarise((STRAIT[0], TRAM))))


def test_a_story_of_titles_is_told_in_few() -> None:
    reports = tuple(of(n, f"Minister number {n} of {place} steps down", "") for n, place in enumerate("ABCDEFGH", 1))
    assert len(told(summarise(reports))) <= MAX_TITLES


def test_what_two_numbers_tell_is_told_once() -> None:
    reports = (
        of(1, "Harvest wins", "The Harvest Party has won the vote in Osmara with 112 of 240 seats in the parliament."),
        of(2, "Osmara votes", "The Harvest Party ends the Alliance rule in Osmara by winning 112 of the 240 seats."),
    )
    assert sum("112" in text for text in told(summarise(reports))) == 1


def test_every_sentence_that_is_not_taken_has_a_reason() -> None:
    pool = candidates(STRAIT)
    chosen, passed = choose(pool, STRAIT)
    assert len(chosen) + len(passed) == len(pool)
    assert all(one.reason for one in passed)


def test_the_work_is_handed_out_with_the_summary() -> None:
    summary, work = summarise_openly(STRAIT)
    assert summary == summarise(STRAIT)
    assert sorted(told(summary)) == sorted(one.candidate.text for one in work.chosen)
    assert all(work.cited[one.candidate][0] == one.candidate.report for one in work.chosen)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Read more on our website now.", "not news"),
        ("The mayor said that the bridge would be…", "cut off"),
        ("May 2, 2013, 1:35 pm.", "hardly a word in it"),
        ("He said “the bridge is unsafe and closed.", "a quotation or bracket is cut"),
        ("Too short.", "2 words long"),
        ("The title of it all.", "the title again"),
    ],
)
def test_what_cannot_be_published_has_a_reason(text: str, reason: str) -> None:
    assert (text, reason) in unfit(
        article(title="The title of it all", text=f"{text}\nA sound sentence stands behind it.")
    )
