"""What a hub's pushing means for polling: polls wait while it keeps its word, and always come."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.hubs import pushed
from aggregator.model import Subscription
from tests.builders import NOW, at, state, subscription

DAY = timedelta(hours=24)


def fresh(**fields: object) -> Subscription:
    return subscription(**{"verified_at": at(-50), "lease_until": at(100), "pushed_at": NOW, **fields})


@pytest.mark.parametrize(
    ("fields", "rhythm", "hours"),
    [
        ({}, 3, 24),
        ({}, 1, 8),
        ({}, 0.01, 1),
        ({}, None, 6),
        ({"lease_until": at(5)}, 3, 5),
        ({"pushed_at": at(-20)}, 3, 4),
        ({"pushed_at": at(-24)}, 3, 0.5),
        ({"pushed_at": None}, 3, 0.5),
        ({"lease_until": at(-1)}, 3, 0.5),
        ({"lease_until": None}, 3, 0.5),
        ({"is_leaving": True}, 3, 0.5),
        ({"missed_at": at(-10)}, 3, 0.5),
        ({"missed_at": at(-48)}, 3, 24),
    ],
)
def test_when_the_next_poll_is(fields: dict[str, object], rhythm: float | None, hours: float) -> None:
    before = state(
        next_poll_at=at(0.5), rhythm=None if rhythm is None else timedelta(hours=rhythm), reason="own rhythm"
    )
    after = pushed.stretched(fresh(**fields), before, max_interval=DAY, now=NOW)
    assert after.next_poll_at == at(hours)
    assert after.reason == (pushed.PUSHED if hours != 0.5 else "own rhythm")


@pytest.mark.parametrize("trouble", [{"n_failures": 1}, {"is_gone": True}, {"next_poll_at": None}])
def test_a_source_in_trouble_keeps_its_times(trouble: dict[str, object]) -> None:
    before = state(**{"next_poll_at": at(2), **trouble})
    assert pushed.stretched(fresh(), before, max_interval=DAY, now=NOW) == before
    assert pushed.asked_soon(before, now=NOW) == before or not trouble.keys() & {"n_failures", "next_poll_at"}


@given(
    lease=st.none() | st.integers(-50, 500),
    last=st.none() | st.integers(-500, 0),
    missed=st.none() | st.integers(-500, 0),
    rhythm=st.none() | st.integers(1, 500),
    due=st.integers(0, 50),
)
def test_a_poll_never_comes_sooner_and_always_within_the_longest_interval(
    lease: int | None, last: int | None, missed: int | None, rhythm: int | None, due: int
) -> None:
    before = state(next_poll_at=at(due), rhythm=None if rhythm is None else timedelta(hours=rhythm))
    each = fresh(
        lease_until=None if lease is None else at(lease),
        pushed_at=None if last is None else at(last),
        missed_at=None if missed is None else at(missed),
    )
    after = pushed.stretched(each, before, max_interval=DAY, now=NOW).next_poll_at
    assert after is not None
    assert at(due) <= after <= max(at(due), at(24))


def test_news_that_was_not_pushed_is_noticed() -> None:
    each = fresh(begun_at=at(-5))
    assert pushed.after_poll(each, [], now=NOW) == each
    assert pushed.after_poll(each, [at(-6)], now=NOW) == each, "older than the subscription"
    assert pushed.after_poll(each, [at(-6), at(-4)], now=NOW).missed_at == NOW
    lapsed = fresh(begun_at=at(-5), lease_until=at(-1))
    assert pushed.after_poll(lapsed, [at(-1)], now=NOW) == lapsed


@pytest.mark.parametrize(
    ("polled", "due", "hours"), [(-1, 1, 0), (-0.05, 1, 1 / 12 - 0.05), (-1, -1, -1), (-0.01, 0.05, 0.05)]
)
def test_a_hub_that_only_rings_lets_the_source_be_asked_soon_but_never_often(
    polled: float, due: float, hours: float
) -> None:
    after = pushed.asked_soon(state(last_polled_at=at(polled), next_poll_at=at(due)), now=NOW)
    assert after.next_poll_at is not None
    assert abs(after.next_poll_at - at(hours)) < timedelta(seconds=1)


def test_what_a_server_asked_for_is_obeyed_even_when_its_hub_rings() -> None:
    held = state(last_polled_at=at(-1), next_poll_at=at(3), reason="Retry-After")
    assert pushed.asked_soon(held, now=NOW) == held


def test_a_push_moves_nothing_but_what_is_known_of_articles() -> None:
    before = state(etag='"x"', body_hash="abc", last_polled_at=at(-3), next_poll_at=at(1), n_articles=2, n_polls=7)
    after = pushed.after_push(before, published=[at(-3), at(-2), at(-1)], now=NOW)
    assert (after.n_articles, after.newest_at) == (3, at(-1))
    assert (after.etag, after.body_hash, after.last_polled_at, after.next_poll_at, after.n_polls) == (
        '"x"', "abc", at(-3), at(1), 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "pushed by hub.example, lease until 2026-01-18 16:00 UTC"),
        (
            {"pushed_at": None},
            "subscribed at hub.example, lease until 2026-01-18 16:00 UTC; polled as before: nothing was pushed yet",
        ),
        (
            {"pushed_at": at(-99)},
            (
                "subscribed at hub.example, lease until 2026-01-18 16:00 UTC; "
                "polled as before: nothing was pushed for longer than usual"
            ),
        ),
        ({"lease_until": None}, "hub.example was asked to push and has not confirmed yet"),
        ({"lease_until": at(-1), "error": "it answered 503"}, "not pushed by hub.example: it answered 503"),
        ({"is_leaving": True}, "asked hub.example to push no more"),
    ],
)
def test_words(fields: dict[str, object], words: str) -> None:
    assert pushed.in_words(fresh(**fields), state(), now=NOW) == words
