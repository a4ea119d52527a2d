"""A source that is taken down leaves no byte in the database's files, whoever looks into them meanwhile."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from aggregator.model import ArticleChange, ChangeKind, PollRecord
from aggregator.store.sqlite import SqliteStore
from aggregator.store.takedown import take_down
from tests.builders import NOW, article

GONE, STAYS = "https://gone.example/feed.xml", "https://stays.example/feed.xml"
SECRET = "Quelmar of Zyxquorn"  # stands in every text of the source


def files(path: Path) -> bytes:
    return b"".join(each.read_bytes() for each in path.parent.iterdir())


def test_no_byte_is_left_in_file_or_log(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.sqlite"
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([GONE, STAYS])
        claims = store.claim_due(now=NOW, limit=2, lease=NOW - NOW.replace(year=NOW.year - 1), worker="w", force=True)
        for claim in claims:
            url = claim.state.url
            words = SECRET if url == GONE else "The bridge of Vestby"
            told = [
                replace(article(f"{n}-{url[8:12]}"), source_url=url, title=f"{words} {n}", text=f"{words} {n}. " * 300)
                for n in range(40)
            ]
            changes = [ArticleChange(kind=ChangeKind.NEW, article=each) for each in told]
            record = PollRecord(source_url=url, polled_at=NOW, outcome="new", n_new=len(told))
            assert store.complete(claim, replace(claim.state, last_polled_at=NOW), changes, record)
    assert SECRET.encode() in files(path)
    with closing(sqlite3.connect(path)) as looking:  # so that the log is not folded in by the last who closes
        looking.execute("SELECT count(*) FROM articles").fetchone()
        done = take_down(path, GONE, lambda summary, ids: None)
        assert done.n_articles == 40
        found = files(path)
    assert SECRET.encode() not in found
    assert b"The bridge of Vestby 39" in found
