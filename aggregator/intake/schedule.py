"""Decide when a source is asked again, and what is remembered of the visit. Pure: takes ``now``, returns a new state.

The rules, strongest first: a server that names a time (Retry-After) is obeyed; one that is gone is looked at once a
day; one that fails is left alone for longer and longer, but never for ever; an answer that claims to be fresh (max-age,
Expires, ttl) is believed; hours and days that the feed rules out are skipped; else a source has its own rhythm.
Source: RFC 9110 10.2.3, RFC 9111 5.2 and 5.3, RSS 2.0 (ttl, skipHours, skipDays).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from aggregator.model import Fetched, FetchFailed, FetchResult, NotAFeed, NotModified, ParseResult, Source, SourceState

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


_FIELDS = tuple(field.name for field in fields(SourceState))
_values_of = attrgetter(*_FIELDS)


def _with(state: SourceState, **changed: Any) -> SourceState:
    """Do what ``dataclasses.replace`` does, in a quarter of its time: a poll without news is little else."""
    return SourceState(**dict(zip(_FIELDS, _values_of(state), strict=True)) | changed)


def hash_body(body: bytes) -> str:
    """Give the hex SHA-256 that ``SourceState.body_hash`` holds."""
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
    state = _with(
        state,
        n_polls=state.n_polls + 1,
        seconds=result.seconds,
        first_polled_at=state.first_polled_at or now,
        last_polled_at=now,
        n_articles=max(state.n_articles, len(published)),
        newest_at=max(published, default=state.newest_at),
        rhythm=rhythm_of(published, now) or state.rhythm,
    )
    match result, parsed:
        case FetchFailed(), _:
            return _after_failure(source, state, result, now)
        case Fetched(), NotAFeed(reason=reason, feed_urls=feed_urls):
            pointer = f"; it points at {feed_urls[0]}" if feed_urls else ""
            failure = FetchFailed(reason=reason + pointer, status=200, seconds=result.seconds)
            return _with(_after_failure(source, state, failure, now), last_unconditional_at=now)
        case ((Fetched() | NotModified()), _):
            return _after_success(source, state, result, parsed, now, body_hash)


def _after_success(
    source: Source,
    state: SourceState,
    result: Fetched | NotModified,
    parsed: ParseResult | None,
    now: datetime,
    body_hash: str,
) -> SourceState:
    state = _with(
        _remember_move(source, state, result.moved_to),
        n_failures=0,
        error="",
        is_gone=False,
        last_success_at=now,
    )
    match result:
        case Fetched():
            state = _with(
                state,
                etag=result.etag,
                last_modified=result.last_modified,
                validators_url=result.url,
                body_hash=state.body_hash if result.is_known else body_hash or hash_body(result.body),
                wire_hash=result.wire_hash,
                max_age=result.max_age,
                last_unconditional_at=now,
            )
        case NotModified():  # what a 304 does not say stands as it was. Source: RFC 9111, 4.3.4
            state = _with(
                state,
                etag=result.etag or state.etag,
                last_modified=result.last_modified or state.last_modified,
                max_age=state.max_age if result.max_age is None else result.max_age,
            )
    if parsed is not None and not isinstance(parsed, NotAFeed):
        state = _with(
            state,
            title=parsed.title,
            site_url=parsed.site_url,
            lang=parsed.lang,
            warning="; ".join(parsed.warnings),
            ttl=parsed.ttl,
            skip_hours=parsed.skip_hours,
            skip_days=parsed.skip_days,
        )
    wait, reason = _wait_after_success(source, state, now)
    at = _skip(now + wait, state, now)
    return _with(state, next_poll_at=at, reason=reason if at == now + wait else "skipHours or skipDays")


def _remember_move(source: Source, state: SourceState, moved_to: str) -> SourceState:
    if moved_to:
        return _with(state, moved_to=moved_to, n_moved=state.n_moved + 1 if moved_to == state.moved_to else 1)
    if address_of(state, source) == source.url:
        return _with(state, moved_to="", n_moved=0)
    return state


def _wait_after_success(source: Source, state: SourceState, now: datetime) -> tuple[timedelta, str]:
    """Give the length of the wait and its reason."""
    pace, reason = START, "hourly until its rhythm is known"
    is_learnt = state.first_polled_at is not None and now - state.first_polled_at >= LEARNING
    if state.rhythm is not None and (is_learnt or state.rhythm / POLLS_PER_ARTICLE < START):
        pace, reason = state.rhythm / POLLS_PER_ARTICLE, "own rhythm"
    claims = [
        (claim, name) for claim, name in ((state.max_age, "max-age"), (state.ttl, "ttl")) if claim is not None and claim
    ]
    claimed, claim_name = max(claims, default=(timedelta(0), ""))
    has_validators = bool(state.etag or state.last_modified)
    floor = source.min_interval if has_validators else max(source.min_interval, START)
    if claimed:
        floor = min(floor, max(claimed, SOONEST))
    if state.moved_to and state.n_moved < N_MOVED:
        pace, reason = floor, "a move that must be seen once more"
    ceiling = max(source.max_interval, floor)
    wait = min(max(pace, floor), ceiling)
    wait = wait * (1 - EARLY * _chance(source.url, state.n_polls))
    if claimed > wait:
        return min(claimed, ceiling), claim_name
    return wait, reason if pace >= floor else "min_interval"


def _after_failure(source: Source, state: SourceState, failure: FetchFailed, now: datetime) -> SourceState:
    n_failures = state.n_failures + 1
    state = _with(state, n_failures=n_failures, error=failure.reason, is_gone=failure.is_gone)
    if failure.is_gone:
        return _with(state, next_poll_at=now + DAY, reason="gone (410): one look a day")
    if failure.retry_after is not None:
        wait = min(max(failure.retry_after, source.min_interval), WEEK)
        reason = RETRY_AFTER if failure.retry_after <= WEEK else f"{RETRY_AFTER}, of which a week is waited at most"
        return _with(state, next_poll_at=now + wait, reason=reason)
    # A server that answers with an error asks for more patience than a line that was down for a moment.
    first = 2 * START if failure.status else source.min_interval
    wait = min(first * 2 ** min(n_failures - 1, 10), DAY)
    wait = wait * (1 - 2 * EARLY * _chance(source.url, n_failures))
    times = "failure" if n_failures == 1 else "failures"
    return _with(state, next_poll_at=now + wait, reason=f"back-off after {n_failures} {times}")


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


def _skip(at: datetime, state: SourceState, now: datetime) -> datetime:
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
    digest = hashlib.sha256(f"{url}\n{n}".encode("utf-8", "replace")).digest()
    return int.from_bytes(digest[:4], "big") / 2**32
