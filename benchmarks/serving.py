"""How many conditional GETs ``aggregator serve`` answers: ``python -m benchmarks.serving``. Prints a line of JSON.

One connection, a request after the other, for a page of 20 kB and for the same page with the validator that it gave.
CPU of the server's process only; what asks is we.
"""

import json
import socket
import tempfile
from pathlib import Path

from benchmarks.processes import aggregator, cpu_of, running, wait_for

PORT = 18_790
N_REQUESTS = 3_000


def measure() -> dict[str, float]:
    """Return requests per CPU second of the server."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feeds.toml").write_text('feeds = ["https://one.example/feed.xml"]\n', encoding="utf-8")
        site = folder / "data" / "site"
        site.mkdir(parents=True)
        page = "<!doctype html><title>News</title>" + "<p>The bridge of Lunden opens.</p>\n" * 600
        (site / "index.html").write_text(page, encoding="utf-8")
        command = aggregator("--config", str(folder / "feeds.toml"), "--data", str(folder / "data"), "serve")
        with running([*command, "--port", str(PORT)], log=folder / "log") as pid:
            wait_for(f"http://127.0.0.1:{PORT}/index.html")
            etag = ask("", 1)[0]
            found = {}
            for label, validator in (("304 a CPU second", etag), ("whole pages a CPU second", "")):
                before = cpu_of(pid)
                ask(validator, N_REQUESTS)
                found[label] = N_REQUESTS / max(cpu_of(pid) - before, 0.01)
            return found


def ask(etag: str, n_requests: int) -> tuple[str, int]:
    """Ask for the page so often over one connection; return its ETag and the status of the last answer."""
    condition = f"If-None-Match: {etag}\r\n" if etag else ""
    request = f"GET /index.html HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n{condition}\r\n".encode()
    with socket.create_connection(("127.0.0.1", PORT)) as line, line.makefile("rb") as answers:
        for _ in range(n_requests):
            line.sendall(request)
            status = int(answers.readline().split()[1])
            headers = {}
            while (header := answers.readline().decode("latin-1").strip()) != "":
                name, _, value = header.partition(":")
                headers[name.lower()] = value.strip()
            if status != 304:
                answers.read(int(headers["content-length"]))
        return headers.get("etag", ""), status


if __name__ == "__main__":
    print(json.dumps(measure()))
