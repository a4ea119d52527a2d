"""SQL that finds those stored articles of a source which the articles of a body may be, however many are stored.

Each function runs in a transaction. Which sign decides is the intake's business; here stands only that none which could
decide is missing.
"""

# ruff: noqa: S608 - statements are made of the column lists in rows.py; every value is bound

import json
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime

from aggregator.model import KnownArticle, Signs, Sought
from aggregator.store import rows

MANY = 64  # articles that share a sign: such a sign, one guid or link for all, is looked up together with others
FEW = 3  # articles a second that are simply read
ROOM = 256  # that one statement may find beyond four for each article that is sought

_COLUMNS = ", ".join(rows.KNOWN_ARTICLE_COLUMNS)
_NAMELESS = "guid = '' AND canonical_url = '' AND title = ''"
# The articles_* indexes hold what is not empty. A guid that names the article's own page is not stored twice; one that
# was stored before it was noted which page it names (NULL) is always compared.
_SHARING = f"""
SELECT {_COLUMNS} FROM articles WHERE n IN (
  SELECT a.n FROM json_each(:ids) v CROSS JOIN articles a ON a.id = v.value WHERE a.source_url = :url
  UNION SELECT a.n FROM json_each(:guids) v CROSS JOIN articles a
  ON a.source_url = :url AND a.guid = v.value AND a.guid <> ''
  UNION SELECT a.n FROM json_each(:guid_urls) v CROSS JOIN articles a
  ON a.source_url = :url AND a.guid_url = v.value AND a.guid_url <> ''
  UNION SELECT a.n FROM json_each(:links) v CROSS JOIN articles a
  ON a.source_url = :url AND a.canonical_url = v.value AND a.canonical_url <> ''
  UNION SELECT a.n FROM json_each(:titles) v CROSS JOIN articles a
  ON a.source_url = :url AND a.title = v.value AND a.title <> ''
  UNION SELECT a.n FROM json_each(:dates) v CROSS JOIN articles a
  ON a.source_url = :url AND a.published_at IS v.value AND {_NAMELESS}
  UNION SELECT n FROM articles WHERE source_url = :url AND guid_url IS NULL
  LIMIT :most
) ORDER BY first_seen_at, id
"""
_BY_SIGN = f"SELECT {_COLUMNS} FROM articles WHERE source_url = :url AND "
# A fifth of what the search below costs, which steps from second to second however many articles one has.
_LAST_TIMES = "SELECT at FROM articles WHERE source_url = :url AND at <= :until ORDER BY at DESC LIMIT :few"
_TIMES = """
WITH RECURSIVE times (at) AS (
  SELECT max(at) FROM articles WHERE source_url = :url AND at <= :until
  UNION ALL
  SELECT (SELECT max(a.at) FROM articles a WHERE a.source_url = :url
    AND a.at < times.at - ((times.at % 1000000) + 1000000) % 1000000)
  FROM times WHERE times.at IS NOT NULL LIMIT :limit
)
SELECT at FROM times WHERE at IS NOT NULL
"""


def articles_like(
    conn: sqlite3.Connection, source_url: str, sought: Sought, *, many: int = MANY, most: int = 0
) -> tuple[KnownArticle, ...]:
    """See :meth:`.base.Store.articles_like`.

    Cost: one statement and what it finds; where that is more than ``most`` (0: as usual), because many share a sign, a
    statement or two for each sign of each article.
    """
    most = most or ROOM + 4 * len(sought.signs)
    found = conn.execute(_SHARING, _asked(source_url, sought) | {"most": most}).fetchall()
    if len(found) >= most:
        found = _found_apart(conn, source_url, sought, many)
    return tuple([rows.known_article_of(row) for row in found])


def _asked(source_url: str, sought: Sought) -> dict[str, object]:
    signs = sought.signs
    pages = {each.guid_url for each in signs if each.guid_url}
    nameless = [each for each in signs if not (each.guid or each.link or each.title)]
    return {
        "url": source_url,
        "ids": json.dumps(sought.ids),
        "guids": json.dumps(sorted({each.guid for each in signs if each.guid})),
        "guid_urls": json.dumps(sorted(pages)),
        "links": json.dumps(sorted({each.link for each in signs if each.link} | pages)),
        "titles": json.dumps(sorted({each.title for each in signs if each.title})),
        "dates": json.dumps([_moment(each.date) for each in nameless]),
    }


def _moment(date: datetime | None) -> int | None:
    return None if date is None else rows.to_microseconds(date)


def _found_apart(conn: sqlite3.Connection, source_url: str, sought: Sought, many: int) -> list[rows.Row]:
    """Find for each sign of each article all that share it, or at least two: a sign of several decides nothing."""
    found: dict[str, rows.Row] = {}
    asked: dict[tuple[str, ...], bool] = {}

    def ask(condition: str, limit: int, bound: dict[str, object]) -> bool:
        """Ask once; tell whether as many as the limit were found."""
        key = (condition, *map(repr, bound.values()))
        if key not in asked:
            rows_found = conn.execute(f"{_BY_SIGN}{condition} LIMIT {limit:d}", {"url": source_url, **bound}).fetchall()
            found.update((row[0], row) for row in rows_found)
            asked[key] = len(rows_found) == limit
        return asked[key]

    ask("guid_url IS NULL", -1, {})
    ask("id IN (SELECT value FROM json_each(:ids))", -1, {"ids": json.dumps(sought.ids)})
    for signs in sought.signs:
        for condition, limit, bound in _questions(signs, many, ask):
            ask(condition, limit, bound)
    return sorted(found.values(), key=lambda row: (row[rows.KNOWN_ARTICLE_COLUMNS.index("first_seen_at")], row[0]))


Ask = Callable[[str, int, dict[str, object]], bool]
_GUID = "guid = :guid AND guid <> ''"
_LINK = "canonical_url = :link AND canonical_url <> ''"
_TITLE = "title = :title AND title <> ''"
_DATE = " AND published_at IS :date"
# Parts of a fingerprint hold no "-" and are four: the third is that of the text.
_TEXT = " AND fingerprint LIKE '%-%-' || :text || '-%'"
_BARE = " AND (canonical_url = :bare OR (canonical_url > :bare || '?' AND canonical_url < :bare || '@'))"


def _questions(signs: Signs, many: int, ask: Ask) -> Iterator[tuple[str, int, dict[str, object]]]:
    """Yield (condition, limit, values) of what is to be asked about one article beyond its single signs."""
    date, text = _moment(signs.date), signs.text or "0"
    bare = signs.link.partition("?")[0]
    guid: dict[str, object] = {"guid": signs.guid}
    link: dict[str, object] = {"link": signs.link}
    title: dict[str, object] = {"title": signs.title}
    if signs.guid_url:
        yield "guid_url = :guid_url AND guid_url <> ''", 2, {"guid_url": signs.guid_url}
        # Which page these guids name, stands in their address.
        yield f"{_LINK} AND guid_url = '' AND guid <> ''", many, {"link": signs.guid_url}
    if not (signs.guid or signs.link or signs.title):
        yield f"{_NAMELESS}{_DATE}{_TEXT}", 2, {"date": date, "text": text}
        return
    is_many_guids = bool(signs.guid) and ask(_GUID, many, guid)
    is_many_links = bool(signs.link) and ask(_LINK, many, link)
    is_many_titles = bool(signs.title) and ask(_TITLE, many, title)
    if is_many_guids:
        yield _GUID + _DATE, 2, guid | {"date": date}
    if is_many_links:
        yield _LINK + _DATE, 2, link | {"date": date}
    if is_many_titles:
        yield _TITLE + _DATE, 2, title | {"date": date}
        yield _TITLE + _BARE, 2, title | {"bare": bare}
        yield _TITLE + _TEXT, 2, title | {"text": text}
    if is_many_guids and is_many_links:
        yield f"{_GUID} AND {_LINK}", 2, guid | link
    # What of guid, link and title an article has, all of it together with its date, and with its text.
    shared = ((signs.guid, is_many_guids), (signs.link, is_many_links), (signs.title, is_many_titles))
    if all(is_many for sign, is_many in shared if sign):
        whole = "guid = :guid AND canonical_url = :link AND title = :title"
        if signs.guid:
            whole += " AND guid <> ''"
        elif signs.link:
            whole += " AND canonical_url <> ''"
        else:
            whole += " AND title <> ''"
        yield whole + _DATE, 2, guid | link | title | {"date": date}
        yield whole + _DATE + _TEXT, 2, guid | link | title | {"date": date, "text": text}


def article_times(conn: sqlite3.Connection, source_url: str, *, until: datetime, limit: int) -> tuple[datetime, ...]:
    """See :meth:`.base.Store.article_times`."""
    bound = {"url": source_url, "until": rows.to_microseconds(until), "limit": limit, "few": FEW * limit}
    last = [at for (at,) in conn.execute(_LAST_TIMES, bound)]
    newest_by_second: dict[int, int] = {}
    for at in last:
        newest_by_second.setdefault(at // 1_000_000, at)
    found = list(newest_by_second.values())[:limit]
    if len(found) < limit and len(last) == FEW * limit:  # many of one second, as where a feed dates all alike
        found = [at for (at,) in conn.execute(_TIMES, bound)]
    (newest,) = conn.execute("SELECT max(at) FROM articles WHERE source_url = ?", (source_url,)).fetchone()
    if newest is not None and newest not in found:
        found.insert(0, newest)
    return tuple([rows.from_microseconds(at) for at in found])
