"""What a poll costs, counted in calls of functions and in statements: the same on every machine, however busy it is.

Only what one more source costs is counted, not the start. A count that grows past its bound is a mistake, or has a
reason, which then is written beside the new bound. Bounds stand a fifth above what was counted with Python 3.11; later
versions make fewer calls.
"""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from aggregator import pipeline
from aggregator.model import Fetched, FetchResult, NotModified, Source, SourceState
from aggregator.store.sqlite import SqliteStore
from benchmarks.made import BEGIN_AT, N_ARTICLES, feed_of
from tests.builders import NOW, source

FEW, MANY = 20, 60  # sources; what a source costs is the difference by 40

# Calls a source: all that happens between the claim and the saved state, without the network.
BOUNDS = {"cold": 28_500, "not modified": 140, "same bytes": 160, "only its time": 670, "two new": 4_200}


def url_of(n: int) -> str:
    return f"https://feed{n}.example/feed.xml"


class Made:
    """A fetcher that answers with made feeds."""

    def __init__(self, answer: Callable[[int, str], FetchResult]) -> None:
        self.answer = answer

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        return self.answer(int(source.name), source.url)

    def flights(self, n_at_once: int) -> "MadeFlights":
        return MadeFlights(self)


class MadeFlights:
    """Lands at once, in the order of the begins, without a thread."""

    def __init__(self, fetcher: Made) -> None:
        self.fetcher = fetcher
        self.flying: list[tuple[Source, FetchResult]] = []

    def room(self) -> int:
        return 256 - len(self.flying)

    def n_flying(self) -> int:
        return len(self.flying)

    def begin(self, source: Source, state: SourceState) -> None:
        self.flying.append((source, self.fetcher.fetch(source, state)))

    def landed(self) -> list[tuple[Source, FetchResult]]:
        landed, self.flying = self.flying, []
        return landed

    def withdraw(self, urls: frozenset[str]) -> list[str]:
        return []

    def close(self) -> None:
        pass


def same_time(now: datetime) -> datetime:
    return now


def body_of(newest: int, built: datetime) -> Callable[[int, str], FetchResult]:
    return lambda n, url: Fetched(
        url=url, body=feed_of(n, newest, built=built, place=f"feed{n}.example"), content_type="application/xml"
    )


SCENARIOS: tuple[tuple[str, Callable[[int, str], FetchResult]], ...] = (
    ("cold", body_of(100, BEGIN_AT)),
    ("not modified", lambda n, url: NotModified(url=url)),
    ("same bytes", body_of(100, BEGIN_AT)),
    ("only its time", body_of(100, BEGIN_AT + timedelta(days=1))),
    ("two new", body_of(102, BEGIN_AT + timedelta(days=2))),
)


def calls_of(run: Callable[[], object]) -> int:
    n_calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal n_calls
        n_calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return n_calls


def polls(folder: Path, n_sources: int, first: int) -> tuple[dict[str, int], dict[str, int]]:
    """Play all scenarios with so many sources; give the calls and the statements of each."""
    calls: dict[str, int] = {}
    statements: dict[str, int] = {}
    sources = [source(url_of(n), name=str(n)) for n in range(first, first + n_sources)]
    store = SqliteStore.open(folder / f"{first}.sqlite", now=NOW)
    try:
        for hours, (name, answer) in enumerate(SCENARIOS):
            seen: list[str] = []
            store._database.conn.set_trace_callback(seen.append)
            clock = partial(same_time, NOW + timedelta(hours=3 * hours))
            answers = {each.url: answer(int(each.name), each.url) for each in sources}
            fetcher = Made(lambda n, url, answers=answers: answers[url])
            poll = partial(pipeline.poll, store, fetcher, sources, clock=clock, worker="w", force=True)
            calls[name] = calls_of(poll)
            store._database.conn.set_trace_callback(None)
            statements[name] = len(seen)
    finally:
        store.close()
    return calls, statements


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, float], dict[str, float]]:
    folder = tmp_path_factory.mktemp("counts")
    polls(folder, FEW, 1_000)  # what is imported and compiled once
    few, many = polls(folder, FEW, 2_000), polls(folder, MANY, 3_000)
    calls, statements = (
        {name: (after[name] - before[name]) / (MANY - FEW) for name in after}
        for before, after in zip(few, many, strict=True)
    )
    return calls, statements


@pytest.mark.parametrize("name", list(BOUNDS))
def test_a_source_costs_no_more_calls_than_it_did(costs: tuple[dict[str, float], dict[str, float]], name: str) -> None:
    assert costs[0][name] <= BOUNDS[name]


def test_sources_share_their_transactions(costs: tuple[dict[str, float], dict[str, float]]) -> None:
    """A state, a line of history and its day, and the claim: nothing else is said for a source without news."""
    _, statements = costs
    for name in ("not modified", "same bytes", "only its time"):
        assert statements[name] <= 6
    assert statements["cold"] <= 6 + 4 * N_ARTICLES


def test_a_poll_without_news_does_not_load_what_it_does_not_need() -> None:
    """Each of these takes 2 to 60 ms to load, where 1,000 sources without news take 200."""
    needless = [
        "dataclasses", "email", "hashlib", "html", "inspect", "requests", "shutil", "socket", "sqlite_utils", "ssl",
        "tomllib", "aggregator.markup.cleaning", "aggregator.pipeline.reading", "aggregator.text",
    ]  # fmt: skip
    code = "import sys, aggregator.cli, aggregator.commands.running; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert sorted({*needless} & {*loaded}) == []
