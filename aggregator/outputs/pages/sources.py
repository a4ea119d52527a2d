"""Own how each source fares, as values: what the status page, ``status.json`` and the command line all show. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.markup import safe_url
from aggregator.model import SourceView
from aggregator.outputs import strings
from aggregator.outputs.content import plain
from aggregator.outputs.health import MIN_SILENCE, SILENCE
from aggregator.outputs.pages.days import N_DAYS, midnight

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source fares.

    Attributes:
        view: The source and what is remembered of it.
        name: What to call it.
        word: "ok", "silent", "failing", "gone" or "not asked yet".
        silent_for: How long it has published nothing, where that is far beyond its own rhythm.
        a_day: Articles a day; ``None``: not known yet.
    """

    view: SourceView
    name: str
    word: str
    silent_for: timedelta | None
    a_day: float | None


def called(view: SourceView) -> str:
    """Return what to call a source: its own name, the feed's title, else its address."""
    return plain(view.source.name) or plain(view.state.title) or safe_url(view.source.url) or plain(view.source.url)


def health_of(view: SourceView, *, now: datetime) -> Health:
    """Say how a source fares."""
    silent_for = silence(view, now=now)
    return Health(
        view=view,
        name=called(view),
        word=_word(view, is_silent=silent_for is not None),
        silent_for=silent_for,
        a_day=articles_a_day(view, now=now),
    )


def _word(view: SourceView, *, is_silent: bool) -> str:
    state = view.state
    if state.is_gone:
        return strings.GONE
    if state.n_failures:
        return strings.FAILING
    if state.last_polled_at is None:
        return strings.NOT_ASKED
    return strings.SILENT if is_silent else strings.OK


def silence(view: SourceView, *, now: datetime) -> timedelta | None:
    """Return how long a source that answers has published nothing, where that is far beyond its own rhythm."""
    state = view.state
    if state.rhythm is None or state.newest_at is None or state.n_failures or state.is_gone:
        return None
    silent_for = now - state.newest_at
    return silent_for if silent_for > max(MIN_SILENCE, SILENCE * state.rhythm) else None


def articles_a_day(view: SourceView, *, now: datetime) -> float | None:
    """Return new articles a day, over the whole days of the last 30.

    The day of the first poll brought what the feed held already and is left out, as is today, which is not over. Where
    no whole day is left, the source's own rhythm says; ``None``: nothing does.
    """
    today = midnight(now)
    known_since = view.state.first_polled_at or min((day.day for day in view.days), default=now)
    begin = max(today - DAY * (N_DAYS - 1), midnight(known_since) + DAY)
    n_days = (today - begin).days
    if n_days > 0:
        return sum(day.n_new for day in view.days if begin <= day.day < today) / n_days
    return DAY / view.state.rhythm if view.state.rhythm else None


def source_records(views: Sequence[SourceView], *, now: datetime) -> list[dict[str, object]]:
    """Return each source as JSON has it: what is known of it, and its last 30 days as parallel lists (today last)."""
    return [_record(health_of(view, now=now), now=now) for view in views]


def _record(health: Health, *, now: datetime) -> dict[str, object]:
    state = health.view.state
    return {
        "url": safe_url(health.view.source.url),
        "name": health.name,
        "ok": bool(state.last_success_at) and not state.error,
        "state": health.word,
        "error": plain(state.error) or None,
        "warning": plain(state.warning) or None,
        "articles": state.n_articles,
        "articles_a_day": None if health.a_day is None else round(health.a_day, 2),
        "seconds": round(state.seconds, 3),
        "failures": state.n_failures,
        "last_success_at": _iso(state.last_success_at),
        "next_poll_at": _iso(state.next_poll_at),
        "reason": plain(state.reason),
        "newest_at": _iso(state.newest_at),
        "rhythm_seconds": _seconds(state.rhythm),
        "silent_seconds": _seconds(health.silent_for),
        "moved_to": safe_url(state.moved_to) or None,
        "days": last_days(health.view, now=now),
    }


def last_days(view: SourceView, *, now: datetime) -> Mapping[str, list[int]]:
    """Return polls, failures and new articles of each of the last 30 days; today is the last one."""
    day_by_date = {day.day: day for day in view.days}
    first = midnight(now) - DAY * (N_DAYS - 1)
    found = [day_by_date.get(first + DAY * i) for i in range(N_DAYS)]
    return {
        "polls": [day.n_polls if day else 0 for day in found],
        "failed": [day.n_failed if day else 0 for day in found],
        "new": [day.n_new if day else 0 for day in found],
    }


def _iso(at: datetime | None) -> str | None:
    return strings.machine_time(at) if at else None


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else round(length.total_seconds())
