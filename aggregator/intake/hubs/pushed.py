"""Decide what a hub's pushing means for polling. Pure.

Polling never ends: while a hub keeps its word, polls wait, up to ``max_interval``; when its lease ends, when it is
silent for longer than the source's rhythm lets expect, or when a poll finds what was not pushed, they come as before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.dataclass import replace
from aggregator.intake import schedule
from aggregator.intake.urls import host_of
from aggregator.model import SourceState, Subscription

QUIET_RHYTHMS = 8  # of the source's usual gaps without a delivery: it is polled as before
QUIET_AT_LEAST = timedelta(hours=1)
QUIET_UNKNOWN = timedelta(hours=6)  # where the rhythm is not known
MISTRUST = timedelta(days=2)  # after a poll that found what the hub had not delivered
PUSHED = "pushed by its hub"  # the reason of a poll that may wait
NEWS = "its hub says that something is new"


def is_fresh(each: Subscription, now: datetime) -> bool:
    """Tell whether the hub has promised to deliver now."""
    return not each.is_leaving and each.lease_until is not None and now < each.lease_until


def why_polled(each: Subscription, state: SourceState, now: datetime) -> str:
    """Say why a source with a fresh subscription is polled as before all the same; empty: polls may wait."""
    if each.pushed_at is None:
        return "nothing was pushed yet"
    if each.missed_at is not None and now < each.missed_at + MISTRUST:
        return "a poll found what was not pushed"
    if now >= each.pushed_at + _quiet(state):
        return "nothing was pushed for longer than usual"
    return ""


def _quiet(state: SourceState) -> timedelta:
    return QUIET_UNKNOWN if state.rhythm is None else max(QUIET_RHYTHMS * state.rhythm, QUIET_AT_LEAST)


def stretched(each: Subscription, state: SourceState, *, max_interval: timedelta, now: datetime) -> SourceState:
    """Let the next poll of a source wait while its hub delivers: never longer than the lease or ``max_interval``."""
    if state.next_poll_at is None or state.n_failures or state.is_gone or each.lease_until is None:
        return state
    if not is_fresh(each, now) or each.pushed_at is None or why_polled(each, state, now):
        return state
    until = min(now + max_interval, each.lease_until, each.pushed_at + _quiet(state))
    return replace(state, next_poll_at=until, reason=PUSHED) if until > state.next_poll_at else state


def after_poll(each: Subscription, new: Sequence[datetime], *, now: datetime) -> Subscription:
    """Give the subscription after a poll that found new articles of these effective times: were they not pushed?"""
    if each.begun_at is None or not is_fresh(each, now) or not any(at > each.begun_at for at in new):
        return each
    return replace(each, missed_at=now)


def after_push(state: SourceState, *, published: Sequence[datetime], now: datetime) -> SourceState:
    """Give what is remembered of a source after a delivery. Validators and body hash stay: a poll sees all there is.

    Args:
        state: As it was before.
        published: Effective times of its known articles, the new ones too, ascending.
        now: When the delivery was taken up.
    """
    return replace(
        state,
        n_articles=max(state.n_articles, len(published)),
        newest_at=max(published, default=state.newest_at),
        rhythm=schedule.rhythm_of(published, now) or state.rhythm,
    )


def asked_soon(state: SourceState, *, now: datetime) -> SourceState:
    """Let a source be polled soon, since its hub delivered something that is no feed; as politely as ever."""
    if state.next_poll_at is None or state.n_failures or schedule.is_held(state, now=now):
        return state
    soon = max(now, (state.last_polled_at or now) + schedule.SOONEST)
    return replace(state, next_poll_at=soon, reason=NEWS) if soon < state.next_poll_at else state


def in_words(each: Subscription, state: SourceState, *, now: datetime) -> str:
    """Say how a subscription stands: "pushed by hub.example, lease until 2026-01-24 12:00 UTC"."""
    host = host_of(each.named)
    if each.is_leaving:
        return f"asked {host} to push no more"
    if each.lease_until is not None and is_fresh(each, now):
        until = f"lease until {each.lease_until:%Y-%m-%d %H:%M} UTC"
        if reason := why_polled(each, state, now):
            return f"subscribed at {host}, {until}; polled as before: {reason}"
        return f"pushed by {host}, {until}"
    if each.error:
        return f"not pushed by {host}: {each.error}"
    return f"{host} was asked to push and has not confirmed yet"
