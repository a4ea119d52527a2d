"""The lock of the data folder: one run at a time. The kernel gives it back when its holder dies, however it dies."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aggregator.errors import LockedError, StoreError

LOCK_FILE = "lock"


@contextmanager
def data_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the data folder while the block runs. Never waits.

    The file stays when the lock is given back: who deletes a lock file deletes the one that another run just took.
    Programs that are started meanwhile do not inherit the lock; forked ones would keep it, so none may outlive us.

    Raises:
        LockedError: Another run holds it; says which process.
        StoreError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        if not os.access(folder, os.W_OK):  # a lock that is there already opens, yet the database could write no log
            os.close(lock)
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise StoreError(f"cannot write in the data folder {folder}: {error.strerror}") from error
    try:
        _take(lock, folder)
        yield
    finally:
        os.close(lock)


def _take(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LockedError(_in_use(_holder_in_words(lock), folder)) from error
    except OSError as error:
        raise StoreError(f"cannot lock the data folder {folder}: {error.strerror}") from error
    try:
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    except OSError:
        pass  # on a full disk the lock holds without a name


def refuse_if_locked(folder: Path) -> None:
    """Raise what :func:`data_lock` would raise now; the lock itself is not taken.

    Raises:
        LockedError: Another run holds it; says which process.
    """
    if holder := lock_holder(folder):
        raise LockedError(_in_use(holder, folder))


def lock_holder(folder: Path) -> str:
    """Give who holds the lock of the data folder now ("process 4711"), or an empty text when nobody does."""
    try:
        lock = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _holder_in_words(lock)
    finally:
        os.close(lock)
    return ""


def _in_use(holder: str, folder: Path) -> str:
    return f"{holder} is using the data folder {folder}: wait for it or end it"


def _holder_in_words(lock: int) -> str:
    pid = os.pread(lock, 20, 0).decode("ascii", "replace").strip()
    return f"process {pid}" if pid.isdecimal() else "another run"
