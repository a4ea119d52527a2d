"""SQL about revisions of stories and their places in outputs and pages. Each function runs in a transaction."""

# ruff: noqa: S608 - statements are made of the column lists in rows.py; every value is bound

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from aggregator.errors import StoreError
from aggregator.model import Published, Revision, StoryDay
from aggregator.store import rows

if TYPE_CHECKING:
    from sqlite_utils import Database

Key = tuple[str, int]  # of a revision: its story's id, and its number

_REVISION = ", ".join(f"r.{name}" for name in rows.REVISION_COLUMNS)


def stale_stories(conn: sqlite3.Connection) -> tuple[str, ...]:
    """See :meth:`.base.Store.stale_stories`.

    A story of which texts were dropped keeps its last summary: a new one would know only what is left.
    """
    found = conn.execute(
        "SELECT id FROM stories s WHERE is_stale = 1 AND merged_into IS NULL AND NOT EXISTS ("
        "SELECT 1 FROM memberships m JOIN articles a ON a.id = m.article_id LEFT JOIN texts t ON t.article_n = a.n "
        "WHERE m.story_id = s.id AND t.article_n IS NULL) ORDER BY minted_at, id"
    )
    return tuple([story_id for (story_id,) in found])


def save_revision(conn: sqlite3.Connection, story_id: str, revision: Revision | None) -> None:
    """See :meth:`.base.Store.save_revision`."""
    found = conn.execute("SELECT last_revision FROM stories WHERE id = ?", (story_id,)).fetchone()
    check_follows(story_id, revision, last=None if found is None else found[0])
    if revision is not None:
        marks = ", ".join("?" * len(rows.REVISION_COLUMNS))
        conn.execute(
            f"INSERT INTO revisions ({', '.join(rows.REVISION_COLUMNS)}) VALUES ({marks})",
            rows.revision_row(revision),
        )
        conn.execute(
            "UPDATE stories SET last_revision = ?, newest_at = ? WHERE id = ?",
            (revision.n, rows.to_microseconds(revision.newest_at), story_id),
        )
    conn.execute("UPDATE stories SET is_stale = 0, is_unrendered = 1 WHERE id = ?", (story_id,))


def check_follows(story_id: str, revision: Revision | None, *, last: int | None) -> None:
    """Refuse a revision that would overwrite a story's history; ``last`` is ``None`` for an unknown story.

    Raises:
        StoreError: A mistake of the caller.
    """
    if last is None:
        raise StoreError(f"there is no story {story_id}; nothing was saved")
    if revision is not None and (revision.story_id != story_id or revision.n <= last):
        raise StoreError(
            f"revision {revision.n} of story {revision.story_id} does not follow revision {last} of story {story_id}"
        )


def revisions(conn: sqlite3.Connection, story_id: str) -> tuple[Revision, ...]:
    """See :meth:`.base.Store.revisions`."""
    found = conn.execute(f"SELECT {_REVISION} FROM revisions r WHERE story_id = ? ORDER BY n", (story_id,))
    return tuple(map(rows.revision_of, found))


class Latest:
    """Remembers the revisions that were the newest, so that a build decodes only those that came since.

    A revision never changes but by a takedown, which is another process: when the file was written by anybody else,
    all is forgotten.
    """

    def __init__(self) -> None:
        self._revision_by_key: dict[Key, Revision] = {}
        self._version = -1  # of the file, as this connection saw it

    def read(self, conn: sqlite3.Connection, *, limit: int) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.newest_revisions`. 40 us a revision that is not remembered, 1 us one that is."""
        version = conn.execute("PRAGMA data_version").fetchone()[0]
        known = self._revision_by_key if version == self._version else {}
        keys = conn.execute(
            "SELECT id, last_revision FROM stories "
            "WHERE merged_into IS NULL AND newest_at IS NOT NULL AND is_hidden = 0 "
            "ORDER BY newest_at DESC, id LIMIT ?",
            (max(limit, 0),),
        ).fetchall()
        fresh = revisions_of(conn, [key for key in keys if key not in known])
        known |= {(each.story_id, each.n): each for each in fresh}
        self._revision_by_key = {key: known[key] for key in keys}
        self._version = version
        return tuple(self._revision_by_key.values())


def story_days(conn: sqlite3.Connection, *, since: datetime) -> tuple[StoryDay, ...]:
    """See :meth:`.base.Store.story_days`."""
    found = conn.execute(
        "SELECT at - at % ? AS day, sum(n = 1), sum(n > 1) FROM revisions WHERE at >= ? GROUP BY day ORDER BY day",
        (rows.DAY, rows.to_microseconds(rows.day_of(since))),
    )
    return tuple([StoryDay(day=rows.from_microseconds(day), n_new=new, n_grown=grown) for day, new, grown in found])


def days_written(conn: sqlite3.Connection) -> tuple[datetime, ...]:
    """See :meth:`.base.Store.days_written`."""
    # From one day the index leads straight to the next revision: nothing between is read.
    found = conn.execute(
        "WITH RECURSIVE days (day) AS (SELECT min(at) - min(at) % :day FROM revisions UNION ALL "
        "SELECT (SELECT min(at) - min(at) % :day FROM revisions WHERE at >= days.day + :day) FROM days "
        "WHERE days.day IS NOT NULL) SELECT day FROM days WHERE day IS NOT NULL",
        {"day": rows.DAY},
    )
    return tuple([rows.from_microseconds(day) for (day,) in found])


def written(conn: sqlite3.Connection, *, since: datetime, until: datetime) -> tuple[Key, ...]:
    """See :meth:`.base.Store.written`."""
    found = conn.execute(
        "SELECT story_id, max(n) FROM revisions WHERE at >= ? AND at < ? "
        "AND story_id NOT IN (SELECT id FROM stories WHERE is_hidden = 1) GROUP BY story_id ORDER BY story_id",
        (rows.to_microseconds(since), rows.to_microseconds(until)),
    )
    return tuple(found.fetchall())


def revisions_of(conn: sqlite3.Connection, keys: Iterable[Key]) -> tuple[Revision, ...]:
    """See :meth:`.base.Store.revisions_of`."""
    wanted = json.dumps(list(keys))
    if wanted == "[]":
        return ()
    found = conn.execute(
        f"SELECT {_REVISION} FROM json_each(?) wanted CROSS JOIN revisions r "
        "ON r.story_id = wanted.value ->> 0 AND r.n = wanted.value ->> 1 ORDER BY wanted.key",
        (wanted,),
    )
    return tuple(map(rows.revision_of, found))


_PLACES_SINCE = """
SELECT * FROM published WHERE slug = :slug AND updated_at >= :since
UNION SELECT * FROM published WHERE slug = :slug AND json_extract(more, '$.left_at') IS NULL
UNION SELECT * FROM published WHERE slug = :slug AND story_id IN (SELECT value FROM json_each(:ids))
ORDER BY story_id
"""  # a union, so that each part takes its own index


def published(
    database: "Database", slug: str, *, since: datetime | None, story_ids: Iterable[str]
) -> tuple[Published, ...]:
    """See :meth:`.base.Store.published`."""
    if since is None:
        found = database.query("SELECT * FROM published WHERE slug = ? ORDER BY story_id", (slug,))
    else:
        wanted = {"slug": slug, "since": rows.to_microseconds(since), "ids": json.dumps(sorted(set(story_ids)))}
        found = database.query(_PLACES_SINCE, wanted)
    return tuple(map(rows.published_of, found))


def save_published(database: "Database", entries: Sequence[Published]) -> None:
    """See :meth:`.base.Store.save_published`."""
    database.table("published").insert_all(map(rows.published_columns, entries), replace=True)


def unrendered_stories(conn: sqlite3.Connection) -> tuple[str, ...]:
    """See :meth:`.base.Store.unrendered_stories`."""
    return tuple(
        [story_id for (story_id,) in conn.execute("SELECT id FROM stories WHERE is_unrendered = 1 ORDER BY id")]
    )


def mark_rendered(conn: sqlite3.Connection, story_ids: Iterable[str]) -> None:
    """See :meth:`.base.Store.mark_rendered`."""
    conn.executemany("UPDATE stories SET is_unrendered = 0 WHERE id = ?", [(story_id,) for story_id in story_ids])
