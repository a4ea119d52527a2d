"""Pool, headline, headings, quantities, changes and records of the summaries room."""

from dataclasses import replace

import pytest

from aggregator.model import EPOCH, Sentence
from aggregator.summaries.changes import what_changed, what_is_new
from aggregator.summaries.clauses import is_heading, title_case
from aggregator.summaries.gate.quantities import months_and_days, quantities, relative_days, weekdays
from aggregator.summaries.headline import clean_title, headline_of
from aggregator.summaries.openings import strip_prefix
from aggregator.summaries.pool import candidates
from aggregator.summaries.records import read_story, summary_record, verify_record
from aggregator.summaries.select import word_budget
from aggregator.summaries.words import content_stems, stem
from aggregator.summaries.write import summarise
from tests.builders import article, cited_source, report, summary

# ---------------------------------------------------------------- pool


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WESTERLEY (AP) — The dam broke.", "The dam broke."),
        ("OSTBY, Jan. 14 (Example Wire) -- The dam broke.", "The dam broke."),
        ("(Reuters) - The dam broke.", "The dam broke."),
        ("Berlin (dpa) - Der Damm brach.", "Der Damm brach."),
        ("BREAKING: The dam broke.", "The dam broke."),
        ("By Ana Brandt — The dam broke.", "The dam broke."),
        ("(노르필드=연합뉴스) 홍길동 기자 = 댐이 무너졌다.", "댐이 무너졌다."),
        ("【ノルフィールド共同】ダムが決壊した。", "ダムが決壊した。"),
        ("新华社诺菲尔德1月14日电 大坝决堤。", "大坝决堤。"),
        ("NATO — the alliance — agreed.", "NATO — the alliance — agreed."),
        ("The dam broke.", "The dam broke."),
    ],
)
def test_datelines_and_labels_come_off(text, expected):
    assert strip_prefix(text) == expected


@pytest.mark.parametrize(
    "unfit",
    [
        "Read more about the dam on our website.",
        "The dam above the town gave way and the wat...",
        "The mayor said “we were not heard.",
        "Sign up for our newsletter to get the news.",
        "© 2026 Example Herald, all rights reserved.",
        "Too short.",
    ],
)
def test_unfit_sentences_stay_out(unfit):
    pool = candidates((report("a1", text=f"The dam above Norfield broke on Monday. {unfit}"),))
    assert [c.text for c in pool] == ["The dam above Norfield broke on Monday."]


def test_a_text_that_stops_in_the_middle_loses_its_end():
    pool = candidates((report("a1", text="The dam above Norfield broke on Monday. The mayor of the town said that"),))
    assert [c.text for c in pool] == ["The dam above Norfield broke on Monday."]


def test_bylines_stay_out():
    pool = candidates((report("a1", text="By Ana Brandt and Leo Reed\nThe dam above Norfield broke on Monday."),))
    assert [c.text for c in pool] == ["The dam above Norfield broke on Monday."]


def test_questions_and_pronouns_count_less():
    text = "The dam above Norfield broke on Monday. It was built in a year. Who will pay for the repairs?"
    plain, pronoun, question = (c.penalty for c in candidates((report("a1", text=text),)))
    assert plain == 1.0
    assert question < pronoun < plain


@pytest.mark.parametrize(("n_words", "n_articles"), [(0, 1), (10, 1), (90, 3), (5000, 50)])
def test_the_budget_is_bounded(n_words, n_articles):
    assert 40 <= word_budget(n_words, n_articles) <= 240


# ---------------------------------------------------------------- headline


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Dam breaks above Norfield | Example Herald", "Dam breaks above Norfield"),
        ("Dam breaks above Norfield - Example Herald", "Dam breaks above Norfield"),
        ("Dam breaks above Norfield - herald.example", "Dam breaks above Norfield"),
        ("LIVE: Dam breaks above Norfield", "Dam breaks above Norfield"),
        ("[속보] 노르필드 댐 무너져 주민 대피", "노르필드 댐 무너져 주민 대피"),
        ("Dam breaks - town is flooded", "Dam breaks - town is flooded"),
        ("  Dam   breaks ", "Dam breaks"),
        ("Live", "Live"),
        ("", ""),
    ],
)
def test_titles_are_cleaned(title, expected):
    assert clean_title(article(title=title, source_name="Example Herald", publisher="herald.example")) == expected


def test_the_central_title_wins_over_questions_and_bait():
    reports = (
        report("a1", title="Here's what we know about the Norfield dam"),
        report("a2", title="Norfield dam breaks after a week of rain, three dead"),
        report("a3", title="Three dead as Norfield dam breaks after heavy rain"),
        report("a4", title="Could the Norfield dam have been saved?"),
    )
    assert headline_of(reports, candidates(reports), "en") in (reports[1].article.title, reports[2].article.title)


def test_no_title_is_no_headline():
    assert headline_of((report("a1", title=""),), (), "en") == ""


# ---------------------------------------------------------------- headings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leaders agree to deepen ties with the north", "Leaders Agree to Deepen Ties with the North"),
        ("anti-smoking law passed in mid-March", "Anti-Smoking Law Passed in Mid-March"),
        ("“big” plans for iPhone and the U.S. market of", "“Big” Plans for iPhone and the U.S. Market Of"),
        ("12-year-old wins", "12-Year-Old Wins"),
    ],
)
def test_title_case(text, expected):
    assert title_case(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leaders agreed to deepen security cooperation", True),
        ("The court ordered Quillon to pay $2.4 billion", True),
        ("which flooded the whole valley and town", False),
        ("He said the valley was flooded on Monday", False),
        ("The mayor of Norfield and the", False),
        ("Worker filings for jobless claims", False),
        ("Was the valley flooded on Monday?", False),
        ("The mayor said “we are", False),
        ("The court ordered the drug maker Quillon to pay 2.4 billion dollars to all patients", False),
    ],
)
def test_only_clauses_that_stand_alone_are_headings(text, expected):
    assert is_heading(text, starts=True, is_title=False) is expected


# ---------------------------------------------------------------- quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$3.5 billion", [(3.5e9, "usd")]),
        ("US$60bn", [(60e9, "usd")]),
        ("3,5 Milliarden Euro", [(3.5e9, "eur")]),
        ("twenty-one people", [(21, "")]),
        ("two hundred tons", [(200, "t")]),
        ("40 per cent", [(40, "%")]),
        ("0.25 percentage points", [(0.25, "pp")]),
        ("hundreds of people", [(100, "")]),
        ("12 killed and 40 injured", [(12, ""), (40, "")]),
        ("1,200 km", [(1200, "km")]),
        ("50%-52%", [(50, "%"), (52, "%")]),
        ("one of them", []),
        ("G20 leaders", []),
    ],
)
def test_numbers_have_value_and_unit(text, expected):
    assert [(q.value, q.unit) for q in quantities(text, "en")] == expected


def test_dates_are_read_in_many_forms():
    assert months_and_days("on Jan. 14 and 3 May") == [(1, 14.0), (5, 3.0)]
    assert months_and_days("they may march in june") == [(6, 0.0)]
    assert months_and_days("am 14. März") == [(3, 14.0)]
    assert weekdays("on Monday and dienstag") == {0, 1}
    assert relative_days("It starts tomorrow, not last week") == {"tomorrow", "last week"}


@pytest.mark.parametrize(
    "words",
    [
        ("agreed", "agrees", "agree"),
        ("stopped", "stopping", "stops", "stop"),
        ("policies", "policy"),
        ("votes", "voted"),
    ],
)
def test_inflections_share_a_stem(words):
    assert len({stem(word) for word in words}) == 1


def test_stop_words_depend_on_the_language():
    assert "die" in content_stems("Many die in floods", "en")
    assert "die" not in content_stems("Die Flut kam nachts", "de")


# ---------------------------------------------------------------- changes


def test_the_same_summary_has_not_changed():
    assert what_changed(summary(n=2), summary(n=2)) == ""


def test_new_publishers_and_sentences_are_told():
    told = what_changed(summary(n=1), summary(n=3))
    assert told == "2 more publishers; update: Sentence 2 says something of its own. [2]"


def test_one_publisher_again_is_an_article():
    before = summary(n=1)
    after = replace(before, sources=(*before.sources, cited_source(2, publisher="p1.example")))
    assert what_changed(before, after) == "1 more article"


def test_withdrawn_confirmed_and_renamed_are_told():
    one, two = summary(n=1), summary(n=2)
    assert what_changed(two, one) == "1 article withdrawn; 1 sentence withdrawn"
    (section,) = two.sections
    confirmed = replace(section, sentences=(replace(section.sentences[0], citations=(1, 2)), section.sentences[1]))
    assert what_changed(two, replace(two, sections=(confirmed,))).startswith("confirmed: Sentence 1")
    fewer = replace(two, sections=(replace(section, sentences=section.sentences[::-1]),))
    assert what_changed(two, fewer) == "rearranged"
    assert what_changed(one, replace(one, headline="Another")) == "new headline"


STRUCK = "A quake struck the town of Norfield on Monday and killed 12 people there."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A quake hit Norfield town on Monday and killed 12 people there.", "reworded"),
        (
            "A quake hit Norfield town on Monday and killed 14 people there.",
            "update: A quake hit Norfield town on Monday and killed 14 people there. [1]",
        ),
        ("Schools stay closed all week.", "update: Schools stay closed all week. [1]"),
    ],
)
def test_other_words_are_no_news_but_other_numbers_are(text: str, expected: str) -> None:
    (section,) = summary(n=1).sections
    before, after = (
        replace(summary(n=1), sections=(replace(section, sentences=(Sentence(text=t, citations=(1,), lang="en"),)),))
        for t in (STRUCK, text)
    )
    assert what_changed(before, after) == expected
    assert bool(what_is_new(before, after)) is expected.startswith("update")


def test_what_most_articles_say_is_the_update() -> None:
    (section,) = summary(n=1).sections
    told = (
        Sentence(text=STRUCK, citations=(1,), lang="en"),
        Sentence(text="Trains stood still in the whole valley.", citations=(1,), lang="en"),
        Sentence(text="The mayor called for volunteers with boats.", citations=(1, 2), lang="en"),
    )
    before, after = (replace(summary(n=2), sections=(replace(section, sentences=s),)) for s in (told[:1], told))
    assert what_changed(before, after) == "update: The mayor called for volunteers with boats. [1, 2]"


def test_a_long_new_sentence_is_cut_at_a_word():
    before = summary(n=1)
    long = replace(before.sections[0].sentences[0], text="word " * 80)
    told = what_changed(before, replace(before, sections=(replace(before.sections[0], sentences=(long,)),)))
    assert told.endswith("word… [1]")
    assert len(told) < 180


# ---------------------------------------------------------------- records

RECORD = {
    "id": "s1",
    "articles": [
        {
            "title": "Dam breaks",
            "source": "Herald",
            "url": "https://h.example/1",
            "published": "2026-01-14T06:00:00+01:00",
            "text": "<p>The dam above Norfield broke on Monday.</p>",
        },
        {
            "title": "Flood",
            "source": "Ledger",
            "url": "https://l.example/2",
            "published": None,
            "summary": "Three people died in the flood at Norfield.",
            "lang": "en",
        },
    ],
}


def test_a_story_record_becomes_reports():
    story_id, reports = read_story(RECORD)
    assert story_id == "s1"
    first, second = (r.article for r in reports)
    assert first.text == "The dam above Norfield broke on Monday."
    assert first.at.isoformat() == "2026-01-14T05:00:00+00:00"
    assert second.text == "Three people died in the flood at Norfield."
    assert second.at == EPOCH
    assert second.published_at is None


def test_a_summary_record_has_the_contracts_shape():
    story_id, reports = read_story(RECORD)
    record = summary_record(story_id, summarise(reports))
    assert set(record) == {
        "id", "headline", "updated", "n_articles", "n_publishers", "sections", "sources", "method", "dropped",
    }  # fmt: skip
    assert record["updated"] == "Updated (2 articles)"
    assert record["sections"][0]["heading"] is None
    assert {s["n"] for s in record["sources"]} == {1, 2}
    assert set(record["sources"][0]) == {"n", "title", "publisher", "url", "published", "lang", "also"}
    assert sorted(str(s["published"]) for s in record["sources"]) == ["2026-01-14T05:00:00+00:00", "None"]
    assert record["method"] == "extractive"
    assert record["dropped"] == []


@pytest.mark.parametrize(
    "record",
    [
        {"id": 7, "articles": [{}]},
        {"articles": [{"title": None, "text": 3, "published": "soon", "url": "http://["}]},
        {"id": "x", "articles": [{"title": ["a"], "published": 1e30}, "no article", None]},
        {"id": "x", "articles": [{"title": "A dam broke", "published": 1768370400}]},
        {"id": "x", "articles": [{"title": "A dam broke", "published": "Wed, 14 Jan 2026 06:00:00 GMT"}]},
    ],
)
def test_poor_records_are_mended(record):
    story_id, reports = read_story(record)
    assert len(reports) == 1
    assert summary_record(story_id, summarise(reports))["updated"] == "Updated (1 article)"


@pytest.mark.parametrize("record", [{}, {"articles": None}, {"articles": []}, {"articles": "x"}])
def test_a_record_without_articles_has_no_reports(record):
    assert read_story(record)[1] == ()


def test_verify_answers_with_reasons():
    row = {"title": "Dam breaks", "text": "The dam above Norfield broke on Monday. Three people died."}
    good = verify_record({"id": 1, "article": row, "sentence": "The dam above Norfield broke on Monday."})
    assert good == {"id": 1, "supported": True, "reasons": []}
    bad = verify_record({"id": 2, "article": row, "sentence": "Four people died."})
    assert bad["supported"] is False
    assert bad["reasons"]
    assert verify_record({})["supported"] is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("May 2, 2013 12:50 PM Ada Brandt resigned.", "Ada Brandt resigned."),
        ("(Tue, 16 Aug 2011) Trains stood still.", "Trains stood still."),
        ("11:39am UK, Monday 09 September 2013 Four men fled.", "Four men fled."),
        ("On May 2, 2013 she resigned.", "On May 2, 2013 she resigned."),
        ("May 2, 2013 was a Thursday.", "May 2, 2013 was a Thursday."),
    ],
)
def test_a_time_stamp_before_the_news_is_taken_off(text: str, expected: str) -> None:
    assert strip_prefix(text) == expected


def test_a_headline_has_no_full_stop() -> None:
    assert clean_title(article(title="Ada Brandt resigned.")) == "Ada Brandt resigned"
    assert clean_title(article(title="Brandt leaves the U.S.")) == "Brandt leaves the U.S."


@pytest.mark.parametrize(
    "text",
    [
        "No One Was Hurt in the Fire Although a Handful of People",
        "Jackson Failed Sobriety Tests Shortly",
        "TRIAL DATE SET FOR DOUBLE MURDER ACCUSED",
    ],
)
def test_a_clipped_or_shouted_clause_is_no_heading(text: str) -> None:
    assert not is_heading(text, starts=True, is_title=False)
