"""``doctor``: looks at everything that can go wrong with a running aggregator, and ends with the one thing to do next.

It only looks, beside a run too. A check never raises: what stops it is what it found.
"""

import argparse
import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from xml.parsers import expat

from rich.text import Text

from aggregator.app import Place, clock_from, open_store_to_read
from aggregator.commands.common import console, place_of, print_json
from aggregator.config import Config, load_config
from aggregator.dataclass import dataclass
from aggregator.errors import AggregatorError, ConfigError
from aggregator.logs import printable
from aggregator.model import SourceState
from aggregator.pipeline.takedown import unfinished
from aggregator.store import upkeep
from aggregator.store.lock import lock_holder

MIN_FREE = 200_000_000  # bytes; a day of 10,000 sources writes less
COPIES = 2  # of the database that must fit beside it: a backup, and VACUUM's own copy
CLOCK_TOLERANCE = timedelta(minutes=5)  # what clocks that are set by hand differ by
FAILING = timedelta(hours=24)  # a night's maintenance is no trouble
N_SHOWN = 5  # of what is wrong in one check; the rest is a number
TEMPORARY = ".tmp-"  # begins the names of files that a killed run left; the next build sweeps them
PARSED = {".atom", ".rss", ".opml", ".xml", ".svg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found. ``advice`` is what to do about it; empty: nothing needs doing."""

    name: str
    says: str
    advice: str = ""

    @property
    def is_good(self) -> bool:
        """Whether nothing needs doing."""
        return not self.advice


def doctor(args: argparse.Namespace) -> int:
    """Check configuration, database, disk, clock, outputs and sources."""
    place = place_of(args)
    now = clock_from(os.environ)()
    findings = examine(place, now=now)
    first = next((each for each in findings if not each.is_good), None)
    advice = first.advice if first else "nothing to do"
    if args.json:
        checks = [{"name": e.name, "ok": e.is_good, "says": e.says, "advice": e.advice or None} for e in findings]
        print_json({"ok": first is None, "checks": checks, "next": advice})
    else:
        out = console()
        for each in findings:
            mark = "good " if each.is_good else "WRONG"
            style = "green" if each.is_good else "bold red"
            out.print(Text(mark, style=style), Text(printable(f"{each.name}: {each.says}")))
        out.print(Text(f"next: {printable(advice)}", style="bold"))
    return 0 if first is None else 1


def examine(place: Place, *, now: datetime) -> tuple[Finding, ...]:
    """Run all checks, the most urgent first."""
    config, about_config = _check_config(place)
    return (
        about_config,
        _check_database(place),
        _check_disk(place),
        _check_lock(place),
        *_check_takedown(place),
        *_check_states(place, config, now),
        _check_outputs(place),
    )


def _check_config(place: Place) -> tuple[Config | None, Finding]:
    try:
        config = load_config(place.config, environ=os.environ)
    except ConfigError as error:
        advice = "run `aggregator init`" if not place.config.exists() else f"mend {place.config}, then aggregator check"
        return None, Finding(name="feeds.toml", says=str(error), advice=advice)
    n_warnings = f", {len(config.warnings)} notes (see aggregator check)" if config.warnings else ""
    says = f"{len(config.sources)} sources, {len(config.outputs)} outputs{n_warnings}"
    advice = "" if config.sources else "add a source: aggregator add URL"
    return config, Finding(name="feeds.toml", says=says, advice=advice)


def _check_database(place: Place) -> Finding:
    name = "database"
    if not place.database.exists():
        return Finding(name=name, says="there is none yet", advice="run `aggregator poll`")
    try:
        problems = upkeep.damage(place.database)
    except AggregatorError as error:
        return Finding(name=name, says=str(error), advice=_after_colon(str(error)))
    if problems:
        return Finding(name=name, says="; ".join(problems), advice="put back a backup: aggregator restore FILE")
    return Finding(name=name, says=f"whole, {place.database.stat().st_size / 1e6:.1f} MB")


def _after_colon(words: str) -> str:
    """Take the advice out of an error of the store: it stands behind the last colon and space."""
    return words.rpartition(": ")[2]


def _check_disk(place: Place) -> Finding:
    folder = next(each for each in (place.data, *place.data.absolute().parents) if each.exists())
    free = shutil.disk_usage(folder).free
    size = place.database.stat().st_size if place.database.exists() else 0
    needed = max(MIN_FREE, COPIES * size)
    says = f"{free / 1e9:.1f} GB free"
    if not os.access(folder, os.W_OK):
        return Finding(
            name="disk", says=f"this user may not write in {folder}", advice=f"let this user write in {folder}"
        )
    if free < needed:
        advice = f"free {(needed - free) / 1e6:.0f} MB on the disk of {folder} (aggregator prune gives some back)"
        return Finding(name="disk", says=says, advice=advice)
    return Finding(name="disk", says=says)


def _check_lock(place: Place) -> Finding:
    holder = lock_holder(place.data)
    return Finding(name="lock", says=f"{holder} is at work" if holder else "nobody is at work")


def _check_takedown(place: Place) -> Iterator[Finding]:
    """Find a take-down that was killed before its last file was gone; nothing where none was."""
    left = unfinished(place.database)
    if left:
        source_url = next((each for each in left if "://" in each), "URL")
        advice = f"finish it: aggregator takedown {source_url} --yes"
        yield Finding(name="take-down", says=f"that of {source_url} was not finished", advice=advice)


def _check_states(place: Place, config: Config | None, now: datetime) -> Iterator[Finding]:
    """Check what the database remembers of the sources; nothing where it cannot be read: that is said already."""
    try:
        with open_store_to_read(place) as store:
            states = store.source_states()
    except AggregatorError:
        return
    yield _check_clock(states, now)
    configured = {source.url for source in config.sources} if config else {state.url for state in states}
    yield _check_sources([state for state in states if state.url in configured], now)


def _check_clock(states: Sequence[SourceState], now: datetime) -> Finding:
    newest_at = max((state.last_polled_at for state in states if state.last_polled_at), default=None)
    if newest_at is None:
        return Finding(name="clock", says=f"{now:%Y-%m-%d %H:%M} UTC; nothing was polled yet")
    if newest_at > now + CLOCK_TOLERANCE:
        says = f"{now:%Y-%m-%d %H:%M} UTC, but a source was polled at {newest_at:%Y-%m-%d %H:%M}"
        return Finding(name="clock", says=says, advice="set the clock of this machine (timedatectl)")
    return Finding(name="clock", says=f"{now:%Y-%m-%d %H:%M} UTC; last poll {newest_at:%Y-%m-%d %H:%M}")


def _check_sources(states: Sequence[SourceState], now: datetime) -> Finding:
    failing = [state for state in states if state.error and now - (_good_at(state) or now) > FAILING]
    asked = [state for state in states if state.last_polled_at]
    if not failing:
        return Finding(name="sources", says=f"{len(asked)} of {len(states)} asked; none failing for a day")
    shown = "; ".join(f"{state.url}: {state.error}" for state in failing[:N_SHOWN])
    more = f"; and {len(failing) - N_SHOWN} more" if len(failing) > N_SHOWN else ""
    says = f"{len(failing)} of {len(states)} failing for more than a day: {shown}{more}"
    if len(failing) == len(states) and len(states) > 1:
        return Finding(name="sources", says=says, advice="check the network of this machine: no source answers")
    gone = next((state for state in failing if state.is_gone), None)
    if gone:
        return Finding(name="sources", says=says, advice=f"the source is gone: aggregator remove {gone.url}")
    return Finding(name="sources", says=says, advice=f"look at the source {failing[0].url}: aggregator check --online")


def _good_at(state: SourceState) -> datetime | None:
    return state.last_success_at or state.first_polled_at


def _check_outputs(place: Place) -> Finding:
    name = "outputs"
    if not (place.site / "index.html").exists():
        return Finding(name=name, says=f"{place.site} holds no pages yet", advice="run `aggregator build`")
    n_files, broken, n_left = 0, [], 0
    for path in sorted(path for path in place.site.rglob("*") if path.is_file()):
        if path.name.startswith(TEMPORARY):
            n_left += 1
            continue
        n_files += 1
        if problem := _problem_of(path):
            broken.append(f"{path.relative_to(place.site)}: {problem}")
    if broken:
        more = f"; and {len(broken) - N_SHOWN} more" if len(broken) > N_SHOWN else ""
        says = f"{len(broken)} of {n_files} files are broken: {'; '.join(broken[:N_SHOWN])}{more}"
        return Finding(name=name, says=says, advice="write them again: aggregator build --all")
    left = f"; {n_left} temporary files of a killed run, which the next build deletes" if n_left else ""
    return Finding(name=name, says=f"{n_files} files, all whole{left}")


def _problem_of(path: Path) -> str:
    """Say what is wrong with an output file; empty: nothing."""
    check: Callable[[bytes], object] | None = None
    if path.suffix in PARSED:
        check = _parse_xml
    elif path.suffix == ".json":
        check = json.loads
    elif path.suffix == ".html":
        check = _end_html
    if check is None:
        return ""
    try:
        check(path.read_bytes())
    except OSError as error:
        return error.strerror or str(error)
    except (expat.ExpatError, ValueError) as error:
        return str(error)
    return ""


def _parse_xml(body: bytes) -> None:
    expat.ParserCreate().Parse(body, True)


def _end_html(body: bytes) -> None:
    if not body.rstrip().endswith(b"</html>"):
        raise ValueError("it ends early")
