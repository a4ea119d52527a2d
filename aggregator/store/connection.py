"""Opens a database file, runs transactions on it, and says in words what went wrong.

Owns pragmas and the translation of SQLite's errors. Knows nothing of tables: those are :mod:`.schema`'s.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from aggregator.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

# Only a person's own tool can hold the file while we hold the data lock; readers never block a writer in WAL.
BUSY_TIMEOUT_SECONDS = 5.0

# New articles touch the same pages of the indexes again and again; a log of 16 MB (SQLite's own choice: 4 MB) copies
# each page into the file less often: 1.9 -> 1.6 ms for a source with 25 new articles.
CHECKPOINT_PAGES = 4000


class OpenDatabase:
    """A database file that is open. ``conn`` is in autocommit mode: transactions are begun by hand, see below."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self.conn = conn

    @cached_property
    def tables(self) -> "Database":
        """The same through sqlite-utils, whose import takes 0.2 s (numpy is looked for): a poll does without."""
        from sqlite_utils import Database

        # Plugins belong to the sqlite-utils command of whoever installed them, not to this program.
        return Database(self.conn, execute_plugins=False)

    def close(self) -> None:
        """Close it."""
        self.conn.close()


def open_database(path: Path) -> OpenDatabase:
    """Open ``path`` for writing, making folder and file where they are missing.

    WAL: readers (``status``, a backup) never block the daemon. ``synchronous=NORMAL``: a commit costs no fsync, so a
    power cut may undo the last commits, whole ones, never half of one; undone polls are polled again. Transactions
    whose result readers may see under a lasting id ask for more, see :func:`transaction`.

    Raises:
        StoreError: In words, with what to do.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {path.parent}: {error.strerror}") from error
    with translated(path):
        database = _database(_uri(path, "rwc"))
        try:
            database.conn.execute("PRAGMA journal_mode = WAL")
            database.conn.execute("PRAGMA synchronous = NORMAL")
            database.conn.execute("PRAGMA foreign_keys = ON")
            database.conn.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        except sqlite3.Error:
            database.close()
            raise
        return database


def open_database_readonly(path: Path) -> OpenDatabase:
    """Open ``path`` for reading only.

    In a folder that cannot be written SQLite cannot make the shared memory of a WAL database. Without a ``-wal`` file
    nobody writes there, and the file is read as it lies.

    Raises:
        StoreError: There is no database yet, or it cannot be read.
    """
    if not path.exists():
        raise StoreError("no database yet: run `aggregator poll` first")
    with translated(path):
        database = _database(_uri(path, "ro"))
        try:
            database.conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as error:
            database.close()
            has_log = path.with_name(path.name + "-wal").exists()
            if has_log or error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            return _database(_uri(path, "ro") + "&immutable=1")
        except sqlite3.Error:
            database.close()
            raise
        return database


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


def _database(uri: str) -> OpenDatabase:
    conn = sqlite3.connect(
        uri,
        uri=True,
        timeout=BUSY_TIMEOUT_SECONDS,
        isolation_level=None,  # transactions are begun by hand, see below
        check_same_thread=False,  # opened by the main thread, used by the engine's one job thread; never by two at once
    )
    return OpenDatabase(conn)


@contextmanager
def transaction(conn: sqlite3.Connection, *, write: bool, durable: bool = False) -> Iterator[sqlite3.Connection]:
    """Run the block as one transaction: all of it is saved, or nothing when anything is raised.

    Args:
        conn: In autocommit mode.
        write: Takes the write lock at once (``BEGIN IMMEDIATE``), so that reading first cannot end in a deadlock.
        durable: Survives a power cut (one fsync of the log, which covers all commits before it).
    """
    if durable:
        conn.execute("PRAGMA synchronous = FULL")
    try:
        conn.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            yield conn
            conn.execute("COMMIT")
        except BaseException:
            if conn.in_transaction:  # SQLite itself rolls back when the disk is full
                conn.execute("ROLLBACK")
            raise
    finally:
        if durable:
            conn.execute("PRAGMA synchronous = NORMAL")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the database library raises in the block into a ``StoreError`` that says what to do."""
    try:
        yield
    except (sqlite3.Error, UnicodeEncodeError, OverflowError) as error:
        raise StoreError(_in_words(error, path)) from error


def _in_words(error: Exception, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    match None if code is None else code & 0xFF:  # the low byte is the kind, the rest its detail
        case sqlite3.SQLITE_FULL:
            return f"the disk that holds {path} is full: free some space and run again; what was saved is safe"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"the database {path} is locked by another program: end that program and run again"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return (
                f"the database {path} cannot be opened or written: check the permissions of its folder and of the file"
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return (
                f"the database {path} is damaged: put back a backup with `aggregator restore FILE`, "
                "or move the file away to begin anew"
            )
        case sqlite3.SQLITE_IOERR:
            return f"the disk that holds {path} fails ({error}): check it, then run again"
        case sqlite3.SQLITE_CONSTRAINT:
            return f"the database refused a row that does not fit the others ({error}); nothing was saved"
        case _:
            return f"the database {path} failed: {error}"
