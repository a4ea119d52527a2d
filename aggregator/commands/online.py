"""``check --online``: what each source gives right now. Asks as a poll would, and writes nothing."""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta
from typing import assert_never

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aggregator.app import clock_from, make_fetcher, open_store_to_read
from aggregator.commands.common import iso, place_of, print_json, progress_on_terminal
from aggregator.config import Config
from aggregator.config.values import write_duration
from aggregator.dataclass import dataclass, replace
from aggregator.errors import StoreError
from aggregator.intake.finding.inspection import Inspection, inspect_feed, inspect_known
from aggregator.intake.hubs.pushed import in_words
from aggregator.intake.hubs.websub import discovered
from aggregator.intake.reading.parse import parse
from aggregator.intake.urls import host_of
from aggregator.logs import printable
from aggregator.markup import one_line
from aggregator.model import (
    Fetched,
    FetchFailed,
    FetchResult,
    KnownArticle,
    NotAFeed,
    NotModified,
    Source,
    SourceState,
    Subscription,
)

log = logging.getLogger(__name__)

PIPE_WIDTH = 400  # columns of the table where nobody looks at a screen: one line a source


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What the store knows of a source."""

    state: SourceState
    known: tuple[KnownArticle, ...] = ()
    pushed: Subscription | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What a source gave.

    Attributes:
        status: "ok", "304 not modified", or what is wrong in words.
        is_ok: Whether it answered with a feed or with 304.
        validators: Which it sends, of "ETag" and "Last-Modified".
        compression: How the body came: "gzip", "br", "zstd", "none"; empty: no body came.
        moved_to: Where it moved for good; empty: it did not.
        n_moved: How often polls have seen that.
        hub: Who pushes it, or which hub it names, in words; empty: none.
        seen: Of its articles; after a 304, of those that are stored.
        warnings: What was odd about its body.
        seconds: How long the answer took.
    """

    source: Source
    status: str
    is_ok: bool = False
    validators: tuple[str, ...] = ()
    compression: str = ""
    moved_to: str = ""
    n_moved: int = 0
    seen: Inspection | None = None
    hub: str = ""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0


def check_online(args: argparse.Namespace, config: Config) -> int:
    """Ask every source at once, as politely as a poll, and show a table."""
    clock = clock_from(os.environ)
    remembered = _remembered(args, config)
    fetcher = make_fetcher(config, os.environ, clock=clock)
    reports: dict[str, SourceReport] = {}
    asked: dict[Future[FetchResult], Source] = {}
    with (
        progress_on_terminal() as progress,
        ThreadPoolExecutor(config.settings.workers, thread_name_prefix="check") as pool,
    ):
        for source in config.sources:
            if reason := _rests(remembered[source.url].state, clock()):
                reports[source.url] = SourceReport(source=source, status=reason)
            else:
                # A body that is known by its hash would not be handed over, and it is what is looked at here.
                state = replace(remembered[source.url].state, wire_hash="")
                asked[pool.submit(fetcher.fetch, source, state)] = source
        for future in as_completed(asked):
            source = asked[future]
            reports[source.url] = _report(source, _result_of(future, source), remembered[source.url], clock())
            progress("asking", len(reports), len(config.sources))
    ordered = [reports[source.url] for source in config.sources]
    if args.json:
        print_json({"file": str(config.path), "sources": [_record(report) for report in ordered]})
    else:
        _show(ordered, clock())
    return 0


def _remembered(args: argparse.Namespace, config: Config) -> dict[str, Remembered]:
    nothing = {source.url: Remembered(state=SourceState(url=source.url)) for source in config.sources}
    try:
        with open_store_to_read(place_of(args)) as store:
            pushed_by_url = {each.source_url: each for each in store.subscriptions() if not each.is_leaving}
            stored = {
                state.url: Remembered(
                    state=state, known=store.known_articles(state.url), pushed=pushed_by_url.get(state.url)
                )
                for state in store.source_states()
                if state.url in nothing
            }
    except StoreError as error:
        log.debug("nothing is remembered of the sources: %s", error)
        return nothing
    return nothing | stored


def _rests(state: SourceState, now: datetime) -> str:
    """Return why a source is not asked now; empty: it may be. As ``poll --force`` does."""
    if state.next_poll_at is None or state.next_poll_at <= now:
        return ""
    if state.is_gone:
        return "gone (410); not asked again today"
    if state.reason.startswith("Retry-After"):
        return f"not asked: it wants to be left alone until {iso(state.next_poll_at)}"
    return ""


def _result_of(future: Future[FetchResult], source: Source) -> FetchResult:
    """Return what the fetch gave; a bug in it is that source's trouble only."""
    try:
        return future.result()
    except Exception as error:  # a fault that one source can provoke must not hide the others
        log.exception("fetch of %s failed in an unforeseen way", source.url)
        return FetchFailed(reason=f"internal error while fetching: {type(error).__name__}")


def _report(source: Source, result: FetchResult, remembered: Remembered, now: datetime) -> SourceReport:
    state = remembered.state
    match result:
        case FetchFailed(reason=reason, seconds=seconds):
            return SourceReport(
                source=source,
                status=reason,
                moved_to=state.moved_to,
                n_moved=state.n_moved,
                hub=_hub_in_words(state.hubs, remembered, now),
                seconds=seconds,
            )
        case NotModified() as same:
            return SourceReport(
                source=source,
                status="304 not modified",
                is_ok=True,
                validators=_validators(same.etag or state.etag, same.last_modified or state.last_modified),
                moved_to=same.moved_to or state.moved_to,
                n_moved=state.n_moved,
                hub=_hub_in_words(state.hubs, remembered, now),
                seen=inspect_known(remembered.known, state, now=now),
                seconds=same.seconds,
            )
        case Fetched() as fetched:
            return _report_body(source, fetched, remembered, now)
        case _:
            assert_never(result)


def _hub_in_words(hubs: Sequence[str], remembered: Remembered, now: datetime) -> str:
    """Return who pushes a source, else which hub it names; empty: none."""
    if remembered.pushed is not None:
        return in_words(remembered.pushed, remembered.state, now=now)
    return f"names {host_of(hubs[0])}" if hubs else ""


def _report_body(source: Source, fetched: Fetched, remembered: Remembered, now: datetime) -> SourceReport:
    state = remembered.state
    report = SourceReport(
        source=source,
        status="ok",
        validators=_validators(fetched.etag, fetched.last_modified),
        compression=one_line(fetched.encoding).lower() or "none",
        moved_to=fetched.moved_to or state.moved_to,
        n_moved=state.n_moved,
        seconds=fetched.seconds,
    )
    parsed = parse(fetched.body, url=fetched.url, content_type=fetched.content_type)
    if isinstance(parsed, NotAFeed):
        pointer = f"; it points at {parsed.feed_urls[0]}" if parsed.feed_urls else ""
        return replace(report, status=parsed.reason + pointer)
    hubs, _ = discovered(fetched, parsed)
    return replace(
        report,
        is_ok=True,
        hub=_hub_in_words(hubs, remembered, now),
        seen=inspect_feed(parsed, now=now),
        warnings=parsed.warnings,
    )


def _validators(etag: str, last_modified: str) -> tuple[str, ...]:
    return tuple(name for name, value in (("ETag", etag), ("Last-Modified", last_modified)) if value)


# ---------------------------------------------------------------- showing


def _record(report: SourceReport) -> dict[str, object]:
    seen = report.seen
    return {
        "url": report.source.url,
        "name": report.source.name,
        "ok": report.is_ok,
        "status": report.status,
        "articles": seen.n_articles if seen else None,
        "newest_at": iso(seen.newest_at) if seen else None,
        "rhythm_seconds": round(seen.rhythm.total_seconds()) if seen and seen.rhythm else None,
        "validators": list(report.validators),
        "compression": report.compression or None,
        "moved_to": report.moved_to or None,
        "moved_seen": report.n_moved,
        "dates": seen.dates if seen else None,
        "dated": seen.n_dated if seen else None,
        "future": seen.n_future if seen else None,
        "guids": seen.guids if seen else None,
        "lang": report.source.lang or None,
        "lang_declared": (seen.lang_declared or None) if seen else None,
        "lang_detected": (seen.lang_detected or None) if seen else None,
        "hub": report.hub or None,
        "warnings": list(report.warnings),
        "seconds": round(report.seconds, 3),
    }


def _show(reports: Sequence[SourceReport], now: datetime) -> None:
    names = (
        "source",
        "status",
        "articles",
        "newest",
        "rhythm",
        "validators",
        "compression",
        "dates",
        "guids",
        "language",
        "moved to",
        "hub",
    )
    table = Table(*names, box=None, pad_edge=False)
    for report in reports:
        seen = report.seen
        cells = (
            report.source.name or report.source.url,
            report.status,
            str(seen.n_articles) if seen else "-",
            _ago(seen.newest_at, now) if seen else "-",
            write_duration(_rounded(seen.rhythm)) if seen and seen.rhythm else "-",
            ", ".join(report.validators) or ("none" if report.is_ok else "-"),
            report.compression or "-",
            seen.dates if seen else "-",
            seen.guids if seen else "-",
            _language(seen) if seen else "-",
            report.moved_to,
            report.hub,
        )
        style = "green" if report.is_ok else "red"
        table.add_row(*(Text(printable(cell), style=style if n == 1 else "") for n, cell in enumerate(cells)))
    is_terminal = sys.stdout.isatty()
    out = Console(highlight=False) if is_terminal else Console(highlight=False, width=PIPE_WIDTH)
    out.print(table)
    n_ok = sum(report.is_ok for report in reports)
    out.print(f"{len(reports)} sources: {n_ok} good, {len(reports) - n_ok} not")
    n_fixable = sum(bool(report.moved_to) and report.n_moved > 1 for report in reports)
    if n_fixable:
        out.print(f"{n_fixable} moved for good: aggregator check --fix writes their new addresses")


def _ago(at: datetime | None, now: datetime) -> str:
    return f"{write_duration(_rounded(max(now - at, timedelta(0))))} ago" if at else "-"


def _rounded(length: timedelta) -> timedelta:
    """Leave out what nobody wants to know: minutes of days, seconds of minutes."""
    for unit in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)):
        if length >= 2 * unit:
            return length // unit * unit
    return length


def _language(seen: Inspection) -> str:
    declared, detected = seen.lang_declared, seen.lang_detected
    if not declared or not detected:
        return declared or (f"{detected} (detected)" if detected else "unknown")
    is_same = declared.lower().replace("_", "-").split("-")[0] == detected
    return declared if is_same else f"{declared}, but reads as {detected}"
