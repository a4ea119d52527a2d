"""``backup``, ``restore`` and ``prune``: the database over the years. ``doctor`` stands in :mod:`.doctor`."""

import argparse
import os
from datetime import timedelta

from aggregator.app import Place, clock_from
from aggregator.commands.common import place_of, print_json
from aggregator.config import load_config
from aggregator.errors import AggregatorError
from aggregator.pipeline import retention
from aggregator.store import upkeep
from aggregator.store.lock import data_lock


def backup(args: argparse.Namespace) -> int:
    """Copy the database into one file, beside a run too."""
    n_bytes = upkeep.backup(place_of(args).database, args.file)
    if args.json:
        print_json({"file": str(args.file), "bytes": n_bytes})
    else:
        print(f"wrote {args.file}, {_megabytes(n_bytes)}; feeds.toml and overrides.toml are files of their own")
    return 0


def restore(args: argparse.Namespace) -> int:
    """Put a backup in the place of the database; refused while a run works on it."""
    place = place_of(args)
    with data_lock(place.data):
        kept = upkeep.restore(place.database, args.file)
        _render_all_next(place)
    if args.json:
        print_json({"restored": str(args.file), "before": str(kept) if kept else None})
    else:
        before = f"the database of before is {kept}; " if kept else ""
        print(f"restored {args.file}; {before}next: aggregator poll")
    return 0


def _render_all_next(place: Place) -> None:
    """Let the next build write every page: those on the disk may be newer than the backup."""
    try:
        place.look.unlink(missing_ok=True)
    except OSError as error:
        raise AggregatorError(
            f"{place.look} cannot be deleted: {error.strerror}; run `aggregator build --all`"
        ) from error


def prune(args: argparse.Namespace) -> int:
    """Drop texts of stories that are long closed and polls that are long past; every page stays."""
    now = clock_from(os.environ)()
    place = place_of(args)
    keep = (
        timedelta(days=args.days)
        if args.days is not None
        else load_config(args.config, environ=os.environ).settings.retention
    )
    with data_lock(place.data):
        pruned = retention.prune(place.database, keep=keep, now=now)
    if args.json:
        print_json({"texts": pruned.n_texts, "polls": pruned.n_polls, "bytes": pruned.n_bytes})
    else:
        freed = f"; the database is {_megabytes(pruned.n_bytes)} smaller" if pruned.n_bytes > 0 else ""
        print(f"pruned: {pruned.n_texts} texts, {pruned.n_polls} polls{freed}; all stories and pages stay")
    return 0


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB"
