"""Time what is published: ``python -m benchmarks.outputs``. Is an unchanged build cheap, and one story as dear as one?

Nothing is fetched: the invented news of :mod:`benchmarks.years`, about 2,000 stories of one day, in a folder that is
thrown away. Two outputs: one of 1,000 entries over all of them, one of 60. CPU milliseconds.
"""

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aggregator import pipeline
from aggregator.model import Output, Source
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import BuildReport, publishing
from aggregator.store.sqlite import SqliteStore
from aggregator.stories import rank
from aggregator.stories.related import Neighbours
from benchmarks.years import BEGIN_AT, News

N_SOURCES, N_EVENTS = 300, 2_000
OUTPUTS = (Output(slug="all", title="All", max_entries=1_000), Output(slug="top", title="Top"))


def main() -> int:
    """Print the table."""
    folder = Path(tempfile.mkdtemp(prefix="outputs-"))
    try:
        _measure(folder)
    finally:
        shutil.rmtree(folder)
    return 0


def _measure(folder: Path) -> None:
    sources = tuple(Source(url=f"https://s{n}.example/feed", publisher=f"s{n}.example") for n in range(N_SOURCES))
    news = News(sources=sources, events_a_day=N_EVENTS, chance=random.Random(1))
    site = Site(title="Outputs", base_url="https://news.example/", outputs=OUTPUTS)
    store = SqliteStore.open(folder / "aggregator.sqlite", now=BEGIN_AT)
    press, neighbours = Press(), Neighbours()

    def build(hours: float, *, press: Press) -> BuildReport:
        with SiteWriter(folder / "site") as writer:
            now = BEGIN_AT + timedelta(days=1, hours=hours)
            return pipeline.build(store, writer, site, sources, now=now, press=press, neighbours=neighbours)

    def poll(hours: float) -> None:
        now = BEGIN_AT + timedelta(days=1, hours=hours)
        pipeline.poll(store, news, sources, clock=lambda: now, worker="outputs", force=True)

    news.day(BEGIN_AT)
    poll(0)
    _tell("first build", lambda: build(0, press=press))
    print(f"  stories {store.counts().n_stories}, articles {store.counts().n_articles}")
    _tell("the same again, the same process", lambda: build(1, press=press))
    _tell("the same again, a new process", lambda: build(2, press=Press()))
    news.events_a_day = 1
    news.day(BEGIN_AT + timedelta(days=1))
    poll(3)
    _tell("one event more", lambda: build(3, press=press))
    _time_outputs(store, folder, site, press)


def _tell(name: str, build: Callable[[], BuildReport]) -> None:
    begin = time.process_time()
    report = build()
    milliseconds = (time.process_time() - begin) * 1000
    print(f"{name:<36} {milliseconds:9,.0f} ms  files written {report.n_written:5,}  unchanged {report.n_unchanged:5,}")


def _time_outputs(store: SqliteStore, folder: Path, site: Site, press: Press) -> None:
    """Time the output of 1,000 entries alone: everything anew, one story changed, nothing changed."""
    revisions = store.newest_revisions(limit=5_000)
    now = BEGIN_AT + timedelta(days=1, hours=4)
    best = [each for each, _, _ in rank.rank(revisions, newest_at=revisions[0].newest_at)]
    news = publishing.News.of(store, site, best, newest_at=revisions[0].newest_at, now=now)
    grown = replace(best[0], n=best[0].n + 1, summary=replace(best[0].summary, headline="Another headline"))
    for name, chosen, memory in (
        ("1,000 entries, everything anew", best, Press()),
        ("1,000 entries, first time at this hour", best, press),
        ("1,000 entries, nothing changed", best, press),
        ("1,000 entries, one story changed", [grown, *best[1:]], press),
    ):
        with SiteWriter(folder / "site") as writer:
            begin = time.process_time()
            publishing.publish_output(
                store, writer, site, OUTPUTS[0], replace(news, best_first=chosen), press=memory, render_all=False
            )
            print(f"{name:<36} {(time.process_time() - begin) * 1000:9,.1f} ms  files written {writer.n_written:5,}")
    store.close()


if __name__ == "__main__":
    sys.exit(main())
