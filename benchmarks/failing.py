"""Ten thousand sources that fail, ten that do not: ``python -m benchmarks.failing --sources 10000``.

A farm on loopback plays them: refused, hanging, unknown name, no TLS, status 500, garbage. Each source has a host of
its own, or the courtesy of two requests a host would be all that is measured. Printed: how long a poll took, when the
healthy ones were asked, the memory of the process that polled, and the errors in words.
"""

import argparse
import asyncio
import os
import re
import shutil
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

from benchmarks.alone import run_alone

KINDS = ("refused", "hanging", "name", "tls", "500", "garbage")
GARBAGE = bytes(range(256)) * 40
FEED = (
    b"<rss version='2.0'><channel><title>Good</title><item><guid>1</guid><title>Good news</title>"
    b"<link>https://good.example/1</link><description>It is good.</description></item></channel></rss>"
)
N_HOSTS = 1_700  # addresses of each kind that the farm listens on: a host a source, as in the world
NOW = 1_768_392_000


class Farm:
    """Servers on 127.KIND.x.y, in a thread of their own."""

    def __init__(self, n_hosts: int = N_HOSTS) -> None:
        self._n_hosts = n_hosts
        self.port = _free_port()
        self.good_at: list[float] = []
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        self._ready.wait(60)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._ready.set()
        self._loop.run_forever()

    async def _listen(self) -> None:
        for kind in ("hanging", "tls", "500", "garbage", "good"):
            hosts = [address_of(kind, n) for n in range(10 if kind == "good" else self._n_hosts)]
            await asyncio.start_server(lambda r, w, k=kind: self._answer(k, r, w), hosts, self.port, backlog=16)  # type: ignore[misc]

    async def _answer(self, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n") if kind not in ("hanging", "tls") else await reader.read(1)
            if kind == "hanging":
                await asyncio.sleep(120)
            status, body = {"500": ("500 Oops", b"no"), "garbage": ("200 OK", GARBAGE)}.get(kind, ("200 OK", FEED))
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
            )
            if kind == "good":
                self.good_at.append(time.monotonic())
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


def address_of(kind: str, n: int) -> str:
    """Return the loopback address of the nth host of a kind."""
    return f"127.{10 + (*KINDS, 'good').index(kind)}.{n // 250}.{1 + n % 250}"


def url_of(kind: str, n: int, port: int) -> str:
    """Return the address of the nth source of a kind."""
    match kind:
        case "name":
            return f"http://s{n}.invalid/feed"
        case "refused":
            return f"http://{address_of(kind, n)}:{port}/{n}"
        case "tls":
            return f"https://{address_of(kind, n % N_HOSTS)}:{port}/{n}"
        case _:
            return f"http://{address_of(kind, n % N_HOSTS)}:{port}/{n}"


def write_config(path: Path, port: int, *, n_sources: int, n_good: int, n_workers: int, timeout: str) -> None:
    """Write feeds.toml: the failing ones of all kinds in turn, the good ones among them."""
    urls = [url_of(KINDS[n % len(KINDS)], n // len(KINDS), port) for n in range(n_sources)]
    for k in range(n_good):
        urls.insert((k + 1) * n_sources // (n_good + 1), url_of("good", k, port))
    feeds = ",\n".join(f'"{url}"' for url in urls)
    head = f'[settings]\nallow_hosts = ["127.0.0.0/8"]\nworkers = {n_workers}\nencoder = "none"\n'
    path.write_text(f'feeds = [\n{feeds}\n]\n{head}[defaults]\ntimeout = "{timeout}"\n')


def poll(folder: Path, *, now: int) -> tuple[float, float, float, str]:
    """Poll in a process of its own. Returns seconds, CPU seconds, MB at the peak, and its last line."""
    begin = time.monotonic()
    with (folder / "out").open("w+") as out, (folder / "err").open("w") as err:
        command = [sys.executable, "-m", "aggregator", "poll", "--no-build"]
        environ = {**os.environ, "AGGREGATOR_NOW": str(now)}
        used = run_alone(command, cwd=folder, env=environ, stdout=out, stderr=err)
        out.seek(0)
        said = out.read().strip()
    return time.monotonic() - begin, used.cpu, used.peak / 1000, said


def main() -> None:
    """Print the figures of two polls: the first, and one an hour later, when back-off has set in."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.failing", description=__doc__)
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--good", type=int, default=10)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--timeout", default="20s")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="failing-"))
    try:
        farm = Farm()
        write_config(
            folder / "feeds.toml",
            farm.port,
            n_sources=args.sources,
            n_good=args.good,
            n_workers=args.workers,
            timeout=args.timeout,
        )
        for now in (NOW, NOW + 3600):
            farm.good_at.clear()
            begin = time.monotonic()
            seconds, cpu, peak, said = poll(folder, now=now)
            good = [f"{at - begin:.0f}" for at in sorted(farm.good_at)]
            print(
                f"{seconds:.0f} s, {cpu:.0f} s CPU, peak {peak:.0f} MB; {said}; good ones at second {', '.join(good)}"
            )
        with closing(sqlite3.connect(folder / "data" / "aggregator.sqlite")) as conn:
            errors: dict[str, int] = {}
            for (error,) in conn.execute("SELECT error FROM polls"):
                words = re.sub(r"[\d.:]{4,}|s\d+\.invalid", "…", error)[:60]
                errors[words] = errors.get(words, 0) + 1
        print("\n".join(f"{n:>7} {words or 'good'}" for words, n in sorted(errors.items(), key=lambda each: -each[1])))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
