"""From feeds.toml to a story in an output feed, poll by poll."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.loopback.feed_server import Answer, FeedServer, rss

HOUR = 3600
STRAIT = (
    "s1",
    "Kalmar Strait closed to tankers after collision",
    (
        "The port authority of Kalmar closed the strait to tankers on Wednesday after two ships collided. "
        "Pilots expect the closure to last three days. About 40 ships wait at anchor."
    ),
    "Wed, 14 Jan 2026 08:00:00 GMT",
)
STRAIT_TOO = (
    "x9",
    "Tankers wait as Kalmar Strait is closed after collision",
    (
        "Two ships collided in the Kalmar Strait on Wednesday and the port authority closed it to tankers. "
        "About 40 ships wait at anchor, and insurers have raised their rates by 12 percent."
    ),
    "Wed, 14 Jan 2026 09:30:00 GMT",
)
BREAD = (
    "b1",
    "Bakers of Lunden win the long bread prize",
    "A bakery in Lunden won the prize for the longest bread on Tuesday. It measured 84 metres.",
    "Tue, 13 Jan 2026 18:00:00 GMT",
)


def two_sources(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(STRAIT, BREAD))
    server.answers["/two"] = Answer(rss(title="Two"))
    (workplace.path / "feeds.toml").write_text(
        f'[settings]\nallow_hosts = ["127.0.0.1"]\n'
        f'[[feeds]]\nurl = "{server.base}/one"\npublisher = "one.example"\n'
        f'[[feeds]]\nurl = "{server.base}/two"\npublisher = "two.example"\n'
    )


def stories(workplace: Workplace) -> dict[str, str]:
    """Return story id by headline, as the pages have them."""
    found = {}
    for path in (workplace.site / "s").glob("*.html"):
        page = path.read_text(encoding="utf-8")
        found[page.split("<h1", 1)[1].split(">", 1)[1].split("</h1>")[0].strip()] = path.stem
    return found


def test_a_story_grows_keeps_its_id_and_moves_its_updated_time(workplace: Workplace, server: FeedServer) -> None:
    two_sources(workplace, server)
    done = workplace.run("poll")
    assert done.code == 0
    assert done.out.strip() == (
        "polled 2: 1 new, 0 changed, 1 not modified, 0 failed; 2 new articles, 2 new stories, 0 updated"
    )
    before = workplace.files()["top.atom"].decode()
    ids = stories(workplace)
    assert len(ids) == 2

    server.answers["/two"] = Answer(rss(STRAIT_TOO, title="Two"))
    done = workplace.run("poll", now=DAY_ONE + 3 * HOUR)
    assert done.out.strip().endswith("1 new articles, 0 new stories, 1 updated")
    assert set(stories(workplace).values()) == set(ids.values())
    after = workplace.files()["top.atom"].decode()
    assert "Updated (2 articles)" in after
    assert before.count("<entry>") == after.count("<entry>") == 2
    assert "2026-01-14T15:00:00Z" in after


def test_a_second_poll_is_all_304_and_writes_nothing_but_the_status_page(
    workplace: Workplace, server: FeedServer
) -> None:
    two_sources(workplace, server)
    workplace.run("poll")
    before = workplace.files()
    times = {name: (workplace.site / name).stat().st_mtime_ns for name in before}
    done = workplace.run("poll", now=DAY_ONE + 24 * HOUR)
    assert done.out.startswith("polled 2: 0 new, 0 changed, 2 not modified, 0 failed; 0 new articles")
    assert [status for _, status in server.log[-2:]] == [304, 304]
    after = workplace.files()
    assert {name for name in after if after[name] != before.get(name)} <= {"status.html", "status.json"}
    moved = {name for name in after if (workplace.site / name).stat().st_mtime_ns != times.get(name)}
    assert moved <= {"status.html", "status.json"}


def test_build_all_changes_no_byte(workplace: Workplace, server: FeedServer) -> None:
    two_sources(workplace, server)
    workplace.run("poll")
    before = workplace.files()
    assert workplace.run("build", "--all").code == 0
    assert workplace.files() == before


def test_the_same_input_gives_the_same_bytes_in_another_folder(
    workplace: Workplace, server: FeedServer, tmp_path: Path
) -> None:
    two_sources(workplace, server)
    workplace.run("poll")
    other = Workplace(tmp_path / "other")
    other.path.mkdir()
    two_sources(other, server)
    other.run("poll")
    got, wanted = other.files(), workplace.files()
    assert got.keys() == wanted.keys()
    # The status says how long each answer took.
    assert {name for name in got if got[name] != wanted[name]} <= {"status.html", "status.json"}


def test_status_story_and_explain_speak_of_what_is_stored(workplace: Workplace, server: FeedServer) -> None:
    two_sources(workplace, server)
    server.answers["/two"] = Answer(rss(STRAIT_TOO, title="Two"))
    workplace.run("poll")
    status = json.loads(workplace.run("status", "--json").out)
    assert status["articles"] == 3
    assert status["stories"] == 2
    assert [(s["ok"], s["articles"], s["error"]) for s in status["sources"]] == [(True, 2, None), (True, 1, None)]
    assert all(s["next_poll_at"] and s["reason"] for s in status["sources"])
    story_id = next(i for headline, i in stories(workplace).items() if "Kalmar" in headline)
    story = json.loads(workplace.run("story", story_id, "--json").out)
    assert story["updated"] == "Updated (2 articles)"
    assert all(s["citations"] for section in story["sections"] for s in section["sentences"])
    members = json.loads(workplace.run("explain", story_id, "--json").out)["members"]
    assert len(members) == 2
    assert all(member["reason"] and member["rule"] for member in members)
    assert "Kalmar" in workplace.run("story", story_id).out
    assert "p =" in workplace.run("explain", story_id).out
    assert "one.example" in workplace.run("explain", story_id).out


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_the_daemon_polls_serves_reloads_and_stops(workplace: Workplace, server: FeedServer) -> None:
    two_sources(workplace, server)
    port = free_port()
    environ = {key: value for key, value in workplace.environ().items() if key != "AGGREGATOR_NOW"}
    with subprocess.Popen(
        workplace.command("run", "--port", str(port)),
        cwd=workplace.path,
        env=environ,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            page = _wait_for(f"http://127.0.0.1:{port}/", "Kalmar")
            assert "Kalmar Strait" in page
            second = workplace.run("poll")
            assert second.code == 75
            assert "using the data folder" in second.err
        finally:
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=20)
    assert process.returncode == 0, log
    assert time.monotonic() - started < 5
    assert "Traceback" not in log


def _wait_for(url: str, text: str, seconds: float = 20) -> str:
    deadline = time.monotonic() + seconds
    page = ""
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                page = answer.read().decode()
        except OSError:
            page = ""
        if text in page:
            return page
        time.sleep(0.1)  # a process of its own has no event that a test could wait for
    raise AssertionError(f"{url} never showed {text!r}; last: {page[:300]}")


def test_kill_at_any_moment_loses_nothing(workplace: Workplace, server: FeedServer, tmp_path: Path) -> None:
    """Kill poll+build ten times at spread moments; the end must equal an undisturbed run."""
    articles = [
        (
            f"g{n}",
            f"Story number {n} of the harbour",
            f"The harbour reported case {n} on Monday. It was {n} metres.",
            "",
        )
        for n in range(40)
    ]
    for n in range(12):
        server.answers[f"/{n}"] = Answer(rss(*articles[n : n + 20], title=f"Source {n}"))
    urls = [f"{server.base}/{n}" for n in range(12)]
    calm = Workplace(tmp_path / "calm")
    calm.path.mkdir()
    calm.write_config(*urls)
    started = time.monotonic()
    assert calm.run("poll").code == 0
    whole = time.monotonic() - started

    workplace.write_config(*urls)
    for n in range(10):
        process = subprocess.Popen(
            workplace.command("poll"),
            cwd=workplace.path,
            env=workplace.environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            process.wait(timeout=whole * (0.15 + 0.08 * n))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert workplace.run("poll").code == 0
    got, wanted = workplace.files(), calm.files()
    assert got.keys() == wanted.keys()
    assert {name for name in got if got[name] != wanted[name]} <= {"status.html", "status.json"}
