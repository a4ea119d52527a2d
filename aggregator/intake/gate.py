"""Own how many fetches one host sees at a time, and how close together."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

AT_ONCE = 2  # Source: openrss.org/blog/how-rss-readers-should-fetch-feeds
SPACING = timedelta(milliseconds=200)
MANY = 1_000  # hosts after which those are forgotten that nobody waits for


class HostGate:
    """Lets at most ``at_once`` fetches of one host begin, ``spacing`` apart. Shared by the threads of one fetcher."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        spacing: timedelta = SPACING,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._at_once = at_once
        self._spacing = spacing.total_seconds()
        self._clock = clock
        self._sleep = sleep
        self._changed = threading.Condition()
        self._n_active: Counter[str] = Counter()
        self._next_start: dict[str, float] = {}

    @contextmanager
    def passing(self, host: str) -> Iterator[None]:
        """Wait until a fetch of ``host`` may begin; the place is given back at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._n_active[host] < self._at_once)
            self._n_active[host] += 1
            now = self._clock()
            start = max(now, self._next_start.get(host, now))
            self._next_start[host] = start + self._spacing
        try:
            if start > now:
                self._sleep(start - now)
            yield
        finally:
            with self._changed:
                self._n_active[host] -= 1
                if len(self._next_start) > MANY:
                    self._forget()
                self._changed.notify_all()

    def _forget(self) -> None:
        now = self._clock()
        for host in [host for host, start in self._next_start.items() if start <= now and not self._n_active[host]]:
            del self._next_start[host]
            del self._n_active[host]
