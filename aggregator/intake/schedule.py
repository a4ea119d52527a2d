"""Decide when a source is asked again, and what is remembered of the visit. Pure: takes ``now``, returns a new state.

The rules, strongest first: a server that names a time (Retry-After) is obeyed; one that is gone is looked at once a
day; one that fails is left alone for longer and longer, but never for ever; an answer that claims to be fresh (max-age,
Expires, ttl) is believed; hours and days that the feed rules out are skipped; else a source has its own rhythm.
Source: RFC 9110 10.2.3, RFC 9111 5.2 and 5.3, RSS 2.0 (ttl, skipHours, skipDays).
"""

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aggregator.dataclass import of_fields
from aggregator.model import Fetched, FetchFailed, FetchResult, NotAFeed, NotModified, ParseResult, Source, SourceState

NEVER = timedelta(0)  # is claimed: nothing
START = timedelta(minutes=60)  # between two polls of a source whose rhythm is not known
SOONEST = timedelta(minutes=5)  # even if a source allows more
RETRY_AFTER = "Retry-After"  # how the reason of a wait begins that the server asked for
DAY = timedelta(hours=24)  # the longest back-off, and how often one that is gone is looked at
WEEK = timedelta(
    days=7
)  # the longest silence that a server may ask for: who says "for ever" is asked again all the same
LEARNING = timedelta(hours=24)  # a source younger than this is asked hourly: its dates may be those of an archive
POLLS_PER_ARTICLE = 4  # an article is then read after an eighth of its source's usual gap, on average
N_RHYTHM = 20  # articles that tell the rhythm; more would remember a rhythm that is long over
MIN_RHYTHM = 5  # articles; fewer tell nothing
N_BEFORE_ORIGINAL = 3  # failures at a moved address before the configured one is asked again
N_MOVED = 2  # sightings of a permanent redirect before the new address is asked first
EARLY = 0.05  # share by which a poll may come early: an hourly cron job must not miss its hour by a second


class _Draft:
    """A state that is being written: the fields of ``SourceState``, which may be set.

    A new frozen state for every rule that changes something was half of what a poll without news cost here.
    """


Draft = Any  # a ``_Draft``


def _draft_of(state: SourceState) -> Draft:
    draft = _Draft()
    draft.__dict__ = dict(vars(state))
    return draft


def hash_body(body: bytes) -> str:
    """Give the hex SHA-256 that ``SourceState.body_hash`` holds."""
    import hashlib  # 3 ms, which a poll without news need not spend

    return hashlib.sha256(body).hexdigest()


def address_of(state: SourceState, source: Source) -> str:
    """Give the address to ask: where the source moved for good, from the second sighting on, else as configured."""
    if state.moved_to and state.n_moved >= N_MOVED and state.n_failures < N_BEFORE_ORIGINAL:
        return state.moved_to
    return source.url


def is_held(state: SourceState, *, now: datetime) -> bool:
    """Tell whether the server itself asked not to be visited before ``next_poll_at``: not even a forced poll may."""
    if state.next_poll_at is None or state.next_poll_at <= now:
        return False
    # What lies further ahead than anybody may ask for was reckoned with a clock that was wrong.
    if state.reason.startswith(RETRY_AFTER):  # its own, or that of its domain
        return state.next_poll_at <= now + WEEK
    return state.is_gone and state.next_poll_at <= now + DAY


def backs_off_domain(result: FetchResult) -> timedelta | None:
    """Give how long the whole registrable domain is to be left alone; ``None``: no need."""
    match result:
        case FetchFailed(status=429 | 503, retry_after=timedelta() as wait):
            return min(wait, WEEK)
        case _:
            return None


def after_poll(
    *,
    source: Source,
    state: SourceState,
    result: FetchResult,
    parsed: ParseResult | None,
    published: Sequence[datetime],
    now: datetime,
    body_hash: str = "",
) -> SourceState:
    """Give what is to be remembered after a visit, with the time and the reason of the next.

    Args:
        source: As configured.
        state: As it was before the visit.
        result: What the fetch gave.
        parsed: What the body gave; ``None``: no body, or one with the known hash.
        published: Effective times of the source's recent known articles, the new ones too, in any order.
        now: When the visit took place.
        body_hash: Of the body, where it is known already: hashing 85 KB costs 0.1 ms.
    """
    draft = _draft_of(state)
    draft.n_polls += 1
    draft.seconds = result.seconds
    draft.first_polled_at = state.first_polled_at or now
    draft.last_polled_at = now
    if published:
        draft.n_articles = max(state.n_articles, len(published))
        draft.newest_at = max(published)
        draft.rhythm = rhythm_of(published, now) or state.rhythm
    match result, parsed:
        case FetchFailed(), _:
            _note_failure(source, draft, result, now)
        case Fetched(), NotAFeed(reason=reason, feed_urls=feed_urls):
            pointer = f"; it points at {feed_urls[0]}" if feed_urls else ""
            failure = FetchFailed(reason=reason + pointer, status=200, seconds=result.seconds)
            _note_failure(source, draft, failure, now)
            draft.last_unconditional_at = now
        case ((Fetched() | NotModified()), _):
            _note_success(source, draft, result, parsed, now, body_hash)
    return of_fields(SourceState, draft.__dict__)


def _note_success(
    source: Source,
    draft: Draft,
    result: Fetched | NotModified,
    parsed: ParseResult | None,
    now: datetime,
    body_hash: str,
) -> None:
    _note_move(source, draft, result.moved_to)
    draft.n_failures = 0
    draft.error = ""
    draft.is_gone = False
    draft.last_success_at = now
    match result:
        case Fetched():
            draft.etag = result.etag
            draft.last_modified = result.last_modified
            draft.validators_url = result.url
            if not result.is_known:
                draft.body_hash = body_hash or hash_body(result.body)
            draft.wire_hash = result.wire_hash
            draft.max_age = result.max_age
            draft.last_unconditional_at = now
        case NotModified():  # what a 304 does not say stands as it was. Source: RFC 9111, 4.3.4
            draft.etag = result.etag or draft.etag
            draft.last_modified = result.last_modified or draft.last_modified
            draft.max_age = draft.max_age if result.max_age is None else result.max_age
    if parsed is not None and not isinstance(parsed, NotAFeed):
        draft.title = parsed.title
        draft.site_url = parsed.site_url
        draft.lang = parsed.lang
        draft.warning = "; ".join(parsed.warnings)
        draft.ttl = parsed.ttl
        draft.skip_hours = parsed.skip_hours
        draft.skip_days = parsed.skip_days
    wait, reason = _wait_after_success(source, draft, now)
    draft.next_poll_at = _skip(now + wait, draft, now)
    draft.reason = reason if draft.next_poll_at == now + wait else "skipHours or skipDays"


def _note_move(source: Source, draft: Draft, moved_to: str) -> None:
    if moved_to:
        draft.n_moved = draft.n_moved + 1 if moved_to == draft.moved_to else 1
        draft.moved_to = moved_to
    elif address_of(draft, source) == source.url:
        draft.moved_to, draft.n_moved = "", 0


def _wait_after_success(source: Source, draft: Draft, now: datetime) -> tuple[timedelta, str]:
    """Give the length of the wait and its reason."""
    pace, reason = START, "hourly until its rhythm is known"
    if draft.rhythm is not None:
        own_pace = draft.rhythm / POLLS_PER_ARTICLE
        if own_pace < START or now - draft.first_polled_at >= LEARNING:
            pace, reason = own_pace, "own rhythm"
    claimed, claim_name = NEVER, ""
    if draft.max_age or draft.ttl:
        claims = ((draft.max_age or NEVER, "max-age"), (draft.ttl or NEVER, "ttl"))
        claimed, claim_name = max(claims)
    has_validators = draft.etag or draft.last_modified
    floor = source.min_interval if has_validators else max(source.min_interval, START)
    if claimed:
        floor = min(floor, max(claimed, SOONEST))
    if draft.moved_to and draft.n_moved < N_MOVED:
        pace, reason = floor, "a move that must be seen once more"
    ceiling = max(source.max_interval, floor)
    wait = min(max(pace, floor), ceiling)
    wait = wait * (1 - EARLY * _chance(source.url, draft.n_polls))
    if claimed > wait:
        return min(claimed, ceiling), claim_name
    return wait, reason if pace >= floor else "min_interval"


def _note_failure(source: Source, draft: Draft, failure: FetchFailed, now: datetime) -> None:
    draft.n_failures += 1
    draft.error = failure.reason
    draft.is_gone = failure.is_gone
    if failure.is_gone:
        draft.next_poll_at, draft.reason = now + DAY, "gone (410): one look a day"
        return
    if failure.retry_after is not None:
        draft.next_poll_at = now + min(max(failure.retry_after, source.min_interval), WEEK)
        is_short = failure.retry_after <= WEEK
        draft.reason = RETRY_AFTER if is_short else f"{RETRY_AFTER}, of which a week is waited at most"
        return
    # A server that answers with an error asks for more patience than a line that was down for a moment.
    first = 2 * START if failure.status else source.min_interval
    wait = min(first * 2 ** min(draft.n_failures - 1, 10), DAY)
    times = "failure" if draft.n_failures == 1 else "failures"
    draft.next_poll_at = now + wait * (1 - 2 * EARLY * _chance(source.url, draft.n_failures))
    draft.reason = f"back-off after {draft.n_failures} {times}"


def rhythm_of(published: Sequence[datetime], now: datetime) -> timedelta | None:
    """Give the typical time between two articles of a source; ``None``: too few to tell.

    The median of the last gaps, the open one since the newest article among them, but never more than the mean: a
    burst makes the median small and the mean large, silence after it the other way round, and neither may postpone a
    source. Articles of one second count as one.
    """
    times = sorted({each.replace(microsecond=0) for each in published if each <= now}, reverse=True)[:N_RHYTHM]
    if len(times) < MIN_RHYTHM:
        return None
    gaps = sorted(after - before for after, before in zip([now, *times], times, strict=False))
    return min(gaps[len(gaps) // 2], (now - times[-1]) / len(times))


def _skip(at: datetime, state: Draft, now: datetime) -> datetime:
    """Give the first moment from ``at`` on that the feed does not rule out; if it rules out a week, a day from now."""
    if not state.skip_hours and not state.skip_days:
        return at
    for hours in range(7 * 24 + 1):
        moment = at if hours == 0 else at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=hours)
        if moment.hour not in state.skip_hours and moment.weekday() not in state.skip_days:
            return moment
    return max(at, now + DAY)


def _chance(url: str, n: int) -> float:
    """Give a number in [0, 1) that looks random and is always the same."""
    return zlib.crc32(f"{url}\n{n}".encode("utf-8", "replace")) / 2**32
