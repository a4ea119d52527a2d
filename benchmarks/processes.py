"""Start a command of the program beside us, wait until it is there, and say what it uses. Linux only: /proc."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

N_RUNS = 9

# Where this is set, every start compiles every module again (50 ms); whoever installs the program has them compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def aggregator(*arguments: str) -> list[str]:
    """Return the command line of a command of this program, as it runs from this checkout."""
    return [sys.executable, "-m", "aggregator", *arguments]


@contextmanager
def running(command: Sequence[str], *, log: Path) -> Iterator[int]:
    """Run a command beside us; gives its process id. It is asked to end at the end."""
    with log.open("wb") as out:
        process = subprocess.Popen(list(command), stdout=out, stderr=out)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str) -> None:
    """Wait until something answers there, for half a minute at most."""
    wait_until(lambda: _answers(url), f"nothing answers at {url}")


def wait_until(is_so: Callable[[], bool], otherwise: str, *, seconds: float = 30.0) -> None:
    """Wait until something is so. Raises ``SystemExit`` when that takes too long."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit(otherwise)
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except OSError:
        return False
    return True


def cpu_of(pid: int) -> float:
    """Return the CPU seconds that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(pid: int) -> float:
    """Return the megabytes of memory that are a process's own share (PSS)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def cpu_of_command(command: Sequence[str]) -> float:
    """Return the median CPU seconds of some runs of a command, after one that fills the caches."""
    seconds = []
    for _ in range(1 + N_RUNS):
        before = os.times()
        subprocess.run(list(command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        after = os.times()
        seconds.append(after.children_user + after.children_system - before.children_user - before.children_system)
    return median(seconds[1:])
