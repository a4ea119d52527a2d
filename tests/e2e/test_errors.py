"""Bad input: a clear error for the right person, the right exit code, and nothing lost."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.loopback.feed_server import Answer, FeedServer, rss

NEWS = (
    "n1",
    "Harbour opens",
    "The harbour of Lunden opened on Monday. It has 12 berths.",
    "Mon, 12 Jan 2026 08:00:00 GMT",
)
HOUR = 3600


def test_a_missing_feeds_toml_says_what_to_run(workplace: Workplace) -> None:
    for command in ("poll", "build", "check", "run"):
        done = workplace.run(command)
        assert done.code == 78
        assert "feeds.toml" in done.err
        assert "aggregator init" in done.err


def test_mistakes_are_reported_together_with_line_and_hint(workplace: Workplace) -> None:
    (workplace.path / "feeds.toml").write_text(
        '[settings]\ntitel = "News"\n\n[[feeds]]\nurl = "https://one.example/feed"\nmin_intervall = "15m"\n'
        '\n[[feeds]]\nname = "No address"\n'
    )
    done = workplace.run("check")
    assert done.code == 78
    assert "feeds.toml:2" in done.err
    assert "title" in done.err
    assert "feeds.toml:6" in done.err
    assert "min_interval" in done.err
    assert "feeds.toml:8" in done.err
    assert "url" in done.err


def test_each_kind_of_failing_source_gets_its_own_words_and_the_good_one_its_articles(
    workplace: Workplace, server: FeedServer
) -> None:
    server.answers |= {
        "/good": Answer(rss(NEWS)),
        "/page": Answer(b"<!doctype html><title>Shop</title><p>No feed", headers={"Content-Type": "text/html"}),
        "/empty": Answer(b""),
        "/broken": Answer(b"oops", status=500),
    }
    closed = f"http://127.0.0.1:{_closed_port()}/feed"
    names = ["good", "page", "empty", "broken", "gone"]
    workplace.write_config(*(f"{server.base}/{name}" for name in names), closed, "http://10.1.2.3/feed")
    done = workplace.run("poll")
    assert done.code == 0
    assert done.out.startswith("polled 7: 1 new, 0 changed, 0 not modified, 6 failed; 1 new articles")
    errors = {s["url"]: s["error"] or "" for s in json.loads(workplace.run("status", "--json").out)["sources"]}
    assert errors[f"{server.base}/good"] == ""
    assert "HTML" in errors[f"{server.base}/page"]
    assert "empty" in errors[f"{server.base}/empty"]
    assert "500" in errors[f"{server.base}/broken"]
    assert "404" in errors[f"{server.base}/gone"]
    assert errors[closed]
    assert "allow_hosts" in errors["http://10.1.2.3/feed"]
    page = (workplace.site / "status.html").read_text()
    assert "500" in page
    assert workplace.run("poll", "--strict", "--force", now=DAY_ONE + HOUR).code == 1


def _closed_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_no_sources_is_said_and_the_pages_are_written(workplace: Workplace) -> None:
    (workplace.path / "feeds.toml").write_text("feeds = []\n")
    done = workplace.run("poll")
    assert done.code == 0
    assert "no sources" in done.err
    assert (workplace.site / "index.html").exists()
    assert (workplace.site / "top.atom").exists()


def test_a_broken_feed_later_loses_no_article(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    before = workplace.files()
    server.answers["/one"] = Answer(b"<html>maintenance</html>")
    workplace.run("poll", now=DAY_ONE + 24 * HOUR)
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.run("poll", now=DAY_ONE + 72 * HOUR)
    after = workplace.files()
    assert {name for name in after if after[name] != before.get(name)} <= {"status.html", "status.json"}


def test_a_damaged_database_is_said_and_left_alone(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    database = workplace.path / "data" / "aggregator.sqlite"
    for name in ("aggregator.sqlite-wal", "aggregator.sqlite-shm"):
        (workplace.path / "data" / name).unlink(missing_ok=True)
    database.write_bytes(b"not a database, " * 500)
    damaged = database.read_bytes()
    outputs = workplace.files()
    done = workplace.run("poll")
    assert done.code == 1
    assert "is damaged: put back a backup" in done.err
    assert database.read_bytes() == damaged
    assert workplace.files() == outputs


def test_a_newer_database_is_refused(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    connection = sqlite3.connect(workplace.path / "data" / "aggregator.sqlite")
    connection.execute("pragma user_version = 9999")
    connection.close()
    done = workplace.run("poll")
    assert done.code == 1
    assert "newer" in done.err


def test_a_locked_database_is_said_within_bounds(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    connection = sqlite3.connect(workplace.path / "data" / "aggregator.sqlite", isolation_level=None)
    connection.execute("begin exclusive")
    done = workplace.run("poll", now=DAY_ONE + 24 * HOUR, timeout=60)
    connection.execute("rollback")
    connection.close()
    assert done.code == 1
    assert "is locked by another program: end that program" in done.err
    assert workplace.run("poll", now=DAY_ONE + 24 * HOUR).code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere; the next test shows the same with a file")
def test_a_read_only_output_folder_is_said(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.site.mkdir(parents=True)
    workplace.site.chmod(0o500)
    done = workplace.run("poll")
    workplace.site.chmod(0o700)
    assert done.code == 1
    assert "site" in done.err
    assert workplace.run("poll").code == 0
    assert (workplace.site / "index.html").exists()


def test_an_output_folder_that_cannot_be_made_is_said_and_the_next_run_heals(
    workplace: Workplace, server: FeedServer
) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    (workplace.path / "data").mkdir()
    blocker = workplace.path / "data" / "site"
    blocker.write_text("a file where the folder should be")
    done = workplace.run("poll")
    assert done.code == 1
    assert "site" in done.err
    blocker.unlink()
    assert workplace.run("poll").code == 0
    assert "Harbour opens" in (workplace.site / "index.html").read_text()


def test_init_writes_a_config_that_check_accepts_and_never_overwrites(workplace: Workplace) -> None:
    assert workplace.run("init").code == 0
    written = (workplace.path / "feeds.toml").read_text()
    assert workplace.run("check").code == 0
    done = workplace.run("init")
    assert done.code == 1
    assert "exists" in done.err
    assert (workplace.path / "feeds.toml").read_text() == written


def test_looking_before_the_first_poll_says_what_to_do(workplace: Workplace) -> None:
    workplace.write_config("https://one.example/feed")
    for command in (["status"], ["story", "abc"], ["explain", "abc"]):
        done = workplace.run(*command)
        assert done.code == 1
        assert "aggregator poll" in done.err


def test_an_unknown_story_is_said(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/one"] = Answer(rss(NEWS))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    done = workplace.run("story", "nosuchid")
    assert done.code == 1
    assert "nosuchid" in done.err


def test_poll_of_an_unknown_source_is_said(workplace: Workplace) -> None:
    workplace.write_config("https://one.example/feed")
    done = workplace.run("poll", "--source", "https://two.example/feed")
    assert done.code == 1
    assert "two.example" in done.err


@pytest.mark.parametrize("now", ["yesterday", "1e400", ""])
def test_a_bad_clock_is_said(workplace: Workplace, now: str) -> None:
    (workplace.path / "feeds.toml").write_text("feeds = []\n")
    import subprocess

    done = subprocess.run(
        workplace.command("poll"),
        cwd=workplace.path,
        env={**workplace.environ(), "AGGREGATOR_NOW": now},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (0 if not now else 1)
    assert not now or "AGGREGATOR_NOW" in done.stderr


def test_measuring_commands_say_what_is_wrong_with_their_file(workplace: Workplace) -> None:
    bad = workplace.path / "bad.jsonl"
    bad.write_text('{"id": 1}\n[1, 2]\n')
    for command in ("cluster", "summarize", "verify"):
        done = workplace.run(command, "bad.jsonl")
        assert done.code == 1
        assert "bad.jsonl" in done.err
        assert workplace.run(command, "missing.jsonl").code == 1
    done = workplace.run("parse", "missing.xml")
    assert done.code == 1
    assert json.loads(done.out)["error"]


def test_parse_tells_feeds_empty_feeds_and_pages_apart(workplace: Workplace) -> None:
    (workplace.path / "good.xml").write_bytes(rss(NEWS))
    (workplace.path / "none.xml").write_bytes(rss())
    (workplace.path / "page.html").write_bytes(b"<html><body>hello</body></html>")
    done = workplace.run("parse", "good.xml", "none.xml", "page.html")
    assert done.code == 1
    good, none, page = (json.loads(line) for line in done.out.splitlines())
    assert good["title"] == "Harbour opens"
    assert good["published"] == "2026-01-12T08:00:00Z"
    assert none == {"file": "none.xml", "feed": True, "articles": 0}
    assert "HTML" in page["error"]


def test_every_command_has_help_with_an_example(workplace: Workplace) -> None:
    from aggregator.cli import COMMANDS

    for name in COMMANDS:
        done = workplace.run(name, "--help")
        assert done.code == 0
        assert "example: aggregator" in done.out


def test_a_path_is_never_taken_from_a_feed(workplace: Workplace, server: FeedServer) -> None:
    evil = ("../../../evil", "../../evil.html", "Text of ../../evil here.", "")
    server.answers["/one"] = Answer(rss(evil))
    workplace.write_config(f"{server.base}/one")
    workplace.run("poll")
    assert not list(Path(workplace.path).rglob("evil*"))
