"""A source, and what is remembered of it."""

from datetime import datetime, timedelta

from aggregator.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A subscribed feed, as ``feeds.toml`` describes it.

    Attributes:
        url: Address of the feed; also the identity of the source.
        name: What to call it; empty: the feed's own title, else its host.
        publisher: Who owns it; empty: the registrable domain of ``url``.
        lang: BCP 47 primary language; empty: declared by the feed, else detected.
        tags: What it is about; outputs select by them.
        weight: How much its voice counts in ranking; 1.0 is ordinary.
        keep: Rules of which at least one must match an article, if there are any.
        block: Rules that drop an article.
        auth_env: Name of the environment variable holding ``user:password``; empty: none.
        min_interval: Never asked more often than this, unless the source itself allows it.
        max_interval: Never asked less often than this.
        timeout: For the whole fetch: connect, headers, body, redirects.
        max_bytes: Decoded size after which the fetch is given up.
    """

    url: str
    name: str = ""
    publisher: str = ""
    lang: str = ""
    tags: tuple[str, ...] = ()
    weight: float = 1.0
    keep: tuple[str, ...] = ()
    block: tuple[str, ...] = ()
    auth_env: str = ""
    min_interval: timedelta = timedelta(minutes=30)
    max_interval: timedelta = timedelta(hours=24)
    timeout: timedelta = timedelta(seconds=20)
    max_bytes: int = 10_000_000


@dataclass(frozen=True, kw_only=True)  # without slots: each poll reads and writes one, see ``dataclass.of_fields``
class SourceState:
    """What is remembered of a source between two polls. Written in the same transaction as its articles.

    Attributes:
        etag: Raw ``ETag`` header, byte for byte, to echo; empty: none.
        last_modified: Raw ``Last-Modified`` header, byte for byte, to echo; empty: none.
        validators_url: The address that gave them: they are sent to no other origin; empty: the source's own.
        body_hash: Hex SHA-256 of the last body that was read; unchanged bytes are not parsed again.
        wire_hash: Hex SHA-256 of that body as it was transferred, before it was decompressed; empty: not known.
        context_hash: Of all of that body but its articles; empty: it cannot be cut into articles.
        chunk_hashes: Of its articles, one after the other; those that are there again are not parsed again.
        title: The feed's own title, plain text.
        site_url: The page that the feed declares as its home.
        lang: The feed's declared language.
        n_failures: Failures since the last success.
        error: The last failure in words; empty after a success.
        warning: What was odd in the last body that was read; empty: nothing.
        moved_to: Address of the last permanent redirect.
        n_moved: How often in a row ``moved_to`` was seen.
        is_gone: The source answered 410.
        n_polls: Polls so far.
        n_articles: Articles stored so far.
        has_twins: Two of them have the same guid, address, title, date and text: they cannot be told apart by these.
        seconds: How long the last fetch took.
        first_polled_at: When it was first asked.
        last_polled_at: When it was last asked.
        last_success_at: When it last answered with a feed or with 304.
        last_unconditional_at: When it last sent a whole body.
        newest_at: Effective time of its newest article.
        next_poll_at: Not before this; ``None``: never polled, so due.
        reason: Why ``next_poll_at`` is what it is, in words ("max-age", "own rhythm", "Retry-After").
        rhythm: Typical time between two of its articles; ``None``: not known yet.
        max_age: Freshness that the last answer claimed; ``None``: none.
        ttl: RSS ``ttl`` or ``sy:update*`` of the last body; ``None``: none.
        skip_hours: RSS ``skipHours``, UTC hours 0..23.
        skip_days: RSS ``skipDays``, 0 = Monday.
        hubs: WebSub hubs that the last body or its headers named, in their order.
        topic: The address under which those hubs know the feed.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    validators_url: str = ""
    body_hash: str = ""
    wire_hash: str = ""
    context_hash: str = ""
    chunk_hashes: str = ""
    title: str = ""
    site_url: str = ""
    lang: str = ""
    n_failures: int = 0
    error: str = ""
    warning: str = ""
    moved_to: str = ""
    n_moved: int = 0
    is_gone: bool = False
    n_polls: int = 0
    n_articles: int = 0
    has_twins: bool = False
    seconds: float = 0.0
    first_polled_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_success_at: datetime | None = None
    last_unconditional_at: datetime | None = None
    newest_at: datetime | None = None
    next_poll_at: datetime | None = None
    reason: str = ""
    rhythm: timedelta | None = None
    max_age: timedelta | None = None
    ttl: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hubs: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right of one worker to poll one source until its lease ends.

    Attributes:
        state: What was known of the source when it was claimed.
        token: Fencing token: grows with every claim of the source. A completion with an older token is refused.
    """

    state: SourceState
    token: int
