"""What people subscribe to: output feeds and their entries."""

from datetime import datetime

from aggregator.dataclass import dataclass
from aggregator.model.feed import Enclosure


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output feed as ``feeds.toml`` describes it.

    Attributes:
        slug: File name without suffix: lower-case letters, digits, "-".
        title: What readers see.
        tags: Stories with any of them; empty: all.
        languages: Stories in any of them; empty: all.
        min_publishers: A story enters with this many.
        max_entries: How many stories the feed holds.
        keep: Rules of which at least one must match an article of a story, if there are any.
        block: Rules that drop an article; a story without any article left does not enter.
    """

    slug: str
    title: str
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    min_publishers: int = 1
    max_entries: int = 60
    keep: tuple[str, ...] = ()
    block: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A revision that one output feed called an update.

    Attributes:
        n: The revision's number.
        at: When the feed first said so.
    """

    n: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A place in one output feed: of a story, or of an incident in the feed about sources. Kept for ever.

    Attributes:
        story_id: Of the story; an incident has a name of its own.
        published_at: When it first appeared in this feed; frozen.
        updated_at: Its last material change.
        headline: As first shown there; frozen unless it became wrong.
        revision: Number of the revision that is shown.
        entered: Number of the revision with which it entered.
        updates: The revisions that were announced as updates, oldest first.
        is_held: The shown revision would be an update but for the cool-down.
        left_at: Time of the newest article of all when it was no longer shown; ``None``: it is shown.
        picture: What stands beside it; frozen once known.
    """

    slug: str
    story_id: str
    published_at: datetime
    updated_at: datetime
    headline: str
    revision: int
    entered: int = 1
    updates: tuple[Announced, ...] = ()
    is_held: bool = False
    left_at: datetime | None = None
    picture: Enclosure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLink:
    """A link of an entry. ``rel`` is "alternate" (the story's page) or "via" (a cited article)."""

    href: str
    rel: str
    type: str = ""
    title: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The feed from which an entry was copied (``atom:source``).

    Attributes:
        url: Address of that feed, which also names it.
        site_url: Its home page; empty: none.
        updated_at: That feed was at least as new when the entry was copied.
    """

    url: str
    title: str
    updated_at: datetime
    site_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an output feed carries: a story, an update of one, a copied article, a digest or an incident.

    Attributes:
        id: ``tag:HOST,YEAR:story/ID`` and so on.
        title: Headline, plain text.
        summary: Plain text, at most 300 characters.
        content: HTML that reads well with every tag stripped.
        links: One alternate, then one via for each cited article.
        picture: What may stand beside it; type and length are said only when known.
        author: Empty: that of the feed.
        origin: Of a copied article; ``None``: the entry is our own.
    """

    id: str
    title: str
    summary: str
    content: str
    links: tuple[EntryLink, ...]
    published_at: datetime
    updated_at: datetime
    lang: str = "und"
    categories: tuple[str, ...] = ()
    picture: Enclosure | None = None
    author: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFeed:
    """A whole output feed. ``updated_at`` is that of its newest entry, never "now".

    Attributes:
        hub: WebSub hub that is told of every change; empty: none.
        previous_url: The archive before this document; empty: none (RFC 5005).
        current_url: In an archive: the feed that it belongs to; empty: this is no archive.
    """

    id: str
    slug: str
    title: str
    author: str
    self_url: str
    site_url: str
    updated_at: datetime
    entries: tuple[Entry, ...]
    lang: str = ""
    hub: str = ""
    previous_url: str = ""
    current_url: str = ""
