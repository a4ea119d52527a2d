"""Looks after a database file: finds damage, copies it while others use it, puts a copy back, drops what is old.

Everything here takes the path of the file and opens a connection of its own, so that it works beside a running daemon.
Only :func:`restore` needs the data folder's lock; it must be held by the caller.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.errors import StoreError
from aggregator.store import rows
from aggregator.store.connection import open_database, open_database_readonly, transaction, translated
from aggregator.store.schema import check_present, read_migrations
from aggregator.store.vectors import prune_vectors

BEFORE_RESTORE = ".before-restore"  # ends the name under which a replaced database stays
_HEADER = b"SQLite format 3\x00"
_BATCH = 2_000  # texts deleted in one transaction: some 10 MB of log, and a daemon waits no longer than for a poll
MUCH_FREE = 0.25  # share of the file; rewriting it for less costs more than the space is worth
MUCH_FREE_PAGES = 4_000  # 16 MB

# A story is closed when nothing in it was seen or changed since; one that is stale or unrendered still needs its texts.
_CLOSED_TEXTS = """
    SELECT t.article_n FROM texts t CROSS JOIN articles a ON a.n = t.article_n
    CROSS JOIN memberships m ON m.article_id = a.id CROSS JOIN stories s ON s.id = m.story_id
    WHERE a.first_seen_at < :before AND a.modified_at < :before AND s.is_stale = 0 AND s.is_unrendered = 0
    AND NOT EXISTS (
        SELECT 1 FROM memberships others CROSS JOIN articles b ON b.id = others.article_id
        WHERE others.story_id = s.id AND (b.first_seen_at >= :before OR b.modified_at >= :before)
    )
    LIMIT :limit
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was dropped. ``n_bytes`` is by how much the file shrank."""

    n_texts: int = 0
    n_polls: int = 0
    n_vectors: int = 0
    n_bytes: int = 0


def damage(path: Path, *, limit: int = 5) -> tuple[str, ...]:
    """Find out what is broken in a database, in words; empty: nothing. Cost: reads the whole file.

    Raises:
        StoreError: It cannot be opened at all, or is of another version.
    """
    database = open_database_readonly(path)
    try:
        with translated(path):
            check_present(database.conn, path)
            return _damage(database.conn, limit)
    finally:
        database.close()


def _damage(conn: sqlite3.Connection, limit: int) -> tuple[str, ...]:
    found = [text for (text,) in conn.execute(f"PRAGMA integrity_check({limit:d})") if text != "ok"]
    for table, row, parent, _ in conn.execute("PRAGMA foreign_key_check").fetchmany(limit):
        found.append(f"row {row} of {table} points at a row of {parent} that is not there")
    return tuple(found)


def backup(path: Path, target: Path) -> int:
    """Copy the database into one file, as it is at one moment; a daemon may go on writing meanwhile.

    The copy is checked before it takes its name: a good backup is never replaced by a broken one.

    Returns:
        Bytes of the copy.

    Raises:
        StoreError: There is no database, it is damaged, or the copy cannot be written.
    """
    if target.exists() and (not target.is_file() or target.samefile(path) or not _is_database(target)):
        raise StoreError(f"{target} exists and is no backup; nothing was written")
    temporary = target.with_name(f".tmp-{target.name}")
    source = open_database_readonly(path)
    try:
        with translated(path):
            check_present(source.conn, path)
        _copy(source.conn, temporary)
        with _written(target):
            temporary.replace(target)
            _sync(target.parent)
            return target.stat().st_size
    finally:
        source.close()
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy all pages in one go: a copy in steps begins anew each time that somebody writes."""
    with _written(target):
        target.unlink(missing_ok=True)
        target.touch(mode=0o600)  # it holds all that the sources gave
    with translated(target):
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
            problems = _damage(copy, 1)
        finally:
            copy.close()
    if problems:
        raise StoreError(f"the copy would be damaged ({problems[0]}); nothing was written")
    with _written(target):
        _sync(target)


def restore(path: Path, source: Path) -> Path | None:
    """Put a backup in the place of the database. The lock of the data folder must be held.

    The old database stays beside it under a name that ends in ``.before-restore``. A kill at any moment leaves one
    of the two in its place, whole.

    Returns:
        Where the old database is now; ``None``: there was none.

    Raises:
        StoreError: ``source`` is no sound backup, is of a newer version, or cannot be copied; nothing was changed.
    """
    if not source.is_file() or not _is_database(source):
        raise StoreError(f"{source} is no backup of this program; nothing was changed")
    temporary = path.with_name(f".tmp-{path.name}")
    opened = open_database_readonly(source)
    try:
        with translated(source):
            _refuse_unfit(opened.conn, source)
        with _written(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        _copy(opened.conn, temporary)
    finally:
        opened.close()
    with _written(path):
        kept = _set_aside(path) if path.exists() else None
        temporary.replace(path)
        _sync(path.parent)
    return kept


def _refuse_unfit(conn: sqlite3.Connection, source: Path) -> None:
    """Refuse what cannot become the database; an older version may: opening brings it up to date."""
    version, n_steps = int(conn.execute("PRAGMA user_version").fetchone()[0]), len(read_migrations())
    if version > n_steps:
        raise StoreError(
            f"{source} was written by a newer version of this program (schema {version}, this one knows {n_steps}); "
            "nothing was changed"
        )
    tables = conn.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('sources', 'articles', 'migrations')")
    if version == 0 or tables.fetchone()[0] != 3:
        raise StoreError(f"{source} is no backup of this program; nothing was changed")
    if problems := _damage(conn, 1):
        raise StoreError(f"{source} is damaged ({problems[0]}); nothing was changed")


def _set_aside(path: Path) -> Path:
    """Give the old database a second name, with its log written into it where that is still possible.

    The log must be gone before another file takes the name: SQLite would read it into that one.
    """
    with contextlib.suppress(sqlite3.Error):
        old = sqlite3.connect(path, isolation_level=None)
        try:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            old.close()
    kept = path.with_name(path.name + BEFORE_RESTORE)
    for ending in ("-wal", "-shm"):
        beside = path.with_name(path.name + ending)
        kept.with_name(kept.name + ending).unlink(missing_ok=True)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + ending))
    kept.unlink(missing_ok=True)
    os.link(path, kept)
    return kept


def prune(path: Path, *, texts_before: datetime, polls_before: datetime, now: datetime) -> Pruned:
    """Drop texts of articles in stories that are closed since ``texts_before``, and polls of days before another time.

    Vectors of meaning made before ``texts_before`` go, too: of the few still needed new ones are made.
    Titles, addresses, memberships, summaries and so all pages stay. The file is rewritten when much of it is free.

    Raises:
        StoreError: As when any store is opened or written; what was dropped before stays dropped.
    """
    if max(texts_before, polls_before) > now:
        raise StoreError("what is to come cannot be pruned")
    open_database_readonly(path).close()  # a database that is not there must not be made
    database = open_database(path)
    try:
        with translated(path):
            conn = database.conn
            check_present(conn, path)
            size = path.stat().st_size
            n_texts = _prune_texts(conn, rows.to_microseconds(texts_before))
            n_polls = _prune_polls(conn, rows.to_microseconds(rows.day_of(polls_before)))
            n_vectors = _prune_vectors(conn, rows.to_microseconds(texts_before))
            if _has_much_free(conn):
                conn.execute("VACUUM")
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            n_bytes = size - path.stat().st_size
            return Pruned(n_texts=n_texts, n_polls=n_polls, n_vectors=n_vectors, n_bytes=n_bytes)
    finally:
        database.close()


def _prune_texts(conn: sqlite3.Connection, before: int) -> int:
    n_texts = 0
    while True:
        with transaction(conn, write=True):
            found = conn.execute(_CLOSED_TEXTS, {"before": before, "limit": _BATCH}).fetchall()
            conn.executemany("DELETE FROM texts WHERE article_n = ?", found)
            conn.executemany("DELETE FROM readings WHERE article_n = ?", found)  # they hold words of the text
        n_texts += len(found)
        if len(found) < _BATCH:
            return n_texts


def _prune_vectors(conn: sqlite3.Connection, before: int) -> int:
    n_vectors = 0
    while True:
        with transaction(conn, write=True):
            n_found = prune_vectors(conn, before=before, limit=_BATCH)
        n_vectors += n_found
        if n_found < _BATCH:
            return n_vectors


def _prune_polls(conn: sqlite3.Connection, before: int) -> int:
    """Delete polls of whole days; what they add up to goes with them, see the migration that made ``poll_days``."""
    with transaction(conn, write=True):
        n_polls = conn.execute("DELETE FROM polls WHERE polled_at < ?", (before,)).rowcount
        conn.execute("DELETE FROM poll_days WHERE day < ?", (before,))
    return n_polls


def _has_much_free(conn: sqlite3.Connection) -> bool:
    n_free, n_pages = (int(conn.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("freelist_count", "page_count"))
    return n_free >= MUCH_FREE_PAGES and n_free >= n_pages * MUCH_FREE


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_HEADER)) == _HEADER
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror or error}") from error
