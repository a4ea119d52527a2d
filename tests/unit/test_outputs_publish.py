import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import etree

from aggregator.model import Announced, Article, Output, Published, Revision
from aggregator.outputs.publish import FORMATS, Press, Stock, render_output
from aggregator.outputs.site import Site
from tests.builders import NOW, article, at, revision, summary
from tests.unit.test_outputs_atom import ATOM, assert_sound, tree

SITE = Site(title="Top Headlines", base_url="https://news.example/")
TOP = Output(slug="top", title="Top")
FEEDS = {f"top{suffix}" for suffix, _, _ in FORMATS}
HISTORY = {
    "a": (
        revision("a", 1, at=at(-60), summary=summary(n=1)),
        revision("a", 2, at=at(-50), summary=summary(n=2)),
        revision("a", 3, at=at(1), summary=summary(n=3)),
    ),
    "b": (revision("b", 1, at=at(-1)),),
    "old": (revision("old", 1, at=at(-24 * 40)), revision("old", 2, at=at(-24 * 5))),
}


def place(story_id: str, hours: float, *updates: tuple[int, float], **fields: object) -> Published:
    given: dict[str, object] = {
        "published_at": at(hours),
        "updated_at": at(updates[-1][1] if updates else hours),
        "headline": "A headline",
        "revision": HISTORY[story_id][-1].n,
        "updates": tuple(Announced(n=n, at=at(when)) for n, when in updates),
        **fields,
    }
    return Published(slug="top", story_id=story_id, **given)  # type: ignore[arg-type]


A, B, OLD = place("a", -60, (2, -50), (3, 1)), place("b", -1), place("old", -24 * 40, left_at=at(-24 * 9))


def stock(
    *places: Published,
    articles: tuple[Article, ...] = (),
    revisions: Callable[[str], tuple[Revision, ...]] = HISTORY.__getitem__,
    **fields: object,
) -> Stock:
    rows = places or (A, B)
    given: dict[str, object] = {
        "shown": [(each, HISTORY[each.story_id][-1]) for each in rows if each.left_at is None],
        "places": rows,
        "articles": articles,
        "site_urls": {},
        "stream_at": at(1),
        "minted_at": lambda story_id: datetime(2025, 6, 1, tzinfo=UTC),
        **fields,
    }
    return Stock(revisions=revisions, **given)  # type: ignore[arg-type]


def files(given: Stock, press: Press | None = None) -> dict[str, bytes]:
    return dict(render_output(SITE, TOP, given, press or Press()))


def ids(body: bytes) -> list[str]:
    return [entry.findtext(f"{ATOM}id", "").split(":", 2)[2] for entry in tree(body).findall(f"{ATOM}entry")]


def links(body: bytes) -> dict[str, str]:
    return {str(link.get("rel")): str(link.get("href")) for link in tree(body).findall(f"{ATOM}link")}


def test_every_format_is_written_and_sound() -> None:
    found = files(stock(A, B, OLD, articles=(article("x"),)))
    assert set(found) >= FEEDS
    for name, body in found.items():
        if name.endswith(".atom"):
            assert links(body)["self"] == f"https://news.example/{name}"
            assert_sound(_without_history(body))


def _without_history(body: bytes) -> etree._Element:
    root = tree(body)
    for link in root.findall(f"{ATOM}link"):
        if link.get("rel") in ("prev-archive", "current"):
            root.remove(link)
    return root


def test_one_entry_a_story_and_one_a_development() -> None:
    found = files(stock())
    assert ids(found["top.atom"]) == ["story/a", "story/b"]
    assert ids(found["top.updates.atom"]) == ["story/a/r3", "story/a/r2"]
    update = tree(found["top.updates.atom"]).findall(f"{ATOM}entry")[1]
    assert "Sentence 2" in (update.findtext(f"{ATOM}content") or "").split("</p>")[0]
    assert "Sentence 3" not in (update.findtext(f"{ATOM}content") or "")
    assert update.findtext(f"{ATOM}updated") == "2026-01-12T10:00:00Z"


def test_a_story_that_left_or_was_merged_is_in_no_feed() -> None:
    gone = replace(A, left_at=NOW)
    found = files(stock(gone, B))
    assert ids(found["top.atom"]) == ["story/b"]
    assert ids(found["top.updates.atom"]) == []


def test_an_edited_article_shows_in_the_next_build() -> None:
    press = Press()
    before = article("x", published_at=at(-2))
    first = files(stock(articles=(before,)), press)["top.articles.atom"]
    edited = replace(before, title="Edited", modified_at=at(1))
    second = files(stock(articles=(edited,)), press)["top.articles.atom"]
    assert ids(first) == ids(second)
    assert b"<title>Edited</title>" in second


# ---------------------------------------------------------------- archives


def test_a_month_that_is_over_has_an_archive_and_feeds_lead_there() -> None:
    found = files(stock(A, B, OLD))
    name = "top/archive/2025-12.atom"
    assert [each for each in found if "archive" in each] == [name]
    assert links(found["top.atom"])["prev-archive"] == f"https://news.example/{name}"
    archive = found[name]
    assert links(archive)["current"] == "https://news.example/top.atom"
    assert "prev-archive" not in links(archive)
    assert b"<fh:archive/>" in archive
    assert tree(archive).findtext(f"{ATOM}id") == tree(found["top.atom"]).findtext(f"{ATOM}id")
    assert ids(archive) == ["story/old"]


def test_archives_form_a_chain_over_months_without_stories() -> None:
    older = replace(OLD, story_id="b", published_at=at(-24 * 100), updated_at=at(-24 * 100))
    history = {**HISTORY, "b": (revision("b", 1, at=at(-24 * 100)),)}
    found = files(stock(A, OLD, replace(older, left_at=NOW), revisions=history.__getitem__))
    assert links(found["top/archive/2025-12.atom"])["prev-archive"].endswith("/top/archive/2025-10.atom")


def test_an_archive_never_changes() -> None:
    name = "top/archive/2025-12.atom"
    first = files(stock(A, B, OLD))[name]
    later = replace(OLD, revision=2, updates=(Announced(n=2, at=at(-24 * 5)),), updated_at=at(-24 * 5), left_at=None)
    assert files(stock(A, B, later))[name] == first
    assert name not in files(stock(A, B, OLD, has=lambda each: each == name))


def test_the_month_of_the_newest_article_is_not_over() -> None:
    assert not any("archive" in name for name in files(stock(A, B)))


# ---------------------------------------------------------------- digests


def test_a_day_that_is_over_has_a_digest_as_entry_page_and_letter() -> None:
    found = files(stock())
    assert ids(found["top.daily.atom"]) == ["digest/top/2026-01-12"]
    assert {name for name in found if "/digest/" in name} == {
        "top/digest/2026-01-12.html",
        "top/digest/2026-01-12.eml",
    }
    content = tree(found["top.daily.atom"]).findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "2 articles, by P1 and P2" in content  # as it stood at the end of that day


def test_a_week_that_is_over_has_a_digest() -> None:
    found = files(stock(stream_at=at(24 * 6)))
    assert ids(found["top.weekly.atom"]) == ["digest/top/2026-W03"]


def test_a_digest_that_is_there_is_not_written_again_but_stays_in_the_feed() -> None:
    first = files(stock())
    again = files(stock(has=lambda name: "/digest/" in name))
    assert not any("/digest/" in name for name in again)
    assert again["top.daily.atom"] == first["top.daily.atom"]


# ---------------------------------------------------------------- memory


def test_what_a_press_remembers_changes_no_byte() -> None:
    press = Press()
    files(stock(A, B), press)
    grown = stock(replace(A, updates=(*A.updates[:1],)), B, OLD, articles=(article("x"),))
    assert files(grown, press) == files(grown)


def test_an_unchanged_output_is_not_rendered() -> None:
    press = Press()
    first = files(stock(has=lambda name: True), press)
    assert first
    assert files(stock(has=lambda name: True), press) == {}
    assert files(stock(has=lambda name: name != "top.rss"), press)  # a file that is gone comes back
    assert dict(render_output(SITE, replace(TOP, title="New"), stock(has=lambda name: True), press))
    assert dict(render_output(replace(SITE, base_url="https://x.example/"), TOP, stock(has=lambda name: True), press))


def test_an_output_that_could_not_be_written_is_rendered_again() -> None:
    press = Press()
    next(render_output(SITE, TOP, stock(has=lambda name: True), press))  # and the disk is full
    assert files(stock(has=lambda name: True), press)


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_stories_are_given_changes_no_byte(seed: int) -> None:
    rows = [A, B, OLD]
    shuffled = rows[seed:] + rows[:seed]
    assert files(stock(*shuffled)) == files(stock(*rows))


def test_the_files_are_named_as_pages_link_them() -> None:
    assert all(re.fullmatch(r"top(\.[a-z]+){1,2}", name) for name in FEEDS)
    assert all(files(stock())[name] for name in FEEDS)


def test_one_poisoned_article_breaks_nothing() -> None:
    poison = article("x", title="<b>\x00" * 100_000, content="\ud800" * 1000, text="\x1b" * 1000, author="]]>")
    started = stock(articles=(poison, article("y")))
    assert len(ids(files(started)["top.articles.atom"])) == 2
