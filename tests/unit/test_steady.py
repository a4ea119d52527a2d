"""What a reader relies on: an entry keeps its id and its first time, and where nothing is new, nothing is written.

Polls in any order, articles in any order within a feed, restarts at any moment,
sources and outputs in any order of the configuration.
"""

import random
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from aggregator import pipeline
from aggregator.model import Fetched, NotModified, Output, Source
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline.placing import Placing
from aggregator.store.sqlite import SqliteStore
from aggregator.stories.related import Neighbours
from tests.builders import NOW, source
from tests.fakes import ScriptedFetcher
from tests.loopback.feed_server import rss
from tests.unit.test_outputs_atom import ATOM

SOURCES = tuple(
    source(f"https://{name}.example/feed.xml", publisher=f"{name}.example", tags=tags)
    for name, tags in (("one", ("world",)), ("two", ("world", "sea")), ("three", ("sea",)))
)
OUTPUTS = (Output(slug="top", title="Top"), Output(slug="sea", title="Sea", tags=("sea",)))
CLOCKED = {"status.html", "status.json"}  # they say how the sources fare, and so change by themselves
PLACES = ("Kalmar", "Lunden", "Vestby", "Ostrel")
EVENTS = ("harbour closed after two tankers collided", "mayor resigned over a loan")
DETAILS = (
    "About 40 ships wait at anchor.",
    "The council meets again on Friday.",
    "Repairs cost 12 million crowns.",
    "A vote is due in May.",
)
N_ROUNDS = 4

Article = tuple[str, str, str, str]


def told(n: int, *, by: str, days: int) -> Article:
    """Return how a source tells event ``n``, with what it adds on that day."""
    place, event = PLACES[n % len(PLACES)], EVENTS[n // len(PLACES)]
    when = (NOW - timedelta(hours=n)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    return (f"{by}-{n}-{days}", f"{place} {event}", f"The {place} {event}, {by} reports. {DETAILS[days]}", when)


class Run:
    """A data folder, what its sources say, and the runs over it; ``chance`` decides all that must not matter."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder, self.chance = folder, chance
        self.site = folder / "site"
        self.said: dict[str, list[Article]] = {each.url: [] for each in SOURCES}
        self.sources: tuple[Source, ...] = SOURCES
        self.outputs: tuple[Output, ...] = OUTPUTS
        self.store = self.opened(NOW)

    def opened(self, now: datetime) -> SqliteStore:
        self.press, self.placing, self.neighbours = Press(), Placing(), Neighbours()
        return SqliteStore.open(self.folder / "aggregator.sqlite", now=now)

    def restart(self, now: datetime) -> None:
        self.store.close()
        self.store = self.opened(now)

    def reorder(self) -> None:
        self.sources = tuple(self.chance.sample(SOURCES, len(SOURCES)))
        self.outputs = tuple(self.chance.sample(OUTPUTS, len(OUTPUTS)))

    def poll(self, now: datetime, *, is_news: bool = True) -> None:
        fetcher = ScriptedFetcher()
        for url, articles in self.said.items():
            body = rss(*self.chance.sample(articles, len(articles)))
            fetcher.answer(
                url, Fetched(url=url, body=body, content_type="text/xml") if is_news else NotModified(url=url)
            )
        for each in self.chance.sample(self.sources, len(self.sources)):
            pipeline.poll(
                self.store, fetcher, self.sources, clock=lambda: now, worker="w", n_workers=1, force=True, url=each.url
            )

    def build(self, now: datetime, *, render_all: bool = False) -> None:
        site = Site(title="Top Headlines", base_url="https://news.example/", outputs=self.outputs)
        with SiteWriter(self.site) as writer:
            pipeline.build(
                self.store,
                writer,
                site,
                self.sources,
                now=now,
                render_all=render_all,
                press=self.press,
                placing=self.placing,
                neighbours=self.neighbours,
            )

    def files(self, *suffixes: str) -> dict[str, tuple[bytes, int, int]]:
        """Return bytes, time and inode of each file that may not change by itself."""
        found = {}
        for path in sorted(self.site.rglob("*")):
            name = str(path.relative_to(self.site))
            if path.is_file() and name not in CLOCKED and name.endswith(suffixes or ""):
                stat = path.stat()
                found[name] = (path.read_bytes(), stat.st_mtime_ns, stat.st_ino)
        return found

    def entries(self) -> dict[tuple[str, str], str]:
        """Return the first time of each entry, by feed and id."""
        found = {}
        for name, (body, _, _) in self.files(".atom").items():
            for entry in ElementTree.fromstring(body).findall(f"{ATOM}entry"):
                key = (name, entry.findtext(f"{ATOM}id", ""))
                assert key not in found, "an id stands once in a feed"
                found[key] = entry.findtext(f"{ATOM}published", "")
        return found


def days_of_news(seed: int) -> list[dict[str, list[Article]]]:
    """Return what each source adds in each round: the news itself, which the chances of a run leave as it is."""
    news = random.Random(seed)
    n_events = len(PLACES) * len(EVENTS)
    return [
        {each.url: [told(n, by=each.publisher, days=i) for n in news.sample(range(n_events), 2)] for each in SOURCES}
        for i in range(N_ROUNDS)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_entries_keep_id_and_first_time_whatever_the_order_and_without_news_no_byte_moves(
    seed: int, tmp_path: Path
) -> None:
    runs = []
    for which in ("a", "b"):
        (tmp_path / which).mkdir()
        runs.append(Run(tmp_path / which, random.Random(f"{seed}{which}")))
    ever: dict[tuple[str, str], str] = {}
    for i, added in enumerate(days_of_news(seed)):
        now = NOW + timedelta(hours=6 * i)
        for run in runs:
            for url, articles in added.items():
                run.said[url] += articles
            run.poll(now)
            if run.chance.random() < 0.5:
                run.restart(now)
            run.build(now)
            for key, published in run.entries().items():
                assert ever.setdefault(key, published) == published, "an entry once published keeps its first time"

            feeds = run.files(".atom", ".rss", ".json", ".eml")
            run.reorder()
            if run.chance.random() < 0.5:
                run.restart(now)
            run.build(now + timedelta(hours=1), render_all=True)
            after = run.files(".atom", ".rss", ".json", ".eml")
            assert {name for name in {*feeds, *after} if feeds.get(name) != after.get(name)} == set()

            before = run.files()
            run.poll(now + timedelta(hours=2), is_news=False)
            run.restart(now)
            run.build(now + timedelta(hours=3))
            after = run.files()
            assert {name for name in {*before, *after} if before.get(name) != after.get(name)} == set()
        assert runs[0].entries() == runs[1].entries(), "the order of polls and restarts decides nothing"
    names = [name for name, _ in ever]
    assert names.count("top.articles.atom") > names.count("top.atom") > 0, "stories grew"
    assert names.count("top.updates.atom") > 0
    assert names.count("sea.atom") > 0, "and not in one feed alone"
    for run in runs:
        run.store.close()
