"""``demo``: three recorded days of news, replayed from a loopback server under a virtual clock."""

import argparse
import logging
import os
import shutil
import threading
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from aggregator.app import App, Place, make_fetcher, open_app, poll_line
from aggregator.commands.common import progress_on_terminal
from aggregator.config import parse_config
from aggregator.dataclass import replace
from aggregator.demo.server import STEPS, DemoServer, config_text
from aggregator.errors import AggregatorError
from aggregator.intake.fetching.asking import Fetcher
from aggregator.intake.fetching.gate import HostGate
from aggregator.model import Fetched, FetchResult, NotModified, Source, SourceState
from aggregator.web.server import Server, make_app

log = logging.getLogger(__name__)


class SteppedClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the moment that was set."""
        return self.at


class RecordedFetcher:
    """Fetches ``https://NAME.example/…`` from the loopback server: addresses and ids are the same in each run."""

    def __init__(self, fetcher: Fetcher, base: str) -> None:
        self._fetcher = fetcher
        self._base = base

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        """Fetch as :class:`aggregator.intake.fetching.asking.Fetcher` does."""
        parts = urlsplit(source.url)
        there = urlunsplit(urlsplit(self._base)._replace(path=f"/{parts.netloc}{parts.path}"))
        result = self._fetcher.fetch(replace(source, url=there), replace(state, url=there, moved_to=""))
        return replace(result, url=source.url) if isinstance(result, Fetched | NotModified) else result


def demo(args: argparse.Namespace) -> int:
    """Replay the recorded days and serve the result."""
    place = Place(config=args.data / "demo" / "feeds.toml", data=args.data / "demo")
    _start_afresh(place)
    recorded = DemoServer()
    base = recorded.start()
    clock = SteppedClock(STEPS[0])
    base_url = f"http://{args.host}:{args.port}/"
    text = config_text(base, base_url=base_url)
    place.config.write_text(text, encoding="utf-8")
    config = parse_config(text, path=place.config, environ={})
    try:
        with open_app(place, environ=os.environ, clock=clock, config=config) as app:
            # All recorded publishers stand on one loopback host, which needs no manners.
            gate = HostGate(at_once=config.settings.workers, spacing=timedelta(0))
            app.fetcher = RecordedFetcher(make_fetcher(config, os.environ, clock=clock, gate=gate), base)
            _replay(app, recorded, clock)
    finally:
        recorded.stop()
    print(f"pages and feeds: {place.site}")
    if args.once or args.no_serve:
        return 0
    server = Server(make_app(place.site), host=args.host, port=args.port)
    print(f"open {server.start()} in a browser, or subscribe to {base_url}top.atom; Ctrl-C ends", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()
    return 0


def _start_afresh(place: Place) -> None:
    """Remove what an earlier demo left, and nothing else."""
    try:
        if place.data.exists():
            if not place.config.exists():
                raise AggregatorError(f"{place.data} is not left by a demo; it is not touched")
            shutil.rmtree(place.data)
        place.data.mkdir(parents=True)
    except OSError as error:
        raise AggregatorError(f"{place.data} cannot be made anew: {error.strerror}") from error


def _replay(app: App, recorded: DemoServer, clock: SteppedClock) -> None:
    for step in STEPS:
        clock.at = step
        recorded.set_now(step)
        with progress_on_terminal() as progress:
            report = app.poll(force=True, progress=progress)
            built = app.build(progress=progress)
        print(f"{step:%a %d %b %H:%M} UTC  {poll_line(report, built)}", flush=True)
        for problem in built.problems:
            log.error("%s", problem)
