"""``import`` and ``export``: subscription lists of other readers, into and out of feeds.toml."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from aggregator.app import Place, open_store_to_read, site_of
from aggregator.commands.common import place_of, print_json
from aggregator.commands.sources import name_from, source_record, twin_key
from aggregator.config import Config, edit, load_config, values
from aggregator.config.file import read_text
from aggregator.config.replace import replace_config
from aggregator.config.values import Reader, Wrong
from aggregator.dataclass import dataclass, replace
from aggregator.errors import AggregatorError, SourceError, StoreError
from aggregator.intake.finding.opml import MAX_BYTES, read_opml
from aggregator.logs import printable
from aggregator.model import Source, SourceState, SourceView
from aggregator.outputs.opml import render_opml


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What a list brings: sources that are new, (listed, known) of those that are there, (what, why) of the rest."""

    new: tuple[Source, ...]
    there: tuple[tuple[Source, Source], ...]
    skipped: tuple[tuple[str, str], ...]


# ---------------------------------------------------------------- in


def import_opml(args: argparse.Namespace) -> int:
    """Add every source of an OPML file that is not there yet; folders become tags."""
    config = load_config(args.config, environ=os.environ)
    text = read_text(args.config)
    try:
        listed = read_opml(_read(args.file))
    except SourceError as error:
        raise AggregatorError(f"{args.file}: {error}") from error
    intake = take_in(listed.sources, listed.skipped, config)
    if intake.new and not args.dry_run:
        after = edit.add_sources(text, intake.new)
        replace_config(args.config, before=text, after=after, environ=os.environ)
    if args.json:
        print_json(
            {
                "file": str(args.config),
                "dry_run": args.dry_run,
                "added": [source_record(source) for source in intake.new],
                "already_there": [{"url": source.url, "as": known.url} for source, known in intake.there],
                "skipped": [{"what": what, "why": why} for what, why in intake.skipped],
                "warnings": list(listed.warnings),
            }
        )
    else:
        _say(args, intake, listed.warnings)
    return 0


def take_in(sources: Iterable[Source], skipped: Iterable[tuple[str, str]], config: Config) -> Intake:
    """Sort the sources of a list into new ones, known ones, and those that feeds.toml cannot hold."""
    known = {twin_key(source.url): source for source in reversed(config.sources)}
    spelling = {tag.casefold(): tag for tag in _tags_in_use(config)}
    new, there, passed_over = [], [], list(skipped)
    for source in sources:
        key = twin_key(source.url)
        if key in known:
            there.append((source, known[key]))
            continue
        fit, why = _fit(source, spelling)
        if fit is None:
            passed_over.append((source.name or source.url, why))
        else:
            known[key] = fit
            new.append(fit)
    return Intake(new=tuple(new), there=tuple(there), skipped=tuple(passed_over))


def _tags_in_use(config: Config) -> tuple[str, ...]:
    """Return the tags of sources and outputs; of several spellings the one that stands last here is taken."""
    of_outputs = [tag for output in config.outputs for tag in output.tags]
    return (*of_outputs, *(tag for source in reversed(config.sources) for tag in source.tags))


def _fit(source: Source, spelling: dict[str, str]) -> tuple[Source | None, str]:
    """Return the source as feeds.toml may hold it, or why it cannot.

    A tag that is in use with other capitals takes those: outputs choose by the exact word.
    """
    if not _is_read(source.url, values.source_url):
        return None, "its address cannot stand in feeds.toml: too long, or with control characters"
    if problem := values.problem_of_address(source.url):
        return None, f"its address {problem}"
    tags = [spelling.get(tag.casefold(), tag) for tag in source.tags if _is_read(tag, values.tag)]
    lang = source.lang if source.lang and _is_read(source.lang, values.language) else ""
    return replace(source, name=name_from(source.name), lang=lang, tags=tuple(dict.fromkeys(tags))), ""


def _is_read(value: str, read: Reader) -> bool:
    try:
        read(value)
    except Wrong:
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise AggregatorError(f"{path} cannot be read: {error.strerror}") from error


def _say(args: argparse.Namespace, intake: Intake, warnings: Sequence[str]) -> None:
    for source in intake.new:
        tags = f" [{', '.join(source.tags)}]" if source.tags else ""
        print(printable(f"{'would add' if args.dry_run else 'added'}: {source.name or source.url}{tags} {source.url}"))
    for source, known in intake.there:
        same = "" if known.url == source.url else f", as {known.url}"
        print(printable(f"already there: {source.url}{same}"))
    for what, why in intake.skipped:
        print(printable(f"skipped: {what}: {why}"))
    for warning in warnings:
        print(printable(f"note: {args.file}: {warning}"))
    verb = "would be added" if args.dry_run else "added"
    n = len(intake.new)
    print(f"{args.file}: {n} {verb}, {len(intake.there)} already there, {len(intake.skipped)} skipped")


# ---------------------------------------------------------------- out


def export(args: argparse.Namespace) -> int:
    """Write the sources as a list that other readers import."""
    config = load_config(args.config, environ=os.environ)
    written = render_opml(site_of(config), _views(config, place_of(args)))
    if args.output is None:
        sys.stdout.buffer.write(written)
        return 0
    try:
        args.output.write_bytes(written)
    except OSError as error:
        raise AggregatorError(f"{args.output} cannot be written: {error.strerror}") from error
    print(f"wrote {len(config.sources)} sources to {args.output}")
    return 0


def _views(config: Config, place: Place) -> tuple[SourceView, ...]:
    """Return the sources with no more than the home page of what was polled: the list says what feeds.toml says."""
    try:
        with open_store_to_read(place) as store:
            home = {state.url: state.site_url for state in store.source_states()}
    except StoreError:  # nothing was polled yet
        home = {}
    return tuple(
        SourceView(source=source, state=SourceState(url=source.url, site_url=home.get(source.url, "")))
        for source in config.sources
    )
