"""Find the feeds of a site by asking it: the address itself, what its page names, well-known addresses, its links.

Asks one address after another and stops at the first way that leads to a feed. Each answer is parsed before it counts:
many sites answer every address with a page.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import assert_never
from urllib.parse import urlsplit

from aggregator.dataclass import dataclass, replace
from aggregator.errors import SourceError
from aggregator.intake.fetching.asking import Fetcher
from aggregator.intake.finding.discover import declared_feeds, feed_links
from aggregator.intake.reading.parse import parse
from aggregator.intake.urls import canonical_url, host_of
from aggregator.markup import one_line, safe_url
from aggregator.model import (
    EPOCH,
    Fetched,
    FetchFailed,
    FetchResult,
    NotAFeed,
    NotModified,
    ParsedFeed,
    Source,
    SourceState,
)

# By how often they are met (WordPress, Ghost, Hugo, Jekyll, plain files, Blogger); one group after the other.
WELL_KNOWN = (
    ("feed", "rss"),
    ("feed.xml", "rss.xml", "atom.xml", "index.xml"),
    ("feed.json", "feeds/posts/default", "index.rdf", "?feed=rss2"),
)
MAX_DECLARED = 10  # addresses that a page names and we try
MAX_LINKS = 5  # links that only look like feeds; most are none
N_NEWEST = 3  # titles that tell a person whether this is the feed that was meant


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that was asked and answered.

    Attributes:
        url: The address to subscribe to: where permanent redirects led, else as asked.
        title: Its own title, plain text.
        lang: Declared language; empty: none.
        n_articles: How many it carries.
        newest: Titles of the newest articles, newest first, at most ``N_NEWEST``.
        way: How it was found, in words.
    """

    url: str
    title: str
    lang: str
    n_articles: int
    newest: tuple[str, ...]
    way: str


def find_feeds(fetcher: Fetcher, address: str, *, like: Source | None = None) -> tuple[FoundFeed, ...]:
    """Find the feeds of a page or site, best first.

    Args:
        fetcher: How addresses are asked.
        address: As a person writes it: ``example.org`` is tried with https, then with http.
        like: Whose limits (time, size) hold for each fetch.

    Raises:
        SourceError: The address does not answer, or leads to no feed; in words, with what was tried.
    """
    search = _Search(fetcher, like or Source(url=""))
    asked, page = search.first(address)
    if (found := search.as_feed(page.moved_to or asked, page, "the address itself")) is not None:
        return (found,)
    for way, groups in _ways(page):
        for group in groups:
            feeds = tuple(each for url in group if (each := search.ask(url, way)) is not None)
            if feeds:
                return feeds
    reason = search.reason_by_host.get(host_of(page.url), "")
    raise SourceError(
        f"{page.url} leads to no feed; {search.n_asked} addresses were tried" + (f", then: {reason}" if reason else "")
    )


def _ways(page: Fetched) -> Iterator[tuple[str, Iterable[tuple[str, ...]]]]:
    declared = declared_feeds(page.body, base_url=page.url)
    yield "named by the page", (declared[:MAX_DECLARED],)
    yield "at a well-known address", _well_known(page.url)
    links = [url for url in feed_links(page.body, base_url=page.url) if url not in declared]
    yield "linked by the page", (tuple(links[:MAX_LINKS]),)


def _well_known(url: str) -> Iterator[tuple[str, ...]]:
    """Yield groups of addresses, those of the page's own folder before those of the whole site."""
    parts = urlsplit(url)
    folder = parts.path.rpartition("/")[0] + "/"
    for names in WELL_KNOWN:
        yield tuple(
            f"{parts.scheme}://{parts.netloc}{base}{name}" for base in dict.fromkeys((folder, "/")) for name in names
        )


class _Search:
    """One search: what was asked already, and which hosts are asked no more, with the reason."""

    def __init__(self, fetcher: Fetcher, like: Source) -> None:
        self.n_asked = 0
        self.reason_by_host: dict[str, str] = {}
        self._fetcher = fetcher
        self._like = like
        self._asked: set[str] = set()
        self._bodies: set[str] = set()

    def first(self, address: str) -> tuple[str, Fetched]:
        """Fetch what the person named. Returns the whole address, and what it gave."""
        address = address.strip()
        if address.startswith("feed:"):  # what browsers once called a feed: feed://host/… and feed:https://host/…
            address = address.removeprefix("feed:").removeprefix("//")
        tries = [address] if "://" in address else [f"https://{address}", f"http://{address}"]
        reasons = []
        for each in tries:
            url = safe_url(each)
            if not url:
                raise SourceError(f"{one_line(address)} is no http or https address")
            match self._fetch(url):
                case Fetched() as fetched:
                    return url, fetched
                case FetchFailed() as failed:
                    reasons.append(f"{url}: {failed.reason}")
                case NotModified():
                    reasons.append(f"{url}: answered 304 to a request without validators")
                case _ as never:
                    assert_never(never)
        raise SourceError("; ".join(reasons))

    def ask(self, url: str, way: str) -> FoundFeed | None:
        """Fetch one address that may be a feed; ``None``: it is none, or one that is known already."""
        key = canonical_url(url)
        if key in self._asked or host_of(url) in self.reason_by_host:
            return None
        self._asked.add(key)
        match self._fetch(url):
            case Fetched() as fetched:
                return self.as_feed(fetched.moved_to or url, fetched, way)
            case FetchFailed(status=status, reason=reason):
                # Who is not there or asks for patience is not asked for the next address.
                if status in (0, 429, 503):
                    self.reason_by_host[host_of(url)] = reason
        return None

    def as_feed(self, url: str, fetched: Fetched, way: str) -> FoundFeed | None:
        """Read a body; ``None``: it is no feed, or the same feed again."""
        parsed = parse(fetched.body, url=fetched.url, content_type=fetched.content_type)
        mark = hashlib.sha256(fetched.body).hexdigest()
        if isinstance(parsed, NotAFeed) or mark in self._bodies:
            return None
        self._bodies.add(mark)
        return FoundFeed(
            url=url,
            title=parsed.title,
            lang=parsed.lang,
            n_articles=len(parsed.articles),
            newest=newest_titles(parsed),
            way=way,
        )

    def _fetch(self, url: str) -> FetchResult:
        self.n_asked += 1
        return self._fetcher.fetch(replace(self._like, url=url, auth_env=""), SourceState(url=url))


def newest_titles(feed: ParsedFeed) -> tuple[str, ...]:
    """Return the titles of the newest articles; those without a date keep the feed's order, behind the dated ones."""
    newest_first = sorted(feed.articles, key=lambda each: each.published_at or each.updated_at or EPOCH, reverse=True)
    return tuple(each.title or each.link or "(no title)" for each in newest_first[:N_NEWEST])
