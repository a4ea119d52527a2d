"""The engine in one process, on APScheduler. The only module that names APScheduler.

Jobs run one after the other in one thread, so that poll, build and reload never overlap and the store has one caller.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from aggregator.engine.base import GRACE, Job, OnError

# How often the clock is compared with the monotonic one. A jump by more than JUMP runs every job and begins its
# interval anew: APScheduler waits for times of day, so that a clock set back by a day would silence it for a day.
CLOCK_CHECK = timedelta(seconds=30)
JUMP = timedelta(seconds=10)


class LocalEngine:
    """An :class:`.base.Engine` on APScheduler's background scheduler. Runs once; make a new one to run again."""

    def __init__(
        self,
        on_error: OnError,
        *,
        grace: timedelta = GRACE,
        clock_check: timedelta = CLOCK_CHECK,
        wall_clock: Callable[[], float] = time.time,
        monotonic_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make an engine without jobs.

        Args:
            on_error: Is told of a job that raised, in the job's thread; ``False`` stops the engine.
            grace: How long :meth:`run` waits for a running job after :meth:`stop`.
            clock_check: How often a jump of the wall clock is looked for.
            wall_clock: Seconds since the epoch.
            monotonic_clock: Seconds that nobody can set.
        """
        self._on_error = on_error
        self._grace = grace
        self._clock_check = clock_check
        self._wall_clock = wall_clock
        self._monotonic_clock = monotonic_clock
        self._jobs: dict[str, tuple[timedelta, Job]] = {}
        self._woken: set[str] = set()  # woken and not begun yet
        self._is_stopping = False
        self._error: Exception | None = None
        # Names to wake; None: stop. A signal handler may put into a SimpleQueue, while an Event may deadlock there.
        self._messages: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = _OneThread()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": _OneThreadExecutor(self._thread)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def every(self, name: str, interval: timedelta, job: Job) -> None:
        """See :meth:`.base.Engine.every`."""
        self._jobs[name] = (interval, job)

    def wake(self, name: str) -> None:
        """See :meth:`.base.Engine.wake`. May be called from where :meth:`stop` may."""
        if name not in self._jobs:
            raise KeyError(name)
        if name not in self._woken:
            self._woken.add(name)
            self._messages.put(name)

    def stop(self) -> None:
        """See :meth:`.base.Engine.stop`."""
        self._is_stopping = True
        self._messages.put(None)

    @property
    def is_stopping(self) -> bool:
        """See :meth:`.base.Engine.is_stopping`."""
        return self._is_stopping

    def run(self) -> bool:
        """See :meth:`.base.Engine.run`.

        A job that outlasts its grace stays behind in a thread that dies with the process. End the process then, and
        leave the store open: what the job did not finish is rolled back.
        """
        # A job that is longer than its interval is ordinary; APScheduler warns of it at every tick.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        begin = datetime.now(UTC)
        for order, (name, (interval, _)) in enumerate(self._jobs.items()):
            first = begin + timedelta(microseconds=order)  # jobs due at once run in the order of their times
            self._scheduler.add_job(self._run_job, _Ticks(interval), args=(name,), id=name, next_run_time=first)
        offset = self._clock_offset()
        self._scheduler.start()
        try:
            self._follow_messages(offset)
        finally:
            self._scheduler.shutdown(wait=False)
            is_done = self._thread.join(self._grace)
        if self._error is not None:
            raise self._error
        return is_done

    def _follow_messages(self, offset: float) -> None:
        while not self._is_stopping:
            try:
                name = self._messages.get(timeout=self._clock_check.total_seconds())
            except queue.Empty:
                name = None
            if name is not None:
                self._scheduler.add_job(self._run_job, args=(name,))  # without a trigger: now
            before, offset = offset, self._clock_offset()
            if abs(offset - before) > JUMP.total_seconds():
                for each in self._jobs:
                    self._scheduler.modify_job(each, next_run_time=datetime.now(UTC))

    def _clock_offset(self) -> float:
        return self._wall_clock() - self._monotonic_clock()

    def _run_job(self, name: str) -> None:
        if self._is_stopping:
            return
        self._woken.discard(name)
        try:
            self._jobs[name][1]()
        except Exception as error:  # whatever it is, on_error decides
            self._report(name, error)

    def _report(self, name: str, error: Exception) -> None:
        try:
            goes_on = self._on_error(name, error)
        except Exception as its_own:  # a report that fails must not go unnoticed
            error, goes_on = its_own, False
        if not goes_on:
            self._error = error
            self.stop()


class _Ticks(BaseTrigger):  # type: ignore[misc]  # APScheduler ships no types
    """Every interval; however many were missed, they are one.

    APScheduler's own interval trigger steps through all missed ticks. A small computer that boots in 1970 and then
    hears the time would count 29 million of them, in memory.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """Give the first tick after ``now`` on the grid that ``previous`` began; without a previous one, ``now``."""
        if previous is None:
            return now
        n_passed = max((now - previous) // self.interval, 0)
        return previous + (n_passed + 1) * self.interval


class _OneThread:
    """Runs calls in order in one thread. Unlike a pool of ``concurrent.futures`` it never keeps a process alive."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]] | None]
        self._calls = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)

    def submit(self, function: Callable[..., Any], *args: Any) -> "Future[Any]":
        if self._thread.ident is None:
            self._thread.start()
        future: Future[Any] = Future()
        self._calls.put((future, function, args))
        return future

    def join(self, timeout: timedelta) -> bool:
        """Wait for the calls so far. ``False``: they did not end in time."""
        self._calls.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout.total_seconds())
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            future, function, args = call
            try:
                future.set_result(function(*args))
            except BaseException as error:  # belongs to whoever asks the future
                future.set_exception(error)


class _OneThreadExecutor(BasePoolExecutor):  # type: ignore[misc]  # APScheduler ships no types
    """Hands APScheduler's jobs to one thread."""

    def __init__(self, thread: _OneThread) -> None:
        super().__init__(thread)

    def shutdown(self, wait: bool = True) -> None:
        """Leave the thread to the engine, which waits for it a limited time."""
