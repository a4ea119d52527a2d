"""Many fetches at once in one thread: what only the lean transport does. The rest is in ``test_fetch``."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.intake.fetching.fetch import RequestsFetcher
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.fetching.lean import LeanFetcher, LeanFlights
from aggregator.model import Fetched, FetchResult, NotModified
from tests.builders import source, state
from tests.loopback.test_fetch import BODY, Server, drip, raw, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def make(*servers: Server, at_once: int = 2) -> LeanFetcher:
    gate = HostGate(at_once=at_once, spacing=timedelta(0))
    places = tuple(server.place for server in servers)
    return LeanFetcher(
        user_agent="t",
        allow_hosts=places,
        gate=gate,
        fallback=lambda gate: RequestsFetcher(user_agent="t", allow_hosts=places, gate=gate),
    )


def n_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def land(flights: LeanFlights) -> dict[str, FetchResult]:
    found = {}
    while flights.n_flying():
        found.update({each.url: result for each, result in flights.landed()})
    return found


def test_the_same_bytes_are_not_decoded_again(server: Server) -> None:
    server.pages["/"] = lambda h: h.answer(body=gzip.compress(BODY), Content_Encoding="gzip")
    fetcher, asked = make(server), source(server.url("/"))
    first = fetcher.fetch(asked, state(asked.url))
    assert isinstance(first, Fetched)
    assert (first.body, first.is_known) == (BODY, False)
    second = fetcher.fetch(asked, state(asked.url, wire_hash=first.wire_hash))
    assert isinstance(second, Fetched)
    assert (second.body, second.is_known, second.wire_hash) == (b"", True, first.wire_hash)


def test_one_connection_carries_many_answers(server: Server) -> None:
    ports: set[int] = set()

    def page(handler: object) -> None:
        ports.add(handler.client_address[1])  # type: ignore[attr-defined]
        handler.answer()  # type: ignore[attr-defined]

    sources = [source(server.url(f"/{n}")) for n in range(20)]
    server.pages = {f"/{n}": page for n in range(20)}
    flights = make(server, at_once=1).flights(20)
    try:
        for each in sources:
            flights.begin(each, state(each.url))
        assert set(land(flights)) == {each.url for each in sources}
    finally:
        flights.close()
    assert len(ports) == 1


def test_what_is_odd_goes_to_requests_and_the_next_time_at_once(server: Server) -> None:
    server.pages["/"] = raw(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok")
    fetcher, asked = make(server), source(server.url("/"))
    for n_seen in (2, 3):
        result = fetcher.fetch(asked, state(asked.url))
        assert isinstance(result, Fetched)
        assert result.body == b"ok"
        assert len(server.seen) == n_seen
    fetcher.close()


def test_the_slow_hold_nobody_up_and_all_is_given_back(server: Server) -> None:
    n_open = n_files()
    server.pages = {"/slow": drip(b"HTTP/1.1 200 OK\r\n\r\n"), "/": lambda h: h.answer(304)}
    fetcher = make(server, at_once=8)
    flights = fetcher.flights(4)
    for n in range(3):
        flights.begin(source(f"{server.url('/slow')}?{n}", timeout=timedelta(seconds=1)), state())
        server.pages[f"/slow?{n}"] = server.pages["/slow"]
    assert flights.room() == 1
    quick = source(server.url("/"))
    flights.begin(quick, state(quick.url))
    found = {}
    while quick.url not in found:
        found.update({each.url: result for each, result in flights.landed()})
    assert isinstance(found[quick.url], NotModified)
    assert flights.n_flying() == 3
    flights.close()
    assert fetcher.gate.enter("127.0.0.1") is not None, "places of what was given up are free"
    assert n_files() <= n_open + 4  # the server's own ends of what was closed


def test_who_waits_at_the_gate_can_be_taken_back(server: Server) -> None:
    server.pages = {f"/{n}": lambda h: h.answer(304) for n in range(4)}
    flights = make(server, at_once=1).flights(10)
    urls = [server.url(f"/{n}") for n in range(4)]
    for url in urls:
        flights.begin(source(url), state(url))
    assert flights.withdraw(frozenset(urls)) == urls[1:]
    assert list(land(flights)) == urls[:1]
    flights.close()
    assert [path for path, _ in server.seen] == ["/0"]
