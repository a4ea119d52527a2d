"""Sources that fail in every way do not hold up those that answer. Ten thousand: ``python -m benchmarks.failing``."""

from pathlib import Path

import pytest

pytest.importorskip("benchmarks")
from benchmarks.failing import NOW, Farm, poll, write_config


def test_failing_and_hanging_sources_hold_nobody_up(tmp_path: Path) -> None:
    farm = Farm(n_hosts=40)
    path = tmp_path / "feeds.toml"
    write_config(path, farm.port, n_sources=180, n_good=5, n_workers=4, timeout="4s")
    seconds, _, peak, said = poll(tmp_path, now=NOW)
    assert said.startswith("polled 185: 5 new, 0 changed, 0 not modified, 180 failed"), said
    assert len(farm.good_at) == 5
    # 30 hang for 4 s each: four at a time would take 30 s, and with the others more.
    assert seconds < 25, "those that hang wait beside the others, not before them"
    assert peak < 300
