"""Two stored articles side by side: what joins or parts them, with all that is stored of the time around them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from aggregator.model import EPOCH, Article, LiveStory, Membership, Override, Revision
from aggregator.pipeline.placing import live_stories
from aggregator.pipeline.wording import Rewording
from aggregator.store.base import Store
from aggregator.stories.cluster import WINDOW, Clusterer
from aggregator.stories.encoder import Encoder, content_hash
from aggregator.stories.related import Neighbours
from aggregator.stories.why import Comparison, compare


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Why two articles are together or apart.

    Attributes:
        memberships: Theirs, in the same order.
        comparison: Of the later one with the story of the other; ``None``: one is in no story yet.
        override: Number of a person's word that keeps them apart; 0: none does.
    """

    articles: tuple[Article, Article]
    memberships: tuple[Membership | None, Membership | None]
    comparison: Comparison | None
    override: int = 0

    @property
    def are_together(self) -> bool:
        """Tell whether both are in one story."""
        one, other = self.memberships
        return one is not None and other is not None and one.story_id == other.story_id


def why(
    store: Store, one: Article, other: Article, overrides: Sequence[Override], encoder: Encoder | None = None
) -> Answer:
    """Find out why two articles are together or apart. Cost: loads the stories of a few days around them."""
    memberships = _membership(store, one), _membership(store, other)
    held = Rewording(store, overrides).held
    comparison = None
    if memberships[0] and memberships[1]:
        later, earlier = (one, other) if (one.at, one.id) > (other.at, other.id) else (other, one)
        comparison = _compared(store, later, earlier, encoder)
    return Answer(
        articles=(one, other),
        memberships=memberships,
        comparison=comparison,
        override=held.driver(one.id, other.id),
    )


def earlier_stories(
    store: Store, revision: Revision, articles: Sequence[Article], near: Neighbours, encoder: Encoder | None = None
) -> tuple[str, ...]:
    """Return the closed stories that a new one takes up again: its first article would have joined them in their days.

    Only among the stories that ``near`` knows. Newest first. Cost: a clusterer of a few articles for each of at most
    four; most stories have none.
    """
    first = min(articles, key=lambda article: (article.at, article.id))
    if first.at < EPOCH + WINDOW:  # dated in the year 1: nothing ended before, and no sum with such a date exists
        return ()
    found = []
    for related in near.near(revision, ended_before=first.at - WINDOW):
        story = next(iter(live_stories(store, [related.story_id])), None)
        if story is not None and _would_join(store, first, story, encoder):
            found.append((story.articles[-1].at, story.id))
    return tuple(story_id for _, story_id in sorted(found, reverse=True))


def _would_join(store: Store, article: Article, story: LiveStory, encoder: Encoder | None) -> bool:
    """Ask the model about an article as if it had come while a story was alive."""
    ended_at = story.articles[-1].at
    then = replace(article, published_at=ended_at, updated_at=None, first_seen_at=ended_at)
    vectors = {}
    if encoder is not None:
        vectors = store.vectors(sorted({content_hash(each, encoder) for each in (article, *story.articles)}))
    (placed,) = Clusterer([story], encoder=encoder, vectors=vectors).place([then]).memberships
    return placed.story_id == story.id


def _membership(store: Store, article: Article) -> Membership | None:
    story = store.story(store.stories_of([article.id]).get(article.id, ""))
    return next((each for each in story.memberships if each.article_id == article.id), None) if story else None


def _compared(store: Store, later: Article, earlier: Article, encoder: Encoder | None) -> Comparison:
    (whole,) = live_stories(store, [store.stories_of([earlier.id])[earlier.id]])
    others = tuple(article for article in whole.articles if article.id != later.id)
    story = LiveStory(id=whole.id, minted_at=whole.minted_at, articles=others)
    until = later.at + WINDOW + timedelta(microseconds=1)
    around = [each for each in store.live_stories(since=later.at - WINDOW, until=until) if each.id != whole.id]
    vectors = {}
    if encoder is not None:
        known = [later, earlier, *others, *(article for each in around for article in each.articles)]
        vectors = store.vectors(sorted({content_hash(article, encoder) for article in known}))
    return compare(later, earlier, story, around, encoder=encoder, vectors=vectors)
