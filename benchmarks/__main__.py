"""Measure everything that needs nothing but this checkout, and write it down: ``make bench``, ``python -m benchmarks``.

Writes ``benchmarks/FIGURES.md`` with its plots in ``benchmarks/plots``. All input is made by seeded generators or is
the demo's recording. CPU time of the process tree, since machines are shared; figures, not assertions.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from aggregator import __version__
from benchmarks import poll, processes, resting, scheduling, serving, steps
from benchmarks.figures import Section, bars, markdown, shown

HERE = Path(__file__).parent
PLOTS = "plots"
# feeds of a poll, live articles of clustering and of one article more, sources of the daemon at rest
SIZES = {
    "small": (100, (1_000,), (1_000,), 100),
    "usual": (500, (1_000, 10_000), (1_000, 10_000), 1_000),
    "large": (1_000, (1_000, 10_000, 100_000), (1_000, 10_000, 100_000), 1_000),
}


def polls(n_feeds: int, python: str) -> Section:
    """Measure the six scenarios, beside other pollers where ``python`` has them."""
    found = poll.measure(n_feeds, 18_700, python)
    names = list(next(iter(found.values())))
    rows = []
    for scenario, by_name in found.items():
        own = by_name["aggregator"]
        others = [f"{shown(by_name[name])} ({by_name[name] / own:.1f}x)" for name in names[1:]]
        rows.append([scenario, shown(own), *others])
    return Section(
        slug="poll",
        title="Polls",
        note=f"CPU ms a feed, start included: {n_feeds} made feeds of 25 articles, each on a host of its own.",
        heads=["scenario", *names],
        rows=rows,
        plot={scenario: by_name["aggregator"] for scenario, by_name in found.items()},
        unit="CPU ms a feed",
    )


def starts() -> Section:
    """Measure what a command costs that does nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "feeds.toml").write_text('feeds = ["https://one.example/feed.xml"]\n', encoding="utf-8")
        place = ("--config", str(folder / "feeds.toml"), "--data", str(folder / "data"))
        found = {
            "aggregator --help": processes.cpu_of_command(processes.aggregator("--help")),
            "check": processes.cpu_of_command(processes.aggregator(*place, "check")),
            "build without news": processes.cpu_of_command(processes.aggregator(*place, "build")),
        }
    plot = {label: seconds * 1000 for label, seconds in found.items()}
    return Section(
        slug="start",
        title="Start-up",
        note="CPU of a whole process, median of nine.",
        heads=["command", "CPU ms"],
        rows=[[label, f"{ms:.0f}"] for label, ms in plot.items()],
        plot=plot,
        unit="CPU ms",
    )


def journey() -> Section:
    """Measure each step on the recorded days."""
    figures = list(steps.measure())
    rates = {each.name: each.n / each.seconds for each in figures}
    return Section(
        slug="steps",
        title="Steps, on the recorded days",
        note="One process, CPU, median of five.",
        heads=["step", "CPU ms", "of", "a second"],
        rows=[
            [each.name, f"{each.seconds * 1000:.1f}", f"{each.n:,}", f"{rates[each.name]:,.0f} {each.unit}"]
            for each in figures
        ],
        plot={},
        unit="",
    )


def schedule() -> Section:
    """Measure the choice of the sources that are due."""
    found = scheduling.measure(scheduling.N_SOURCES)
    return Section(
        slug="schedule",
        title="Choosing the sources that are due",
        note=f"CPU ms of what a tick asks the store, {scheduling.N_SOURCES:,} sources; median of nine.",
        heads=["what", "CPU ms"],
        rows=[[label, shown(ms)] for label, ms in found.items()],
        plot=found,
        unit="CPU ms",
    )


def by_size(module: str, sizes: tuple[int, ...], *, title: str, note: str, column: str) -> Section:
    """Measure in a process of its own for each size; ``column`` is what is drawn."""
    found = {}
    for size in sizes:
        command = [sys.executable, "-m", f"benchmarks.{module}", str(size)]
        found[f"{size:,}"] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    heads = list(next(iter(found.values())))
    return Section(
        slug=module,
        title=title,
        note=note,
        heads=["live articles", *heads],
        rows=[[size, *(shown(figures[head]) for head in heads)] for size, figures in found.items()],
        plot={size: figures[column] for size, figures in found.items()},
        unit=column,
    )


def daemon(n_sources: int) -> Section:
    """Measure the server and the daemon at rest."""
    served, rests = serving.measure(), resting.measure(n_sources)
    rows = [[f"serve: {label}", shown(value)] for label, value in served.items()]
    rows += [[f"run, at rest, {n_sources:,} sources: {label}", shown(value)] for label, value in rests.items()]
    return Section(
        slug="daemon", title="Server and daemon", note="CPU of that process.", heads=["what", "figure"], rows=rows,
        plot={}, unit="",
    )  # fmt: skip


def sections(size: str, python: str) -> Iterator[tuple[str, Callable[[], Section]]]:
    """Yield the name of each benchmark and what runs it."""
    n_feeds, clustered, grown, n_sources = SIZES[size]
    yield "start", starts
    yield "poll", lambda: polls(n_feeds, python)
    yield "schedule", schedule
    yield "steps", journey
    yield (
        "cluster",
        lambda: by_size(
            "clustering", clustered, title="Placing an article", column="ms an article",
            note="The last 500 of a made stream, in batches of 25, words alone; memory beyond the articles themselves.",
        ),
    )  # fmt: skip
    yield (
        "grow",
        lambda: by_size(
            "growing", grown, title="One new article: saved, placed, told, published", column="ms",
            note="CPU ms beyond its fetch: in a process that goes on (median of five), and as the first after a start.",
        ),
    )  # fmt: skip
    yield "daemon", lambda: daemon(n_sources)


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="usual", help="usual takes some minutes, large an hour")
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="NAME", help="of: start poll schedule steps cluster grow daemon"
    )
    parser.add_argument(
        "--python", default="", help="a Python that has reader, or requests, feedparser and sqlite-utils"
    )
    args = parser.parse_args()
    python = f"Python {platform.python_version()}"
    written_by = f"`python -m benchmarks --size {args.size}`, version {__version__}, {python}"
    meaning = "What they mean and how they compare: [RESULTS.md](RESULTS.md)."
    parts = ["# Figures\n", f"Written by {written_by}, {datetime.now(UTC):%Y-%m-%d}. {meaning}\n"]
    (HERE / PLOTS).mkdir(exist_ok=True)
    for name, run in sections(args.size, args.python):
        if args.only and name not in args.only:
            continue
        start = time.monotonic()
        section = run()
        print(markdown(section, PLOTS), f"({name}: {time.monotonic() - start:.0f} s)\n", sep="\n", flush=True)
        parts.append(markdown(section, PLOTS))
        if section.plot:
            (HERE / PLOTS / f"{section.slug}.svg").write_text(bars(section), encoding="utf-8")
    if not args.only:
        (HERE / "FIGURES.md").write_text("\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
