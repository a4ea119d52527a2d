"""Take out of a text what no text needs, and give it in one form (NFC). Pure, linear in time."""

import re
import unicodedata

# Controls but \n and \t; surrogates; noncharacters; bidi embeddings, overrides and isolates; annotation and tag
# characters, which hide text from people but not from machines; the byte order mark.
_ABSTRACT = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
    f"\ufdd0-\ufdef\ufeff\ufff9-\ufffb\U000e0000-\U000e007f{_ABSTRACT}]+"
)
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x9, 0xA})
# Text that needs nothing done: of fewer ranges than what is unwanted, and one run of them is read at 1 ns a character.
_CLEAN = re.compile(
    "[\t\n -~\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufff8\U00010000-\U0001fffd]*+\\Z"
)
# What may hold a run of marks: neither letters, digits, spaces nor ASCII. Marks in a row cost NFC the square of their
# number (300,000: 69 s), and a list of all of them costs 0.1 s to build.
_MARK_RUN = re.compile(r"[^\w\s\x00-\x7f]{9,}")
MAX_MARKS = 8  # marks on one letter; Unicode's own stream-safe format allows 30, no language needs more than 5


def clean(text: str) -> str:
    r"""Take out what no text needs and give NFC: controls but "\n" and "\t", surrogates, bidi overrides and so on.

    Line ends of every kind become "\n". Cost: O(n).
    """
    return compose(strip(text))


def strip(text: str) -> str:
    r"""Take out what no text needs, and make every line end "\n"."""
    if text.isascii():
        plain = text.encode("ascii")
        if len(plain.translate(None, _CONTROLS)) == len(plain):  # three times as quick as the search
            return text
    if _CLEAN.match(text):
        return text
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def compose(text: str) -> str:
    """Give NFC, with no letter under more than ``MAX_MARKS`` marks."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _MARK_RUN.sub(_thin_marks, text))


def _thin_marks(run: re.Match[str]) -> str:
    """Keep ``MAX_MARKS`` of the marks that follow each other."""
    kept = []
    n_marks = 0
    for char in run[0]:
        n_marks = n_marks + 1 if unicodedata.combining(char) else 0
        if n_marks <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_html(html: str) -> str:
    """Clean HTML without harming it: U+0338 after ">" or "<" would compose with it and break the tag."""
    html = strip(html)
    return html if "\u0338" in html else compose(html)
