"""SQL about kept vectors of meaning: a cache by content, so that no text is encoded twice.

Each function runs in a transaction.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime

from aggregator.store import rows


def vectors(conn: sqlite3.Connection, keys: Iterable[str]) -> dict[str, bytes]:
    """See :meth:`.base.Store.vectors`."""
    found = conn.execute(
        "SELECT content, vector FROM vectors WHERE content IN (SELECT value FROM json_each(?))",
        (json.dumps(list(keys)),),
    )
    return dict(found.fetchall())


def save_vectors(conn: sqlite3.Connection, vectors: Mapping[str, bytes], *, now: datetime) -> None:
    """See :meth:`.base.Store.save_vectors`."""
    conn.executemany(
        "INSERT OR REPLACE INTO vectors (content, vector, made_at) VALUES (?, ?, ?)",
        [(key, vectors[key], rows.to_microseconds(now)) for key in sorted(vectors)],
    )


def prune_vectors(conn: sqlite3.Connection, *, before: int, limit: int) -> int:
    """Delete at most so many vectors made before a time (microseconds). Returns how many; one needed is made again."""
    return conn.execute(
        "DELETE FROM vectors WHERE content IN (SELECT content FROM vectors WHERE made_at < ? LIMIT ?)", (before, limit)
    ).rowcount
