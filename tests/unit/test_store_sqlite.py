"""What only the SQLite store has to withstand: its file, its schema, and being killed."""

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.model import ArticleChange, ChangeKind, Clustering, PollRecord
from aggregator.store.connection import transaction
from aggregator.store.schema import Migration, check_present, migrate, read_migrations
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, article, at, membership, revision, state

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "aggregator" / "store" / "migrations" / "schema.sql"
URL = "https://one.example/feed.xml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "a.sqlite"


def make(path: Path) -> None:
    SqliteStore.open(path, now=NOW).close()


def whole_schema(path: Path) -> str:
    with closing(sqlite3.connect(path)) as conn:
        found = conn.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY tbl_name, type = 'index', name"
        )
        return "\n".join(f"{sql};\n" for (sql,) in found)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while: root may write where permissions say no."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def readonly_folder() -> Iterator[Path]:
    """A folder with a database, where nothing can be written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / "a.sqlite")
        (folder / "a.sqlite").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


# ---------------------------------------------------------------- schema


def test_the_schema_is_the_sum_of_its_migrations(path):
    """After a new migration, write what this gives to ``migrations/schema.sql``."""
    make(path)
    assert whole_schema(path) == SCHEMA.read_text("utf-8")


def test_each_migration_is_applied_once_and_noted(path):
    make(path)
    SqliteStore.open(path, now=at(1)).close()
    with closing(sqlite3.connect(path)) as conn:
        noted = conn.execute("SELECT n, name FROM migrations").fetchall()
        assert noted == [(each.n, each.name) for each in read_migrations()]
        assert conn.execute("PRAGMA user_version").fetchone() == (len(noted),)


def test_a_migration_that_fails_leaves_the_database_as_it_was(path):
    make(path)
    before = whole_schema(path)
    n = len(read_migrations()) + 1
    bad = Migration(n=n, name="bad.sql", sql="CREATE TABLE half (done TEXT);\nCREATE TABLE sources (again TEXT);\n")
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        with pytest.raises(sqlite3.OperationalError, match="already exists"):
            migrate(conn, path, now=NOW, migrations=(*read_migrations(), bad))
        assert conn.execute("PRAGMA user_version").fetchone() == (n - 1,)
    assert whole_schema(path) == before


def test_places_of_an_older_database_get_the_defaults(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        migrate(conn, path, now=NOW, migrations=read_migrations()[:1])
        conn.execute("INSERT INTO published VALUES ('top', 's1', 0, 0, 'H', 2)")
    with closing(SqliteStore.open(path, now=NOW)) as store:
        (place,) = store.published("top")
    assert (place.revision, place.entered, place.updates, place.is_held, place.left_at) == (2, 1, (), False, None)


def test_an_older_database_is_refused_to_readers_until_it_is_brought_up_to_date(path):
    make(path)
    n = len(read_migrations()) + 1
    newer = (*read_migrations(), Migration(n=n, name="next.sql", sql="CREATE TABLE next (n INTEGER);\n"))
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        with pytest.raises(StoreError, match="older version: run `aggregator poll` once"):
            check_present(conn, path, migrations=newer)
        migrate(conn, path, now=NOW, migrations=newer)
        check_present(conn, path, migrations=newer)


def test_an_empty_file_is_no_database_yet(path):
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreError, match="no database yet"):
        SqliteStore.open_readonly(path)
    make(path)
    SqliteStore.open_readonly(path).close()


@pytest.mark.parametrize("opened", ["open", "open_readonly"])
def test_a_newer_database_is_refused_and_left_alone(path, opened):
    make(path)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version of this program"):
        SqliteStore.open(path, now=NOW) if opened == "open" else SqliteStore.open_readonly(path)
    assert path.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "theirs.sqlite"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("CREATE TABLE sources (theirs TEXT)")
    with pytest.raises(StoreError, match="another program"):
        SqliteStore.open(path, now=NOW)


# ---------------------------------------------------------------- a file in trouble


@pytest.mark.parametrize("opened", ["open", "open_readonly"])
def test_a_file_that_is_no_database_is_said_to_be_damaged(path, opened):
    path.parent.mkdir()
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="damaged: put back a backup with `aggregator restore FILE`"):
        SqliteStore.open(path, now=NOW) if opened == "open" else SqliteStore.open_readonly(path)


def test_damaged_pages_are_found_when_they_are_read(path):
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([URL])
    with closing(sqlite3.connect(path)) as conn:
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sources'").fetchone()[0] - 1
    content = bytearray(path.read_bytes())
    content[page * 4096 : page * 4096 + 100] = b"\xff" * 100
    path.write_bytes(content)
    with closing(SqliteStore.open_readonly(path)) as store, pytest.raises(StoreError, match="damaged"):
        store.source_states()


def test_a_locked_database_is_said_to_be_locked(path, monkeypatch):
    monkeypatch.setattr("aggregator.store.connection.BUSY_TIMEOUT_SECONDS", 0.01)
    with closing(SqliteStore.open(path, now=NOW)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another program"):
            store.sync_sources([URL])
        assert store.source_states() == ()  # reading goes on
        other.rollback()
        store.sync_sources([URL])
        assert len(store.source_states()) == 1


def test_a_full_disk_is_said_and_loses_nothing(path):
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([URL])
        (claim,) = store.claim_due(now=NOW, limit=1, lease=timedelta(minutes=1), worker="w")
        conn = store._database.conn
        n_pages = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {n_pages}")
        changes = [
            ArticleChange(kind=ChangeKind.NEW, article=article(f"a{n}", content="long " * 1000)) for n in range(9)
        ]
        record = PollRecord(source_url=URL, polled_at=NOW, outcome="new")
        with pytest.raises(StoreError, match="full: free some space"):
            store.complete(claim, state(etag='"new"'), changes, record)
        assert store.source_states() == (state(),)
        assert store.counts().n_articles == 0
        conn.execute("PRAGMA max_page_count = 100000")
        assert store.complete(claim, state(etag='"new"'), changes, record) is True
        assert store.counts().n_articles == 9


def test_a_text_that_cannot_be_stored_is_refused_whole(path):
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([URL])
        (claim,) = store.claim_due(now=NOW, limit=1, lease=timedelta(minutes=1), worker="w")
        changes = [ArticleChange(kind=ChangeKind.NEW, article=article(each)) for each in ("good", "lone \ud800")]
        with pytest.raises(StoreError, match="failed"):
            store.complete(claim, claim.state, changes, PollRecord(source_url=URL, polled_at=NOW, outcome="new"))
        assert store.counts().n_articles == 0


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot make the folder"):
        SqliteStore.open(tmp_path / "file" / "a.sqlite", now=NOW)


def test_a_folder_in_the_place_of_the_database_is_said_in_words(tmp_path):
    with pytest.raises(StoreError, match="cannot be opened or written"):
        SqliteStore.open(tmp_path, now=NOW)


def test_a_readonly_folder_is_said_when_opening(readonly_folder):
    with unprivileged(), pytest.raises(StoreError, match="cannot be opened or written"):
        SqliteStore.open(readonly_folder / "a.sqlite", now=NOW)


def test_a_readonly_folder_can_be_looked_at(readonly_folder):
    with unprivileged(), closing(SqliteStore.open_readonly(readonly_folder / "a.sqlite")) as store:
        assert store.counts().n_articles == 0


# ---------------------------------------------------------------- looking beside a writer


def test_looking_needs_a_database(path):
    with pytest.raises(StoreError, match="no database yet: run `aggregator poll` first"):
        SqliteStore.open_readonly(path)
    assert not path.parent.exists()


def test_looking_sees_what_is_saved_and_saves_nothing(path):
    with closing(SqliteStore.open(path, now=NOW)) as writer, closing(SqliteStore.open_readonly(path)) as reader:
        writer.sync_sources([URL])
        assert len(reader.source_states()) == 1
        with pytest.raises(StoreError):
            reader.sync_sources([])
        assert len(writer.source_states()) == 1


def test_an_odd_path_is_no_option(tmp_path):
    path = tmp_path / "a?mode=memory#%20 ü.sqlite"
    make(path)
    assert path.exists()
    SqliteStore.open_readonly(path).close()


def test_minting_survives_a_power_cut_and_the_setting_does_not_linger(path):
    with closing(SqliteStore.open(path, now=NOW)) as store:
        conn, seen = store._database.conn, []
        conn.set_trace_callback(lambda sql: seen.append(sql) if "synchronous" in sql or sql == "COMMIT" else None)
        store.save_clustering(Clustering(), now=NOW)
        store.save_published([])
        assert seen == ["PRAGMA synchronous = FULL", "COMMIT", "PRAGMA synchronous = NORMAL"] * 2
        with pytest.raises(StoreError):
            store.save_clustering(Clustering(memberships=(membership("none", "s1"),)), now=NOW)
        assert conn.execute("PRAGMA synchronous").fetchone() == (1,)


def test_a_transaction_keeps_all_or_nothing(path):
    make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        insert = "INSERT INTO migrations VALUES (99, 'x', 0)"
        with pytest.raises(KeyboardInterrupt), transaction(conn, write=True):
            raise KeyboardInterrupt(conn.execute(insert))
        assert conn.execute("SELECT count(*) FROM migrations WHERE n = 99").fetchone() == (0,)


# ---------------------------------------------------------------- how it is found


@pytest.mark.parametrize(
    ("method", "arguments", "index"),
    [
        ("claim_due", {"now": NOW, "limit": 9, "lease": timedelta(1), "worker": "w"}, "sources_due"),
        ("unplaced_articles", {}, "articles_unplaced"),
        ("stale_stories", {}, "stories_stale"),
        ("unrendered_stories", {}, "stories_unrendered"),
        ("live_stories", {"since": NOW}, "articles_live"),
        ("recent_articles", {"limit": 9}, "articles_recent"),
        ("newest_revisions", {"limit": 9}, "stories_newest"),
        ("story_ids_of", {"url": "https://one.example/1"}, "articles_address"),
        ("known_articles", {"source_url": URL}, "articles_of_source"),
    ],
)
def test_what_is_asked_often_is_found_by_an_index(path, method, arguments, index):
    with closing(SqliteStore.open(path, now=NOW)) as store:
        seen: list[str] = []
        store._database.conn.set_trace_callback(seen.append)
        getattr(store, method)(**arguments)
        store._database.conn.set_trace_callback(None)
        selects = [sql for sql in seen if sql.lstrip().startswith("SELECT")]
        assert selects
        for select in selects:
            plan = [row[3] for row in store._database.conn.execute(f"EXPLAIN QUERY PLAN {select}")]
            assert any(index in step for step in plan), plan
            assert not any(step.startswith("SCAN") and index not in step and step != "SCAN live" for step in plan), plan


# ---------------------------------------------------------------- kill -9

N_SOURCES = 120
N_ARTICLES = 25
WRITER = f"""
import sys
from dataclasses import replace
from datetime import timedelta
from dataclasses import replace
from pathlib import Path
from aggregator.model import ArticleChange, ChangeKind, PollRecord
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, article, at
store = SqliteStore.open(Path(sys.argv[1]), now=NOW)
store.sync_sources([f"https://s{{n}}.example/feed.xml" for n in range({N_SOURCES})])
store.release_claims("writer")
while claims := store.claim_due(now=NOW, limit=10, lease=timedelta(hours=1), worker="writer"):
    for claim in claims:
        url = claim.state.url
        found = [article(f"{{url}}-{{n}}", source_url=url, text="word " * 300) for n in range({N_ARTICLES})]
        changes = [ArticleChange(kind=ChangeKind.NEW, article=each) for each in found]
        after = replace(claim.state, n_articles={N_ARTICLES}, next_poll_at=at(1))
        assert store.complete(claim, after, changes, PollRecord(source_url=url, polled_at=NOW, outcome="new"))
        print("saved", flush=True)
print("all saved", flush=True)
"""


def write_until(path: Path, n_saved: int | None) -> None:
    """Run the writer and kill it after it saved some sources; ``None``: let it end."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for n, line in enumerate(writer.stdout):
            if line == "all saved\n" or n == n_saved:
                break
        if n_saved is not None:
            writer.kill()


def assert_whole(path: Path) -> int:
    """Insist that every source is whole or absent. Gives how many are whole."""
    with closing(sqlite3.connect(path)) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
        assert (
            conn.execute("SELECT count(*) FROM texts").fetchone()
            == conn.execute("SELECT count(*) FROM articles").fetchone()
        )
        n_lines = conn.execute("SELECT count(*) FROM polls").fetchone()[0]
    with closing(SqliteStore.open_readonly(path)) as store:
        for each in store.source_states():
            assert len(store.known_articles(each.url)) == each.n_articles
            assert (each.n_articles, each.next_poll_at) in {(0, None), (N_ARTICLES, at(1))}
        n_whole = sum(each.n_articles > 0 for each in store.source_states())
    assert n_lines == n_whole
    return n_whole


def test_a_writer_that_is_killed_leaves_every_source_whole_or_absent(path):
    chance = random.Random(1)
    n_before = 0
    for _ in range(5):
        write_until(path, chance.randint(0, 20))
        n_whole = assert_whole(path)
        assert n_whole >= n_before
        n_before = n_whole
    assert 0 < n_before < N_SOURCES
    write_until(path, None)
    assert assert_whole(path) == N_SOURCES


def test_the_days_of_polls_that_were_noted_before_are_added_up(path):
    path.parent.mkdir(exist_ok=True)
    at_three = 3 * 3_600_000_000
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        migrate(conn, path, now=NOW, migrations=read_migrations()[:2])
        conn.execute("INSERT INTO sources (url, due_at, state) VALUES ('u', 0, '{}')")
        for i, outcome in enumerate(("new", "failed", "unchanged")):
            conn.execute("INSERT INTO polls VALUES (?, 'u', ?, 2, 1, 0.25, '')", (at_three + i, outcome))
        migrate(conn, path, now=NOW)
        assert conn.execute("SELECT * FROM poll_days").fetchall() == [(0, "u", 3, 1, 1, 6, 3, 750_000, 0.25)]


# ---------------------------------------------------------------- disk and log


def test_a_full_disk_is_said_with_what_to_do_and_nothing_of_the_poll_is_saved(path: Path) -> None:
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([URL])
        (claim,) = store.claim_due(now=NOW, limit=1, lease=timedelta(1), worker="w", force=True)
        conn = store._database.conn
        n_pages = conn.execute("PRAGMA page_count").fetchone()[0]
        conn.execute(f"PRAGMA max_page_count = {n_pages + 4}")  # what SQLite says then is what it says of a full disk
        changes = [
            ArticleChange(kind=ChangeKind.NEW, article=replace(article(f"a{n}"), source_url=URL, text="long " * 4000))
            for n in range(8)
        ]
        record = PollRecord(source_url=URL, polled_at=NOW, outcome="new", n_new=8)
        with pytest.raises(StoreError, match="is full: free some space and run again"):
            store.complete(claim, replace(claim.state, last_polled_at=NOW), changes, record)
        assert store.counts().n_articles == 0
        conn.execute("PRAGMA max_page_count = 1000000")
        assert store.complete(claim, replace(claim.state, last_polled_at=NOW), changes, record)


def test_the_log_stays_small_however_much_is_written(path: Path) -> None:
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([URL])
        log = path.with_name(path.name + "-wal")
        for n in range(30):
            (claim,) = store.claim_due(now=at(n), limit=1, lease=timedelta(1), worker="w", force=True)
            changes = [
                ArticleChange(
                    kind=ChangeKind.NEW,
                    article=replace(article(f"a{n}-{k}"), source_url=URL, text="long " * 8000),
                )
                for k in range(25)
            ]
            record = PollRecord(source_url=URL, polled_at=at(n), outcome="new", n_new=25)
            assert store.complete(claim, replace(claim.state, last_polled_at=at(n)), changes, record)
        assert path.stat().st_size > 25_000_000
        assert log.stat().st_size < 20_000_000  # 16 MB are written back by the next commit


# ---------------------------------------------------------------- what is remembered


def test_a_revision_is_read_from_the_file_once_and_again_when_another_wrote_to_it(path):
    make(path)
    with closing(SqliteStore.open(path, now=NOW)) as store, closing(SqliteStore.open(path, now=NOW)) as other:
        store.sync_sources([URL])
        (claim,) = store.claim_due(now=NOW, limit=1, lease=timedelta(1), worker="w")
        changes = [ArticleChange(kind=ChangeKind.NEW, article=article(id_)) for id_ in ("a1", "a2")]
        record = PollRecord(source_url=URL, polled_at=NOW, outcome="new", n_new=2, n_modified=0)
        store.complete(claim, claim.state, changes, record)
        store.save_clustering(Clustering(memberships=(membership("a1", "s1"), membership("a2", "s2"))), now=NOW)
        for story_id in ("s1", "s2"):
            store.save_revision(story_id, revision(story_id))
        first = store.newest_revisions(limit=9)
        assert [each.story_id for each in first] == ["s1", "s2"]
        store.save_revision("s2", revision("s2", 2, newest_at=at(1)))
        grown, same = store.newest_revisions(limit=9)
        assert (grown.story_id, grown.n) == ("s2", 2)
        assert same is first[0]
        assert store.newest_revisions(limit=1) == (grown,)
        other.hide_stories(["s2"])
        (read,) = store.newest_revisions(limit=9)
        assert read == same
        assert read is not same
