"""The extractive summary: shape, citations, numbers, order, degenerate stories."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import Report, Summary
from aggregator.summaries.gate import check
from aggregator.summaries.write import UNTITLED, summarise
from tests.builders import article, at, report

# Four feeds on one event, three to five sentences each: the shape that most stories have.
SUMMIT = (
    report(
        "a1",
        publisher="herald.example",
        title="Seoul and Tokyo pledge closer security ties at Nara summit | Example Herald",
        source_name="Example Herald",
        published_at=at(-6),
        text="NARA (Example Wire) — South Korea and Japan agreed on Tuesday to deepen security cooperation and to work "
        "together for the denuclearisation of North Korea. The two leaders met in Nara for their second summit in four "
        "months. They said that trilateral work with the United States would go on. Officials plan a joint exercise of "
        "the two coast guards in spring.",
    ),
    report(
        "a2",
        publisher="ledger.example",
        title="South Korea and Japan to start supply chain talks on chips",
        published_at=at(-5),
        text="South Korea and Japan will set up a regular dialogue on supply chains for chips and critical "
        "minerals, the "
        "two governments said after the Nara summit. The new dialogue will meet twice a year and will be led by "
        "the two "
        "trade ministries. Companies from both countries plan to invest 3.5 billion dollars in joint artificial "
        "intelligence projects by 2030. Trade between the two countries rose 4 percent last year.",
    ),
    report(
        "a3",
        publisher="courier.example",
        title="Leaders agree DNA tests for remains of miners at Nara summit",
        published_at=at(-4),
        text="Seoul and Tokyo agreed to run DNA tests on the remains of miners who died in a flooded coal mine in "
        "1942. "
        "Divers found the remains of several miners in the undersea mine last August. Families of the 183 victims have "
        "asked for the recovery of the remains for decades. The two leaders called the step a matter of humanity. Read "
        "more on our website.",
    ),
    report(
        "a4",
        publisher="observer.example",
        title="Second Nara summit brings South Korea and Japan closer",
        published_at=at(-3),
        text="South Korea and Japan agreed on Tuesday to deepen security cooperation at a summit in Nara. The "
        "leaders of "
        "South Korea and Japan visited an ancient temple in Nara on Wednesday after their talks. Seoul also asked "
        "Tokyo "
        "to support its bid to join a Pacific trade pact. The visits between the two capitals will continue this "
        "yea...",
    ),
)


def sentences(summary: Summary) -> list[tuple[str, tuple[int, ...]]]:
    return [(s.text, s.citations) for section in summary.sections for s in section.sentences]


def assert_sound(summary: Summary, reports: tuple[Report, ...]) -> None:
    """Check what every summary promises."""
    by_n = {source.n: source.article_id for source in summary.sources}
    by_id = {r.article.id: r.article for r in reports}
    assert sorted(by_n.values()) == sorted(by_id)
    assert summary.headline
    assert summary.sections
    for section in summary.sections:
        assert section.sentences
    for text, citations in sentences(summary):
        assert text
        assert citations
        assert list(citations) == sorted(set(citations))
        assert set(citations) <= set(by_n)
        if text != UNTITLED:
            assert any(text in f"{by_id[by_n[n]].title}\n{by_id[by_n[n]].text}" for n in citations)


def test_a_story_of_four_short_articles_reads_like_the_model_entry():
    summary = summarise(SUMMIT)
    assert_sound(summary, SUMMIT)
    headed = [section for section in summary.sections if section.heading]
    assert len(headed) >= 2
    for section in headed:
        assert 2 <= len(section.sentences) <= 4
        assert 3 <= len(section.heading.split()) <= 12
        assert section.heading[0].isupper()
    text = " ".join(text for text, _ in sentences(summary))
    assert 60 <= len(text.split()) <= 240
    assert "Example Wire" not in text
    assert "Read more" not in text
    assert "yea..." not in text
    assert "Example Herald" not in summary.headline
    assert summary.n_articles == 4
    assert summary.dropped == ()


def test_sources_are_numbered_by_first_citation():
    summary = summarise(SUMMIT)
    seen: list[int] = []
    for _, citations in sentences(summary):
        seen += [n for n in citations if n not in seen]
    assert sorted(seen) == list(range(1, len(seen) + 1))
    assert [source.n for source in summary.sources] == [1, 2, 3, 4]


def test_a_sentence_that_two_articles_tell_cites_both():
    one = report("a1", publisher="p1.example", text="The dam at Norfield broke on Monday. Nobody was hurt in the town.")
    two = report(
        "a2",
        publisher="p2.example",
        text="The dam at Norfield broke on Monday. The mayor of Norfield closed two bridges over the river.",
    )
    cited = dict(sentences(summarise((one, two))))
    assert cited["The dam at Norfield broke on Monday."] == (1, 2)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_order_of_reports_does_not_matter(order):
    assert summarise([SUMMIT[i] for i in order]) == summarise(SUMMIT)


def test_earlier_numbers_are_kept_and_new_articles_get_the_next_free_ones():
    before = summarise(SUMMIT[1:])
    numbers = {source.article_id: source.n for source in before.sources}
    after = summarise(SUMMIT, numbers=numbers, headline=before.headline)
    assert_sound(after, SUMMIT)
    now = {source.article_id: source.n for source in after.sources}
    assert {k: now[k] for k in numbers} == numbers
    assert now["a1"] == 4
    assert after.headline == before.headline


def test_numbers_of_articles_that_left_are_not_needed():
    summary = summarise(SUMMIT[:2], numbers={"gone": 1, "a2": 2})
    assert {s.article_id: s.n for s in summary.sources} == {"a2": 2, "a1": 1}


@pytest.mark.parametrize("numbers", [{"a1": 0}, {"a1": -3}, {"a1": 1, "a2": 1}, {"a3": 40}])
def test_unusable_numbers_do_no_harm(numbers):
    summary = summarise(SUMMIT, numbers=numbers)
    assert_sound(summary, SUMMIT)
    assert len({s.n for s in summary.sources}) == 4
    assert min(s.n for s in summary.sources) >= 1


def test_copies_are_named_with_their_source():
    copy = article("c1", publisher="mirror.example", source_name="Mirror", link="https://mirror.example/1")
    summary = summarise((Report(article=SUMMIT[0].article, copies=(copy,)), SUMMIT[1]))
    (source,) = [s for s in summary.sources if s.article_id == "a1"]
    assert [(a.article_id, a.name, a.url) for a in source.also] == [("c1", "Mirror", "https://mirror.example/1")]
    assert summary.n_articles == 2


def test_one_article_is_told_by_its_own_text():
    summary = summarise(SUMMIT[:1])
    assert summary.headline == "Seoul and Tokyo pledge closer security ties at Nara summit"
    assert len(summary.sections) == 1
    assert summary.sections[0].heading == ""
    assert {citations for _, citations in sentences(summary)} == {(1,)}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"title": "A bridge opens in Norfield", "text": ""}, "A bridge opens in Norfield"),
        ({"title": "", "text": "A bridge opened in Norfield on Monday."}, "A bridge opened in Norfield on Monday."),
        ({"title": "", "text": "Cut in the mid..."}, "Cut in the mid..."),
        ({"title": "", "text": ""}, UNTITLED),
        ({"title": "  ", "text": " \n "}, UNTITLED),
        ({"title": "!!!", "text": "???"}, "!!!"),
        ({"title": "Photos", "text": "Subscribe to our newsletter. Click here."}, "Photos"),
        ({"title": "x" * 5000, "text": ""}, "x" * 5000),
    ],
)
def test_an_article_with_little_still_has_a_summary(fields, text):
    summary = summarise((report("a1", **fields),))
    assert sentences(summary) == [(text, (1,))]
    assert summary.headline


def test_no_report_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="at least one"):
        summarise(())


def test_the_language_of_most_publishers_is_told_and_the_others_are_listed():
    german = report(
        "a9",
        publisher="bote.example",
        lang="de",
        title="Gipfel in Nara",
        text="Die Staatschefs trafen sich in Nara. Sie wollen die Zusammenarbeit ausbauen.",
    )
    summary = summarise((*SUMMIT, german))
    assert summary.lang == "en"
    assert all("Staatschefs" not in text for text, _ in sentences(summary))
    assert [s.lang for s in summary.sources if s.article_id == "a9"] == ["de"]
    assert summary.sources[-1].article_id == "a9"


@pytest.mark.parametrize(
    ("lang", "texts"),
    [
        (
            "ja",
            (
                "日韓首脳は14日、奈良で会談した。両首脳は安全保障での協力を確認した。次の会談は春に開かれる。",
                "日韓首脳は14日、奈良で会談した。両政府は人工知能で協力する方針だ。",
            ),
        ),
        (
            "ko",
            (
                "한일 정상은 14일 나라에서 회담했다. 두 정상은 안보 협력을 확인했다.",
                "한일 정상은 14일 나라에서 회담했다. 양국은 공급망 대화를 열기로 했다.",
            ),
        ),
        (
            "ar",
            (
                "التقى الزعيمان في نارا يوم الثلاثاء. واتفقا على تعزيز التعاون الأمني.",
                "التقى الزعيمان في نارا يوم الثلاثاء. وستبدأ المحادثات التجارية في الربيع.",
            ),
        ),
        (
            "zh",
            (
                "两国领导人14日在奈良举行会谈。双方同意加强安全合作。",
                "两国领导人14日在奈良举行会谈。两国将设立供应链对话机制。",
            ),
        ),
    ],
)
def test_other_scripts_are_split_cited_and_kept_whole(lang, texts):
    reports = tuple(
        report(f"a{n}", publisher=f"p{n}.example", lang=lang, title="", text=text) for n, text in enumerate(texts)
    )
    summary = summarise(reports)
    assert_sound(summary, reports)
    assert summary.lang == lang
    assert len(sentences(summary)) >= 2
    assert (1, 2) in {citations for _, citations in sentences(summary)}


def test_fifty_articles_make_one_bounded_summary():
    text = "The storm reached town {n} on Monday. It tore {m} roofs off. Schools in town {n} stay shut until Friday."
    reports = tuple(
        report(
            f"a{n:02d}",
            publisher=f"p{n}.example",
            title=f"Storm reaches town {n}",
            text=text.format(n=n, m=n + 3),
        )
        for n in range(50)
    )
    summary = summarise(reports)
    assert_sound(summary, reports)
    assert len(summary.sections) <= 4
    assert sum(len(text.split()) for text, _ in sentences(summary)) <= 260


_VOCABULARY = (
    "The court on Monday ruled against Norfield 12 people said “we stay” not 3.5 million a bridge of the town … ? ! "
    "首脳 会談 . 。 \n"
)
_WORDS = st.sampled_from(_VOCABULARY.split(" "))
_TEXTS = st.lists(_WORDS, max_size=40).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_TEXTS, _TEXTS, st.sampled_from(["en", "und", "ja"])), min_size=1, max_size=5), st.randoms())
def test_any_reports_in_any_order_give_one_sound_summary(rows, random):
    reports = [
        report(f"a{n}", publisher=f"p{n % 3}.example", title=title, text=text, lang=lang)
        for n, (title, text, lang) in enumerate(rows)
    ]
    summary = summarise(reports)
    shuffled = list(reports)
    random.shuffle(shuffled)
    assert summarise(shuffled) == summary
    by_n = {s.n: s.article_id for s in summary.sources}
    assert sorted(by_n) == list(range(1, len(reports) + 1))
    for text, citations in sentences(summary):
        assert text
        assert citations
        assert set(citations) <= set(by_n)


def test_every_sentence_passes_the_gate_of_every_source_it_cites():
    summary = summarise(SUMMIT)
    by_id = {r.article.id: r.article for r in SUMMIT}
    for text, citations in sentences(summary):
        for source in summary.sources:
            if source.n in citations:
                assert check(text, by_id[source.article_id]).is_supported
