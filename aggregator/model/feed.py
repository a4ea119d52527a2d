"""A feed as its bytes give it."""

from datetime import datetime, timedelta

from aggregator.dataclass import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file that an article carries. ``length`` is in bytes, 0: unknown."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedArticle:
    """One article as its feed gives it, cleaned.

    Attributes:
        guid: Raw ``guid`` or ``id``; empty: none.
        link: Absolute http(s) address; empty: none.
        title: Plain text, one line; may be empty.
        summary: Sanitised HTML.
        content: Sanitised HTML; empty when the feed carries no more than the summary.
        text: Plain text of content, else of summary, where it was read with them; empty: it was not.
        author: Plain text, several joined by ", ".
        categories: Plain text, in the feed's order.
        enclosures: In the feed's order.
        image: Absolute http(s) address; empty: none.
        lang: As declared for this article; empty: not declared.
        published_at: As declared; ``None``: none or unreadable.
        updated_at: As declared; ``None``: none or unreadable.
        is_paywalled: The feed says that the whole article is for those who pay.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    text: str = field(default="", compare=False)  # says nothing that content and summary do not
    author: str = ""
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""
    lang: str = ""
    published_at: datetime | None = None
    updated_at: datetime | None = None
    is_paywalled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed as its bytes give it.

    Attributes:
        format: "rss20", "atom10", "json11", ... as feedparser names them.
        title: Plain text.
        site_url: The feed's home page; empty: none.
        self_url: The address that the feed gives for itself; empty: none.
        hubs: WebSub hubs that the feed names, in its order.
        lang: Declared language; empty: none.
        articles: In the feed's order.
        warnings: What was odd, in words.
        ttl: RSS ``ttl`` or ``sy:update*``; ``None``: none.
        skip_hours: RSS ``skipHours``, UTC hours 0..23.
        skip_days: RSS ``skipDays``, 0 = Monday.
    """

    format: str
    title: str = ""
    site_url: str = ""
    self_url: str = ""
    hubs: tuple[str, ...] = ()
    lang: str = ""
    articles: tuple[ParsedArticle, ...] = ()
    warnings: tuple[str, ...] = ()
    ttl: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAFeed:
    """The bytes are no feed.

    Attributes:
        reason: What they are instead, in words ("an HTML page, not a feed").
        feed_urls: Feeds that the page itself points at, best first.
    """

    reason: str
    feed_urls: tuple[str, ...] = ()


ParseResult = ParsedFeed | NotAFeed
