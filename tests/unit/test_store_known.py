"""Finding the stored articles that a body's may be: by look-up, with the same decisions as with all of them at hand."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.intake.identity import diff, key_ids
from aggregator.intake.urls import canonical_url
from aggregator.model import (
    ArticleChange,
    ChangeKind,
    Enclosure,
    KnownArticle,
    ParsedArticle,
    PollRecord,
    Signs,
    Sought,
    Source,
)
from aggregator.store import known, rows
from aggregator.store.schema import migrate, read_migrations
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, article, at, parsed_feed, source

URL = "https://one.example/feed.xml"
MANY_WAYS = ((2, 1), (3, 1), (3, 4), (known.MANY, 0))  # what counts as many; how much one statement may find

GUIDS = ("", "g1", "g2", "https://one.example/1", "http://www.one.example/1#2", "https://one.example/1?utm_source=x")
LINKS = ("", "https://one.example/1", "https://one.example/1?a=1", "https://one.example/1?b", "https://one.example/2")
ARTICLES = st.builds(
    ParsedArticle,
    guid=st.sampled_from(GUIDS),
    link=st.sampled_from(LINKS),
    title=st.sampled_from(("", "One", "Other")),
    summary=st.sampled_from(("", "What happened.", "Something else.")),
    published_at=st.sampled_from((None, NOW, at(-1))),
    enclosures=st.sampled_from(((), (Enclosure(url="https://one.example/1.mp3"),))),
)
POLLS = st.lists(st.lists(ARTICLES, max_size=6), min_size=2, max_size=6)


def save(store: SqliteStore, changes: Sequence[ArticleChange], *, now: datetime, url: str = URL) -> None:
    (claim,) = store.claim_due(now=now, limit=1, lease=timedelta(hours=1), worker="w", force=True, url=url)
    assert store.complete(claim, claim.state, changes, PollRecord(source_url=url, polled_at=now, outcome="new"))


@settings(max_examples=150, deadline=None)  # the first example opens files
@given(polls=POLLS, unnoted=st.integers(0, 3))
def test_a_look_up_decides_as_all_that_is_stored(
    tmp_path_factory: pytest.TempPathFactory, polls: list[list[ParsedArticle]], unnoted: int
) -> None:
    """The oracle is what polls did before: to compare with every stored article of the source."""
    path = tmp_path_factory.mktemp("known") / "a.sqlite"
    with closing(SqliteStore.open(path, now=NOW)) as store:
        store.sync_sources([URL])
        conn = store._database.conn
        for hour, articles in enumerate(polls):
            feed, now = parsed_feed(*articles), at(hour)
            everything = store.known_articles(URL)
            expected = diff(feed, source=source(URL), recall=lambda sought, all_=everything: all_, now=now)
            for many, most in MANY_WAYS:
                recall = partial(known.articles_like, conn, URL, many=many, most=most)
                assert diff(feed, source=source(URL), recall=recall, now=now) == expected, (many, most)
            save(store, expected, now=now)
            # as if some had been stored by a version that did not note which page a guid names
            conn.execute("UPDATE articles SET guid_url = NULL WHERE n % 4 = ? AND guid <> ''", (unnoted,))


def stored_many(
    store: SqliteStore, articles: Iterator[ParsedArticle] | Sequence[ParsedArticle], source: Source
) -> None:
    changes = diff(parsed_feed(*articles), source=source, recall=None, now=NOW)
    save(store, changes, now=NOW)


@pytest.mark.parametrize("shared", ["guid", "link", "title", "guid and link", "all but text"])
def test_what_a_source_calls_alike_is_not_read_whole(tmp_path: Path, shared: str) -> None:
    """2,000 articles of one guid, address or title: a poll finds its own, and reads a bounded number."""

    def one(n: int) -> ParsedArticle:
        return ParsedArticle(
            guid="same" if "guid" in shared or "all" in shared else f"g{n}",
            link=f"https://one.example/{'' if 'link' in shared or 'all' in shared else n}",
            title="Same" if "title" in shared or "all" in shared else f"Title {n}",
            summary=f"What happened on day {n}.",
            published_at=NOW - timedelta(hours=n),
        )

    with closing(SqliteStore.open(tmp_path / "a.sqlite", now=NOW)) as store:
        store.sync_sources([URL])
        stored_many(store, [one(n) for n in range(2000)], source(URL))
        n_found = []

        def recall(sought: Sought) -> tuple[KnownArticle, ...]:
            found = store.articles_like(URL, sought)
            n_found.append(len(found))
            return found

        seen = diff(parsed_feed(*(one(n) for n in range(25))), source=source(URL), recall=recall, now=at(1))
        assert [each.kind for each in seen] == [ChangeKind.UNCHANGED] * 25
        assert sum(n_found) <= 600


def test_an_id_that_is_stored_is_never_minted_again(tmp_path: Path) -> None:
    """Ids beyond the first choice are asked for one by one."""
    with closing(SqliteStore.open(tmp_path / "a.sqlite", now=NOW)) as store:
        store.sync_sources([URL])
        given = ParsedArticle(guid="g1", link="https://one.example/1", title="One", published_at=NOW)
        (first_id,) = key_ids(parsed_feed(given), source_url=URL)
        ids = [first_id]
        for n in range(4):  # articles of another name stand under each id that the new one would get
            others = [article(each, source_url=URL, guid=f"other{i}", title=f"Other {i}") for i, each in enumerate(ids)]
            save(store, [ArticleChange(kind=ChangeKind.NEW, article=each) for each in others], now=at(n))
            recall = partial(store.articles_like, URL)
            (change,) = diff(parsed_feed(given), source=source(URL), recall=recall, now=at(n))
            assert change.kind is ChangeKind.NEW
            assert change.article.id not in ids
            ids.append(change.article.id)


def test_only_the_rows_that_are_sought_are_read(tmp_path: Path) -> None:
    with closing(SqliteStore.open(tmp_path / "a.sqlite", now=NOW)) as store:
        conn = store._database.conn
        signs = Signs(
            guid="g1", guid_url=canonical_url("https://one.example/2"), link="https://one.example/1", title="One"
        )
        for sought in (Sought(ids=("a1",), signs=(signs,)), Sought(signs=(Signs(),))):
            seen: list[str] = []
            conn.set_trace_callback(seen.append)
            known.articles_like(conn, URL, sought)
            known.article_times(conn, URL, until=NOW, limit=20)
            conn.set_trace_callback(None)
            for sql in seen:
                plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
                scans = [step for step in plan if step.startswith("SCAN") and "json_each" not in step]
                assert [each for each in scans if each.split()[1] not in ("v", "times")] == [], plan


def test_a_database_of_before_is_counted_and_compared_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with closing(SqliteStore.open(path, now=NOW)) as store:  # written by this version, made to look like one of before
        store.sync_sources([URL, "https://two.example/feed.xml"])
        twin = {"guid": "g1", "link": "https://one.example/1", "canonical_url": "https://one.example/1", "title": "One"}
        given = [article("a1", source_url=URL, **twin), article("a2", source_url=URL, **twin)]
        save(store, [ArticleChange(kind=ChangeKind.NEW, article=each) for each in given], now=NOW)
    steps = read_migrations()
    with closing(sqlite3.connect(path, isolation_level=None)) as conn:
        for name in ("guid", "guid_url", "unnoted", "title", "nameless", "of_source", "address"):
            conn.execute(f"DROP INDEX articles_{name}")
        conn.execute("ALTER TABLE articles DROP COLUMN guid_url")
        conn.execute("CREATE INDEX articles_of_source ON articles (source_url)")
        conn.execute("CREATE INDEX articles_address ON articles (canonical_url) WHERE canonical_url <> ''")
        conn.execute("DROP TABLE readings")
        conn.execute("DELETE FROM migrations WHERE n >= 8")
        conn.execute("PRAGMA user_version = 7")
        migrate(conn, path, now=NOW, migrations=steps[:8])
        assert conn.execute("SELECT guid_url FROM articles").fetchall() == [(None,), (None,)]
    with closing(SqliteStore.open(path, now=NOW)) as store:
        one, two = store.source_states()
        assert (one.n_articles, one.has_twins) == (2, True)
        assert (two.n_articles, two.has_twins) == (0, False)
        assert {each.id for each in store.articles_like(URL, Sought(signs=(Signs(guid="no such"),)))} == {"a1", "a2"}
        assert [each.guid_url for each in store.articles(["a1", "a2"])] == ["", ""]


@given(
    st.lists(st.integers(-3_000_000, 9_000_000), max_size=40),
    st.integers(-4_000_000, 10_000_000),
    st.sampled_from([1, 2, 5]),
)
def test_the_short_way_to_the_last_times_gives_what_the_long_one_gives(
    times: list[int], until: int, limit: int
) -> None:
    """However many articles one second has."""
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE TABLE articles (source_url TEXT, at INTEGER)")
    conn.executemany("INSERT INTO articles VALUES ('u', ?)", [(at,) for at in times])
    bound = {"url": "u", "until": until, "limit": limit}
    long = [at for (at,) in conn.execute(known._TIMES, bound)]
    newest = max(times, default=None)
    expected = long if newest is None or newest in long else [newest, *long]
    found = known.article_times(conn, "u", until=rows.from_microseconds(until), limit=limit)
    conn.close()
    assert [rows.to_microseconds(each) for each in found] == expected
