"""One feeds.toml while it is read: what it holds, and everything found wrong so far, each with its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from aggregator.config.tables import TABLES, Kinds, Many
from aggregator.config.values import Reader, Wrong, shown
from aggregator.errors import Mistake

if TYPE_CHECKING:
    from aggregator.config.lines import KeyPath

MAX_MISTAKES = 100  # nobody reads more, and each "did you mean" costs about a millisecond

Place = tuple["KeyPath", dict[str, Any]]
"""A table that was read: where it stands, and its good values by key."""


def close_matches(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> list[str]:
    """Give the likeliest of the known names that may have been meant, if there is one."""
    import difflib  # most files have no mistake

    return difflib.get_close_matches(name[:80], list(known), n=1, cutoff=cutoff)


class Reading:
    """One file while it is read: what it holds, and what has been found wrong so far."""

    def __init__(self, text: str, document: Mapping[str, object]) -> None:
        self.document = document
        self.mistakes: list[Mistake] = []
        self.warnings: list[Mistake] = []
        self._text = text
        self._lines: dict[KeyPath, int] | None = None

    def line(self, path: KeyPath) -> int:
        """Give the line of ``path``. The walk over the text is made only when somebody asks."""
        from aggregator.config.lines import find_lines, line_of

        if self._lines is None:
            self._lines = find_lines(self._text)
        return line_of(self._lines, path)

    def mistake(self, path: KeyPath, message: str, hint: str = "") -> None:
        """Note what makes the file unusable."""
        if len(self.mistakes) <= MAX_MISTAKES:
            self.mistakes.append(Mistake(message=message, line=self.line(path), hint=hint))

    def warn(self, path: KeyPath, message: str, hint: str = "") -> None:
        """Note what is odd but stops nothing."""
        if len(self.warnings) < MAX_MISTAKES:
            self.warnings.append(Mistake(message=message, line=self.line(path), hint=hint))

    def unknown(self, path: KeyPath, kinds: Mapping[str, object]) -> None:
        """Note a name that is none of ``kinds``, with the likeliest one that is."""
        if len(self.mistakes) > MAX_MISTAKES:
            return
        name = str(path[-1])
        home = next((f"[{table}]" for table in ("settings", "defaults") if name in TABLES[table]), "")
        if close := close_matches(name, kinds):
            hint = f'did you mean "{close[0]}"?'
        elif home and kinds is TABLES:
            hint = f"it belongs under {home}"
        else:
            hint = "known here: " + ", ".join(kinds)
        self.mistake(path, f"unknown {'table or key' if kinds is TABLES else 'key'} {shown(name)}", hint)

    def one(self, path: KeyPath, name: str, value: object, read: Reader) -> Any:
        """Read one value; ``None`` and a mistake if it is wrong."""
        try:
            return read(value)
        except Wrong as wrong:
            self._refuse(path, name, value, wrong)
            return None

    def _refuse(self, path: KeyPath, name: str, value: object, wrong: Wrong) -> None:
        instead = "what it holds" if wrong.is_secret else shown(value)
        self.mistake(path, f"{name} must be {wrong.expected}, not {instead}", wrong.hint)

    def many(self, path: KeyPath, name: str, value: object, read: Reader) -> tuple[Any, ...] | None:
        """Read each element of a list; ``None`` and a mistake if it is no list."""
        if not isinstance(value, list):
            hint = f"write {name} = [{shown(value)}]" if isinstance(value, str) else ""
            self.mistake(path, f"{name} must be a list, not {shown(value)}", hint)
            return None
        read_ones = [self.one((*path, i), f"each of {name}", each, read) for i, each in enumerate(value)]
        return tuple(dict.fromkeys(each for each in read_ones if each is not None))

    def table(self, path: KeyPath, table: Mapping[str, object], kinds: Kinds) -> Place:
        """Read the values of one table; wrong and unknown ones are left out."""
        good: dict[str, Any] = {}
        for name, value in table.items():
            kind = kinds.get(name)
            if kind is None:
                self.unknown((*path, name), kinds)
                continue
            if isinstance(kind, Many):
                result = self.many((*path, name), name, value, kind.each)
                if result is not None:
                    good[name] = result
                continue
            try:
                good[name] = kind(value)
            except Wrong as wrong:
                self._refuse((*path, name), name, value, wrong)
        return path, good

    def single(self, name: str) -> Place:
        """Read a ``[table]`` that stands once."""
        table = self.document.get(name, {})
        if not isinstance(table, dict):
            self.mistake((name,), f"{name} must be a table", f"write [{name}]")
            table = {}
        return self.table((name,), table, TABLES[name])

    def several(self, name: str, *, required: str, is_short: bool = False) -> list[Place]:
        """Read the ``[[tables]]`` of a name; ``is_short``: an element that is only a text stands for ``required``."""
        tables = self.document.get(name, [])
        if not isinstance(tables, list):
            self.mistake((name,), f"{name} must be a list of tables", f"write [[{name}]] before each")
            return []
        places = []
        for i, table in enumerate(tables):
            if is_short and isinstance(table, str):
                table = {required: table}
            if isinstance(table, dict):
                places.append(self.table((name, i), table, TABLES[name]))
                if required not in table:
                    self.mistake((name, i), f"one of {name} has no {required}", f'add {required} = "…"')
            else:
                self.mistake((name, i), f"each of {name} must be a table, not {shown(table)}", f"write [[{name}]]")
        return places
