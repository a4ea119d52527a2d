import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Also, Section, Sentence, Summary
from aggregator.outputs import strings
from aggregator.outputs.content import beginning, gap_before, shorten, split_ending, story_html, without_tags
from tests.builders import cited_source, summary
from tests.golden.outputs_sample import SUMMARY


def links(html: str) -> list[str]:
    return [unescape(each) for each in re.findall(r'<a href="([^"]*)"', html)]


def stripped(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def test_the_story_reads_well_without_tags() -> None:
    assert stripped(story_html(SUMMARY)).splitlines() == [
        "Updated (5 articles) from 5 publishers [1][2][3][4][5]",
        "Ports Reopen at Dawn",
        (
            "The first ferry left the north harbour at 06:10 on Wednesday with 214 passengers [1][3]. "
            "The full timetable returns by Friday, the port said [2]."
        ),
        "What the Two Sides Signed",
        (
            "The agreement sets joint patrols of six vessels and a hotline between the coast guards [2][4]. "
            "합의문은 여섯 척의 공동 순찰을 규정하고 있다 [3]."
        ),
        "Sources (5 articles)",
        "",
        "First ferry sails (Harbour Courier, 14 January 2026, 07:00 UTC; also in Valley Public Radio)",
        "Full timetable back by Friday (Northern Ledger, 14 January 2026, 07:48 UTC)",
        "해협 봉쇄 11일 만에 여객선 운항 재개 (새벽일보, 14 January 2026, 08:30 UTC)",
        "海峡封鎖が終結、共同パトロールで合意 (東都新聞, 14 January 2026, 10:00 UTC)",
        "العبّارات تعود إلى العمل بعد اتفاق المضيق (صحيفة الأفق, 14 January 2026, 11:54 UTC)",
        "",
    ]


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("They agreed on joint projects.", "They agreed on joint projects [1]."),
        ("Was it? Yes!", "Was it? Yes [1]!"),
        ("Is it true?!", "Is it true [1]?!"),
        ("Prices rose by 3.5.", "Prices rose by 3.5 [1]."),
        ('He said "no."', 'He said "no." [1]'),
        ('He called it "nothing".', 'He called it "nothing" [1].'),
        ("He said “never!”", "He said “never!” [1]"),
        ("It opened in May (a year late.)", "It opened in May (a year late.) [1]"),
        ("They met in the U.S.", "They met in the U.S. [1]"),
        ("It ended at 5 a.m.", "It ended at 5 a.m. [1]"),
        ("It was bought by Acme Inc.", "It was bought by Acme Inc. [1]"),
        ("And so on...", "And so on... [1]"),
        ("And so on…", "And so on… [1]"),
        ("No stop at all", "No stop at all [1]"),
        ("Vraiment\u00a0?", "Vraiment [1]\u00a0?"),
        ("終わった。", "終わった[1]。"),
        ("「終わった。」", "「終わった。」[1]"),
        ("真的吗？", "真的吗[1]？"),
        ("순찰을 규정하고 있다.", "순찰을 규정하고 있다 [1]."),
        ("هل انتهى؟", "هل انتهى [1]؟"),
        ("यह समाप्त हुआ।", "यह समाप्त हुआ [1]।"),
        (".", ". [1]"),
    ],
)
def test_citations_stand_before_the_stop_that_ends_a_sentence(sentence: str, cited: str) -> None:
    body, ending = split_ending(sentence)
    assert body + gap_before("[1]", body, ending) + "[1]" + ending == cited


@given(st.text(max_size=60))
def test_a_sentence_is_parted_without_loss(text: str) -> None:
    body, ending = split_ending(text)
    assert body + ending == text.rstrip()
    assert body or not ending


def test_what_is_new_is_told_first_and_numbers_still_agree() -> None:
    told = summary(n=3)
    html = story_html(told, news=told.sections[0].sentences[2:])
    assert stripped(html).splitlines()[0] == (
        "Updated (3 articles) from 3 publishers [1][2][3]: Sentence 3 says something of its own [3]."
    )
    first_seen = list(dict.fromkeys(links(html)))
    numbers = re.findall(r'<a href="([^"]*)" title="[^"]*">\[(\d+)\]', html)
    assert all(first_seen.index(unescape(url)) + 1 == int(n) for url, n in numbers)


def test_links_appear_in_the_order_of_their_numbers_so_that_text_browsers_number_them_alike() -> None:
    in_order = story_html(summary(n=3))
    assert "<p>Updated (3 articles) from 3 publishers</p>" in in_order
    out_of_order = replace(
        summary(n=3), sections=(Section(heading="", sentences=(Sentence(text="Later.", citations=(3,)),)),)
    )
    for html in (in_order, story_html(out_of_order), story_html(SUMMARY)):
        first_seen = list(dict.fromkeys(links(html)))
        numbers = re.findall(r'<a href="([^"]*)" title="[^"]*">\[(\d+)\]', html)
        assert all(first_seen.index(unescape(url)) + 1 == int(n) for url, n in numbers)


def test_numbers_survive_a_gap_in_the_list() -> None:
    gone = replace(summary(n=3), sources=(cited_source(1), cited_source(3)))
    assert re.findall(r"<li[^>]*>", story_html(gone)) == ["<li>", '<li value="3">']


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "a\x00b\x1bc\x08",
    "\u202egnp.exe\u2066",
    "\ud800",
    "]]></content>",
    "&lt;script&gt;",
]
URLS = [
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "//p1.example/\"onload='x",
    "",
    "mailto:x@y.example",
]


class Tags(HTMLParser):
    """Collects the tags and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("evil", HOSTILE)
@pytest.mark.parametrize("url", URLS)
def test_nothing_from_a_feed_is_ever_active(evil: str, url: str) -> None:
    html = story_html(
        Summary(
            headline=evil,
            lang=evil,
            sections=(Section(heading=evil, sentences=(Sentence(text=evil, citations=(1, 7), lang=evil),)),),
            sources=(
                cited_source(
                    1, title=evil, name=evil, publisher=evil, url=url, lang=evil,
                    also=(Also(article_id="x", title=evil, publisher=evil, name=evil, url=url),),
                ),
            ),
        )
    )  # fmt: skip
    seen = Tags(html)
    assert seen.tags <= {"p", "h2", "ol", "li", "a", "bdi", "span"}
    assert seen.attributes <= {"href", "title", "hreflang", "lang", "dir", "value"}
    assert all(link.startswith(("http://", "https://")) for link in links(html))
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)


def test_the_beginning_ends_with_a_sentence() -> None:
    long = tuple(Sentence(text=f"Sentence {i} " + "word " * 20 + "ends.", citations=(1,)) for i in range(9))
    begun = beginning(replace(summary(), sections=(Section(heading="H", sentences=long),)))
    assert begun.endswith("ends.")
    assert len(begun) <= 300


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_a_cut_keeps_to_its_length(text: str, limit: int) -> None:
    cut = shorten(text, limit)
    assert len(cut) <= limit
    assert cut == text or text.startswith(cut[:-1])


def test_a_cut_keeps_letters_with_their_marks() -> None:
    assert shorten("abcde\u0301fgh", 6) == "abcd…"


def test_a_cut_keeps_emoji_whole() -> None:
    assert shorten("ab👩\u200d👩\u200d👧xyzxyz", 5) == "ab…"


def test_a_year_before_1000_is_written_with_four_digits() -> None:
    assert strings.machine_time(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"
    assert strings.machine_time(datetime(2026, 1, 14, 9, 40, 0, 900, tzinfo=UTC)) == "2026-01-14T09:40:00Z"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Mind the <code> in </code> titles", "Mind the ‹code› in ‹/code› titles"),
        ("<script>alert(1)</script>", "‹script›alert(1)‹/script›"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("a <- b -> c", "a <- b -> c"),
        ('<a href="x">', '‹a href="x"›'),
    ],
)
def test_what_reads_like_a_tag_gets_other_brackets(line: str, shown: str) -> None:
    assert without_tags(line) == shown
    assert without_tags(shown) == shown
