"""What a store promises. Two implementations stand behind it: :mod:`.sqlite` and its in-memory twin :mod:`.memory`.

The state of the whole journey lives here, so that every step can be killed at any moment and run again: which sources
are due, which articles have no story yet, which stories have no summary of their present articles ("stale"), which
stories have no page of their present revision ("unrendered"). Each method is one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from aggregator.dataclass import dataclass
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

LIVE_TEXT = 1_000  # characters; clustering reads fewer


def head_of(article: Article) -> Article:
    """Return of an article what tells its event, which is what clustering keeps of 100,000 of them."""
    return Article(
        id=article.id,
        source_url=article.source_url,
        publisher=article.publisher,
        source_name=article.source_name,
        canonical_url=article.canonical_url,
        title=article.title,
        text=article.text[:LIVE_TEXT],
        lang=article.lang,
        published_at=article.published_at,
        updated_at=article.updated_at,
        first_seen_at=article.first_seen_at,
        modified_at=article.modified_at,
        fingerprint=article.fingerprint,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much a store holds. ``n_stories`` counts living stories, merged ones left out."""

    n_articles: int
    n_stories: int
    n_sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a poll of one source found, to be saved whole or not at all.

    Attributes:
        claim: The right to save it.
        state: The source as it is from now on.
        changes: Its articles; UNCHANGED ones are not written.
        record: The line of the poll history.
    """

    claim: Claim
    state: SourceState
    changes: Sequence[ArticleChange]
    record: PollRecord


class Store(Protocol):
    """See the module. Every method may raise ``StoreError``; nothing is half done after one."""

    # -- sources and polls

    def sync_sources(self, urls: Sequence[str]) -> None:
        """Make ``urls`` the subscribed sources: unknown ones are due at once, missing ones sleep with all they have."""

    def claim_due(
        self, *, now: datetime, limit: int, lease: timedelta, worker: str, force: bool = False, url: str = ""
    ) -> tuple[Claim, ...]:
        """Claim at most ``limit`` subscribed sources that are due, longest due first, then by address.

        A source under another claim whose lease has not ended is passed over. ``force`` takes sources that are not due
        too, but none that was polled at ``now`` or later, so that a loop over claims ends. ``url``: only that source.
        A source whose last poll lies more than an hour after ``now`` is due: the clock was wrong then.
        """

    def complete(self, claim: Claim, state: SourceState, changes: Sequence[ArticleChange], record: PollRecord) -> bool:
        """Save what a poll found: articles, state and history in ONE transaction, and give the claim back.

        Stories of MODIFIED articles become stale. Returns ``False``, saving nothing, if the source was claimed again
        since: the newer claim wins.
        """

    def complete_many(self, completions: Sequence[Completion]) -> tuple[bool, ...]:
        """Do :meth:`complete` for several sources, in this order, in ONE transaction: all are saved, or none.

        No source may stand in it twice. Gives what each :meth:`complete` would.
        """

    def postpone(self, urls: Sequence[str], *, until: datetime, reason: str) -> None:
        """Move ``next_poll_at`` of these sources to ``until`` where it is earlier or unset, with the reason."""

    def rename_source(self, url: str, new_url: str) -> bool:
        """Let a source go on under another address with its state, articles and polls. ``False``: it is not known.

        What was stored under the new address before joins it; of two states the renamed one's stays, and its move is
        forgotten. Claims of both are void.
        """

    def release_claims(self, worker: str) -> int:
        """Give back every claim of a worker that is known to be dead. Returns how many there were."""

    def known_articles(self, source_url: str) -> tuple[KnownArticle, ...]:
        """Return what identity needs of all stored articles of a source, oldest first, then by id."""

    def articles_like(self, source_url: str, sought: Sought) -> tuple[KnownArticle, ...]:
        """Return the stored articles of a source that are sought, oldest first, then by id; others may be among them.

        Those with one of the ids; and of those that share with one of ``sought.signs`` its guid, the page that this
        names, its address, its title, or, where it has none of these, its date: all. Where very many share one of
        these: of those that share a sign of ``SIGNS`` (``intake/identity``) all, or at least two, because a sign of
        several tells nothing. The cost is that of what is returned, however many are stored.
        """

    def article_times(self, source_url: str, *, until: datetime, limit: int) -> tuple[datetime, ...]:
        """Return effective times of a source's articles, newest first.

        The newest of all, and the newest of each of the last ``limit`` seconds up to ``until`` in which there is one.
        """

    def source_states(self, urls: Iterable[str] | None = None) -> tuple[SourceState, ...]:
        """Return the state of every subscribed source, or of those of them that are named, by address.

        Cost: 14 us a state.
        """

    def poll_history(self, *, since: datetime) -> tuple[PollRecord, ...]:
        """Return the polls of subscribed sources from ``since`` on, oldest first, then by address."""

    def poll_days(self, *, since: datetime) -> tuple[PollDay, ...]:
        """Return the polls of subscribed sources added up by day, from the day of ``since`` on, by day, then address.

        Cost: a row a source and day, however often it was polled.
        """

    # -- pushed by hubs

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Return every subscription, of sources that are not subscribed to any more, too, by source, then token."""

    def subscription(self, token: str) -> Subscription | None:
        """Return one by its token; ``None``: there is none."""

    def save_subscription(self, subscription: Subscription) -> None:
        """Insert or replace a subscription by its token."""

    def delete_subscription(self, token: str) -> None:
        """Forget a subscription; one that is not there is forgotten already."""

    # -- articles and stories

    def articles(self, ids: Iterable[str]) -> tuple[Article, ...]:
        """Return stored articles by effective time, then id; unknown ids are left out."""

    def recent_articles(self, *, limit: int) -> tuple[Article, ...]:
        """Return the newest articles by first sight, then effective time, then id, newest first."""

    def unplaced_articles(self) -> tuple[Article, ...]:
        """Return the heads (:func:`head_of`) of articles that are in no story yet, by effective time, then id."""

    def newest_placed_at(self) -> datetime | None:
        """Return the effective time of the newest article that is in a story; ``None``: none is."""

    def live_stories(self, *, since: datetime, until: datetime | None = None) -> tuple[LiveStory, ...]:
        """Return unmerged stories with an article of effective time ``since`` or later, by minting, then id.

        ``until``: only those with one between the two, both included. Of each article comes its head (:func:`head_of`).
        """

    def save_clustering(self, clustering: Clustering, *, now: datetime) -> None:
        """Save memberships and merges. Unknown story ids are minted at ``now``; every touched story becomes stale.

        A merge moves all memberships of the retired story to the living one and leaves a redirect; the retired story
        becomes unrendered, so that its page turns into that redirect. Saving the same clustering again changes nothing.
        A revived story leads nowhere any more and lives again, before any membership is saved.
        """

    def story(self, story_id: str) -> Story | None:
        """Return a story, merged ones too (``merged_into`` tells); ``None``: no such id."""

    def story_ids_of(self, url: str) -> tuple[str, ...]:
        """Return the living stories that hold an article with this link or canonical address."""

    def articles_at(self, urls: Iterable[str]) -> tuple[Article, ...]:
        """Return the articles whose link or canonical address is one of these, by effective time, then id."""

    def held_memberships(self) -> tuple[Membership, ...]:
        """Return the memberships that an override made (rule "override"), by article id."""

    def stories_of(self, article_ids: Iterable[str]) -> dict[str, str]:
        """Return the story by article; an article that is in none is left out."""

    def living_ids(self, story_ids: Iterable[str]) -> dict[str, str]:
        """Return by id the story that it leads to in the end, itself if it lives; unknown ids are left out."""

    def hide_stories(self, story_ids: Iterable[str]) -> bool:
        """Hide exactly these living stories; those that were and are no longer, or the other way, become unrendered.

        Returns whether there were any such. A hidden story has no newest revision and none written on a day.
        """

    def save_earlier(self, story_id: str, earlier: Sequence[str]) -> None:
        """Note which closed stories a story takes up again, newest first. An unknown story is passed over."""

    def hidden_stories(self) -> tuple[str, ...]:
        """Return the hidden stories, by id."""

    def story_ids(self) -> tuple[str, ...]:
        """Return the ids of all living stories, by minting, then id."""

    def merged_stories(self) -> tuple[tuple[str, str], ...]:
        """Return (retired id, living id it leads to in the end), by retired id."""

    def vectors(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the kept vectors of meaning by content; unknown keys are left out."""

    def save_vectors(self, vectors: Mapping[str, bytes], *, now: datetime) -> None:
        """Keep vectors by content. They are a cache: one that is pruned is made again when it is needed."""

    def readings(self, reader: str, ids: Iterable[str]) -> dict[str, bytes]:
        """Return what a reader made of articles as they are now, by article id; where nothing is kept, none is there.

        Cost: 3 us a reading.
        """

    def save_readings(self, reader: str, readings: Iterable[tuple[Article, bytes]], *, now: datetime) -> None:
        """Keep what a reader made of articles, each as it was when it was read. They are a cache, and old ones go."""

    # -- summaries and publishing

    def stale_stories(self) -> tuple[str, ...]:
        """Return living stories whose newest revision does not show their present articles, by minting, then id."""

    def save_revision(self, story_id: str, revision: Revision | None) -> None:
        """Append a revision (``None``: the summary stays as it was); the story is stale no longer, but unrendered."""

    def revisions(self, story_id: str) -> tuple[Revision, ...]:
        """Return a story's revisions, oldest first."""

    def revisions_of(self, keys: Iterable[tuple[str, int]]) -> tuple[Revision, ...]:
        """Return revisions by (story id, number), in this order; unknown ones are left out. Cost: 40 us a revision."""

    def newest_revisions(self, *, limit: int) -> tuple[Revision, ...]:
        """Return the latest revision of each living story, newest article first, then by story id."""

    def story_days(self, *, since: datetime) -> tuple[StoryDay, ...]:
        """Return how many revisions were written on each day, from the day of ``since`` on, oldest first."""

    def days_written(self) -> tuple[datetime, ...]:
        """Return the days (midnight UTC) in which revisions were written, oldest first. Cost: a look-up a day."""

    def written(self, *, since: datetime, until: datetime) -> tuple[tuple[str, int], ...]:
        """Return (story id, number) of the last revision of each story that was written from ``since`` to ``until``.

        Merged stories too, hidden ones not, by story id; ``until`` itself is left out. Cost: 1 us a revision.
        """

    def published(
        self, slug: str, *, since: datetime | None = None, story_ids: Iterable[str] = ()
    ) -> tuple[Published, ...]:
        """Return the entries that ever entered an output feed, by story id.

        Args:
            slug: Of the output.
            since: Only those that are still shown, that changed at this time or later, or that are of ``story_ids``.
                The cost is then that of what is returned, however many years the feed is old.
            story_ids: Stories whose place is wanted, however old it is.
        """

    def save_published(self, rows: Sequence[Published]) -> None:
        """Insert or replace entries by (slug, story id)."""

    def unrendered_stories(self) -> tuple[str, ...]:
        """Return stories, merged ones too, whose page does not show their present state, by id."""

    def mark_rendered(self, story_ids: Iterable[str]) -> None:
        """Say that the pages of these stories are written."""

    # -- upkeep

    def counts(self) -> Counts:
        """Return how much is stored."""

    def close(self) -> None:
        """Give back files and connections. No other method may follow."""
