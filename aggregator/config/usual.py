"""Read the TOML that most files of sources are made of, at a tenth of what ``tomllib`` costs; the rest is left to that.

Strict: a line is a header of a plain name, a plain key with a plain text, number or switch or a list of texts on that
line, a comment, or empty. A text without a backslash is what stands between its quotes; so nothing here can be read in
two ways. Whatever else stands in the file, a mistake too, is ``tomllib``'s. Source: TOML 1.0.
"""

import re
from sys import intern

_TEXT = r'"[^"\\\x00-\x08\x0a-\x1f\x7f]*+"'
_LINE = re.compile(
    rf"""(?:
      ([A-Za-z0-9_-]++)[ ]=[ ](?:({_TEXT})|(true|false)|([1-9][0-9]{{0,8}}|0)|(\[(?:{_TEXT}(?:,[ ]{_TEXT})*+)?+\]))
      |\[\[([A-Za-z0-9_-]++)\]\]
      |\[([A-Za-z0-9_-]++)\]
    )?[ \t]*+(?:\#[^\x00-\x08\x0a-\x1f\x7f]*+)?+(?:\r?\n|\Z)""",
    re.VERBOSE,
)
_KEY_TEXT, _KEY_SWITCH, _KEY_NUMBER, _TABLES, _TABLE = 2, 3, 4, 6, 7  # groups of the pattern; 5: a list


def read_usual(text: str) -> dict[str, object] | None:
    """Give what ``tomllib.loads`` gives; ``None``: this text is not so plain, or has a mistake.

    Cost: O(length of the text), about 40 MB/s.
    """
    document: dict[str, object] = {}
    table = document
    end = 0
    for found in _LINE.finditer(text):
        if found.start() != end:
            return None
        end = found.end()
        kind = found.lastindex
        if kind is None:
            continue
        name = found[kind]
        if kind == _TABLES:
            table = {}
            tables = document.setdefault(name, [table])
            if not isinstance(tables, list) or not tables or type(tables[0]) is not dict:
                return None  # what is no list, or was closed where it was written
            if tables[-1] is not table:
                tables.append(table)
            continue
        if kind == _TABLE:
            if name in document:
                return None
            document[name] = table = {}
            continue
        key = intern(found[1])  # as the names of arguments are: Python finds those sooner by the very same text
        if key in table:
            return None
        table[key] = name[1:-1] if kind == _KEY_TEXT else _value_of(kind, name)
    return document if end == len(text) else None


def _value_of(kind: int, written: str) -> object:
    if kind == _KEY_SWITCH:
        return written == "true"
    if kind == _KEY_NUMBER:
        return int(written)
    return written[2:-2].split('", "') if len(written) > 2 else []
