"""Judge the attributes of HTML elements: which may stay, and with which value. Pure."""

import re

from aggregator.markup.addresses import safe_url

ATTRIBUTES = {
    "a": {"href", "hreflang", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"cite", "datetime"},
    "ins": {"cite", "datetime"},
    "time": {"datetime"},
    "abbr": {"title"},
    "acronym": {"title"},
    "dfn": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "*": {"lang", "dir"},
}
URLS = frozenset({"href", "src", "cite"})
# <img/src=x/onerror=...>: an address without quotes takes in the handler behind it. It runs nowhere, but is no picture.
_SWALLOWED = re.compile(r"[/\s\"'`]on[a-z]{3,24}\s*=", re.IGNORECASE)
_NUMBERS = frozenset({"width", "height", "start", "colspan", "rowspan"})
_NUMBER = re.compile(r"\d{1,4}\Z")
_NAMES = frozenset({"lang", "hreflang", "dir", "scope"})
_NAME = re.compile(r"[A-Za-z0-9-]{1,35}\Z")


def judged(attribute: str, value: str, base_url: str) -> str | None:
    """Give the value with which an allowed attribute may stay, or ``None``: it goes."""
    if attribute in URLS:
        address = safe_url(value, base_url)
        # Of the whole address, too: at a folder, "once=1" is "/once=1", which would go when it is judged again.
        is_picture = attribute == "src" and "=" in value
        return None if is_picture and (_SWALLOWED.search(value) or _SWALLOWED.search(address)) else address or None
    if attribute in _NUMBERS:
        return value if _NUMBER.match(value) else None
    if attribute in _NAMES:
        return value if _NAME.match(value) else None
    return value
