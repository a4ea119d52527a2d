"""What the daemon uses when nothing is due: ``python -m benchmarks.resting N``. Prints a line of JSON.

N sources of a farm are polled once and built, two articles each; the daemon, with its server, is then watched for some
time. Its first tick builds what there is; measured is what comes after.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.made import host_of
from benchmarks.poll import farm
from benchmarks.processes import aggregator, cpu_of, memory_of, running, wait_for, wait_until

PORT, FARM_PORT = 18_791, 18_792
WATCHED = 40.0  # seconds


def measure(n_sources: int, *, encoder: str = "none") -> dict[str, float]:
    """Return the daemon's memory in megabytes and its share of a core in percent, at rest."""
    with tempfile.TemporaryDirectory() as name, farm(FARM_PORT, n_sources, n_articles=2):
        folder = Path(name)
        feeds = "".join(f'[[feeds]]\nurl = "http://{host_of(n)}:{FARM_PORT}/feed/{n}"\n' for n in range(n_sources))
        toml = f'[settings]\nallow_hosts = ["127.0.0.0/8"]\nencoder = "{encoder}"\nport = {PORT}\n{feeds}'
        (folder / "feeds.toml").write_text(toml, encoding="utf-8")
        command = aggregator("--config", str(folder / "feeds.toml"), "--data", str(folder / "data"))
        subprocess.run([*command, "poll"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with running([*command, "run"], log=folder / "log") as pid:
            wait_for(f"http://127.0.0.1:{PORT}/")
            wait_until(lambda: _rests(pid), "the daemon does not come to rest", seconds=120)
            before, start = cpu_of(pid), time.monotonic()
            time.sleep(WATCHED)
            share = (cpu_of(pid) - before) / (time.monotonic() - start)
            n_articles = _count(folder / "data" / "aggregator.sqlite")
            return {"MB": memory_of(pid), "% of a core": 100 * share, "articles": n_articles}


def _rests(pid: int) -> bool:
    before = cpu_of(pid)
    time.sleep(2)
    return cpu_of(pid) - before < 0.1


def _count(path: Path) -> int:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as conn:
        return int(conn.execute("SELECT count(*) FROM articles").fetchone()[0])


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), encoder=sys.argv[2] if len(sys.argv) > 2 else "none")))
