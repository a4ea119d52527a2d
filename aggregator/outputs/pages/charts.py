"""Own the arithmetic of charts: values to positions in percent and pixels. Templates draw them as inline SVG.

Horizontal positions are percent of the width, so that a chart fits any screen while its text keeps its size; heights
are pixels. Pure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model import PollRecord, Summary
from aggregator.outputs import strings
from aggregator.outputs.content import shorten, source_name

ROW = 36  # pixels of a publisher's row: its name above, its line below
TOP = 8
MAX_ROWS = 12  # publishers with a row of their own
MAX_NAME = 40  # characters; SVG text does not wrap, and this fits a phone
LEFT, RIGHT = 2.0, 98.0  # percent; a dot at the very edge would be cut in half
MAX_LINES = 8  # vertical lines of a time axis
BAR_HEIGHT = 96  # pixels of the highest bar
_STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (5, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200, 129_600, 525_600)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One article: its number in the list of sources, where it stands (percent), and when it appeared."""

    n: int
    x: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One publisher's articles, oldest first; ``y`` is the height of its line in pixels."""

    name: str
    y: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Articles over time by publisher; ``lines`` are the positions of vertical lines, one every ``step``."""

    rows: tuple[Row, ...]
    height: int
    lines: tuple[str, ...]
    step: str
    first_at: datetime
    last_at: datetime


def timeline(summary: Summary) -> Timeline | None:
    """Place the articles of a story on a line of time; ``None``: there is no time between them to show."""
    if not summary.sources:
        return None
    first_at = min(source.published_at for source in summary.sources)
    last_at = max(source.published_at for source in summary.sources)
    if last_at - first_at < timedelta(minutes=1):
        return None
    dots_by_name: dict[str, list[Dot]] = {}
    for source in sorted(summary.sources, key=lambda each: (each.published_at, each.n)):
        x = _percent(source.published_at, first_at, last_at)
        dot = Dot(n=source.n, x=x, at=source.published_at)
        dots_by_name.setdefault(source_name(source.name, source.publisher), []).append(dot)
    named = list(dots_by_name.items())
    if len(named) > MAX_ROWS:
        rest = [dot for _, dots in named[MAX_ROWS - 1 :] for dot in dots]
        others = strings.count(len(named) - MAX_ROWS + 1, "other publisher")
        named = [*named[: MAX_ROWS - 1], (others, sorted(rest, key=lambda dot: (dot.at, dot.n)))]
    rows = tuple(
        Row(name=shorten(name, MAX_NAME), y=TOP + ROW * (i + 1) - 8, dots=tuple(dots))
        for i, (name, dots) in enumerate(named)
    )
    step, marks = _marks(first_at, last_at)
    return Timeline(
        rows=rows,
        height=TOP + ROW * len(rows) + 28,
        lines=tuple(_percent(mark, first_at, last_at) for mark in marks),
        step=strings.duration(step),
        first_at=first_at,
        last_at=last_at,
    )


def _percent(at: datetime, first_at: datetime, last_at: datetime) -> str:
    return f"{LEFT + (RIGHT - LEFT) * ((at - first_at) / (last_at - first_at)):.2f}"


def _marks(first_at: datetime, last_at: datetime) -> tuple[timedelta, list[datetime]]:
    """Return the smallest round step that needs few lines, and the round moments in between."""
    length = last_at - first_at
    step = next((each for each in _STEPS if length / each <= MAX_LINES), _STEPS[-1])
    midnight = first_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    k = (first_at - midnight) // step + 1
    marks: list[datetime] = []
    while midnight + k * step < last_at and len(marks) <= MAX_LINES:
        marks.append(midnight + k * step)
        k += 1
    return step, marks


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Polls of one day: counts, and where the bar stands (percent and pixels from the top)."""

    day: datetime
    n_new: int
    n_quiet: int
    n_failed: int
    x: str
    quiet_y: int
    quiet_height: int
    new_y: int
    new_height: int
    failed_y: int
    failed_height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PollChart:
    """Polls a day, oldest first; ``width`` of a bar in percent, ``top`` the highest count."""

    bars: tuple[Bar, ...]
    width: str
    top: int
    height: int = BAR_HEIGHT


def poll_chart(records: Sequence[PollRecord], *, now: datetime, n_days: int = 30) -> PollChart | None:
    """Count polls a day over the last ``n_days`` days by outcome; ``None``: there were none."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    counts: dict[datetime, Counter[str]] = {}
    for record in records:
        at = record.polled_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if today - timedelta(days=n_days) < at <= today:
            kind = record.outcome if record.outcome in ("failed", "new") else "quiet"
            counts.setdefault(at, Counter())[kind] += 1
    if not counts:
        return None
    top = max(each.total() for each in counts.values())
    bars = []
    for i in range(n_days):
        at = today - timedelta(days=n_days - 1 - i)
        n = counts.get(at, Counter())
        quiet, new, failed = (_pixels(n[kind], top) for kind in ("quiet", "new", "failed"))
        bars.append(
            Bar(
                day=at,
                n_new=n["new"],
                n_quiet=n["quiet"],
                n_failed=n["failed"],
                x=f"{100 * i / n_days:.2f}",
                quiet_y=BAR_HEIGHT - quiet,
                quiet_height=quiet,
                new_y=BAR_HEIGHT - quiet - new,
                new_height=new,
                failed_y=BAR_HEIGHT - quiet - new - failed,
                failed_height=failed,
            )
        )
    return PollChart(bars=tuple(bars), width=f"{80 / n_days:.2f}", top=top)


def _pixels(n: int, top: int) -> int:
    """Return the height of a part of a bar; what happened at all is seen."""
    return max(2, round(n * (BAR_HEIGHT - 6) / top)) if n else 0
