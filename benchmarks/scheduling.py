"""How long it takes to choose the sources that are due: ``python -m benchmarks.scheduling N``. Prints a line of JSON.

N sources stand in a database of their own, each polled before, their next polls spread over a day. Measured is what
each tick of the daemon asks the store, in one process: to keep the list of sources, and to claim some of those that are
due, with their states. CPU ms, median; no source is fetched.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from aggregator.model import PollRecord, SourceState
from aggregator.pipeline.polling import CLAIMS, LEASE
from aggregator.store.base import Completion
from aggregator.store.sqlite import SqliteStore

N_SOURCES = 50_000
BEGIN = datetime(2026, 1, 14, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BATCH = 2_000  # sources that one transaction saves
N_RUNS = 9


def measure(n_sources: int) -> dict[str, float]:
    """Return CPU ms by what was asked of the store."""
    urls = [f"https://host-{n:05}.example/feed.xml" for n in range(n_sources)]
    with tempfile.TemporaryDirectory() as name:
        store = SqliteStore.open(Path(name) / "aggregator.sqlite", now=BEGIN)
        try:
            store.sync_sources(urls)
            _poll_all(store, n_sources)
            claims = _Claims(store)
            return {
                "list as it was": _ms(lambda: store.sync_sources(urls)),
                "none due": _ms(lambda: claims.take(BEGIN, 0)),
                "one due": _ms(lambda: claims.take(BEGIN + DAY / n_sources, 1)),
                f"{CLAIMS} of those due": _ms(lambda: claims.take(BEGIN + DAY / 2, CLAIMS)),
                f"{CLAIMS}, all due": _ms(lambda: claims.take(BEGIN + DAY, CLAIMS)),
            }
        finally:
            store.close()


class _Claims:
    """Claims sources, and gives them back outside what is measured."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def take(self, now: datetime, n_expected: int) -> Callable[[], None]:
        claims = self._store.claim_due(now=now, limit=CLAIMS, lease=LEASE, worker="w")
        assert len(claims) == n_expected, len(claims)
        return lambda: self._release(n_expected)

    def _release(self, n_expected: int) -> None:
        n_released = self._store.release_claims("w")
        assert n_released == n_expected, n_released


def _poll_all(store: SqliteStore, n_sources: int) -> None:
    """Note a first poll of each; the next is due evenly over the day that follows ``BEGIN``."""
    polled_at = BEGIN - timedelta(hours=1)
    n = 0
    while claims := store.claim_due(now=polled_at, limit=BATCH, lease=LEASE, worker="w"):
        done = []
        for claim in claims:
            n += 1
            url = claim.state.url
            state = SourceState(
                url=url,
                etag=f'"{n:032x}"',
                title=f"Source {n}",
                wire_hash=f"{n:064x}",
                n_polls=1,
                first_polled_at=polled_at,
                last_polled_at=polled_at,
                last_success_at=polled_at,
                next_poll_at=BEGIN + DAY * n / n_sources,
                rhythm=timedelta(hours=3),
                reason="rhythm",
            )
            record = PollRecord(source_url=url, polled_at=polled_at, outcome="not modified")
            done.append(Completion(claim=claim, state=state, changes=(), record=record))
        store.complete_many(done)
    assert n == n_sources, n


def _ms(run: Callable[[], Callable[[], None] | None]) -> float:
    seconds = []
    for _ in range(N_RUNS):
        start = time.process_time()
        undo = run()
        seconds.append(time.process_time() - start)
        if undo is not None:
            undo()
    return 1000 * median(seconds)


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else N_SOURCES)))
