"""What a benchmark gives, and how it is shown: tables for people, and plots that need no program but a browser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, BAR, LABEL = 640, 22, 230  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Some figures.

    Attributes:
        slug: Name of the plot's file.
        title: What was measured.
        note: How, in a sentence or two.
        heads: Of the columns.
        rows: Cells, as they are shown.
        plot: Value by label, drawn as bars; empty: no plot.
        unit: Of the plot's values.
    """

    slug: str
    title: str
    note: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    plot: Mapping[str, float]
    unit: str


def markdown(section: Section, folder: str) -> str:
    """Return a section as Markdown; ``folder`` is where the plots lie."""
    lines = [f"## {section.title}", "", section.note, "", f"| {' | '.join(section.heads)} |"]
    lines.append("|" + "---|" * len(section.heads))
    lines += [f"| {' | '.join(row)} |" for row in section.rows]
    if section.plot:
        lines += ["", f"![{section.title}]({folder}/{section.slug}.svg)"]
    return "\n".join(lines) + "\n"


def bars(section: Section) -> str:
    """Return the plot of a section as SVG: a bar a label, each with its value."""
    most = max(section.plot.values(), default=1.0) or 1.0
    height = BAR * len(section.plot) + 30
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="8" y="18" fill="#444">{escape(section.title)} ({escape(section.unit)})</text>',
    ]
    for i, (label, value) in enumerate(section.plot.items()):
        top = 28 + i * BAR
        length = max(1.0, value / most * (WIDTH - LABEL - 80))
        parts.append(f'<text x="{LABEL - 8}" y="{top + 14}" text-anchor="end" fill="#222">{escape(label)}</text>')
        parts.append(f'<rect x="{LABEL}" y="{top + 2}" width="{length:.1f}" height="{BAR - 6}" fill="#3b6ea5"/>')
        parts.append(f'<text x="{LABEL + length + 6:.1f}" y="{top + 14}" fill="#222">{shown(value)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def shown(value: float) -> str:
    """Return a number with three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
