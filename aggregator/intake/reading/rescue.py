"""Mend XML that no parser reads. Pure."""

import re
from collections.abc import Iterator

from lxml import etree

_BROKEN_DECLARATION = re.compile(rb"<\?xml(?!-)[^>]{0,400}>")
_ROOT = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_PREFIX = re.compile(rb"<(rss|atom|a|ns\d|feed)\d?:(?:rss|feed|channel|item|entry)\b", re.IGNORECASE)


_END = re.compile(rb"</(?:[A-Za-z][\w.-]*:)?(?:item|entry)\s*>")
_START = re.compile(rb"<(?:[A-Za-z][\w.-]*:)?(?:item|entry)[\s>]")
_ROOT_END = re.compile(rb"</(?:[A-Za-z][\w.-]*:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


def without_cut_article(text: bytes) -> bytes:
    """Leave out the last article of a feed that breaks off within it: half a text must not replace a whole one.

    A feed whose only article is cut keeps it, and so does one that closes no article or goes on to its end.
    """
    ends = [found.end() for found in _END.finditer(text)]
    if not ends or _ROOT_END.search(text, ends[-1]):
        return text
    start = _START.search(text, ends[-1])
    return text[: start.start()] if start else text


def mended(text: bytes) -> Iterator[bytes]:
    """Give ever more mended forms of a feed, to be tried in turn: without what precedes it, rebuilt, re-prefixed."""
    plain = _without_preface(text)
    if plain != text:
        yield plain
    if rebuilt := _rebuilt(plain):
        yield rebuilt


def _without_preface(text: bytes) -> bytes:
    """Take off what stands before the root element, and prefixes that nobody declared."""
    root = _ROOT.search(text)
    if root is None:
        return text
    text = _BROKEN_DECLARATION.sub(b"", text[root.start() :])
    found = _PREFIX.search(text)
    if found and b"xmlns:" + found[1] not in text:
        text = re.sub(rb"(</?)" + found[1] + rb":", rb"\1", text)
        text = re.sub(rb"(<rss\s[^>]{0,200}?)" + found[1] + rb":(?=version)", rb"\1", text, count=1)
    return text


def _rebuilt(text: bytes) -> bytes:
    """Give XML rebuilt by a parser that passes over mistakes; empty: nothing could be made of it."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text.lstrip(), parser)
    except (etree.LxmlError, ValueError):
        return b""
    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True)) if root is not None else b""
