"""The real fetcher against a server on loopback that behaves badly on purpose."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from aggregator.intake.fetching.asking import MAX_REDIRECTS
from aggregator.intake.fetching.fetch import RequestsFetcher
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.fetching.lean import LeanFetcher
from aggregator.model import Fetched, FetchFailed, FetchResult, NotModified, SourceState
from tests.builders import source, state

BODY = b"<rss version='2.0'><channel><title>One</title></channel></rss>"
DATE = "Wed, 14 Jan 2026 12:00:00 GMT"


class Handler(BaseHTTPRequestHandler):
    """Calls what ``server.pages`` holds for the path; keeps every request in ``server.seen``."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        try:
            self.server.pages[self.path](self)
        except OSError:  # the fetcher hung up, as it should
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass

    def answer(self, status: int = 200, body: bytes = BODY, **headers: str) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if status != 304 else b"")


Page = Callable[[Handler], None]


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self.pages: dict[str, Page] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        self.place = f"{host}:{self.server_address[1]}"

    def url(self, path: str) -> str:
        return f"http://{self.place}{path}"


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Server]:
    server = Server(host)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(params=["requests", "lean"], autouse=True)
def transport(request: pytest.FixtureRequest) -> str:
    """Let every test of this file run over both transports."""
    Transport.name = request.param
    return str(request.param)


class Transport:
    name = "requests"


def make_fetcher(**settings: Any) -> Any:
    if Transport.name == "requests":
        return RequestsFetcher(**settings)
    return LeanFetcher(fallback=lambda gate: RequestsFetcher(**(settings | {"gate": gate})), **settings)


def fetch(
    server: Server,
    path: str = "/",
    *,
    page: Page | None = None,
    before: SourceState | None = None,
    allow_hosts: tuple[str, ...] | None = None,
    seconds: float = 5,
    max_bytes: int = 100_000,
    auth_env: str = "",
    url: str = "",
) -> FetchResult:
    if page is not None:
        server.pages[path] = page
    fetcher = make_fetcher(
        user_agent="test/1 (+https://one.example/)",
        allow_hosts=(server.place,) if allow_hosts is None else allow_hosts,
        credentials={"SECRET": "user:pass"}.get,
        gate=HostGate(spacing=timedelta(0)),
    )
    asked = source(url or server.url(path), timeout=timedelta(seconds=seconds), max_bytes=max_bytes, auth_env=auth_env)
    try:
        return fetcher.fetch(asked, before or state(asked.url))
    finally:
        fetcher.close()


def failure(result: FetchResult) -> str:
    assert isinstance(result, FetchFailed), result
    return result.reason


def test_a_whole_answer(server: Server) -> None:
    result = fetch(
        server,
        page=lambda h: h.answer(
            ETag='W/"a;b--gzip"',
            Last_Modified="Tue, 03 Feb 2026 04:05:06 UTC",
            Cache_Control="max-age=300",
            Content_Type="text/xml; charset=x",
            Set_Cookie="a=b",
        ),
    )
    assert isinstance(result, Fetched)
    assert result.seconds > 0
    assert (result.url, result.body, result.content_type) == (server.url("/"), BODY, "text/xml; charset=x")
    assert (result.etag, result.last_modified) == ('W/"a;b--gzip"', "Tue, 03 Feb 2026 04:05:06 UTC")
    assert (result.max_age, result.moved_to) == (timedelta(seconds=300), "")


def test_manners(server: Server) -> None:
    fetch(server, page=lambda h: h.answer(Set_Cookie="a=b; Path=/"))
    fetch(server, before=state(etag='W/"x y"', last_modified="Tue, 03 Feb 2026 04:05:06 UTC"))
    (_, first), (_, second) = server.seen
    assert first["User-Agent"] == "test/1 (+https://one.example/)"
    assert "gzip" in first["Accept-Encoding"]
    assert first["Accept"].startswith("application/atom+xml, application/rss+xml")
    assert not {"Cookie", "Referer", "If-None-Match", "If-Modified-Since", "Authorization"} & set(first)
    assert (second["If-None-Match"], second["If-Modified-Since"]) == ('W/"x y"', "Tue, 03 Feb 2026 04:05:06 UTC")


def test_not_modified_twice_over_one_connection(server: Server) -> None:
    server.pages["/"] = lambda h: h.answer(304, ETag='"1"', Cache_Control="max-age=60")
    fetcher = make_fetcher(user_agent="t", allow_hosts=(server.place,), gate=HostGate(spacing=timedelta(0)))
    results = [fetcher.fetch(source(server.url("/")), state(etag='"1"')) for _ in range(2)]
    fetcher.close()
    for result in results:
        assert isinstance(result, NotModified)
        assert (result.etag, result.max_age) == ('"1"', timedelta(seconds=60))


def test_gzip_is_undone(server: Server) -> None:
    result = fetch(server, page=lambda h: h.answer(body=gzip.compress(BODY), Content_Encoding="gzip"))
    assert isinstance(result, Fetched)
    assert result.body == BODY


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "the server answered 404 Not Found"),
        (503, "the server answered 503 Service Unavailable"),
        (300, "the server answered 300 Multiple Choices"),
        (799, "the server answered 799"),
    ],
)
def test_refusals_in_words(server: Server, status: int, reason: str) -> None:
    result = fetch(server, page=lambda h: h.answer(status))
    assert failure(result) == reason
    assert isinstance(result, FetchFailed)
    assert (result.status, result.is_gone, result.retry_after) == (status, False, None)


def test_gone_and_retry_after(server: Server) -> None:
    gone = fetch(server, page=lambda h: h.answer(410))
    assert isinstance(gone, FetchFailed)
    assert gone.is_gone
    busy = fetch(server, page=lambda h: h.answer(429, Retry_After="Wed, 14 Jan 2026 12:05:00 GMT", Date=DATE))
    assert isinstance(busy, FetchFailed)
    assert busy.retry_after == timedelta(minutes=5)


def drip(start: bytes) -> Page:
    def page(handler: Handler) -> None:
        handler.wfile.write(start)
        while not handler.server.closing.wait(0.02):
            handler.wfile.write(b"x")

    return page


def hang(handler: Handler) -> None:
    handler.server.closing.wait(30)


@pytest.mark.parametrize(
    "page",
    [
        drip(b"HTTP/1.1 200 OK\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"),
        drip(b"HTTP/1.1 200 OK\r\nX-Long: "),
        drip(b"HT"),
        hang,
    ],
    ids=["body", "long body", "headers", "status line", "silence"],
)
def test_one_deadline_for_everything(server: Server, page: Page) -> None:
    result = fetch(server, page=page, seconds=0.3)
    assert failure(result) == "no answer within 0.3 s"
    assert result.seconds < 2


def test_the_deadline_counts_redirects(server: Server) -> None:
    def slow(handler: Handler) -> None:
        handler.server.closing.wait(0.15)
        handler.answer(302, Location=handler.path + "x")

    server.pages.update({"/" + "x" * i: slow for i in range(6)})
    assert failure(fetch(server, seconds=0.3)) == "no answer within 0.3 s"


@pytest.mark.parametrize(
    "page",
    [
        lambda h: h.answer(body=b"x" * 200_000),
        lambda h: h.answer(body=gzip.compress(b"\0" * 20_000_000), Content_Encoding="gzip"),
        lambda h: h.answer(body=gzip.compress(gzip.compress(b"\0" * 20_000_000)), Content_Encoding="gzip, gzip"),
    ],
    ids=["plain", "bomb", "bomb in a bomb"],
)
def test_too_much(server: Server, page: Page) -> None:
    assert failure(fetch(server, page=page)) == "more than 0.1 MB"


def raw(answer: bytes) -> Page:
    def page(handler: Handler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    return page


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "broke off"),
        (b"hello\r\n\r\n", "broke off"),
        (b"HTTP/1.1 abc\r\n\r\n", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "the answer broke off before its end"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnogzi", "compressed in a way"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "does not answer in HTTP: got more than 100 headers"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broke off"),
    ],
)
def test_broken_answers(server: Server, answer: bytes, words: str) -> None:
    reason = failure(fetch(server, page=raw(answer)))
    assert words in reason or "no answer from" in reason or "does not answer in HTTP" in reason
    assert len(reason) < 300


# ---------------------------------------------------------------- redirects


def redirect(status: int, location: str) -> Page:
    return lambda handler: handler.answer(status, b"", Location=location)


@pytest.mark.parametrize(
    ("first", "second", "is_moved"), [(301, 308, True), (301, 302, False), (307, 301, False), (303, 303, False)]
)
def test_a_move_needs_permanent_redirects_only(server: Server, first: int, second: int, is_moved: bool) -> None:
    server.pages["/b"] = redirect(second, "c?x=1")
    server.pages["/c?x=1"] = lambda h: h.answer(304 if "If-None-Match" in h.headers else 200)
    result = fetch(server, page=redirect(first, "/b"), before=state(etag='"1"'))
    assert isinstance(result, NotModified)
    assert (result.url, result.moved_to) == (server.url("/c?x=1"), server.url("/c?x=1") if is_moved else "")
    assert [headers.get("If-None-Match") for _, headers in server.seen] == ['"1"'] * 3


def test_the_second_sighting_of_a_move_is_asked_directly(server: Server) -> None:
    server.pages["/new"] = lambda h: h.answer()
    moved = state(server.url("/old"), moved_to=server.url("/new"), n_moved=2)
    assert isinstance(fetch(server, "/old", before=moved), Fetched)
    assert [path for path, _ in server.seen] == ["/new"]


def test_endless_redirects(server: Server) -> None:
    assert failure(fetch(server, page=redirect(302, "/"))) == f"more than {MAX_REDIRECTS} redirects"
    assert len(server.seen) == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "location", ["file:///etc/hostname", "javascript:1", "ftp://one.example/", "//[", "data:,x", "gopher://x/"]
)
def test_redirects_to_other_schemes(server: Server, location: str) -> None:
    assert "not an http or https address" in failure(fetch(server, page=redirect(302, location)))


def test_the_body_of_a_redirect_is_not_read(server: Server) -> None:
    server.pages["/b"] = lambda h: h.answer()
    bomb = gzip.compress(b"\0" * 5_000_000)
    result = fetch(server, page=lambda h: h.answer(302, bomb, Location="/b", Content_Encoding="gzip"))
    assert isinstance(result, Fetched)
    endless = drip(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n")
    assert isinstance(fetch(server, page=endless, seconds=5), Fetched)


def test_secrets_stay_at_their_origin(server: Server) -> None:
    with serving("127.0.0.2") as other:
        other.pages["/"] = redirect(302, server.url("/back"))
        server.pages["/back"] = lambda h: h.answer()
        server.pages["/same"] = redirect(302, other.url("/"))
        result = fetch(
            server,
            page=redirect(302, "/same"),
            before=state(etag='"1"'),
            auth_env="SECRET",
            allow_hosts=(server.place, other.place),
        )
        assert isinstance(result, Fetched)
        for _, headers in server.seen[:2]:
            assert headers["Authorization"] == "Basic dXNlcjpwYXNz"
        for _, headers in (*other.seen, server.seen[2]):
            assert not {"Authorization", "Cookie"} & set(headers)
        assert [headers.get("If-None-Match") for _, headers in other.seen] == [None]


def test_validators_go_to_the_origin_that_gave_them(server: Server) -> None:
    with serving("127.0.0.2") as other:
        other.pages["/feed"] = lambda h: h.answer(304)
        given = state(server.url("/"), etag='"1"', validators_url=other.url("/feed"))
        moved = redirect(302, other.url("/feed"))
        result = fetch(server, page=moved, before=given, allow_hosts=(server.place, other.place))
        assert isinstance(result, NotModified)
        assert [headers.get("If-None-Match") for _, headers in server.seen] == [None]
        assert [headers.get("If-None-Match") for _, headers in other.seen] == ['"1"']


def test_a_missing_secret_is_told(server: Server) -> None:
    reason = failure(fetch(server, page=lambda h: h.answer(), auth_env="NOT_SET"))
    assert reason == "the environment variable NOT_SET with its password is not set"
    assert server.seen == []


def test_credentials_in_an_address_are_not_sent(server: Server) -> None:
    server.pages["/"] = lambda h: h.answer()
    assert isinstance(fetch(server, url=f"http://user:pass@{server.place}/"), Fetched)
    assert "Authorization" not in server.seen[0][1]


# ---------------------------------------------------------------- where to


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::ffff:127.0.0.1]"]
)
def test_private_addresses_are_refused_however_they_are_spelt(server: Server, host: str) -> None:
    server.pages["/"] = lambda h: h.answer()
    port = server.server_address[1]
    reason = failure(fetch(server, url=f"http://{host}:{port}/", allow_hosts=()))
    assert "not in allow_hosts" in reason or "refused" in reason or "not http" in reason
    assert server.seen == []


def test_each_hop_is_judged(server: Server) -> None:
    with serving("127.0.0.2") as internal:
        internal.pages["/"] = lambda h: h.answer()
        result = fetch(server, page=redirect(301, internal.url("/")))
        assert failure(result) == "the address 127.0.0.2 is this machine and not in allow_hosts"
        assert internal.seen == []


def test_a_name_that_changes_its_mind_gains_nothing(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked up is what is connected to: one look-up per connection."""
    asked: list[str] = []

    def rebinding(host: str, port: int, **_: object) -> list[object]:
        asked.append(host)
        address = "10.255.255.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    server.pages["/"] = lambda h: h.answer()
    reason = failure(fetch(server, url=f"http://rebind.example:{server.server_address[1]}/"))
    assert reason == "the address 10.255.255.1 is private and not in allow_hosts"
    assert asked == ["rebind.example"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://nothing.invalid/", "name not found: nothing.invalid"),
        ("file:///etc/hostname", "the address is not http or https"),
        ("http://[::1", "the address is not http or https"),
    ],
)
def test_addresses_that_lead_nowhere(server: Server, url: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert failure(fetch(server, url=url)) == reason


def test_nobody_listens() -> None:
    with serving() as closed:
        pass
    assert failure(fetch(closed)) == f"connection refused by {closed.place}"


def test_tls_is_verified(server: Server) -> None:
    assert "no safe connection to" in failure(fetch(server, url=f"https://{server.place}/"))


def test_proxies_of_the_environment_are_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9/")
    assert isinstance(fetch(server, page=lambda h: h.answer()), Fetched)
