"""Run a command and say what it alone used.

Linux hands the high-water mark of memory on to what a process starts, so that a large parent (a long run of tests)
would be measured instead of its child. A small process between them has none to hand on.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_BETWEEN = """
import json, os, subprocess, sys
child = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
os.write(int(sys.argv[1]), json.dumps([child.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]).encode())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a command used: CPU seconds, and its own peak of memory in kB. ``code``: how it ended."""

    code: int
    cpu: float
    peak: int


def run_alone(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: IO[str], stderr: IO[str]) -> Used:
    """Run a command to its end."""
    reading, writing = os.pipe()
    try:
        between = [sys.executable, "-I", "-S", "-c", _BETWEEN, str(writing), *command]
        subprocess.run(between, cwd=cwd, env=env, stdout=stdout, stderr=stderr, pass_fds=(writing,), check=True)
        code, cpu, peak = json.loads(os.read(reading, 4096))
    finally:
        os.close(reading)
        os.close(writing)
    return Used(code=code, cpu=cpu, peak=peak)
