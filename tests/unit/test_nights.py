"""Nights in which the clocks of people change, and ticks that are missed: nothing twice, nothing forgotten."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from aggregator.engine.local import _Ticks
from aggregator.model import Fetched
from aggregator.pipeline import poll
from aggregator.store.memory import MemoryStore
from tests.builders import source
from tests.fakes import ScriptedFetcher

SPRING = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)  # in Berlin 02:00 becomes 03:00 at 01:00 UTC
AUTUMN = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # and 03:00 becomes 02:00
BODY = b"<rss version='2.0'><channel><title>One</title></channel></rss>"
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture(params=["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
def local_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.parametrize("evening", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_every_interval_of_the_night_has_its_poll_and_no_second_one(local_time: str, evening: datetime) -> None:
    one = source(min_interval=HALF_HOUR, max_interval=HALF_HOUR)
    fetcher = ScriptedFetcher({one.url: Fetched(url=one.url, body=BODY, etag='"a"')})
    store = MemoryStore()
    asked_at = []
    for n in range(8 * 60):  # a daemon looks every minute
        now = evening + timedelta(minutes=n)
        if poll(store, fetcher, [one], clock=lambda now=now: now, worker="w").n_polled:  # type: ignore[misc]
            asked_at.append(now)
    gaps = [later - earlier for earlier, later in pairwise(asked_at)]
    assert len(asked_at) >= 14
    assert min(gaps) >= HALF_HOUR * (1 - 0.2), "nothing twice"
    assert max(gaps) <= HALF_HOUR * (1 + 0.2) + timedelta(minutes=1), "nothing forgotten"


@pytest.mark.parametrize("evening", [SPRING, AUTUMN], ids=["spring", "autumn"])
def test_the_engine_ticks_through_the_night(local_time: str, evening: datetime) -> None:
    ticks, before = _Ticks(HALF_HOUR), None
    at = evening
    fired = []
    for _ in range(12):
        at = ticks.get_next_fire_time(before, at)
        fired.append(at)
        before = at
    assert [later - earlier for earlier, later in pairwise(fired)] == [HALF_HOUR] * 11


def test_a_computer_that_slept_asks_each_source_once_when_it_wakes() -> None:
    sources = [source(f"https://s{n}.example/feed") for n in range(5)]
    fetcher = ScriptedFetcher({each.url: Fetched(url=each.url, body=BODY) for each in sources})
    store = MemoryStore()
    poll(store, fetcher, sources, clock=lambda: SPRING, worker="w")
    awake = SPRING + timedelta(days=10)
    assert poll(store, fetcher, sources, clock=lambda: awake, worker="w").n_polled == 5
    assert poll(store, fetcher, sources, clock=lambda: awake + timedelta(minutes=1), worker="w").n_polled == 0
