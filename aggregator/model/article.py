"""An article as it is stored, and what a poll says of it."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

from aggregator.dataclass import dataclass
from aggregator.model.feed import Enclosure
from aggregator.model.moment import EPOCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    r"""An incoming article, as stored.

    Attributes:
        id: 16 hex digits, minted once from source and guid (or a fallback); stable while the source keeps any of them.
        source_url: The source it came from.
        publisher: Who published it: the source's ``publisher`` key or a registrable domain.
        source_name: What to call the source.
        guid: Raw; empty: none.
        link: Absolute http(s) address; empty: none.
        canonical_url: ``link`` without what does not identify the page; equal for copies; empty: no link.
        guid_url: The page that ``guid`` names, as ``canonical_url``; empty: none, or the same.
        title: Plain text, one line.
        summary: Sanitised HTML.
        content: Sanitised HTML; may be empty.
        text: Plain text of content, else summary; paragraphs parted by "\n".
        author: Plain text.
        categories: Plain text.
        tags: The source's tags.
        enclosures: In the feed's order.
        image: Absolute http(s) address; empty: none.
        lang: Primary language subtag ("en"); "und": not known.
        published_at: As declared, or ``None``.
        updated_at: As declared, or ``None``.
        first_seen_at: When this program first read it.
        modified_at: When this program last saw it changed.
        fingerprint: Short hashes of title, link, text and dates, joined by "-"; another one means MODIFIED, and
            which part differs tells what changed.
        weight: The source's weight.
        is_paywalled: The feed says that the whole article is for those who pay.
    """

    id: str
    source_url: str
    publisher: str
    source_name: str = ""
    guid: str = ""
    link: str = ""
    canonical_url: str = ""
    guid_url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    text: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    lang: str = "und"
    published_at: datetime | None = None
    updated_at: datetime | None = None
    first_seen_at: datetime = EPOCH
    modified_at: datetime = EPOCH
    fingerprint: str = ""
    weight: float = 1.0
    is_paywalled: bool = False

    @property
    def at(self) -> datetime:
        """Effective time: never later than when it was first seen, so that no future date stays on top for ever."""
        claimed = self.published_at or self.updated_at
        return min(claimed, self.first_seen_at) if claimed else self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """What identity needs to know of a stored article. Fields as in :class:`Article`."""

    id: str
    guid: str
    link: str
    canonical_url: str
    title: str
    published_at: datetime | None
    first_seen_at: datetime
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What an article, read or stored, is known by; empty or ``None``: it has none.

    Attributes:
        guid: Raw.
        guid_url: The page that the guid names, canonical.
        link: Canonical.
        title: Plain text.
        date: As declared.
        text: The short hash that its fingerprint holds.
    """

    guid: str = ""
    guid_url: str = ""
    link: str = ""
    title: str = ""
    date: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which stored articles of a source are asked for: those with one of the ids, or like one that was read."""

    ids: tuple[str, ...] = ()
    signs: tuple[Signs, ...] = ()


class ChangeKind(StrEnum):
    """What a poll means for one article."""

    NEW = "new"
    MODIFIED = "modified"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChange:
    """An article of a poll beside what was stored.

    Attributes:
        kind: What happened.
        article: The article as it is to be stored.
        reason: For MODIFIED: which fields changed, in words ("title", "text, link").
    """

    kind: ChangeKind
    article: Article
    reason: str = ""


Outcome = Literal["new", "changed", "unchanged", "not modified", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """One line of the poll history.

    Attributes:
        outcome: "new" (articles), "changed" (articles, none new), "unchanged" (a body without news), "not modified"
            (304) or "failed".
        n_new: New articles.
        n_modified: Changed articles.
        error: In words; empty: none.
    """

    source_url: str
    polled_at: datetime
    outcome: Outcome
    n_new: int = 0
    n_modified: int = 0
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDay:
    """The polls of one source on one day (UTC), added up.

    Attributes:
        day: Its midnight.
        n_polls: Polls, failed ones too.
        n_failed: Those that failed.
        n_fruitful: Those that brought new articles.
        n_new: New articles.
        n_modified: Changed articles.
        seconds: How long all fetches took together.
        longest: How long the longest took, in seconds.
    """

    source_url: str
    day: datetime
    n_polls: int = 0
    n_failed: int = 0
    n_fruitful: int = 0
    n_new: int = 0
    n_modified: int = 0
    seconds: float = 0.0
    longest: float = 0.0
