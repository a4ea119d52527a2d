"""The daemon: polls, builds, reads feeds.toml again and serves, until it is told to stop.

It owns no decision: what a step does is in :mod:`aggregator.pipeline`, when it runs is the engine's business.
"""

import hashlib
import logging
import signal
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import FrameType

from aggregator.app import App, make_fetcher, poll_line
from aggregator.config import load_config
from aggregator.config.file import overrides_beside
from aggregator.engine.base import Engine
from aggregator.errors import ConfigError
from aggregator.pipeline import retention

log = logging.getLogger(__name__)

BUILD_EVERY = timedelta(minutes=5)  # takes up what a poll's own build left undone
UPKEEP_EVERY = timedelta(days=1)
HUBS_EVERY = timedelta(minutes=1)  # asks hubs what is due; what they deliver wakes it
RELOAD_EVERY = timedelta(seconds=5)  # how soon an edit of feeds.toml is seen


class Daemon:
    """Runs an :class:`App` for ever."""

    def __init__(self, app: App, engine: Engine, *, environ: Mapping[str, str]) -> None:
        self.app = app
        self.engine = engine
        self.environ = environ
        self._read_mark = _mark_of(app.place.config)
        self._overrides_mark = _mark_of(overrides_beside(app.place.config))
        engine.every("poll", app.config.settings.poll_every, self.poll)
        engine.every("hubs", HUBS_EVERY, self.hear)
        engine.every("build", BUILD_EVERY, self.build)
        engine.every("reload", RELOAD_EVERY, self.reload)
        engine.every("upkeep", UPKEEP_EVERY, self.upkeep)

    def run(self) -> bool:
        """Work until SIGTERM or SIGINT. SIGHUP reads feeds.toml at once.

        Returns:
            ``False``: a step was still under way when its time to end was over.

        Raises:
            StoreError: The store failed; the daemon cannot go on.
        """
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._on_signal)
            signal.signal(signal.SIGINT, self._on_signal)
            signal.signal(signal.SIGHUP, lambda number, frame: self.engine.wake("reload"))
        return self.engine.run()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        log.info("stopping: %s", signal.Signals(number).name)
        self.stop()

    def stop(self) -> None:
        """End after the step that is under way; a poll claims nothing more."""
        self.app.stopping.set()
        self.engine.stop()

    def poll(self) -> None:
        """Poll what is due, and build what came."""
        report = self.app.poll()
        for record in report.records:
            if record.outcome == "failed":
                log.warning("%s: %s", record.source_url, record.error)
        if report.n_polled:
            log.info("%s", poll_line(report))
            self.build()

    def hear(self) -> None:
        """Take up what hubs delivered, and build what came."""
        report = self.app.hear()
        if report is None:
            return
        if report.n_new_articles or report.n_changed_articles:
            log.info("pushed: %d new articles, %d changed", report.n_new_articles, report.n_changed_articles)
            self.build()
        if report.is_more:
            self.engine.wake("hubs")

    def build(self) -> None:
        """Bring everything up to date."""
        report = self.app.build()
        if report.n_new_stories or report.n_updated_stories:
            log.info("%d new stories, %d updated", report.n_new_stories, report.n_updated_stories)
        for problem in report.problems:
            log.error("%s", problem)

    def upkeep(self) -> None:
        """Drop what is kept no longer, see :mod:`.retention`."""
        keep = max(self.app.config.settings.retention, retention.KEEP_TEXTS_AT_LEAST)
        pruned = retention.prune(self.app.place.database, keep=keep, now=self.app.clock())
        if pruned.n_texts or pruned.n_polls:
            log.info("pruned %d texts and %d polls", pruned.n_texts, pruned.n_polls)

    def reload(self) -> None:
        """Take up an edit of feeds.toml or overrides.toml; a broken one is reported and the last good one stays."""
        mark = _mark_of(overrides_beside(self.app.place.config))
        if mark != self._overrides_mark:
            self._overrides_mark = mark
            self.engine.wake("build")  # which reads it
        mark = _mark_of(self.app.place.config)
        if mark == self._read_mark:
            return
        self._read_mark = mark
        try:
            config = load_config(self.app.place.config, environ=self.environ)
        except ConfigError as error:
            log.error("feeds.toml has mistakes; the last good one stays in use:\n%s", error)
            return
        if config.settings.encoder != self.app.config.settings.encoder:
            self.app.placing = None  # the next build makes one that sees with the other
        self.app.config = config
        self.app.fetcher = make_fetcher(config, self.environ, clock=self.app.clock)
        log.info("feeds.toml was read again: %d sources, %d outputs", len(config.sources), len(config.outputs))
        self.engine.wake("poll")


def _mark_of(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
