import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model import EPOCH
from aggregator.stories.stream import cluster_stream, explain_stream, read_article
from tests.unit.test_stories_cluster import FERRY, NORWAY


def test_a_full_record() -> None:
    read = read_article(
        {
            "id": "x1",
            "title": " A  title ",
            "summary": "Short.",
            "text": "Long.",
            "source": "Example News",
            "url": "https://www.news.example/a",
            "published": "2026-01-14T14:00:00+02:00",
            "lang": "en-GB",
        },
        7,
    )
    assert (read.id, read.title, read.summary, read.text) == ("x1", "A title", "Short.", "Long.")
    assert (read.publisher, read.source_name, read.lang) == ("Example News", "Example News", "en")
    assert read.published_at is not None
    assert read.published_at.isoformat() == "2026-01-14T12:00:00+00:00"
    assert read.first_seen_at == read.published_at


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, ("", "", "und", None)),
        ({"url": "https://www.news.example/a", "title": None}, ("news.example", "", "und", None)),
        ({"url": "https://[broken", "source": 5}, ("5", "", "und", None)),
        ({"published": "yesterday", "title": ["no"]}, ("", "", "und", None)),
        (
            {"published": "2026-01-14", "summary": "The ferry is on the rocks"},
            ("", "The ferry is on the rocks", "en", 14),
        ),
    ],
)
def test_missing_fields(record: dict[str, object], expected: tuple[str, str, str, int | None]) -> None:
    read = read_article(record, 3)
    day = read.published_at.day if read.published_at else None
    assert (read.publisher, read.text, read.lang, day) == expected
    assert read.id
    assert (read.first_seen_at == EPOCH) is (read.published_at is None)
    assert read.id != read_article(record, 4).id


@pytest.mark.parametrize("batch", [1, 2, 25])
def test_the_final_story_of_each_in_file_order(batch: int) -> None:
    articles = [*NORWAY, *FERRY]
    stories = cluster_stream(articles, batch=batch)
    assert list(stories) == [each.id for each in articles]
    assert len({stories[each.id] for each in FERRY}) == 1
    assert len({stories[each.id] for each in NORWAY}) == len(NORWAY)


def test_explained() -> None:
    explained = explain_stream([*FERRY, FERRY[0]], batch=2)
    assert len(explained) == len(FERRY)
    assert explained["f1"].rule == "new story"
    assert explained["f2"].reason


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["id", "title", "summary", "text", "source", "url", "published", "lang"]),
            st.none()
            | st.integers()
            | st.text(max_size=30)
            | st.sampled_from(["2026-01-14", "9999-12-31T23:59:59-12:00"]),
        ),
        max_size=8,
    )
)
def test_any_records_make_a_stream(records: list[dict[str, object]]) -> None:
    articles = [read_article(record, n) for n, record in enumerate(records)]
    assert set(cluster_stream(articles)) == {each.id for each in articles}
