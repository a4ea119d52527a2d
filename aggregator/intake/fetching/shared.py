"""Own what one pass of :mod:`.lean` over the sources leaves to the next: rules, gate, odd hosts."""

from collections.abc import Callable
from typing import Protocol

from aggregator.intake.fetching.asking import Fetcher
from aggregator.intake.fetching.flight import Rules
from aggregator.intake.fetching.gate import HostGate

MAX_ODD = 1_000  # hosts that are remembered


class Tolerant(Fetcher, Protocol):
    """A fetcher that keeps connections open."""

    def close(self) -> None:
        """Close every connection."""


class Shared:
    """What one pass over the sources leaves to the next."""

    def __init__(
        self,
        rules: Rules,
        gate: HostGate,
        clock: Callable[[], float],
        make_fallback: Callable[[HostGate], Tolerant],
    ) -> None:
        self.rules = rules
        self.gate = gate
        self.clock = clock
        self.odd_hosts: dict[str, None] = {}
        self._make_fallback = make_fallback
        self._fallback: Tolerant | None = None

    def fallback(self) -> Fetcher:
        """Give the fetcher for what is odd."""
        if self._fallback is None:
            self._fallback = self._make_fallback(self.gate)
        return self._fallback

    def remember_odd(self, host: str) -> None:
        """Let the next fetches of a host begin where this one ended."""
        self.odd_hosts[host] = None
        if len(self.odd_hosts) > MAX_ODD:
            del self.odd_hosts[next(iter(self.odd_hosts))]

    def close(self) -> None:
        """Close what is kept open."""
        if self._fallback is not None:
            self._fallback.close()
