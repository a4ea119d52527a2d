"""The store in one SQLite file, through sqlite-utils.

Owns which calls are transactions and which of them must survive a power cut. The statements stand by subject in
:mod:`.polls`, :mod:`.placing` and :mod:`.publishing`; :mod:`.connection` opens the file and translates its errors.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.model import (
    Article,
    ArticleChange,
    Claim,
    Clustering,
    KnownArticle,
    LiveStory,
    Membership,
    PollDay,
    PollRecord,
    Published,
    Revision,
    Sought,
    SourceState,
    Story,
    StoryDay,
    Subscription,
)
from aggregator.store import known, placing, polls, publishing
from aggregator.store import readings as reading
from aggregator.store import subscriptions as pushing
from aggregator.store import vectors as meaning
from aggregator.store.base import Completion, Counts
from aggregator.store.connection import OpenDatabase, open_database, open_database_readonly, transaction, translated
from aggregator.store.schema import check_present, migrate


class SqliteStore:
    """A :class:`.base.Store` in one file. Call it from one thread at a time."""

    def __init__(self, database: OpenDatabase, path: Path) -> None:
        self._database = database
        self._path = path
        self._latest = publishing.Latest()

    @classmethod
    def open(cls, path: Path, *, now: datetime) -> "SqliteStore":
        """Open or make the database and bring its schema up to date.

        Raises:
            StoreError: It is damaged, locked, of a newer version, or cannot be written; in words, with what to do.
        """
        database = open_database(path)
        try:
            with translated(path):
                migrate(database.conn, path, now=now)
        except BaseException:
            database.close()
            raise
        return cls(database, path)

    @classmethod
    def open_readonly(cls, path: Path) -> "SqliteStore":
        """Open a database to look at it, beside a running daemon too. Methods that save raise ``StoreError``.

        Raises:
            StoreError: There is none yet, or it is damaged or of another version.
        """
        database = open_database_readonly(path)
        try:
            with translated(path):
                check_present(database.conn, path)
        except BaseException:
            database.close()
            raise
        return cls(database, path)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with translated(self._path), transaction(self._database.conn, write=False) as conn:
            yield conn

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        with translated(self._path), transaction(self._database.conn, write=True, durable=durable) as conn:
            yield conn

    # -- sources and polls

    def sync_sources(self, urls: Sequence[str]) -> None:
        """See :meth:`.base.Store.sync_sources`."""
        with self._writing() as conn:
            polls.sync_sources(conn, urls)

    def claim_due(
        self, *, now: datetime, limit: int, lease: timedelta, worker: str, force: bool = False, url: str = ""
    ) -> tuple[Claim, ...]:
        """See :meth:`.base.Store.claim_due`."""
        with self._writing() as conn:
            return polls.claim_due(conn, now=now, limit=limit, lease=lease, worker=worker, force=force, url=url)

    def complete(self, claim: Claim, state: SourceState, changes: Sequence[ArticleChange], record: PollRecord) -> bool:
        """See :meth:`.base.Store.complete`."""
        return self.complete_many([Completion(claim=claim, state=state, changes=changes, record=record)])[0]

    def complete_many(self, completions: Sequence[Completion]) -> tuple[bool, ...]:
        """See :meth:`.base.Store.complete_many`."""
        if not completions:
            return ()
        with self._writing() as conn:
            return polls.complete_many(conn, completions)

    def postpone(self, urls: Sequence[str], *, until: datetime, reason: str) -> None:
        """See :meth:`.base.Store.postpone`."""
        with self._writing() as conn:
            polls.postpone(conn, urls, until=until, reason=reason)

    def rename_source(self, url: str, new_url: str) -> bool:
        """See :meth:`.base.Store.rename_source`."""
        with self._writing(durable=True) as conn:
            return polls.rename_source(conn, url, new_url)

    def release_claims(self, worker: str) -> int:
        """See :meth:`.base.Store.release_claims`."""
        with self._writing() as conn:
            return polls.release_claims(conn, worker)

    def known_articles(self, source_url: str) -> tuple[KnownArticle, ...]:
        """See :meth:`.base.Store.known_articles`."""
        with self._reading() as conn:
            return polls.known_articles(conn, source_url)

    def articles_like(self, source_url: str, sought: Sought) -> tuple[KnownArticle, ...]:
        """See :meth:`.base.Store.articles_like`."""
        with self._reading() as conn:
            return known.articles_like(conn, source_url, sought)

    def article_times(self, source_url: str, *, until: datetime, limit: int) -> tuple[datetime, ...]:
        """See :meth:`.base.Store.article_times`."""
        with self._reading() as conn:
            return known.article_times(conn, source_url, until=until, limit=limit)

    def source_states(self, urls: Iterable[str] | None = None) -> tuple[SourceState, ...]:
        """See :meth:`.base.Store.source_states`."""
        with self._reading() as conn:
            return polls.source_states(conn, urls)

    def poll_history(self, *, since: datetime) -> tuple[PollRecord, ...]:
        """See :meth:`.base.Store.poll_history`."""
        with self._reading() as conn:
            return polls.poll_history(conn, since=since)

    def poll_days(self, *, since: datetime) -> tuple[PollDay, ...]:
        """See :meth:`.base.Store.poll_days`."""
        with self._reading() as conn:
            return polls.poll_days(conn, since=since)

    # -- pushed by hubs

    def subscriptions(self) -> tuple[Subscription, ...]:
        """See :meth:`.base.Store.subscriptions`."""
        with self._reading() as conn:
            return pushing.subscriptions(conn)

    def subscription(self, token: str) -> Subscription | None:
        """See :meth:`.base.Store.subscription`."""
        with self._reading() as conn:
            return pushing.subscription(conn, token)

    def save_subscription(self, subscription: Subscription) -> None:
        """See :meth:`.base.Store.save_subscription`.

        Durable: a hub that was asked must not find after a power cut that nobody knows of it.
        """
        with self._writing(durable=True) as conn:
            pushing.save_subscription(conn, subscription)

    def delete_subscription(self, token: str) -> None:
        """See :meth:`.base.Store.delete_subscription`."""
        with self._writing() as conn:
            pushing.delete_subscription(conn, token)

    # -- articles and stories

    def articles(self, ids: Iterable[str]) -> tuple[Article, ...]:
        """See :meth:`.base.Store.articles`."""
        with self._reading() as conn:
            return placing.articles(conn, ids)

    def recent_articles(self, *, limit: int) -> tuple[Article, ...]:
        """See :meth:`.base.Store.recent_articles`."""
        with self._reading() as conn:
            return placing.recent_articles(conn, limit=limit)

    def unplaced_articles(self) -> tuple[Article, ...]:
        """See :meth:`.base.Store.unplaced_articles`."""
        with self._reading() as conn:
            return placing.unplaced_articles(conn)

    def newest_placed_at(self) -> datetime | None:
        """See :meth:`.base.Store.newest_placed_at`."""
        with self._reading() as conn:
            return placing.newest_placed_at(conn)

    def live_stories(self, *, since: datetime, until: datetime | None = None) -> tuple[LiveStory, ...]:
        """See :meth:`.base.Store.live_stories`."""
        with self._reading() as conn:
            return placing.live_stories(conn, since=since, until=until)

    def save_clustering(self, clustering: Clustering, *, now: datetime) -> None:
        """See :meth:`.base.Store.save_clustering`.

        Durable: it mints ids. After a power cut a reader must not meet a story again under another id.
        """
        with self._writing(durable=True) as conn:
            placing.save_clustering(conn, clustering, now=now)

    def story(self, story_id: str) -> Story | None:
        """See :meth:`.base.Store.story`."""
        with self._reading() as conn:
            return placing.story(conn, story_id)

    def story_ids_of(self, url: str) -> tuple[str, ...]:
        """See :meth:`.base.Store.story_ids_of`."""
        with self._reading() as conn:
            return placing.story_ids_of(conn, url)

    def articles_at(self, urls: Iterable[str]) -> tuple[Article, ...]:
        """See :meth:`.base.Store.articles_at`."""
        with self._reading() as conn:
            return placing.articles_at(conn, urls)

    def held_memberships(self) -> tuple[Membership, ...]:
        """See :meth:`.base.Store.held_memberships`."""
        with self._reading() as conn:
            return placing.held_memberships(conn)

    def stories_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """See :meth:`.base.Store.stories_of`."""
        with self._reading() as conn:
            return placing.stories_of(conn, article_ids)

    def living_ids(self, story_ids: Iterable[str]) -> dict[str, str]:
        """See :meth:`.base.Store.living_ids`."""
        with self._reading() as conn:
            return placing.living_ids(conn, story_ids)

    def hide_stories(self, story_ids: Iterable[str]) -> bool:
        """See :meth:`.base.Store.hide_stories`."""
        with self._writing() as conn:
            return placing.hide_stories(conn, story_ids)

    def save_earlier(self, story_id: str, earlier: Sequence[str]) -> None:
        """See :meth:`.base.Store.save_earlier`."""
        with self._writing() as conn:
            placing.save_earlier(conn, story_id, earlier)

    def hidden_stories(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.hidden_stories`."""
        with self._reading() as conn:
            return placing.hidden_stories(conn)

    def story_ids(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.story_ids`."""
        with self._reading() as conn:
            return placing.story_ids(conn)

    def merged_stories(self) -> tuple[tuple[str, str], ...]:
        """See :meth:`.base.Store.merged_stories`."""
        with self._reading() as conn:
            return placing.merged_stories(conn)

    def vectors(self, keys: Iterable[str]) -> dict[str, bytes]:
        """See :meth:`.base.Store.vectors`."""
        with self._reading() as conn:
            return meaning.vectors(conn, keys)

    def save_vectors(self, vectors: Mapping[str, bytes], *, now: datetime) -> None:
        """See :meth:`.base.Store.save_vectors`."""
        if vectors:
            with self._writing() as conn:
                meaning.save_vectors(conn, vectors, now=now)

    def readings(self, reader: str, ids: Iterable[str]) -> dict[str, bytes]:
        """See :meth:`.base.Store.readings`."""
        with self._reading() as conn:
            return reading.readings(conn, reader, ids)

    def save_readings(self, reader: str, readings: Iterable[tuple[Article, bytes]], *, now: datetime) -> None:
        """See :meth:`.base.Store.save_readings`."""
        if made := list(readings):
            with self._writing() as conn:
                reading.save_readings(conn, reader, made, now=now)

    # -- summaries and publishing

    def stale_stories(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.stale_stories`."""
        with self._reading() as conn:
            return publishing.stale_stories(conn)

    def save_revision(self, story_id: str, revision: Revision | None) -> None:
        """See :meth:`.base.Store.save_revision`."""
        with self._writing() as conn:
            publishing.save_revision(conn, story_id, revision)

    def revisions(self, story_id: str) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.revisions`."""
        with self._reading() as conn:
            return publishing.revisions(conn, story_id)

    def newest_revisions(self, *, limit: int) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.newest_revisions`."""
        with self._reading() as conn:
            return self._latest.read(conn, limit=limit)

    def story_days(self, *, since: datetime) -> tuple[StoryDay, ...]:
        """See :meth:`.base.Store.story_days`."""
        with self._reading() as conn:
            return publishing.story_days(conn, since=since)

    def days_written(self) -> tuple[datetime, ...]:
        """See :meth:`.base.Store.days_written`."""
        with self._reading() as conn:
            return publishing.days_written(conn)

    def written(self, *, since: datetime, until: datetime) -> tuple[tuple[str, int], ...]:
        """See :meth:`.base.Store.written`."""
        with self._reading() as conn:
            return publishing.written(conn, since=since, until=until)

    def revisions_of(self, keys: Iterable[tuple[str, int]]) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.revisions_of`."""
        with self._reading() as conn:
            return publishing.revisions_of(conn, keys)

    def published(
        self, slug: str, *, since: datetime | None = None, story_ids: Iterable[str] = ()
    ) -> tuple[Published, ...]:
        """See :meth:`.base.Store.published`."""
        with self._reading():
            return publishing.published(self._database.tables, slug, since=since, story_ids=story_ids)

    def save_published(self, rows: Sequence[Published]) -> None:
        """See :meth:`.base.Store.save_published`.

        Durable: ``published_at`` is frozen at what readers have seen.
        """
        with self._writing(durable=True):
            publishing.save_published(self._database.tables, rows)

    def unrendered_stories(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.unrendered_stories`."""
        with self._reading() as conn:
            return publishing.unrendered_stories(conn)

    def mark_rendered(self, story_ids: Iterable[str]) -> None:
        """See :meth:`.base.Store.mark_rendered`."""
        with self._writing() as conn:
            publishing.mark_rendered(conn, story_ids)

    # -- upkeep

    def counts(self) -> Counts:
        """See :meth:`.base.Store.counts`. Sources are the subscribed ones."""
        with self._reading() as conn:
            n_articles, n_stories, n_sources = conn.execute(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM stories WHERE merged_into IS NULL), "
                "(SELECT count(*) FROM sources WHERE is_subscribed = 1)"
            ).fetchone()
        return Counts(n_articles=n_articles, n_stories=n_stories, n_sources=n_sources)

    def close(self) -> None:
        """See :meth:`.base.Store.close`."""
        with translated(self._path):
            self._database.close()
