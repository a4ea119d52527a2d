"""The engine with a stepped clock, for tests of what hangs on an engine: no threads, no waiting."""

from datetime import datetime, timedelta

from aggregator.dataclass import dataclass
from aggregator.engine.base import Job, OnError


@dataclass(slots=True)
class _Planned:
    name: str
    interval: timedelta
    job: Job
    next_at: datetime


class FakeEngine:
    """An :class:`.base.Engine` whose time passes only between jobs.

    Attributes:
        now: The time that it is for the jobs; they take none themselves.
    """

    def __init__(self, on_error: OnError, *, now: datetime) -> None:
        self.now = now
        self._on_error = on_error
        self._planned: dict[str, _Planned] = {}
        self._woken: list[str] = []
        self._is_stopping = False
        self._error: Exception | None = None

    def every(self, name: str, interval: timedelta, job: Job) -> None:
        """See :meth:`.base.Engine.every`."""
        self._planned[name] = _Planned(name, interval, job, self.now)

    def wake(self, name: str) -> None:
        """See :meth:`.base.Engine.wake`."""
        if name not in self._planned:
            raise KeyError(name)
        if name not in self._woken:
            self._woken.append(name)

    def stop(self) -> None:
        """See :meth:`.base.Engine.stop`."""
        self._is_stopping = True

    @property
    def is_stopping(self) -> bool:
        """See :meth:`.base.Engine.is_stopping`."""
        return self._is_stopping

    def run(self) -> bool:
        """See :meth:`.base.Engine.run`. Does not end unless a job, or ``on_error``, stops it."""
        while not self._is_stopping:
            self.step()
        if self._error is not None:
            raise self._error
        return True

    def advance(self, length: timedelta) -> None:
        """Run what is woken and what falls due until ``length`` has passed."""
        end = self.now + length
        while not self._is_stopping and (self._woken or self._next().next_at <= end):
            self.step()
        self.now = end

    def step(self) -> None:
        """Run one job: the first that was woken, else the next that is due, moving the clock to it."""
        if self._woken:
            planned = self._planned[self._woken.pop(0)]
        else:
            planned = self._next()
            self.now = max(self.now, planned.next_at)
            planned.next_at = self.now + planned.interval
        try:
            planned.job()
        except Exception as error:  # whatever it is, on_error decides
            if not self._on_error(planned.name, error):
                self._error = error
                self.stop()

    def _next(self) -> _Planned:
        return min(self._planned.values(), key=lambda each: each.next_at)
