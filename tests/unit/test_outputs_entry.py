from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Output, Section, Sentence, Summary
from aggregator.outputs.entry import build_entry, build_feed, material_change, publish, select
from aggregator.outputs.site import Site
from tests.builders import NOW, at, cited_source, revision, summary

SITE = Site(title="Top Headlines", base_url="https://news.example/", since_year=2026)
TOP = Output(slug="top", title="Top")


def told(*sentences: tuple[str, tuple[int, ...]], n: int = 3, headline: str = "A headline", **more: object) -> Summary:
    section = Section(heading="", sentences=tuple(Sentence(text=t, citations=c, lang="en") for t, c in sentences))
    return summary(n=n, headline=headline, sections=(section,), **more)


# ---------------------------------------------------------------- select


@pytest.mark.parametrize(
    ("output", "enters"),
    [
        (Output(slug="o", title=""), True),
        (Output(slug="o", title="", tags=("sport", "world")), True),
        (Output(slug="o", title="", tags=("sport",)), False),
        (Output(slug="o", title="", languages=("de", "en-GB")), True),
        (Output(slug="o", title="", languages=("de",)), False),
        (Output(slug="o", title="", min_publishers=2), True),
        (Output(slug="o", title="", min_publishers=3), False),
    ],
)
def test_a_story_enters_the_outputs_that_ask_for_it(output: Output, enters: bool) -> None:
    assert bool(select(output, [revision("a", summary=summary(n=2))])) is enters


def test_several_feeds_of_one_publisher_count_once() -> None:
    one = tuple(cited_source(n, publisher="one.example") for n in (1, 2, 3))
    assert select(Output(slug="o", title="", min_publishers=2), [revision("a", summary=summary(sources=one))]) == ()


def test_the_best_enter_and_the_newest_of_them_come_first_then_by_id() -> None:
    best_first = [revision("d", newest_at=at(-1)), revision("b"), revision("c", newest_at=at(1)), revision("a")]
    assert [each.story_id for each in select(Output(slug="o", title=""), best_first)] == ["c", "a", "b", "d"]
    short = Output(slug="o", title="", max_entries=3)
    assert [each.story_id for each in select(short, best_first)] == ["c", "b", "d"]


def test_a_story_of_one_publisher_settles_first() -> None:
    lone = revision("a", summary=summary(n=1))
    assert select(TOP, [lone], now=NOW + timedelta(minutes=14)) == ()
    assert select(TOP, [lone], now=NOW + timedelta(minutes=15)) == (lone,)
    assert select(TOP, [lone]) == (lone,)
    assert select(TOP, [revision("a")], now=NOW) != ()


# ---------------------------------------------------------------- publish


def test_a_story_enters_once() -> None:
    first = publish(TOP, revision("a"), None, None)
    assert (first.slug, first.story_id, first.revision) == ("top", "a", 1)
    assert first.published_at == first.updated_at == NOW
    assert publish(TOP, revision("a"), first, revision("a")) == first


OLD = (
    "The council voted 31 to 14 to keep the night trains running until 2028.",
    "Mayor Ada Brook called the vote in the council a relief for shift workers.",
)
SHOWN = told((OLD[0], (1,)), (OLD[1], (1,)))


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (SHOWN, ""),
        (told((OLD[0], (1, 2)), (OLD[1], (1,))), ""),  # another publisher says the same: nothing to read
        (told((OLD[0], (1,)), (OLD[1], (1,)), n=9), ""),  # more articles, none of them cited
        (told((OLD[0], (1,)), (OLD[1], (1,)), ("It costs 8.4 million a year.", (2,))), ""),  # too short to notice
        (
            told((OLD[0], (1,)), ("A rail union asked for two more carriages on every night train.", (2,))),
            "new publisher: p2.example",
        ),
        (told((OLD[0], (1,)), ("A rail union asked for two more carriages on every night train.", (1,))), ""),
        (told((OLD[0].replace("31 to 14", "32 to 13"), (1,)), (OLD[1], (1,))), "number"),
        (told((OLD[0], (1,)), (OLD[1].replace("Ada Brook", "Ada Marsh"), (1,))), "name"),
        (told((OLD[0].replace("keep", "leave"), (1,)), (OLD[1], (1,))), ""),  # a word, no fact
        (told((OLD[0], (1,)), (OLD[1], (1,)), headline="Another headline altogether"), ""),  # nothing new below it
        (
            told(
                (OLD[0], (1,)),
                ("Trains will stop at every halt between the river and the old harbour.", (1,)),
                headline="Another headline altogether",
            ),
            "headline",
        ),
        (
            told((OLD[0], (1,)), ("夜行列車は二〇二八年まで運行されることが議会の投票で正式に決まった。", (2,))),
            "new publisher: p2.example",
        ),
    ],
)
def test_what_is_material(new: Summary, reason: str) -> None:
    assert material_change(SHOWN, new) == reason


def test_a_copy_is_no_new_publisher() -> None:
    sentence = "A rail union asked for two more carriages on every night train."
    before = told((OLD[0], (1,)), sources=(cited_source(1), cited_source(2, publisher="p1.example")))
    assert material_change(before, replace(told((OLD[0], (1,)), (sentence, (2,))), sources=before.sources)) == ""


def test_updated_moves_only_when_something_material_changed() -> None:
    first = publish(TOP, revision("a", summary=SHOWN), None, None)
    small = revision("a", 2, at=at(1), summary=told((OLD[0], (1, 2)), (OLD[1], (1,))))
    second = publish(TOP, small, first, revision("a", summary=SHOWN))
    assert (second.updated_at, second.revision) == (NOW, 2)
    big = revision("a", 3, at=at(2), summary=told((OLD[0].replace("31", "33"), (1,)), headline="Quite another"))
    third = publish(TOP, big, second, small)
    assert (third.published_at, third.updated_at, third.revision) == (NOW, at(2), 3)
    assert third.headline == first.headline == "A headline"


def test_without_the_shown_revision_nothing_is_called_new() -> None:
    first = publish(TOP, revision("a"), None, None)
    assert publish(TOP, revision("a", 7, at=at(9)), first, None) == replace(first, revision=7)


# ---------------------------------------------------------------- entries


def test_an_entry() -> None:
    shown = revision("s1", summary=summary(n=2), tags=("world", "", "world"))
    entry = build_entry(SITE, 2025, shown, publish(TOP, shown, None, None))
    assert entry.id == "tag:news.example,2025:story/s1"
    assert entry.title == "A headline"
    assert entry.summary == "Sentence 1 says something of its own. Sentence 2 says something of its own."
    assert [(link.rel, link.href, link.title) for link in entry.links] == [
        ("alternate", "https://news.example/s/s1.html", ""),
        ("via", "https://p1.example/1", "Title of a1"),
        ("via", "https://p2.example/2", "Title of a2"),
    ]
    assert entry.categories == ("world",)


def test_a_story_without_words_still_has_a_title() -> None:
    blank = replace(summary(headline=" \x07"), sources=(cited_source(1, title="\u202e"),))
    assert build_entry(SITE, 2026, revision(summary=blank), publish(TOP, revision(summary=blank), None, None)).title


@given(st.lists(st.text(max_size=400), min_size=1, max_size=4), st.text(max_size=600))
def test_summaries_and_titles_stay_short_and_clean(texts: list[str], headline: str) -> None:
    shown = revision(summary=told(*((text, (1,)) for text in texts), headline=headline))
    entry = build_entry(SITE, 2026, shown, publish(TOP, shown, None, None))
    assert len(entry.summary) <= 300
    assert 0 < len(entry.title) <= 300
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in entry.summary + entry.title)


def test_a_feed_is_as_new_as_its_newest_entry() -> None:
    rows = []
    for story_id, hours in (("b", 0.0), ("a", 0.0), ("c", 2.0)):
        shown = revision(story_id, at=at(hours))
        rows.append((publish(TOP, shown, None, None), shown, datetime(2024, 12, 31, 23, 59, tzinfo=UTC)))
    feed = build_feed(SITE, TOP, rows)
    assert feed == build_feed(SITE, TOP, rows[::-1])
    assert [entry.id[-1] for entry in feed.entries] == ["c", "a", "b"]
    assert feed.updated_at == at(2)
    assert feed.id == "tag:news.example,2026:feed/top"
    assert feed.entries[0].id.startswith("tag:news.example,2024:")
    assert (feed.self_url, feed.site_url, feed.author) == (
        "https://news.example/top.atom",
        "https://news.example/",
        "Top Headlines",
    )
    assert feed.lang == "en"


def test_an_empty_feed_knows_no_clock() -> None:
    assert build_feed(SITE, TOP, []).updated_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert build_feed(SITE, Output(slug="o", title="O", languages=("ko",)), []).lang == "ko"
