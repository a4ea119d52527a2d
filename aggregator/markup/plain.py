"""Read HTML as plain text: bodies and titles. Pure, linear in time."""

import html as entities
import re

from aggregator.markup.cleaning import clean
from aggregator.markup.tags import BLOCKS, INLINE, KNOWN, N_GROUPS, RAW, TOKEN

MAX_HTML = 400_000  # characters of one article; the longest honest one among 13,704 measured had 240,000
MAX_LINE = 500  # characters of a title

# A tag in the spelling of nh3: where all are, nothing is left for TOKEN to find out.
_OWN_TAG = re.compile(r'<(/?[a-z][a-z0-9]*+)(?: [a-z]++="[^"<>]*+")*+>')
_SPACES = re.compile("  +")
# Other white space of clean text, but for line ends. Looked for one by one: quicker than a search for any.
_ODD_SPACES = tuple(
    char for char in map(chr, range(0x3001)) if char.isspace() and char != " " and clean(char) == char != "\n"
)
_ODD_ASCII_SPACES = tuple(space for space in _ODD_SPACES if space.isascii())


def to_text(html: str) -> str:
    r"""Read HTML as plain text: tags out, entities decoded, white space collapsed, blocks parted by one "\n".

    Unknown elements, scripts and the like leave nothing behind. Cost: O(n).
    """
    html = html[:MAX_HTML].replace("\n", " ")
    pieces = _OWN_TAG.split(html)
    names = pieces[1::2]
    if html.count("<") == len(names) and RAW.isdisjoint(names):  # as nh3 writes it: five times as quick
        pieces[1::2] = ["\n" if name.removeprefix("/") in BLOCKS else "" for name in names]
        return in_lines(clean(entities.unescape("".join(pieces))))
    return _to_text_by_tokens(html)


def _to_text_by_tokens(html: str) -> str:
    pieces = TOKEN.split(html)
    parts = [pieces[0]]
    for i in range(1, len(pieces), N_GROUPS + 1):
        name = pieces[i + 2]
        if name and name.lower() in BLOCKS:
            parts.append("\n")
        parts.append(pieces[i + N_GROUPS])
    return in_lines(clean(entities.unescape("".join(parts))))


def in_lines(text: str) -> str:
    """Give clean text with single spaces and line ends, and with none at its ends."""
    text = "\n".join([stripped for line in text.split("\n") if (stripped := line.strip())])
    if "  " in text:
        text = _SPACES.sub(" ", text)
    for space in _ODD_SPACES if not text.isascii() else _ODD_ASCII_SPACES:
        if space in text:
            return "\n".join([" ".join(line.split()) for line in text.split("\n")])
    return text


def one_line(html_or_text: str) -> str:
    """Read a title, HTML or plain: known tags out, entities decoded, one line of at most ``MAX_LINE`` characters.

    What merely looks like a tag ("a<b", "<3") stays.
    """
    text = html_or_text[: MAX_LINE * 20]
    if "<" in text:
        text = TOKEN.sub(_without_markup, text)
    line = " ".join(clean(entities.unescape(text)).split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1].rstrip() + "…"


def _without_markup(token: re.Match[str]) -> str:
    if not _is_markup(token):
        return token[0].replace("<", "&lt;")
    return "" if (token["name"] or "").lower() in INLINE else " "


def _is_markup(token: re.Match[str]) -> bool:
    if token["name"] is None:
        return bool(token["raw"]) or token[0].startswith("<!--") or token[0].endswith(">")
    return bool(token["close"]) and token["name"].lower() in KNOWN and "<" not in token["attributes"]
