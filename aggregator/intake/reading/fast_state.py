"""Own what the fast reader remembers while it reads: open elements, and the mappings that it fills. Pure.

Its rules for text are feedparser's: where a text goes when an element ends, and what is done to it before.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urljoin

from aggregator.dataclass import dataclass
from aggregator.markup import is_plain

MAX_TAGS = 200  # categories of one article that are kept; a search for repeats takes the square of their number
MAX_AUTHOR = 1_000  # characters of an author that are looked at; the search for an e-mail address takes their square

XHTML = "application/xhtml+xml"
HTML_TYPES = (XHTML, "text/html")
_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": XHTML}
_RELATIVE = frozenset({"id", "link", "href", "url"})
_KEPT_APART = frozenset({"category", "itunes_keywords"})
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_MAY_BE_HTML = re.compile(r"</\w+>|&#?\w+;")
_C1 = re.compile("[\x80-\x9f]")
_CP1252 = {n: bytes([n]).decode("cp1252") for n in range(128, 160) if n not in (129, 141, 143, 144, 157)}

Attributes = dict[str, str]
Mapping = dict[str, Any]  # as feedparser's: untyped, never handed on


class OddError(Exception):
    """Gives up: only feedparser may read this feed. Never leaves the fast reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judges:
    """What feedparser decides by rules of its own: asked, not repeated.

    Attributes:
        read_date: Gives a UTC time tuple, or ``None``.
        is_html: Tells whether what should be plain text is HTML.
    """

    read_date: Callable[[str], Sequence[int] | None]
    is_html: Callable[[str], bool]


def join(base: str, url: str) -> str:
    """Give an address relative to a base, as feedparser does: too many slashes are forgiven."""
    if is_plain(url):
        return url
    if "://" in url:
        url = _SLASHES.sub(r"\1\3", url)
    elif url.startswith(("tag:", "urn:")):  # no address, relative to nothing
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def content_type(given: str) -> str:
    """Give the media type that a ``type`` attribute means."""
    given = given.lower()
    return _TYPES.get(given, given)


class Reading:
    """The state of one reading. Fields that feedparser has, too, behave as there.

    Attributes:
        version: "rss20", "atom10", ...
        feed: What is said of the feed.
        entries: What is said of each article.
        base: What addresses are relative to here.
        lang: Language declared here.
        stack: Open elements that collect text: name, whether the text is stored, its pieces.
        params: Type, language and base of the text that is being read; empty: none is.
        n_content: Open elements whose text may be markup.
    """

    def __init__(self, url: str, judges: Judges) -> None:
        self.judges = judges
        self.version = ""
        self.feed: Mapping = {}
        self.entries: list[Mapping] = []
        self.base = join(url, url)
        self.lang: str | None = None
        self.stack: list[tuple[str, bool, list[str]]] = []
        self.params: Mapping = {}
        self.depth = self.n_content = 0
        self.title_depth = -1
        self.depth_by_name: dict[str, int] = {}
        self.source: Mapping = {}
        self.is_in_feed = self.is_in_entry = self.is_in_source = self.is_in_image = self.is_in_input = False
        self.is_in_author = self.is_in_contributor = self.is_in_publisher = False
        self.has_content = self.is_second_summary = self.is_guid_link = False

    def context(self) -> Mapping:
        """Give the mapping that is being filled."""
        if self.is_in_source:
            return self.source
        if self.is_in_image and "image" in self.feed:
            return self.feed["image"]  # type: ignore[no-any-return]  # a mapping, always
        if self.is_in_input:
            return self.feed["textinput"]  # type: ignore[no-any-return]
        return self.entries[-1] if self.is_in_entry else self.feed

    def is_anywhere(self) -> bool:
        """Tell whether a text here belongs to a feed, an article or a source."""
        return self.is_in_feed or self.is_in_entry or self.is_in_source

    def push(self, name: str, is_stored: bool = True) -> None:
        """Collect the text from here on for an element."""
        self.stack.append((name, is_stored, []))

    def push_content(self, name: str, attributes: Attributes, default: str, is_stored: bool = True) -> None:
        """Collect a text that may be markup."""
        if self.lang:
            self.lang = self.lang.replace("_", "-")
        kind = content_type(attributes.get("type", default))
        if attributes.get("mode") == "base64" or not (kind.startswith("text/") or kind.endswith(("+xml", "/xml"))):
            raise OddError
        self.n_content += 1
        self.params = {"type": kind, "language": self.lang, "base": self.base}
        self.push(name, is_stored)

    def pop_content(self, name: str) -> str:
        """End a text that may be markup."""
        value = self.pop(name)
        self.n_content -= 1
        self.params = {}
        return value

    def pop(self, name: str) -> str:
        """End an element: store its text and give it; "" where another element is open."""
        if not self.stack or self.stack[-1][0] != name:
            return ""
        _, is_stored, pieces = self.stack.pop()
        if self.version == "atom10" and self.params.get("type") == XHTML:
            pieces = _without_wrapper(pieces)
        value = "".join(pieces).strip()
        if not is_stored:
            return value
        if value and name in _RELATIVE and (name != "id" or self.is_guid_link):
            value = join(self.base, value)
        is_plain = self.params.get("type") == "text/plain" and not self.version.startswith("atom")
        if is_plain and ("<" in value or "&" in value) and _MAY_BE_HTML.search(value) and self.judges.is_html(value):
            self.params["type"] = "text/html"
        if not value.isascii():
            value = _without_mojibake(value)
        if name not in _KEPT_APART and not (name == "title" and -1 < self.title_depth <= self.depth):
            self._store(name, value)
        return value

    def _store(self, name: str, value: str) -> None:
        if self.is_in_entry and not self.is_in_source:
            self._store_in_entry(self.entries[-1], name, value)
        elif self.is_in_feed or self.is_in_source:
            context = self.context()
            name = "subtitle" if name == "description" else name
            context[name] = value
            if name == "link":
                context["link"] = context["links"][-1]["href"] = _REFERENCE.sub(r"&\g<1>", value)
            elif self.n_content:
                context[f"{name}_detail"] = {**self.params, "value": value}

    def _store_in_entry(self, entry: Mapping, name: str, value: str) -> None:
        if name == "content":
            entry.setdefault("content", []).append({**self.params, "value": value})
        elif name == "link":
            if not self.is_in_image:
                entry["link"] = value = _REFERENCE.sub(r"&\g<1>", value.replace("&amp;", "&"))
                if value:
                    entry["links"][-1]["href"] = value
        else:
            name = "summary" if name == "description" else name
            if self.depth <= self.depth_by_name.get(name, self.depth):
                self.depth_by_name[name] = self.depth
                entry[name] = value
            if self.n_content:
                entry[f"{name}_detail"] = {**self.params, "value": value}


def _without_mojibake(text: str) -> str:
    """Undo what was UTF-8 already, was taken for Latin-1 and encoded again; give C1 controls their Windows meaning."""
    if b"\xc2" not in text.encode("utf-8", "surrogatepass"):  # the first byte of what either consists of
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_CP1252) if _C1.search(text) else text


def _without_wrapper(pieces: list[str]) -> list[str]:
    """Take off the ``div`` around XHTML content if it holds all of it. Source: RFC 4287, 3.1.1.3."""
    last = next((i for i in range(len(pieces) - 1, 0, -1) if pieces[i].strip()), 0)
    first = next((i for i in range(last) if pieces[i].strip()), last)
    pieces = pieces[first : last + 1]
    if not (pieces and (pieces[0] == "<div>" or pieces[0].startswith("<div ")) and pieces[-1] == "</div>"):
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return pieces
        elif piece.startswith("<") and not piece.endswith("/>"):
            depth += 1
    return pieces[1:-1]
