"""A certificate that nobody vouches for, or of another name: no byte is sent, whatever the transport."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aggregator.intake.fetching.fetch import RequestsFetcher
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.fetching.lean import LeanFetcher
from aggregator.model import FetchFailed
from tests.builders import source, state


class Handler(BaseHTTPRequestHandler):
    server: "Server"

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<rss version='2.0'><channel><title>x</title></channel></rss>")

    def log_message(self, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    seen: list[str]

    def handle_error(self, *args: object) -> None:
        """Say nothing: the other side hangs up in the middle of the handshake, which is what is tested."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not there to make a certificate")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    subprocess.run([*make, *name, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    running = Server(("127.0.0.1", 0), Handler)
    running.seen = []
    running.socket = context.wrap_socket(running.socket, server_side=True)
    threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def lean(**given: Any) -> LeanFetcher:
    return LeanFetcher(fallback=lambda gate: RequestsFetcher(**(given | {"gate": gate})), **given)


@pytest.mark.parametrize("make", [RequestsFetcher, lean], ids=["requests", "lean"])
def test_a_certificate_that_nobody_vouches_for_is_refused(server: Server, make: Callable[..., Any]) -> None:
    place = f"127.0.0.1:{server.server_address[1]}"
    fetcher = make(user_agent="test/1", allow_hosts=(place,), gate=HostGate(spacing=timedelta(0)))
    asked = source(f"https://{place}/feed", timeout=timedelta(seconds=5))
    try:
        result = fetcher.fetch(asked, state(asked.url))
    finally:
        fetcher.close()
    assert isinstance(result, FetchFailed)
    assert "no safe connection" in result.reason
    assert server.seen == []
