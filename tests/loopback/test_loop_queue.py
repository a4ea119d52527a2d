"""Who waits at a host's gate in the lean transport: each goes on once, in its order, as soon as there is a place."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from aggregator.intake.fetching.loop import LeanFlights
from aggregator.model import Fetched, FetchFailed, FetchResult
from tests.builders import source, state
from tests.loopback.test_fetch import Handler, Page, Server, serving
from tests.loopback.test_lean import make

SOON = 5.0  # seconds; what hangs would hang for 20


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    """Serve at a host of its own, so that its gate is another."""
    with serving("127.0.0.2") as running:
        yield running


def held(event: threading.Event) -> Page:
    """Answer when told."""

    def page(handler: Handler) -> None:
        event.wait(20)
        handler.answer()

    return page


def begin(flights: LeanFlights, *urls: str, seconds: float = 20) -> None:
    for url in urls:
        flights.begin(source(url, timeout=timedelta(seconds=seconds)), state(url))


def land(flights: LeanFlights, n: int) -> list[tuple[str, FetchResult]]:
    """Give what lands in the order in which it does: ``n`` results, or fewer when the others do not come soon."""
    found: list[tuple[str, FetchResult]] = []
    until = time.monotonic() + SOON
    while len(found) < n and time.monotonic() < until:
        found += [(each.url, result) for each, result in flights.landed()]
    return found


def test_who_fails_at_once_lands_once(server: Server) -> None:
    """Such a fetch gives its place back while those that wait are being let in, and is none of them any more."""
    is_over = threading.Event()
    server.pages["/held"] = held(is_over)
    fetcher = make(server, at_once=1)
    flights = fetcher.flights(10)
    urls = [server.url("/held"), *[f"http://127.0.0.1:9/{n}" for n in range(4)]]  # the others may not be fetched
    begin(flights, *urls)
    is_over.set()
    found = land(flights, len(urls))
    assert sorted(url for url, _ in found) == sorted(urls)
    assert sum("not in allow_hosts" in str(result) for _, result in found) == len(urls) - 1
    assert (flights.n_flying(), flights.landed()) == (0, [])
    flights.close()
    assert fetcher.gate.enter("127.0.0.1") is not None, "each gave its place back"
    assert fetcher.gate.enter("127.0.0.1") is None, "and none gave back another's"


def test_a_queue_that_ran_empty_holds_nobody(server: Server, elsewhere: Server) -> None:
    """Who waits at the gate of a redirect may leave it by its deadline; the next to come finds the gate as it is."""
    is_over = threading.Event()
    server.pages["/"] = lambda h: h.answer()
    elsewhere.pages = {"/moved": lambda h: h.answer(302, Location=server.url("/")), "/held": held(is_over)}
    fetcher = make(server, elsewhere, at_once=2)
    flights = fetcher.flights(10)
    for _ in range(2):  # as threads of requests do
        assert fetcher.gate.enter("127.0.0.1") is not None
    begin(flights, elsewhere.url("/held"))
    begin(flights, elsewhere.url("/moved"), seconds=0.5)
    [(_, late)] = land(flights, 1)
    assert isinstance(late, FetchFailed)
    assert "no answer within" in late.reason
    assert flights.room() == 10, "one is under way, which is slow and takes no place"
    for _ in range(2):
        fetcher.gate.leave("127.0.0.1")
    begin(flights, server.url("/"))
    found = land(flights, 1)
    is_over.set()
    assert [url for url, _ in found] == [server.url("/")]
    assert isinstance(found[0][1], Fetched)
    assert len(land(flights, 1)) == 1
    flights.close()


def test_a_place_that_a_thread_gave_back_is_seen_by_who_comes_next(server: Server, elsewhere: Server) -> None:
    """Nobody tells the loop of it, and it has others to wait for."""
    is_over = threading.Event()
    server.pages = {"/1": lambda h: h.answer(), "/2": lambda h: h.answer()}
    elsewhere.pages["/held"] = held(is_over)
    fetcher = make(server, elsewhere, at_once=1)
    flights = fetcher.flights(10)
    assert fetcher.gate.enter("127.0.0.1") is not None
    begin(flights, elsewhere.url("/held"), server.url("/1"))
    fetcher.gate.leave("127.0.0.1")
    begin(flights, server.url("/2"))
    found = land(flights, 2)
    is_over.set()
    assert [url for url, _ in found] == [server.url("/1"), server.url("/2")], "who came first goes first"
    assert len(land(flights, 1)) == 1
    flights.close()


def test_a_place_that_a_thread_gave_back_is_seen_where_all_wait(server: Server) -> None:
    server.pages["/"] = lambda h: h.answer()
    fetcher = make(server, at_once=1)
    flights = fetcher.flights(10)
    assert fetcher.gate.enter("127.0.0.1") is not None
    begin(flights, server.url("/"))
    assert flights.landed() == []
    fetcher.gate.leave("127.0.0.1")
    assert [url for url, _ in land(flights, 1)] == [server.url("/")]
    flights.close()
