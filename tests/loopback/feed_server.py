"""A loopback server that answers as a test says: each path has a response that can be changed at any time."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Answer:
    """What one path answers. With ``validators`` it has an ETag of its bytes and honours If-None-Match."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    validators: bool = True


class FeedServer:
    """Serves ``answers`` by path on 127.0.0.1 and keeps a log of ``(path, status)``."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.log: list[tuple[str, int]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer = outer.answers.get(self.path, Answer(status=404))
                tag = '"' + hashlib.sha256(answer.body).hexdigest()[:16] + '"'
                fresh = answer.validators and answer.status == 200 and self.headers.get("If-None-Match") == tag
                status = 304 if fresh else answer.status
                body = b"" if fresh else answer.body
                outer.log.append((self.path, status))
                self.send_response(status)
                if answer.validators and answer.status == 200:
                    self.send_header("ETag", tag)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    server = FeedServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def rss(*articles: tuple[str, str, str, str], title: str = "One") -> bytes:
    """Write an RSS 2.0 feed of (guid, title, description, pubDate)."""
    written = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>https://one.example/{guid}</link>"
        f"<title>{headline}</title><description>{text}</description><pubDate>{date}</pubDate></item>"
        for guid, headline, text, date in articles
    )
    return (
        f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>{title}</title>"
        f"<link>https://one.example/</link><description>d</description>{written}</channel></rss>"
    ).encode()
