"""The store in memory: what :mod:`.sqlite` does, written as plainly as possible. For tests, and as its reference.

Both stand under ``tests/contract/test_store.py``. Values are frozen, so keeping and giving out the same one is safe.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregator.errors import StoreError
from aggregator.model import (
    EPOCH,
    Article,
    ArticleChange,
    ChangeKind,
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
from aggregator.store.base import Completion, Counts, head_of
from aggregator.store.polls import CLOCK_SLACK, check_belongs, postponed
from aggregator.store.publishing import check_follows
from aggregator.store.readings import made_of
from aggregator.store.rows import day_of


@dataclass(slots=True)
class _Source:
    state: SourceState
    is_subscribed: bool = True
    token: int = 0
    claimed_by: str = ""
    lease_until: datetime = EPOCH

    def give_back(self) -> None:
        self.claimed_by, self.lease_until = "", EPOCH


@dataclass(slots=True)
class _Story:
    id: str
    minted_at: datetime
    merged_into: str = ""
    is_stale: bool = True
    is_unrendered: bool = False
    is_hidden: bool = False
    earlier: tuple[str, ...] = ()
    revisions: list[Revision] = field(default_factory=list)


def _article_order(article: Article) -> tuple[datetime, str]:
    return (article.at, article.id)


class MemoryStore:
    """A :class:`.base.Store` that is gone with its process."""

    def __init__(self) -> None:
        self._sources: dict[str, _Source] = {}
        self._articles: dict[str, Article] = {}
        self._polls: dict[tuple[datetime, str], PollRecord] = {}
        self._stories: dict[str, _Story] = {}
        self._memberships: dict[str, Membership] = {}
        self._published: dict[tuple[str, str], Published] = {}
        self._vectors: dict[str, bytes] = {}
        self._readings: dict[str, tuple[str, bytes]] = {}
        self._subscriptions: dict[str, Subscription] = {}

    # -- sources and polls

    def sync_sources(self, urls: Sequence[str]) -> None:
        """See :meth:`.base.Store.sync_sources`."""
        for source in self._sources.values():
            source.is_subscribed = False
        for url in urls:
            self._sources.setdefault(url, _Source(SourceState(url=url))).is_subscribed = True

    def claim_due(
        self, *, now: datetime, limit: int, lease: timedelta, worker: str, force: bool = False, url: str = ""
    ) -> tuple[Claim, ...]:
        """See :meth:`.base.Store.claim_due`."""

        def is_due(source: _Source) -> bool:
            if force:
                return source.state.last_polled_at is None or source.state.last_polled_at < now
            return source.state.next_poll_at is None or source.state.next_poll_at <= now

        def was_polled_under_a_wrong_clock(source: _Source) -> bool:
            return source.state.last_polled_at is not None and source.state.last_polled_at > now + CLOCK_SLACK

        def longest_due(source: _Source) -> tuple[bool, bool, datetime, str]:
            due_at = source.state.next_poll_at
            return (not is_due(source), due_at is not None, due_at or EPOCH, source.state.url)

        found = [
            source
            for source in self._sources.values()
            if source.is_subscribed and source.lease_until <= now
            if is_due(source) or was_polled_under_a_wrong_clock(source)
            if not url or source.state.url == url
        ]
        chosen = sorted(found, key=longest_due)[: max(limit, 0)]
        for source in chosen:
            source.token += 1
            source.claimed_by, source.lease_until = worker, now + lease
        return tuple(Claim(state=source.state, token=source.token) for source in chosen)

    def complete(self, claim: Claim, state: SourceState, changes: Sequence[ArticleChange], record: PollRecord) -> bool:
        """See :meth:`.base.Store.complete`."""
        check_belongs(claim, state, changes, record)
        source = self._sources.get(claim.state.url)
        if source is None or source.token != claim.token:
            return False
        source.state = state
        source.give_back()
        for change in changes:
            if change.kind is not ChangeKind.UNCHANGED:
                self._articles[change.article.id] = change.article
            if change.kind is ChangeKind.MODIFIED and change.article.id in self._memberships:
                self._stories[self._memberships[change.article.id].story_id].is_stale = True
        self._polls[record.polled_at, record.source_url] = record
        return True

    def complete_many(self, completions: Sequence[Completion]) -> tuple[bool, ...]:
        """See :meth:`.base.Store.complete_many`."""
        for each in completions:
            check_belongs(each.claim, each.state, each.changes, each.record)
        return tuple(self.complete(each.claim, each.state, each.changes, each.record) for each in completions)

    def postpone(self, urls: Sequence[str], *, until: datetime, reason: str) -> None:
        """See :meth:`.base.Store.postpone`."""
        for url in urls:
            if source := self._sources.get(url):
                source.state = postponed(source.state, until=until, reason=reason)

    def rename_source(self, url: str, new_url: str) -> bool:
        """See :meth:`.base.Store.rename_source`."""
        source = self._sources.get(url)
        if source is None or url == new_url:
            return source is not None
        joined = self._sources.get(new_url, source)
        is_joined = joined is not source
        source.token = 1 + max(source.token, joined.token)
        source.state = replace(source.state, url=new_url, moved_to="", n_moved=0)
        source.give_back()
        self._sources[new_url] = self._sources.pop(url)
        for article in [each for each in self._articles.values() if each.source_url == url]:
            self._articles[article.id] = replace(article, source_url=new_url)
        n_articles = len(self.known_articles(new_url))
        source.state = replace(source.state, n_articles=n_articles, has_twins=source.state.has_twins or is_joined)
        for at, polled in [key for key in self._polls if key[1] == url]:
            self._polls[at, new_url] = replace(self._polls.pop((at, polled)), source_url=new_url)
        return True

    def release_claims(self, worker: str) -> int:
        """See :meth:`.base.Store.release_claims`."""
        held = [source for source in self._sources.values() if worker and source.claimed_by == worker]
        for source in held:
            source.give_back()
        return len(held)

    def known_articles(self, source_url: str) -> tuple[KnownArticle, ...]:
        """See :meth:`.base.Store.known_articles`."""
        found = [article for article in self._articles.values() if article.source_url == source_url]
        return tuple(
            KnownArticle(
                id=article.id,
                guid=article.guid,
                link=article.link,
                canonical_url=article.canonical_url,
                title=article.title,
                published_at=article.published_at,
                first_seen_at=article.first_seen_at,
                fingerprint=article.fingerprint,
            )
            for article in sorted(found, key=lambda article: (article.first_seen_at, article.id))
        )

    def articles_like(self, source_url: str, sought: Sought) -> tuple[KnownArticle, ...]:
        """See :meth:`.base.Store.articles_like`."""
        signs = sought.signs
        guids, links, titles = ({getattr(each, name) for each in signs} - {""} for name in ("guid", "link", "title"))
        pages = {each.guid_url for each in signs} - {""}
        dates = {each.date for each in signs if not (each.guid or each.link or each.title)}

        def is_like(article: Article) -> bool:
            is_nameless = not (article.guid or article.canonical_url or article.title)
            return (
                article.id in sought.ids
                or article.guid in guids
                or article.guid_url in pages
                or article.canonical_url in links | pages
                or article.title in titles
                or (is_nameless and article.published_at in dates)
            )

        return tuple(each for each in self.known_articles(source_url) if is_like(self._articles[each.id]))

    def article_times(self, source_url: str, *, until: datetime, limit: int) -> tuple[datetime, ...]:
        """See :meth:`.base.Store.article_times`."""
        times = sorted((each.at for each in self._articles.values() if each.source_url == source_url), reverse=True)
        by_second: dict[datetime, datetime] = {}
        for at in times:
            if at <= until:
                by_second.setdefault(at.replace(microsecond=0), at)
        return tuple(dict.fromkeys((*times[:1], *list(by_second.values())[:limit])))

    def source_states(self, urls: Iterable[str] | None = None) -> tuple[SourceState, ...]:
        """See :meth:`.base.Store.source_states`."""
        only = None if urls is None else frozenset(urls)
        return tuple(source.state for url, source in sorted(self._subscribed().items()) if only is None or url in only)

    def poll_history(self, *, since: datetime) -> tuple[PollRecord, ...]:
        """See :meth:`.base.Store.poll_history`."""
        subscribed = self._subscribed()
        return tuple(record for (at, url), record in sorted(self._polls.items()) if at >= since and url in subscribed)

    def poll_days(self, *, since: datetime) -> tuple[PollDay, ...]:
        """See :meth:`.base.Store.poll_days`."""
        by_day: dict[tuple[datetime, str], list[PollRecord]] = {}
        for record in self.poll_history(since=day_of(since)):
            by_day.setdefault((day_of(record.polled_at), record.source_url), []).append(record)
        return tuple(
            PollDay(
                source_url=url,
                day=day,
                n_polls=len(found),
                n_failed=sum(each.outcome == "failed" for each in found),
                n_fruitful=sum(each.outcome == "new" for each in found),
                n_new=sum(each.n_new for each in found),
                n_modified=sum(each.n_modified for each in found),
                seconds=sum(int(each.seconds * 1_000_000 + 0.5) for each in found) / 1_000_000,
                longest=max(each.seconds for each in found),
            )
            for (day, url), found in sorted(by_day.items())
        )

    def _subscribed(self) -> dict[str, _Source]:
        return {url: source for url, source in self._sources.items() if source.is_subscribed}

    # -- pushed by hubs

    def subscriptions(self) -> tuple[Subscription, ...]:
        """See :meth:`.base.Store.subscriptions`."""
        return tuple(sorted(self._subscriptions.values(), key=lambda each: (each.source_url, each.token)))

    def subscription(self, token: str) -> Subscription | None:
        """See :meth:`.base.Store.subscription`."""
        return self._subscriptions.get(token)

    def save_subscription(self, subscription: Subscription) -> None:
        """See :meth:`.base.Store.save_subscription`."""
        self._subscriptions[subscription.token] = subscription

    def delete_subscription(self, token: str) -> None:
        """See :meth:`.base.Store.delete_subscription`."""
        self._subscriptions.pop(token, None)

    # -- articles and stories

    def articles(self, ids: Iterable[str]) -> tuple[Article, ...]:
        """See :meth:`.base.Store.articles`."""
        found = [self._articles[each] for each in dict.fromkeys(ids) if each in self._articles]
        return tuple(sorted(found, key=_article_order))

    def recent_articles(self, *, limit: int) -> tuple[Article, ...]:
        """See :meth:`.base.Store.recent_articles`."""
        newest = sorted(self._articles.values(), key=lambda each: (each.first_seen_at, each.at, each.id), reverse=True)
        return tuple(newest[: max(limit, 0)])

    def unplaced_articles(self) -> tuple[Article, ...]:
        """See :meth:`.base.Store.unplaced_articles`."""
        return tuple(map(head_of, self.articles(self._articles.keys() - self._memberships.keys())))

    def newest_placed_at(self) -> datetime | None:
        """See :meth:`.base.Store.newest_placed_at`."""
        return max((self._articles[each].at for each in self._memberships), default=None)

    def live_stories(self, *, since: datetime, until: datetime | None = None) -> tuple[LiveStory, ...]:
        """See :meth:`.base.Store.live_stories`."""
        members: dict[str, list[Article]] = {}
        for membership in self._memberships.values():
            members.setdefault(membership.story_id, []).append(head_of(self._articles[membership.article_id]))
        return tuple(
            LiveStory(id=story.id, minted_at=story.minted_at, articles=tuple(sorted(found, key=_article_order)))
            for story in self._living()
            if (found := members.get(story.id, []))
            if any(since <= article.at and (until is None or article.at <= until) for article in found)
        )

    def save_clustering(self, clustering: Clustering, *, now: datetime) -> None:
        """See :meth:`.base.Store.save_clustering`."""
        if unknown := {each.article_id for each in clustering.memberships} - self._articles.keys():
            raise StoreError(f"there are no articles {sorted(unknown)}; nothing was saved")
        named = {each.story_id for each in clustering.memberships} | {each.story_id for each in clustering.merges}
        for story_id in named:
            self._stories.setdefault(story_id, _Story(story_id, now))
        for story_id in clustering.revived:
            if (story := self._stories.get(story_id)) and story.merged_into:
                story.merged_into, story.is_stale = "", True
        for membership in clustering.memberships:
            self._place(membership)
        for merge in clustering.merges:
            if merge.retired_id in self._stories:
                self._merge(self._living_id(merge.story_id), self._living_id(merge.retired_id))

    def _place(self, membership: Membership) -> None:
        wanted = replace(membership, story_id=self._living_id(membership.story_id))
        before = self._memberships.get(wanted.article_id)
        if before == wanted:
            return
        self._memberships[wanted.article_id] = wanted
        self._stories[wanted.story_id].is_stale = True
        if before is not None:
            self._stories[before.story_id].is_stale = True

    def _merge(self, living: str, retired: str) -> None:
        if living == retired:
            return
        for article_id, membership in self._memberships.items():
            if membership.story_id == retired:
                self._memberships[article_id] = replace(membership, story_id=living)
        for story in self._stories.values():
            if retired in (story.id, story.merged_into):
                story.merged_into, story.is_stale, story.is_unrendered = living, False, True
        self._stories[living].is_stale = True

    def _living_id(self, story_id: str) -> str:
        return self._stories[story_id].merged_into or story_id

    def _living(self) -> list[_Story]:
        living = [story for story in self._stories.values() if not story.merged_into]
        return sorted(living, key=lambda story: (story.minted_at, story.id))

    def story(self, story_id: str) -> Story | None:
        """See :meth:`.base.Store.story`."""
        story = self._stories.get(story_id)
        if story is None:
            return None
        members = [each for each in self._memberships.values() if each.story_id == story_id]
        return Story(
            id=story_id,
            minted_at=story.minted_at,
            memberships=tuple(sorted(members, key=lambda each: (each.joined_at, each.article_id))),
            merged_into=story.merged_into,
            is_hidden=story.is_hidden,
            earlier=story.earlier,
        )

    def story_ids_of(self, url: str) -> tuple[str, ...]:
        """See :meth:`.base.Store.story_ids_of`."""
        if not url:
            return ()
        found = {
            membership.story_id
            for membership in self._memberships.values()
            if url in (self._articles[membership.article_id].link, self._articles[membership.article_id].canonical_url)
        }
        return tuple(story.id for story in self._living() if story.id in found)

    def articles_at(self, urls: Iterable[str]) -> tuple[Article, ...]:
        """See :meth:`.base.Store.articles_at`."""
        wanted = {*urls} - {""}
        return self.articles(each.id for each in self._articles.values() if {each.link, each.canonical_url} & wanted)

    def held_memberships(self) -> tuple[Membership, ...]:
        """See :meth:`.base.Store.held_memberships`."""
        return tuple(each for _, each in sorted(self._memberships.items()) if each.rule == "override")

    def stories_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """See :meth:`.base.Store.stories_of`."""
        return {id_: self._memberships[id_].story_id for id_ in article_ids if id_ in self._memberships}

    def living_ids(self, story_ids: Iterable[str]) -> dict[str, str]:
        """See :meth:`.base.Store.living_ids`."""
        return {id_: self._living_id(id_) for id_ in story_ids if id_ in self._stories}

    def hide_stories(self, story_ids: Iterable[str]) -> bool:
        """See :meth:`.base.Store.hide_stories`."""
        wanted = {id_ for id_ in story_ids if id_ in self._stories and self._living_id(id_) == id_}
        changed = [self._stories[id_] for id_ in wanted ^ {*self.hidden_stories()}]
        for story in changed:
            story.is_hidden, story.is_unrendered = not story.is_hidden, True
        return bool(changed)

    def save_earlier(self, story_id: str, earlier: Sequence[str]) -> None:
        """See :meth:`.base.Store.save_earlier`."""
        if story := self._stories.get(story_id):
            story.earlier = tuple(earlier)

    def hidden_stories(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.hidden_stories`."""
        return tuple(sorted(story.id for story in self._stories.values() if story.is_hidden))

    def story_ids(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.story_ids`."""
        return tuple(story.id for story in self._living())

    def merged_stories(self) -> tuple[tuple[str, str], ...]:
        """See :meth:`.base.Store.merged_stories`."""
        return tuple(sorted((story.id, story.merged_into) for story in self._stories.values() if story.merged_into))

    def vectors(self, keys: Iterable[str]) -> dict[str, bytes]:
        """See :meth:`.base.Store.vectors`."""
        return {key: self._vectors[key] for key in keys if key in self._vectors}

    def save_vectors(self, vectors: Mapping[str, bytes], *, now: datetime) -> None:
        """See :meth:`.base.Store.save_vectors`."""
        self._vectors.update(vectors)

    def readings(self, reader: str, ids: Iterable[str]) -> dict[str, bytes]:
        """See :meth:`.base.Store.readings`."""
        known = {id_: self._readings[id_] for id_ in ids if id_ in self._readings}
        return {id_: found for id_, (of, found) in known.items() if of == made_of(reader, self._articles[id_])}

    def save_readings(self, reader: str, readings: Iterable[tuple[Article, bytes]], *, now: datetime) -> None:
        """See :meth:`.base.Store.save_readings`."""
        self._readings |= {
            article.id: (made_of(reader, article), found) for article, found in readings if article.id in self._articles
        }

    # -- summaries and publishing

    def stale_stories(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.stale_stories`."""
        return tuple(story.id for story in self._living() if story.is_stale)

    def save_revision(self, story_id: str, revision: Revision | None) -> None:
        """See :meth:`.base.Store.save_revision`."""
        story = self._stories.get(story_id)
        if story is None:
            check_follows(story_id, revision, last=None)
            return
        check_follows(story_id, revision, last=story.revisions[-1].n if story.revisions else 0)
        if revision is not None:
            story.revisions.append(revision)
        story.is_stale, story.is_unrendered = False, True

    def revisions(self, story_id: str) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.revisions`."""
        story = self._stories.get(story_id)
        return tuple(story.revisions) if story else ()

    def revisions_of(self, keys: Iterable[tuple[str, int]]) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.revisions_of`."""
        return tuple(each for story_id, n in keys for each in self.revisions(story_id) if each.n == n)

    def newest_revisions(self, *, limit: int) -> tuple[Revision, ...]:
        """See :meth:`.base.Store.newest_revisions`."""
        latest = [story.revisions[-1] for story in self._living() if story.revisions and not story.is_hidden]
        latest.sort(key=lambda revision: revision.story_id)
        latest.sort(key=lambda revision: revision.newest_at, reverse=True)
        return tuple(latest[: max(limit, 0)])

    def story_days(self, *, since: datetime) -> tuple[StoryDay, ...]:
        """See :meth:`.base.Store.story_days`."""
        numbers: dict[datetime, list[int]] = {}
        for each in (each for story in self._stories.values() for each in story.revisions):
            if each.at >= day_of(since):
                numbers.setdefault(day_of(each.at), []).append(each.n)
        return tuple(
            StoryDay(day=day, n_new=found.count(1), n_grown=len(found) - found.count(1))
            for day, found in sorted(numbers.items())
        )

    def days_written(self) -> tuple[datetime, ...]:
        """See :meth:`.base.Store.days_written`."""
        return tuple(sorted({day_of(each.at) for story in self._stories.values() for each in story.revisions}))

    def written(self, *, since: datetime, until: datetime) -> tuple[tuple[str, int], ...]:
        """See :meth:`.base.Store.written`."""
        numbers = {
            story_id: [each.n for each in story.revisions if since <= each.at < until]
            for story_id, story in sorted(self._stories.items())
            if not story.is_hidden
        }
        return tuple((story_id, found[-1]) for story_id, found in numbers.items() if found)

    def published(
        self, slug: str, *, since: datetime | None = None, story_ids: Iterable[str] = ()
    ) -> tuple[Published, ...]:
        """See :meth:`.base.Store.published`."""
        wanted = frozenset(story_ids)
        return tuple(
            row
            for (its_slug, story_id), row in sorted(self._published.items())
            if its_slug == slug
            and (since is None or row.updated_at >= since or row.left_at is None or story_id in wanted)
        )

    def save_published(self, rows: Sequence[Published]) -> None:
        """See :meth:`.base.Store.save_published`."""
        self._published.update({(row.slug, row.story_id): row for row in rows})

    def unrendered_stories(self) -> tuple[str, ...]:
        """See :meth:`.base.Store.unrendered_stories`."""
        return tuple(sorted(story.id for story in self._stories.values() if story.is_unrendered))

    def mark_rendered(self, story_ids: Iterable[str]) -> None:
        """See :meth:`.base.Store.mark_rendered`."""
        for story_id in story_ids:
            if story := self._stories.get(story_id):
                story.is_unrendered = False

    # -- upkeep

    def counts(self) -> Counts:
        """See :meth:`.base.Store.counts`. Sources are the subscribed ones."""
        return Counts(n_articles=len(self._articles), n_stories=len(self._living()), n_sources=len(self._subscribed()))

    def close(self) -> None:
        """See :meth:`.base.Store.close`."""
