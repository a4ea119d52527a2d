r"""Own what is done to foreign characters and HTML: cleaning, sanitising, reading as text, judging addresses.

Used at the door (intake) and at the exit (outputs), so that both mean the same. Pure: no I/O, no clock, no network.
Every function here takes hostile text of any length and answers in linear time. ``clean``, ``sanitise`` and
``safe_url`` are idempotent; ``to_text`` and ``one_line`` decode entities, so they are applied once, at the door.

nh3 is named here only. It builds a real HTML5 tree, which costs the square of the nesting depth (60,000 nested ``div``:
124 s) and of the attributes of one element; so whatever is long or rich in tags is first written again as well-nested
HTML with bounded depth by ``_flatten``. Safety never depends on that pass: nh3 always has the last word.
"""

import html as entities
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import nh3

MAX_HTML = 400_000  # characters of one article; the longest honest one among 13,704 measured had 240,000
MAX_DEPTH = 60  # elements inside each other; newsletters built of tables reach 40
MAX_ATTRIBUTES = 8_000  # characters of one tag; more is an attack on the parser's search for repeated attributes
MAX_LINE = 500  # characters of a title
MAX_URL = 4_096  # characters; longer ones are data, not addresses
FEW_TAGS = 400  # nh3 alone takes < 10 ms for this many, however they are nested
SHORT = 20_000  # characters below which one tag cannot hold attributes enough to hurt
MAX_PASSES = 4  # until sanitised HTML is stable; foster-parented tables need three

# Controls but \n and \t; surrogates; noncharacters; bidi embeddings, overrides and isolates; annotation and tag
# characters, which hide text from people but not from machines; the byte order mark.
_ABSTRACT = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"
    f"\ufdd0-\ufdef\ufeff\ufff9-\ufffb\U000e0000-\U000e007f{_ABSTRACT}]+"
)
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
# Wider than what is unwanted, but of few ranges: looked for ten times as fast (4 ns a character).
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff"
    "\U0001fffe-\U0010ffff]"
)
# What may hold a run of marks: neither letters, digits, spaces nor ASCII. Marks in a row cost NFC the square of their
# number (300,000: 69 s), and a list of all of them costs 0.1 s to build.
_MARK_RUN = re.compile(r"[^\w\s\x00-\x7f]{9,}")
MAX_MARKS = 8  # marks on one letter; Unicode's own stream-safe format allows 30, no language needs more than 5


def clean(text: str) -> str:
    r"""Take out what no text needs and give NFC: controls but "\n" and "\t", surrogates, bidi overrides and so on.

    Line ends of every kind become "\n". Cost: O(n).
    """
    return _compose(_strip(text))


def _strip(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    return _UNWANTED.sub("", _LINE_ENDS.sub("\n", text))


def _compose(text: str) -> str:
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


def _clean_html(html: str) -> str:
    """Clean HTML without harming it: U+0338 after ">" or "<" would compose with it and break the tag."""
    html = _strip(html)
    return html if "\u0338" in html else _compose(html)


# ---------------------------------------------------------------- tags


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_RAW = _names("script style iframe noembed noframes noscript object svg math template textarea title select xmp")
# One token of HTML: a comment, a declaration, an element whose content is left out with it, or a tag. Every branch that
# begins also ends, at the end of the text if need be: no start is tried twice, so reading is linear. Quotes count only
# after "=", as in HTML5.
_ATTRIBUTE_TEXT = r"(?:[^>=]|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|(?![\"'])))*+"
_TOKEN = re.compile(
    r"<!--(?:>|->|.*?--!?>|.*\Z)"
    r"|<[!?][^>]*+(?:>|\Z)"
    rf"|<(?P<raw>(?i:{'|'.join(sorted(_RAW))}))(?=[\s/>]){_ATTRIBUTE_TEXT}(?:(?<=/)>|>"
    r".*?(?:</(?i:(?P=raw))(?=[\s/>])[^>]*+(?:>|\Z)|\Z)|\Z)"
    rf"|<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>{_ATTRIBUTE_TEXT})(?P<close>>|\Z)",
    re.DOTALL,
)
N_GROUPS = 5
_EMPTY_RAW = re.compile(rf"<(?:{'|'.join(sorted(_RAW))})\b[^<>]*/>", re.IGNORECASE)
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
# What a start tag closes when it stands directly above it: HTML's optional end tags.
_CLOSES = {
    "p": ("p",),
    "li": ("p", "li"),
    "dt": ("p", "dt", "dd"),
    "dd": ("p", "dt", "dd"),
    "td": ("p", "td", "th"),
    "th": ("p", "td", "th"),
    "tr": ("p", "td", "th", "tr"),
    "tbody": ("p", "td", "th", "tr", "tbody", "thead"),
    "tfoot": ("p", "td", "th", "tr", "tbody", "thead"),
}
_BLOCKS = _names(
    "address article aside blockquote br caption center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 "
    "h5 h6 header hr li main nav ol option p pre section summary table tbody td tfoot th thead title tr ul"
)
_ALLOWED = _names(
    "a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p "
    "pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr "
    "tt u ul var wbr"
)
_INLINE = _names("i b u s q em del ins sub sup big code small span strong font strike tt a abbr cite mark")
_KNOWN = _ALLOWED | _VOID | _RAW | _names("font body html head form button label audio video picture nobr")


def _flatten(html: str) -> str:
    """Write HTML again: well nested, at most ``MAX_DEPTH`` deep, without long tags and unknown elements. Cost: O(n)."""
    pieces = _TOKEN.split(html)
    parts = [pieces[0]]
    stack: list[str] = []
    for i in range(1, len(pieces), N_GROUPS + 1):
        _raw, end, name, attributes, close, text = pieces[i : i + N_GROUPS + 1]
        name = name.lower() if name else ""
        if name in _ALLOWED:
            attributes = attributes if close and len(attributes) <= MAX_ATTRIBUTES else ""
            if name in _VOID:
                parts.append(f"<{name}{attributes}>")
            elif not end:
                if name in _CLOSES:
                    while stack and stack[-1] in _CLOSES[name]:
                        parts.append(f"</{stack.pop()}>")
                if len(stack) < MAX_DEPTH:
                    stack.append(name)
                    parts.append(f"<{name}{attributes}>")
            elif name in stack:
                _close_to(name, stack, parts)
        elif name in _BLOCKS:
            parts.append(" ")
        parts.append(text)
    parts.extend(f"</{name}>" for name in reversed(stack))
    return "".join(parts)


def _close_to(name: str, stack: list[str], parts: list[str]) -> None:
    while stack:
        top = stack.pop()
        parts.append(f"</{top}>")
        if top == name:
            return


# ---------------------------------------------------------------- sanitising

_ATTRIBUTES = {
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
_URLS = frozenset({"href", "src", "cite"})
_SPECIAL = re.compile("[<>&\u00a0]")
_NH3_TAG = re.compile("<(/?)([a-z0-9]+)")  # in text, nh3 writes "<" as an entity; in attributes it does not
_UNSCOPED = _ALLOWED - _names("table caption colgroup col tbody thead tfoot tr td th")
_PLAIN_TAG = re.compile(
    r"<(/?)([a-z][a-z0-9]*+)(?:\s++[a-zA-Z][\w:-]*+(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`]++))?+)*+\s*+/?>"
)
_LONG_TAG = re.compile(rf"<[^>]{{{MAX_ATTRIBUTES}}}")
# <img/src=x/onerror=...>: an address without quotes takes in the handler behind it. It runs nowhere, but is no picture.
_SWALLOWED = re.compile(r"[/\s\"'`]on[a-z]{3,24}\s*=", re.IGNORECASE)
_NUMBERS = frozenset({"width", "height", "start", "colspan", "rowspan"})
_NUMBER = re.compile(r"\d{1,4}\Z")
_NAMES = frozenset({"lang", "hreflang", "dir", "scope"})
_NAME = re.compile(r"[A-Za-z0-9-]{1,35}\Z")


def sanitise(html: str, *, base_url: str = "") -> str:
    """Give HTML that is safe to show: allowed elements and attributes only, http(s) addresses only, all absolute.

    Args:
        html: Foreign HTML of any size; beyond ``MAX_HTML`` characters it is cut.
        base_url: What relative addresses are relative to; without it they are dropped.

    Returns:
        Well-formed HTML of at most ``MAX_HTML`` characters, possibly empty. Sanitising it again changes nothing.
    """
    html = _clean_html(html[:MAX_HTML])
    if "/>" in html:
        html = _EMPTY_RAW.sub("", html)  # HTML5 reads "<iframe/>" as the start of an iframe that swallows the rest
    safe = _sanitise_once(html, _cleaner(base_url))
    for _ in range(MAX_PASSES):
        if _is_stable(safe):
            return safe
        safe = _sanitise_once(safe, _cleaner(None))
    return sanitise(entities.escape(to_text(safe), quote=False))


@lru_cache(maxsize=64)
def _cleaner(base_url: str | None) -> nh3.Cleaner:
    """Build a cleaner, which takes longer than to use it. ``None``: for HTML whose attributes were judged before."""

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src" and _SWALLOWED.search(value):
            return None
        if attribute in _URLS:
            return safe_url(value, base_url or "") or None
        if attribute in _NUMBERS:
            return value if _NUMBER.match(value) else None
        if attribute in _NAMES:
            return value if _NAME.match(value) else None
        return value

    return nh3.Cleaner(
        tags=set(_ALLOWED),
        clean_content_tags=set(_RAW),
        attributes=_ATTRIBUTES,
        attribute_filter=None if base_url is None else keep,
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )


def _is_stable(safe: str) -> bool:
    """Tell whether sanitising what was sanitised once would change nothing."""
    if not _SPECIAL.search(safe):
        return True
    return _cleaner(None).clean(safe) == safe and (not _is_heavy(safe) or _is_flat(safe) or _flatten(safe) == safe)


def _is_heavy(html: str) -> bool:
    return html.count("<") > FEW_TAGS or len(html) > SHORT


def _is_flat(safe: str) -> bool:
    """Tell whether nh3's own output surely leaves ``_flatten`` nothing to do: it is well nested, so depth is a sum."""
    depth = 0
    for end, name in _NH3_TAG.findall(safe):
        if end:
            depth -= 1
        elif name not in _VOID:
            depth += 1
            if depth > MAX_DEPTH:
                return False
    return not _LONG_TAG.search(safe)


def _is_nested(html: str) -> bool:
    """Tell whether foreign HTML is surely nested as it is written, and not deeply: then ``_flatten`` is not needed.

    Every "<" begins a plain tag of a known element that hides nothing in its attributes; each end tag closes the last
    start tag; tables are left out, because in them HTML5 passes over end tags.
    """
    tags = _PLAIN_TAG.findall(html)
    if len(tags) != html.count("<") or _LONG_TAG.search(html):
        return False
    stack: list[str] = []
    for end, name in tags:
        if end:
            if not stack or stack.pop() != name:
                return False
        elif name not in _VOID:
            stack.append(name)
            if name not in _UNSCOPED or len(stack) > MAX_DEPTH:
                return False
    return not stack


def _sanitise_once(html: str, cleaner: nh3.Cleaner) -> str:
    if _is_heavy(html) and not _is_nested(html):
        html = _flatten(html)
    safe = _clean_html(cleaner.clean(html))
    while len(safe) > MAX_HTML:  # escaping makes text longer
        html = _flatten(html[: len(html) * MAX_HTML // len(safe) * 9 // 10])
        safe = _clean_html(cleaner.clean(html))
    return safe


# ---------------------------------------------------------------- text

_SPACES = re.compile(r"(?: [^\S\n]|[^\S\n ])[^\S\n]*")  # all but a single space, which is what they become
_BREAKS = re.compile(r" ?\n\s*")


def to_text(html: str) -> str:
    r"""Read HTML as plain text: tags out, entities decoded, white space collapsed, blocks parted by one "\n".

    Unknown elements, scripts and the like leave nothing behind. Cost: O(n).
    """
    pieces = _TOKEN.split(html[:MAX_HTML].replace("\n", " "))
    parts = [pieces[0]]
    for i in range(1, len(pieces), N_GROUPS + 1):
        name = pieces[i + 2]
        if name and name.lower() in _BLOCKS:
            parts.append("\n")
        parts.append(pieces[i + N_GROUPS])
    return _tidy(entities.unescape("".join(parts)))


def _tidy(text: str) -> str:
    return _BREAKS.sub("\n", _SPACES.sub(" ", clean(text))).strip()


def one_line(html_or_text: str) -> str:
    """Read a title, HTML or plain: known tags out, entities decoded, one line of at most ``MAX_LINE`` characters.

    What merely looks like a tag ("a<b", "<3") stays.
    """
    text = html_or_text[: MAX_LINE * 20]
    if "<" in text:
        text = _TOKEN.sub(_without_markup, text)
    line = " ".join(clean(entities.unescape(text)).split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1].rstrip() + "…"


def _without_markup(token: re.Match[str]) -> str:
    if not _is_markup(token):
        return token[0].replace("<", "&lt;")
    return "" if (token["name"] or "").lower() in _INLINE else " "


def _is_markup(token: re.Match[str]) -> bool:
    if token["name"] is None:
        return bool(token["raw"]) or token[0].startswith("<!--") or token[0].endswith(">")
    return bool(token["close"]) and token["name"].lower() in _KNOWN and "<" not in token["attributes"]


# ---------------------------------------------------------------- addresses

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?\Z|\[[0-9a-f:.]+\]\Z")
_PATH_SAFE = "%/:=&?~#+!$,;'@()*[]-._"
# An address that is already as it should be: most are, and to take one apart and put it together costs 30 us.
_PLAIN_CHARS = r"[A-Za-z0-9%/:=~+!$,'@()*._-]"
_PLAIN_URL = re.compile(
    rf"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?/{_PLAIN_CHARS}*(?:\?(?:{_PLAIN_CHARS}|[&?])+)?(?:#{_PLAIN_CHARS}+)?\Z"
)


@lru_cache(maxsize=2048)
def safe_url(url: str, base_url: str = "") -> str:
    """Give an absolute http or https address, or "" if this is none.

    Control characters, white space at the ends and entities are taken out first, as a browser would; credentials are
    dropped; a host outside ASCII becomes IDNA, other characters outside ASCII are percent-encoded.

    Args:
        url: Foreign text that claims to be an address.
        base_url: What a relative one is relative to; empty: a relative one is none.
    """
    if len(url) > MAX_URL or len(base_url) > MAX_URL:
        return ""
    if _PLAIN_URL.match(url):
        return url
    url = _decode(url)
    head, mark, query = url.partition("?")
    url = head.replace("\\", "/") + mark + query
    try:
        if base_url:
            url = urljoin(safe_url(base_url), url)
        elif url.startswith("//"):
            url = "https:" + url
        parts = urlsplit(url)
        host = _ascii_host(parts.hostname or "")
        host = f"[{host}]" if ":" in host else host
        port = parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https") or not _HOST.match(host):
        return ""
    place = host if port is None or port == (443 if scheme == "https" else 80) else f"{host}:{port}"
    path, query, fragment = (quote(part, safe=_PATH_SAFE) for part in (parts.path, parts.query, parts.fragment))
    address = urlunsplit((scheme, place, path or "/", query.replace("#", "%23"), fragment))
    if "&" in address and _ENTITY.search(address):  # "&?#65;": made only now, as an empty query fell out
        return ""
    return address if len(address) <= MAX_URL else ""


def _decode(url: str) -> str:
    """Undo entities until none is left, and take out controls and line ends."""
    for _ in range(MAX_URL):
        plain = _strip(url).replace("\n", "").replace("\t", "").strip()
        if "&" in plain:
            plain = _ENTITY.sub(lambda found: entities.unescape(found[0]), plain)
        if plain == url:
            return url
        url = plain
    return ""


def _ascii_host(host: str) -> str:
    """Give a host in ASCII. Raises ``ValueError`` (``UnicodeError``) if it has none."""
    if host.isascii():
        return host.lower()
    return unicodedata.normalize("NFKC", host).encode("idna").decode("ascii").lower()
