"""Run what blocks (a look-up of a name, a fetch through requests) in threads beside a loop, and wake the loop.

Knows nothing of what it runs. The threads are daemons: one that hangs for ever holds back neither loop nor process.
"""

import os
import queue
import threading
from collections.abc import Callable
from typing import Any

Work = Callable[[], Any]
Then = Callable[[Any], None]  # is given what the work gave, or the exception that it raised


class Aside:
    """A pool of at most ``n_threads``, for the one thread that calls its methods.

    Attributes:
        fd: Becomes readable when results wait for :meth:`finish`.
    """

    def __init__(self, n_threads: int) -> None:
        self.fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._n_threads = n_threads
        self._threads: list[threading.Thread] = []
        self._n_given = 0
        self._work: queue.SimpleQueue[tuple[Work, Then] | None] = queue.SimpleQueue()
        self._results: queue.SimpleQueue[tuple[Then, Any]] = queue.SimpleQueue()

    def submit(self, work: Work, then: Then) -> None:
        """Run ``work`` in a thread, later ``then`` in :meth:`finish`."""
        self._n_given += 1
        if len(self._threads) < min(self._n_threads, self._n_given):
            self._threads.append(threading.Thread(target=self._run, name="aside", daemon=True))
            self._threads[-1].start()
        self._work.put((work, then))

    def finish(self) -> None:
        """Hand over what has ended."""
        try:
            os.eventfd_read(self.fd)
        except BlockingIOError:
            return
        while True:
            try:
                then, result = self._results.get_nowait()
            except queue.Empty:
                return
            self._n_given -= 1
            then(result)

    def close(self) -> None:
        """Let the threads end when they have ended their work; what they bring is dropped."""
        for _ in self._threads:
            self._work.put(None)
        # The descriptor is closed by the last of them, since an open number may be another file's by then.
        if not self._threads:
            os.close(self.fd)
            return
        waiting, fd = list(self._threads), self.fd
        threading.Thread(target=_close_after, args=(waiting, fd), name="aside", daemon=True).start()

    def _run(self) -> None:
        while (task := self._work.get()) is not None:
            work, then = task
            result: Any
            try:
                result = work()
            except BaseException as error:  # belongs to whoever submitted the work
                result = error
            self._results.put((then, result))
            os.eventfd_write(self.fd, 1)


def _close_after(threads: list[threading.Thread], fd: int) -> None:
    for thread in threads:
        thread.join()
    os.close(fd)
