"""The judges that stand beside the project, where present: quick cuts of what benchmarks/RESULTS.md reports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Workplace

SUITES = Path(__file__).parents[3] / "shared" / "suites"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SUITES.exists(), reason="the judges stand beside the project and are absent here"),
]


def judge(*args: str | Path, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, args)], capture_output=True, text=True, timeout=timeout, check=False
    )


def test_real_feeds_are_read_without_crash_or_silence() -> None:
    done = judge(
        SUITES / "feeds" / "judge.py",
        "--real-only",
        "--limit",
        "150",
        "--",
        sys.executable,
        "-m",
        "aggregator",
        "parse",
    )
    figures = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert figures["crashes"] == "0", done.stderr
    assert figures["silent"] == "0", done.stderr
    assert figures["keys"] == figures["fewer"] == figures["unstable"] == "0", done.stderr


def test_stories_are_clustered_as_well_as_reported(workplace: Workplace) -> None:
    scores = {}
    for name in ("kite", "vnmds", "wikinews", "ecbplus", "hard"):
        gold = SUITES / "stories" / "dev" / f"{name}.jsonl"
        (workplace.path / "out.tsv").write_text(workplace.run("cluster", str(gold), timeout=300).out)
        done = judge(SUITES / "stories" / "score.py", gold, workplace.path / "out.tsv")
        scores[name] = json.loads(done.stdout)["bcubed_f1"]
    assert sum(scores.values()) / len(scores) >= 0.82, scores


def test_every_citation_of_a_summary_is_in_range(workplace: Workplace) -> None:
    stories = SUITES / "summaries" / "dev" / "allsides.jsonl"
    lines = stories.read_text(encoding="utf-8").splitlines()[:60]
    (workplace.path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = workplace.run("summarize", "in.jsonl").out.splitlines()
    assert len(out) == len(lines)
    for line in out:
        summary = json.loads(line)
        numbers = {source["n"] for source in summary["sources"]}
        sentences = [s for section in summary["sections"] for s in section["sentences"]]
        assert sentences
        assert all(s["citations"] and set(s["citations"]) <= numbers for s in sentences)


def test_a_poller_keeps_its_manners(tmp_path: Path) -> None:
    command = f"{sys.executable} -m aggregator --config $POLITE_TOML --data $POLITE_DIR/data poll --no-build"
    result = tmp_path / "result.json"
    judge(
        *(SUITES / "politeness" / "score.py", "--name", "aggregator", "--rounds", "6", "--gap", "0.2"),
        *("--tick", "3600", "--out", result, "--poll", command),
    )
    assert result.exists()
    assert json.loads(result.read_text())["total"] >= 95
