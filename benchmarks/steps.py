"""Each step of the journey on the recorded days of the demo, and how fast: ``python -m benchmarks.steps``.

Figures, not assertions. The input is the demo's recording, so that the run needs nothing but this checkout; the quality
of clusters and summaries is measured on labelled sets by ``benchmarks.stories`` and ``benchmarks.summaries``.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from aggregator.demo.feeds import render_feed
from aggregator.demo.recorded import Publisher, load_recording
from aggregator.demo.server import UNTIL_AT
from aggregator.intake import identity
from aggregator.intake.reading.parse import parse
from aggregator.model import Article, Membership, ParsedFeed, Source, Story, StoryView
from aggregator.outputs.pages.pages import Pages
from aggregator.outputs.site import Site
from aggregator.pipeline import revise
from aggregator.stories.cluster import Clusterer

N_RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: CPU seconds of a run (median of ``N_RUNS``) and how many of what it handled."""

    name: str
    seconds: float
    n: int
    unit: str


def timed(run: Callable[[], object]) -> float:
    """Return the median CPU seconds of a call, after one that is not counted."""
    run()
    seconds = []
    for _ in range(N_RUNS):
        start = time.process_time()
        run()
        seconds.append(time.process_time() - start)
    return median(seconds)


def measure() -> Iterator[Figure]:
    """Yield a figure for each step of the journey."""
    moments = sorted({article.appears_at for each in load_recording().publishers for article in each.articles})
    publishers = load_recording().publishers
    bodies = [
        (each, body)
        for each in publishers
        for moment in moments[:: len(moments) // 12]
        if b"<html" not in (body := render_feed(each, moment))[:200]
    ]
    parsed = [(each, parse(body, url=each.feed_url)) for each, body in bodies]
    n_bytes = sum(len(body) for _, body in bodies)
    yield Figure("parse", timed(lambda: [parse(body) for _, body in bodies]), n_bytes // 1000, "kB")
    feeds = [(each, feed) for each, feed in parsed if isinstance(feed, ParsedFeed)]
    articles = list(_articles(feeds))
    n_read = sum(len(feed.articles) for _, feed in feeds)
    yield Figure("identity, everything new", timed(lambda: list(_articles(feeds))), n_read, "articles")
    yield Figure("cluster", timed(lambda: Clusterer().place(articles)), len(articles), "articles")
    stories = _stories(articles)
    yield Figure(
        "summarise", timed(lambda: [revise(*each, None, now=UNTIL_AT) for each in stories]), len(stories), "stories"
    )
    views = [
        StoryView(story=story, revisions=(revision,))
        for story, told in stories
        if (revision := revise(story, told, None, now=UNTIL_AT))
    ]
    pages = Pages(Site(title="News", base_url="https://news.example/"))
    yield Figure("render story pages", timed(lambda: [pages.story(view) for view in views]), len(views), "pages")


def _articles(feeds: Sequence[tuple[Publisher, ParsedFeed]]) -> Iterator[Article]:
    """Yield each article of the recording once, as a first poll would store it."""
    seen = set()
    for publisher, feed in feeds:
        source = Source(url=publisher.feed_url, tags=publisher.tags)
        for change in identity.diff(feed, source=source, recall=None, now=UNTIL_AT):
            if change.article.id not in seen:
                seen.add(change.article.id)
                yield change.article


def _stories(articles: Sequence[Article]) -> list[tuple[Story, tuple[Article, ...]]]:
    memberships: dict[str, list[Membership]] = defaultdict(list)
    for membership in Clusterer().place(articles).memberships:
        memberships[membership.story_id].append(membership)
    article_by_id = {article.id: article for article in articles}
    return [
        (
            Story(id=story_id, minted_at=UNTIL_AT, memberships=tuple(members)),
            tuple(article_by_id[member.article_id] for member in members),
        )
        for story_id, members in memberships.items()
    ]


def main() -> int:
    """Measure each step on the recorded days and print a table."""
    figures = list(measure())
    print(f"{'step':34}{'ms':>10}{'of':>8}  {'per second':>12}")
    for figure in figures:
        rate = figure.n / figure.seconds if figure.seconds else 0.0
        print(f"{figure.name:34}{figure.seconds * 1000:10.1f}{figure.n:8}  {rate:10.0f} {figure.unit}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
