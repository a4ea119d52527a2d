"""The hostile suite: 197 feeds that attack, three polls, the suite's own checker and a real browser.

The suite stands beside the project. Its servers listen on loopback; its shim, first on the path of our process,
resolves ``*.test`` and refuses every other connection. Each case gets a host of its own, so that the courtesy of two
requests a host at a time does not make the poll last minutes.
"""

import importlib.util
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.alone import run_alone

SUITE = Path(__file__).parents[3] / "shared" / "suites" / "hostile"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SUITE.exists(), reason="the hostile suite stands beside the project and is absent here"),
]
TIMEOUT = 5  # seconds; the cases that hang do so for 20 and more
MAX_PEAK = 400  # MB of the whole poll; a bomb that was unpacked would add 1,900
N_POLLS = 3


@dataclass(slots=True)
class Attacked:
    """What three polls of the suite left."""

    path: Path
    port: int
    manifest: dict[str, Any]
    files: list[dict[str, bytes]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    hits: list[list[dict[str, Any]]] = field(default_factory=list)
    peak: int = 0  # kB

    @property
    def site(self) -> Path:
        return self.path / "data" / "site"

    def asked(self) -> list[dict[str, Any]]:
        """Give the requests that the suite's servers saw so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_hits", timeout=10) as answer:
            return list(json.load(answer))

    def environ(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": f"{SUITE / 'shim'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
            "HOSTILE_NETLOG": str(self.path / "net.log"),
            "HOSTILE_AUTH": "hostile-user:hostile-pass",
        }

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "aggregator", *args],
            cwd=self.path,
            env=self.environ(),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def _free_ports() -> int:
    """Find a port with the others free that the suite listens on or needs closed."""
    for _ in range(50):
        port = random.randrange(20_000, 60_000)
        try:
            for host, offset in (
                ("127.0.0.1", 0),
                ("127.0.0.2", 1),
                ("127.0.0.3", 2),
                ("127.0.0.1", 3),
                ("127.0.0.1", 8),
            ):
                with socket.socket() as trial:
                    trial.bind((host, port + offset))
        except OSError:
            continue
        return port
    pytest.fail("no free ports")


def _address(case: dict[str, Any], port: int) -> str:
    if "source_count_one" in case["must"]:
        return str(case["url"])  # these are one publisher: they stay at one address
    return str(case["url"]).replace(f"http://127.0.0.1:{port}/c/", f"http://{case['name']}.test:{port}/c/")


def _write_config(attacked: Attacked) -> None:
    lines = [
        "[settings]",
        f'allow_hosts = ["127.0.0.1:{attacked.port}"]',
        "[defaults]",
        f'timeout = "{TIMEOUT}s"',
    ]
    for case in attacked.manifest["cases"]:
        lines += ["[[feeds]]", f"url = {json.dumps(_address(case, attacked.port))}", f'name = "{case["name"]}"']
        if case.get("auth"):
            lines.append('auth_env = "HOSTILE_AUTH"')
    (attacked.path / "feeds.toml").write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    path, port = tmp_path_factory.mktemp("hostile"), _free_ports()
    manifest = path / "cases.json"
    server = subprocess.Popen(
        [sys.executable, str(SUITE / "server.py"), "--port", str(port), "--manifest", str(manifest)],
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(path)},
        text=True,
    )
    try:
        assert server.stdout is not None
        assert "hostile server" in server.stdout.readline()
        attacked = Attacked(path=path, port=port, manifest=json.loads(manifest.read_text()))
        _write_config(attacked)
        for _ in range(N_POLLS):
            _poll(attacked)
            attacked.hits.append(attacked.asked())
            attacked.statuses.append(json.loads(attacked.run("status", "--json").stdout))
            attacked.files.append(
                {str(p.relative_to(attacked.site)): p.read_bytes() for p in attacked.site.rglob("*") if p.is_file()}
            )
        yield attacked
    finally:
        server.kill()
        server.communicate()


def _poll(attacked: Attacked) -> None:
    """Poll once."""
    with (attacked.path / "log").open("w+") as log:
        command = [sys.executable, "-m", "aggregator", "poll", "--force"]
        used = run_alone(command, cwd=attacked.path, env=attacked.environ(), stdout=log, stderr=log)
        log.seek(0)
        attacked.logs.append(log.read())
    attacked.peak = max(attacked.peak, used.peak)
    assert used.code == 0, attacked.logs[-1][-2000:]


def _write_hits(attacked: Attacked) -> Path:
    """Give the checker the requests of one poll, by which it counts, and of all polls those that must not be."""
    first = attacked.hits[0]
    later = [hit for hit in attacked.asked()[len(first) :] if hit["role"] != "main"]
    path = attacked.path / "hits.json"
    path.write_text(json.dumps(first + later))
    return path


def _write_status(attacked: Attacked) -> Path:
    """Say of each case what the checker asks for."""
    polls = [{each["url"]: each for each in status["sources"]} for status in attacked.statuses]
    said = {}
    for case in attacked.manifest["cases"]:
        url = _address(case, attacked.port)
        each = polls[0][url]
        said[case["name"]] = {
            "ok": each["ok"],
            "error": each["error"],
            "entries": each["articles"],
            "seconds": max(poll[url]["seconds"] or 0 for poll in polls),
            "entries_by_poll": [poll[url]["articles"] for poll in polls],
            "traceback": "internal error" in (each["error"] or ""),
        }
    path = attacked.path / "status.json"
    path.write_text(json.dumps(said))
    return path


def test_every_case_holds(attacked: Attacked) -> None:
    if not importlib.util.find_spec("html5lib"):
        pytest.skip("the suite's checker needs html5lib")
    done = subprocess.run(
        [
            *(sys.executable, str(SUITE / "check.py"), "--manifest", str(attacked.path / "cases.json")),
            *("--feeds", str(attacked.site), "--pages", str(attacked.site), "--hits", str(_write_hits(attacked))),
            *("--db", str(attacked.path / "data" / "aggregator.sqlite"), "--status", str(_write_status(attacked))),
            *("--root", str(attacked.path / "data")),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert done.stdout.rstrip().endswith(f"{len(attacked.manifest['cases'])} passed, 0 failed")


@pytest.mark.browser
def test_a_real_browser_runs_nothing_of_it(attacked: Attacked) -> None:
    if not shutil.which("chromium"):
        pytest.skip("chromium is not installed")
    done = subprocess.run(
        [
            *(sys.executable, str(SUITE / "browser.py"), "--feeds", str(_atom_as_xml(attacked))),
            *("--hostile", f"127.0.0.1:{attacked.port}"),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["documents"] > 20
    assert said["hits"] == 0


def _atom_as_xml(attacked: Attacked) -> Path:
    """Copy the feeds under the names that the browser check looks for."""
    folder = attacked.path / "as-xml"
    folder.mkdir()
    for path in attacked.site.glob("*.atom"):
        shutil.copy(path, folder / f"{path.stem}.xml")
    return folder


# ---------------------------------------------------------------- what the suite cannot see by itself


def _story_pages(attacked: Attacked) -> dict[str, str]:
    files = attacked.files[-1].items()
    return {name: body.decode() for name, body in files if name.startswith("s/") and name.endswith(".html")}


def test_polls_are_bounded_in_memory_and_leave_no_trace_of_an_attack_in_the_log(attacked: Attacked) -> None:
    assert attacked.peak < MAX_PEAK * 1000
    for log in attacked.logs:
        assert "Traceback" not in log
        assert not set(log) & {chr(n) for n in (*range(9), *range(11, 32), *range(127, 160))}
        assert "hostile-pass" not in log


def test_the_third_poll_brings_no_story_and_takes_none(attacked: Attacked) -> None:
    stories = [{name for name in files if name.startswith("s/")} for files in attacked.files]
    assert stories[2] == stories[1]


def test_the_feeds_own_claims_move_no_address(attacked: Attacked) -> None:
    before = (attacked.path / "feeds.toml").read_bytes()
    _write_config(attacked)
    assert (attacked.path / "feeds.toml").read_bytes() == before
    asked = {_address(case, attacked.port) for case in attacked.manifest["cases"]}
    assert {each["url"] for each in attacked.statuses[-1]["sources"]} == asked


def test_one_publisher_under_several_addresses_counts_once(attacked: Attacked) -> None:
    ids = [Path(name).stem for name, page in _story_pages(attacked).items() if "coral protection act" in page]
    stories = [json.loads(attacked.run("story", each, "--json").stdout) for each in ids]
    assert [story["n_publishers"] for story in stories] == [1]


def test_a_flood_leaves_half_of_an_output_to_others(attacked: Attacked) -> None:
    entries = attacked.files[-1]["top.atom"].decode().split("<entry>")[1:]
    told_by = [{url.split("/")[2] for url in re.findall(r'<link rel="via" href="([^"]+)"', each)} for each in entries]
    pages = _story_pages(attacked).values()
    hosts_of_pages = [set(re.findall(r'href="https?://([\w.-]+\.test)/', page)) for page in pages]
    for flood in ("news-poison-future-flood.test", "news-poison-flood-10000.test"):
        assert any(flood in hosts for hosts in told_by), "it is among them, or this shows nothing"
        n_flood = sum(hosts == {flood} for hosts in told_by)  # what others tell too is no lone report
        n_others = sum(bool(hosts - {flood}) for hosts in hosts_of_pages)
        assert n_flood <= max(len(entries) / 2, len(entries) - n_others), "only places that nobody else wants"


def test_nothing_is_fetched_but_feeds_and_nothing_private_is_reached(attacked: Attacked) -> None:
    hits = attacked.asked()
    assert not [hit for hit in hits if hit["role"] in ("internal", "xss")]
    assert {hit["path"].split("/")[1] for hit in hits if hit["role"] == "main"} <= {"c", "_hits"}
