"""Faults of the machine: a second run, a signal, a full disk, a clock that jumps, a file that is edited badly."""

import json
import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from tests.e2e.conftest import DAY_ONE, Done, Workplace
from tests.loopback.feed_server import Answer, FeedServer, rss

HOUR = 3600
DAY = 24 * HOUR
NEWS = (
    "n1",
    "Harbour opens",
    "The harbour of Lunden opened on Monday. It has 12 berths.",
    "Mon, 12 Jan 2026 08:00:00 GMT",
)
MORE = (
    "n2",
    "Bridge closes",
    "The bridge of Vestby closed on Tuesday for repairs.",
    "Tue, 13 Jan 2026 08:00:00 GMT",
)


class HangingServer:
    """Accepts connections and never answers, until it is stopped. ``asked`` is set by the first one."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self.base = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                self._held.append(self._listening.accept()[0])
            except OSError:
                return
            self.asked.set()

    def stop(self) -> None:
        if self._listening.fileno() < 0:
            return
        self._listening.shutdown(socket.SHUT_RDWR)  # closing alone does not wake the thread that accepts
        self._listening.close()
        for each in self._held:
            each.close()


@pytest.fixture
def hanging() -> Iterator[HangingServer]:
    server = HangingServer()
    yield server
    server.stop()


@contextmanager
def started(workplace: Workplace, *args: str, now: int | None = None) -> Iterator[subprocess.Popen[str]]:
    environ = workplace.environ() if now is None else workplace.environ(now)
    if now is None:
        del environ["AGGREGATOR_NOW"]
    with (workplace.path / "log").open("w") as log:
        process = subprocess.Popen(
            workplace.command(*args), cwd=workplace.path, env=environ, stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def log_of(workplace: Workplace) -> str:
    return (workplace.path / "log").read_text()


def until(is_so: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Wait for what another process does; there is nothing to be told by, so it is looked at again and again."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        threading.Event().wait(0.02)


def titles(workplace: Workplace) -> list[str]:
    with closing(sqlite3.connect(workplace.path / "data" / "aggregator.sqlite")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [title for (title,) in conn.execute("SELECT title FROM articles ORDER BY title")]


# ---------------------------------------------------------------- two runs


def test_a_second_poll_says_so_within_a_second_and_changes_nothing(
    workplace: Workplace, hanging: HangingServer
) -> None:
    workplace.write_config(f"{hanging.base}/feed")
    with started(workplace, "poll", now=DAY_ONE) as first:
        assert hanging.asked.wait(30)
        begin = time.monotonic()
        second = workplace.run("poll")
        took = time.monotonic() - begin
        assert second.code == 75
        assert f"process {first.pid}" in second.err
        assert workplace.run("build").code == 75
        assert workplace.run("status").code == 0, "looking is allowed"
    # Starting Python and reading the code takes most of this; the lock itself is never waited for.
    begin = time.monotonic()
    workplace.run("--version")
    assert took - (time.monotonic() - begin) < 1


def test_the_lock_of_a_killed_poll_is_free_and_its_sources_are_asked_at_once(
    workplace: Workplace, hanging: HangingServer, server: FeedServer
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{hanging.base}/feed", f"{server.base}/one")
    with started(workplace, "poll", now=DAY_ONE) as process:
        assert hanging.asked.wait(30)
        process.send_signal(signal.SIGKILL)
        process.wait()
    hanging.stop()
    done = workplace.run("poll")
    assert done.code == 0
    assert done.out.startswith("polled ")
    assert titles(workplace) == ["Harbour opens"]
    assert "n1" not in done.err


def test_a_second_daemon_says_so_within_a_second(workplace: Workplace, hanging: HangingServer) -> None:
    workplace.write_config(f"{hanging.base}/feed", extra='[defaults]\ntimeout = "60s"')
    with started(workplace, "run", "--no-serve") as first:
        assert hanging.asked.wait(30)
        begin = time.monotonic()
        second = workplace.run("run", "--no-serve")
        took = time.monotonic() - begin
        assert second.code == 75
        assert f"process {first.pid}" in second.err
        assert first.poll() is None, "the first goes on"
    begin = time.monotonic()
    workplace.run("--version")
    assert took - (time.monotonic() - begin) < 1


# ---------------------------------------------------------------- signals


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_within_5_seconds_of_a_signal_while_a_server_hangs(
    workplace: Workplace, hanging: HangingServer, server: FeedServer, sent: signal.Signals
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one", f"{hanging.base}/feed", extra='[defaults]\ntimeout = "60s"')
    with started(workplace, "run", "--no-serve") as process:
        assert hanging.asked.wait(30)
        until(lambda: ("/one", 200) in server.log, "the good source to be asked")
        begin = time.monotonic()
        process.send_signal(sent)
        assert process.wait(10) == 0
        assert time.monotonic() - begin < 5
    assert "Traceback" not in log_of(workplace)
    hanging.stop()
    assert workplace.run("poll", "--force", now=DAY_ONE + 400 * DAY).code == 0
    assert titles(workplace) == ["Harbour opens"]


def test_a_poll_ends_within_5_seconds_of_sigterm_and_the_next_takes_up_its_work(
    workplace: Workplace, hanging: HangingServer, server: FeedServer
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one", f"{hanging.base}/feed", extra='[defaults]\ntimeout = "60s"')
    with started(workplace, "poll", now=DAY_ONE) as process:
        assert hanging.asked.wait(30)
        until(lambda: ("/one", 200) in server.log, "the good source to be asked")
        begin = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert time.monotonic() - begin < 5
    assert "Traceback" not in log_of(workplace)
    hanging.stop()
    assert workplace.run("poll").code == 0
    assert titles(workplace) == ["Harbour opens"]


# ---------------------------------------------------------------- the disk


def run_with_small_files(
    workplace: Workplace, *args: str, at_most: int, now: int = DAY_ONE
) -> subprocess.CompletedProcess[str]:
    """Run with files no longer than ``at_most`` bytes: what a full disk is to a program that appends."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (at_most, at_most))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    return subprocess.run(
        workplace.command(*args),
        cwd=workplace.path,
        env=workplace.environ(now),
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("at_most", [2_000, 30_000, 150_000, 260_000])
def test_a_full_disk_is_said_nothing_is_half_written_and_the_next_run_heals(
    workplace: Workplace, server: FeedServer, at_most: int
) -> None:
    long = "The harbour of Lunden opened on Monday. " * 4_000
    server.answers["/one"] = Answer(rss((NEWS[0], NEWS[1], long, NEWS[3]), MORE))
    workplace.write_config(f"{server.base}/one")
    done = run_with_small_files(workplace, "poll", at_most=at_most)
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    assert any(word in done.stderr for word in ("full", "too large", "disk")), done.stderr
    assert not list(workplace.path.rglob("*.tmp-*"))
    for path in workplace.site.rglob("*.html"):
        assert path.read_text().rstrip().endswith("</html>"), path
    assert workplace.run("poll", "--force", now=DAY_ONE + HOUR).code == 0
    assert titles(workplace) == ["Bridge closes", "Harbour opens"]
    assert (workplace.site / "index.html").exists()
    assert json.loads(workplace.run("doctor", "--json", now=DAY_ONE + HOUR).out)["ok"]


def test_a_full_disk_leaves_what_is_there_as_it_was(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    assert workplace.run("poll").code == 0
    before = workplace.files()
    long = "The bridge of Vestby closed on Tuesday for repairs. " * 5_000
    server.answers["/one"] = Answer(rss(NEWS, (MORE[0], MORE[1], long, MORE[3])))
    done = run_with_small_files(workplace, "poll", at_most=100_000, now=DAY_ONE + DAY)
    assert done.returncode == 1
    assert {name: workplace.files()[name] for name in before} == before
    assert titles(workplace) == ["Harbour opens"]


def run_without_rights(workplace: Workplace, *args: str, now: int = DAY_ONE) -> Done:
    """Run as somebody whom the modes of files bind; root is not, unless that right is taken away."""
    command = workplace.command(*args)
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root may write anywhere, and setpriv is not there to take that away")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    done = subprocess.run(
        command, cwd=workplace.path, env=workplace.environ(now), capture_output=True, text=True, timeout=60, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("folder", ["data", "data/site", "data/site/s"])
def test_a_read_only_folder_is_said_all_stays_as_it_was_and_the_next_run_heals(
    workplace: Workplace, server: FeedServer, folder: str
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    assert workplace.run("poll").code == 0
    before = workplace.files()
    server.answers["/one"] = Answer(rss(NEWS, MORE))
    path = workplace.path / folder
    path.chmod(0o500)
    try:
        done = run_without_rights(workplace, "poll", now=DAY_ONE + DAY)
        assert done.code == 1
        assert "Traceback" not in done.err
        assert folder.rpartition("/")[2] in done.err
        assert "cannot write in the data folder" in done.err or "this user may not write there" in done.err
        after = workplace.files()
        assert all(body.rstrip().endswith(b"</html>") for name, body in after.items() if name.endswith(".html"))
        assert {name for name in before if name.startswith("s/") and after[name] != before[name]} == set()
        assert run_without_rights(workplace, "status").code == 0, "looking needs no right to write"
        advice = json.loads(run_without_rights(workplace, "doctor", "--json", now=DAY_ONE + DAY).out)
        assert folder != "data" or "write" in advice["next"]
    finally:
        path.chmod(0o755)
    assert workplace.run("poll", "--force", now=DAY_ONE + DAY + HOUR).code == 0
    assert titles(workplace) == ["Bridge closes", "Harbour opens"]
    assert json.loads(workplace.run("doctor", "--json", now=DAY_ONE + DAY + HOUR).out)["ok"]


# ---------------------------------------------------------------- the clock


def test_a_clock_set_back_by_a_day_forgets_no_source_and_asks_none_twice(
    workplace: Workplace, server: FeedServer
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    assert workplace.run("poll", now=DAY_ONE + DAY).out.startswith("polled 1:")
    server.answers["/one"] = Answer(rss(NEWS, MORE))
    assert workplace.run("poll", now=DAY_ONE).out.startswith("polled 1: 1 new"), "not silent for a day"
    assert workplace.run("poll", now=DAY_ONE).out.startswith("polled 0:")
    assert workplace.run("poll", now=DAY_ONE + 60).out.startswith("polled 0:"), "the new clock is the clock now"
    assert titles(workplace) == ["Bridge closes", "Harbour opens"]
    assert len(server.log) == 2


def test_a_clock_that_was_years_ahead_silences_nothing(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll", now=DAY_ONE + 4000 * DAY)
    server.answers["/one"] = Answer(rss(NEWS, MORE))
    assert workplace.run("poll", now=DAY_ONE).out.startswith("polled 1: 1 new")
    assert "clock" in doctor(workplace, DAY_ONE - DAY)[2]


# ---------------------------------------------------------------- feeds.toml under a daemon

BROKEN = {
    "not TOML": "[[feeds]\nurl = 'https://one.example/feed'\n",
    "cut in the middle": '[[feeds]]\nurl = "https://one.exa',
    "unknown key": '[[feeds]]\nurl = "https://one.example/feed"\nintervall = "5m"\n',
    "wrong type": "[[feeds]]\nurl = 7\n",
    "source without an address": '[[feeds]]\nname = "One"\n',
    "the same source twice": '[[feeds]]\nurl = "https://one.example/feed"\n[[feeds]]\nurl = "https://one.example/feed"\n',
    "invalid rule": '[[feeds]]\nurl = "https://one.example/feed"\nblock = [\'title ~ "("\']\n',
    "not UTF-8": b'[[feeds]]\nurl = "https://one.example/\xff"\n',
}


def test_a_daemon_keeps_its_last_good_config_through_every_broken_edit_and_takes_up_the_mended_one(
    workplace: Workplace, server: FeedServer
) -> None:
    server.answers |= {"/one": Answer(rss(NEWS)), "/two": Answer(rss(MORE))}
    workplace.write_config(f"{server.base}/one")
    config = workplace.path / "feeds.toml"
    with started(workplace, "run", "--no-serve") as process:
        until(lambda: (workplace.site / "index.html").exists(), "the first pages")
        for n, (name, text) in enumerate(BROKEN.items(), 1):
            body = text if isinstance(text, bytes) else text.encode()
            config.write_bytes(body)
            process.send_signal(signal.SIGHUP)
            until(lambda n=n: log_of(workplace).count("the last good one stays") == n, f"the error of: {name}")
        config.unlink()
        process.send_signal(signal.SIGHUP)
        until(lambda: log_of(workplace).count("the last good one stays") == len(BROKEN) + 1, "the missing file")
        assert process.poll() is None
        assert "feeds.toml:" in log_of(workplace)
        workplace.write_config(f"{server.base}/one", f"{server.base}/two")
        process.send_signal(signal.SIGHUP)
        until(lambda: "Bridge closes" in (workplace.site / "index.html").read_text(), "the added source")
        process.terminate()
        assert process.wait(10) == 0
    assert "Traceback" not in log_of(workplace)
    assert titles(workplace) == ["Bridge closes", "Harbour opens"]


def test_a_daemon_sees_an_edit_by_itself(workplace: Workplace, server: FeedServer) -> None:
    server.answers |= {"/one": Answer(rss(NEWS)), "/two": Answer(rss(MORE))}
    workplace.write_config(f"{server.base}/one")
    with started(workplace, "run", "--no-serve") as process:
        until(lambda: (workplace.site / "index.html").exists(), "the first pages")
        workplace.write_config(f"{server.base}/one", f"{server.base}/two")
        until(lambda: "Bridge closes" in (workplace.site / "index.html").read_text(), "the added source")
        assert process.poll() is None


# ---------------------------------------------------------------- upkeep beside a run


def test_a_backup_is_made_beside_a_run_and_restored_only_without_one(
    workplace: Workplace, server: FeedServer, hanging: HangingServer
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    workplace.write_config(f"{server.base}/one", f"{hanging.base}/feed")
    with started(workplace, "run", "--no-serve"):
        assert hanging.asked.wait(30)
        assert workplace.run("backup", "copy.sqlite").code == 0
        assert workplace.run("restore", "copy.sqlite").code == 75
        assert workplace.run("prune").code == 75
        doctor = json.loads(workplace.run("doctor", "--json").out)
        assert any("is at work" in check["says"] for check in doctor["checks"] if check["name"] == "lock")
    hanging.stop()
    server.answers["/one"] = Answer(rss(NEWS, MORE))
    workplace.run("poll", "--force", now=DAY_ONE + 400 * DAY)
    assert titles(workplace) == ["Bridge closes", "Harbour opens"]
    done = workplace.run("restore", "copy.sqlite")
    assert done.code == 0
    assert "before-restore" in done.out
    assert titles(workplace) == ["Harbour opens"]
    assert workplace.run("poll", "--force", now=DAY_ONE + 401 * DAY).code == 0
    assert titles(workplace) == ["Bridge closes", "Harbour opens"], "what is still in the feed comes again"


def test_a_restore_heals_a_damaged_database(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    workplace.run("backup", "copy.sqlite")
    before = workplace.files()
    (workplace.path / "data" / "aggregator.sqlite").write_bytes(b"no database " * 500)
    doctor = json.loads(workplace.run("doctor", "--json").out)
    assert "restore" in doctor["next"]
    assert workplace.run("restore", "copy.sqlite").code == 0
    assert workplace.run("build").code == 0
    after = workplace.files()
    assert {name for name in before if before[name] != after[name]} <= {"status.html", "status.json"}


def test_prune_leaves_every_page_as_it_is(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS, MORE))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    before = workplace.files()
    later = DAY_ONE + 200 * DAY
    done = workplace.run("prune", now=later)
    assert done.code == 0
    assert done.out.startswith("pruned: 2 texts, 1 polls")
    assert workplace.run("build", "--all", now=later).code == 0
    after = workplace.files()
    assert {name for name in before if name.startswith("s/") and before[name] != after[name]} == set()
    assert workplace.run("poll", "--force", now=later + HOUR).code == 0
    assert {name: after[name] for name in before if name.startswith("s/")} == {
        name: body for name, body in workplace.files().items() if name.startswith("s/")
    }
    assert workplace.run("prune", "--days", "3", now=later).code == 1, "stories may still grow"


def test_a_daemon_drops_what_is_kept_no_longer(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS, MORE))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll", now=DAY_ONE)
    with started(workplace, "run", "--no-serve", now=DAY_ONE + 200 * DAY) as process:
        until(lambda: "pruned 2 texts and 1 polls" in log_of(workplace), "the upkeep")
        process.terminate()
        assert process.wait(10) == 0
    assert titles(workplace) == ["Bridge closes", "Harbour opens"]


# ---------------------------------------------------------------- doctor


def doctor(workplace: Workplace, now: int = DAY_ONE) -> tuple[int, dict[str, dict[str, object]], str]:
    done = workplace.run("doctor", "--json", now=now)
    said = json.loads(done.out)
    assert said["ok"] == (done.code == 0)
    return done.code, {check["name"]: check for check in said["checks"]}, said["next"]


def test_doctor_finds_nothing_wrong_with_a_healthy_place_and_changes_nothing(
    workplace: Workplace, server: FeedServer
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    before = workplace.files()
    code, checks, advice = doctor(workplace)
    assert (code, advice) == (0, "nothing to do")
    assert {"feeds.toml", "database", "disk", "lock", "clock", "sources", "outputs"} == set(checks)
    assert workplace.files() == before
    shown = workplace.run("doctor")
    assert shown.out.rstrip().endswith("next: nothing to do")


def test_doctor_names_the_first_step_of_a_new_place(workplace: Workplace) -> None:
    assert doctor(workplace)[2] == "run `aggregator init`"
    workplace.write_config("https://one.example/feed")
    assert doctor(workplace)[2] == "run `aggregator poll`"


def test_doctor_finds_each_fault(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one", f"{server.base}/missing")
    workplace.run("poll")
    code, checks, advice = doctor(workplace, DAY_ONE + 2 * DAY)
    assert code == 1
    assert "404" in str(checks["sources"]["says"])
    assert "/missing" in advice
    page = workplace.site / "top.atom"
    page.write_bytes(page.read_bytes()[:200])
    assert "top.atom" in str(doctor(workplace)[1]["outputs"]["says"])
    assert doctor(workplace)[2] == "write them again: aggregator build --all"
    (workplace.path / "feeds.toml").write_text("feeds = [3]\n")
    assert doctor(workplace)[2].startswith("mend feeds.toml")


def test_doctor_of_a_newer_database_says_what_to_install(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    with closing(sqlite3.connect(workplace.path / "data" / "aggregator.sqlite")) as conn:
        conn.execute("PRAGMA user_version = 9999")
    code, checks, advice = doctor(workplace)
    assert code == 1
    assert "newer" in str(checks["database"]["says"])
    assert "install the newer version" in advice
