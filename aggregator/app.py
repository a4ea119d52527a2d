"""The only place that chooses implementations and reads the clock: what a command gets handed.

Place      where things are: feeds.toml, the data folder
App        a loaded configuration with its store, fetcher and writer, ready for poll() and build()

What only a build needs is imported where it is used: its half second would be most of a poll without news.
"""

from __future__ import annotations

import logging
import select
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator import __version__, pipeline
from aggregator.config import Config, Writing, load_config
from aggregator.config.file import overrides_beside
from aggregator.dataclass import dataclass, field
from aggregator.errors import AggregatorError, ConfigError
from aggregator.intake.fetching.addresses import read_allow_list
from aggregator.intake.fetching.asking import Fetcher
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.fetching.lean import LeanFetcher
from aggregator.intake.fetching.shared import Tolerant
from aggregator.model import Override
from aggregator.pipeline import Clock, PollReport, Progress
from aggregator.store.base import Store
from aggregator.store.lock import data_lock
from aggregator.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from aggregator.intake.hubs.hub import HubPost
    from aggregator.outputs.publish import Press
    from aggregator.outputs.site import Site
    from aggregator.pipeline import BuildReport
    from aggregator.pipeline.placing import Placing
    from aggregator.pipeline.pushing import PushReport, Reception
    from aggregator.pipeline.telling import Summarise
    from aggregator.stories.encoder import Encoder
    from aggregator.stories.related import Neighbours

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
    def inbox(self) -> Path:
        """What hubs delivered, until it is taken up."""
        return self.data / "inbox"

    @property
    def model_memory(self) -> Path:
        """What a model answered, and what a day of it has cost; only where ``[summary]`` names one."""
        return self.data / "model.jsonl"

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
    press: Press | None = None
    placing: Placing | None = None
    neighbours: Neighbours | None = None
    overrides: tuple[Override, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    written_by: tuple[Writing, Summarise] | None = None

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

    def hear(self) -> PushReport | None:
        """Take up what hubs delivered, and ask them what is due; see :mod:`aggregator.pipeline.pushing`.

        ``None``: no hub has ever been asked for anything.
        """
        settings, sources = self.config.settings, self.config.sources
        # Most runs have nothing to do with hubs, and need not import what has.
        if not (settings.websub or self.place.inbox.exists() or self.store.subscriptions()):
            return None
        from aggregator.intake.hubs.websub import is_public
        from aggregator.pipeline.pushing import ask_hubs, take_up
        from aggregator.web.inbox import Inbox

        report = take_up(
            self.store,
            Inbox(self.place.inbox),
            sources,
            clock=self.clock,
            worker=WORKER,
            is_stopping=self.stopping.is_set,
        )
        allowed = read_allow_list(settings.allow_hosts)

        def open_post() -> HubPost:
            from aggregator.intake.hubs.hub import HubPost  # with requests

            return HubPost(user_agent=user_agent(settings.contact), allow_hosts=settings.allow_hosts, now=self.clock)

        if not self.stopping.is_set():
            ask_hubs(
                self.store,
                open_post,
                sources,
                base_url=settings.base_url,
                is_on=settings.websub and is_public(settings.base_url, allowed),
                allowed=allowed,
                mint=_unguessable,
                clock=self.clock,
            )
        return report

    def build(self, *, render_all: bool = False, progress: Progress = lambda step, done, total: None) -> BuildReport:
        """Bring stories, outputs and pages up to date; see :func:`aggregator.pipeline.build`."""
        from aggregator.outputs.publish import Press
        from aggregator.outputs.write import SiteWriter
        from aggregator.pipeline.placing import Placing
        from aggregator.stories.related import Neighbours

        self.press = self.press or Press()
        self.neighbours = self.neighbours or Neighbours()
        site = site_of(self.config)
        look = _LookMark(self.place.look, site)
        if self.placing is None:
            self.placing = Placing(make_encoder(self.config.settings.encoder), self.overrides)
        self.placing.overrides = self._read_overrides()
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
                placing=self.placing,
                neighbours=self.neighbours,
                summarise=self._summariser(),
            )
        look.save()
        self._tell_hub([site.base_url + name for name in report.changed_feeds])
        return report

    def _summariser(self) -> Summarise:
        """Return who writes the stories; made anew where an edit of feeds.toml names another one."""
        writing = self.config.writing
        if self.written_by is None or self.written_by[0] != writing:
            self.written_by = (writing, make_summariser(writing, self.place, self.environ, clock=self.clock))
        return self.written_by[1]

    def _read_overrides(self) -> tuple[Override, ...]:
        """Take up an edit of overrides.toml; a broken one is reported loudly and the last good one stays."""
        try:
            self.overrides = read_overrides(self.place.config)
        except ConfigError as error:
            log.error("overrides.toml has mistakes; the last good one stays in use:\n%s", error)
        return self.overrides

    def _tell_hub(self, changed: Sequence[str]) -> None:
        """Tell the hub which feeds changed. What it did not hear is kept in a file, and told after the next build."""
        from aggregator.outputs.write import write_if_changed
        from aggregator.web import hub

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


def read_overrides(config: Path) -> tuple[Override, ...]:
    """Return the overrides beside a feeds.toml; where there is no such file, what reads it is not imported.

    Raises:
        ConfigError: It has mistakes.
    """
    path = overrides_beside(config)
    if not path.exists():
        return ()
    from aggregator.config.overrides import load_overrides

    return load_overrides(path)


def _unguessable() -> str:
    import secrets

    return secrets.token_urlsafe(32)


class _LookMark:
    """Remembers how pages looked when all were last rendered, so that a new title or version renders them again."""

    def __init__(self, path: Path, site: Site) -> None:
        self.path = path
        import hashlib

        self.mark = hashlib.sha256(repr((__version__, site)).encode()).hexdigest()

    def is_stale(self) -> bool:
        try:
            return self.path.read_text(encoding="ascii") != self.mark
        except OSError:
            return True

    def save(self) -> None:
        from aggregator.outputs.write import write_if_changed

        write_if_changed(self.path, self.mark.encode("ascii"))


def site_of(config: Config) -> Site:
    """Return what every output needs to know of the configuration."""
    from aggregator.outputs.site import Site

    return Site(
        title=config.settings.title,
        base_url=config.settings.base_url,
        outputs=config.outputs,
        since_year=SINCE_YEAR,
        hub=config.settings.hub,
        version=__version__,
        ranking=config.ranking,
    )


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(module) is not None
    except ValueError:  # it is taken out of reach
        return False


def make_encoder(name: str) -> Encoder | None:
    """Return the encoder that feeds.toml names, or ``None`` where there is none to be had: words alone decide then."""
    if name == "none":
        return None
    from aggregator.stories.encoder import ENCODERS

    encoder = ENCODERS[name]
    if not _is_installed(encoder.module):
        log.warning(
            "stories are matched by their words alone, within each language: the encoder is not installed; "
            '%s, or write encoder = "none" in [settings]',
            encoder.install,
        )
        return None
    return encoder()


def user_agent(contact: str) -> str:
    """Return the honest name under which sources are asked."""
    return f"aggregator/{__version__}" + (f" (+{contact})" if contact else "")


def make_fetcher(config: Config, environ: Mapping[str, str], *, clock: Clock, gate: HostGate | None = None) -> Fetcher:
    """Return the fetcher of this configuration; secrets come from the environment by name."""
    common: Any = {
        "now": clock,
        "user_agent": user_agent(config.settings.contact),
        "allow_hosts": config.settings.allow_hosts,
        "credentials": lambda name: environ.get(name),
    }

    def tolerant(gate: HostGate | None) -> Tolerant:
        from aggregator.intake.fetching.fetch import RequestsFetcher  # 0.1 s, which most polls need not spend

        return RequestsFetcher(gate=gate, **common)

    return LeanFetcher(gate=gate, fallback=tolerant, **common) if hasattr(select, "epoll") else tolerant(gate)


def make_summariser(writing: Writing, place: Place, environ: Mapping[str, str], *, clock: Clock) -> Summarise:
    """Return who writes the stories: the model that feeds.toml names, behind the gate, or the extractive summariser."""
    from aggregator.summaries.write import summarise

    if writing.mode != "llm":
        return summarise
    key = environ.get(writing.key_env, "") if writing.key_env else ""
    if writing.key_env and not key:
        log.warning(
            "summaries are taken from the articles and no model is asked: the environment variable %s, which holds "
            "its key, is not set",
            writing.key_env,
        )
        return summarise
    from aggregator.summaries import llm  # with its connection; most runs need neither

    settings = llm.Settings(
        endpoint=writing.endpoint,
        model=writing.model,
        max_output_tokens=writing.max_output_tokens,
        max_calls_a_day=writing.max_calls_a_day,
        max_tokens_a_day=writing.max_tokens_a_day,
    )
    post = llm.http_post(writing.endpoint, key=key, timeout=writing.timeout, max_bytes=writing.max_bytes)
    return llm.Writer(settings, post=post, clock=clock, memory=llm.FileMemory(place.model_memory)).summarise


@contextmanager
def open_app(place: Place, *, environ: Mapping[str, str], clock: Clock, config: Config | None = None) -> Iterator[App]:
    """Load the configuration, take the lock, open the store; give all back at the end.

    Raises:
        ConfigError: feeds.toml has mistakes.
        LockedError: Another run works on this data folder.
        StoreError: The database cannot be used.
    """
    config = config or load_config(place.config, environ=environ)
    overrides = read_overrides(place.config)
    with data_lock(place.data):
        store = SqliteStore.open(place.database, now=clock())
        try:
            # Whoever held claims under this name is dead: the lock is ours.
            store.release_claims(WORKER)
            yield App(
                place=place,
                config=config,
                store=store,
                fetcher=make_fetcher(config, environ, clock=clock),
                clock=clock,
                overrides=overrides,
                environ=environ,
            )
        finally:
            store.close()


def make_reception(
    place: Place, config_of: Callable[[], Config], *, clock: Clock, notify: Callable[[], None] = lambda: None
) -> Reception:
    """Return what the web server asks when a hub speaks to it. It looks into the store beside the run that writes."""
    from aggregator.pipeline.pushing import Reception
    from aggregator.web.inbox import Inbox

    def max_bytes_of(url: str) -> int | None:
        return next((source.max_bytes for source in config_of().sources if source.url == url), None)

    return Reception(
        Inbox(place.inbox),
        open_store=lambda: open_store_to_read(place),
        max_bytes_of=max_bytes_of,
        clock=clock,
        notify=notify,
    )


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
