"""A source is taken down: no byte of what it said is left in the data folder, and the others' stories go on."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.loopback.feed_server import Answer, FeedServer, feed_server, rss

DAY = 24 * 3600
ONE = ("a1", "Quelmar harbour opens", "The harbour of Lunden opened on Monday with 12 berths. Zyxquorn said so.", "14")
TWO = ("b1", "Harbour of Lunden opens", "The harbour of Lunden opened on Monday with 12 berths, the mayor said.", "14")
ALONE = ("a2", "Zyxquorn speaks", "Only Zyxquorn knows what Vantablue means in the valley of Ostrel.", "14")
OTHER = ("b2", "Bridge closes", "The bridge of Vestby closed on Tuesday for repairs.", "14")
SECRET = (b"Zyxquorn", b"zyxquorn", b"Quelmar", b"quelmar", b"Vantablue", b"vantablue", b"Ostrel", b"ostrel")


def dated(given: tuple[str, str, str, str], day: int = 14) -> tuple[str, str, str, str]:
    guid, title, text, _ = given
    return (guid, title, text, f"Wed, {day} Jan 2026 08:00:00 GMT")


@pytest.fixture(scope="module")
def farm() -> Iterator[FeedServer]:
    with feed_server() as running:
        yield running


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, farm: FeedServer) -> Workplace:
    """Two sources over three days, so that there are archives, digests and a story of both."""
    workplace = Workplace(tmp_path_factory.mktemp("published"))
    farm.answers["/one"] = Answer(rss(dated(ONE), dated(ALONE)))
    farm.answers["/two"] = Answer(rss(dated(TWO), dated(OTHER)))
    one, two = f"{farm.base}/one", f"{farm.base}/two"
    (workplace.path / "feeds.toml").write_text(
        f'[settings]\nallow_hosts = ["127.0.0.1"]\nencoder = "none"\n'
        f'# the first\n[[feeds]]\nurl = "{one}"\nname = "Quelmar Post"\npublisher = "one.example"\n'
        f'[[feeds]]\nurl = "{two}"\nname = "Two"\npublisher = "two.example"\n'
    )
    assert workplace.run("poll").code == 0
    later = ("b3", "Vestby bridge reopens", "The bridge of Vestby opened again on Friday.", "16")
    for n_days in (2, 40):
        farm.answers["/two"] = Answer(rss(dated(TWO), dated(OTHER), dated((f"c{n_days}", *later[1:]), 16)))
        assert workplace.run("poll", "--force", now=DAY_ONE + n_days * DAY).code == 0
    return workplace


@pytest.fixture
def published(first: Workplace, tmp_path: Path) -> Workplace:
    shutil.copytree(first.path, tmp_path, dirs_exist_ok=True)
    return Workplace(tmp_path)


@pytest.fixture
def server(farm: FeedServer) -> FeedServer:
    return farm


def left(workplace: Workplace) -> list[str]:
    """Name the files of the data folder that hold a word of the source."""
    paths = [path for path in (workplace.path / "data").rglob("*") if path.is_file()]
    held = [path for path in paths if any(word in path.read_bytes() for word in SECRET)]
    return sorted(str(path.relative_to(workplace.path)) for path in held)


def test_no_byte_of_a_source_is_left_and_the_stories_of_others_go_on(published: Workplace, server: FeedServer) -> None:
    before = left(published)
    assert {"data/aggregator.sqlite", "data/site/index.html", "data/site/top.atom", "data/site/search.json"} & {*before}
    assert any("/s/" in name for name in before)
    assert any("archive" in name for name in before)
    published.run("backup", "copy.sqlite")
    published.run("restore", "copy.sqlite")
    done = published.run("takedown", f"{server.base}/one", "--yes", "--json", now=DAY_ONE + 41 * DAY)
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert (said["n_articles"], said["n_gone"], said["n_reduced"]) == (2, 1, 1)
    assert left(published) == []
    config = (published.path / "feeds.toml").read_text()
    assert "/one" not in config
    assert "/two" in config
    pages = [body.decode() for name, body in published.files().items() if name.startswith("s/")]
    assert len(pages) == 3
    assert any("the mayor said" in page for page in pages), "what the other says of it stays"
    assert "Harbour of Lunden opens" in (published.site / "top.atom").read_text()
    with closing(sqlite3.connect(published.path / "data" / "aggregator.sqlite")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    assert json.loads(published.run("doctor", "--json", now=DAY_ONE + 41 * DAY).out)["ok"]
    before_again = published.files()
    assert published.run("build", "--all", now=DAY_ONE + 41 * DAY).code == 0
    assert {name for name, body in published.files().items() if before_again.get(name) != body} == set()


def test_a_source_that_was_removed_before_can_be_taken_down(published: Workplace, server: FeedServer) -> None:
    assert published.run("remove", f"{server.base}/one").code == 0
    assert published.run("takedown", f"{server.base}/one", "--yes", now=DAY_ONE + 41 * DAY).code == 0
    assert left(published) == []
    assert published.run("takedown", f"{server.base}/one", "--yes").code == 1, "it is not known any more"


def test_a_take_down_asks_and_names_what_it_cannot_reach(published: Workplace, server: FeedServer) -> None:
    before = left(published)
    refused = published.run("takedown", f"{server.base}/one")
    assert refused.code == 1
    assert "--yes" in refused.err
    assert published.run("takedown", f"{server.base}/none", "--yes").code == 1
    assert left(published) == before
    done = published.run("takedown", f"{server.base}/one", "--yes", now=DAY_ONE + 41 * DAY)
    assert "backups" in done.out


def test_a_take_down_that_was_killed_is_finished_by_the_next(published: Workplace, server: FeedServer) -> None:
    url = f"{server.base}/one"
    note = published.path / "data" / "takedown.json"
    with closing(sqlite3.connect(published.path / "data" / "aggregator.sqlite")) as conn:
        ids = [story for (story,) in conn.execute("SELECT DISTINCT story_id FROM memberships")]
    note.write_text(json.dumps([url, *ids]))  # as a kill after the database leaves it
    assert published.run("remove", url).code == 0
    assert json.loads(published.run("doctor", "--json", now=DAY_ONE + 41 * DAY).out)["next"].endswith(f"{url} --yes")
    assert published.run("takedown", url, "--yes", now=DAY_ONE + 41 * DAY).code == 0
    assert left(published) == []
    assert not note.exists()
