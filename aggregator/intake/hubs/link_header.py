"""Read ``Link`` headers. Pure.

Source: RFC 8288, 3 and B.2; RFC 9110, 5.6.4 for quoted texts. Odd parts are passed over, never an error.
"""

import re
from collections.abc import Iterator

from aggregator.dataclass import dataclass

MAX_HEADER = 20_000  # characters that are read
MAX_LINKS = 100

_TARGET = re.compile(r"<([^<>]*)>")
_TO_NEXT = re.compile(r"[^,]*+[\s,]*+")  # what is odd is passed over up to the next comma
_BETWEEN = re.compile(r"[\s,]*+")
_PARAMETER = re.compile(r"""\s*+;\s*+([^\s=;,"<>]*+)(?:\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^\s;,"]*)))?""", re.DOTALL)
_PAIR = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link of a header.

    Attributes:
        target: As written, perhaps relative.
        relations: In lower case.
        anchor: What it is said of, as written; ``None``: of the answer itself.
    """

    target: str
    relations: tuple[str, ...]
    anchor: str | None = None


def read_links(header: str) -> tuple[Link, ...]:
    """Give the links of a header, in order, at most ``MAX_LINKS``. Cost: linear in its length."""
    header = header[:MAX_HEADER]
    links: list[Link] = []
    at = _end_of(_BETWEEN, header, 0)
    while at < len(header) and len(links) < MAX_LINKS:
        if (target := _TARGET.match(header, at)) is not None:
            at = target.end()
            given: dict[str, str] = {}
            for name, value, end in _parameters(header, at):
                at = end
                given.setdefault(name, value)  # of several only the first counts. Source: RFC 8288, 3.3
            relations = tuple(given.get("rel", "").lower().split())
            links.append(Link(target=target[1].strip(), relations=relations, anchor=given.get("anchor")))
        at = _end_of(_TO_NEXT, header, at)
    return tuple(links)


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _parameters(header: str, at: int) -> Iterator[tuple[str, str, int]]:
    """Yield name, value and where the next one begins."""
    while (found := _PARAMETER.match(header, at)) is not None:
        at = found.end()
        quoted, token = found[2], found[3]
        value = _PAIR.sub(r"\1", quoted) if quoted is not None else token or ""
        yield found[1].lower(), value, at
