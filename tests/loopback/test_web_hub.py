"""A hub on loopback is told of changes, once each, and again when it did not hear."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

from aggregator.web.hub import WAITS, Pinged, ping, post_form

TOPIC, OTHER = "https://news.example/top.atom", "https://news.example/top.rss"


class Hub:
    """Answers with the given statuses in order, the last one for ever, and remembers what it was told."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.told: list[dict[str, list[str]]] = []
        self.url = ""

    def next_status(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def running(hub: Hub) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            hub.told.append(parse_qs(body))
            self.send_response(hub.next_status())
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}/hub"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(hub: Hub, *topics: str) -> tuple[Pinged, list[timedelta]]:
    waited: list[timedelta] = []
    return ping(hub.url, topics, post_form, pause=waited.append), waited


def test_each_topic_is_told_once() -> None:
    with running(Hub(202)) as hub:
        pinged, waited = told(hub, TOPIC, OTHER, TOPIC)
    assert pinged == Pinged(accepted=(TOPIC, OTHER))
    assert waited == []
    assert hub.told == [{"hub.mode": ["publish"], "hub.url": [topic], "hub.topic": [topic]} for topic in (TOPIC, OTHER)]


def test_a_hub_that_does_not_hear_is_told_again_and_only_what_it_missed() -> None:
    with running(Hub(503, 204, 204)) as hub:
        pinged, waited = told(hub, TOPIC, OTHER)
    assert pinged == Pinged(accepted=(TOPIC, OTHER))
    assert [each["hub.url"] for each in hub.told] == [[TOPIC], [OTHER], [TOPIC]]
    assert waited == [WAITS[0]]


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_a_hub_that_says_no_is_left_alone(status: int) -> None:
    with running(Hub(status)) as hub:
        pinged, waited = told(hub, TOPIC)
    assert (pinged, waited, len(hub.told)) == (Pinged(refused=(TOPIC,)), [], 1)


def test_what_never_arrives_is_left_for_the_next_time() -> None:
    with running(Hub(500)) as hub:
        pinged, waited = told(hub, TOPIC)
    assert (pinged, waited, len(hub.told)) == (Pinged(failed=(TOPIC,)), list(WAITS), 3)


def test_no_hub_at_all_is_no_error() -> None:
    with running(Hub(200)) as hub:
        url = hub.url
    waited: list[timedelta] = []
    assert ping(url, [TOPIC], post_form, pause=waited.append) == Pinged(failed=(TOPIC,))
    assert ping("http://", [], post_form) == Pinged()
