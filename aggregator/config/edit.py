"""Changes of feeds.toml as text: a source comes in, goes out, or gets another address. Pure: from text to text.

Only the lines of what changes are touched; every other line stays as it is, byte for byte. What is written is written
by tomlkit: a new table, or the list ``feeds = [...]`` with the comments inside it. A change is given back only if TOML
reads it as exactly what was asked for. Whether the values may stand there is the business of :mod:`.config`.
"""

import bisect
import re
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, InlineTable, Table

from aggregator.config.lines import KeyPath, find_lines
from aggregator.errors import SourceError
from aggregator.model import Source

BY_HAND = "this feeds.toml is laid out in a way that cannot be edited safely; please change it by hand"


def add_sources(text: str, sources: Sequence[Source]) -> str:
    """Return ``text`` with these sources after the last one, with address, name, publisher, language and tags.

    The new ones are written as the old ones are: as ``[[feeds]]``, or as elements of ``feeds = [...]``.

    Raises:
        SourceError: The file cannot be edited without harm.
    """
    if not sources:
        return text
    file = _File(text)
    new = [_fields(source) for source in sources]
    if file.is_list:
        changed = file.with_list(lambda feeds: _extend(feeds, new))
    else:
        changed = file.with_tables_added(_written(new))
    added: list[Any] = [each["url"] if file.is_list and len(each) == 1 else each for each in new]
    return _checked(changed, file, [*file.feeds, *added])


def is_short_form(text: str) -> bool:
    """Tell whether the sources stand in a list, ``feeds = [...]``."""
    return _File(text).is_list


def remove_source(text: str, url: str) -> str:
    """Return ``text`` without a source and without the comments directly above its table.

    Raises:
        SourceError: No source has exactly this address, or the file cannot be edited without harm.
    """
    file = _File(text)
    n = file.number_of(url)
    changed = file.with_list(lambda feeds: feeds.pop(n)) if file.is_list else file.without_table(n)
    return _checked(changed, file, [*file.feeds[:n], *file.feeds[n + 1 :]])


def rename_source(text: str, url: str, new_url: str) -> str:
    """Return ``text`` with another address of one source; all else about it stays.

    Raises:
        SourceError: No source has exactly this address, or the file cannot be edited without harm.
    """
    file = _File(text)
    n = file.number_of(url)
    if file.is_list:
        changed = file.with_list(lambda feeds: _rename_element(feeds, n, new_url))
    else:
        changed = file.with_table(n, lambda table: table.__setitem__("url", new_url))
    old = file.feeds[n]
    new: Any = {**old, "url": new_url} if isinstance(old, dict) else new_url
    return _checked(changed, file, [*file.feeds[:n], new, *file.feeds[n + 1 :]])


def _checked(changed: str, file: "_File", feeds: list[Any]) -> str:
    """Return the changed text, if TOML reads it as the old one with these feeds."""
    try:
        document = tomllib.loads(changed)
    except ValueError as error:
        raise SourceError(BY_HAND) from error
    if document != {**file.document, "feeds": feeds} and not (not feeds and document == file.without_feeds):
        raise SourceError(BY_HAND)
    return changed


# ---------------------------------------------------------------- what is written


def _fields(source: Source) -> dict[str, Any]:
    given = {"url": source.url, "name": source.name, "publisher": source.publisher, "lang": source.lang}
    fields: dict[str, Any] = {key: value for key, value in given.items() if value}
    return {**fields, "tags": list(source.tags)} if source.tags else fields


def _written(tables: Sequence[dict[str, Any]]) -> str:
    """Write ``[[feeds]]`` tables with an empty line between them."""
    return "\n".join("[[feeds]]\n" + tomlkit.dumps(table) for table in tables)


def _extend(feeds: Array, new: Sequence[dict[str, Any]]) -> None:
    is_bare = feeds.as_string().strip("[] \t") == ""
    for fields in new:
        if len(fields) == 1:
            feeds.append(fields["url"])
        else:
            table = tomlkit.inline_table()
            table.update(fields)
            feeds.append(table)
    if is_bare and len(new) > 1:
        feeds.multiline(True)


def _rename_element(feeds: Array, n: int, url: str) -> None:
    element = feeds[n]
    if isinstance(element, InlineTable):
        element["url"] = url
    else:
        feeds[n] = url


# ---------------------------------------------------------------- where things stand


def _is_table(path: KeyPath) -> bool:
    """Tell whether a table may begin where this path stands: all others stand deeper."""
    return len(path) == 1 or (len(path) == 2 and isinstance(path[1], int))


class _File:
    """A feeds.toml taken apart: its lines, what it holds, and where each table begins."""

    def __init__(self, text: str) -> None:
        self.document: dict[str, Any] = tomllib.loads(text)
        self.feeds: list[Any] = self.document.get("feeds", [])
        self._lines: list[str] = re.findall(r"[^\n]*\n|[^\n]+", text)
        self._end = "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"
        self._line_by_path = {path: line - 1 for path, line in find_lines(text).items()}  # counted from 0
        self._headers = sorted({line for path, line in self._line_by_path.items() if _is_table(path)})
        first = self._line_by_path.get(("feeds",))
        self.is_list = first is not None and not self._lines[first].lstrip().startswith("[")

    @property
    def without_feeds(self) -> dict[str, Any]:
        """What the file holds besides sources."""
        return {name: value for name, value in self.document.items() if name != "feeds"}

    def number_of(self, url: str) -> int:
        """Return the position of the source with this address."""
        for n, feed in enumerate(self.feeds):
            if str(feed.get("url", "") if isinstance(feed, dict) else feed).strip() == url:
                return n
        raise SourceError(f"no source has the address {url}")

    # -- tables

    def with_tables_added(self, tables: str) -> str:
        """Return the text with these tables after the last table of a source, else at the end."""
        n = len(self.feeds)
        at = self._table_lines(n - 1)[1] if n else len(self._lines)
        before, after = self._lines[:at], self._lines[at:]
        if before and not before[-1].endswith("\n"):
            before[-1] += self._end
        gap = [self._end] if before and before[-1].strip() else []
        gap_after = [self._end] if after and after[0].strip() else []
        return "".join((*before, *gap, tables.replace("\n", self._end), *gap_after, *after))

    def without_table(self, n: int) -> str:
        """Return the text without a table, its own comments, and the smaller one of the gaps around it."""
        first, end = self._table_lines(n)
        while first and self._is_comment(first - 1):
            first -= 1
        above, below = first, end
        while above and self._is_blank(above - 1):
            above -= 1
        while below < len(self._lines) and self._is_blank(below):
            below += 1
        is_last, is_first = below == len(self._lines), above == 0
        if is_last or (not is_first and first - above < below - end):
            first = above
        else:
            end = below
        return "".join(self._lines[:first] + self._lines[end:])

    def with_table(self, n: int, change: Callable[[Table], object]) -> str:
        """Return the text with one table changed."""
        first, end = self._table_lines(n)
        document = self._parsed(first, end)
        tables = document["feeds"]
        if not isinstance(tables, AoT):
            raise SourceError(BY_HAND)
        change(tables[0])
        return self._spliced(first, end, document)

    def _table_lines(self, n: int) -> tuple[int, int]:
        """Return the first line of a table and the one after its last, comments right below its keys included.

        A comment that leads without a gap into the next table belongs to that one.
        """
        first = self._line_by_path["feeds", n]
        after = bisect.bisect_right(self._headers, first)
        limit = self._headers[after] if after < len(self._headers) else len(self._lines)
        end = limit
        while end > first + 1 and (self._is_blank(end - 1) or self._is_comment(end - 1)):
            end -= 1
        below = end
        while below < limit and self._is_comment(below):
            below += 1
        return first, end if below == limit < len(self._lines) else below

    def _is_blank(self, line: int) -> bool:
        return self._lines[line].strip() == ""

    def _is_comment(self, line: int) -> bool:
        return self._lines[line].lstrip()[:1] == "#"

    # -- the list

    def with_list(self, change: Callable[[Array], object]) -> str:
        """Return the text with the list ``feeds = [...]`` changed."""
        first = self._line_by_path["feeds",]
        others = (line for path, line in self._line_by_path.items() if path[0] != "feeds" and line > first)
        end = min(others, default=len(self._lines))
        document = self._parsed(first, end)
        feeds = document["feeds"]
        if not isinstance(feeds, Array):
            raise SourceError(BY_HAND)
        change(feeds)
        return self._spliced(first, end, document)

    # -- a part of the file, through tomlkit

    def _parsed(self, first: int, end: int) -> tomlkit.TOMLDocument:
        part = "".join(self._lines[first:end])
        plain = part.replace("\r\n", "\n") if self._end == "\r\n" else part
        try:
            document = tomlkit.parse(plain)
        except (ValueError, RecursionError) as error:
            raise SourceError(BY_HAND) from error
        if tomlkit.dumps(document) != plain:
            raise SourceError(BY_HAND)
        return document

    def _spliced(self, first: int, end: int, document: tomlkit.TOMLDocument) -> str:
        part = tomlkit.dumps(document)
        if self._end == "\r\n":
            part = part.replace("\n", "\r\n")
        return "".join((*self._lines[:first], part, *self._lines[end:]))
