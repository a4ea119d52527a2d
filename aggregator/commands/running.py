"""``poll``, ``build``, ``run`` and ``serve``: the work itself."""

import argparse
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from aggregator.app import App, Place, clock_from, make_reception, open_app, poll_line
from aggregator.commands.common import iso, place_of, print_json, progress_on_terminal, warn_of
from aggregator.config import Config, load_config
from aggregator.engine.base import GRACE
from aggregator.errors import AggregatorError, StoreError
from aggregator.model import PollRecord

if TYPE_CHECKING:
    from aggregator.web.callback import Receiver
    from aggregator.web.server import Server

log = logging.getLogger(__name__)


def poll(args: argparse.Namespace) -> int:
    """Ask the sources that are due, then build."""
    config = load_config(args.config, environ=os.environ)
    if args.source and args.source not in {source.url for source in config.sources}:
        raise AggregatorError(f"{args.source} is no source of {config.path}: aggregator add {args.source}")
    warn_of(config)
    with (
        open_app(place_of(args), environ=os.environ, clock=clock_from(os.environ), config=config) as app,
        progress_on_terminal() as progress,
        _ending_early(app),
    ):
        app.hear()
        report = app.poll(force=args.force or bool(args.source), url=args.source, progress=progress)
        built = None if args.no_build or app.stopping.is_set() else app.build(progress=progress)
    for record in report.records:
        if record.outcome == "failed":
            log.warning("%s: %s", record.source_url, record.error)
    problems = built.problems if built else ()
    for problem in problems:
        log.error("%s", problem)
    if args.json:
        from dataclasses import asdict

        fields = {key: value for key, value in asdict(report).items() if key != "records"}
        print_json(
            fields | {"built": asdict(built) if built else None, "sources": [_record(r) for r in report.records]}
        )
    else:
        print(poll_line(report, built))
    return 1 if problems or (args.strict and report.n_failed) else 0


@contextmanager
def _ending_early(app: App) -> Iterator[None]:
    """Let SIGTERM end a poll within 5 seconds: what has come is saved, what has not is asked for by the next one."""
    killer = threading.Timer(GRACE.total_seconds(), _end)
    killer.daemon = True

    def stop(number: int, frame: FrameType | None) -> None:
        if not app.stopping.is_set():
            app.stopping.set()
            killer.start()

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        killer.cancel()
        signal.signal(signal.SIGTERM, before)


def _end() -> None:
    """End with a fetch under way, whose thread would hold the process back until the deadline of its source.

    What it did not finish was never saved, so that nothing is lost.
    """
    log.info("ending while a step is under way; the next run takes it up")
    logging.shutdown()
    os._exit(0)


def _record(record: PollRecord) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(record) | {"polled_at": iso(record.polled_at), "seconds": round(record.seconds, 3)}


def build(args: argparse.Namespace) -> int:
    """Bring stories, output feeds and pages up to date."""
    with (
        open_app(place_of(args), environ=os.environ, clock=clock_from(os.environ)) as app,
        progress_on_terminal() as progress,
    ):
        report = app.build(render_all=args.all, progress=progress)
    for problem in report.problems:
        log.error("%s", problem)
    if args.json:
        from dataclasses import asdict

        print_json(asdict(report))
    else:
        print(
            f"built: {report.n_placed} articles placed, {report.n_new_stories} new stories, "
            f"{report.n_updated_stories} updated; {report.n_written} files written, {report.n_unchanged} unchanged"
        )
    return 1 if report.problems else 0


def run(args: argparse.Namespace) -> int:
    """Poll, build and serve until stopped."""
    from aggregator.daemon import Daemon
    from aggregator.engine.local import LocalEngine

    place = place_of(args)
    with open_app(place, environ=os.environ, clock=clock_from(os.environ)) as app:
        warn_of(app.config)
        daemon = Daemon(app, LocalEngine(on_error=_goes_on), environ=os.environ)
        reception = make_reception(
            place, lambda: app.config, clock=app.clock, notify=lambda: daemon.engine.wake("hubs")
        )
        server = None if args.no_serve else _start_server(place, _listening(app.config, args), reception)
        try:
            has_ended = daemon.run()
        finally:
            if server:
                server.stop()
        if not has_ended:
            _end()
    return 0


def _goes_on(name: str, error: Exception) -> bool:
    """Report a failed step. Only a store that cannot be used stops the daemon: nothing could be kept any more."""
    if isinstance(error, AggregatorError):
        log.error("%s: %s", name, error)
    else:
        log.error("%s failed in an unforeseen way", name, exc_info=error)
    return not isinstance(error, StoreError)


def serve(args: argparse.Namespace) -> int:
    """Serve the output folder until stopped."""
    place = place_of(args)
    config = load_config(args.config, environ=os.environ)
    host, port = _listening(config, args)
    place.site.mkdir(parents=True, exist_ok=True)
    reception = make_reception(place, lambda: config, clock=clock_from(os.environ))
    from aggregator.web import server as web

    web.serve(
        web.make_app(place.site, receiver=reception), host, port, say=lambda address: log.info("serving %s", address)
    )
    return 0


def _listening(config: Config, args: argparse.Namespace) -> tuple[str, int]:
    settings = config.settings
    return args.host or settings.host, settings.port if args.port is None else args.port


def _start_server(place: Place, address: tuple[str, int], reception: "Receiver") -> "Server":
    from aggregator.web.server import Server, make_app

    place.site.mkdir(parents=True, exist_ok=True)
    server = Server(make_app(place.site, receiver=reception), host=address[0], port=address[1])
    log.info("serving %s", server.start())
    return server
