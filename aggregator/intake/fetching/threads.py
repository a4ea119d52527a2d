"""Fly many fetches at once with any :class:`.asking.Fetcher`, a thread each: where there is no epoll, and in tests."""

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from aggregator.intake.fetching.asking import Fetcher
from aggregator.model import FetchFailed, FetchResult, Source, SourceState

log = logging.getLogger(__name__)

MAX_THREADS = 64


class ThreadFlights:
    """See :class:`.asking.Flights`."""

    def __init__(self, fetcher: Fetcher, n_at_once: int) -> None:
        self._fetcher = fetcher
        self._n_at_once = min(n_at_once, MAX_THREADS)
        self._pool = ThreadPoolExecutor(self._n_at_once, thread_name_prefix="fetch")
        self._running: dict[Future[FetchResult], Source] = {}

    def room(self) -> int:
        """See :class:`.asking.Flights`."""
        return self._n_at_once - len(self._running)

    def n_flying(self) -> int:
        """See :class:`.asking.Flights`."""
        return len(self._running)

    def begin(self, source: Source, state: SourceState) -> None:
        """See :class:`.asking.Flights`."""
        self._running[self._pool.submit(self._fetcher.fetch, source, state)] = source

    def landed(self) -> list[tuple[Source, FetchResult]]:
        """See :class:`.asking.Flights`."""
        if not self._running:
            return []
        done, _ = wait(self._running, return_when=FIRST_COMPLETED)
        found = [(self._running.pop(future), future) for future in done]
        return [(source, _result_of(future, source)) for source, future in sorted(found, key=lambda each: each[0].url)]

    def withdraw(self, urls: frozenset[str]) -> list[str]:
        """See :class:`.asking.Flights`."""
        taken = [future for future, source in self._running.items() if source.url in urls and future.cancel()]
        return [self._running.pop(future).url for future in taken]

    def close(self) -> None:
        """See :class:`.asking.Flights`."""
        self._pool.shutdown(cancel_futures=True)


def _result_of(future: Future[FetchResult], source: Source) -> FetchResult:
    """Return what the fetch gave; a bug in it harms this source only."""
    try:
        return future.result()
    except Exception as error:  # a fault that one source can provoke must not stop the others
        log.exception("fetch of %s failed in an unforeseen way", source.url)
        return FetchFailed(reason=f"internal error while fetching: {type(error).__name__}")
