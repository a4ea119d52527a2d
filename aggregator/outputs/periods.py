"""Own what is over: months for archives, days and weeks for digests, and how a story stood at the end of one.

Pure. Over means: the newest article of all is younger. The clock has no say, so that an archive or a digest appears
with news and then never changes. A place that enters later has a later ``published_at``, and a revision that is
written later a later ``at``: what a period holds is fixed once it is over.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model import Published, Revision

Revisions = Callable[[str], tuple[Revision, ...]]
"""The revisions of a story, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time in UTC, ``begin_at`` within it, ``end_at`` not. ``name`` is "2026-01", "2026-01-14" or so."""

    name: str
    begin_at: datetime
    end_at: datetime

    def has(self, at: datetime) -> bool:
        """Tell whether a moment is within."""
        return self.begin_at <= at < self.end_at


def month_of(at: datetime) -> Period:
    """Return the month of a moment."""
    begin = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (begin + timedelta(days=32)).replace(day=1)
    return Period(name=f"{begin:%Y-%m}", begin_at=begin, end_at=end)


def day_of(at: datetime) -> Period:
    """Return the day of a moment."""
    begin = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(name=f"{begin:%Y-%m-%d}", begin_at=begin, end_at=begin + timedelta(days=1))


def week_of(at: datetime) -> Period:
    """Return the week of a moment, Monday to Sunday (ISO 8601)."""
    day = day_of(at).begin_at
    begin = day - timedelta(days=day.weekday())
    year, number, _ = begin.isocalendar()
    return Period(name=f"{year:04d}-W{number:02d}", begin_at=begin, end_at=begin + timedelta(days=7))


def over(
    period_of: Callable[[datetime], Period], places: Iterable[Published], *, stream_at: datetime, last: int = 0
) -> tuple[Period, ...]:
    """Return the periods that are over and in which something happened, oldest first.

    Args:
        period_of: :func:`month_of`, :func:`day_of` or :func:`week_of`.
        places: Of one output; a digest counts updates as happenings, too.
        stream_at: Effective time of the newest article of all.
        last: Only so many, the latest; 0: all.
    """
    moments = {at for place in places for at in happenings(place)}
    found = {period for period in map(period_of, moments) if period.end_at <= stream_at}
    ordered = sorted(found, key=lambda period: period.begin_at)
    return tuple(ordered[-last:] if last else ordered)


def happenings(place: Published) -> Iterator[datetime]:
    """Return when a story entered and when it was updated."""
    yield place.published_at
    yield from (update.at for update in place.updates)


def as_of(
    place: Published, end_at: datetime, newest: Revision | None, revisions: Revisions
) -> tuple[Published, Revision] | None:
    """Return a place and its revision as they stood just before ``end_at``; ``None``: nothing is known of then.

    Args:
        place: As it is now.
        end_at: End of a period in or before which the story entered.
        newest: Its latest revision, where it is at hand: most stories end in the period in which they began.
        revisions: Gives all of them.
    """
    shown = newest if newest is not None and newest.at < end_at else None
    if shown is None:
        shown = next((each for each in reversed(revisions(place.story_id)) if each.at < end_at), None)
    if shown is None:
        return None
    updates = tuple(update for update in place.updates if update.at < end_at)
    updated_at = updates[-1].at if updates else place.published_at
    then = Published(
        slug=place.slug,
        story_id=place.story_id,
        published_at=place.published_at,
        updated_at=updated_at,
        headline=shown.summary.headline,
        revision=shown.n,
        entered=place.entered,
        updates=updates,
    )
    return then, shown
