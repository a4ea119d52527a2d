"""Working stand-ins for what reaches outside: each keeps its protocol's promises without a network."""

import threading
from collections.abc import Mapping, Sequence

from aggregator.model import FetchFailed, FetchResult, Source, SourceState


class ScriptedFetcher:
    """A ``Fetcher`` that answers each source with its own list of results, the last one again and again.

    ``asked`` holds (address, state) of each call, in order.
    """

    def __init__(self, script: Mapping[str, Sequence[FetchResult] | FetchResult] | None = None) -> None:
        self._script: dict[str, list[FetchResult]] = {}
        self._lock = threading.Lock()
        self.asked: list[tuple[str, SourceState]] = []
        for url, results in (script or {}).items():
            self.answer(url, *(results if isinstance(results, Sequence) else (results,)))

    def answer(self, url: str, *results: FetchResult) -> None:
        """From now on answer a source with these."""
        self._script[url] = list(results)

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        with self._lock:
            self.asked.append((source.url, state))
            results = self._script.get(source.url)
            if not results:
                return FetchFailed(reason=f"name not found: {source.url}")
            return results.pop(0) if len(results) > 1 else results[0]
