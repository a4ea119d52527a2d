"""SQL about articles and the stories they are in. Each function runs in a transaction."""

# ruff: noqa: S608 - statements are made of the column lists in rows.py; every value is bound

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from aggregator.dataclass import replace
from aggregator.model import Article, Clustering, LiveStory, Membership, Merge, Story
from aggregator.store import rows
from aggregator.store.base import LIVE_TEXT

# Texts of closed stories may have been dropped, see upkeep.py: such an article has none any more.
_WHOLE_ARTICLE = ", ".join(
    [f"a.{name}" for name in rows.ARTICLE_COLUMNS] + [f"coalesce(t.{name}, '')" for name in rows.TEXT_COLUMNS]
)
_ARTICLES = f"SELECT {_WHOLE_ARTICLE} FROM articles a LEFT JOIN texts t ON t.article_n = a.n"

_HEAD = ", ".join([f"a.{name}" for name in rows.HEAD_COLUMNS] + [f"substr(coalesce(t.text, ''), 1, {LIVE_TEXT})"])
_N_HEAD_FIELDS = len(rows.HEAD_COLUMNS) + 1

# CROSS JOIN fixes the order of the loops in SQLite: from the few live articles outwards. Without statistics the planner
# may read every membership first.
_LIVE_STORIES = f"""
    SELECT {_HEAD}, s.id, s.minted_at FROM (
        SELECT DISTINCT m.story_id FROM articles a CROSS JOIN memberships m ON m.article_id = a.id
        WHERE a.at BETWEEN ? AND ?
    ) live
    CROSS JOIN stories s ON s.id = live.story_id
    CROSS JOIN memberships m ON m.story_id = s.id
    CROSS JOIN articles a ON a.id = m.article_id
    LEFT JOIN texts t ON t.article_n = a.n
    WHERE s.merged_into IS NULL
"""

LAST = 2**62  # after every time that can be

_MEMBERSHIP = ", ".join(rows.MEMBERSHIP_COLUMNS)


def _article_order(article: Article) -> tuple[datetime, str]:
    return (article.at, article.id)


# ---------------------------------------------------------------- reading


def articles(conn: sqlite3.Connection, ids: Iterable[str]) -> tuple[Article, ...]:
    """See :meth:`.base.Store.articles`."""
    found = conn.execute(f"{_ARTICLES} WHERE a.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
    return tuple(sorted(map(rows.article_of, found), key=_article_order))


def recent_articles(conn: sqlite3.Connection, *, limit: int) -> tuple[Article, ...]:
    """See :meth:`.base.Store.recent_articles`."""
    found = conn.execute(f"{_ARTICLES} ORDER BY a.first_seen_at DESC, a.at DESC, a.id DESC LIMIT ?", (max(limit, 0),))
    return tuple(map(rows.article_of, found))


def unplaced_articles(conn: sqlite3.Connection) -> tuple[Article, ...]:
    """See :meth:`.base.Store.unplaced_articles`."""
    found = conn.execute(
        f"SELECT {_HEAD} FROM articles a LEFT JOIN texts t ON t.article_n = a.n WHERE a.is_placed = 0 "
        "ORDER BY a.at, a.id"
    )
    return tuple(map(rows.head_of, found))


def newest_placed_at(conn: sqlite3.Connection) -> datetime | None:
    """See :meth:`.base.Store.newest_placed_at`."""
    found = conn.execute("SELECT at FROM articles WHERE is_placed = 1 ORDER BY at DESC LIMIT 1").fetchone()
    return None if found is None else rows.from_microseconds(found[0])


def live_stories(conn: sqlite3.Connection, *, since: datetime, until: datetime | None) -> tuple[LiveStory, ...]:
    """See :meth:`.base.Store.live_stories`."""
    last = LAST if until is None else rows.to_microseconds(until)
    found: dict[tuple[int, str], list[Article]] = {}
    for row in conn.execute(_LIVE_STORIES, (rows.to_microseconds(since), last)):
        story_id, minted_at = row[_N_HEAD_FIELDS:]
        found.setdefault((minted_at, story_id), []).append(rows.head_of(row[:_N_HEAD_FIELDS]))
    return tuple(
        [
            LiveStory(
                id=story_id,
                minted_at=rows.from_microseconds(minted_at),
                articles=tuple(sorted(found[minted_at, story_id], key=_article_order)),
            )
            for minted_at, story_id in sorted(found)
        ]
    )


def story(conn: sqlite3.Connection, story_id: str) -> Story | None:
    """See :meth:`.base.Store.story`."""
    found = conn.execute(
        "SELECT minted_at, merged_into, is_hidden, earlier FROM stories WHERE id = ?", (story_id,)
    ).fetchone()
    if found is None:
        return None
    members = conn.execute(
        f"SELECT {_MEMBERSHIP} FROM memberships WHERE story_id = ? ORDER BY joined_at, article_id",
        (story_id,),
    )
    return Story(
        id=story_id,
        minted_at=rows.from_microseconds(found[0]),
        memberships=tuple(map(rows.membership_of, members)),
        merged_into=found[1] or "",
        is_hidden=bool(found[2]),
        earlier=tuple(json.loads(found[3])),
    )


def story_ids_of(conn: sqlite3.Connection, url: str) -> tuple[str, ...]:
    """See :meth:`.base.Store.story_ids_of`."""
    if not url:
        return ()
    found = conn.execute(
        "SELECT DISTINCT s.id FROM articles a JOIN memberships m ON m.article_id = a.id JOIN stories s "
        "ON s.id = m.story_id WHERE (a.canonical_url = :url AND a.canonical_url <> '') "
        "OR (a.link = :url AND a.link <> a.canonical_url) ORDER BY s.minted_at, s.id",
        {"url": url},
    )
    return tuple([story_id for (story_id,) in found])


def articles_at(conn: sqlite3.Connection, urls: Iterable[str]) -> tuple[Article, ...]:
    """See :meth:`.base.Store.articles_at`."""
    found: set[str] = set()
    for url in sorted({*urls} - {""}):
        found |= {
            id_
            for (id_,) in conn.execute(
                "SELECT id FROM articles WHERE canonical_url = :url AND canonical_url <> '' "
                "UNION SELECT id FROM articles WHERE link = :url AND link <> canonical_url",
                {"url": url},
            )
        }
    return articles(conn, sorted(found))


def held_memberships(conn: sqlite3.Connection) -> tuple[Membership, ...]:
    """See :meth:`.base.Store.held_memberships`."""
    found = conn.execute(f"SELECT {_MEMBERSHIP} FROM memberships WHERE rule = 'override' ORDER BY article_id")
    return tuple(map(rows.membership_of, found))


def stories_of(conn: sqlite3.Connection, article_ids: Iterable[str]) -> dict[str, str]:
    """See :meth:`.base.Store.stories_of`."""
    return {each.article_id: each.story_id for each in _memberships_of(conn, list(article_ids))}


def living_ids(conn: sqlite3.Connection, story_ids: Iterable[str]) -> dict[str, str]:
    """See :meth:`.base.Store.living_ids`."""
    found = conn.execute(
        "SELECT id, coalesce(merged_into, id) FROM stories WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(story_ids)),),
    )
    return dict(found.fetchall())


def hidden_stories(conn: sqlite3.Connection) -> tuple[str, ...]:
    """See :meth:`.base.Store.hidden_stories`."""
    return tuple([id_ for (id_,) in conn.execute("SELECT id FROM stories WHERE is_hidden = 1 ORDER BY id")])


def story_ids(conn: sqlite3.Connection) -> tuple[str, ...]:
    """See :meth:`.base.Store.story_ids`."""
    found = conn.execute("SELECT id FROM stories WHERE merged_into IS NULL ORDER BY minted_at, id")
    return tuple([story_id for (story_id,) in found])


def merged_stories(conn: sqlite3.Connection) -> tuple[tuple[str, str], ...]:
    """See :meth:`.base.Store.merged_stories`."""
    return tuple(conn.execute("SELECT id, merged_into FROM stories WHERE merged_into IS NOT NULL ORDER BY id"))


# ---------------------------------------------------------------- writing


def save_clustering(conn: sqlite3.Connection, clustering: Clustering, *, now: datetime) -> None:
    """See :meth:`.base.Store.save_clustering`."""
    named = {each.story_id for each in clustering.memberships} | {each.story_id for each in clustering.merges}
    conn.executemany(
        "INSERT INTO stories (id, minted_at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
        [(story_id, rows.to_microseconds(now)) for story_id in sorted(named)],
    )
    conn.executemany(
        "UPDATE stories SET merged_into = NULL, is_stale = 1 WHERE id = ? AND merged_into IS NOT NULL",
        [(story_id,) for story_id in clustering.revived],
    )
    _place(conn, clustering.memberships)
    for merge in clustering.merges:
        _merge(conn, merge)


def hide_stories(conn: sqlite3.Connection, story_ids: Iterable[str]) -> bool:
    """See :meth:`.base.Store.hide_stories`."""
    living = living_ids(conn, story_ids)
    wanted = {id_ for id_, leads_to in living.items() if id_ == leads_to}
    changed = sorted(wanted ^ {*hidden_stories(conn)})
    conn.executemany(
        "UPDATE stories SET is_hidden = 1 - is_hidden, is_unrendered = 1 WHERE id = ?", [(id_,) for id_ in changed]
    )
    return bool(changed)


def save_earlier(conn: sqlite3.Connection, story_id: str, earlier: Sequence[str]) -> None:
    """See :meth:`.base.Store.save_earlier`."""
    conn.execute("UPDATE stories SET earlier = ? WHERE id = ?", (json.dumps(list(earlier)), story_id))


def _place(conn: sqlite3.Connection, memberships: tuple[Membership, ...]) -> None:
    """Save the memberships that are not there yet; both the story that gains and the one that loses become stale."""
    redirects = _redirects_of(conn, sorted({each.story_id for each in memberships}))
    before = {each.article_id: each for each in _memberships_of(conn, [each.article_id for each in memberships])}
    fresh = []
    for membership in memberships:
        story_id = redirects.get(membership.story_id, membership.story_id)
        wanted = membership if story_id == membership.story_id else replace(membership, story_id=story_id)
        if before.get(wanted.article_id) != wanted:
            fresh.append(wanted)
    touched = {each.story_id for each in fresh}
    touched |= {before[each.article_id].story_id for each in fresh if each.article_id in before}
    conn.executemany(
        f"INSERT OR REPLACE INTO memberships ({_MEMBERSHIP}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [rows.membership_row(each) for each in fresh],
    )
    conn.executemany("UPDATE articles SET is_placed = 1 WHERE id = ?", [(each.article_id,) for each in fresh])
    conn.executemany("UPDATE stories SET is_stale = 1 WHERE id = ?", [(story_id,) for story_id in sorted(touched)])


def _redirects_of(conn: sqlite3.Connection, story_ids: list[str]) -> dict[str, str]:
    """Give the living story by retired one. The "+" keeps SQLite from walking through all redirects of all years."""
    found = conn.execute(
        "SELECT id, merged_into FROM stories WHERE id IN (SELECT value FROM json_each(?)) AND +merged_into IS NOT NULL",
        (json.dumps(story_ids),),
    )
    return dict(found.fetchall())


def _memberships_of(conn: sqlite3.Connection, article_ids: list[str]) -> list[Membership]:
    found = conn.execute(
        f"SELECT {_MEMBERSHIP} FROM memberships WHERE article_id IN (SELECT value FROM json_each(?))",
        (json.dumps(article_ids),),
    )
    return [rows.membership_of(row) for row in found]


def _merge(conn: sqlite3.Connection, merge: Merge) -> None:
    """Move all that leads to the retired story to where the other one leads; no more where both are one already."""
    living = _living_id(conn, merge.story_id)
    retired = _living_id(conn, merge.retired_id)
    if living is None or retired is None or living == retired:
        return
    conn.execute("UPDATE memberships SET story_id = ? WHERE story_id = ?", (living, retired))
    conn.execute(
        "UPDATE stories SET merged_into = ?, is_stale = 0, is_unrendered = 1 WHERE id = ? OR merged_into = ?",
        (living, retired, retired),
    )
    conn.execute("UPDATE stories SET is_stale = 1 WHERE id = ?", (living,))


def _living_id(conn: sqlite3.Connection, story_id: str) -> str | None:
    """Follow the redirect of a story, if it has one; ``None``: no such story was ever minted."""
    found = conn.execute("SELECT coalesce(merged_into, id) FROM stories WHERE id = ?", (story_id,)).fetchone()
    return None if found is None else str(found[0])
