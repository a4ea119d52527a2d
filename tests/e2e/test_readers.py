"""The output feeds in real readers and under the schema of RFC 4287, where this machine has them."""

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.e2e.test_journey import HOUR, STRAIT_TOO, two_sources
from tests.loopback.feed_server import Answer, FeedServer, rss

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
