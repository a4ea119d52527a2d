"""``parse``, ``discover``, ``cluster``, ``summarize`` and ``verify``: one step by itself, on files."""

import argparse
import importlib.util
import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.app import clock_from, make_fetcher, make_summariser
from aggregator.commands.common import place_of, print_json, read_lines
from aggregator.config import load_config
from aggregator.errors import AggregatorError, ConfigError
from aggregator.intake.finding.discover import feed_links
from aggregator.intake.reading.describe import describe
from aggregator.logs import printable
from aggregator.model import Fetched, FetchFailed, NotModified, Source, SourceState

if TYPE_CHECKING:
    from aggregator.pipeline.telling import Summarise
    from aggregator.stories.encoder import Encoder

log = logging.getLogger(__name__)


def _bytes_of(name: str, config: Path) -> tuple[bytes, str]:
    """Return the bytes of a file or of an address, and the address.

    Raises:
        AggregatorError: They cannot be had.
    """
    if not name.startswith(("http://", "https://")):
        try:
            return Path(name).read_bytes(), ""
        except OSError as error:
            raise AggregatorError(f"{name} cannot be read: {error.strerror}") from error
    try:
        fetcher = make_fetcher(load_config(config, environ=os.environ), os.environ, clock=clock_from(os.environ))
    except ConfigError as error:
        raise AggregatorError(
            f"an address is fetched with the settings of feeds.toml, and those fail: {error}"
        ) from error
    match fetcher.fetch(Source(url=name), SourceState(url=name)):
        case Fetched() as fetched:
            return fetched.body, fetched.url
        case FetchFailed() as failed:
            raise AggregatorError(f"{name}: {failed.reason}")
        case NotModified():
            raise AggregatorError(f"{name}: answered 304 to a request without validators")


def parse(args: argparse.Namespace) -> int:
    """Print what the aggregator sees in feeds, one JSON line an article. Exit 1 if any was no feed."""
    n_failed = 0
    for name in args.files:
        try:
            body, url = _bytes_of(name, args.config)
            records = describe(name, body, url=url)
        except AggregatorError as error:
            records = [{"file": name, "error": str(error)}]
        n_failed += any("error" in record for record in records)
        for record in records:
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    return 1 if n_failed else 0


def discover(args: argparse.Namespace) -> int:
    """Print the feeds that a page points at, best first."""
    body, url = _bytes_of(args.file, args.config)
    found = feed_links(body, base_url=args.base or url)
    if args.json:
        print_json(list(found))
    else:
        for address in found:
            print(address)
    if not found:
        log.warning("%s points at no feed", args.file)
    return 0 if found else 1


def cluster(args: argparse.Namespace) -> int:
    """Cluster articles in file order; print ``id<TAB>story``."""
    from aggregator.stories.stream import explain_stream, read_article

    articles = [read_article(record, n) for n, record in read_lines(args.file)]
    if args.batch < 1:
        raise AggregatorError("--batch must be at least 1")
    encoder = None if args.encoder == "none" else _encoder(args.encoder)
    for article_id, membership in explain_stream(articles, batch=args.batch, encoder=encoder).items():
        sys.stdout.write(f"{article_id}\t{membership.story_id}\n")
        if args.explain:
            why = f"{membership.rule}, p = {membership.probability:.2f}: {membership.reason}"
            print(printable(f"{article_id}\t{why}"), file=sys.stderr)
    return 0


def _encoder(name: str) -> "Encoder":
    """Return the encoder of a name.

    Raises:
        AggregatorError: It is not installed.
    """
    from aggregator.stories.encoder import ENCODERS

    encoder = ENCODERS[name]
    if importlib.util.find_spec(encoder.module) is None:
        raise AggregatorError(f'the encoder "{name}" is not installed: {encoder.install}')
    return encoder()


def summarize(args: argparse.Namespace) -> int:
    """Summarise stories; print one JSON line each, with ``--explain`` with the reasons of every choice.

    With ``--mode llm`` the model of feeds.toml writes, where it can; "method" says who wrote, "dropped" why not it.

    Raises:
        AggregatorError: A line is no story, or ``--mode llm`` is asked of a feeds.toml that names no model.
    """
    from aggregator.summaries.explain import explain_summary
    from aggregator.summaries.records import read_story, summary_record
    from aggregator.summaries.write import summarise_openly

    write = _model_of(args) if getattr(args, "mode", "extractive") == "llm" else None
    for n, record in read_lines(args.file):
        try:
            story_id, reports = read_story(record)
            summary, work = summarise_openly(reports)
            if write:
                summary = write(reports, numbers={}, headline="")
        except (ValueError, KeyError, TypeError) as error:
            raise AggregatorError(f"{args.file}:{n}: not a story: {error}") from error
        line = summary_record(story_id, summary)
        if getattr(args, "explain", False):
            # What a model wrote was not chosen from sentences: only what the gate refused can be told of it.
            line["explain"] = explain_summary(summary, work) if summary.method == "extractive" else None
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    return 0


def _model_of(args: argparse.Namespace) -> "Summarise":
    """Return the writer that feeds.toml names.

    Raises:
        AggregatorError: It names none, or its key is not in the environment.
    """
    from aggregator.summaries.write import summarise

    config = load_config(args.config, environ=os.environ)
    found = make_summariser(config.writing, place_of(args), os.environ, clock=clock_from(os.environ))
    if found is summarise:
        raise AggregatorError(f'no model writes: {args.config} needs [summary] with mode = "llm", and its key')
    return found


def verify(args: argparse.Namespace) -> int:
    """Check sentences against their articles; print one JSON line each, with ``--explain`` what was compared."""
    from aggregator.summaries.records import verify_record

    for n, record in read_lines(args.file):
        try:
            answer = verify_record(record, explain=getattr(args, "explain", False))
        except (ValueError, KeyError, TypeError) as error:
            raise AggregatorError(f"{args.file}:{n}: not a claim: {error}") from error
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    return 0
