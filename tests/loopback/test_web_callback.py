"""The callbacks of hubs over HTTP, before a receiver that answers as a test says."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from aggregator.errors import StoreError
from aggregator.web.callback import AT_ONCE_OF_ONE, Callback
from aggregator.web.server import Server, make_app
from tests.loopback.hub_server import call


class Scripted:
    """A receiver that knows the tokens "known" and "busy"; "broken" raises."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes, tuple[str, ...], str]] = []
        self.asked: list[dict[str, str]] = []

    def confirm(self, token: str, asked: dict[str, str]) -> str | None:
        self.asked.append(asked)
        if token == "broken":
            raise StoreError("the disk is full")
        return "<script>challenge" if token == "known" else None

    def limit(self, token: str) -> int | None:
        if token == "broken":
            raise StoreError("the disk is full")
        return {"known": 100, "other": 100}.get(token)

    def receive(self, token: str, body: bytes, *, signatures: tuple[str, ...], content_type: str) -> None:
        self.received.append((token, body, signatures, content_type))


@pytest.fixture
def receiver() -> Scripted:
    return Scripted()


@pytest.fixture
def base(tmp_path: Path, receiver: Scripted) -> Iterator[str]:
    with Server(make_app(tmp_path, receiver=receiver), port=0) as address:
        yield f"{address}websub/"


@contextmanager
def hasty(receiver: Scripted) -> Iterator[str]:
    """Serve callbacks that wait a tenth of a second for a body."""
    callback = Callback(receiver, seconds=0.1)
    app = Starlette(routes=[Route("/websub/{token}", callback.deliver, methods=["POST"])])
    with Server(app, port=0) as address:
        yield f"{address}websub/"


@contextmanager
def half_sent(base: str, token: str) -> Iterator[socket.socket]:
    """Begin a delivery and leave its body open; the server has begun to read it."""
    host, port = base.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        head = f"POST /websub/{token} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        line.sendall(b"half")
        yield line


def test_a_delivery_is_handed_on_as_it_came(base: str, receiver: Scripted) -> None:
    headers = {"X-Hub-Signature": "sha1=aa", "X-Hub-Signature-256": "sha256=bb", "Content-Type": "text/xml"}
    answered = call("POST", f"{base}known", b"\x00body", headers)
    assert (answered.status, answered.body) == (204, "")
    assert receiver.received == [("known", b"\x00body", ("sha1=aa", "sha256=bb"), "text/xml")]


def test_a_challenge_is_plain_text_to_every_browser(base: str, receiver: Scripted) -> None:
    answered = call("GET", f"{base}known?hub.mode=subscribe&hub.topic=%C3%A4&hub.challenge=c")
    assert (answered.status, answered.body) == (200, "<script>challenge")
    assert answered.headers["content-type"] == "text/plain; charset=utf-8"
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert receiver.asked == [{"hub.mode": "subscribe", "hub.topic": "ä", "hub.challenge": "c"}]


@pytest.mark.parametrize(
    ("method", "token", "status"),
    [
        ("GET", "none", 404),
        ("POST", "none", 410),
        ("GET", "broken", 503),
        ("POST", "broken", 503),
        ("PUT", "known", 405),
    ],
)
def test_what_is_refused(base: str, receiver: Scripted, method: str, token: str, status: int) -> None:
    answered = call(method, base + token, b"body")
    assert answered.status == status
    assert ("retry-after" in answered.headers) == (status == 503)
    assert receiver.received == []


def test_a_body_without_a_length_is_measured_as_it_comes(base: str, receiver: Scripted) -> None:
    host, port = base.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(b"POST /websub/known HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        line.sendall(b"65\r\n" + b"x" * 101 + b"\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 413")
    assert receiver.received == []


def test_who_never_ends_is_left(receiver: Scripted) -> None:
    with hasty(receiver) as base, half_sent(base, "known") as line:
        assert line.recv(100).startswith(b"HTTP/1.1 408")
    assert receiver.received == []


def test_one_hub_cannot_hold_all_places(base: str, receiver: Scripted) -> None:
    with ExitStack() as open_lines:
        lines = [open_lines.enter_context(half_sent(base, "known")) for _ in range(AT_ONCE_OF_ONE)]
        assert call("POST", f"{base}known", b"body").status == 503
        assert call("POST", f"{base}other", b"body").status == 204
        for line in lines:
            line.sendall(b" body")
            assert line.recv(100).startswith(b"HTTP/1.1 204")
    assert call("POST", f"{base}known", b"body").status == 204
    assert sorted(body for _, body, _, _ in receiver.received) == [b"body"] * 2 + [b"half body"] * AT_ONCE_OF_ONE


def test_many_at_once_are_all_taken_or_told_to_come_again(base: str, receiver: Scripted) -> None:
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda: statuses.append(call("POST", f"{base}known", b"body").status))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {204, 503}
    assert statuses.count(204) == len(receiver.received)


def test_without_a_receiver_there_are_no_callbacks(tmp_path: Path) -> None:
    with Server(make_app(tmp_path), port=0) as address:
        assert call("POST", f"{address}websub/known", b"body").status == 405
        assert call("GET", f"{address}websub/known").status == 404
