"""Measure polls of a farm of made feeds, each in a process of its own: ``python -m benchmarks.poll --feeds 500``.

CPU of the whole process tree (user and system), per feed; wall time says little on a shared machine. With
``--python PATH`` the same scenarios are run in the same farm by lemon24/reader and by a naive poller (requests,
feedparser, sqlite-utils), as far as that Python has them installed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.made import N_ARTICLES, host_of

SCENARIOS = {
    "cold": "/set?validators=1&volatile=0",
    "all 304": "/set?validators=1&volatile=0",
    "10 % changed": "/advance?percent=10",
    "no validators, same bytes": "/set?validators=0&volatile=0",
    "no validators, 10 % changed": "/advance?percent=10",
    "only its time differs": "/set?validators=0&volatile=1",
}
_READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1], feed_root=None)
for url in open(sys.argv[2]).read().split():
    reader.add_feed(url, exist_ok=True)
for _ in reader.update_feeds_iter(workers=16, scheduled=False):
    pass
"""
_NAIVE = """
import sys, requests, feedparser, sqlite_utils
from concurrent.futures import ThreadPoolExecutor
db = sqlite_utils.Database(sys.argv[1])
session = requests.Session()
etags = {row["url"]: row["etag"] for row in db["feeds"].rows} if db["feeds"].exists() else {}
def fetch(url):
    etag = etags.get(url)
    answer = session.get(url, headers={"If-None-Match": etag} if etag else {}, timeout=30)
    return url, answer, None if answer.status_code == 304 else feedparser.parse(answer.content)
with ThreadPoolExecutor(16) as pool:
    for url, answer, found in pool.map(fetch, open(sys.argv[2]).read().split()):
        if found is None:
            continue
        kept = (
            {"id": f"{url} {e.get('id')}", "title": e.get("title"), "text": e.get("summary")}
            for e in found.entries
        )
        db["entries"].upsert_all(kept, pk="id")
        db["feeds"].upsert({"url": url, "etag": answer.headers.get("etag")}, pk="url")
"""


@contextmanager
def farm(port: int, n_feeds: int, n_articles: int = N_ARTICLES) -> Iterator[Callable[[str], None]]:
    """Run a farm; gives what sends it a control request."""
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.made", *map(str, (port, n_feeds, n_articles))])

    def tell(path: str) -> None:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).close()

    try:
        for attempt in range(100):
            try:
                tell("/set?validators=1&volatile=0")
                break
            except OSError:
                if attempt == 99:
                    raise
                time.sleep(0.1)
        yield tell
    finally:
        process.terminate()
        process.wait()


def cpu_of(command: list[str]) -> tuple[float, float]:
    """Run a command; give the CPU seconds of its process tree and its peak memory in MB."""
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", 1, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"it failed: {' '.join(command[:6])}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def subjects(folder: Path, urls: Path, toml: Path, python: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the name and the command of each poller that is installed."""
    run = [sys.executable, "-m", "aggregator", "--config", str(toml), "--data", str(folder / "data")]
    yield "aggregator", [*run, "poll", "--force", "--no-build"]
    for name, script, needs in (("reader", _READER, "reader"), ("naive", _NAIVE, "requests, feedparser, sqlite_utils")):
        if (
            python
            and subprocess.run([python, "-c", f"import {needs}"], capture_output=True, check=False).returncode == 0
        ):
            yield name, [python, "-c", script, str(folder / f"{name}.sqlite"), str(urls)]


def measure(n_feeds: int, port: int, python: str) -> dict[str, dict[str, float]]:
    """Return the CPU milliseconds a feed, by scenario and subject; all meet the same farm in the same state."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name, farm(port, n_feeds) as tell:
        folder = Path(name)
        addresses = [f"http://{host_of(n)}:{port}/feed/{n}" for n in range(n_feeds)]
        urls, toml = folder / "urls.txt", folder / "feeds.toml"
        urls.write_text("\n".join(addresses), encoding="utf-8")
        feeds = "".join(f'[[feeds]]\nurl = "{url}"\n' for url in addresses)
        toml.write_text(f'[settings]\nallow_hosts = ["127.0.0.0/8"]\n{feeds}', encoding="utf-8")
        for scenario, control in SCENARIOS.items():
            tell(control)
            found[scenario] = {
                subject: cpu_of(command)[0] * 1000 / n_feeds
                for subject, command in subjects(folder, urls, toml, python)
            }
    return found


def table(found: dict[str, dict[str, float]]) -> str:
    """Return the figures as a Markdown table, with how many times more the others need."""
    names = list(next(iter(found.values())))
    lines = [
        "| CPU ms a feed | " + " | ".join(names) + " |",
        "|---|" + "---|" * len(names),
    ]
    for scenario, by_name in found.items():
        own = by_name["aggregator"]
        cells = [f"{own:.2f}"] + [f"{by_name[name]:.2f} ({by_name[name] / own:.1f}x)" for name in names[1:]]
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--port", type=int, default=18_700)
    parser.add_argument(
        "--python", default="", help="a Python that has reader, or requests, feedparser and sqlite-utils"
    )
    args = parser.parse_args()
    print(table(measure(args.feeds, args.port, args.python)))


if __name__ == "__main__":
    main()
