"""One fetch on its way through the loop of :mod:`.lean`: its request, its answer as it grows, its verdict.

Holds no socket of its own and waits for nothing.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from aggregator.dataclass import dataclass, replace
from aggregator.errors import SourceError
from aggregator.intake.fetching.addresses import AllowList
from aggregator.intake.fetching.answer import Answer, BrokenOffError, OddError
from aggregator.intake.fetching.asking import Hop, errand_of, fetched, in_words, judge, too_much
from aggregator.intake.fetching.decoding import DecodeError, TooMuchError, decoded
from aggregator.intake.fetching.line import Line
from aggregator.intake.fetching.lookup import Address, is_literal, judged, look_up
from aggregator.intake.urls import host_of
from aggregator.model import FetchFailed, FetchResult, Source, SourceState

_PORTS = {"http": 80, "https": 443}
# As most addresses are; the others are taken apart by urlsplit, which costs ten times as much.
_ADDRESS = re.compile(
    r"(https?)://([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_-])?)(?::([1-9][0-9]{0,3}|[1-5][0-9]{4}))?"
    r"(/[^\0- \x7f?#]*(?:\?[^\0- \x7f#]+)?)\Z"
)

_NOTHING = Answer()  # of a fetch that has no connection yet; never fed

# An end; "hop": it goes on at ``Flight.hop``; "odd": only requests can read this.
Verdict = FetchResult | Literal["hop", "odd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What all fetches of a fetcher have in common. ``head``: the headers that each request has, as they are sent."""

    allowed: AllowList
    credentials: Callable[[str], str | None]
    now: Callable[[], datetime] | None
    head: str


class Flight:
    """A fetch under way.

    Attributes:
        errand: What it set out with, or why it cannot begin.
        hop: The present request; :meth:`aim` at it before anything else.
        host: Whose gate it stands at, or has a place of.
        key: Scheme, host and port of the present request.
        addresses: What is left to try, judged.
        line: Its connection, if it has one.
        n_counted: Bytes of its answer, as the loop has counted them.
        started_at: Of the loop's clock; ``None``: still waiting at its first gate.
    """

    __slots__ = (
        "_answer", "_is_judged", "_is_looking", "_request", "_rules", "addresses", "deadline", "errand", "hop", "host",
        "is_done", "is_kept", "is_slow", "key", "line", "n_counted", "source", "started_at", "state",
    )  # fmt: skip

    def __init__(self, source: Source, state: SourceState, rules: Rules) -> None:
        self.source = source
        self.state = state
        self._rules = rules
        self.errand = errand_of(source, state, rules.credentials)
        self.hop = Hop(url="" if isinstance(self.errand, FetchFailed) else self.errand.url)
        self.host = ""
        self.key = ("", "", 0)
        self.addresses: list[Address] = []
        self.line: Line | None = None
        self.n_counted = 0
        self.started_at: float | None = None
        self.deadline = 0.0
        self.is_slow = False
        self.is_done = False
        self.is_kept = False
        self._is_looking = False
        self._is_judged = False
        self._answer = _NOTHING
        self._request = b""

    def aim(self) -> None:
        """Take apart the address of the present hop, and write its request."""
        if isinstance(self.errand, FetchFailed):
            raise ValueError("this fetch cannot begin")
        if found := _ADDRESS.match(self.hop.url):
            scheme, host, port, target = found.groups()
            place = f"{host}:{port}" if port else host
            self.host = host
        else:
            parts = urlsplit(self.hop.url)
            scheme, host, place = parts.scheme, parts.hostname or "", parts.netloc
            port = parts.port
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            self.host = host_of(self.hop.url)
        self.key = (scheme, host, int(port) if port else _PORTS[scheme])
        own = "".join([f"{name}: {value}\r\n" for name, value in self.errand.headers_for(self.hop).items()])
        text = f"GET {target} HTTP/1.1\r\nHost: {place}\r\n{self._rules.head}{own}\r\n"
        self._request = text.encode("latin-1", "replace")

    @property
    def is_literal(self) -> bool:
        """Whether the host is an address, so that looking it up cannot block."""
        return is_literal(self.key[1])

    def look_up(self) -> list[Address] | SourceError:
        """Give the addresses that may be connected to, or why there is none. May run in another thread."""
        _, host, port = self.key
        self._is_looking = True
        try:
            return judged(look_up(host, port), host, port, self._rules.allowed)
        except SourceError as error:
            return error
        finally:
            self._is_looking = False

    def take_line(self, line: Line) -> None:
        """Go on over this connection, from the beginning of the request."""
        self.line = line
        self._answer = Answer()
        self._is_judged = self.is_kept = False
        line.say(self._request)

    @property
    def has_heard(self) -> bool:
        """Whether any byte of an answer has come."""
        return self._answer.n_buffered > 0

    @property
    def n_buffered(self) -> int:
        """Bytes of the answer that lie in memory."""
        return self._answer.n_buffered

    def hear(self, data: bytes, now: float) -> Verdict | None:
        """Take bytes of the answer, ``b""`` for the end of the connection; ``None``: more are needed.

        ``now``: of the clock that ``started_at`` is of.
        """
        answer = self._answer
        try:
            if data:
                answer.feed(data)
            else:
                answer.end()
        except OddError:
            return "odd"
        except BrokenOffError:
            if answer.status:
                return FetchFailed(reason="the answer broke off before its end")
            return self.failed(ConnectionResetError("closed"))
        if not answer.status:
            return None
        if not self._is_judged:
            self._is_judged = True
            verdict = judge(answer.status, answer.given, self.hop, now=self._rules.now, seconds=self._seconds(now))
            if verdict is not None:
                self.is_kept = answer.is_whole and answer.is_kept
                if isinstance(verdict, Hop):
                    self.hop = verdict
                    return "hop"
                return verdict
        if answer.n_bytes > self.source.max_bytes:
            return too_much(self.source, answer.status)
        return self._whole(now) if answer.is_whole else None

    def _whole(self, now: float) -> FetchResult:
        answer, seconds = self._answer, self._seconds(now)
        self.is_kept = answer.is_kept
        import hashlib  # 3 ms, which a poll without bodies need not spend

        wire, encoding = answer.body(), answer.given("content-encoding")
        wire_hash = hashlib.sha256(encoding.encode("latin-1") + b"\n")
        wire_hash.update(wire)
        digest = wire_hash.hexdigest()
        if digest == self.state.wire_hash:
            return fetched(
                answer.given, self.hop, b"", wire_hash=digest, is_known=True, now=self._rules.now, seconds=seconds
            )
        try:
            body = decoded(wire, encoding, max_bytes=self.source.max_bytes) if encoding else wire
        except TooMuchError:
            return too_much(self.source, answer.status)
        except DecodeError:
            return FetchFailed(reason="the answer is compressed in a way that cannot be read")
        return fetched(
            answer.given, self.hop, body, wire_hash=digest, is_known=False, now=self._rules.now, seconds=seconds
        )

    def failed(self, error: BaseException) -> FetchFailed:
        """Say in words why no answer came."""
        if isinstance(error, SourceError):
            return FetchFailed(reason=str(error))
        if isinstance(error, TimeoutError):
            if self._is_looking:
                return FetchFailed(reason=f"the name {self.key[1]} could not be looked up in time")
            if self._is_too_much_already():
                return too_much(self.source, self._answer.status)
        return FetchFailed(reason=in_words(error, self.hop.url, self.source))

    def _is_too_much_already(self) -> bool:
        """Tell whether what came of a compressed body, which is decoded at its end, is more than may come."""
        encoding = self._answer.given("content-encoding")
        if not encoding:
            return False
        try:
            decoded(self._answer.body(), encoding, max_bytes=self.source.max_bytes)
        except TooMuchError:
            return True
        except DecodeError:
            return False
        return False

    def timed(self, result: FetchResult, now: float) -> FetchResult:
        """Give the result with how long it took."""
        return result if result.seconds or self.started_at is None else replace(result, seconds=now - self.started_at)

    def _seconds(self, now: float) -> float:
        return 0.0 if self.started_at is None else now - self.started_at
