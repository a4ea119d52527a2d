"""Own what every transport does alike: whom to ask, with which headers, what an answer means, a failure in words.

Pure: a transport hands over status and headers and gets a verdict. It opens nothing and reads no clock. Redirects are
judged here, hop by hop: validators and credentials go to their own origin only.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from aggregator.dataclass import dataclass
from aggregator.intake.fetching.freshness import max_age_of, retry_after_of
from aggregator.intake.schedule import address_of
from aggregator.intake.urls import host_of
from aggregator.markup import safe_url
from aggregator.model import Fetched, FetchFailed, FetchResult, NotModified, Source, SourceState

MAX_REDIRECTS = 5
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


Given = Callable[[str, str], str]  # a header by its name in lower case, and what to give where there is none


class Fetcher(Protocol):
    """Fetches sources. Implementations may be called from several threads at once."""

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        """Ask a source once, with the validators of ``state``. Never raises for anything that a server does."""


class Flights(Protocol):
    """Many fetches under way at once, driven by the one thread that owns them."""

    def room(self) -> int:
        """Give how many more may be begun now."""

    def begin(self, source: Source, state: SourceState) -> None:
        """Begin to ask a source. No source may be asked twice at a time."""

    def landed(self) -> list[tuple[Source, FetchResult]]:
        """Wait until fetches have ended, and give them. Returns early, perhaps empty, to let the caller do its work."""

    def n_flying(self) -> int:
        """Give how many are begun and not handed over yet."""

    def withdraw(self, urls: frozenset[str]) -> list[str]:
        """Take back those of these sources that no server has heard of yet; gives their addresses."""

    def close(self) -> None:
        """End, whatever is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
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
        """Where a chain of only permanent redirects led; empty: nowhere."""
        return self.url if self.n and self.is_permanent else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A fetch before its first request: where it begins, and what may be told to whom.

    Attributes:
        giver: The address that gave the validators.
        validators: Headers for the origin of ``giver`` only.
        credentials: Headers for the origin where the fetch begins only.
    """

    url: str
    giver: str
    validators: Mapping[str, str]
    credentials: dict[str, str]

    def headers_for(self, hop: Hop) -> dict[str, str]:
        """Give the headers of a request beside the ones that all have."""
        is_giver = hop.url == self.giver or (self.validators and origin(hop.url) == origin(self.giver))
        own = dict(self.validators) if is_giver else {}
        return own | self.credentials if self.credentials and hop.is_home else own


def errand_of(source: Source, state: SourceState, credentials: Callable[[str], str | None]) -> Errand | FetchFailed:
    """Give what a fetch sets out with, or why it cannot."""
    url = safe_url(address_of(state, source))
    if not url:
        return FetchFailed(reason="the address is not http or https")
    secrets = {}
    if source.auth_env:
        secret = credentials(source.auth_env)
        if not secret:
            return FetchFailed(reason=f"the environment variable {source.auth_env} with its password is not set")
        if host_of(url) == host_of(source.url):
            import base64

            secrets["Authorization"] = f"Basic {base64.b64encode(secret.encode()).decode('ascii')}"
    validators = {}
    if state.etag and state.etag.isprintable():
        validators["If-None-Match"] = state.etag
    if state.last_modified and state.last_modified.isprintable():
        validators["If-Modified-Since"] = state.last_modified
    return Errand(url=url, giver=state.validators_url or url, validators=validators, credentials=secrets)


def origin(url: str) -> tuple[str, str]:
    """Give scheme and place (host, perhaps port)."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


# ---------------------------------------------------------------- answers


def judge(
    status: int, given: Given, hop: Hop, *, now: Callable[[], datetime] | None, seconds: float = 0.0
) -> Hop | NotModified | FetchFailed | None:
    """Say what an answer's head means: go on there, an end, or (``None``) that the body is to be read.

    Args:
        status: As answered.
        given: Gives a header by name, or the second argument.
        hop: The request that was answered.
        now: For answers that carry dates but not their own.
        seconds: How long the fetch has taken, where it is known by now.
    """
    if status in _REDIRECTS and (location := given("location", "")):
        return _follow(status, location, hop)
    if status == 304:
        return NotModified(
            url=hop.url,
            etag=given("etag", ""),
            last_modified=given("last-modified", ""),
            max_age=_max_age(given, now),
            moved_to=hop.moved_to,
            seconds=seconds,
        )
    if 200 <= status < 300:
        return None
    return FetchFailed(
        reason=f"the server answered {status} {_phrase_of(status)}".strip(),
        status=status,
        is_gone=status == 410,
        retry_after=retry_after_of(
            retry_after=given("retry-after", ""), date=given("date", ""), now=now() if now else None
        ),
    )


def _phrase_of(status: int) -> str:
    """Give the standard words for a status: those that the server sent are foreign text."""
    from http import HTTPStatus

    return next((each.phrase for each in HTTPStatus if each == status), "")


def fetched(
    given: Given,
    hop: Hop,
    body: bytes,
    *,
    wire_hash: str = "",
    is_known: bool = False,
    now: Callable[[], datetime] | None,
    seconds: float = 0.0,
) -> Fetched:
    """Give an answer with its decoded body."""
    return Fetched(
        url=hop.url,
        body=body,
        content_type=given("content-type", ""),
        encoding=given("content-encoding", ""),
        link=given("link", ""),
        etag=given("etag", ""),
        last_modified=given("last-modified", ""),
        max_age=_max_age(given, now),
        moved_to=hop.moved_to,
        wire_hash=wire_hash,
        is_known=is_known,
        seconds=seconds,
    )


def _max_age(given: Given, now: Callable[[], datetime] | None) -> timedelta | None:
    cache_control, expires = given("cache-control", ""), given("expires", "")
    if not cache_control and not expires:
        return None
    date = given("date", "")
    return max_age_of(
        cache_control=cache_control,
        expires=expires,
        age=given("age", ""),
        date=date,
        now=now() if now else None,
    )


def _follow(status: int, location: str, hop: Hop) -> Hop | FetchFailed:
    if hop.n >= MAX_REDIRECTS:
        return FetchFailed(reason=f"more than {MAX_REDIRECTS} redirects", status=status)
    url = safe_url(location.encode("latin-1", "replace").decode("utf-8", "replace"), hop.url)
    if not url:
        return FetchFailed(reason="redirected to something that is not an http or https address", status=status)
    return Hop(
        url=url,
        n=hop.n + 1,
        is_permanent=hop.is_permanent and status in _PERMANENT,
        is_home=hop.is_home and origin(url) == origin(hop.url),
    )


# ---------------------------------------------------------------- words


def too_much(source: Source, status: int) -> FetchFailed:
    """Give the failure of a body that is longer than its source may be."""
    n_bytes = source.max_bytes
    size = f"{n_bytes / 1_000_000:g} MB" if n_bytes >= 100_000 else f"{n_bytes} bytes"
    return FetchFailed(reason=f"more than {size}", status=status)


def in_words(error: BaseException, url: str, source: Source) -> str:
    """Say what went wrong on the way, for the person who runs this."""
    from aggregator.markup import one_line

    causes = causes_of(error)
    names = {each.__name__ for cause in causes for each in type(cause).__mro__}
    place = urlsplit(url).netloc
    last = one_line(str(causes[-1]))[:150]
    if names & {"TimeoutError", "Timeout"}:  # of Python, requests and urllib3, which need not be loaded here
        return f"no answer within {source.timeout.total_seconds():g} s"
    if "SSLError" in names:
        return f"no safe connection to {place}: {last}"
    if "ConnectionRefusedError" in names:
        return f"connection refused by {place}"
    if "DecodeError" in names:
        return "the answer is compressed in a way that cannot be read"
    if "IncompleteRead" in names:
        return "the answer broke off before its end"
    if any(isinstance(each, ConnectionError) for each in causes):
        return f"the connection to {place} broke off"
    if names & {"HTTPException", "InvalidHeader"}:
        return f"{place} does not answer in HTTP: {last}"
    if isinstance(causes[-1], OSError) and causes[-1].strerror:
        return f"no connection to {place}: {one_line(str(causes[-1].args[-1]))[:150]}"
    return f"no answer from {place}: {last}"


def causes_of(error: BaseException) -> list[BaseException]:
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
