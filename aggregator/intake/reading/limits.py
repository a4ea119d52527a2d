"""Bound what a parser can be made to do by few bytes: depth, attributes, entities, number of articles. Pure.

feedparser takes the square of the depth (100,000 elements: 12 s) and of the attributes of one element (200,000:
minutes), and keeps what entities expand to. expat counts both at 100 MB/s before feedparser sees a byte.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeVar
from xml.parsers import expat

from aggregator.dataclass import dataclass

T = TypeVar("T")

MAX_DEPTH = 500  # elements in each other; broken feeds that never close <br> reach 200
MAX_ATTRIBUTES = 200  # of one element; the richest root element that was met declares 61 name spaces
MAX_ENTITY = 40  # characters that an entity may stand for; HTML's own stand for one or two
MAX_ENTITIES = 300  # HTML has 253

MAX_PRICE = 5_000_000  # of the HTML of one body; the dearest of 6,486 files comes to 0.9 million
MAX_PRICE_OF_CHARACTER = 7  # see ``price_of``: 6 for "<" is the most, and something for its length

_START = re.compile(rb"<((?:[A-Za-z][\w.-]*:)?(?:item|entry))(?=[\s/>])")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}(?:\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*+\]\s*)?>", re.IGNORECASE)
_DOCTYPE_START = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_DECLARATIONS = re.compile(rb"<!(?:DOCTYPE|ENTITY)[^<>]*+>?", re.IGNORECASE)  # a second one, or out of place
_ENTITY = re.compile(
    rb"""<!ENTITY\s+([\w.-]{1,40})\s+(?:"([^"&%<]{0,40}|&#\w{1,8};)"|'([^'&%<]{0,40}|&#\w{1,8};)')\s*>"""
)
_CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_MANY_ATTRIBUTES = re.compile(rb"<([A-Za-z][\w:.-]*+)(?:[^<>=]*+=){%d,}+[^<>]*+>" % (MAX_ATTRIBUTES + 1))


BUDGET = 4_000_000  # microseconds of feedparser, about; the dearest of 6,486 files of the world costs 234,000


class SpentError(Exception):
    """Ends a reading whose budget is spent; never leaves ``tolerant``."""


@dataclass(slots=True)
class Budget:
    """What may still be spent on one body, over all attempts to read it, in microseconds, about.

    Attributes:
        left: Below 0: it is spent.
    """

    left: int = BUDGET

    @property
    def is_spent(self) -> bool:
        """Tell whether nothing is left."""
        return self.left < 0

    def spend(self, price: int) -> None:
        """Pay for a step. Raises ``SpentError`` when the budget is spent."""
        self.left -= price
        if self.left < 0:
            raise SpentError


class _TooMuchError(Exception):
    """Stops expat; never leaves this module."""


def why_refused(text: bytes) -> str:
    """Say in words why XML is too dangerous to be parsed; empty: it may be. Ill-formed XML is judged up to there."""
    parser = expat.ParserCreate()
    depth = 0

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _TooMuchError(f"elements stand more than {MAX_DEPTH} deep in each other")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise _TooMuchError(f"an element has more than {MAX_ATTRIBUTES} attributes")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(text, True)
    except _TooMuchError as reason:
        return str(reason)
    except (expat.ExpatError, ValueError, LookupError):
        return _why_loose_refused(text)
    return ""


def _why_loose_refused(text: bytes) -> str:
    """Judge ill-formed XML, roughly: start tags that are nowhere closed make the loose parser slow."""
    plain = _CDATA.sub(b"", text)
    if _MANY_ATTRIBUTES.search(plain):
        return f"an element has more than {MAX_ATTRIBUTES} attributes"
    n_open = len(re.findall(rb"<[A-Za-z]", plain)) - plain.count(b"</") - plain.count(b"/>")
    if n_open > 10 * MAX_DEPTH:
        return "thousands of elements are never closed"
    return ""


def without_entities(text: bytes) -> bytes:
    """Keep of a DOCTYPE only its short, plain entities: nothing that expands, nothing outside the document."""
    start = _DOCTYPE_START.search(text)
    if start is None:
        return text
    doctype = _DOCTYPE.match(text, start.start())
    if doctype is None:
        return _DECLARATIONS.sub(b"", text)
    kept = b"\n".join(each[0] for each in list(_ENTITY.finditer(doctype[0]))[:MAX_ENTITIES])
    subset = b"<!DOCTYPE x [\n" + kept + b"\n]>" if kept else b""  # feedparser sees an entity only at a line's start
    return text[: doctype.start()] + subset + _DECLARATIONS.sub(b"", text[doctype.end() :])


def cut(text: bytes, *, max_articles: int) -> tuple[bytes, int]:
    """Cut a feed after so many articles, keeping it well formed where it was.

    Returns:
        The text and how many articles were left out.
    """
    if text.count(b"item") + text.count(b"entry") <= max_articles:
        return text, 0
    starts = list(_START.finditer(text))
    n_left_out = len(starts) - max_articles
    if n_left_out <= 0:
        return text, 0
    end_tag = b"</" + starts[-1][1] + b">"
    last = text.rfind(end_tag)
    after = text[last + len(end_tag) :] if last >= starts[-1].start() else b""
    return text[: starts[max_articles].start()] + after, n_left_out


def within_price(given: Sequence[T], price: Callable[[T], int]) -> tuple[Sequence[T], tuple[str, ...]]:
    """Keep the first articles of a feed, as many as together cost no more than ``MAX_PRICE``; warn of the others."""
    left = MAX_PRICE
    for i, each in enumerate(given):
        left -= price(each)
        if left < 0:
            return given[:i], (f"only the first {i} articles are read: the others hold too much markup",)
    return given, ()


def price_of(html: str) -> int:
    """Give what it costs to sanitise foreign HTML, in microseconds, about: tags, addresses, entities, length.

    Cost: O(n), a hundredth of that.
    """
    n_addresses = html.count("src=") + html.count("href=")
    return 6 * html.count("<") + 20 * n_addresses + 5 * html.count("&") + len(html) // 50
