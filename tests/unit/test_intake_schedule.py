from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.schedule import (
    DAY,
    SOONEST,
    START,
    WEEK,
    address_of,
    after_poll,
    backs_off_domain,
    hash_body,
    is_held,
    rhythm_of,
)
from aggregator.model import Fetched, FetchFailed, FetchResult, NotAFeed, NotModified, ParsedFeed, SourceState
from tests.builders import NOW, at, parsed_article, parsed_feed, source, state

URL = "https://one.example/feed.xml"
OK = Fetched(url=URL, body=b"<rss/>", etag='"v1"', last_modified="yesterday", seconds=0.5)
FEED = parsed_feed(parsed_article())
OLD = state(first_polled_at=at(-100), etag='"v0"')


def poll(
    before: SourceState = OLD,
    result: FetchResult = OK,
    parsed: ParsedFeed | NotAFeed | None = FEED,
    published: tuple[datetime, ...] = (),
    **fields: object,
) -> SourceState:
    given_parsed = parsed if isinstance(result, Fetched) else None
    return after_poll(
        source=source(**fields), state=before, result=result, parsed=given_parsed, published=published, now=NOW
    )


def wait(after: SourceState) -> timedelta:
    assert after.next_poll_at is not None
    return after.next_poll_at - NOW


def about(length: timedelta, after: SourceState) -> bool:
    return length * 0.9 <= wait(after) <= length


def test_a_first_poll_fills_the_state() -> None:
    feed = parsed_feed(parsed_article(), title="One", site_url="https://one.example/", lang="en", warnings=("odd",))
    after = poll(state(), parsed=feed, published=(at(-3), at(-1)))
    assert (after.etag, after.last_modified, after.body_hash) == ('"v1"', "yesterday", hash_body(b"<rss/>"))
    assert (after.title, after.site_url, after.lang, after.warning) == ("One", "https://one.example/", "en", "odd")
    assert (after.n_polls, after.n_articles, after.seconds, after.newest_at) == (1, 2, 0.5, at(-1))
    assert after.first_polled_at == after.last_polled_at == after.last_success_at == after.last_unconditional_at == NOW
    assert about(START, after)


def test_not_modified_keeps_everything() -> None:
    before = poll(state(), parsed=parsed_feed(parsed_article(), ttl=timedelta(hours=3)))
    after = poll(before, NotModified(url=URL, seconds=0.1))
    for name in ("etag", "last_modified", "body_hash", "title", "ttl", "last_unconditional_at", "newest_at"):
        assert getattr(after, name) == getattr(before, name)
    assert after.reason == "ttl"


def test_a_304_may_bring_a_new_validator() -> None:
    after = poll(result=NotModified(url=URL, etag='"v2"', max_age=timedelta(hours=5)))
    assert after.etag == '"v2"'
    assert (wait(after), after.reason) == (timedelta(hours=5), "max-age")


@pytest.mark.parametrize(
    ("max_age", "ttl", "expected", "reason"),
    [
        (timedelta(hours=3), None, timedelta(hours=3), "max-age"),
        (timedelta(hours=3), timedelta(hours=4), timedelta(hours=4), "ttl"),
        (timedelta(days=300), None, DAY, "max-age"),
    ],
)
def test_a_claim_to_be_fresh_is_believed(
    max_age: timedelta | None, ttl: timedelta | None, expected: timedelta, reason: str
) -> None:
    after = poll(result=Fetched(url=URL, body=b"x", etag='"1"', max_age=max_age), parsed=parsed_feed(ttl=ttl))
    assert (wait(after), after.reason) == (expected, reason)


BUSY = tuple(at(-i / 30) for i in range(30))  # every two minutes


def test_a_busy_source_is_asked_at_the_least_interval() -> None:
    assert about(timedelta(minutes=30), poll(published=BUSY))
    assert about(timedelta(minutes=10), poll(published=BUSY, min_interval=timedelta(minutes=10)))


def test_a_busy_source_that_allows_more_is_asked_sooner_but_not_too_soon() -> None:
    minute = Fetched(url=URL, body=b"x", etag='"1"', max_age=timedelta(minutes=1))
    assert about(SOONEST, poll(result=minute, published=BUSY))
    ten = Fetched(url=URL, body=b"x", etag='"1"', max_age=timedelta(minutes=10))
    assert wait(poll(result=ten, published=BUSY)) >= timedelta(minutes=9)


def test_a_slow_source_that_allows_more_is_not_asked_sooner() -> None:
    daily = tuple(at(-24 * i) for i in range(1, 10))
    minute = Fetched(url=URL, body=b"x", etag='"1"', max_age=timedelta(minutes=1))
    assert wait(poll(result=minute, published=daily)) > timedelta(hours=5)


def test_a_source_without_validators_is_asked_hourly_at_most() -> None:
    assert about(START, poll(result=Fetched(url=URL, body=b"x"), published=BUSY))


def test_own_rhythm_waits_for_a_day_of_learning() -> None:
    daily = tuple(at(-24 * i) for i in range(1, 10))
    assert about(START, poll(state(), published=daily))
    assert about(timedelta(hours=6), poll(published=daily))


def test_a_burst_or_a_long_silence_never_postpones_for_days() -> None:
    burst = tuple(at(-0.01 * i) for i in range(1, 40))
    assert wait(poll(published=burst)) <= START
    silent = tuple(at(-24 * 400 - i) for i in range(1, 40))
    assert wait(poll(published=silent)) <= DAY
    after_silence = (at(-0.1), *(at(-24 * 90 - i) for i in range(1, 40)))
    assert wait(poll(published=after_silence)) <= timedelta(hours=2)


@given(st.lists(st.floats(0, 24 * 400), max_size=60), st.integers(0, 3_000_000))
def test_a_source_is_always_asked_again_within_a_day(hours: list[float], seconds: int) -> None:
    result = Fetched(url=URL, body=b"x", max_age=timedelta(seconds=seconds))
    after = poll(result=result, published=tuple(at(-each) for each in hours))
    assert SOONEST * 0.9 <= wait(after) <= DAY


def test_rhythm_needs_articles() -> None:
    assert rhythm_of([at(-1), at(-2), at(-2), at(5)], NOW) is None
    assert rhythm_of([at(-i) for i in range(1, 9)], NOW) == timedelta(hours=1)


def test_skipped_hours_and_days() -> None:
    hours = parsed_feed(skip_hours=tuple(range(12, 18)))  # NOW is Wednesday, 12:00
    assert poll(parsed=hours).next_poll_at == datetime(2026, 1, 14, 18, tzinfo=UTC)
    days = parsed_feed(skip_days=(2, 3))
    after = poll(parsed=days)
    assert (after.next_poll_at, after.reason) == (datetime(2026, 1, 16, tzinfo=UTC), "skipHours or skipDays")


def test_a_feed_that_rules_out_every_hour_is_asked_daily() -> None:
    assert wait(poll(parsed=parsed_feed(skip_hours=tuple(range(24))))) == DAY


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (timedelta(hours=2), timedelta(hours=2)),
        (timedelta(seconds=1), timedelta(minutes=30)),
        (timedelta(days=6), timedelta(days=6)),
        (timedelta(days=7), WEEK),
    ],
)
def test_retry_after(retry_after: timedelta, expected: timedelta) -> None:
    failed = FetchFailed(reason="the server answered 429 Too Many Requests", status=429, retry_after=retry_after)
    after = poll(result=failed)
    assert (wait(after), after.reason, after.n_failures) == (expected, "Retry-After", 1)
    assert after.etag == OLD.etag


def test_retry_after_is_never_for_ever() -> None:
    after = poll(result=FetchFailed(reason="503", status=503, retry_after=timedelta(days=99)))
    assert wait(after) == WEEK
    assert after.reason == "Retry-After, of which a week is waited at most"
    assert is_held(after, now=NOW)
    assert not is_held(after, now=NOW + WEEK)


def test_gone_is_one_look_a_day_and_can_come_back() -> None:
    after = poll(result=FetchFailed(reason="the server answered 410 Gone", status=410, is_gone=True))
    assert (wait(after), after.is_gone) == (DAY, True)
    again = poll(after)
    assert (again.is_gone, again.n_failures, again.error) == (False, 0, "")


def test_failures_back_off_to_a_day_and_no_further() -> None:
    current, waits = OLD, []
    for _ in range(40):
        current = poll(current, FetchFailed(reason="the server answered 500 Internal Server Error", status=500))
        waits.append(wait(current))
    assert waits[0] >= timedelta(hours=1.8)
    assert all(a < b for a, b in pairwise(waits[:4]))
    assert max(waits) <= DAY
    assert min(waits[10:]) > timedelta(hours=20)
    assert current.reason == "back-off after 40 failures"
    assert (
        poll(OLD, FetchFailed(reason="no", status=0)).next_poll_at
        < poll(OLD, FetchFailed(reason="no", status=500)).next_poll_at
    )  # type: ignore[operator]  # both are set


def test_what_is_no_feed_is_a_failure_that_forgets_nothing() -> None:
    after = poll(parsed=NotAFeed(reason="an HTML page, not a feed"))
    assert (after.error, after.n_failures) == ("an HTML page, not a feed", 1)
    assert (after.etag, after.body_hash) == (OLD.etag, OLD.body_hash)
    after = poll(parsed=NotAFeed(reason="an HTML page, not a feed", feed_urls=(f"{URL}/feed", f"{URL}/rss")))
    assert after.error == f"an HTML page, not a feed; it points at {URL}/feed"


def test_a_move_is_followed_from_the_second_sighting_on() -> None:
    moved = Fetched(url="https://two.example/f", body=b"x", moved_to="https://two.example/f")
    once = poll(result=moved)
    assert (once.n_moved, address_of(once, source())) == (1, URL)
    twice = poll(once, moved)
    assert (twice.n_moved, address_of(twice, source())) == (2, "https://two.example/f")
    direct = poll(twice, NotModified(url="https://two.example/f"))
    assert address_of(direct, source()) == "https://two.example/f"


def test_a_move_is_confirmed_as_soon_as_may_be() -> None:
    moved = Fetched(url="https://two.example/f", body=b"x", etag='"1"', moved_to="https://two.example/f")
    once = poll(result=moved)
    assert (once.validators_url, once.reason) == ("https://two.example/f", "a move that must be seen once more")
    assert once.next_poll_at is not None
    assert once.next_poll_at <= NOW + source().min_interval
    assert poll(once, moved).reason != once.reason


def test_a_move_that_is_taken_back_is_forgotten() -> None:
    once = poll(result=Fetched(url="https://two.example/f", body=b"x", moved_to="https://two.example/f"))
    assert poll(once).n_moved == 0


def test_a_moved_address_that_fails_leads_back_to_the_configured_one() -> None:
    moved = state(moved_to="https://two.example/f", n_moved=2, n_failures=3)
    assert address_of(moved, source()) == URL
    assert poll(moved).moved_to == ""


def test_domain_back_off() -> None:
    hour = timedelta(hours=1)
    assert backs_off_domain(FetchFailed(reason="", status=503, retry_after=hour)) == hour
    assert backs_off_domain(FetchFailed(reason="", status=429, retry_after=timedelta(days=3))) == timedelta(days=3)
    assert backs_off_domain(FetchFailed(reason="", status=429, retry_after=timedelta(days=9))) == WEEK
    assert backs_off_domain(FetchFailed(reason="", status=500, retry_after=hour)) is None
    assert backs_off_domain(FetchFailed(reason="", status=429)) is None
    assert backs_off_domain(OK) is None


def test_what_a_server_asked_for_holds_against_a_forced_poll_and_what_we_decided_does_not() -> None:
    asked = poll(result=FetchFailed(reason="429", status=429, retry_after=timedelta(hours=5)))
    gone = poll(result=FetchFailed(reason="410", status=410, is_gone=True))
    failing = poll(result=FetchFailed(reason="500", status=500))
    assert [is_held(each, now=NOW + timedelta(hours=1)) for each in (asked, gone, failing, poll())] == [
        True,
        True,
        False,
        False,
    ]
    assert not is_held(asked, now=NOW + timedelta(hours=5))
    assert not is_held(state(), now=NOW), "never polled"
    assert not is_held(asked, now=NOW - timedelta(days=8)), (
        "the clock was wrong then: nobody may ask for more than a week"
    )
    assert not is_held(gone, now=NOW - timedelta(days=3)), "the same of one that is gone"


def test_what_a_server_asked_of_its_whole_domain_holds_against_a_forced_poll_too() -> None:
    sibling = state(next_poll_at=NOW + timedelta(days=2), reason="Retry-After of one.example")
    assert is_held(sibling, now=NOW)
