"""Brings a database to the present schema: numbered files in ``migrations/``, forward only, each one transaction.

``PRAGMA user_version`` is the number of the last one that was applied. ``migrations/schema.sql`` is what they add up
to, for people; a test keeps it so.
"""

import re
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from aggregator.dataclass import dataclass
from aggregator.errors import StoreError
from aggregator.store.connection import transaction
from aggregator.store.rows import to_microseconds

_FOLDER = Path(__file__).with_name("migrations")  # importlib.resources would import what reads archives: 5 ms
_FILE_NAME = re.compile(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One numbered step. ``sql`` holds its statements."""

    n: int
    name: str
    sql: str


def read_migrations() -> tuple[Migration, ...]:
    """Read the steps that this program ships, in order from 1."""
    found = [
        Migration(n=int(match[1]), name=file.name, sql=file.read_text("utf-8"))
        for file in _FOLDER.iterdir()
        if (match := _FILE_NAME.fullmatch(file.name))
    ]
    found.sort(key=lambda each: each.n)
    if [each.n for each in found] != list(range(1, len(found) + 1)):
        raise AssertionError(f"migrations are not numbered 1, 2, 3 ...: {[each.name for each in found]}")
    return tuple(found)


def migrate(
    conn: sqlite3.Connection, path: Path, *, now: datetime, migrations: tuple[Migration, ...] | None = None
) -> None:
    """Apply the steps that the database lacks, and note that it was ``now``.

    Raises:
        StoreError: The database is newer than this program, or another program's.
    """
    steps = read_migrations() if migrations is None else migrations
    _refuse_foreign(conn, path, len(steps))
    # The write lock is taken even when nothing is to do: a database that cannot be written is found out now.
    while True:
        with transaction(conn, write=True):
            version = _version(conn)
            if version >= len(steps):
                return
            step = steps[version]
            for statement in _statements(step.sql):
                conn.execute(statement)
            conn.execute("INSERT INTO migrations VALUES (?, ?, ?)", (step.n, step.name, to_microseconds(now)))
            conn.execute(f"PRAGMA user_version = {step.n}")


def check_present(conn: sqlite3.Connection, path: Path, *, migrations: tuple[Migration, ...] | None = None) -> None:
    """Refuse a database of another version: a reader cannot bring it up to date.

    Raises:
        StoreError: It is older or newer than this program, or another program's.
    """
    n_steps = len(read_migrations() if migrations is None else migrations)
    _refuse_foreign(conn, path, n_steps)
    version = _version(conn)
    if version == 0:
        raise StoreError("no database yet: run `aggregator poll` first")
    if version < n_steps:
        raise StoreError(
            f"the database {path} is of an older version: run `aggregator poll` once to bring it up to date"
        )


def _refuse_foreign(conn: sqlite3.Connection, path: Path, n_steps: int) -> None:
    version = _version(conn)
    if version > n_steps:
        raise StoreError(
            f"the database {path} was written by a newer version of this program (schema {version}, this one knows "
            f"{n_steps}): install the newer version again, or put back a backup with `aggregator restore FILE`"
        )
    if version == 0 and conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise StoreError(f"{path} is the database of another program: choose another folder with --data")


def _version(conn: sqlite3.Connection) -> int:
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def _statements(sql: str) -> Iterator[str]:
    """Cut a script into statements; ``executescript`` would commit behind the transaction's back."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise AssertionError(f"a migration ends within a statement: {statement!r}")
