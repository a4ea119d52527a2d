"""Every value that crosses a folder.

All are frozen and hold tuples: a value can be passed between rooms and threads and never change. Nothing here does any
I/O or reads a clock. Times are aware UTC ``datetime`` named ``_at``; lengths are ``timedelta``. A field that may be
missing in a feed is ``None`` (a time) or empty (a text), never invented.

The journey: ``Source`` -> ``FetchResult`` -> ``ParsedFeed`` -> ``Article`` -> ``Story`` -> ``Summary`` -> ``Entry``.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# ---------------------------------------------------------------- sources


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


# ---------------------------------------------------------------- fetching


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body arrived (status 200, or another 2xx with a body).

    Attributes:
        url: The address that answered, after redirects.
        body: Decoded bytes, at most the source's ``max_bytes``.
        content_type: Raw ``Content-Type``.
        etag: Raw ``ETag``; empty: none.
        last_modified: Raw ``Last-Modified``; empty: none.
        max_age: Freshness claimed by ``Cache-Control`` or ``Expires``; ``None``: none.
        moved_to: Where a chain of only permanent redirects led; empty: not moved.
        encoding: Raw ``Content-Encoding``; empty: the body came as it is.
        link: Raw ``Link``, several joined by ", "; empty: none.
        wire_hash: Hex SHA-256 of the body as transferred, with its encoding; empty: not known.
        is_known: It came as the body did that ``SourceState.wire_hash`` stands for; ``body`` is left empty.
        seconds: Wall time of the fetch.
    """

    url: str
    body: bytes
    encoding: str = ""
    link: str = ""
    wire_hash: str = ""
    is_known: bool = False
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    max_age: timedelta | None = None
    moved_to: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The source answered 304. Fields as in :class:`Fetched`; empty validators mean: keep the old ones."""

    url: str
    etag: str = ""
    last_modified: str = ""
    max_age: timedelta | None = None
    moved_to: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No body can be had.

    Attributes:
        reason: What happened, in words for the person who runs this ("the server answered 503 Service Unavailable").
        status: HTTP status; 0: no answer.
        is_gone: The source answered 410.
        retry_after: How long the server asked to be left alone; ``None``: it did not say.
        seconds: Wall time of the fetch.
    """

    reason: str
    status: int = 0
    is_gone: bool = False
    retry_after: timedelta | None = None
    seconds: float = 0.0


FetchResult = Fetched | NotModified | FetchFailed


# ---------------------------------------------------------------- parsing


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


# ---------------------------------------------------------------- pushed by hubs (WebSub)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What one hub was asked for one source. Its secret is in no representation, so that no log can hold it.

    Attributes:
        token: Last part of the callback's address: who knows it may speak to us as this hub.
        callback: That address, as the hub was told.
        source_url: The source.
        named: The hub as the source names it.
        hub: Where it is asked: ``named``, or where that one redirected.
        topic: The address of the feed as the hub knows it.
        secret: Signs what the hub delivers.
        asked_at: When it was last asked.
        next_at: When it is asked again: to renew, or because it has not confirmed.
        is_leaving: It is asked to stop.
        begun_at: When it first confirmed; ``None``: not yet, or denied since.
        verified_at: When it last confirmed; ``None``: as above.
        lease_until: It delivers until then; ``None``: it does not.
        pushed_at: When it last delivered; ``None``: never.
        missed_at: When a poll last found what it had not delivered; ``None``: never.
        n_failures: Times in a row that it was asked and did not confirm.
        error: Why not, in words; empty: nothing went wrong.
    """

    token: str
    callback: str
    source_url: str
    named: str
    hub: str
    topic: str
    secret: str = field(repr=False)
    asked_at: datetime
    next_at: datetime
    is_leaving: bool = False
    begun_at: datetime | None = None
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    pushed_at: datetime | None = None
    missed_at: datetime | None = None
    n_failures: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What came in by a callback, kept until the run that may write the store takes it up.

    Attributes:
        token: Of the subscription.
        kind: "content" (signed as agreed), or what the hub confirmed or said.
        at: When it came.
        content_type: Of content: raw ``Content-Type``.
        body: Of content: as it came.
        lease: Of "subscribed": how long the hub will deliver.
        reason: Of "denied": why, plain text.
    """

    token: str
    kind: Literal["content", "subscribed", "unsubscribed", "denied"]
    at: datetime
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    lease: timedelta = timedelta(0)
    reason: str = ""


# ---------------------------------------------------------------- articles


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


# ---------------------------------------------------------------- stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Why one article is in one story.

    Attributes:
        copy_of: Article of the same story whose text this one repeats; empty: it speaks for itself.
        probability: How sure the decision was, 0..1.
        rule: Which rule decided ("new story", "same address", "same text", "similar", "override").
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
    """What one build decided. ``memberships`` name every newly placed article once, merges already applied.

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


# ---------------------------------------------------------------- summaries


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


# ---------------------------------------------------------------- outputs


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


# ---------------------------------------------------------------- what the pages show


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story with its history. ``revisions`` are oldest first, at least one; ``earlier`` stories it takes up again."""

    story: Story
    revisions: tuple[Revision, ...]
    earlier: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source with what is remembered of it. ``days``: those of the last 30 on which it was polled, oldest first."""

    source: Source
    state: SourceState
    days: tuple[PollDay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputView:
    """An output feed with what it holds now."""

    output: Output
    n_entries: int
    updated_at: datetime | None
