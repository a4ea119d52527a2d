"""Judge addresses: absolute http and https ones in one spelling, or none. Pure."""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

MAX_URL = 4_096  # characters; longer ones are data, not addresses

# What is needed for an odd address only is compiled when there is one: `re` remembers it.
_ENTITY = r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
_HOST = r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?\Z|\[[0-9a-f:.]+\]\Z"
_PATH_SAFE = "%/:=&?~#+!$,;'@()*[]-._"
# Addresses that are as they should be, or nearly: most are, and to take one apart and put it together costs 30 us.
PLAIN_CHARS = r"[A-Za-z0-9%/:=~+!$,'@()*._-]"
_PORT = r"(?::(?!80/|443/)(?:[1-9][0-9]{1,3}|[1-5][0-9]{4})(?=/))?"
PLAIN_URL = re.compile(
    rf"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?{_PORT}/{PLAIN_CHARS}*(?:\?(?:{PLAIN_CHARS}|[&?])+)?(?:#{PLAIN_CHARS}+)?\Z"
)
_BARE_HOST = r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\Z"
_PLAIN_PATH = rf"/(?!/){PLAIN_CHARS}*(?:\?(?:{PLAIN_CHARS}|[&?])+)?(?:#{PLAIN_CHARS}+)?\Z"
# Plainly no address where there is no base: a number, "tag:..." or "urn:...", as guids are.
_OTHER = r"(?i)(?!https?:)[A-Za-z0-9][A-Za-z0-9:/.,_+=-]*\Z"
_PLAIN_FRAGMENT = rf"#{PLAIN_CHARS}+\Z"


def is_plain(url: str) -> bool:
    """Tell whether an absolute address is written as all that resolve and join addresses would write it, too."""
    return PLAIN_URL.match(url) is not None


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
    if PLAIN_URL.match(url):
        return url
    if re.match(_BARE_HOST, url):
        return url + "/" if len(url) < MAX_URL else ""
    if not base_url and re.match(_OTHER, url):
        return ""
    if base_url and (joined := _joined(url, base_url)):
        return joined
    return safe_url_by_parts(url, base_url)


def _joined(url: str, base_url: str) -> str:
    """Give the plain address that a path or a fragment is at a plain base; empty: none is plain."""
    if not PLAIN_URL.match(base_url):
        return ""
    if re.match(_PLAIN_FRAGMENT, url):
        joined = base_url.partition("#")[0] + url
    elif re.match(_PLAIN_PATH, url) and "/." not in url:  # "." and ".." are steps
        joined = base_url[: base_url.index("/", len("https://"))] + url
    else:
        return ""
    return joined if len(joined) <= MAX_URL else ""


def safe_url_by_parts(url: str, base_url: str) -> str:
    """Judge any address: see :func:`safe_url`, which knows shorter ways to the same result."""
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
    if scheme not in ("http", "https") or not re.match(_HOST, host):
        return ""
    place = host if port is None or port == (443 if scheme == "https" else 80) else f"{host}:{port}"
    path, query, fragment = (quote(part, safe=_PATH_SAFE) for part in (parts.path, parts.query, parts.fragment))
    address = urlunsplit((scheme, place, path or "/", query.replace("#", "%23"), fragment))
    if "&" in address and re.search(_ENTITY, address):  # "&?#65;": made only now, as an empty query fell out
        return ""
    return address if len(address) <= MAX_URL else ""


def _decode(url: str) -> str:
    """Undo entities until none is left, and take out controls and line ends."""
    import html as entities  # with strip 5 ms, which most runs need not spend

    from aggregator.markup.cleaning import strip

    for _ in range(MAX_URL):
        plain = strip(url).replace("\n", "").replace("\t", "").strip()
        if "&" in plain:
            plain = re.sub(_ENTITY, lambda found: entities.unescape(found[0]), plain)
        if plain == url:
            return url
        url = plain
    return ""


def _ascii_host(host: str) -> str:
    """Give a host in ASCII. Raises ``ValueError`` (``UnicodeError``) if it has none."""
    if host.isascii():
        return host.lower()
    import unicodedata

    return unicodedata.normalize("NFKC", host).encode("idna").decode("ascii").lower()
