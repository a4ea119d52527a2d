"""Every input that ever broke something, and a few seconds of new ones. Thirty minutes: ``python -m tests.fuzz``."""

from pathlib import Path

import pytest

from tests.fuzz.running import Run, run_mutating
from tests.fuzz.seeds import seeds_of
from tests.fuzz.targets import TARGETS, Broken

FOUND = sorted((Path(__file__).parent / "found").iterdir())
SECONDS = 2


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    TARGETS[path.name.partition("-")[0]](path.read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_a_short_run_finds_nothing(target: str) -> None:
    run = Run(target=target, seconds=SECONDS, seed=7)
    run_mutating(run)
    assert not run.findings, run.report()
    assert run.n_executed > len(seeds_of(target))


def test_a_run_finds_what_is_broken_and_keeps_its_shortest_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def breaks(body: bytes) -> None:
        if b"<p>" in body:
            raise Broken("a promise: it")

    monkeypatch.setitem(TARGETS, "html", breaks)
    run = Run(target="html", seconds=0.2, seed=1, folder=tmp_path)
    run_mutating(run)
    assert len(run.findings) == 1
    assert b"<p>" in next(path for path in tmp_path.iterdir() if not path.suffix).read_bytes()
    assert "1 findings" in run.report()
