"""The output feeds in real readers and under the schema of RFC 4287, where this machine has them."""

import os
import pty
import re
import select
import shutil
import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.e2e.test_journey import HOUR, STRAIT_TOO, two_sources
from tests.loopback.feed_server import Answer, FeedServer, rss

ATOM = "{http://www.w3.org/2005/Atom}"
PATIENCE = 20  # seconds to wait for a reader's screen
SCHEMA = Path(__file__).parents[3] / "shared" / "suites" / "schemas" / "atom.rnc"


@pytest.mark.shared
@pytest.mark.skipif(not SCHEMA.exists(), reason="the schema of RFC 4287 stands beside the project and is absent here")
@pytest.mark.skipif(shutil.which("jing") is None, reason="no jing on this machine (apt-get install jing)")
def test_every_atom_feed_of_the_demo_is_valid(demo: Workplace) -> None:
    feeds = sorted(demo.site.rglob("*.atom"))
    assert feeds
    for feed in feeds:
        done = subprocess.run(["jing", "-c", SCHEMA, feed], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="no newsboat on this machine (apt-get install newsboat)")
def test_newsboat_shows_an_updated_story_once(workplace: Workplace, server: FeedServer, tmp_path: Path) -> None:
    two_sources(workplace, server)
    workplace.run("poll")
    _publish(workplace, server)
    first = _newsboat(tmp_path, f"{server.base}/top.atom")
    assert len(first) == 2
    server.answers["/two"] = Answer(rss(STRAIT_TOO, title="Two"))
    workplace.run("poll", now=DAY_ONE + 6 * HOUR)
    _publish(workplace, server)
    second = _newsboat(tmp_path, f"{server.base}/top.atom")
    assert [guid for guid, *_ in second] == [guid for guid, *_ in first]
    body = next(body for _, title, _, body in second if "Kalmar" in title)
    assert "Updated (2 articles)" in body
    assert "Sources (2 articles)" in body
    assert all(re.fullmatch(r"tag:.*:story/\w+", guid) for guid, *_ in second)


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="no newsboat on this machine (apt-get install newsboat)")
def test_newsboat_gives_links_the_numbers_of_our_citations(demo: Workplace, server: FeedServer, tmp_path: Path) -> None:
    server.answers["/top.atom"] = Answer(
        _only_the_longest_entry(demo.site / "top.atom"), headers={"Content-Type": "application/atom+xml"}
    )
    ((_, _, _, body),) = _newsboat(tmp_path, f"{server.base}/top.atom")
    shown = _read_in_newsboat(tmp_path)
    cited = re.findall(r"\[(\d+)\]\[(\d+)\]", shown.replace("\n", ""))  # our number, then newsboat's
    assert len(cited) >= 5, shown
    assert [ours for ours, theirs in cited if ours != theirs] == []
    urls = re.findall(r"^\[(\d+)\]: (\S+)", shown, re.MULTILINE)
    listed = re.findall(r'<li[^>]*><a href="([^"]+)"', body)
    assert [url for _, url in urls][: len(listed)] == [url.replace("&amp;", "&") for url in listed]


@pytest.mark.skipif(shutil.which("sfeed") is None, reason="no sfeed on this machine (apt-get install sfeed)")
def test_sfeed_has_one_row_for_an_updated_story(workplace: Workplace, server: FeedServer, tmp_path: Path) -> None:
    two_sources(workplace, server)
    workplace.run("poll")
    _publish(workplace, server)
    first = _sfeed(tmp_path, f"{server.base}/top.atom")
    server.answers["/two"] = Answer(rss(STRAIT_TOO, title="Two"))
    workplace.run("poll", now=DAY_ONE + 6 * HOUR)
    _publish(workplace, server)
    second = _sfeed(tmp_path, f"{server.base}/top.atom")
    assert len(first) == 2
    assert sorted(row[5] for row in second) == sorted(row[5] for row in first)
    assert sorted(row[1] for row in second) == sorted(row[1] for row in first)


def _sfeed(folder: Path, url: str) -> list[list[str]]:
    """Update with rows kept from before. Returns the fields of each row: time, title, link, content, type, id, …"""
    (folder / "sfeedrc").write_text(f'sfeedpath="{folder}/feeds"\nfeeds() {{\n  feed "f" "{url}"\n}}\n')
    environ = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "no_proxy": "*"}
    subprocess.run(["sfeed_update", folder / "sfeedrc"], env=environ, capture_output=True, timeout=60, check=True)
    rows = (folder / "feeds" / "f").read_text(encoding="utf-8").splitlines()
    return [row.split("\t") for row in rows]


def _only_the_longest_entry(feed: Path) -> bytes:
    root = ET.fromstring(feed.read_bytes())
    entries = sorted(root.findall(f"{ATOM}entry"), key=lambda each: len(each.findtext(f"{ATOM}content", "")))
    for entry in entries[:-1]:
        root.remove(entry)
    return ET.tostring(root)


def _read_in_newsboat(folder: Path) -> str:
    """Open the only article of the only feed on a terminal, as a person does, and return what newsboat shows."""
    (folder / "config").write_text("auto-reload no\nconfirm-exit no\ntext-width 100\n")
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(HOME=str(folder), TERM="xterm", COLUMNS="100", LINES="50", LC_ALL="C.UTF-8")
        os.chdir(folder)
        os.execvp("newsboat", ["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db"])
    steps = ((rb"Your feeds", b"\r"), (rb"Articles in feed", b"\r"), (rb"Sources", b"|"), (rb"[Pp]ipe", b"cat > one\r"))
    try:
        for screen, keys in steps:
            _await(terminal, screen)
            os.write(terminal, keys)
        os.write(terminal, b"\rqqq")
        _await(terminal, rb"done\.")
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    return (folder / "one").read_text(encoding="utf-8")


def _await(terminal: int, screen: bytes) -> None:
    seen = b""
    while not re.search(screen, seen):
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        assert ready, f"newsboat did not show {screen!r} but {seen[-500:]!r}"
        seen += os.read(terminal, 65_536)


def _publish(workplace: Workplace, server: FeedServer) -> None:
    server.answers["/top.atom"] = Answer(
        workplace.files()["top.atom"], headers={"Content-Type": "application/atom+xml"}
    )


def _newsboat(folder: Path, url: str) -> list[tuple[str, str, str, str]]:
    """Reload with a cache of its own. Returns (guid, title, url, body) of every article, by guid."""
    (folder / "urls").write_text(url + "\n")
    (folder / "config").write_text(f'auto-reload no\nerror-log "{folder}/errors"\n')
    done = subprocess.run(
        ["newsboat", "-C", folder / "config", "-u", folder / "urls", "-c", folder / "cache.db", "-x", "reload"],
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    connection = sqlite3.connect(folder / "cache.db")
    rows = connection.execute(
        "select guid, title, url, content from rss_item where deleted = 0 order by guid"
    ).fetchall()
    connection.close()
    return rows
