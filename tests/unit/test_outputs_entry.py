from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Announced, Enclosure, Output, Published, Revision, Section, Sentence, Summary
from aggregator.outputs.change import headline_stands, material_change
from aggregator.outputs.entry import (
    COOL_DOWN,
    CROWD,
    RETURN,
    SETTLING,
    base_number,
    build_entry,
    build_feed,
    build_update,
    free_moment,
    in_order,
    is_fresh,
    leave,
    may_settle,
    needs_base,
    publish,
    select,
    spread,
)
from aggregator.outputs.site import Site
from tests.builders import NOW, article, at, cited_source, revision, summary

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


def enter(shown: Revision, *, now: datetime | None = None) -> Published:
    return publish(TOP, shown, None, None, now=now or shown.at, stream_at=shown.newest_at)


def move(shown: Revision, before: Published, base: Revision | None, *, stream: float | None = None) -> Published:
    """Move a place to a revision, in the build that wrote it."""
    stream_at = shown.newest_at if stream is None else at(stream)
    return publish(TOP, shown, before, base, now=max(shown.at, stream_at), stream_at=stream_at)


# ---------------------------------------------------------------- settling

MINUTE = timedelta(minutes=1)
KNOWN = {"https://one.example/feed.xml": at(-100)}


@pytest.mark.parametrize(
    ("published", "first_polled_at", "fresh"),
    [
        (NOW - 14 * MINUTE, KNOWN, True),
        (NOW - 15 * MINUTE, KNOWN, False),  # old enough when it was first seen
        (at(-24), KNOWN, False),
        (NOW, KNOWN, False),  # no date, or one of the future: it may be of any age
        (NOW - 5 * MINUTE, {"https://one.example/feed.xml": NOW}, False),  # the backlog of a new source
        (NOW - 5 * MINUTE, {}, False),
    ],
)
def test_only_what_breaks_while_we_look_has_to_settle(
    published: datetime, first_polled_at: dict[str, datetime], fresh: bool
) -> None:
    assert is_fresh([article(published_at=published, first_seen_at=NOW)], first_polled_at) is fresh
    assert is_fresh([article(published_at=None, first_seen_at=NOW)], first_polled_at) is False


def test_a_lone_first_version_waits_until_it_is_settled_or_a_second_publisher_comes() -> None:
    lone = revision("a", summary=summary(n=1))
    assert may_settle(lone, now=NOW + SETTLING - MINUTE)
    assert not may_settle(lone, now=NOW + SETTLING)
    assert not may_settle(revision("a", 2, summary=summary(n=1)), now=NOW)
    assert not may_settle(revision("a", summary=summary(n=2)), now=NOW)
    assert select(TOP, [lone], settling={"a"}) == ()
    assert select(TOP, [lone]) == (lone,)


def test_a_story_that_is_shown_never_waits_again() -> None:
    lone = revision("a", summary=summary(n=1))
    assert select(TOP, [lone], settling={"a"}, before={"a": enter(lone)}) == (lone,)


# ---------------------------------------------------------------- leaving


def test_a_story_that_left_long_ago_does_not_enter_again() -> None:
    shown = revision("a")
    gone = leave(enter(shown), stream_at=at(5))
    assert leave(gone, stream_at=at(9)) == gone
    for after, enters in ((RETURN, True), (RETURN + MINUTE, False)):
        assert bool(select(TOP, [shown], before={"a": gone}, stream_at=at(5) + after)) is enters
    back = publish(TOP, shown, gone, None, now=at(50), stream_at=at(50))
    assert (back.left_at, back.published_at) == (None, NOW)


# ---------------------------------------------------------------- publish


def test_a_story_enters_once_when_the_build_shows_it() -> None:
    first = enter(revision("a", 3), now=at(2))
    assert (first.slug, first.story_id, first.revision, first.entered) == ("top", "a", 3, 3)
    assert first.published_at == first.updated_at == at(2)
    assert move(revision("a", 3), first, None) == first


def test_stories_that_enter_together_are_a_second_apart() -> None:
    taken: set[datetime] = set()
    for _ in range(3):
        taken.add(free_moment(NOW + timedelta(milliseconds=900), taken, stream_at=NOW))
    assert sorted(taken) == [NOW - timedelta(seconds=2), NOW - timedelta(seconds=1), NOW]


def test_nothing_enters_a_day_that_is_over() -> None:
    midnight = datetime(2026, 1, 14, tzinfo=UTC)
    at_once = free_moment(midnight, {midnight}, stream_at=midnight)
    assert at_once == midnight + timedelta(seconds=1)


@given(st.lists(st.integers(0, 50)), st.integers(0, 50))
def test_a_free_moment_is_free(taken: list[int], second: int) -> None:
    moments = {NOW + timedelta(seconds=each) for each in taken}
    assert free_moment(NOW + timedelta(seconds=second), moments, stream_at=NOW) not in moments


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
    shown = revision("a", summary=SHOWN)
    first = enter(shown)
    small = revision("a", 2, at=at(1), summary=told((OLD[0], (1, 2)), (OLD[1], (1,))))
    second = move(small, first, shown)
    assert (second.updated_at, second.revision, second.updates) == (NOW, 2, ())
    big = revision("a", 3, at=at(2), summary=told((OLD[0].replace("31", "33"), (1,)), headline="Quite another"))
    third = move(big, second, shown)
    assert (third.published_at, third.updated_at, third.revision) == (NOW, at(2), 3)
    assert third.updates == (Announced(n=3, at=at(2)),)
    assert (base_number(second), base_number(third)) == (1, 3)


def test_without_the_base_nothing_is_called_new() -> None:
    first = enter(revision("a"))
    again = move(revision("a", 7, at=at(9)), first, None)
    assert (again.revision, again.updated_at, again.updates) == (7, NOW, ())


def grown(n: int, hours: float, *, publishers: int = 2) -> Revision:
    """A revision with ``n`` long sentences, the last of them by a publisher of its own."""
    sentences = [
        (f"Sentence number {i} tells at some length of event {i} in the harbour.", (i,)) for i in range(1, n + 1)
    ]
    return revision("a", n, at=at(hours), newest_at=at(hours), summary=told(*sentences, n=max(n, publishers)))


def test_updates_keep_apart_but_the_first_comes_at_once() -> None:
    first = enter(grown(1, 0, publishers=1))
    second = move(grown(2, 0.5), first, grown(1, 0))
    assert [each.n for each in second.updates] == [2]
    held = move(grown(3, 1), second, grown(2, 0.5))
    assert held.is_held
    assert (held.revision, held.updated_at) == (3, at(0.5))
    assert not needs_base(grown(3, 1), held, stream_at=at(4.4))
    assert move(grown(3, 1), held, None) == held  # the clock alone releases nothing


def test_a_held_update_comes_when_news_shows_that_the_time_is_over() -> None:
    held = move(grown(3, 1), move(grown(2, 0.5), enter(grown(1, 0, publishers=1)), grown(1, 0)), grown(2, 0.5))
    later = at(0.5) + COOL_DOWN
    assert needs_base(grown(3, 1), held, stream_at=later)
    told_now = publish(TOP, grown(3, 1), held, grown(2, 0.5), now=later, stream_at=later)
    assert told_now.updates[-1] == Announced(n=3, at=later)
    assert (told_now.is_held, told_now.updated_at) == (False, later)


def test_a_crowd_of_publishers_ends_the_cool_down() -> None:
    second = move(grown(2, 0.5), enter(grown(1, 0, publishers=1)), grown(1, 0))
    crowd = grown(3, 1, publishers=base_number(second) + CROWD)
    assert [each.n for each in move(crowd, second, grown(2, 0.5)).updates] == [2, 3]


def test_a_change_that_is_taken_back_is_held_no_longer() -> None:
    second = move(grown(2, 0.5), enter(grown(1, 0, publishers=1)), grown(1, 0))
    held = move(grown(3, 1), second, grown(2, 0.5))
    back = move(replace(grown(2, 1.2), n=4), held, grown(2, 0.5))
    assert (back.is_held, back.revision, len(back.updates)) == (False, 4, 1)


@pytest.mark.parametrize(
    ("titles", "stands"),
    [
        (("Harbour  closed, 3 hurt | One",), True),
        (("Something else", "HARBOUR CLOSED, 3 HURT"), True),
        (("Harbour closed, 5 hurt",), False),
        ((), False),
    ],
)
def test_a_headline_stands_while_somebody_says_it(titles: tuple[str, ...], stands: bool) -> None:
    assert headline_stands("Harbour closed, 3 hurt", titles) is stands


def test_the_headline_is_frozen_unless_it_became_wrong() -> None:
    said = (cited_source(1, title="Three hurt"), cited_source(2, title="Five hurt"))
    first = enter(revision("a", summary=summary(headline="Three hurt", sources=said)))
    kept = move(revision("a", 2, summary=summary(headline="Five hurt", sources=said)), first, None)
    assert kept.headline == "Three hurt"
    corrected = summary(headline="Five hurt", sources=(cited_source(1, title="Five hurt"), said[1]))
    assert move(revision("a", 2, summary=corrected), first, None).headline == "Five hurt"


def test_a_picture_stays_the_first_one() -> None:
    picture, other = Enclosure(url="https://p1.example/a.jpg"), Enclosure(url="https://p2.example/b.jpg")
    shown = revision("a")
    without = enter(shown)
    place = publish(TOP, revision("a", 2), without, None, now=NOW, stream_at=NOW, picture=picture)
    assert place.picture == picture
    again = publish(TOP, revision("a", 3), place, None, now=NOW, stream_at=NOW, picture=other)
    assert again.picture == picture


# ---------------------------------------------------------------- entries


def test_an_entry() -> None:
    shown = revision("s1", summary=summary(n=2), tags=("world", "", "world"))
    entry = build_entry(SITE, 2025, shown, enter(shown))
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
    assert build_entry(SITE, 2026, revision(summary=blank), enter(revision(summary=blank))).title


@given(st.lists(st.text(max_size=400), min_size=1, max_size=4), st.text(max_size=600))
def test_summaries_and_titles_stay_short_and_clean(texts: list[str], headline: str) -> None:
    shown = revision(summary=told(*((text, (1,)) for text in texts), headline=headline))
    entry = build_entry(SITE, 2026, shown, enter(shown))
    assert len(entry.summary) <= 300
    assert 0 < len(entry.title) <= 300
    assert not any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in entry.summary + entry.title)


def test_an_update_is_an_entry_of_its_own_that_begins_with_what_is_new() -> None:
    place = move(grown(2, 0.5), enter(grown(1, 0, publishers=1)), grown(1, 0))
    entry = build_update(SITE, 2025, grown(1, 0), grown(2, 0.5), place)
    assert entry.id == "tag:news.example,2025:story/a/r2"
    assert entry.title == "Update: A headline"
    assert entry.published_at == entry.updated_at == at(0.5)
    assert entry.links[0].href == "https://news.example/s/a.html"
    first = entry.content.split("</p>")[0]
    assert "Sentence number 2" in first
    assert "Sentence number 1" not in first
    assert ">[2]</a>." in first
    assert entry.summary.startswith("Sentence number 2")


def test_an_update_in_which_all_is_new_says_it_once() -> None:
    entry = build_update(SITE, 2025, revision("a"), grown(2, 0.5), enter(grown(2, 0.5)))
    assert entry.content.count("Sentence number 2") == 1
    assert build_update(SITE, 2025, None, grown(2, 0.5), enter(grown(2, 0.5))).content == entry.content


# ---------------------------------------------------------------- feeds


def entry_of(story_id: str, hours: float = 0.0):  # type: ignore[no-untyped-def]
    shown = revision(story_id, at=at(hours))
    return build_entry(SITE, 2024, shown, enter(shown))


def test_a_feed_is_as_new_as_its_newest_entry() -> None:
    entries = [entry_of("b"), entry_of("a"), entry_of("c", 2)]
    assert in_order(entries) == in_order(entries[::-1])
    feed = build_feed(SITE, TOP, in_order(entries))
    assert [entry.id[-1] for entry in feed.entries] == ["c", "a", "b"]
    assert feed.updated_at == at(2)
    assert feed.id == "tag:news.example,2026:feed/top"
    assert (feed.self_url, feed.site_url, feed.author) == (
        "https://news.example/top.atom",
        "https://news.example/",
        "Top Headlines",
    )
    assert feed.lang == "en"
    assert feed.hub == ""


def test_feeds_beside_an_output_have_names_of_their_own() -> None:
    feed = build_feed(replace(SITE, hub="https://hub.example/"), TOP, [], kind="updates", title="updates")
    assert (feed.id, feed.title) == ("tag:news.example,2026:feed/top/updates", "Top: updates")
    assert (feed.self_url, feed.hub) == ("https://news.example/top.updates.atom", "https://hub.example/")


def test_entries_of_one_moment_are_spread() -> None:
    apart = spread([entry_of("b"), entry_of("a"), entry_of("c", 2), entry_of("d", -1)])
    assert [(entry.id[-1], entry.updated_at) for entry in apart] == [
        ("c", at(2)),
        ("a", NOW),
        ("b", NOW - timedelta(seconds=1)),
        ("d", at(-1)),
    ]


def test_an_empty_feed_knows_no_clock() -> None:
    assert build_feed(SITE, TOP, []).updated_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert build_feed(SITE, Output(slug="o", title="O", languages=("ko",)), []).lang == "ko"
