"""A WebSub publisher and hub on loopback that behaves as a test says. Modelled on the cases of websub.rocks."""

import hmac
import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(slots=True)
class Page:
    """What one path answers to GET."""

    body: bytes = b""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a callback answered."""

    status: int
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Hub:
    """Publisher and hub in one.

    Attributes:
        pages: What GET finds, by path.
        redirects: Paths of hubs that send to other addresses: (status, where).
        status: What the hub answers to a request.
        verifies: When the hub asks back: within the request, or when the test says so.
        lease: What it grants, in seconds; ``None``: it does not say.
        asked: The forms that it was sent, with the path, in order.
        gets: The paths that were asked for.
        confirmed: What the callbacks answered when it asked back within a request.
    """

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.redirects: dict[str, tuple[int, str]] = {}
        self.status = 202
        self.headers: dict[str, str] = {}
        self.verifies: Literal["at once", "later"] = "later"
        self.lease: int | None = 3600
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.gets: list[str] = []
        self.confirmed: list[Answered] = []
        self.base = ""

    @property
    def url(self) -> str:
        return f"{self.base}/hub"

    @property
    def last(self) -> dict[str, str]:
        """The last form."""
        return self.asked[-1][1]

    def verify(self, form: dict[str, str] | None = None, **changed: str) -> Answered:
        """Ask the callback of a form whether it was meant; ``changed`` are fields to lie about, "" to leave out."""
        form = form or self.last
        query = {"hub.mode": form["hub.mode"], "hub.topic": form["hub.topic"], "hub.challenge": "challenge-7Q"}
        if self.lease is not None and form["hub.mode"] == "subscribe":
            query["hub.lease_seconds"] = str(self.lease)
        query |= {f"hub.{name}": value for name, value in changed.items()}
        asked = urlencode({name: value for name, value in query.items() if value})
        return call("GET", f"{form['hub.callback']}?{asked}")

    def deny(self, reason: str = "") -> Answered:
        """Say that there will be no subscription."""
        query = {"hub.mode": "denied", "hub.topic": self.last["hub.topic"], "hub.reason": reason}
        return call("GET", f"{self.last['hub.callback']}?{urlencode(query)}")

    def publish(self, body: bytes, *, method: str = "sha256", secret: str | None = None, **headers: str) -> Answered:
        """Deliver a body, signed with the secret of the last form; with ``method=""`` unsigned."""
        form = next(form for _, form in reversed(self.asked) if form["hub.mode"] == "subscribe")
        key = (form["hub.secret"] if secret is None else secret).encode()
        signed = {"X-Hub-Signature": f"{method}={hmac.new(key, body, method).hexdigest()}"} if method else {}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        links = {"Link": f'<{self.url}>; rel="hub", <{form["hub.topic"]}>; rel="self"'}
        return call(
            "POST",
            form["hub.callback"],
            body,
            {"Content-Type": "application/rss+xml", **links, **signed, **given},
        )


def call(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answered:
    """Send one request to an address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return Answered(answer.status, answer.read().decode(), dict(answer.headers))
    finally:
        connection.close()


@contextmanager
def running_hub() -> Iterator[Hub]:
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hub.gets.append(self.path)
            page = hub.pages.get(self.path, Page(status=404))
            self._answer(page.status, page.headers, page.body)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(sent, strict_parsing=True).items()}
            hub.asked.append((self.path, form))
            if self.path in hub.redirects:
                status, where = hub.redirects[self.path]
                self._answer(status, [("Location", where)])
                return
            if hub.verifies == "at once" and hub.status < 300:
                hub.confirmed.append(hub.verify(form))
            self._answer(hub.status, list(hub.headers.items()))

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes = b"") -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
