"""Own what an address says: which page it names, however it is written, and who publishes there.

Pure: the list of public suffixes is the snapshot that tldextract ships; it is never fetched.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from aggregator.markup import MAX_URL, safe_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Labels of a sub-domain that only name a way of showing the same page.
_SHOWN_AS = frozenset({"www", "m", "mobile", "amp"})
_TRACKING = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid"),
        *("igsh", "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id", "oly_enc_id", "vero_id", "_hsenc", "_hsmi", "wickedid"),
        *("cmpid", "cmp", "ocid", "icid", "ncid", "ito", "smid", "smtyp", "sr_share", "spm", "scid", "s_cid", "xtor"),
        *("ref_src", "ref_url", "rss", "partner", "emc", "at_medium", "at_campaign", "at_custom1", "at_custom2"),
        *("at_custom3", "at_custom4", "ns_mchannel", "ns_source", "ns_campaign", "ns_linkname", "ns_fee", "feedtype"),
        *("feedname", "source_feed", "wt_mc", "wtmc", "wt.mc_id", "wt_zmc", "pk_campaign", "pk_kwd", "pk_source"),
        *(
            "pk_medium",
            "mtm_campaign",
            "mtm_source",
            "mtm_medium",
            "piwik_campaign",
            "guccounter",
            "__twitter_impression",
        ),
        *("outputtype", "amp", "phpsessid", "jsessionid", "sessionid", "fb_ref", "fb_source", "action_object_map"),
        *("ga_source", "ga_medium", "ga_campaign", "dicbo", "dm_i", "ef_id", "epik", "trk", "trkcampaign", "utm"),
    }
)
_TRACKING_PREFIXES = ("utm_", "mtm_", "stm_", "hsa_", "_openstat")
# What hardly an address has is compiled when one has it: `re` remembers it.
_AMP_CACHE = r"(?:[^/]+\.)?cdn\.ampproject\.org/[cvi]/(s/)?(.+)\Z"
_AMP_GOOGLE = r"(?:www\.)?google\.[a-z.]+/amp/(s/)?(.+)\Z"
_AMP_PATHS = (
    r"(?:/amp)+/?\Z",
    r"(?:\.amp)+(?=\.html?\Z|\Z)",
    r"\A(?:/amp)+(?=/.)",
)
# An address that is canonical but for its scheme: a poll compares thousands of them.
_CANONICAL = re.compile(
    r"http(s?)(://(?:(?!(?:www|m|mobile)\.)[a-z0-9-]+\.)+[a-z0-9-]+(?::(?!80/|443/)(?:[1-9][0-9]{1,3}|[1-5][0-9]{4}))?/(?:[A-Za-z0-9/_.~!$'()*,:@=+-]*[A-Za-z0-9_~=-])?"
    r"(?:\?(?:p|id|page_id)=[A-Za-z0-9._~-]+)?)\Z"
)
_ESCAPE = r"%[0-9a-fA-F]{2}"
_SESSION_PATH = r"(?i);jsessionid=[^/]*"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Hosts that carry the feeds of others: who publishes is told by the site, not by the feed's address.
FEED_HOSTS = frozenset(
    {"feedburner.com", "feedblitz.com", "feedpress.me", "feedpress.it", "feedsportal.com", "rss.app"}
)


def host_of(url: str) -> str:
    """Give the host of an address in lower case, without port; empty: none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def publisher_of(url: str) -> str:
    """Give the registrable domain of an address; of an IP address or a bare name the host itself; empty: no host.

    Sites on a shared host ("one.github.io") count by themselves, as the public suffix list says.
    """
    return _registrable(host_of(url))


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    if not host or _is_ip(host):
        return host
    found = _suffixes().extract_str(host)
    if not found.suffix:  # a top level that the list does not know counts as one. Source: publicsuffix.org/list, rule 2
        return ".".join(host.split(".")[-2:])
    return str(found.top_domain_under_public_suffix) or host


@lru_cache(maxsize=1)
def _suffixes() -> "TLDExtract":
    from tldextract import TLDExtract  # with its list 0.1 s: a poll without news needs neither

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """Give the address that copies of a page share, or "" if this is no http(s) address. Idempotent.

    The scheme becomes https; "www", "m", "mobile" and "amp" go from the host, AMP from the path, tracking and session
    parameters from the query, and the fragment unless it is a route ("#!..."); the rest of the query is sorted. It is
    made to be compared, not to be visited.
    """
    if len(url) < MAX_URL and "/amp" not in url and ".amp" not in url and (found := _CANONICAL.match(url)):
        return "https" + found[2]
    url = safe_url(url)
    for _ in range(MAX_URL):  # each layer of AMP that goes makes it shorter; an honest address has one
        once = _canonical_once(url)
        if once == url:
            break
        url = once
    return url


def _canonical_once(url: str) -> str:
    if not url:
        return ""
    bare = url.split("://", 1)[1]
    if amp := re.match(_AMP_CACHE, bare) or re.match(_AMP_GOOGLE, bare):
        url = safe_url("https://" + amp[2])
    parts = urlsplit(url)
    host = _plain_host(parts.hostname or "")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = re.sub(_SESSION_PATH, "", parts.path)
    for pattern in _AMP_PATHS:
        path = re.sub(pattern, "", path)
    query = "&".join(sorted(each for each in _plain(parts.query).split("&") if each and not _is_tracking(each)))
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return safe_url(urlunsplit(("https", host + port, _plain(path).rstrip("/") or "/", query, fragment)))


def _plain_host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    domain = _registrable(host.rstrip("."))
    labels = host.rstrip(".").removesuffix(domain).split(".")
    return ".".join([label for label in labels if label and label not in _SHOWN_AS] + [domain])


def _plain(text: str) -> str:
    """Undo needless percent-encoding and write the rest in capitals. Source: RFC 3986, 6.2.2."""

    def one(escape: re.Match[str]) -> str:
        char = chr(int(escape[0][1:], 16))
        return char if char in _UNRESERVED else escape[0].upper()

    return re.sub(_ESCAPE, one, text)


def _is_tracking(parameter: str) -> bool:
    name = parameter.split("=", 1)[0].lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
