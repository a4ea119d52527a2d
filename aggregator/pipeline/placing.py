"""The corridor's stretch from stored articles to stories: which of them the model sees, and what of it is kept.

It hands articles, vectors and a person's words from the store to :mod:`aggregator.stories` and the decisions back, and
decides nothing itself.
"""

import gc
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from aggregator.model import Article, Clustering, LiveStory, Override
from aggregator.pipeline import wording
from aggregator.store.base import Store, head_of
from aggregator.stories.cluster import REOPEN, WINDOW, Clusterer
from aggregator.stories.encoder import Encoder, content_hash
from aggregator.stories.overrides import Held
from aggregator.stories.packed import READER

log = logging.getLogger(__name__)

MAX_PASSES = 4  # over a person's words; the second finds what the first brought about, more were never needed
MANY = 500  # texts to encode at once of which a person should know: 3 s


class Placing:
    """Puts articles into stories, and keeps the live ones at hand from build to build.

    A daemon that reads 100,000 live articles anew for each poll would do nothing else. What it keeps decides exactly as
    what a fresh process loads; after an error nothing is kept, and the next build loads afresh.

    Args:
        encoder: Lets meaning count; ``None``: words alone.
        overrides: A person's words; may be exchanged between builds.
    """

    def __init__(self, encoder: Encoder | None = None, overrides: Sequence[Override] = ()) -> None:
        self.overrides = tuple(overrides)
        self.encoder = encoder
        self._kept: dict[str, bytes] = {}  # vectors at hand while a batch is placed ...
        self._stored: set[str] = set()  # ... and which of them the store has
        self._readings: dict[str, bytes] = {}  # by article, likewise
        self._read: set[str] = set()
        self._clusterer: Clusterer | None = None

    def place(self, store: Store, *, now: datetime) -> int:
        """Put every article that has no story yet into one, and let every word hold. Returns how many were placed.

        Raises:
            StoreError: What was saved stays; the next build takes up the rest.
        """
        clusterer, self._clusterer = self._clusterer, None  # comes back when all is saved
        held, touched = self._hold(store, now=now)
        batch = store.unplaced_articles()
        if batch:
            if clusterer is None:
                clusterer = self._load(store, now=now)
            else:
                self._catch_up(store, clusterer, touched, now=now)
                touched = set()
            self._save(store, self._placed(store, clusterer, batch, now=now, held=held), now=now)
            clusterer.settle(now)
            if self.overrides:  # an article that came now may be one that a word names
                touched = self._hold(store, now=now)[1]
        if clusterer is not None and touched:
            self._catch_up(store, clusterer, touched, now=now)
        self._clusterer = clusterer
        return len(batch)

    # -- a person's words

    def _hold(self, store: Store, *, now: datetime) -> tuple[Held, set[str]]:
        """Let the stored stories follow a person's words. Returns these, and the ids of the stories that changed."""
        touched: set[str] = set()
        for _ in range(MAX_PASSES):
            work = wording.Rewording(store, self.overrides)
            if work.hidden != store.hidden_stories():
                store.hide_stories(work.hidden)
            if work.is_idle:
                break
            self._reword(store, work, now=now)
            touched |= work.touched()
        return work.held, touched

    def _reword(self, store: Store, work: wording.Rewording, *, now: datetime) -> None:
        """Move what a word moves, and let the model decide anew what no word holds any more."""
        self._save(store, work.clustering, now=now)
        for released in work.released_stories():
            context = work.around(released)
            self._recall(store, [article for story in context for article in story.articles])
            clusterer = self._clusterer_of(context)
            first_at = min(article.at for article in released)  # nothing rests: the model decides as it did then
            clustering = self._placed(store, clusterer, released, now=first_at, held=work.held)
            self._save(store, work.finished(clustering), now=now)
        emptied = work.emptied()
        if emptied.merges:
            self._save(store, emptied, now=now)

    # -- the model

    def _load(self, store: Store, *, now: datetime) -> Clusterer:
        """Read the live stories: none is silent for longer than ``WINDOW`` before the newest placed article."""
        newest_at = max(min(store.newest_placed_at() or now, now), now - REOPEN)
        with _uncollected():
            live = store.live_stories(since=newest_at - WINDOW)
            articles = [article for story in live for article in story.articles]
            self._recall(store, articles)
            clusterer = self._clusterer_of(live)
        self._keep(store, articles, now=now)
        return clusterer

    def _clusterer_of(self, live: Sequence[LiveStory]) -> Clusterer:
        return Clusterer(live, encoder=self.encoder, vectors=self._kept, readings=self._readings)

    def _catch_up(self, store: Store, clusterer: Clusterer, touched: Iterable[str], *, now: datetime) -> None:
        """Take up what became of live stories since the last build: edited articles make their stories stale."""
        changed = [story_id for story_id in store.stale_stories() if clusterer.holds(story_id)]
        live = live_stories(store, sorted({*changed, *touched}))
        articles = [article for story in live for article in story.articles]
        self._recall(store, articles)
        clusterer.renew([*changed, *touched], live)
        self._keep(store, articles, now=now)

    def _placed(
        self, store: Store, clusterer: Clusterer, batch: Sequence[Article], *, now: datetime, held: Held
    ) -> Clustering:
        """Place a batch; vectors that were made for it are saved before its stories are: they harm nobody alone."""
        self._recall(store, batch)
        clustering = clusterer.place(batch, now=now, held=held)
        self._keep(store, batch, now=now)
        return clustering

    def _keep(self, store: Store, articles: Iterable[Article], *, now: datetime) -> None:
        """Save what was made of some articles; what is live stands in the clusterer from now on."""
        store.save_vectors({key: self._kept[key] for key in self._kept.keys() - self._stored}, now=now)
        made = self._readings.keys() - self._read
        store.save_readings(READER, [(each, self._readings[each.id]) for each in articles if each.id in made], now=now)
        for memory in (self._kept, self._stored, self._readings, self._read):
            memory.clear()

    def _save(self, store: Store, clustering: Clustering, *, now: datetime) -> None:
        memberships = tuple(replace(each, joined_at=now) for each in clustering.memberships)
        store.save_clustering(replace(clustering, memberships=memberships), now=now)

    def _recall(self, store: Store, articles: Iterable[Article]) -> None:
        """Get at hand what is kept of some articles: readings, and vectors."""
        articles = list(articles)
        readings = store.readings(READER, [article.id for article in articles])
        for article in articles:  # an edited one is read again
            self._readings.pop(article.id, None)
        self._readings.update(readings)
        self._read.update(readings)
        if self.encoder is None:
            return
        keys = {content_hash(article, self.encoder) for article in articles}
        found = store.vectors(sorted(keys))
        self._kept.update(found)
        self._stored.update(found)
        if len(keys) - len(found) >= MANY:
            log.info("encoding %d texts once; this takes a moment", len(keys) - len(found))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make what is to last: the collector of garbage does not look through it, now or at any later time.

    Nothing of a million live values holds itself; to look for that took a fifth of loading them, and a second of a
    build now and then.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()


def live_stories(store: Store, story_ids: Iterable[str]) -> tuple[LiveStory, ...]:
    """Return the stories of these ids that live and have articles, as the model sees them."""
    found = []
    for story_id in story_ids:
        story = store.story(story_id)
        if story is not None and story.memberships and not story.merged_into:
            articles = store.articles([each.article_id for each in story.memberships])
            found.append(LiveStory(id=story.id, minted_at=story.minted_at, articles=tuple(map(head_of, articles))))
    return tuple(found)
