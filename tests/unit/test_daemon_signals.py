"""What a daemon does when it is signalled, without waiting for anything."""

import os
import signal
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aggregator.daemon import Daemon


class SignalledEngine:
    """Gets one signal while it runs, and notes what it is told."""

    def __init__(self, number: signal.Signals) -> None:
        self.number = number
        self.woken: list[str] = []
        self.is_stopped = False

    def every(self, name: str, interval: timedelta, job: object) -> None:
        pass

    def wake(self, name: str) -> None:
        self.woken.append(name)

    def stop(self) -> None:
        self.is_stopped = True

    def run(self) -> bool:
        os.kill(os.getpid(), self.number)
        return True


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def run_with(tmp_path: Path, number: signal.Signals) -> tuple[SignalledEngine, Any]:
    app: Any = SimpleNamespace(
        place=SimpleNamespace(config=tmp_path / "feeds.toml"),
        config=SimpleNamespace(settings=SimpleNamespace(poll_every=timedelta(minutes=1))),
        stopping=threading.Event(),
    )
    engine = SignalledEngine(number)
    Daemon(app, engine, environ={}).run()
    return engine, app


def test_sighup_reads_the_config_at_once(tmp_path: Path) -> None:
    engine, app = run_with(tmp_path, signal.SIGHUP)
    assert engine.woken == ["reload"]
    assert not app.stopping.is_set()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_end_claims_nothing_more_and_stops_the_engine(tmp_path: Path, number: signal.Signals) -> None:
    engine, app = run_with(tmp_path, number)
    assert engine.is_stopped
    assert app.stopping.is_set()
