"""Parts of the lean transport that need no server: a request from an address, connections that stay open."""

import os
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from aggregator.intake.fetching.addresses import read_allow_list
from aggregator.intake.fetching.asking import Hop
from aggregator.intake.fetching.flight import Flight, Rules
from aggregator.intake.fetching.idle import MAX_IDLE, IdleLines
from aggregator.intake.fetching.line import Line
from tests.builders import source, state

RULES = Rules(allowed=read_allow_list(()), credentials=lambda _name: None, now=None, head="User-Agent: t\r\n")
CONTROLS = "\0\x01\t\n\v\f\r\x1f \x7f"


# ---------------------------------------------------------------- a request from an address


class Aimed(Flight):
    """A flight that says what it would send."""

    __slots__ = ()

    def request(self, url: str) -> bytes:
        self.hop = Hop(url=url)
        self.aim()
        return self._request


def aimed() -> Aimed:
    return Aimed(source(), state(), RULES)


def taken_apart(url: str) -> tuple[tuple[str, str, int], bytes]:
    """Give place and request of an address as urlsplit reads it, the slow way that is always right."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    key = (parts.scheme, parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme])
    return key, f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n{RULES.head}\r\n".encode("latin-1", "replace")


@given(
    st.sampled_from(["http", "https"]),
    st.text("a.-_Z@[:", min_size=1, max_size=6) | st.just("one.example"),
    st.just("")
    | st.integers(0, 70_000).map(":{}".format)
    | st.sampled_from([":", ":080", ":8 0", ":8\r\n", ":\u0663"]),
    st.text(f"/a?#%é\x85č{CONTROLS}", max_size=8),
)
@example("http", "one.example", ":65536", "/")
@example("http", "one.example", ":60000", "/")
@example("http", "one.example", "", "/a\r\nX: 1")
@example("http", "one.example", "", "/a?b\n")
@example("http", "one.example", "", "/?")
def test_the_quick_way_asks_as_the_slow_one(scheme: str, host: str, port: str, rest: str) -> None:
    """What is passed at a glance is what urlsplit would have said; what has no sound port is refused by both."""
    url = f"{scheme}://{host}{port}{rest if rest[:1] in ('', '/', '?', '#') else '/' + rest}"
    flight = aimed()
    try:
        expected = taken_apart(url)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - of urlsplit, in several words
            flight.request(url)
        return
    request = flight.request(url)
    assert (flight.key, request) == expected


@pytest.mark.parametrize("control", ["\r\n", "\n", "\r", "\t"])
@pytest.mark.parametrize("url", ["http://one.example/a{}X-Own: 1", "http://one.example/?q={}X-Own: 1"])
def test_no_address_brings_a_line_of_its_own(url: str, control: str) -> None:
    """Whatever an address holds, though no address of a source or a redirect comes here with it."""
    request = aimed().request(url.format(control))
    lines = [line.partition(b":")[0] for line in request.split(b"\r\n")[1:]]
    assert lines == [b"Host", b"User-Agent", b"", b""]
    assert b"\n" not in request.replace(b"\r\n", b"")


@pytest.mark.parametrize("port", ["65536", "99999", "100000", "4294967376"])
def test_no_port_is_passed_that_there_cannot_be(port: str) -> None:
    with pytest.raises(ValueError, match=r"[Pp]ort"):
        aimed().request(f"http://one.example:{port}/")


# ---------------------------------------------------------------- connections that stay open


class Lines:
    """Makes connections to a place on loopback that never answers."""

    def __init__(self, listener: socket.socket) -> None:
        self._address = listener.getsockname()
        self.made: list[Line] = []

    def make(self, host: str) -> Line:
        """Connect; ``host`` is what the connection is kept under."""
        self.made.append(Line(("http", host, 80), socket.AF_INET, self._address))
        return self.made[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    with socket.create_server(("127.0.0.1", 0), backlog=2 * MAX_IDLE) as listener:
        made = Lines(listener)
        yield made
        for line in made.made:
            line.close()


def is_open(line: Line) -> bool:
    try:
        os.fstat(line.fd)
    except OSError:
        return False
    return True


def test_of_too_many_the_one_is_closed_that_waits_longest(lines: Lines) -> None:
    idle = IdleLines()
    kept = [lines.make(f"h{n}") for n in range(MAX_IDLE)]
    for line in kept:
        idle.keep(line)
    again = idle.take(kept[0].key)
    assert again is kept[0]
    idle.keep(kept[0])  # used again: the second waits longest now
    new = lines.make("new")
    idle.keep(new)
    assert [is_open(line) for line in (*kept[:3], new)] == [True, False, True, True]
    assert idle.take(kept[1].key) is None
    assert kept[1].fd not in idle
    assert sum(line.fd in idle for line in (*kept, new)) == MAX_IDLE
    idle.close()


def test_a_place_gives_the_last_used_one_and_each_once(lines: Lines) -> None:
    idle = IdleLines()
    first, second, other = lines.make("one"), lines.make("one"), lines.make("other")
    assert not first.was_used
    for line in (first, second, other):
        idle.keep(line)
    assert first.was_used
    assert [idle.take(first.key) for _ in range(3)] == [second, first, None]
    assert idle.take(("https", "one", 80)) is None
    assert is_open(first)
    assert is_open(second)
    assert first.fd not in idle
    idle.close()
    assert not is_open(other)


def test_what_its_server_closed_is_given_to_nobody(lines: Lines) -> None:
    idle = IdleLines()
    first, second = lines.make("one"), lines.make("one")
    idle.keep(first)
    idle.keep(second)
    idle.drop(second.fd)
    assert not is_open(second)
    assert [idle.take(first.key) for _ in range(2)] == [first, None]
    idle.keep(first)
    idle.drop(first.fd)
    assert idle.take(first.key) is None


def test_all_are_closed_at_the_end(lines: Lines) -> None:
    idle = IdleLines()
    for host in ("one", "one", "two"):
        idle.keep(lines.make(host))
    idle.close()
    assert not any(map(is_open, lines.made))
