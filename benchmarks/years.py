"""Let years pass: ``python -m benchmarks.years --years 3 --sources 50``. What grows, and what stays flat?

Nothing is fetched: a clock that we set, feeds that we make, the real store, builds and retention in a folder that is
thrown away. The news is made of invented words by a seeded generator; each event is told by one to five sources.
CPU time, because others use the machine, too. Every row is a year (``--per quarter``: a quarter).
"""

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from statistics import median

from aggregator import pipeline
from aggregator.model import Fetched, FetchResult, NotModified, Output, Source, SourceState
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import retention
from aggregator.store.sqlite import SqliteStore

BEGIN_AT = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
SHOWN = 10  # articles in a feed
TABLES = ("articles", "texts", "stories", "revisions", "published", "polls", "poll_days", "vectors")
RETENTION = timedelta(days=90)
_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "kar", "len", "mor")
_VERBS = ("opens", "closes", "approves", "rejects", "repairs", "rebuilds", "sells", "buys", "bans", "expands")
_THINGS = ("harbour", "bridge", "school", "library", "railway", "festival", "hospital", "museum", "factory", "airport")


@dataclass(slots=True)
class News:
    """A world in which things happen: what each source tells at a time."""

    sources: tuple[Source, ...]
    events_a_day: int
    chance: random.Random
    told: dict[str, list[str]] = field(default_factory=dict)

    def day(self, at: datetime) -> None:
        """Let a day's events happen."""
        for n in range(self.events_a_day):
            place, person = self._name(), self._name()
            verb, thing = self.chance.choice(_VERBS), self.chance.choice(_THINGS)
            number = self.chance.randrange(20, 900)
            n_told = min(len(self.sources), 1 + int(self.chance.expovariate(1 / 1.2)))
            for k, source in enumerate(self.chance.sample(self.sources, n_told)):
                told_at = at + timedelta(minutes=self.chance.randrange(0, 600))
                title = (
                    f"{place} {verb} its {thing} after {number} days" if k % 2 else f"{thing.title()} in {place} {verb}"
                )
                text = (
                    f"The {thing} of {place} {verb} after {number} days, {person} said on {told_at:%A}. "
                    f"About {number * 3} people in {place} use the {thing} every day. "
                    f"{person} called it a good day for {place}, and report {k} has more on the {thing}."
                )
                self.told.setdefault(source.url, []).insert(0, _item(f"{at:%Y%m%d}-{n}-{k}", title, text, told_at))
        for items in self.told.values():
            del items[SHOWN:]

    def _name(self) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=3)).title()

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        """Answer as a server with validators does."""
        body = "".join(self.told.get(source.url, [])).encode()
        etag = f'"{hash_of(body)}"'
        if state.etag == etag:
            return NotModified(url=source.url, etag=etag, seconds=0.1)
        channel = b"<rss version='2.0'><channel><title>A source</title><link>%s</link>" % source.url.encode()
        return Fetched(url=source.url, body=channel + body + b"</channel></rss>", etag=etag, seconds=0.1)


def hash_of(body: bytes) -> int:
    """Return a number that stands for some bytes, the same in every process."""
    return sum(body) * 1_000_003 + len(body)


def _item(guid: str, title: str, text: str, at: datetime) -> str:
    link = f"https://one.example/{guid}"
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{escape(title)}</title><link>{link}</link>"
        f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(text)}</description></item>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a period left. Times (CPU milliseconds) and files written are medians of a step; sizes are at the end."""

    name: str
    poll_ms: float
    build_ms: float
    n_written: float
    n_files: int
    site_mb: float
    database_mb: float
    n_rows: Mapping[str, int]


def live(
    folder: Path, *, n_days: int, n_sources: int, events_a_day: int, polls: int, step: int, per: int
) -> Iterator[Row]:
    """Let days pass, ``polls`` polls and builds every ``step`` days, and yield a row every ``per`` days."""
    sources = tuple(
        Source(url=f"https://s{n}.example/feed", publisher=f"s{n}.example", tags=("world",) if n % 2 else ())
        for n in range(n_sources)
    )
    news = News(sources=sources, events_a_day=events_a_day, chance=random.Random(1))
    site = Site(
        title="Years", base_url="https://news.example/", outputs=(Output(slug="top", title="Top"),), since_year=2026
    )
    database, press = folder / "aggregator.sqlite", Press()
    store = SqliteStore.open(database, now=BEGIN_AT)
    spent = _Spent()
    pruned_day = rowed_day = 0
    for n_day in range(step, n_days + 1, step):
        at = BEGIN_AT + timedelta(days=n_day)
        for k in reversed(range(step)):
            news.day(at - timedelta(days=k, hours=12))
        for k in range(polls):
            now = at + timedelta(hours=k * 24 / polls)
            begin = time.process_time()
            pipeline.poll(store, news, sources, clock=lambda now=now: now, worker="years", force=True)  # type: ignore[misc]
            between = time.process_time()
            with SiteWriter(folder / "site") as writer:
                report = pipeline.build(store, writer, site, sources, now=now, press=press)
            spent.poll_ms.append((between - begin) * 1000)
            spent.build_ms.append((time.process_time() - between) * 1000)
            spent.n_written.append(report.n_written)
        if n_day - pruned_day >= 30:
            pruned_day = n_day
            retention.prune(database, keep=RETENTION, now=at + timedelta(hours=23))
        if n_day - rowed_day >= per or n_day + step > n_days:
            rowed_day = n_day
            yield _row(f"day {n_day}", folder, store, spent)
            spent = _Spent()
    store.close()


@dataclass(slots=True)
class _Spent:
    """What each poll and build of a period took, and how many files it wrote."""

    poll_ms: list[float] = field(default_factory=list)
    build_ms: list[float] = field(default_factory=list)
    n_written: list[float] = field(default_factory=list)


def _row(name: str, folder: Path, store: SqliteStore, spent: _Spent) -> Row:
    sizes = [path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file()]
    connection = store._database.conn
    return Row(
        name=name,
        poll_ms=median(spent.poll_ms),
        build_ms=median(spent.build_ms),
        n_written=median(spent.n_written),
        n_files=len(sizes),
        site_mb=sum(sizes) / 1e6,
        database_mb=(folder / "aggregator.sqlite").stat().st_size / 1e6,
        n_rows={name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES},
    )


def show(row: Row) -> str:
    """Write a row of the table."""
    counts = " ".join(f"{row.n_rows[name]:>9}" for name in TABLES)
    return (
        f"{row.name:<10} {row.poll_ms:>8.0f} {row.build_ms:>8.0f} {row.n_written:>8.0f} {row.n_files:>8} "
        f"{row.site_mb:>8.1f} {row.database_mb:>8.1f} {counts}"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.years", description=__doc__)
    parser.add_argument("--years", type=float, default=3)
    parser.add_argument("--sources", type=int, default=50)
    parser.add_argument("--events", type=int, default=16, help="events a day")
    parser.add_argument("--polls", type=int, default=1, help="polls and builds on a day that has any")
    parser.add_argument(
        "--step", type=int, default=1, help="only every so many days has polls; the news comes all the same"
    )
    parser.add_argument("--per", choices=("year", "quarter"), default="year")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="years-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    try:
        print(
            f"{'':<10} {'poll ms':>8} {'build ms':>8} {'written':>8} {'files':>8} {'site MB':>8} {'db MB':>8} ", end=""
        )
        print(" ".join(f"{name:>9}" for name in TABLES), flush=True)
        for row in live(
            folder,
            n_days=round(args.years * 365),
            n_sources=args.sources,
            events_a_day=args.events,
            polls=args.polls,
            step=args.step,
            per=365 if args.per == "year" else 91,
        ):
            print(show(row), flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
