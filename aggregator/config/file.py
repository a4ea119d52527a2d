"""From the file feeds.toml to what TOML says in it, with every way in which that fails put into words.

Owns encoding, size and syntax. Knows no key, and must not write anything.
"""

import re
from pathlib import Path

from aggregator.config.usual import read_usual
from aggregator.config.values import printable
from aggregator.errors import ConfigError, Mistake

MAX_BYTES = 10_000_000  # 100,000 sources take less; tomllib reads about 6 MB/s
# tomllib needs 7 s for one key of 20,000 parts, and its time grows with the square: such a text is refused unread.
_PART = r"""(?:(?<![\w-])[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+"""
_TOO_MANY_PARTS = rf"(?m)^[ \t\[]*+(?:{_PART}\.[ \t]*+){{20}}"
_SAVE_AS = "save the file as UTF-8 without a byte order mark"

_SYNTAX_HINTS = (  # part of tomllib's message -> what people most often did
    ("Invalid value", 'a text needs quotes: key = "text"'),
    ("Unescaped '\\'", "write a text with backslashes in single quotes"),
    ("Illegal character", "a text must end in the quotes it began with, on the same line"),
    ("Expected '='", 'a line is key = "value", a [table] or a # comment'),
    ("Invalid initial character for a key", 'a line is key = "value", a [table] or a # comment'),
    ("Cannot overwrite a value", "the same key stands twice in one table"),
    ("Cannot declare", "the same [table] stands twice; sources and outputs need [[double]] brackets"),
    ("Unclosed array", "a list ends with ] and has commas between its elements"),
)


def overrides_beside(config: Path) -> Path:
    """Return where the overrides of a feeds.toml stand."""
    return config.with_name("overrides.toml")


def read_text(path: Path) -> str:
    """Read the whole file.

    Raises:
        ConfigError: It is missing, too large, not to be read, or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _refusal(path, "there is no such file", hint="run `aggregator init` to write one") from error
    except OSError as error:
        raise _refusal(path, f"it cannot be read: {(error.strerror or 'unknown error').lower()}") from error
    except ValueError as error:  # a NUL in the path
        raise _refusal(path, "this is no name of a file") from error
    if len(content) > MAX_BYTES:
        raise _refusal(path, f"it is larger than {MAX_BYTES // 10**6} MB", hint="is this really a feeds.toml?")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(path, "it is written in UTF-16", line=1, hint=_SAVE_AS)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(path, f"byte 0x{content[error.start]:02x} is not UTF-8", line=line, hint=_SAVE_AS) from error


def load_toml(text: str, path: Path) -> dict[str, object]:
    """Read a TOML text that stands at ``path``.

    Raises:
        ConfigError: With the line and column of the first syntax error, or why the text is refused as a whole.
    """
    if text.startswith("\ufeff"):
        raise _refusal(path, "it begins with a byte order mark", line=1, hint=_SAVE_AS)
    if (usual := read_usual(text)) is not None:
        return usual
    if (found := re.search(_TOO_MANY_PARTS, text)) is not None:
        raise _refusal(path, "a key with more than 20 parts", line=text.count("\n", 0, found.start()) + 1)
    import tomllib  # 3 ms, which most files need not spend

    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise _refusal(path, "lists or tables are nested too deeply") from error
    except ValueError as error:  # TOMLDecodeError, or a number that Python refuses to read
        raise _syntax_refusal(path, text, str(error)) from error


def _syntax_refusal(path: Path, text: str, said: str) -> ConfigError:
    """Turn what tomllib said, "Invalid value (at line 3, column 8)", into a mistake of that line."""
    hint = next((hint for part, hint in _SYNTAX_HINTS if part in said), "")
    reason = printable(re.sub(r"\s*\(at [^()]*\)$", "", said).partition("; use sys.")[0])
    if place := re.search(r"\(at line (\d+), column (\d+)\)$", said):
        return _refusal(path, f"column {place[2]}: {reason}", line=int(place[1]), hint=hint)
    if said.endswith("(at end of document)"):
        line = text.rstrip().count("\n") + 1
        return _refusal(path, f"{reason} at the end of the file", line=line, hint=hint)
    return _refusal(path, reason, hint=hint)


def _refusal(path: Path, message: str, *, line: int = 0, hint: str = "") -> ConfigError:
    return ConfigError(str(path), (Mistake(message=message, line=line, hint=hint),))
