from datetime import timedelta

import pytest

from aggregator.model import Published, SourceView
from aggregator.outputs.atom import render_atom
from aggregator.outputs.health import MOVED_FOR_GOOD, build_health, undated_sources, watch
from tests.builders import NOW, article, at, source, state
from tests.golden.outputs_sample import SITE
from tests.unit.test_outputs_atom import assert_sound, tree

URL = "https://one.example/feed.xml"
WELL = {"last_success_at": NOW, "first_polled_at": at(-100), "title": "One"}
DATED = {URL: False}


def view(**fields: object) -> SourceView:
    return SourceView(source=source(), state=state(**{**WELL, **fields}))


def kinds(view_: SourceView, *, undated: dict[str, bool] | None = None) -> list[str]:
    return [each.story_id.split()[0] for each in watch([view_], (), undated=undated or DATED, now=NOW)]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({}, []),
        ({"n_failures": 3, "last_success_at": at(-23)}, []),
        ({"n_failures": 3, "last_success_at": at(-25)}, ["failing"]),
        ({"n_failures": 3, "last_success_at": None, "first_polled_at": at(-25)}, ["failing"]),
        ({"n_failures": 3, "last_success_at": None, "first_polled_at": None}, []),
        ({"is_gone": True, "n_failures": 1}, ["gone"]),
        ({"moved_to": "https://two.example/", "n_moved": MOVED_FOR_GOOD}, ["moved"]),
        ({"moved_to": "https://two.example/", "n_moved": MOVED_FOR_GOOD - 1}, []),
        ({"rhythm": timedelta(hours=2), "newest_at": at(-73)}, ["silent"]),
        ({"rhythm": timedelta(hours=2), "newest_at": at(-71)}, []),
        ({"rhythm": timedelta(days=7), "newest_at": at(-24 * 20)}, []),  # twice its rhythm is no silence
        ({"rhythm": timedelta(hours=2), "newest_at": at(-99), "n_failures": 1}, []),  # not silent: not heard
    ],
)
def test_what_is_an_incident(fields: dict[str, object], found: list[str]) -> None:
    assert kinds(view(**fields)) == found


def test_a_source_is_undated_when_all_of_its_articles_are() -> None:
    bare = [article(each, published_at=None) for each in ("a", "b", "c")]
    assert undated_sources(bare) == {URL: True}
    assert undated_sources(bare[:2]) == {}
    assert undated_sources([*bare, article("d", published_at=None, updated_at=NOW)]) == {URL: False}
    assert kinds(view(), undated={URL: True}) == ["undated"]


FAILING = view(n_failures=3, last_success_at=at(-25), error="the server answered 503")


def opened() -> tuple[Published, ...]:
    return watch([FAILING], (), undated=DATED, now=NOW)


def test_an_incident_is_opened_once_and_nothing_moves_while_it_lasts() -> None:
    (incident,) = opened()
    assert "the server answered 503" in incident.headline
    later = view(n_failures=9, last_success_at=at(-25), error="another error")
    assert watch([later], (incident,), undated=DATED, now=at(50)) == ()


def test_an_incident_is_closed_in_place_when_the_source_healed() -> None:
    places = opened()
    (closed,) = watch([view()], places, undated=DATED, now=at(5))
    assert closed.story_id == places[0].story_id
    assert (closed.published_at, closed.updated_at, closed.headline) == (NOW, at(5), places[0].headline)
    assert watch([view()], (closed,), undated=DATED, now=at(9)) == ()
    before, after = (build_health(SITE, each).entries[0] for each in (places, (closed,)))
    assert (before.id, before.title) == (after.id, after.title)
    assert "Over since 14 January 2026, 17:00 UTC." in after.content


def test_another_failure_is_another_incident() -> None:
    (first,) = opened()
    again = view(n_failures=3, last_success_at=at(30))
    changed = watch([again], (first,), undated=DATED, now=at(60))
    assert [each.story_id == first.story_id for each in changed] == [False, True]


def test_the_same_move_again_opens_the_same_incident() -> None:
    moved = view(moved_to="https://two.example/", n_moved=9)
    (first,) = watch([moved], (), undated=DATED, now=NOW)
    (closed,) = watch([view()], (first,), undated=DATED, now=at(1))
    (again,) = watch([moved], (closed,), undated=DATED, now=at(2))
    assert (again.story_id, again.revision) == (first.story_id, 3)
    assert "Over since" not in build_health(SITE, (again,)).entries[0].content


def test_a_source_that_is_subscribed_no_longer_closes_its_incidents() -> None:
    assert [each.revision for each in watch([], opened(), undated={}, now=at(1))] == [2]


def test_an_undated_source_stays_so_while_nothing_is_known() -> None:
    places = watch([view()], (), undated={URL: True}, now=NOW)
    assert watch([view()], places, undated={}, now=at(1)) == ()
    assert [each.revision for each in watch([view()], places, undated=DATED, now=at(1))] == [2]


def test_the_feed_is_sound() -> None:
    broken = SourceView(source=source("https://x.example/<f>"), state=state(is_gone=True, title="\x00<b>"))
    places = (*opened(), *watch([broken], (), undated={}, now=NOW))
    body = render_atom(build_health(SITE, places))
    assert_sound(tree(body))
    assert body == render_atom(build_health(SITE, places[::-1]))
    assert_sound(tree(render_atom(build_health(SITE, ()))))
