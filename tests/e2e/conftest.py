"""End to end: the command as a user runs it, in a process of its own, against loopback servers."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.loopback.feed_server import FeedServer, feed_server

DAY_ONE = 1_768_392_000  # 2026-01-14 12:00 UTC
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str


@dataclass(slots=True)
class Workplace:
    """A folder with a feeds.toml, and the command to run in it."""

    path: Path
    data: str = "data"

    @property
    def site(self) -> Path:
        return self.path / self.data / "site"

    def command(self, *args: str) -> list[str]:
        return [sys.executable, "-W", "error", "-m", "aggregator", *args]

    def environ(self, now: int = DAY_ONE, **more: str) -> dict[str, str]:
        return {**os.environ, "AGGREGATOR_NOW": str(now), "PYTHONHASHSEED": "random", **more}

    def run(self, *args: str, now: int = DAY_ONE, timeout: float = 120, stdin: str = "") -> Done:
        done = subprocess.run(
            self.command(*args),
            cwd=self.path,
            env=self.environ(now),
            capture_output=True,
            text=True,
            timeout=timeout,
            input=stdin,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Done(done.returncode, done.stdout, done.stderr)

    def write_config(self, *urls: str, extra: str = "", allow: str = "127.0.0.1") -> None:
        feeds = "\n".join(f'[[feeds]]\nurl = "{url}"' for url in urls)
        (self.path / "feeds.toml").write_text(f'[settings]\nallow_hosts = ["{allow}"]\n{extra}\n{feeds}\n')

    def files(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.site)): p.read_bytes() for p in self.site.rglob("*") if p.is_file()}


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    """The finished demo, replayed once for all tests that only look at it."""
    place = Workplace(tmp_path_factory.mktemp("demo"))
    done = place.run("--data", "data", "demo", "--once", "--no-serve", timeout=300)
    assert done.code == 0, done.err
    return Workplace(place.path, data="data/demo")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, one for each file of tests: no event loop of it stays behind."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()
