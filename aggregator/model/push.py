"""What hubs push (WebSub)."""

from datetime import datetime, timedelta
from typing import Literal

from aggregator.dataclass import dataclass, field


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
