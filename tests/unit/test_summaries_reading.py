"""What a reader would stumble over: time stamps, glued titles, pronouns out of place, clipped or empty headings."""

import time

import pytest

from aggregator.model import Report
from aggregator.summaries.clauses import clauses, without_tail
from aggregator.summaries.headings import are_alike
from aggregator.summaries.headline import headline_of
from aggregator.summaries.openings import strip_prefix, without_title
from aggregator.summaries.pool import candidates
from aggregator.summaries.select import choose
from aggregator.summaries.sentences import split
from aggregator.summaries.write import summarise
from tests.builders import article


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("First Published : June 13 , 2026 4 : 59 PM EDT The bridge is open.", "The bridge is open."),
        ("11 / 30 / 26 05 : 40 PM ET The bridge is open.", "The bridge is open."),
        ("Updated 1:32 PM PDT The bridge is open.", "The bridge is open."),
        ("On Tue , 16 / 08 / 2026 - 13 : 42 The bridge is open.", "The bridge is open."),
        ("Last updated at 11:24, Tuesday, 18 June 2026 The bridge is open.", "The bridge is open."),
        ("WASHINGTON, DC, April 28, 2026 The bridge is open.", "The bridge is open."),
        ("On May 2, 2026 Mayor Reed opened it.", "On May 2, 2026 Mayor Reed opened it."),
        ("May resigned on Friday.", "May resigned on Friday."),
        ("2026 Winter Games end.", "2026 Winter Games end."),
        ("9:30 is when it starts.", "9:30 is when it starts."),
    ],
)
def test_a_stamp_before_the_news_comes_off_and_the_news_stays(text: str, expected: str) -> None:
    assert strip_prefix(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bank raises key rate again The Bank of Kestria raised it.", "The Bank of Kestria raised it."),
        ("Bank raises key rate again Tuesday.", "Bank raises key rate again Tuesday."),
        ("Bank raises key rate again on Tuesday.", "Bank raises key rate again on Tuesday."),
        ("Bank raises key rate again \u2003 ", "Bank raises key rate again \u2003 "),
        ("Bank raises key rate again \x85", "Bank raises key rate again \x85"),
        ("Bank raises key rate again. It did so twice.", "Bank raises key rate again. It did so twice."),
    ],
)
def test_a_title_glued_to_its_text_comes_off(text: str, expected: str) -> None:
    assert without_title(text, "Bank raises key rate again") == expected


@pytest.mark.parametrize(
    "text", ["updated at " * 1000, "1:11 GMT " * 1400, "May 2, 2026 " * 1000, "( " * 6000, "AB, " * 3000, "1 . " * 3000]
)
def test_no_opening_takes_long_to_read(text: str) -> None:
    began = time.process_time()
    strip_prefix(text)
    split(text, "en")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("Thieves took $2 . 6 million from a shop . The U . S . ambassador spoke .", 2),
        ("Ministers agree • Experts to be heard • Vote in May", 3),
    ],
)
def test_words_parted_from_their_stops_stay_together(text: str, n: int) -> None:
    assert len(split(text, "en")) == n


def test_a_pronoun_is_told_behind_what_it_speaks_of_or_not_at_all() -> None:
    text = "The Isles Line cancelled 32 sailings on Monday. It told 26,000 passengers to stay at home on Monday."
    reports = [Report(article=article(id="a", title="Sailings cancelled", text=text))]
    pool = candidates(reports)
    assert [c.leans for c in pool] == [False, True]
    assert [c.candidate.text for c in choose(pool, reports)[0]] == [c.text for c in pool]
    chosen, passed = choose(pool[1:], reports)
    assert not chosen
    assert passed[0].reason == "speaks of the sentence before it, which was not taken"


def test_what_leans_follows_what_it_leans_on() -> None:
    others = ("Hospitals on the islands are supplied by air.", "The union wants shifts of ten hours for its crews.")
    texts = (
        "The Isles Line cancelled 32 sailings over a strike of its crews. It told 26,000 passengers to stay at home.",
        *(f"Ferry crews of the Isles Line went on strike at five ports on Monday. {text}" for text in others),
    )
    reports = [
        Report(article=article(id=f"a{n}", publisher=f"p{n}.example", title=f"Ferry strike {n}", text=text))
        for n, text in enumerate(texts)
    ]
    told = [s.text for section in summarise(reports).sections for s in section.sentences]
    follower = next((n for n, text in enumerate(told) if text.startswith("It told")), None)
    assert follower is None or told[follower - 1].startswith("The Isles Line cancelled")


@pytest.mark.parametrize(
    "text",
    [
        "The television star just checked into a hotel by the sea with her dog.",
        "Auditors could tell from the records where a person slept.",
        "Mines of this type were last made forty years ago, experts believe.",
    ],
)
def test_a_clause_that_waits_for_more_is_no_heading(text: str) -> None:
    assert not [piece for piece, _ in clauses(text, is_title=False) if len(piece) < 50]


def test_no_heading_lacks_its_subject_or_joins_what_a_relative_clause_goes_on_with() -> None:
    told = "The guide is Ana Reed, who has written about lakes, rivers, weirs and ferries."
    assert not any("Reed weirs" in text or "Reed rivers" in text for text, _ in clauses(told, is_title=False))
    assert clauses("was included in a standard test for pupils", is_title=True) == []
    told = "Reed, a former judge of Kestria, resigned over the ferry contract."
    assert "Reed resigned over the ferry contract" in [text for text, _ in clauses(told, is_title=False)]


@pytest.mark.parametrize("is_title", [False, True])
def test_no_clause_is_cut_between_digits(is_title: bool) -> None:
    pieces = [piece for piece, _ in clauses("The quake struck at 2 : 09 a.m. near the lake", is_title=is_title)]
    assert "The quake struck at 2" not in pieces


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mayor disbands housing councils after members quit in protest", ["Mayor disbands housing councils"]),
        ("Council names Ann Reed as head of housing", []),
        ("Agency finds that Reed broke the rules as director, sources say", []),
        ("Agency puts Varnholm among worst of cities not following guidelines", []),
    ],
)
def test_a_tail_is_cut_off_where_a_whole_headline_stays(title: str, expected: list[str]) -> None:
    assert without_tail(title) == expected


def test_a_headline_loses_the_tail_that_only_one_title_has() -> None:
    titles = (
        "Mayor disbands housing councils after members quit in protest",
        "Why a mayor disbands housing councils that cost the town a fortune",
        "Landlords cheer: mayor disbands housing councils of forty volunteers",
    )
    text = "The mayor disbanded the housing councils on Monday."
    reports = [Report(article=article(id=f"a{n}", title=t, text=text)) for n, t in enumerate(titles)]
    assert headline_of(reports, candidates(reports), "en") == "Mayor disbands housing councils"


def test_two_headings_that_share_half_are_alike() -> None:
    assert are_alike(frozenset({"lineman", "arrest"}), frozenset({"lineman", "town", "game"}))
    assert not are_alike(frozenset({"lineman", "arrest", "fine"}), frozenset({"lineman", "town", "game"}))
