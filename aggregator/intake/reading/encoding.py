"""Find out in which encoding bytes are, and give them in UTF-8. Pure.

The bytes themselves are believed first: a byte order mark, then UTF-8 if they are valid in it and not plain ASCII
(chance hardly makes text of another encoding valid UTF-8), then what the document says, then what the server says.
"""

import codecs
import re
from functools import lru_cache

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["'][^>]{0,200}?>""")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}?>")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # Source: XML 1.0, 2.2
_DECLARATION_IN_BYTES = re.compile(rb"\A\s*<\?xml[^>]{0,400}?>")
_CONTROLS = bytes(set(range(0x20)) - {0x9, 0xA, 0xD})
_REFERENCE_IN_BYTES = re.compile(rb"&#([0-9]{1,12}|[xX][0-9a-fA-F]{1,10})")
_REFERENCE = re.compile(r"&#([0-9]{1,12}|[xX][0-9a-fA-F]{1,10});?")
# What the declared name means in practice: the superset that browsers use. Source: WHATWG Encoding Standard.
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_SEVEN_BITS = ("iso2022", "hz", "utf-7", "cp037", "cp500")  # their bytes look like ASCII and mean something else
_WIDE = ("utf-16", "utf-32")  # told by their zero bytes; who says so without them is wrong


def to_utf8(body: bytes, content_type: str) -> tuple[bytes, list[str]]:
    """Give the bytes in UTF-8 without byte order mark or other encoding declaration, and warnings in words."""
    declared = _DECLARED.match(body)
    names = []
    if declared:
        names.append(declared[1].decode("ascii"))
    if charset := _CHARSET.search(content_type):
        names.append(charset[1])
    encoding, warnings = _encoding(body, names)
    if encoding == "utf-8" and not warnings and body.startswith(b"<") and _is_plain(body):
        return _DECLARATION_IN_BYTES.sub(b'<?xml version="1.0" encoding="utf-8"?>', body, count=1), warnings
    text = body.decode(encoding, "replace")
    text = _DECLARATION.sub('<?xml version="1.0" encoding="utf-8"?>', text.lstrip("\ufeff"), count=1)
    return _without_illegal(text).encode("utf-8", "replace"), warnings


def _is_plain(utf8: bytes) -> bool:
    """Tell whether bytes that are valid UTF-8 hold nothing that ``_without_illegal`` would take out."""
    if len(utf8.translate(None, _CONTROLS)) < len(utf8) or b"\xef\xbf\xbe" in utf8 or b"\xef\xbf\xbf" in utf8:
        return False
    return b"&#" not in utf8 or all(map(_is_legal, set(_REFERENCE_IN_BYTES.findall(utf8))))


@lru_cache(maxsize=1024)
def _is_legal(digits: bytes) -> bool:
    reference = _REFERENCE.match(f"&#{digits.decode('ascii')}")
    return reference is not None and bool(_legal_reference(reference))


def _without_illegal(text: str) -> str:
    """Take out characters that XML does not allow, written as such or as a number: parsers stop or fall over there."""
    if _ILLEGAL.search(text):
        text = _ILLEGAL.sub("", text)
    return _REFERENCE.sub(_legal_reference, text) if "&#" in text else text


def _legal_reference(reference: re.Match[str]) -> str:
    digits = reference[1].lower()
    number = int(digits[1:], 16) if digits.startswith("x") else int(digits)
    return reference[0] if number < 0x110000 and not _ILLEGAL.match(chr(number)) else ""


def _encoding(body: bytes, names: list[str]) -> tuple[str, list[str]]:
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return encoding, []
    guess = _without_bom(body)
    known = [encoding for name in names if (encoding := _python_name(name)) and not encoding.startswith(_WIDE)]
    if guess:
        return guess, []
    is_seven_bit = any(encoding.startswith(_SEVEN_BITS) for encoding in known)
    if not is_seven_bit and _is_valid(body, "utf-8"):
        odd = known and known[0] not in ("utf-8", "ascii") and not body.isascii()
        return "utf-8", [f"says {names[0]}, but is UTF-8"] if odd else []
    for encoding in known:
        if _is_valid(body, encoding):
            return encoding, []
    for encoding in known:
        if encoding not in ("utf-8", "ascii"):
            return encoding, [f"has bytes that are not {encoding}"]
    if body.count(b"\xef\xbf\xbd") or _mostly_utf8(body):
        return "utf-8", ["has bytes that are not UTF-8"]
    return "cp1252", [f"says {names[0] if names else 'nothing of its encoding'}, read as windows-1252"]


def _without_bom(body: bytes) -> str:
    start = body[:4]
    if start.startswith(b"<\x00") and start[2:3] != b"\x00":
        return "utf-16-le"
    if start.startswith(b"\x00<"):
        return "utf-16-be"
    if start == b"<\x00\x00\x00":
        return "utf-32-le"
    return "utf-32-be" if start == b"\x00\x00\x00<" else ""


def _python_name(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if not getattr(found, "_is_text_encoding", True):
        return ""  # "hex", "zlib" and the like are codecs, too, and some of them unpack bombs
    return _SUPERSETS.get(found.name, found.name)


def _is_valid(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except (UnicodeError, ValueError):
        return False
    return True


def _mostly_utf8(body: bytes) -> bool:
    """Tell whether most bytes beyond ASCII read as UTF-8: a body cut in a character, or with one bad byte."""
    text = body.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    n_good = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return n_good > 3 * n_bad
