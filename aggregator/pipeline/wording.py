"""Read from the store what a person's words name, and carry what follows from them back to it, in order.

What follows is decided in :mod:`aggregator.stories.overrides`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aggregator.model import Article, Clustering, LiveStory, Membership, Merge, Override, Story
from aggregator.store.base import Store
from aggregator.stories import overrides as words
from aggregator.stories.cluster import WINDOW, mint_story_id
from aggregator.stories.overrides import Held, Repair, Standing

IDLE = Standing(stories={}, living={}, dates={})


class Rewording:
    """One pass over all words.

    Attributes:
        held: The words, ready to be asked what may be united.
        clustering: What they move at once.
        hidden: The stories that no output may show.
        is_idle: Nothing has to change.
    """

    def __init__(self, store: Store, overrides: Sequence[Override]) -> None:
        self._store = store
        memberships = store.held_memberships()
        standing = _standing(store, overrides, memberships) if overrides or memberships else IDLE
        self.held = Held(overrides, standing)
        self._repair: Repair = words.repair(self.held, standing)
        self.clustering = self._repair.clustering
        self.hidden = self._repair.hidden
        self.is_idle = not (self.clustering.memberships or self.clustering.merges or self._repair.released)
        self._was: dict[str, Membership] = {
            each.article_id: each for story in standing.stories.values() for each in story.memberships
        }
        self._named = {each.story_id for each in self._was.values()}
        self._named |= {each.story_id for each in self.clustering.memberships}

    def released_stories(self) -> list[list[Article]]:
        """Return the articles to decide anew, by the story that they were in."""
        by_story: dict[str, list[Article]] = {}
        for article in self._store.articles(sorted(self._repair.released)):
            by_story.setdefault(self._was[article.id].story_id, []).append(article)
        return [by_story[story_id] for story_id in sorted(by_story)]

    def around(self, released: Sequence[Article]) -> tuple[LiveStory, ...]:
        """Return the stories of the time of these articles, without them and others that wait to be decided anew."""
        first, last = min(each.at for each in released), max(each.at for each in released)
        stories = self._store.live_stories(since=first - WINDOW, until=last + WINDOW + timedelta(microseconds=1))
        waiting = {article.id for article in released}
        kept = [replace(story, articles=tuple(a for a in story.articles if a.id not in waiting)) for story in stories]
        return tuple(story for story in kept if story.articles)

    def finished(self, clustering: Clustering) -> Clustering:
        """Give what the model said of released articles its final ids."""
        released = {each.article_id: self._was[each.article_id] for each in clustering.memberships}
        origins = {words.mark_of(each)[1] for each in released.values()} - {""}
        ids = {each.story_id for each in clustering.memberships} | origins
        ids |= {mint_story_id(id_, ()) for id_ in released}
        stored = self._store.living_ids(sorted(ids))
        done = words.decided_anew(clustering, released, self._repair.forbidden, stored=stored)
        self._named |= {each.story_id for each in done.memberships}
        self._named |= {id_ for merge in done.merges for id_ in (merge.story_id, merge.retired_id)}
        return done

    def emptied(self) -> Clustering:
        """Let each story that lost all its articles lead to where most of them went."""
        merges = []
        now = self._store.stories_of(self._was)
        gone: dict[str, Counter[str]] = {}
        for id_, membership in self._was.items():
            gone.setdefault(membership.story_id, Counter())[now[id_]] += 1
        for story_id in sorted(gone):
            story = self._store.story(story_id)
            if story is not None and not story.memberships and not story.merged_into:
                heir = min(gone[story_id], key=lambda id_: (-gone[story_id][id_], id_))
                merges.append(Merge(story_id=heir, retired_id=story_id, reason="a person moved all its articles"))
        return Clustering(merges=tuple(merges))

    def touched(self) -> set[str]:
        """Return every story that may look different now."""
        return set(self._named)


def _standing(store: Store, overrides: Sequence[Override], held: Sequence[Membership]) -> Standing:
    """Read all that words name: a look-up an address and a story."""
    urls = {url for each in overrides for url in (*each.urls, *each.apart_from, *each.firsts)}
    articles = store.articles_at(sorted(urls))
    named = {story_id for each in overrides for story_id in each.stories}
    living = store.living_ids(sorted(named))
    ids = {*living.values(), *store.stories_of([each.id for each in articles]).values()}
    ids |= {each.story_id for each in held}
    stories: dict[str, Story] = {}
    for story_id in sorted(ids):
        story = store.story(story_id)
        if story is not None and not story.merged_into:
            stories[story_id] = story
    members = sorted({each.article_id for story in stories.values() for each in story.memberships})
    dates = {each.id: (each.at, each.id) for each in (*store.articles(members), *articles)}
    minted = store.living_ids([mint_story_id(id_, ()) for id_ in members]) if overrides else {}
    return Standing(articles=articles, stories=stories, living={**minted, **living}, held=tuple(held), dates=dates)
