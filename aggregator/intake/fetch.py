"""Fetch a source: one conditional GET, its redirects, its limits. Knows HTTP and nothing about feeds.

Every failure is a ``FetchFailed`` in words. What a source sends is echoed byte for byte (validators) or not at all
(cookies, referrer). Redirects are followed by hand, because each hop is judged anew. requests is named here and in
``connect`` only.
"""

import base64
import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol
from urllib.parse import urlsplit

import requests
import urllib3
from urllib3.util.request import ACCEPT_ENCODING

from aggregator.errors import SourceError
from aggregator.intake.addresses import read_allow_list
from aggregator.intake.connect import N_POOLS, GuardedAdapter, Visit, visiting
from aggregator.intake.freshness import max_age_of, retry_after_of
from aggregator.intake.gate import HostGate
from aggregator.intake.schedule import address_of
from aggregator.intake.urls import host_of
from aggregator.markup import one_line, safe_url
from aggregator.model import Fetched, FetchFailed, FetchResult, NotModified, Source, SourceState

MAX_REDIRECTS = 5
CHUNK = 65_536  # bytes, decoded; the most that a fetch can exceed its limit by
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


class Fetcher(Protocol):
    """Fetches sources. Implementations may be called from several threads at once."""

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        """Ask a source once, with the validators of ``state``. Never raises for anything that a server does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """One request of a fetch.

    Attributes:
        url: Where it goes.
        n: Redirects so far.
        is_permanent: All of them were.
        is_home: All of them stayed at the origin where the fetch began.
    """

    url: str
    n: int = 0
    is_permanent: bool = True
    is_home: bool = True

    @property
    def moved_to(self) -> str:
        return self.url if self.n and self.is_permanent else ""


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
        url = safe_url(address_of(state, source))
        if not url:
            return FetchFailed(reason="the address is not http or https")
        credentials = {}
        if source.auth_env:
            secret = self._credentials(source.auth_env)
            if not secret:
                return FetchFailed(reason=f"the environment variable {source.auth_env} with its password is not set")
            if host_of(url) == host_of(source.url):
                encoded = base64.b64encode(secret.encode()).decode("ascii")
                credentials["Authorization"] = f"Basic {encoded}"
        start = self._clock()
        visit: Visit | None = None
        validators, giver = _validators(state), _origin(state.validators_url or url)
        hop: _Hop | FetchResult = _Hop(url=url)
        while isinstance(hop, _Hop):
            with self._gate.passing(host_of(hop.url)):
                if visit is None:  # waiting at the gate of the first host is no fault of the source
                    start = self._clock()
                    deadline = start + source.timeout.total_seconds()
                    visit = Visit(deadline=deadline, clock=self._clock, allowed=self._allowed)
                headers = (validators if _origin(hop.url) == giver else {}) | (credentials if hop.is_home else {})
                with visiting(visit):
                    hop = self._ask(hop, headers, source, visit)
        return replace(hop, seconds=self._clock() - start)

    def close(self) -> None:
        """Close every connection."""
        self._session.close()

    def _ask(self, hop: _Hop, headers: dict[str, str], source: Source, visit: Visit) -> _Hop | FetchResult:
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
            return FetchFailed(reason=_in_words(error, hop.url, source))

    def _read(self, response: requests.Response, hop: _Hop, source: Source, visit: Visit) -> _Hop | FetchResult:
        status = response.status_code
        if status in _REDIRECTS and response.headers.get("Location"):
            return _follow(response, hop)
        given = response.headers
        date = given.get("Date", "")
        max_age = max_age_of(
            cache_control=given.get("Cache-Control", ""),
            expires=given.get("Expires", ""),
            age=given.get("Age", ""),
            date=date,
            now=self._now() if self._now else None,
        )
        etag, last_modified = given.get("ETag", ""), given.get("Last-Modified", "")
        if status == 304:
            response.raw.read(1)  # nothing follows; this gives the connection back to its pool
            return NotModified(
                url=hop.url, etag=etag, last_modified=last_modified, max_age=max_age, moved_to=hop.moved_to
            )
        if not 200 <= status < 300:
            return FetchFailed(
                reason=f"the server answered {status} {_phrase(response)}".strip(),
                status=status,
                is_gone=status == 410,
                retry_after=retry_after_of(
                    retry_after=given.get("Retry-After", ""), date=date, now=self._now() if self._now else None
                ),
            )
        body = _read_body(response, source, visit)
        if body is None:
            return FetchFailed(reason=f"more than {_size(source.max_bytes)}", status=status)
        return Fetched(
            url=hop.url,
            body=body,
            content_type=given.get("Content-Type", ""),
            encoding=given.get("Content-Encoding", ""),
            etag=etag,
            last_modified=last_modified,
            max_age=max_age,
            moved_to=hop.moved_to,
        )


def _validators(state: SourceState) -> dict[str, str]:
    given = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in given.items() if value and value.isprintable()}


def _follow(response: requests.Response, hop: _Hop) -> _Hop | FetchFailed:
    if hop.n >= MAX_REDIRECTS:
        return FetchFailed(reason=f"more than {MAX_REDIRECTS} redirects", status=response.status_code)
    location = response.headers["Location"].encode("latin-1", "replace").decode("utf-8", "replace")
    url = safe_url(location, hop.url)
    if not url:
        return FetchFailed(
            reason="redirected to something that is not an http or https address", status=response.status_code
        )
    return _Hop(
        url=url,
        n=hop.n + 1,
        is_permanent=hop.is_permanent and response.status_code in _PERMANENT,
        is_home=hop.is_home and _origin(url) == _origin(hop.url),
    )


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


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


# ---------------------------------------------------------------- words


def _phrase(response: requests.Response) -> str:
    """Give the standard words for a status; those that the server sent are foreign text."""
    return http.client.responses.get(response.status_code, "")


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1_000_000:g} MB" if n_bytes >= 100_000 else f"{n_bytes} bytes"


def _in_words(error: Exception, url: str, source: Source) -> str:
    causes = _causes(error)
    place = urlsplit(url).netloc
    if any(isinstance(each, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError) for each in causes):
        return f"no answer within {source.timeout.total_seconds():g} s"
    if any(isinstance(each, requests.exceptions.SSLError | urllib3.exceptions.SSLError) for each in causes):
        return f"no safe connection to {place}: {one_line(str(causes[-1]))[:150]}"
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return f"connection refused by {place}"
    if any(isinstance(each, urllib3.exceptions.DecodeError) for each in causes):
        return "the answer is compressed in a way that cannot be read"
    if any(isinstance(each, urllib3.exceptions.IncompleteRead | http.client.IncompleteRead) for each in causes):
        return "the answer broke off before its end"
    if any(isinstance(each, ConnectionError | http.client.RemoteDisconnected) for each in causes):
        return f"the connection to {place} broke off"
    if any(isinstance(each, http.client.HTTPException | requests.exceptions.InvalidHeader) for each in causes):
        return f"{place} does not answer in HTTP: {one_line(str(causes[-1]))[:150]}"
    if any(isinstance(each, OSError) and each.strerror for each in causes[-1:]):
        return f"no connection to {place}: {one_line(str(causes[-1].args[-1]))[:150]}"
    return f"no answer from {place}: {one_line(str(causes[-1]))[:150]}"


def _causes(error: BaseException) -> list[BaseException]:
    """Give an error and what it wraps, in any of the three ways that libraries wrap, outermost first."""
    found: list[BaseException] = []
    queue: list[BaseException] = [error]
    while queue and len(found) < 20:
        each = queue.pop(0)
        if each in found:
            continue
        found.append(each)
        inner = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        queue.extend(one for one in inner if isinstance(one, BaseException))
    return found
