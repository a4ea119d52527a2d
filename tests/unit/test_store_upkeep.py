"""What keeps a database over the years: damage is found, copies are whole, what is dropped is no one's."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.model import ArticleChange, ChangeKind, Clustering, PollRecord
from aggregator.store import upkeep
from aggregator.store.readings import KEPT
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, article, at, membership, revision

URL = "https://one.example/feed.xml"
LATER = at(24 * 200)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "aggregator.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore.open(path, now=NOW)
    fill(made)
    yield made
    made.close()


def fill(store: SqliteStore, *, hours: float = 0, ids: tuple[str, ...] = ("a1", "a2"), story_id: str = "s1") -> None:
    """Poll a source, put its articles into one story, summarise and render it."""
    articles = [
        replace(article(each), source_url=URL, first_seen_at=at(hours), modified_at=at(hours), text=f"Text of {each}.")
        for each in ids
    ]
    store.sync_sources([URL])
    (claim,) = store.claim_due(now=at(hours), limit=1, lease=timedelta(1), worker="w", force=True)
    changes = [ArticleChange(kind=ChangeKind.NEW, article=each) for each in articles]
    record = PollRecord(source_url=URL, polled_at=at(hours), outcome="new", n_new=len(ids))
    assert store.complete(claim, replace(claim.state, last_polled_at=at(hours)), changes, record)
    members = tuple(membership(each, story_id) for each in ids)
    store.save_clustering(Clustering(memberships=members), now=at(hours))
    store.save_revision(story_id, revision(story_id))
    store.mark_rendered([story_id])


def texts(path: Path) -> dict[str, str]:
    with closing(SqliteStore.open_readonly(path)) as store:
        return {each.id: each.text for each in store.articles(["a1", "a2", "b1"])}


def break_pages(path: Path) -> None:
    """Overwrite the middle of a database, as a failing disk does."""
    body = bytearray(path.read_bytes())
    body[4096 * 3 : 4096 * 9] = b"\xa5" * (4096 * 6)
    path.write_bytes(body)


# ---------------------------------------------------------------- damage


def test_a_sound_database_has_no_damage(path: Path, store: SqliteStore) -> None:
    assert upkeep.damage(path) == ()


def test_overwritten_pages_are_found(path: Path, store: SqliteStore) -> None:
    store.close()
    break_pages(path)
    try:
        found = upkeep.damage(path)
    except StoreError as error:
        found = (str(error),)
    assert found


def test_a_row_that_points_nowhere_is_found(path: Path, store: SqliteStore) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("UPDATE memberships SET story_id = 'nowhere' WHERE article_id = 'a1'")
        conn.commit()
    assert any("memberships" in each and "stories" in each for each in upkeep.damage(path))


# ---------------------------------------------------------------- backup and restore


def test_a_backup_is_one_whole_file_of_the_moment(path: Path, store: SqliteStore, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    assert upkeep.backup(path, target) == target.stat().st_size
    fill(store, hours=1, ids=("b1",), story_id="s2")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.sqlite", "data"]
    assert target.stat().st_mode & 0o077 == 0, "for this user only"
    with closing(SqliteStore.open_readonly(target)) as copy:
        assert copy.counts().n_articles == 2


def test_a_backup_is_made_while_a_writer_is_in_the_middle_of_a_transaction(
    path: Path, store: SqliteStore, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE articles SET title = 'half done'")
        upkeep.backup(path, tmp_path / "copy.sqlite")
        writer.execute("ROLLBACK")
    with closing(SqliteStore.open_readonly(tmp_path / "copy.sqlite")) as copy:
        assert all(each.title != "half done" for each in copy.articles(["a1", "a2"]))


def test_a_backup_replaces_an_older_one_and_nothing_else(path: Path, store: SqliteStore, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    upkeep.backup(path, target)
    upkeep.backup(path, target)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear reader")
    for wrong in (letter, tmp_path, path):
        with pytest.raises(StoreError, match="no backup"):
            upkeep.backup(path, wrong)
    assert letter.read_text() == "Dear reader"
    with pytest.raises(StoreError, match="cannot write"):
        upkeep.backup(path, tmp_path / "no" / "folder" / "copy.sqlite")


def test_a_damaged_database_does_not_replace_a_good_backup(path: Path, store: SqliteStore, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    upkeep.backup(path, target)
    good = target.read_bytes()
    store.close()
    break_pages(path)
    with pytest.raises(StoreError):
        upkeep.backup(path, target)
    assert target.read_bytes() == good
    assert not list(tmp_path.glob(".tmp-*"))


def test_a_backup_comes_back_and_the_old_database_stays_beside(path: Path, store: SqliteStore, tmp_path: Path) -> None:
    upkeep.backup(path, tmp_path / "copy.sqlite")
    fill(store, hours=1, ids=("b1",), story_id="s2")
    store.close()
    kept = upkeep.restore(path, tmp_path / "copy.sqlite")
    assert kept == path.with_name("aggregator.sqlite.before-restore")
    assert texts(path) == {"a1": "Text of a1.", "a2": "Text of a2."}
    assert len(texts(kept)) == 3
    with closing(SqliteStore.open(path, now=NOW)) as again:
        fill(again, hours=2, ids=("b1",), story_id="s2")
    assert upkeep.damage(path) == ()


def test_the_log_of_the_old_database_is_never_read_into_the_restored_one(
    path: Path, store: SqliteStore, tmp_path: Path
) -> None:
    upkeep.backup(path, tmp_path / "copy.sqlite")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        fill(store, hours=1, ids=("b1",), story_id="s2")
        store.close()
        assert path.with_name("aggregator.sqlite-wal").stat().st_size, "the reader holds it"
        kept = upkeep.restore(path, tmp_path / "copy.sqlite")
        assert texts(path) == {"a1": "Text of a1.", "a2": "Text of a2."}
        assert upkeep.damage(path) == ()
    assert kept is not None
    assert len(texts(kept)) == 3


def test_a_backup_is_restored_where_there_is_no_database(path: Path, store: SqliteStore, tmp_path: Path) -> None:
    upkeep.backup(path, tmp_path / "copy.sqlite")
    new = tmp_path / "new" / "aggregator.sqlite"
    assert upkeep.restore(new, tmp_path / "copy.sqlite") is None
    assert texts(new) == texts(path)


def test_what_is_no_sound_backup_changes_nothing(path: Path, store: SqliteStore, tmp_path: Path) -> None:
    upkeep.backup(path, tmp_path / "good.sqlite")
    store.close()
    before = path.read_bytes()
    wrong: dict[str, str] = {"text": "no backup", "foreign": "no backup", "newer": "newer", "broken": "damaged"}
    (tmp_path / "text").write_text("no database at all")
    with closing(sqlite3.connect(tmp_path / "foreign")) as conn:
        conn.execute("CREATE TABLE recipes (name)")
    shutil.copy(tmp_path / "good.sqlite", tmp_path / "newer")
    with closing(sqlite3.connect(tmp_path / "newer")) as conn:
        conn.execute("PRAGMA user_version = 9999")
    shutil.copy(tmp_path / "good.sqlite", tmp_path / "broken")
    break_pages(tmp_path / "broken")
    for name, words in wrong.items():
        with pytest.raises(StoreError, match=words):
            upkeep.restore(path, tmp_path / name)
    with pytest.raises(StoreError, match="no backup"):
        upkeep.restore(path, tmp_path / "missing")
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*before-restore*"))
    assert not list(path.parent.glob(".tmp-*"))


# ---------------------------------------------------------------- prune


def prune(path: Path, *, texts_days: float = 90, polls_days: float = 90) -> upkeep.Pruned:
    return upkeep.prune(
        path,
        texts_before=LATER - timedelta(days=texts_days),
        polls_before=LATER - timedelta(days=polls_days),
        now=LATER,
    )


def test_texts_of_closed_stories_and_old_polls_go_and_all_else_stays(path: Path, store: SqliteStore) -> None:
    fill(store, hours=24 * 150, ids=("b1",), story_id="s2")
    before = (store.counts(), store.known_articles(URL), store.story("s1"), store.revisions("s1"))
    pruned = prune(path)
    assert (pruned.n_texts, pruned.n_polls) == (2, 1)
    assert texts(path) == {"a1": "", "a2": "", "b1": "Text of b1."}
    assert (store.counts(), store.known_articles(URL), store.story("s1"), store.revisions("s1")) == before
    assert [each.polled_at for each in store.poll_history(since=NOW)] == [at(24 * 150)]
    assert prune(path) == upkeep.Pruned(), "nothing is left to do"
    assert upkeep.damage(path) == ()


def test_vectors_go_with_the_texts(path: Path, store: SqliteStore) -> None:
    store.save_vectors({"old": b"1"}, now=NOW)
    store.save_vectors({"new": b"2"}, now=LATER)
    assert prune(path).n_vectors == 1
    assert store.vectors(["old", "new"]) == {"new": b"2"}


def test_readings_go_with_the_texts(path: Path, store: SqliteStore) -> None:
    read = store.articles(["a1", "a2"])
    store.save_readings("r1", [(each, b"words") for each in read], now=LATER)
    assert prune(path).n_texts == 2
    assert store.readings("r1", ["a1", "a2"]) == {}


def test_old_readings_go_when_new_ones_are_kept(path: Path, store: SqliteStore) -> None:
    one, other = store.articles(["a1", "a2"])
    store.save_readings("r1", [(one, b"1")], now=NOW)
    store.save_readings("r1", [(other, b"2")], now=NOW + KEPT)
    assert store.readings("r1", ["a1", "a2"]) == {"a1": b"1", "a2": b"2"}
    store.save_readings("r1", [(other, b"3")], now=NOW + KEPT + timedelta(seconds=1))
    assert store.readings("r1", ["a1", "a2"]) == {"a2": b"3"}


def test_a_story_that_still_grows_keeps_all_its_texts(path: Path, store: SqliteStore) -> None:
    fill(store, hours=24 * 150, ids=("b1",), story_id="s2")
    store.save_clustering(Clustering(memberships=(membership("b1", "s1"),)), now=LATER)
    store.save_revision("s1", None)
    store.mark_rendered(["s1"])
    assert prune(path).n_texts == 0


@pytest.mark.parametrize("is_stale", [True, False])
def test_a_story_that_waits_for_a_build_keeps_its_texts(path: Path, store: SqliteStore, is_stale: bool) -> None:
    mark = "is_stale" if is_stale else "is_unrendered"
    with closing(sqlite3.connect(path)) as conn:
        conn.execute(f"UPDATE stories SET {mark} = 1")
        conn.commit()
    assert prune(path).n_texts == 0


def test_a_story_without_its_texts_keeps_its_last_summary(path: Path, store: SqliteStore) -> None:
    prune(path)
    (claim,) = store.claim_due(now=LATER, limit=1, lease=timedelta(1), worker="w", force=True)
    edited = replace(store.articles(["a1"])[0], text="Edited after years.", modified_at=LATER)
    record = PollRecord(source_url=URL, polled_at=LATER, outcome="changed", n_modified=1)
    store.complete(claim, claim.state, [ArticleChange(kind=ChangeKind.MODIFIED, article=edited)], record)
    assert store.stale_stories() == ()
    assert texts(path)["a1"] == "Edited after years."


def test_live_stories_are_given_without_the_texts_that_are_gone(path: Path, store: SqliteStore) -> None:
    prune(path)
    (story,) = store.live_stories(since=at(-24 * 3650))
    assert [each.text for each in story.articles] == ["", ""]


def test_a_database_that_is_much_too_large_is_made_smaller(path: Path, store: SqliteStore) -> None:
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("UPDATE texts SET text = ?", ("x" * 10_000_000,))
        conn.commit()
    pruned = prune(path)
    assert pruned.n_bytes > 19_000_000
    assert path.stat().st_size < 400_000
    assert store.counts().n_articles == 2, "a store that was open meanwhile goes on"


def test_prune_makes_no_database_and_knows_no_future(path: Path) -> None:
    with pytest.raises(StoreError, match="aggregator poll"):
        prune(path)
    assert not path.exists()
    with pytest.raises(StoreError, match="to come"):
        upkeep.prune(path, texts_before=LATER, polls_before=NOW, now=NOW)
