"""Own how many fetches one host sees at a time, and how close together."""

import threading
import time
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
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._n_active: dict[str, int] = {}
        self._n_sleepers = 0
        self._next_start: dict[str, float] = {}
        self._many = MANY

    @contextmanager
    def passing(self, host: str) -> Iterator[None]:
        """Wait until a fetch of ``host`` may begin; the place is given back at the end."""
        with self._changed:
            self._n_sleepers += 1
            self._changed.wait_for(lambda: self._n_active.get(host, 0) < self._at_once)
            self._n_sleepers -= 1
            start = self._take(host)
        try:
            wait = start - self._clock()
            if wait > 0:
                self._sleep(wait)
            yield
        finally:
            self.leave(host)

    def enter(self, host: str) -> float | None:
        """Take a place without waiting.

        Returns:
            The value of the clock from which the fetch may begin; ``None``: no place is free. Each place that was taken
            is given back by :meth:`leave`.
        """
        with self._lock:
            return self._take(host) if self._n_active.get(host, 0) < self._at_once else None

    def leave(self, host: str) -> None:
        """Give a place back."""
        with self._lock:
            self._n_active[host] -= 1
            if len(self._next_start) > self._many:
                self._forget()
            if self._n_sleepers:
                self._changed.notify_all()

    def _take(self, host: str) -> float:
        self._n_active[host] = self._n_active.get(host, 0) + 1
        now = self._clock()
        start = max(now, self._next_start.get(host, now))
        self._next_start[host] = start + self._spacing
        return start

    def _forget(self) -> None:
        now = self._clock()
        for host in [host for host, start in self._next_start.items() if start <= now and not self._n_active[host]]:
            del self._next_start[host]
            del self._n_active[host]
        self._many = max(MANY, 2 * len(self._next_start))  # so that looking for them stays rare
