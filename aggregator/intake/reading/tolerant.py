"""Let feedparser read what only it can read, within bounds. Pure; feedparser is named here only.

feedparser reads 1 MB/s where all is well and a tenth of it where markup is broken on purpose, and it takes the square
of some numbers (43,000 categories of one article: 17 s; 300,000 letters of an author: minutes). So its two parsers are
driven here rather than by ``feedparser.parse``: each step has its price, and whoever has spent the budget keeps what
was read so far. A clock would be simpler, but then the same bytes would not always give the same feed. Bytes are always
wrapped in ``BytesIO``: given bytes or a text, feedparser opens files and addresses.
"""

import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from collections.abc import Callable, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

import feedparser
import feedparser.api
import feedparser.datetimes
import feedparser.encodings
import feedparser.mixin
import feedparser.sanitizer
import feedparser.urls

from aggregator.intake.reading.fast_state import MAX_AUTHOR, MAX_TAGS
from aggregator.intake.reading.limits import Budget, SpentError

# See ``fast_state.Judges``.
read_date: Callable[[str], Sequence[int] | None] = feedparser.datetimes._parse_date
is_html: Callable[[str], bool] = feedparser.mixin._FeedParserMixin.looks_like_html
_START, _END, _TEXT = 25, 20, 2  # microseconds that a step takes, measured on the worst bodies of each kind


class _Bounded:
    """Comes before one of feedparser's parsers: pays for its steps, and keeps the lists short whose square it takes."""

    budget: Budget

    def unknown_starttag(self, tag: str, attrs: Any) -> Any:
        # For each element without a prefix of its own feedparser goes through the name spaces that were declared.
        self.budget.spend(_START + 8 * len(attrs) + len(self.namespaces_in_use) // 16)  # type: ignore[attr-defined]
        return super().unknown_starttag(tag, attrs)  # type: ignore[misc]  # feedparser's, which come behind

    def unknown_endtag(self, tag: str) -> Any:
        self.budget.spend(_END)
        return super().unknown_endtag(tag)  # type: ignore[misc]

    def handle_data(self, text: str, *args: Any, **options: Any) -> Any:
        self.budget.spend(_TEXT + len(text) // 64)
        return super().handle_data(text, *args, **options)  # type: ignore[misc]

    def handle_charref(self, ref: str) -> Any:
        self.budget.spend(_TEXT)
        return super().handle_charref(ref)  # type: ignore[misc]

    def handle_entityref(self, ref: str) -> Any:
        self.budget.spend(_TEXT)
        return super().handle_entityref(ref)  # type: ignore[misc]

    def pop(self, element: str, *args: Any, **options: Any) -> Any:
        """End an element. Blank pieces before its text are made one, because feedparser takes each off all others."""
        stack = self.elementstack  # type: ignore[attr-defined]
        if stack and len(pieces := stack[-1][2]) > 1000:
            n_blank = next((i for i, piece in enumerate(pieces) if piece.strip()), len(pieces))
            pieces[:n_blank] = [b"".join(_bytes(piece) for piece in pieces[:n_blank])] if n_blank else []
        return super().pop(element, *args, **options)  # type: ignore[misc]

    def _add_tag(self, term: Any, scheme: Any, label: Any) -> None:
        if len(dict.get(self._get_context(), "tags") or ()) < MAX_TAGS:  # type: ignore[attr-defined]
            super()._add_tag(term, scheme, label)  # type: ignore[misc]

    def _sync_author_detail(self, key: str = "author") -> None:
        context = self._get_context()  # type: ignore[attr-defined]
        if isinstance(author := dict.get(context, key), str):
            context[key] = author[:MAX_AUTHOR]
            self.budget.spend(len(context[key]))  # the square of 1,000 letters: a millisecond
        super()._sync_author_detail(key)  # type: ignore[misc]


class _Strict(_Bounded, feedparser.api.StrictFeedParser):  # type: ignore[misc]  # feedparser has no types
    """Reads well-formed XML."""


class _Loose(_Bounded, feedparser.api.LooseFeedParser):  # type: ignore[misc]
    """Reads everything else."""


def _bytes(piece: str | bytes) -> bytes:
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", "replace")


def read_tolerantly(text: bytes, *, url: str, budget: Budget) -> Any:
    """Read a feed as ``feedparser.parse`` would, without its sanitising and its resolving of addresses in HTML.

    Args:
        text: In UTF-8.
        url: Where it came from; empty: unknown.
        budget: Is spent; once it is, later calls give nothing.

    Returns:
        feedparser's own result. Never raises.
    """
    found = feedparser.FeedParserDict(feed=feedparser.FeedParserDict(), entries=[], version="", bozo=False)
    try:
        _read(text, url, budget, found)
    except Exception as error:  # hostile bytes make feedparser raise nearly anything: UnicodeError, TypeError, ...
        found.update(bozo=True, bozo_exception=error, entries=[], feed=feedparser.FeedParserDict(), version="")
    return found


def _read(text: bytes, url: str, budget: Budget, found: Any) -> None:
    headers = {"content-type": "application/xml; charset=utf-8"}
    text = feedparser.encodings.convert_to_utf8(headers, text, found)
    found["version"], text, entities = feedparser.sanitizer.replace_doctype(text)
    base = feedparser.urls.make_safe_absolute_uri(url, "") or ""
    parser: Any = _prepared(_Strict(base, None, "utf-8"), budget)
    try:
        _feed_strictly(parser, text)
    except xml.sax.SAXException as error:
        found.update(bozo=True, bozo_exception=parser.exc or error)
        parser = _prepared(_Loose(base, None, "utf-8", entities), budget)
        with suppress(SpentError):
            parser.feed(text.decode("utf-8", "replace"))
    except SpentError:
        pass
    is_cut = budget.is_spent and parser.inentry  # half an article must not replace a whole one
    found.update(
        feed=parser.feeddata,
        entries=parser.entries[:-1] if is_cut else parser.entries,
        version=found["version"] or parser.version,
        namespaces=parser.namespaces_in_use,
    )


def _prepared(parser: Any, budget: Budget) -> Any:
    parser.budget = budget
    parser.resolve_relative_uris = parser.sanitize_html = False
    return parser


def _feed_strictly(parser: Any, text: bytes) -> None:
    reader = xml.sax.make_parser(feedparser.api.PREFERRED_XML_PARSERS)  # noqa: S317 - limits has judged the text
    reader.setFeature(xml.sax.handler.feature_namespaces, True)
    reader.setFeature(xml.sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(BytesIO(text))
    reader.parse(source)


def is_about_encoding(error: object) -> bool:
    """Tell whether feedparser's complaint is only of what the bytes say of themselves."""
    return isinstance(error, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType)
