"""overrides.toml: a person's words over the model, beside feeds.toml. Read with every mistake named, edited as text.

Owns the names of its keys and its layout. What the words do is the business of :mod:`aggregator.stories.overrides`.
Comments and the layout of other entries stay as they are, byte for byte.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from aggregator.config import values
from aggregator.config.file import load_toml, read_text
from aggregator.config.lines import find_lines
from aggregator.config.reading import Place, Reading
from aggregator.config.tables import Kinds, Many
from aggregator.config.values import Wrong
from aggregator.errors import AggregatorError, ConfigError
from aggregator.model import Override, OverrideKind

if TYPE_CHECKING:
    from tomlkit.items import Array

LONGEST_URL = 2_000
_STORY_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{10}")
_HEAD = """\
# What you say over the model: which stories are one, which articles belong where, what is not shown.
# `aggregator override --help` writes it; edit it by hand if you like, `aggregator check` reads it.
"""
BY_HAND = "this overrides.toml is laid out in a way that cannot be edited safely; please change it by hand"


def _story_id(value: object) -> str:
    if not isinstance(value, str) or not _STORY_ID.fullmatch(value):
        raise Wrong("a story's id", "as in s/ID.html: 10 letters and digits")
    return value


def _url(value: object) -> str:
    is_address = isinstance(value, str) and value.startswith(("http://", "https://")) and value.isprintable()
    if not is_address or len(str(value)) > LONGEST_URL:
        raise Wrong("the address of an article", "as it stands on the story's page")
    return str(value)


_KINDS: Kinds = {
    "n": values.whole(1, 10**9),
    "do": values.choice(*get_args(OverrideKind)),
    "stories": Many(_story_id),
    "firsts": Many(_url),
    "urls": Many(_url),
    "apart_from": Many(_url),
    "note": values.one_line_or_none,
}
_TOP: Mapping[str, object] = {"last": None, "overrides": None}
_NEEDED: Mapping[str, Mapping[str, tuple[int, int]]] = {  # how many of each key, at least and at most
    "merge": {"stories": (2, 100)},
    "split": {"stories": (1, 1), "urls": (1, 1000)},
    "pin": {"stories": (1, 1), "urls": (1, 1)},
    "forbid": {"urls": (2, 2)},
    "hide": {"stories": (1, 1)},
}


def load_overrides(path: Path) -> tuple[Override, ...]:
    """Read a file of overrides, by number; a missing one holds none.

    Raises:
        ConfigError: With all mistakes, if there are any, or why the file cannot be read.
    """
    return parse_overrides(read_text(path), path) if path.exists() else ()


def parse_overrides(text: str, path: Path) -> tuple[Override, ...]:
    """Read the text of an overrides.toml that stands (or is to stand) at ``path``. As :func:`load_overrides`."""
    reading = Reading(text, load_toml(text, path))
    for name in reading.document:
        if name not in _TOP:
            reading.unknown((name,), _TOP)
    last = reading.document.get("last", 0)
    if not isinstance(last, int) or isinstance(last, bool) or last < 0:
        reading.mistake(("last",), "last must be the highest number ever given to an override")
    places = _places(reading)
    for place in places:
        _check(reading, place)
    _check_numbers(reading, places)
    if reading.mistakes:
        raise ConfigError(str(path), tuple(sorted(reading.mistakes, key=lambda each: (each.line, each.message))))
    return tuple(sorted(_overrides(places, int(str(last))), key=lambda each: each.n))


def _places(reading: Reading) -> list[Place]:
    tables = reading.document.get("overrides", [])
    if not isinstance(tables, list):
        reading.mistake(("overrides",), "overrides must be a list of tables", "write [[overrides]] before each")
        return []
    places = []
    for i, table in enumerate(tables):
        if isinstance(table, dict):
            places.append(reading.table(("overrides", i), table, _KINDS))
            if "do" not in table:
                reading.mistake(("overrides", i), "one of overrides has no do", 'add do = "merge" or another')
        else:
            reading.mistake(("overrides", i), "each of overrides must be a table", "write [[overrides]]")
    return places


def _check(reading: Reading, place: Place) -> None:
    path, table = place
    kind = table.get("do", "")
    needed = _NEEDED.get(kind, {})
    for key, (least, most) in needed.items():
        n = len(table.get(key, ()))
        if not least <= n <= most:
            many = f"{least}" if least == most else f"{least} or more"
            reading.mistake((*path, key), f"{kind} needs {many} of {key}, not {n}")
    for key in ("stories", "urls", "apart_from"):
        allowed = key in needed or (key == "apart_from" and kind == "split")
        if kind in _NEEDED and key in table and not allowed:
            reading.mistake((*path, key), f"{kind} knows no {key}", "known there: " + ", ".join(needed))


def _check_numbers(reading: Reading, places: Sequence[Place]) -> None:
    seen: dict[int, int] = {}
    for path, table in places:
        if "n" in table:
            line = reading.line((*path, "n"))
            if table["n"] in seen:
                reading.mistake((*path, "n"), f"the number {table['n']} stands twice, first in line {seen[table['n']]}")
            seen.setdefault(table["n"], line)


def _overrides(places: Sequence[Place], last: int) -> list[Override]:
    """Make the values; those that a person wrote without a number get the next free ones, in the order of the file."""
    free = max([last, *(table["n"] for _, table in places if "n" in table)])
    made = []
    for _, table in places:
        fields = {key: value for key, value in table.items() if key not in ("n", "do")}
        n = table.get("n")
        if n is None:
            free += 1
            n = free
        made.append(Override(n=n, kind=table["do"], **fields))
    return made


# ---------------------------------------------------------------- editing


def next_number(text: str, path: Path) -> int:
    """Return the number of the next override: none is ever given twice."""
    numbers = [each.n for each in parse_overrides(text, path)] if text else []
    last = tomllib.loads(text).get("last", 0) if text else 0
    return 1 + max([last, *numbers])


def with_override(text: str, override: Override, path: Path) -> str:
    """Return ``text`` with one more override at its end.

    Raises:
        AggregatorError: The file cannot be edited without harm.
    """
    import tomlkit  # only to write; reading needs none of its 20 ms

    table = tomlkit.table()
    table["n"] = override.n
    table["do"] = override.kind
    for key in ("stories", "firsts", "urls", "apart_from"):
        given = getattr(override, key)
        if given:
            table[key] = _list(given)
    if override.note:
        table["note"] = override.note
    text = _numbered(text, path) if text else text
    before = _with_last(text or _HEAD, override.n)
    changed = before.rstrip("\n") + "\n\n[[overrides]]\n" + tomlkit.dumps(table)
    return _checked(changed, text, n_more=1)


def _list(given: Sequence[str]) -> "Array":
    import tomlkit

    written = tomlkit.array()
    written.extend(given)
    return written.multiline(len(given) > 2)


def without_override(text: str, n: int, path: Path) -> str:
    """Return ``text`` without one override and the comments directly above it.

    Raises:
        AggregatorError: There is no such number, or the file cannot be edited without harm.
    """
    overrides = parse_overrides(text, path)
    if n not in {each.n for each in overrides}:
        known = ", ".join(str(each.n) for each in overrides)
        raise AggregatorError(f"there is no override {n}; " + (f"known: {known}" if known else "there is none at all"))
    text = _numbered(text, path)
    numbers = [table["n"] for table in tomllib.loads(text)["overrides"]]
    place = numbers.index(n)
    lines, line_by_path = text.splitlines(keepends=True), find_lines(text)
    begins = [_with_comments(lines, line_by_path["overrides", i] - 1) for i in range(len(numbers))]
    end = begins[place + 1] if place + 1 < len(begins) else len(lines)
    changed = "".join(lines[: begins[place]] + lines[end:]).rstrip("\n") + "\n"
    return _checked(_with_last(changed, max(numbers)), text, n_more=-1)


def _numbered(text: str, path: Path) -> str:
    """Return ``text`` with the number of each override written down: those of others must never move it."""
    tables = tomllib.loads(text).get("overrides", [])
    free = next_number(text, path) - 1 - sum("n" not in table for table in tables)
    lines, line_by_path = text.splitlines(keepends=True), find_lines(text)
    added = 0
    for i, table in enumerate(tables):
        if "n" not in table:
            added += 1
            lines[line_by_path["overrides", i] - 1] += f"n = {free + added}\n"
    return "".join(lines)


def _with_comments(lines: Sequence[str], start: int) -> int:
    """Return the first of the comment lines directly above a header, but none of the head of the file."""
    while (
        start > 1 and lines[start - 1].startswith("#") and any(not line.startswith("#") for line in lines[: start - 1])
    ):
        start -= 1
    return start


def _with_last(text: str, last: int) -> str:
    """Return ``text`` that says which number was the last one ever given."""
    known = int(tomllib.loads(text).get("last", 0))
    last = max(last, known)
    if re.search(r"(?m)^last\s*=", text):
        return re.sub(r"(?m)^last\s*=\s*\d+", f"last = {last}", text, count=1)
    first = re.search(r"(?m)^(?=\[)", text)
    at = first.start() if first else len(text)
    above = text[:at].rstrip("\n")
    return (f"{above}\n" if above else "") + f"last = {last}\n" + ("\n" + text[at:] if first else "")


def _checked(changed: str, before: str, *, n_more: int) -> str:
    """Return the changed text, if TOML reads it as the old one with so many more overrides."""
    try:
        new, old = tomllib.loads(changed), tomllib.loads(before)
    except ValueError as error:
        raise AggregatorError(BY_HAND) from error
    tables, were = new.get("overrides", []), old.get("overrides", [])
    kept = [each for each in tables if each in were] if n_more > 0 else tables
    if len(tables) != len(were) + n_more or any(each not in were for each in kept):
        raise AggregatorError(BY_HAND)
    return changed
