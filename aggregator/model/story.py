"""What several articles tell of one event, and why they are together."""

from datetime import datetime
from typing import Literal

from aggregator.dataclass import dataclass
from aggregator.model.article import Article
from aggregator.model.moment import EPOCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Why one article is in one story.

    Attributes:
        copy_of: Article of the same story whose text this one repeats; empty: it speaks for itself.
        probability: How sure the decision was, 0..1.
        rule: Which rule decided ("new story", "same address", "same text", "similar", "parted", "override").
        reason: The evidence in words, for people.
        model: Version of the rule or of the weights.
    """

    article_id: str
    story_id: str
    copy_of: str = ""
    probability: float = 1.0
    rule: str = ""
    reason: str = ""
    model: str = ""
    joined_at: datetime = EPOCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What several articles tell of one event. Its id is minted once and never changes.

    Attributes:
        id: 10 characters of Crockford base32, lower case.
        minted_at: When it was minted; its year goes into the story's ``tag:`` URI.
        memberships: In order of joining, then by article id.
        merged_into: The story that took it over; empty: it lives.
        is_hidden: A person took it out of all outputs.
        earlier: Ids of closed stories that it takes up again, newest first.
    """

    id: str
    minted_at: datetime
    memberships: tuple[Membership, ...] = ()
    merged_into: str = ""
    is_hidden: bool = False
    earlier: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStory:
    """A story that new articles may still join: its id and its articles, oldest first."""

    id: str
    minted_at: datetime
    articles: tuple[Article, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Story ``retired_id`` turned out to tell the same as the older ``story_id``."""

    story_id: str
    retired_id: str
    probability: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustering:
    """What one build decided.

    ``memberships`` name every newly placed article once, merges already applied, and those that left their story
    because it told of two happenings.

    Attributes:
        revived: Ids of merged stories that live again, because a person took back that they are one.
    """

    memberships: tuple[Membership, ...] = ()
    merges: tuple[Merge, ...] = ()
    revived: tuple[str, ...] = ()


OverrideKind = Literal["merge", "split", "pin", "forbid", "hide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's word over the model's, as ``overrides.toml`` holds it.

    Attributes:
        n: Its number, from 1; the higher one holds where two contradict each other.
        kind: merge: ``stories`` are one. split: the articles at ``urls`` are a story of their own. pin: the article at
            ``urls`` belongs to ``stories``. forbid: the two at ``urls`` are never in one story. hide: no output shows
            ``stories``.
        stories: Ids.
        firsts: Address of the first article of each of ``stories``, by which a story is known again.
        urls: Addresses of articles.
        apart_from: Split: addresses of the articles that stayed.
        note: Why, for people.
    """

    n: int
    kind: OverrideKind
    stories: tuple[str, ...] = ()
    firsts: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    apart_from: tuple[str, ...] = ()
    note: str = ""
