"""Where in a TOML text a value stands: ``tomllib`` gives values without their lines.

Owns the walk over a text that ``tomllib`` has accepted, so the grammar is known to hold and only structure matters.
Must not judge any value. Source: TOML 1.0.
"""

import contextlib
import re
import tomllib
from collections.abc import Mapping

KeyPath = tuple[str | int, ...]
"""``("feeds", 3, "keep", 0)``: keys by name, tables of an array and its elements by position."""

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>\"{3}(?:\\[\s\S]|\"{1,2}(?!\")|[^\"\\]++)*\"{3,5}|'{3}[\s\S]*?'{3,5}|\"(?:\\.|[^\"\\\n]++)*\"|'[^'\n]*')
    |(?P<mark>[\[\]{},=.])
    |(?P<bare>[^\s\[\]{},=.\"'\#]++)
    |(?P<other>[\s\S])""",
    re.VERBOSE,
)


class _Walk:
    """One pass over a text; remembers where it is, which table it is in, and how long each array of tables is."""

    def __init__(self, text: str) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._tokens = _TOKEN.finditer(text)
        self._next_line = 1
        self._n_tables: dict[KeyPath, int] = {}
        self._table: KeyPath = ()
        self._kind = self._text = ""
        self._line = 1
        self._advance()

    def run(self) -> None:
        while self._kind:
            if self._kind == "newline":
                self._advance()
            elif self._text == "[":
                self._header()
            else:
                path = self._key(self._table)
                self._advance()  # the "="
                self._value(path)

    def _advance(self) -> None:
        """Go to the next token that is no blank; the kind is empty at the end."""
        for match in self._tokens:
            self._kind, self._text, self._line = match.lastgroup or "", match[0], self._next_line
            self._next_line += self._text.count("\n")
            if self._kind != "blank":
                return
        self._kind = self._text = ""

    def _skip_newlines(self) -> None:
        while self._kind == "newline":
            self._advance()

    def _name(self) -> str:
        if self._kind == "string":
            return str(tomllib.loads(f"name = {self._text}")["name"])
        return self._text

    def _key(self, path: KeyPath) -> KeyPath:
        """Read a dotted key below ``path`` and give its whole path."""
        while self._kind in ("bare", "string"):
            path = (*path, self._name())
            self.lines.setdefault(path, self._line)
            self._advance()
            if self._text == ".":
                self._advance()
        return path

    def _header(self) -> None:
        """Read ``[a.b]`` or ``[[a.b]]``: a name that is an array of tables means the newest of them."""
        line = self._line
        self._advance()
        is_array = self._text == "["
        names = []
        while self._kind and self._text != "]":
            if self._kind in ("bare", "string"):
                names.append(self._name())
            self._advance()
        path: KeyPath = ()
        for position, name in enumerate(names, start=1):
            path = (*path, name)
            self.lines.setdefault(path, line)
            if is_array and position == len(names):
                self._n_tables[path] = self._n_tables.get(path, 0) + 1
            if path in self._n_tables:
                path = (*path, self._n_tables[path] - 1)
        self.lines.setdefault(path, line)
        self._table = path
        while self._kind and self._kind != "newline":
            self._advance()

    def _value(self, path: KeyPath) -> None:
        if self._text == "[":
            self._array(path)
        elif self._text == "{":
            self._inline_table(path)
        elif self._kind == "string":
            self._advance()
        else:
            while self._kind in ("bare", "other") or self._text == ".":  # 1.5 and a date are several tokens
                self._advance()

    def _array(self, path: KeyPath) -> None:
        self._advance()
        self._skip_newlines()
        position = 0
        while self._kind and self._text != "]":
            self.lines[(*path, position)] = self._line
            self._value((*path, position))
            self._skip_newlines()
            if self._text == ",":
                self._advance()
            self._skip_newlines()
            position += 1
        self._advance()

    def _inline_table(self, path: KeyPath) -> None:
        self._advance()
        while self._kind and self._text != "}":
            inner = self._key(path)
            self._advance()  # the "="
            self._value(inner)
            if self._text == ",":
                self._advance()
        self._advance()


def find_lines(text: str) -> dict[KeyPath, int]:
    """Give the 1-based line of every table, key and array element of a text that ``tomllib`` accepts.

    Cost: O(length of the text), about 5 MB/s.
    """
    walk = _Walk(text)
    # tomllib came through, but from a stack that was less deep: the lines before the deep place are enough.
    with contextlib.suppress(RecursionError):
        walk.run()
    return walk.lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Give the line of ``path``, else of the nearest table around it; 0: of nothing."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)
