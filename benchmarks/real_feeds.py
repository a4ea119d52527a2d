"""Poll and build from a folder of feed files, served on loopback, twice a day apart.

    python -m benchmarks.real_feeds FOLDER [--names names.json] [--keep DIR]

Prints how many sources gave articles or a clear error, what the second day changed, and how long each step took.
A source that gives neither, a traceback, or a byte changed outside the status page and its data is wrong: exit 1.
"""

import argparse
import hashlib
import json
import mimetypes
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

FIRST_DAY = 1_790_000_000  # seconds since the epoch; any moment after the newest feed will do
DAY = 86_400


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        pass


def serve(folder: Path) -> ThreadingHTTPServer:
    """Serve a folder on loopback until the process ends."""
    mimetypes.add_type("application/xml", ".xml")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(work: Path, *args: str, now: int) -> tuple[str, str, float]:
    """Run one command in ``work``. Returns (stdout, stderr, seconds)."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", *args],
        cwd=work,
        env={**os.environ, "AGGREGATOR_NOW": str(now)},
        capture_output=True,
        text=True,
        timeout=3600,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{args} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout, done.stderr, time.perf_counter() - start


def hashes(site: Path) -> dict[str, str]:
    """Return the hash of each file below the output folder."""
    return {
        str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in site.rglob("*")
        if path.is_file()
    }


def main() -> int:
    """Measure; print a table; say by the exit code whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", type=Path, help="JSON object whose keys are the files to use (default: all)")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    parser.add_argument("--limit", type=int, default=0)
    args = parser.parse_args()
    work = args.keep or Path(tempfile.mkdtemp(prefix="real-feeds-"))
    work.mkdir(parents=True, exist_ok=True)
    names = sorted(json.loads(args.names.read_text())) if args.names else _all_files(args.folder)
    names = names[: args.limit] if args.limit else names
    server = serve(args.folder)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    feeds = "\n".join(f'[[feeds]]\nurl = "{base}/{quote(name)}"\npublisher = "{_publisher(name)}"' for name in names)
    (work / "feeds.toml").write_text(f'[settings]\nallow_hosts = ["127.0.0.1"]\nworkers = 8\n{feeds}\n')

    line, log, poll_seconds = run(work, "poll", "--no-build", now=FIRST_DAY)
    built, build_log, build_seconds = run(work, "build", now=FIRST_DAY)
    before = hashes(work / "data/site")
    again, again_log, again_seconds = run(work, "poll", now=FIRST_DAY + DAY)
    after = hashes(work / "data/site")
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    status = json.loads(run(work, "status", "--json", now=FIRST_DAY + DAY)[0])
    silent = [s["url"] for s in status["sources"] if not s["articles"] and not s["error"] and not s["warning"]]
    n_tracebacks = sum(text.count("Traceback") for text in (log, build_log, again_log))

    print(line.strip(), f"({poll_seconds:.1f} s)")
    print(built.strip(), f"({build_seconds:.1f} s)")
    print("a day later:", again.strip(), f"({again_seconds:.1f} s)")
    print(f"articles {status['articles']}  stories {status['stories']}  files {len(after)}")
    print(f"sources with articles {sum(s['articles'] > 0 for s in status['sources'])} of {len(names)}")
    print(f"sources with an error {sum(bool(s['error']) for s in status['sources'])}")
    print(f"sources with neither {len(silent)} {silent[:5]}")
    print(f"tracebacks {n_tracebacks}")
    print(f"files changed a day later {changed[:10]}")
    return 0 if not silent and not n_tracebacks and set(changed) <= {"status.html", "status.json"} else 1


def _all_files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _publisher(name: str) -> str:
    """Give each file a publisher of its own, since all of them come from one address here."""
    return hashlib.sha256(name.encode()).hexdigest()[:10] + ".example"


if __name__ == "__main__":
    sys.exit(main())
