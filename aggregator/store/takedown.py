"""Takes a source out of a database for good: articles, polls, state, and every line of a story that stands on them.

Owns the statements only: what is left of a story without its source is decided by the function that is handed in. The
lock of the data folder must be held. Afterwards no byte of the source is left in the file: freed pages are overwritten.
"""

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.model import Revision
from aggregator.store import rows
from aggregator.store.connection import open_database, open_database_readonly, transaction, translated
from aggregator.store.schema import check_present

Reduce = Callable[[Revision, frozenset[str]], Revision | None]

_COLUMNS = ", ".join(rows.REVISION_COLUMNS)
_NAMED = re.compile(r'"(?:article|story)_id":"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """What went. ``gone`` are stories that only this source told; ``reduced`` go on without it.

    ``links`` are addresses of its articles, ``tokens`` those under which hubs delivered for it.
    """

    n_articles: int = 0
    gone: tuple[str, ...] = ()
    reduced: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()


def source_urls(path: Path) -> list[str]:
    """Return the address of every source that the database knows, subscribed or not.

    Raises:
        StoreError: It cannot be read.
    """
    database = open_database_readonly(path)
    try:
        with translated(path):
            return [url for (url,) in database.conn.execute("SELECT url FROM sources ORDER BY url")]
    finally:
        database.close()


def take_down(path: Path, source_url: str, reduce: Reduce) -> TakenDown:
    """Delete a source with all that it said, in one transaction. ``None`` from ``reduce``: nothing is left of a story.

    Of a story that goes on only its last revision stays, reduced: earlier ones quote the source, too. It becomes stale,
    so that the next build tells it anew where the texts of its other articles are still there.
    Cost: reads every revision once.

    Raises:
        StoreError: As when any store is opened or written; nothing is half done.
    """
    open_database_readonly(path).close()  # a database that is not there must not be made
    database = open_database(path)
    try:
        with translated(path):
            conn = database.conn
            check_present(conn, path)
            conn.execute("PRAGMA secure_delete = ON")
            with transaction(conn, write=True, durable=True):
                done = _take_down(conn, source_url, reduce)
            conn.execute("VACUUM")
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return done
    finally:
        database.close()


def _take_down(conn: sqlite3.Connection, source_url: str, reduce: Reduce) -> TakenDown:
    found = conn.execute("SELECT id, link, canonical_url FROM articles WHERE source_url = ?", (source_url,)).fetchall()
    ids = frozenset(article_id for article_id, _, _ in found)
    members = conn.execute(
        "SELECT story_id FROM memberships m JOIN articles a ON a.id = m.article_id WHERE a.source_url = ?",
        (source_url,),
    )
    member_of = {story_id for (story_id,) in members}
    quoting = {story for story, named in _named(conn, "summary") if not ids.isdisjoint(named)}
    letters = conn.execute("SELECT token FROM subscriptions WHERE source_url = ?", (source_url,)).fetchall()
    _delete_articles(conn, source_url, ids)
    gone: list[str] = []
    reduced: list[str] = []
    for story_id in sorted(member_of | quoting):
        (gone if _reduce_story(conn, story_id, ids, reduce) is None else reduced).append(story_id)
    _forget_related(conn, frozenset((*gone, *reduced)))
    for story_id in tuple(gone):
        gone += _delete_story(conn, story_id)
    conn.execute("DELETE FROM vectors")  # a cache by the hash of a text: which ones are the source's cannot be told
    links = {link for _, *both in found for link in both if link}
    return TakenDown(
        n_articles=len(found),
        gone=tuple(sorted({*gone})),
        reduced=tuple(reduced),
        links=tuple(sorted(links)),
        tokens=tuple(token for (token,) in letters),
    )


def _named(conn: sqlite3.Connection, column: str) -> Iterator[tuple[str, set[str]]]:
    """Yield each story with the ids that a column of one of its revisions names."""
    for story_id, text in conn.execute(f"SELECT story_id, {column} FROM revisions"):  # noqa: S608 - a name of ours
        yield story_id, set(_NAMED.findall(text))


def _delete_articles(conn: sqlite3.Connection, source_url: str, ids: frozenset[str]) -> None:
    conn.executemany("DELETE FROM memberships WHERE article_id = ?", _each(ids))
    conn.executemany("UPDATE memberships SET copy_of = '' WHERE copy_of = ?", _each(ids))
    for table in _tables_of_sources(conn):
        conn.execute(f"DELETE FROM {table} WHERE source_url = ?", (source_url,))  # noqa: S608 - names of ours
    conn.execute("DELETE FROM published WHERE story_id LIKE '% % %' AND story_id LIKE ?", (f"% {source_url}",))
    conn.execute("DELETE FROM sources WHERE url = ?", (source_url,))


def _tables_of_sources(conn: sqlite3.Connection) -> list[str]:
    """Return every table with rows of a source, those of later versions, too: none may be forgotten here."""
    found = conn.execute(
        "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'source_url' ORDER BY m.name"
    )
    return [name for (name,) in found]


def _each(ids: Iterable[str]) -> list[tuple[str]]:
    return [(each,) for each in sorted(ids)]


def _reduce_story(conn: sqlite3.Connection, story_id: str, ids: frozenset[str], reduce: Reduce) -> Revision | None:
    """Leave of a story one revision without the source. ``None``: nothing is left, the story is to be deleted."""
    found = conn.execute(f"SELECT {_COLUMNS} FROM revisions WHERE story_id = ? ORDER BY n", (story_id,)).fetchall()  # noqa: S608
    n_left = conn.execute("SELECT count(*) FROM memberships WHERE story_id = ?", (story_id,)).fetchone()[0]
    if not found or not n_left:
        return None
    revisions = [rows.revision_of(row) for row in found]
    left = reduce(revisions[-1], ids)
    if left is None:
        return None
    left = replace(left, at=revisions[0].at, change="", related=())  # it stays in the archives of its first day
    conn.execute("DELETE FROM revisions WHERE story_id = ?", (story_id,))
    marks = ", ".join("?" * len(rows.REVISION_COLUMNS))
    conn.execute(f"INSERT INTO revisions ({_COLUMNS}) VALUES ({marks})", rows.revision_row(left))  # noqa: S608
    conn.execute("UPDATE memberships SET reason = '' WHERE story_id = ?", (story_id,))  # it may name the source
    conn.execute(
        "UPDATE stories SET newest_at = ?, is_stale = merged_into IS NULL, is_unrendered = 1 WHERE id = ?",
        (rows.to_microseconds(left.newest_at), story_id),
    )
    conn.execute(  # its updates were told with the words of before
        "UPDATE published SET headline = ?, revision = ?, updated_at = published_at, "
        "more = json_set(more, '$.entered', ?, '$.updates', json('[]'), '$.is_held', json('false'), '$.picture', NULL) "
        "WHERE story_id = ?",
        (left.summary.headline, left.n, left.n, story_id),
    )
    return left


def _forget_related(conn: sqlite3.Connection, story_ids: frozenset[str]) -> None:
    """Take stories out of what others call near them, whose headlines may be the source's."""
    for story_id in sorted({story for story, named in _named(conn, "related") if not story_ids.isdisjoint(named)}):
        for row in conn.execute(f"SELECT {_COLUMNS} FROM revisions WHERE story_id = ?", (story_id,)).fetchall():  # noqa: S608
            revision = rows.revision_of(row)
            related = tuple(each for each in revision.related if each.story_id not in story_ids)
            text = rows.revision_row(replace(revision, related=related))[-1]
            conn.execute("UPDATE revisions SET related = ? WHERE story_id = ? AND n = ?", (text, story_id, revision.n))
        conn.execute("UPDATE stories SET is_unrendered = 1 WHERE id = ?", (story_id,))


def _delete_story(conn: sqlite3.Connection, story_id: str) -> list[str]:
    """Delete a story and what leads to it. Returns the ids that led there."""
    leading = [id_ for (id_,) in conn.execute("SELECT id FROM stories WHERE merged_into = ?", (story_id,))]
    for each in (*leading, story_id):
        for table, column in (("revisions", "story_id"), ("published", "story_id"), ("stories", "id")):
            conn.execute(f"DELETE FROM {table} WHERE {column} = ?", (each,))  # noqa: S608 - names of ours
    return leading
