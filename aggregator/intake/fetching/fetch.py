"""Fetch a source through requests: one conditional GET, its redirects, its limits. Knows HTTP and nothing about feeds.

Every failure is a ``FetchFailed`` in words. What a source sends is echoed byte for byte (validators) or not at all
(cookies, referrer). Redirects are followed by hand, because each hop is judged anew. It is the tolerant transport, the
one for all systems, and the measure of :mod:`.lean`. requests is named here and in ``connect`` only.
"""

import http.client
import time
from collections.abc import Callable
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from urllib3.util.request import ACCEPT_ENCODING

from aggregator.dataclass import replace
from aggregator.errors import SourceError
from aggregator.intake.fetching.addresses import read_allow_list
from aggregator.intake.fetching.asking import ACCEPT, Hop, errand_of, fetched, in_words, judge, too_much
from aggregator.intake.fetching.connect import N_POOLS, GuardedAdapter, Visit, visiting
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.urls import host_of
from aggregator.model import FetchFailed, FetchResult, Source, SourceState

CHUNK = 65_536  # bytes, decoded; the most that a fetch can exceed its limit by


class _Session(requests.Session):
    """Sees no redirects: even when told not to follow one, requests reads its whole body, however large."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


class RequestsFetcher:
    """The fetcher for the real world: a requests session whose connections are guarded by ``connect``."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_hosts: tuple[str, ...] = (),
        credentials: Callable[[str], str | None] = lambda _name: None,
        gate: HostGate | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Build a fetcher.

        Args:
            user_agent: Who asks: name, version, and where to complain.
            allow_hosts: Private addresses that may be fetched: host, host:port or CIDR.
            credentials: Gives "user:password" for the name in ``Source.auth_env``; ``None``: not set.
            gate: How many fetches one host sees; by default two at once, 0.2 s apart.
            clock: Monotonic seconds, for deadlines.
            now: For answers that carry dates but not their own; ``None``: such dates say nothing.

        Raises:
            ValueError: ``allow_hosts`` cannot be read.
        """
        self._allowed = read_allow_list(allow_hosts)
        self._credentials = credentials
        self._gate = gate or HostGate()
        self._clock = clock
        self._now = now
        self._session = _Session()
        self._session.trust_env = False  # no proxies, no .netrc: the guard must see where we really connect
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.mount("http://", GuardedAdapter(pool_connections=N_POOLS, pool_maxsize=4))
        self._session.mount("https://", GuardedAdapter(pool_connections=N_POOLS, pool_maxsize=4))
        self._session.headers.clear()
        self._session.headers.update(
            {"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": ACCEPT_ENCODING.replace(",", ", ")}
        )

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        """See ``Fetcher``."""
        errand = errand_of(source, state, self._credentials)
        if isinstance(errand, FetchFailed):
            return errand
        start = self._clock()
        visit: Visit | None = None
        hop: Hop | FetchResult = Hop(url=errand.url)
        while isinstance(hop, Hop):
            with self._gate.passing(host_of(hop.url)):
                if visit is None:  # waiting at the gate of the first host is no fault of the source
                    start = self._clock()
                    deadline = start + source.timeout.total_seconds()
                    visit = Visit(deadline=deadline, clock=self._clock, allowed=self._allowed)
                with visiting(visit):
                    hop = self._ask(hop, errand.headers_for(hop), source, visit)
        return replace(hop, seconds=self._clock() - start)

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def _ask(self, hop: Hop, headers: dict[str, str], source: Source, visit: Visit) -> Hop | FetchResult:
        try:
            response = self._session.get(
                hop.url, headers=headers, timeout=visit.seconds_left(), stream=True, allow_redirects=False
            )
            try:
                return self._read(response, hop, source, visit)
            finally:
                response.close()
        except SourceError as error:
            return FetchFailed(reason=str(error))
        except (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            http.client.HTTPException,
            OSError,
            ValueError,
        ) as error:
            return FetchFailed(reason=in_words(error, hop.url, source))

    def _read(self, response: requests.Response, hop: Hop, source: Source, visit: Visit) -> Hop | FetchResult:
        verdict = judge(response.status_code, response.headers.get, hop, now=self._now)
        if verdict is not None:
            if response.status_code == 304:
                response.raw.read(1)  # nothing follows; this gives the connection back to its pool
            return verdict
        body = _read_body(response, source, visit)
        if body is None:
            return too_much(source, response.status_code)
        return fetched(response.headers.get, hop, body, now=self._now)


def _read_body(response: requests.Response, source: Source, visit: Visit) -> bytes | None:
    """Give the decoded body; ``None``: it is longer than the source may be. At most ``CHUNK`` is decoded at a time."""
    chunks = []
    n_bytes = 0
    for chunk in response.raw.stream(CHUNK, decode_content=True):
        n_bytes += len(chunk)
        if n_bytes > source.max_bytes:
            return None
        chunks.append(chunk)
        visit.seconds_left()
    return b"".join(chunks)
