"""Who runs a step and when: what an engine promises. It knows nothing of what a step does.

Two implementations: :class:`.local.LocalEngine` on APScheduler, and :class:`.fake.FakeEngine` with a stepped clock.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

# run() must end within 5 s of stop(); a job that asks is_stopping ends long before.
GRACE = timedelta(seconds=4)

Job = Callable[[], None]

# Is told of a job that raised, by its name. Gives back whether the engine goes on.
OnError = Callable[[str, Exception], bool]


class Engine(Protocol):
    """Runs named jobs at their intervals, one at a time, until it is stopped."""

    def every(self, name: str, interval: timedelta, job: Job) -> None:
        """Run ``job`` at the start of :meth:`run` and then every ``interval``, in the order in which jobs were named.

        Ticks that were missed (a long job, a sleeping machine, a jump of the clock) become one. A job that raises runs
        again at its next tick, if the engine's ``on_error`` says so.
        """

    def wake(self, name: str) -> None:
        """Run a job once, as soon as no other runs. Several wakes before it begins are one; one while it runs counts.

        May be called from where :meth:`stop` may.
        """

    def run(self) -> bool:
        """Run until :meth:`stop`. Gives ``False`` if a job was still running when its time to end was over.

        Raises:
            Exception: What a job raised, if ``on_error`` said to stop.
        """

    def stop(self) -> None:
        """Let :meth:`run` end. May be called from a job, another thread or a signal handler."""

    @property
    def is_stopping(self) -> bool:
        """Whether a long job should end early: it may ask at every step."""
