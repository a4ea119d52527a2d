"""What one value of feeds.toml may be: from what TOML gives to what the program uses.

Every reader here takes any TOML value and returns a typed one, or raises :class:`Wrong` with the words that follow
"must be". Owns no names of keys and no lines, and must not touch a file.
"""

import ipaddress
import math
import re
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

LONGEST_DURATION = timedelta(days=3660)  # nobody waits for more, and no sum with a date overflows
LONGEST_TEXT = 500  # characters; a name fits into a line of a page

# Kept as texts: what a file does not say is not compiled, and `re` remembers what it compiled.
_DURATION = r"(?=[0-9])(?:([0-9]{1,6})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,6})s)?"
_SIZE = r"(?i)([0-9]{1,9}(?:\.[0-9]{1,3})?) ?([kmg]?i?)b"
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
_LANGUAGE = r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8})*"
_TAG = r"[^\W_](?:[\w &+.-]{0,48}\w)?"
_SLUG = r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]{0,99}"
_HOST = r"(?=.{1,253}$)(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?"
_PORT = r"[0-9]{1,5}"

# How nearly all addresses of sources are written. They are their own form, and to take them apart costs 25 us.
_USUAL = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?!80/|443/)(?:[1-9][0-9]{1,3}|[1-5][0-9]{4}))?/[A-Za-z0-9/._~%+@:,;=&!*()'-]*"
    r"(?:\?[A-Za-z0-9/._~%+@:,;=&!*()'-]+)?\Z"
)

RESERVED_SLUGS = frozenset({"archive", "s", "index", "feeds", "status", "health"})  # names of our own files

# Country codes that are written for a language again and again, and are no language code themselves.
_COUNTRY_NOT_LANGUAGE = {"cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "jp": "ja", "ua": "uk", "vn": "vi"}


class Wrong(Exception):  # noqa: N818 - read as "raise Wrong('a duration')"
    """A value that cannot stand there.

    Attributes:
        expected: What it must be, as words after "must be".
        hint: What to write instead; may be empty.
        is_secret: The value must not be shown.
    """

    def __init__(self, expected: str, hint: str = "", *, is_secret: bool = False) -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint
        self.is_secret = is_secret


Reader = Callable[[object], Any]


def printable(text: str) -> str:
    """Write control characters and the like as escapes: nothing from a file may steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def shown(value: object) -> str:
    """Write a TOML value for a message: short, on one line, without control characters."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            short = value if len(value) <= 60 else value[:59] + "…"
            return f'"{printable(short)}"'
        case int() if abs(value) >= 10**18:
            return "a number of very many digits"
        case int() | float():
            return str(value)
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or time"


def one_line(value: object) -> str:
    """Read a name or title."""
    if not isinstance(value, str) or not value.strip():
        raise Wrong("a text in quotes")
    if len(value) > LONGEST_TEXT:
        raise Wrong(f"at most {LONGEST_TEXT} characters long")
    if not value.isprintable():
        raise Wrong("one line without control characters")
    return value.strip()


def one_line_or_none(value: object) -> str:
    """Read a text that may be empty."""
    return "" if value == "" else one_line(value)


def duration(*, at_most: timedelta = LONGEST_DURATION) -> Reader:
    """Make a reader of ``"15m"``, ``"1h30m"``, ``"2d"``: more than zero, at most ``at_most``."""

    def read(value: object) -> timedelta:
        match = re.fullmatch(_DURATION, value) if isinstance(value, str) else None
        if match is None:
            raise Wrong('a duration such as "20s"', "units: d, h, m, s, as in 1h30m")
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if not timedelta() < length <= at_most:
            raise Wrong(f"a duration of more than nothing and at most {write_duration(at_most)}")
        return length

    return read


def write_duration(length: timedelta) -> str:
    """Write a length as feeds.toml does: ``"1h30m"``; parts of a second are dropped."""
    seconds = length.days * 86400 + length.seconds
    parts = ((seconds // 86400, "d"), (seconds % 86400 // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0s"


def size(*, at_least: int, at_most: int) -> Reader:
    """Make a reader of ``"10MB"``, ``"500kB"`` or a whole number of bytes, both ends included."""

    def read(value: object) -> int:
        n_bytes = -1
        if isinstance(value, int) and not isinstance(value, bool):
            n_bytes = value
        elif isinstance(value, str) and (match := re.fullmatch(_SIZE, value)):
            n_bytes = round(float(match[1]) * _UNITS[match[2].lower()])
        if n_bytes < 0:
            raise Wrong('a size such as "10MB"', "units: B, kB, MB, GB")
        if not at_least <= n_bytes <= at_most:
            raise Wrong(f"a size between {at_least} and {at_most} bytes")
        return n_bytes

    return read


def whole(at_least: int, at_most: int) -> Reader:
    """Make a reader of whole numbers, both ends included."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
            raise Wrong(f"a whole number between {at_least} and {at_most}")
        return value

    return read


def weight(value: object) -> float:
    """Read a weight: more than 0, at most 100."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100 or math.isnan(value):
        raise Wrong("a number above 0 and up to 100, 1.0 being ordinary")
    return float(value)


def number(at_least: float, at_most: float) -> Reader:
    """Make a reader of a number, both ends included."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not at_least <= value <= at_most:
            raise Wrong(f"a number from {at_least:g} to {at_most:g}")
        return float(value)

    return read


def choice(*words: str) -> Reader:
    """Make a reader of one word out of several."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise Wrong("one of " + ", ".join(f'"{word}"' for word in words))
        return value

    return read


def language(value: object) -> str:
    """Read a language code; ``"en-GB"`` gives its primary part ``"en"``. Source: BCP 47."""
    match = re.fullmatch(_LANGUAGE, value) if isinstance(value, str) else None
    primary = match[1].lower() if match else ""
    if not primary or primary in _COUNTRY_NOT_LANGUAGE:
        code = _COUNTRY_NOT_LANGUAGE.get(primary, "")
        raise Wrong('a language code such as "en"', f'did you mean "{code}"?' if code else "")
    return primary


def tag(value: object) -> str:
    """Read a tag: letters and digits of any script; spaces and ``_ - & + .`` inside it."""
    if not isinstance(value, str) or not re.fullmatch(_TAG, value):
        raise Wrong('a short word such as "world"')
    return value


def slug(value: object) -> str:
    """Read the name of an output's files: safe as a file name on every system."""
    if not isinstance(value, str) or not re.fullmatch(_SLUG, value):
        raise Wrong("lower-case letters, digits and - inside, at most 60", "it becomes a file name")
    if value in RESERVED_SLUGS:
        raise Wrong("another word", f"{value} is the name of one of the aggregator's own pages")
    return value


def variable(value: object) -> str:
    """Read the name of an environment variable that holds a secret."""
    if not isinstance(value, str) or not re.fullmatch(_VARIABLE, value):
        # Somebody may have put the secret itself here: it must not turn up in a log.
        raise Wrong(
            "the NAME of an environment variable", "put user:password into it, not into this file", is_secret=True
        )
    return value


def problem_of_address(url: str) -> str:
    """Say why an address can never be fetched; empty: it may be."""
    if _is_usual(url):
        return ""
    try:
        parts = urlsplit(url)
        has_host, _ = bool(parts.hostname), parts.port
    except ValueError:
        return "is not an address"
    if not parts.scheme or (":" in url and "://" not in url and "." in parts.scheme):
        return "lacks its beginning https://"
    if parts.scheme not in ("http", "https"):
        return f"begins with {parts.scheme}: and only http and https can be fetched"
    return "" if has_host and not re.search(r"\s", url) else "is not an address"


def source_url(value: object) -> str:
    """Read the address of a source.

    It only has to be one line without a secret: whether it can be fetched (:func:`problem_of_address`) is that
    source's trouble alone and must not stop the others.
    """
    if not isinstance(value, str) or not value.strip():
        raise Wrong('an address such as "https://example.org/rss.xml"')
    if not value.isprintable() or len(value) > 2000:
        raise Wrong("one line of at most 2000 characters")
    if _has_password(value):
        raise Wrong(
            "an address without user and password", "name an environment variable with auth_env", is_secret=True
        )
    return value.strip()


def _has_password(url: str) -> bool:
    if "@" not in url:
        return False
    authority = re.split(r"[/?#]", url.partition("://")[2], maxsplit=1)[0]
    return "@" in authority


def http_url(value: object) -> str:
    """Read an absolute http(s) address, or nothing."""
    if value == "":
        return ""
    if not isinstance(value, str) or _is_no_address(value):
        raise Wrong('an absolute address such as "https://example.org/"')
    return value


def _is_no_address(url: str) -> bool:
    return not url.isprintable() or bool(problem_of_address(url)) or _has_password(url)


def base_url(value: object) -> str:
    """Read where the outputs are published; a slash is put at the end."""
    url = value if isinstance(value, str) and not _is_no_address(value) else ""
    if not url or "?" in url or "#" in url:
        raise Wrong('an absolute address such as "https://news.example.org/"')
    return url if url.endswith("/") else url + "/"


def switch(value: object) -> bool:
    """Read true or false; as a text, too, for that is all that an environment variable can be."""
    match value:
        case bool():
            return value
        case "true" | "false":
            return value == "true"
    raise Wrong("true or false")


def listen_host(value: object) -> str:
    """Read where the server listens: an IP address or a host name."""
    if isinstance(value, str) and (re.fullmatch(_HOST, value) or _is_ip(value)):
        return value
    raise Wrong('an IP address or a host name such as "127.0.0.1"')


def allowed_host(value: object) -> str:
    """Read a private address that may be fetched: host, host:port, an IP address, ``[v6]:port`` or a CIDR range."""
    expected = 'a host, host:port, IP address or range such as "10.0.0.0/8"'
    if not isinstance(value, str):
        raise Wrong(expected)
    if "://" in value:
        raise Wrong(expected, "without http:// and path")
    if "/" in value:
        return _network(value, expected)
    host, colon, port = value.rpartition(":")
    bracketed = value[1:-1] if value.startswith("[") and value.endswith("]") else ""
    if _is_ip(value) or _is_ip(bracketed):
        return value
    if not colon:
        host, port = value, "80"
    is_host = _is_ip(host[1:-1]) if host.startswith("[") and host.endswith("]") else bool(re.fullmatch(_HOST, host))
    if is_host and re.fullmatch(_PORT, port) and 0 < int(port) < 65536:
        return value
    raise Wrong(expected, "* is not understood: use a range" if "*" in value else "")


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _network(text: str, expected: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        try:
            near = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise Wrong(expected) from None
        raise Wrong("a range that begins where its mask does", f'write "{near}"') from None
    return text


@lru_cache(maxsize=4096)  # asked for twice of each source
def _is_usual(url: str) -> bool:
    return _USUAL.match(url) is not None


@lru_cache(maxsize=4096)  # asked for twice of each source
def same_address(url: str) -> str:
    """Give a form that is equal for two spellings of one address: case of scheme and host, default port, fragment.

    Source: RFC 3986 6.2.2.1, 6.2.3. What is no http(s) address is its own form.
    """
    if _is_usual(url):
        return url
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not host:
        return url
    host = f"[{host}]" if ":" in host else host.rstrip(".")
    if port is not None and port != {"http": 80, "https": 443}[parts.scheme]:
        host += f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{host}{parts.path or '/'}{query}"


def similar_address(url: str) -> str:
    """Give a form that is equal for two addresses that most likely bring one feed: http or https, www, last slash."""
    same = same_address(url)
    if same.startswith(("http://", "https://")):
        same = same.partition("://")[2].removeprefix("www.")
    return same.rstrip("/")
