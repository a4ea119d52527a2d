"""The only place that chooses implementations and reads the clock: what a command gets handed.

Place      where things are: feeds.toml, the data folder
App        a loaded configuration with its store, fetcher and writer, ready for poll() and build()
"""

import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aggregator import __version__, pipeline
from aggregator.config import Config, load_config
from aggregator.errors import AggregatorError
from aggregator.intake.fetch import Fetcher, RequestsFetcher
from aggregator.intake.gate import HostGate
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter, write_if_changed
from aggregator.pipeline import BuildReport, Clock, PollReport, Progress
from aggregator.store.base import Store
from aggregator.store.lock import data_lock
from aggregator.store.sqlite import SqliteStore
from aggregator.web import hub

log = logging.getLogger(__name__)

WORKER = "local"  # an embedded run is one worker: the lock sees to it
SINCE_YEAR = 2026  # year of the feeds' own tag: URIs; fixed, so that they never change


def clock_from(environ: Mapping[str, str]) -> Clock:
    """Return the clock of this command: the system's, or ``AGGREGATOR_NOW`` (seconds since the epoch) standing still.

    Raises:
        AggregatorError: ``AGGREGATOR_NOW`` is no number of seconds.
    """
    given = environ.get("AGGREGATOR_NOW", "")
    if not given:
        return lambda: datetime.now(UTC)
    try:
        fixed = datetime.fromtimestamp(float(given), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise AggregatorError(f"AGGREGATOR_NOW must be seconds since 1970, not {given!r}") from error
    return lambda: fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run finds and leaves its files."""

    config: Path
    data: Path

    @property
    def database(self) -> Path:
        """The database."""
        return self.data / "aggregator.sqlite"

    @property
    def site(self) -> Path:
        """The output folder."""
        return self.data / "site"

    @property
    def look(self) -> Path:
        """How pages looked when they were last all rendered; without it the next build renders all."""
        return self.data / "look"


@dataclass(slots=True, kw_only=True)
class App:
    """A loaded configuration with everything that a poll and a build need."""

    place: Place
    config: Config
    store: Store
    fetcher: Fetcher
    clock: Clock
    stopping: threading.Event = field(default_factory=threading.Event)
    press: Press = field(default_factory=Press)

    def poll(
        self, *, force: bool = False, url: str = "", progress: Progress = lambda step, done, total: None
    ) -> PollReport:
        """Ask the sources that are due; see :func:`aggregator.pipeline.poll`."""
        return pipeline.poll(
            self.store,
            self.fetcher,
            self.config.sources,
            clock=self.clock,
            worker=WORKER,
            n_workers=self.config.settings.workers,
            force=force,
            url=url,
            progress=progress,
            is_stopping=self.stopping.is_set,
        )

    def build(self, *, render_all: bool = False, progress: Progress = lambda step, done, total: None) -> BuildReport:
        """Bring stories, outputs and pages up to date; see :func:`aggregator.pipeline.build`."""
        site = site_of(self.config)
        look = _LookMark(self.place.look, site)
        with SiteWriter(self.place.site) as writer:
            report = pipeline.build(
                self.store,
                writer,
                site,
                self.config.sources,
                now=self.clock(),
                render_all=render_all or look.is_stale(),
                progress=progress,
                press=self.press,
            )
        look.save()
        self._tell_hub([site.base_url + name for name in report.changed_feeds])
        return report

    def _tell_hub(self, changed: Sequence[str]) -> None:
        """Tell the hub which feeds changed. What it did not hear is kept in a file, and told after the next build."""
        hub_url = self.config.settings.hub
        path = self.place.data / "hub-pending"
        waiting = path.read_text(encoding="utf-8").split() if path.exists() else []
        topics = list(dict.fromkeys([*waiting, *changed]))
        if not hub_url or not topics:
            return
        write_if_changed(path, "\n".join(topics).encode())  # before the first word: a killed run must not forget them
        told = hub.ping(hub_url, topics, hub.post_form)
        write_if_changed(path, "\n".join(told.failed).encode())
        for topic in told.refused:
            log.warning("the hub %s refused %s", hub_url, topic)
        for topic in told.failed:
            log.warning("the hub %s did not answer for %s; told again after the next build", hub_url, topic)


class _LookMark:
    """Remembers how pages looked when all were last rendered, so that a new title or version renders them again."""

    def __init__(self, path: Path, site: Site) -> None:
        self.path = path
        self.mark = hashlib.sha256(repr((__version__, site)).encode()).hexdigest()

    def is_stale(self) -> bool:
        try:
            return self.path.read_text(encoding="ascii") != self.mark
        except OSError:
            return True

    def save(self) -> None:
        write_if_changed(self.path, self.mark.encode("ascii"))


def site_of(config: Config) -> Site:
    """Return what every output needs to know of the configuration."""
    return Site(
        title=config.settings.title,
        base_url=config.settings.base_url,
        outputs=config.outputs,
        since_year=SINCE_YEAR,
        hub=config.settings.hub,
        version=__version__,
    )


def user_agent(contact: str) -> str:
    """Return the honest name under which sources are asked."""
    return f"aggregator/{__version__}" + (f" (+{contact})" if contact else "")


def make_fetcher(config: Config, environ: Mapping[str, str], *, clock: Clock, gate: HostGate | None = None) -> Fetcher:
    """Return the fetcher of this configuration; secrets come from the environment by name."""
    return RequestsFetcher(
        gate=gate,
        now=clock,
        user_agent=user_agent(config.settings.contact),
        allow_hosts=config.settings.allow_hosts,
        credentials=lambda name: environ.get(name),
    )


@contextmanager
def open_app(place: Place, *, environ: Mapping[str, str], clock: Clock, config: Config | None = None) -> Iterator[App]:
    """Load the configuration, take the lock, open the store; give all back at the end.

    Raises:
        ConfigError: feeds.toml has mistakes.
        LockedError: Another run works on this data folder.
        StoreError: The database cannot be used.
    """
    config = config or load_config(place.config, environ=environ)
    with data_lock(place.data):
        store = SqliteStore.open(place.database, now=clock())
        try:
            # Whoever held claims under this name is dead: the lock is ours.
            store.release_claims(WORKER)
            yield App(
                place=place, config=config, store=store, fetcher=make_fetcher(config, environ, clock=clock), clock=clock
            )
        finally:
            store.close()


@contextmanager
def open_store_to_read(place: Place) -> Iterator[Store]:
    """Open the store beside a run that may be under way.

    Raises:
        StoreError: There is no database yet, or it cannot be read.
    """
    store = SqliteStore.open_readonly(place.database)
    try:
        yield store
    finally:
        store.close()


def poll_line(report: PollReport, built: BuildReport | None = None) -> str:
    """Return the one line that a poll ends with."""
    line = (
        f"polled {report.n_polled}: {report.n_new} new, {report.n_changed} changed, "
        f"{report.n_not_modified} not modified, {report.n_failed} failed; {report.n_new_articles} new articles"
    )
    if built:
        line += f", {built.n_new_stories} new stories, {built.n_updated_stories} updated"
    return line
