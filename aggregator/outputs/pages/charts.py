"""Own the arithmetic of a timeline: values to positions in percent and pixels. Templates draw them as inline SVG.

Horizontal positions are percent of the width, so that a chart fits any screen while its text keeps its size; heights
are pixels. Pure.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model import Summary
from aggregator.outputs import strings
from aggregator.outputs.content import shorten, source_name

ROW = 36  # pixels of a publisher's row: its name above, its line below
TOP = 8
MAX_ROWS = 12  # publishers with a row of their own
MAX_NAME = 40  # characters; SVG text does not wrap, and this fits a phone
LEFT, RIGHT = 2.0, 98.0  # percent; a dot at the very edge would be cut in half
MAX_LINES = 8  # vertical lines of a time axis
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
