"""Own where things stand: the addresses and permanent names that every output shares.

Pure: values in, strings out. Nothing here may depend on a title, a batch or the moment: an address that was published
once stays.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.markup import safe_url
from aggregator.model import USUAL_RANKING, Output, Ranking

LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")  # what RFC 4287 and HTML both accept
RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "ff", "he", "iw", "ji", "ks", "ku", "ps", "sd", "ug", "ur", "yi"})
LTR_SUBTAGS = frozenset({"latn", "cyrl"})  # Kurdish, Fulah and others are written both ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What every output needs to know of the configuration.

    Attributes:
        title: Name of the front page and author of every entry.
        base_url: Where the outputs are published; ends with "/".
        outputs: The output feeds, in the order of ``feeds.toml``.
        since_year: Year in the feeds' own ``tag:`` URIs; fixed once, so that they never change.
        version: Of this program.
        hub: WebSub hub that the output feeds name; empty: none.
        ranking: What leads, for the pages that say why.
    """

    title: str
    base_url: str
    outputs: tuple[Output, ...] = ()
    since_year: int = 2026
    version: str = ""
    hub: str = ""
    ranking: Ranking = USUAL_RANKING


def story_url(site: Site, story_id: str) -> str:
    """Return the permanent address of a story's page."""
    return f"{site.base_url}s/{story_id}.html"


def feed_url(site: Site, slug: str, suffix: str) -> str:
    """Return the address of an output feed, for instance with ``suffix`` ".atom" or ".updates.atom"."""
    return f"{site.base_url}{slug}.{suffix.lstrip('.')}"


def archive_name(slug: str, month: str) -> str:
    """Return the file of a month's archive, "top/archive/2026-01.atom". ``month`` is "2026-01"."""
    return f"{slug}/archive/{month}.atom"


def digest_name(slug: str, day: str, suffix: str) -> str:
    """Return the file of a day's digest, "top/digest/2026-01-14.html"."""
    return f"{slug}/digest/{day}.{suffix.lstrip('.')}"


def tag_uri(site: Site, year: int, path: str) -> str:
    """Return ``tag:HOST,YEAR:PATH``; ``path`` is "story/ID" or "feed/SLUG".

    Source: RFC 4151; its authority is a DNS name, so a port has no place in it, nor have the colons of IPv6.
    """
    host = urlsplit(site.base_url).hostname or "localhost"
    if not host.isascii():
        host = host.encode("idna").decode("ascii")
    return f"tag:{host.replace(':', '-').strip('-') or 'localhost'},{year:04d}:{path}"


def host(url: str) -> str:
    """Return the host of a foreign address, to call its owner by; "" if it is none. Never its credentials."""
    return (urlsplit(safe_url(url)).hostname or "").removeprefix("www.")


def language_tag(lang: str) -> str:
    """Return a language fit for ``lang``, ``hreflang`` and ``xml:lang``; "" for "und" and for what is no tag."""
    return lang if lang.lower() != "und" and LANGUAGE_TAG.match(lang) else ""


def direction(lang: str) -> str:
    """Return how a language is written: "ltr", "rtl", or "auto" where only the text itself can tell."""
    subtags = language_tag(lang).lower().split("-")
    if subtags == [""]:
        return "auto"
    return "rtl" if subtags[0] in RTL and LTR_SUBTAGS.isdisjoint(subtags) else "ltr"
