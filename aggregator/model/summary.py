"""A story told: sentences with their sources, and each version of it."""

from datetime import datetime, timedelta
from typing import Literal

from aggregator.dataclass import dataclass
from aggregator.model.article import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article of a story as the summariser sees it, with the articles that repeat its text."""

    article: Article
    copies: tuple[Article, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a summary.

    Attributes:
        text: Plain text.
        citations: Numbers of the sources that say it, ascending, at least one.
        lang: Language of the text.
    """

    text: str
    citations: tuple[int, ...]
    lang: str = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Sentences under one heading; ``heading`` is empty in a story too short for sections."""

    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """A copy of a cited article: the same text elsewhere."""

    article_id: str
    title: str
    publisher: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A line of the numbered list of sources. ``n`` is kept through every later revision of the story.

    Attributes:
        n: From 1, by first citation; uncited articles follow.
        name: What to call the source ("Example News").
        published_at: The article's effective time.
        also: Its copies.
        is_paywalled: Its source says that the whole article is for those who pay.
    """

    n: int
    article_id: str
    title: str
    publisher: str
    name: str
    url: str
    published_at: datetime
    lang: str = "und"
    also: tuple[Also, ...] = ()
    is_paywalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A sentence that the gate refused, and why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A story told, every sentence with its sources.

    Attributes:
        headline: Plain text.
        sections: At least one.
        sources: By number.
        method: Who wrote it.
        lang: Language of most of the text.
        dropped: What the gate refused.
    """

    headline: str
    sections: tuple[Section, ...]
    sources: tuple[CitedSource, ...]
    method: Literal["extractive", "llm"] = "extractive"
    lang: str = "und"
    dropped: tuple[Dropped, ...] = ()

    @property
    def n_articles(self) -> int:
        """Articles of the story; a copy is part of the article that it repeats."""
        return len(self.sources)

    @property
    def n_publishers(self) -> int:
        """Independent publishers: several feeds of one count once, and so does who only reprints."""
        return len({source.publisher for source in self.sources})


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A story near another one, as it stood when the other was written: its page is there for ever."""

    story_id: str
    headline: str
    lang: str
    newest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A story as it stood from ``at`` on.

    Attributes:
        n: From 1.
        at: When it was written; the story's ``updated``.
        newest_at: Effective time of its newest article.
        tags: Of its sources, most frequent first.
        weight: Sum over its publishers of the heaviest weight of each one's sources.
        change: What is new against the revision before, in words; empty in the first.
        related: Other stories near it that stood then, nearest first.
    """

    story_id: str
    n: int
    at: datetime
    newest_at: datetime
    summary: Summary
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    change: str = ""
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What leads, as ``feeds.toml`` says it. Numbers are 0 or more.

    Attributes:
        half_life: A story counts half after this long without news of it.
        publishers: Power of the number of independent publishers; 0: it does not count.
        weight: Power of the mean weight of its sources; 0: it does not count.
        novelty: How much a story may lose, however fresh its news, because it runs for days; 0: nothing, 1: all.
        publisher_cap: Lone reports of one publisher that count whole, best first; later ones count less and less.
    """

    half_life: timedelta = timedelta(hours=24)
    publishers: float = 2.0
    weight: float = 1.0
    novelty: float = 0.5
    publisher_cap: int = 3


USUAL_RANKING = Ranking()


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a story counts by itself, at the moment of its newest article. Depends on its revision and the rules only.

    Attributes:
        n_publishers: Independent ones.
        mean_weight: Of their sources, as the user set it.
        running: From its first report to its newest.
        crowd: Factor of the publishers.
        weighed: Factor of the weight.
        fresh: Factor of novelty, 0..1.
        whole: All of them multiplied.
    """

    n_publishers: int
    mean_weight: float
    running: timedelta
    crowd: float
    weighed: float
    fresh: float
    whole: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryDay:
    """What was written on one day (UTC). ``day`` is its midnight, ``n_new`` first versions, ``n_grown`` later ones."""

    day: datetime
    n_new: int = 0
    n_grown: int = 0
