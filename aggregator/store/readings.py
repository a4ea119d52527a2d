"""SQL about what clustering read of articles: a cache, so that no text is read again at each start.

Each function runs in a transaction.
"""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from aggregator.model import Article
from aggregator.store import rows

KEPT = timedelta(days=10)  # twice the window of clustering; what still lives after that is read again at a start
_AT_ONCE = 1_000  # old ones deleted by one call


def made_of(reader: str, article: Article) -> str:
    """Name what a reading was made of: another reader, language or text makes it worthless."""
    return f"{reader} {article.lang} {rows.to_microseconds(article.modified_at)} {article.fingerprint}"


def readings(conn: sqlite3.Connection, reader: str, ids: Iterable[str]) -> dict[str, bytes]:
    """See :meth:`.base.Store.readings`."""
    found = conn.execute(
        "SELECT a.id, r.reading FROM json_each(?) wanted CROSS JOIN articles a ON a.id = wanted.value "
        "CROSS JOIN readings r ON r.article_n = a.n "
        "WHERE r.made_of = ? || ' ' || a.lang || ' ' || a.modified_at || ' ' || a.fingerprint",
        (json.dumps(list(ids)), reader),
    )
    return dict(found.fetchall())


def save_readings(
    conn: sqlite3.Connection, reader: str, readings: Iterable[tuple[Article, bytes]], *, now: datetime
) -> None:
    """See :meth:`.base.Store.save_readings`."""
    at = rows.to_microseconds(now)
    conn.executemany(
        "INSERT OR REPLACE INTO readings (article_n, made_of, made_at, reading) "
        "SELECT n, ?, ?, ? FROM articles WHERE id = ?",
        [(made_of(reader, article), at, reading, article.id) for article, reading in readings],
    )
    prune_readings(conn, before=rows.to_microseconds(now - KEPT), limit=_AT_ONCE)


def prune_readings(conn: sqlite3.Connection, *, before: int, limit: int) -> int:
    """Delete at most so many readings made before a time (microseconds). Returns how many."""
    return conn.execute(
        "DELETE FROM readings WHERE article_n IN (SELECT article_n FROM readings WHERE made_at < ? LIMIT ?)",
        (before, limit),
    ).rowcount
