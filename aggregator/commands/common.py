"""What several commands share: where things are, how they speak."""

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.app import Place
from aggregator.config import Config
from aggregator.errors import AggregatorError, ConfigError, Mistake
from aggregator.pipeline import Progress as Tell

if TYPE_CHECKING:
    from rich.console import Console

log = logging.getLogger(__name__)


def place_of(args: argparse.Namespace) -> Place:
    """Return where this command finds and leaves its files."""
    return Place(config=args.config, data=args.data)


def print_json(value: object) -> None:
    """Print one JSON value; keys stay in the order given."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def iso(at: datetime | None) -> str | None:
    """Return a time as ISO 8601 UTC, whole seconds, or ``None``."""
    return at.replace(microsecond=0, tzinfo=None).isoformat() + "Z" if at else None  # strftime writes year 1 as "1"


def console() -> "Console":
    """Return a console on stdout: tables are drawn for people and stay plain in a pipe."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


@contextmanager
def progress_on_terminal() -> Iterator[Tell]:
    """Give a function that shows progress on stderr, and only where stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task_by_step: dict[str, int] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in task_by_step:
                task_by_step[step] = bar.add_task(step, total=total or None)
            bar.update(bar.tasks[task_by_step[step]].id, completed=done, total=total or None)

        yield tell


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (line number from 1, object) of a file of JSON lines; ``-`` reads stdin; empty lines are passed over.

    Raises:
        AggregatorError: The file cannot be read, or a line is no JSON object.
    """
    try:
        stream = sys.stdin if str(path) == "-" else path.open(encoding="utf-8")
        with stream:
            for n, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                record = json.loads(line)
                if not isinstance(record, dict):
                    raise AggregatorError(f"{path}:{n}: a line must be a JSON object")
                yield n, record
    except (OSError, UnicodeDecodeError) as error:
        raise AggregatorError(f"{path} cannot be read: {error}") from error
    except json.JSONDecodeError as error:
        raise AggregatorError(f"{path}:{n}: not JSON: {error.msg}") from error


def warn_of(config: Config) -> None:
    """Log what is odd in feeds.toml without being a mistake."""
    for warning in config.warnings:
        log.warning("%s", in_words(config, warning))


def in_words(config: Config, warning: Mistake) -> str:
    """Return a warning of feeds.toml as file:line: what (what to do)."""
    return str(ConfigError(str(config.path), (warning,)))
