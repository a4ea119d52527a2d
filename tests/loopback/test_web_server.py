import gzip
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from aggregator.errors import AggregatorError
from aggregator.web.server import Health, Server, make_app

WHEN = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
HTTP_DATE = "Wed, 14 Jan 2026 12:00:00 GMT"
FEED = "<feed>" + "<entry>words words words</entry>" * 100 + "</feed>"


class Answer:
    """A response, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()


class Client:
    """Sends one request per connection, its path exactly as given."""

    def __init__(self, address: str) -> None:
        self.netloc = urlsplit(address).netloc

    def __call__(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Answer:
        connection = http.client.HTTPConnection(self.netloc, timeout=10)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            return Answer(connection.getresponse())
        finally:
            connection.close()


@contextmanager
def served(folder: Path, **options: object) -> Iterator[Client]:
    with Server(make_app(folder, **options), port=0) as address:  # type: ignore[arg-type]
        yield Client(address)


def fill(folder: Path) -> None:
    (folder / "s").mkdir(parents=True)
    files = {
        "index.html": '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'"><p>front',
        "top.atom": FEED,
        "top.rss": "<rss/>",
        "top.json": '{"version": "https://jsonfeed.org/version/1.1"}',
        "feeds.opml": "<opml/>",
        "s/abc.html": "<p>story",
        ".half.atom": "HALF",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
        os.utime(folder / name, (WHEN.timestamp(), WHEN.timestamp()))
    (folder.parent / "secret.txt").write_text("SECRET")


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("data") / "site"
    fill(folder)
    with served(folder) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html?utm_source=x", "text/html; charset=utf-8"),
        ("/s/abc.html", "text/html; charset=utf-8"),
        ("/top.atom", "application/atom+xml; charset=utf-8"),
        ("/top.rss", "application/rss+xml; charset=utf-8"),
        ("/top.json", "application/feed+json; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_files(get: Client, path: str, media_type: str) -> None:
    answer = get(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Last-Modified"] == HTTP_DATE
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Content-Length"] == str(len(answer.body))
    assert answer.headers["ETag"].startswith('"')
    assert answer.headers["Date"]
    assert "Server" not in answer.headers
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/top.atom", "/nothing", "/healthz"])
def test_every_answer_is_guarded(get: Client, path: str) -> None:
    headers = get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_a_page_keeps_its_own_policy(get: Client) -> None:
    assert get("/").headers["Content-Security-Policy"] == "default-src 'self'; frame-ancestors 'none'"
    assert get("/top.atom").headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html", "/s", "/s/", "/../secret.txt", "/s/../../secret.txt", "/%2e%2e/secret.txt",
        "/..%2fsecret.txt", "/..%5csecret.txt", "/%2e%2e%2fsecret.txt", "//etc/passwd", "/%2fetc%2fpasswd",
        "/.half.atom", "/%2ehalf.atom", "/index.html%00", "/index.html%0a", "/%ff", "/s/./abc.html", "/index.html/",
        "http://other.example/top.rss/../../secret.txt",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_in_words(get: Client, path: str) -> None:
    answer = get(path)
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"<h1>No such page</h1>" in answer.body
    assert b"SECRET" not in answer.body
    assert b"HALF" not in answer.body


UNPACK = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.mark.parametrize("coding", sorted(UNPACK))
def test_each_coding_has_its_validators(get: Client, coding: str) -> None:
    answer = get("/top.atom", {"Accept-Encoding": coding})
    assert answer.headers.get("Content-Encoding", "") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert UNPACK[coding](answer.body) == FEED.encode()

    again = get("/top.atom", {"Accept-Encoding": coding, "If-None-Match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again.headers[name] == answer.headers[name]
    assert "Content-Length" not in again.headers

    for other in UNPACK.keys() - {coding}:
        differs = get("/top.atom", {"Accept-Encoding": other, "If-None-Match": answer.headers["ETag"]})
        assert differs.status == 200, "a strong tag is of one coding"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": HTTP_DATE}, 304),
        ({"If-Modified-Since": "Wed, 14 Jan 2026 11:59:59 GMT"}, 200),
        ({"If-Modified-Since": "soon"}, 200),
        ({"If-None-Match": '"other"', "If-Modified-Since": HTTP_DATE}, 200),
        ({"If-None-Match": "*"}, 304),
        ({"If-Match": '"other"'}, 412),
    ],
)
def test_conditional_requests(get: Client, headers: dict[str, str], status: int) -> None:
    assert get("/top.atom", headers).status == status
    assert get("/top.atom", headers, method="HEAD").status == status


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "br"}])
def test_head_says_what_get_says(get: Client, headers: dict[str, str]) -> None:
    one, other = get("/top.atom", headers), get("/top.atom", headers, method="HEAD")
    assert other.body == b""
    assert {k: v for k, v in one.headers.items() if k != "date"} == {
        k: v for k, v in other.headers.items() if k != "date"
    }


@pytest.mark.parametrize(
    ("asked", "status", "first", "end"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=-7", 206, len(FEED) - 7, len(FEED)),
        ("bytes=5-", 206, 5, len(FEED)),
        ("bytes=0-1,4-5", 200, 0, len(FEED)),
        ("bytes=9-1", 200, 0, len(FEED)),
    ],
)
def test_ranges(get: Client, asked: str, status: int, first: int, end: int) -> None:
    answer = get("/top.atom", {"Range": asked, "Accept-Encoding": "gzip"})
    assert answer.status == status
    assert answer.body == FEED.encode()[first:end]
    assert "Content-Encoding" not in answer.headers
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{len(FEED)}"


def test_ranges_of_another_version_and_behind_the_end(get: Client) -> None:
    etag = get("/top.atom").headers["ETag"]
    assert get("/top.atom", {"Range": "bytes=0-1", "If-Range": etag}).status == 206
    assert get("/top.atom", {"Range": "bytes=0-1", "If-Range": '"old"'}).status == 200
    beyond = get("/top.atom", {"Range": "bytes=999999-"})
    assert (beyond.status, beyond.headers["Content-Range"]) == (416, f"bytes */{len(FEED)}")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
def test_nothing_can_be_changed(get: Client, method: str) -> None:
    answer = get("/top.atom", method=method)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_before_the_first_build(tmp_path: Path) -> None:
    with served(tmp_path / "site") as get:
        answer = get("/")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert get("/top.atom").status == 404
        assert get("/healthz").status == 200
        fill(tmp_path / "site")
        assert get("/").status == 200


def test_health_and_figures(tmp_path: Path) -> None:
    now = [Health(is_ready=False, reasons=("the first poll is under way",))]
    with served(tmp_path, health=lambda: now[0]) as get:
        assert get("/healthz").status == 200
        waiting = get("/readyz")
        assert waiting.status == 503
        assert json.loads(waiting.body) == {"ready": False, "reasons": ["the first poll is under way"]}
        assert waiting.headers["Cache-Control"] == "no-store"

        now[0] = Health(figures=(("articles", 1234567890), ("poll_seconds", 0.25), ("not a name", 1)))
        assert get("/readyz").status == 200
        assert get("/metrics").body.decode() == (
            "# TYPE aggregator_ready gauge\naggregator_ready 1\n"
            "# TYPE aggregator_articles gauge\naggregator_articles 1234567890\n"
            "# TYPE aggregator_poll_seconds gauge\naggregator_poll_seconds 0.25\n"
        )


def test_a_folder_alone_is_ready_with_its_first_page_and_gives_the_figures_of_its_last_build(tmp_path: Path) -> None:
    with served(tmp_path) as get:
        assert json.loads(get("/readyz").body) == {"ready": False, "reasons": ["no page has been written yet"]}
        (tmp_path / "index.html").write_text("<!doctype html>")
        (tmp_path / "metrics.prom").write_text("# TYPE aggregator_stories gauge\naggregator_stories 7\n")
        (tmp_path / "status.json").write_text("{}")
        os.utime(tmp_path / "status.json", (1_768_392_000, 1_768_392_000))
        assert get("/readyz").status == 200
        assert get("/metrics").body.decode() == (
            "# TYPE aggregator_ready gauge\naggregator_ready 1\n"
            "# TYPE aggregator_built_seconds gauge\naggregator_built_seconds 1768392000\n"
            "# TYPE aggregator_stories gauge\naggregator_stories 7\n"
        )
        assert get("/metrics.prom").headers["Content-Type"] == get("/metrics").headers["Content-Type"]


def test_a_broken_health_check_is_not_ready(tmp_path: Path) -> None:
    def broken() -> Health:
        raise AggregatorError("disk on fire")

    with served(tmp_path, health=broken) as get:
        answer = get("/readyz")
        assert answer.status == 503
        assert b"disk on fire" not in answer.body


def test_no_date_of_the_future(tmp_path: Path) -> None:
    fill(tmp_path / "site")
    with served(tmp_path / "site", clock=lambda: WHEN - timedelta(hours=1), max_age=timedelta(minutes=1)) as get:
        answer = get("/top.atom")
        assert answer.headers["Last-Modified"] == "Wed, 14 Jan 2026 11:00:00 GMT"
        assert answer.headers["Cache-Control"] == "public, max-age=60"


def test_readers_never_see_half_a_file(tmp_path: Path) -> None:
    """Replace a file again and again while it is read: each answer is one whole version with that version's tag."""
    versions = [str(i) * 20_000 for i in range(3)]
    path = tmp_path / "a.txt"
    path.write_text(versions[0])
    is_over = threading.Event()

    def replace() -> None:
        i = 0
        while not is_over.is_set():
            i += 1
            fresh = tmp_path / ".a.txt"
            fresh.write_text(versions[i % 3])
            os.utime(fresh, (WHEN.timestamp(), WHEN.timestamp()))
            fresh.replace(path)

    writer = threading.Thread(target=replace)
    with served(tmp_path) as get, ThreadPoolExecutor(4) as pool:
        writer.start()
        try:
            answers = list(pool.map(lambda _: get("/a.txt"), range(80)))
        finally:
            is_over.set()
            writer.join()
    tags = {answer.body.decode(): answer.headers["ETag"] for answer in answers}
    assert set(tags) <= set(versions)
    assert all(tags[answer.body.decode()] == answer.headers["ETag"] for answer in answers)


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(AggregatorError) as caught:
            Server(make_app(tmp_path), port=port).start()
    assert str(caught.value) == f"port {port} is taken; set port in [settings] or use --port"


@pytest.mark.parametrize("host", ["203.0.113.7", "no host at all"])
def test_a_strange_host_is_said_in_words(tmp_path: Path, host: str) -> None:
    with pytest.raises(AggregatorError, match="is no address of this machine; set host"):
        Server(make_app(tmp_path), host=host, port=0).start()


def test_a_server_can_be_started_again(tmp_path: Path) -> None:
    server = Server(make_app(tmp_path), port=0)
    server.stop()
    for _ in range(2):
        address = server.start()
        with pytest.raises(RuntimeError):
            server.start()
        assert Client(address)("/healthz").status == 200
        server.stop()
        with pytest.raises(ConnectionError):
            Client(address)("/healthz")


SERVE = """
import sys
from pathlib import Path
from aggregator.web.server import make_app, serve

serve(make_app(Path(sys.argv[1])), port=0, say=lambda address: print(address, flush=True))
print("ended well")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_ends_well_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    fill(tmp_path / "site")
    command = [sys.executable, "-c", SERVE, str(tmp_path / "site")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert Client(process.stdout.readline().strip())("/top.atom").status == 200
            process.send_signal(number)
            assert process.stdout.read() == "ended well\n"
            assert process.wait(10) == 0
        finally:
            process.kill()
