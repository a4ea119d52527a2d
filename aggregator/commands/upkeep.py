"""``backup``, ``restore``, ``prune``, ``takedown``: the database over the years. ``doctor``: in :mod:`.doctor`."""

import argparse
import os
import sys
from dataclasses import asdict
from datetime import timedelta

from aggregator.app import Place, clock_from, open_app
from aggregator.commands.common import place_of, print_json
from aggregator.commands.sources import unknown_source
from aggregator.config import Config, edit, load_config, values
from aggregator.config.file import read_text
from aggregator.config.replace import replace_config
from aggregator.errors import AggregatorError
from aggregator.logs import printable
from aggregator.pipeline import retention
from aggregator.pipeline import takedown as pipeline_takedown
from aggregator.store import takedown as stored
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
        print_json(
            {"texts": pruned.n_texts, "polls": pruned.n_polls, "vectors": pruned.n_vectors, "bytes": pruned.n_bytes}
        )
    else:
        freed = f"; the database is {_megabytes(pruned.n_bytes)} smaller" if pruned.n_bytes > 0 else ""
        print(f"pruned: {pruned.n_texts} texts, {pruned.n_polls} polls{freed}; all stories and pages stay")
    return 0


def takedown(args: argparse.Namespace) -> int:
    """Remove a source with all that it ever said, from the database and from everything that was published."""
    place = place_of(args)
    config = load_config(args.config, environ=os.environ)
    source_url = _source_of(args.url, place, config)
    if not args.yes:
        _confirm(source_url)
    text = read_text(args.config)
    if any(source.url == source_url for source in config.sources):
        replace_config(args.config, before=text, after=edit.remove_source(text, source_url), environ=os.environ)
    with data_lock(place.data):
        purged = pipeline_takedown.take_down(place.database, place.site, source_url)
        _render_all_next(place)
    with open_app(place, environ=os.environ, clock=clock_from(os.environ)) as app:
        problems = app.build(render_all=True).problems
    if problems:
        raise AggregatorError(f"{problems[0]}; mend that and run the take-down again")
    pipeline_takedown.finish(place.database)
    if args.json:
        print_json({"url": source_url, **asdict(purged)})
    else:
        print(
            f"took down {printable(source_url)}: {purged.n_articles} articles, {purged.n_gone} stories that it alone "
            f"told, {purged.n_reduced} stories that go on without it; everything was rendered again\n"
            "still to do by you: delete the backups made before now, and what caches and mirrors keep of the pages"
        )
    return 0


def _source_of(asked: str, place: Place, config: Config) -> str:
    """Return the address under which a source is known: in feeds.toml, or in the database though it was removed.

    Raises:
        AggregatorError: It is neither.
    """
    wanted = values.same_address(asked.strip())
    known = [source.url for source in config.sources]
    if place.database.exists():
        known += [*stored.source_urls(place.database), *pipeline_takedown.unfinished(place.database)]
    found = next((url for url in known if values.same_address(url) == wanted), None)
    if found is None:
        raise AggregatorError(unknown_source(asked, config.sources))
    return found


def _confirm(source_url: str) -> None:
    if not sys.stdin.isatty():
        raise AggregatorError("a take-down cannot be undone: say --yes")
    print(f"This deletes all articles of {printable(source_url)}, from archives, too. It cannot be undone.")
    if input("Type yes to go on > ").strip().lower() != "yes":
        raise AggregatorError("nothing was changed")


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB"
