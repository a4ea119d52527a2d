"""Fetch many sources at once in one thread: a conditional GET costs a tenth of what it costs through requests.

The same guards as :mod:`.fetch` has, from the same code where there is something to decide (:mod:`.asking`,
:mod:`.lookup`, :mod:`.gate`): addresses are judged before they are connected to, each hop anew; one deadline for all of
a fetch; headers, transferred and decoded bytes are bounded; TLS is verified; secrets stay at their origin. What is odd
goes to requests, which copes with it, and so does the next fetch of that host.

Owns what outlives a pass over the sources: rules, gate, odd hosts. The loop is :mod:`.loop`. Needs Linux (epoll).
"""

import time
from collections.abc import Callable
from datetime import datetime

from aggregator.intake.fetching.addresses import read_allow_list
from aggregator.intake.fetching.asking import ACCEPT
from aggregator.intake.fetching.flight import Rules
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.fetching.loop import LeanFlights
from aggregator.intake.fetching.shared import Shared, Tolerant
from aggregator.model import FetchResult, Source, SourceState

ACCEPT_ENCODING = "gzip, deflate, br, zstd"


class LeanFetcher:
    """A :class:`.asking.Fetcher` that also flies many fetches at once, see :meth:`flights`."""

    def __init__(
        self,
        *,
        user_agent: str,
        fallback: Callable[[HostGate], Tolerant],
        allow_hosts: tuple[str, ...] = (),
        credentials: Callable[[str], str | None] = lambda _name: None,
        gate: HostGate | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Build a fetcher. It opens nothing yet.

        Args:
            user_agent: Who asks: name, version, and where to complain.
            fallback: Makes the fetcher for what is odd, once; it shares the gate.
            allow_hosts: Private addresses that may be fetched: host, host:port or CIDR.
            credentials: Gives "user:password" for the name in ``Source.auth_env``; ``None``: not set.
            gate: How many fetches one host sees; by default two at once, 0.2 s apart.
            clock: Monotonic seconds, for deadlines.
            now: For answers that carry dates but not their own; ``None``: such dates say nothing.

        Raises:
            ValueError: ``allow_hosts`` cannot be read.
        """
        self.gate = gate or HostGate()
        rules = Rules(
            allowed=read_allow_list(allow_hosts),
            credentials=credentials,
            now=now,
            head=f"User-Agent: {user_agent}\r\nAccept: {ACCEPT}\r\nAccept-Encoding: {ACCEPT_ENCODING}\r\n",
        )
        self._shared = Shared(rules, self.gate, clock, fallback)

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        """See :class:`.asking.Fetcher`."""
        flights = self.flights(1)
        try:
            flights.begin(source, state)
            while True:
                for _, result in flights.landed():
                    return result
        finally:
            flights.close()

    def close(self) -> None:
        """Close what the fetcher for what is odd keeps open."""
        self._shared.close()

    def flights(self, n_at_once: int) -> LeanFlights:
        """Open a place for many fetches at once.

        Args:
            n_at_once: How many are under way that are not slow.
        """
        return LeanFlights(self._shared, n_at_once)
