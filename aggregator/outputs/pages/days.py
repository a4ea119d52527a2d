"""Own the arithmetic of charts of days: stacks of counts over 30 days, and the small one of each source.

Positions across are percent, so that a chart fits any screen; heights are pixels. The last day is that of ``now``: only
pages that may know the time show these. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model import PollDay, StoryDay
from aggregator.outputs import strings

N_DAYS = 30  # that charts look back
BAR_HEIGHT = 96  # pixels of the highest bar


def midnight(at: datetime) -> datetime:
    """Return the beginning of a day (UTC)."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a stacked bar: which part it is, its count, and where it stands (pixels from the top)."""

    kind: str
    n: float
    y: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A day of a stacked chart; ``x`` in percent."""

    day: datetime
    x: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Counts a day, stacked from the ground up, oldest first; ``width`` of a bar in percent, ``top`` the highest."""

    columns: tuple[Column, ...]
    width: str
    top: float
    height: int = BAR_HEIGHT


def stack(values: Mapping[datetime, Mapping[str, float]], kinds: Sequence[str], *, now: datetime) -> Stack | None:
    """Stack the ``kinds`` of values of each of the last 30 days; ``None``: there is nothing but zeros.

    Args:
        values: By day (midnight UTC), then kind; days outside are left out.
        kinds: From the ground up.
        now: The last day is its.
    """
    first = midnight(now) - timedelta(days=N_DAYS - 1)
    days = [first + timedelta(days=i) for i in range(N_DAYS)]
    top = max(sum(values.get(day, {}).get(kind, 0) for kind in kinds) for day in days)
    if not top:
        return None
    columns = []
    for i, day in enumerate(days):
        y = BAR_HEIGHT
        parts = []
        for kind in kinds:
            n = values.get(day, {}).get(kind, 0)
            height = _pixels(n, top)
            y -= height
            parts.append(Part(kind=kind, n=n, y=y, height=height))
        columns.append(Column(day=day, x=f"{100 * i / N_DAYS:.2f}", parts=tuple(parts)))
    return Stack(columns=tuple(columns), width=f"{80 / N_DAYS:.2f}", top=top)


def _pixels(n: float, top: float) -> int:
    """Return the height of a part of a bar; what happened at all is seen."""
    return max(2, round(n * (BAR_HEIGHT - 6) / top)) if n else 0


def poll_chart(polled: Iterable[PollDay], *, now: datetime) -> Stack | None:
    """Count polls a day over the last 30 days by outcome; ``None``: there were none."""
    counts: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for each in polled:
        count = counts[each.day]
        count["failed"] += each.n_failed
        count["new"] += each.n_fruitful
        count["quiet"] += each.n_polls - each.n_failed - each.n_fruitful
    return stack(counts, ("quiet", "new", "failed"), now=now)


def answer_chart(polled: Iterable[PollDay], *, now: datetime) -> Stack | None:
    """Show how long an answer took each day, in seconds over all sources; ``None``: no time is known."""
    n_polls: Counter[datetime] = Counter()
    spent: dict[datetime, float] = {}
    for each in polled:
        n_polls[each.day] += each.n_polls
        spent[each.day] = spent.get(each.day, 0.0) + each.seconds
    return stack({day: {"new": spent[day] / n_polls[day]} for day in spent if n_polls[day]}, ("new",), now=now)


def story_chart(written: Iterable[StoryDay], *, now: datetime) -> Stack | None:
    """Count stories a day: begun and grown; ``None``: there were none."""
    return stack({day.day: {"new": day.n_new, "quiet": day.n_grown} for day in written}, ("new", "quiet"), now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """A source's last 30 days as two paths in a box of ``SPARK_WIDTH`` by ``SPARK_HEIGHT``; an empty path: nothing."""

    new: str
    failed: str
    label: str


SPARK_STEP = 4  # units of a day: a bar of 3 and a gap
SPARK_WIDTH = SPARK_STEP * N_DAYS
SPARK_HEIGHT = 24
_SPARK_FOOT = 4  # below the line: a mark where polls failed


def sparkline(days: Iterable[PollDay], *, now: datetime) -> Spark | None:
    """Draw new articles a day, and where polls failed; ``None``: it was not polled in these days."""
    first = midnight(now) - timedelta(days=N_DAYS - 1)
    shown = [(each, (each.day - first).days) for each in days if 0 <= (each.day - first).days < N_DAYS]
    if not shown:
        return None
    most = max(each.n_new for each, _ in shown)
    room = SPARK_HEIGHT - _SPARK_FOOT
    bars = [
        f"M{SPARK_STEP * i} {room}v-{max(2, round(room * each.n_new / most))}h3V{room}z"
        for each, i in shown
        if each.n_new
    ]
    failed = [f"M{SPARK_STEP * i} {SPARK_HEIGHT}v-3h3v3z" for each, i in shown if each.n_failed]
    label = strings.sparkline_label(sum(each.n_new for each, _ in shown), most, len(failed))
    return Spark(new="".join(bars), failed="".join(failed), label=label)
