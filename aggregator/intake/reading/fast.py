"""Read a well-formed feed ten times as fast as feedparser, into the very mappings that feedparser would give. Pure.

A strict second reader, no second opinion: whatever is odd (ill-formed, a DTD, elements in a place where they mean
something else, markup where text was promised, encoded content, ...) makes it give up, and feedparser reads the feed.
So the path that is taken changes no field; a differential test holds that over thousands of files. What is kept here is
feedparser's reading of the elements that ``entries`` looks at; all others only have to leave no trace there.

Source: RSS 2.0, RSS 1.0, RFC 4287; feedparser 6.0 for what they leave open.
"""

import html as entities
import re
from collections.abc import Sequence
from xml.parsers import expat

from aggregator.dataclass import dataclass
from aggregator.intake.reading.fast_elements import ENDS, STARTS, End, Start
from aggregator.intake.reading.fast_names import GIVE_UP, KNOWN_PREFIXES, PASSED_OVER, PREFIX_BY_URI, PUT_ASIDE
from aggregator.intake.reading.fast_state import XHTML, Attributes, Judges, Mapping, OddError, Reading, join
from aggregator.intake.reading.limits import MAX_ATTRIBUTES, MAX_DEPTH

MAX_ELEMENTS = 100_000  # of one body, half a second's work; the richest of 6,486 files has 11,000
_ODD_SPACE = re.compile(r"backend\.userland\.com/rss|xlink")
_STAY_IN_INPUT = frozenset({"title", "link", "description", "name"})
_STAY_IN_IMAGE = frozenset({"title", "link", "description", "url", "href", "width", "height"})
# Inside markup these are no mere tags: their end, or what they draw, means something to feedparser.
_NO_MARKUP = frozenset({*STARTS, *ENDS, *PUT_ASIDE, *PASSED_OVER, *GIVE_UP, "svg", "math"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FastFeed:
    """What feedparser would give: ``version``, ``feed`` and ``entries`` of its result."""

    version: str
    feed: Mapping
    entries: Sequence[Mapping]


def read_fast(text: bytes, *, url: str, judges: Judges) -> FastFeed | None:
    """Read a feed, or give ``None`` where only feedparser may.

    Args:
        text: In UTF-8.
        url: Where it came from; empty: unknown.
        judges: Rules that stay with feedparser.
    """
    if not text.startswith(b"<") or b"<!DOCTYPE" in text:
        return None
    events = _Events(Reading(url, judges))
    try:
        events.read(text)
    except (OddError, expat.ExpatError, ValueError, LookupError):
        return None  # the last two: so odd that a step has nothing to work on
    state = events.state
    return FastFeed(version=state.version, feed=state.feed, entries=state.entries)


@dataclass(frozen=True, slots=True)
class _Element:
    """What there is to do for all elements of a name.

    Attributes:
        key: The name under which feedparser handles it ("media_content").
        local: The part after the colon.
        start: What its start does; ``None``: its text is collected.
        end: What its end does; ``None``: its text is stored.
        stored_as: The name under which its text is stored; empty: it is passed over.
        is_plain: It has no prefix, so that it may end an image or an input.
        may_be_markup: Inside markup it is a mere tag.
    """

    key: str
    local: str
    start: Start | None
    end: End | None
    stored_as: str
    is_plain: bool
    may_be_markup: bool


class _Events:
    """Hears expat and tells the state; knows names, name spaces, and what is in scope."""

    def __init__(self, state: Reading) -> None:
        self.state = state
        self._scopes: list[tuple[int, str, str | None]] = []  # where base or language changed: depth, what was before
        self._prefix_by_uri: dict[str, str] = {}
        self._uri_by_prefix: dict[str, str] = {}
        self._n_elements = 0
        self._elements: dict[str, _Element] = {}  # by expat's name
        self._attributes: dict[str, tuple[str, str]] = {}  # expat's name -> feedparser's, and as it is written

    def read(self, text: bytes) -> None:
        """Read all of it. Raises ``OddError`` and more."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartNamespaceDeclHandler = self._declare
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text, True)

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        """Take note of a name space; the first that names a format decides on the version."""
        lowered = (uri or "").lower()
        if not lowered:
            return
        if not self.state.version:
            if prefix is None and lowered == "http://my.netscape.com/rdf/simple/0.9/":
                self.state.version = "rss090"
            elif lowered == "http://purl.org/rss/1.0/":
                self.state.version = "rss10"
            elif lowered == "http://www.w3.org/2005/atom":
                self.state.version = "atom10"
        known = PREFIX_BY_URI.get(lowered)
        prefix = (prefix or "").lower()
        if known is not None:
            if prefix in KNOWN_PREFIXES and prefix != known:
                raise OddError
        elif (
            _ODD_SPACE.search(lowered)
            # feedparser goes by the prefix, so there must be one to one space
            or (prefix and self._uri_by_prefix.setdefault(prefix, lowered) != lowered)
            or self._prefix_by_uri.setdefault(lowered, prefix) != prefix
        ):
            raise OddError

    def _element(self, name: str) -> _Element:
        """Find out what an element is, once. Raises ``OddError``: none for this reader."""
        parts = name.split(" ")
        local = parts[0 if len(parts) == 1 else 1].lower()
        key = local
        if len(parts) > 3:
            raise OddError
        if len(parts) > 1:
            uri = parts[0].lower()
            prefix = PREFIX_BY_URI.get(uri)
            prefix = self._prefix_by_uri[uri] if prefix is None else prefix
            key = f"{prefix}_{local}" if prefix else local
        if key in GIVE_UP:
            raise OddError
        element = self._elements[name] = _Element(
            key=key,
            local=local,
            start=STARTS.get(key),
            end=ENDS.get(key),
            stored_as="" if key in PASSED_OVER else PUT_ASIDE.get(key, key),
            is_plain=key == local,
            may_be_markup=key not in _NO_MARKUP and local not in _NO_MARKUP,
        )
        return element

    def _start(self, name: str, given: list[str]) -> None:
        element = self._elements.get(name) or self._element(name)
        state = self.state
        state.depth += 1
        self._n_elements += 1
        # The last: feedparser has a budget for such.
        if state.depth > MAX_DEPTH or len(given) > 2 * MAX_ATTRIBUTES or self._n_elements > MAX_ELEMENTS:
            raise OddError
        attributes = self._read_attributes(given) if given else {}
        if attributes:
            self._enter(attributes)
        if state.lang and element.key in ("feed", "rss"):
            state.feed["language"] = state.lang.replace("_", "-")
        if state.n_content:
            if state.params["type"] != XHTML or not element.may_be_markup:
                raise OddError
            state.stack[-1][2].append(f"<{element.local}{_written(attributes)}>")
            return
        if element.is_plain and (state.is_in_input or state.is_in_image):
            state.is_in_input = state.is_in_input and element.key in _STAY_IN_INPUT
            state.is_in_image = state.is_in_image and element.key in _STAY_IN_IMAGE
        if element.start:
            element.start(state, attributes)
        elif element.key in PUT_ASIDE:
            state.push(element.stored_as)
        elif element.key == "feedburner_origlink" and attributes:
            raise OddError
        elif not attributes and element.stored_as:
            state.push(element.stored_as)

    def _enter(self, attributes: Attributes) -> None:
        """Take note of what the attributes say of base and language; it holds until the element ends."""
        state = self.state
        base = attributes.get("xml:base", attributes.get("base"))
        lang = attributes.get("xml:lang", attributes.get("lang"))
        if not base and lang is None:
            return
        self._scopes.append((state.depth, state.base, state.lang))
        if base:
            if not state.base:
                raise OddError  # what holds after its end, is a question of its own
            state.base = join(state.base, base)
            if not state.base.startswith(("http://", "https://")):
                raise OddError
        if lang is not None:
            state.lang = lang or None

    def _end(self, name: str) -> None:
        element = self._elements[name]
        state = self.state
        if element.end:
            element.end(state)
        else:
            state.pop(element.stored_as)
        if state.n_content:
            state.stack[-1][2].append(f"</{element.local}>")
        if self._scopes and self._scopes[-1][0] == state.depth:
            _, state.base, state.lang = self._scopes.pop()
        state.depth -= 1

    def _text(self, text: str) -> None:
        state = self.state
        if state.stack:
            if state.n_content and state.params["type"] == XHTML:
                text = entities.escape(text, quote=False)
            state.stack[-1][2].append(text)

    def _read_attributes(self, given: Sequence[str]) -> Attributes:
        """Give attributes under the names by which feedparser looks for them: with the known prefix, and as written."""
        attributes = {}
        used = {}
        for name, value in zip(given[::2], given[1::2], strict=True):
            known, as_written = self._attributes.get(name) or self._attribute(name)
            attributes[known] = value.lower() if known in ("rel", "type") else value
            if as_written:
                used[as_written] = value
        return attributes | used if used else attributes

    def _attribute(self, name: str) -> tuple[str, str]:
        known, as_written = name.lower(), ""
        if " " in name:
            uri, local, *prefix = name.split(" ")
            space = PREFIX_BY_URI.get(uri.lower(), "")
            known = f"{space}:{local}".lower() if space else local.lower()
            as_written = f"{prefix[0]}:{local}".lower() if prefix else local.lower()
        self._attributes[name] = known, as_written
        return known, as_written


def _written(attributes: Attributes) -> str:
    return "".join(
        f' {name}="{entities.escape(value, quote=False).replace(chr(34), "&quot;")}"'
        for name, value in attributes.items()
    )
