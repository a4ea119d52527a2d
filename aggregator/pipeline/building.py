"""build: cluster -> summarise -> publish -> render -> write. The order of the steps, nothing else.

Derived and repeatable: it takes up whatever an earlier, killed run left undone, because the store knows which articles
have no story, which stories no summary, which no page.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.errors import OutputError, SummaryError
from aggregator.model import (
    OutputView,
    PollDay,
    Revision,
    Source,
    SourceView,
    StoryView,
)
from aggregator.outputs import opml
from aggregator.outputs.pages import archive, search
from aggregator.outputs.pages.pages import ICON_FILE, SCRIPT_FILE, Pages
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import publishing
from aggregator.pipeline.polling import Progress
from aggregator.pipeline.telling import revise
from aggregator.store.base import Store
from aggregator.stories import rank
from aggregator.stories.cluster import WINDOW, Clusterer

log = logging.getLogger(__name__)

REOPEN = timedelta(days=30)  # an article older than this joins no story that already stands (spec: 30-day rule)
HISTORY = timedelta(days=30)  # how far back the status page looks
N_FRONT_PAGE = 60  # stories on the front page
N_CANDIDATES = 5_000  # newest stories from which outputs and front page choose


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did. ``changed_feeds`` are the names of feeds that got new bytes; a hub is told of these."""

    n_placed: int = 0
    n_new_stories: int = 0
    n_updated_stories: int = 0
    n_written: int = 0
    n_unchanged: int = 0
    problems: tuple[str, ...] = ()
    changed_feeds: tuple[str, ...] = ()


def build(
    store: Store,
    writer: SiteWriter,
    site: Site,
    sources: Sequence[Source],
    *,
    now: datetime,
    render_all: bool = False,
    press: Press | None = None,
    progress: Progress = lambda step, done, total: None,
) -> BuildReport:
    """Bring stories, summaries, output feeds and pages up to date with the stored articles.

    Args:
        store: Where articles and stories are kept.
        writer: Where outputs go; bytes that did not change are not written.
        site: What every output needs to know.
        sources: The subscribed sources, for the pages that list them.
        now: Time of this build; appears in revisions and on the status page only.
        render_all: Render pages that are up to date, too.
        press: Remembers what earlier builds of this store wrote; saves time and changes no byte.
        progress: Told after each story.

    Raises:
        StoreError: The store failed; what was saved before stays, and the next build takes up the rest.
        OutputError: The output folder cannot be written at all.
    """
    n_placed = _place_articles(store, now=now)
    n_new, n_updated, problems = _summarise_stories(store, now=now, progress=progress)
    revisions = store.newest_revisions(limit=N_CANDIDATES)
    newest_at = max((revision.newest_at for revision in revisions), default=now)
    ranked = rank.rank(revisions, newest_at=newest_at)
    best_first = [revision for revision, _, _ in ranked]
    news = publishing.News.of(store, site, best_first, newest_at=newest_at, now=now)
    press = Press() if press is None or render_all else press
    output_views = []
    changed_feeds: list[str] = []
    for output in site.outputs:
        try:
            view, changed = publishing.publish_output(
                store, writer, site, output, news, press=press, render_all=render_all
            )
            output_views.append(view)
            changed_feeds += changed
        except OutputError as error:  # one output's failure leaves the others alone
            problems.append(f"output {output.slug}: {error}")
            log.error("output %s was not written: %s", output.slug, error)
    pages = Pages(site)
    _write_story_pages(store, writer, pages, ranked, render_all=render_all, progress=progress)
    _write_front_pages(store, writer, site, pages, ranked, output_views, sources, now=now, render_all=render_all)
    views = source_views(store, sources, since=now)
    changed_feeds += publishing.write_health(store, writer, site, views, news)
    return BuildReport(
        n_placed=n_placed,
        n_new_stories=n_new,
        n_updated_stories=n_updated,
        n_written=writer.n_written,
        n_unchanged=writer.n_unchanged,
        problems=tuple(problems),
        changed_feeds=tuple(changed_feeds),
    )


def _place_articles(store: Store, *, now: datetime) -> int:
    """Put every article that has no story yet into one. Returns how many."""
    batch = store.unplaced_articles()
    if not batch:
        return 0
    oldest_at = min(article.at for article in batch)
    since = max(oldest_at, now - REOPEN) - WINDOW
    clustering = Clusterer(store.live_stories(since=since)).place(batch)
    store.save_clustering(clustering, now=now)
    return len(batch)


def _summarise_stories(store: Store, *, now: datetime, progress: Progress) -> tuple[int, int, list[str]]:
    """Write the summaries of stories whose articles changed. Returns (new stories, updated stories, problems)."""
    n_new = n_updated = 0
    problems = []
    stale = store.stale_stories()
    for n_done, story_id in enumerate(stale, 1):
        story = store.story(story_id)
        if story is None or not story.memberships:
            continue
        revisions = store.revisions(story_id)
        before = revisions[-1] if revisions else None
        try:
            revision = revise(story, store.articles([m.article_id for m in story.memberships]), before, now=now)
        except SummaryError as error:  # the story keeps its last summary; nothing is lost
            problems.append(f"story {story_id}: {error}")
            log.error("story %s was not summarised: %s", story_id, error)
            continue
        store.save_revision(story_id, revision)
        n_new += before is None
        n_updated += before is not None and revision is not None
        progress("summarising", n_done, len(stale))
    return n_new, n_updated, problems


def _write_story_pages(
    store: Store,
    writer: SiteWriter,
    pages: Pages,
    ranked: Sequence[tuple[Revision, float, str]],
    *,
    render_all: bool,
    progress: Progress,
) -> None:
    """Write the page of every story that changed; a merged story's page becomes a redirect."""
    wanted = store.unrendered_stories()
    if render_all:
        wanted = tuple(sorted({*wanted, *store.story_ids(), *(retired for retired, _ in store.merged_stories())}))
    survivor_by_retired = dict(store.merged_stories())
    done = []
    for n_done, story_id in enumerate(wanted, 1):
        if story_id in survivor_by_retired:
            writer.write(f"s/{story_id}.html", pages.moved(story_id, survivor_by_retired[story_id]))
        else:
            story, revisions = store.story(story_id), store.revisions(story_id)
            if story is None or not revisions:
                continue
            writer.write(f"s/{story_id}.html", pages.story(StoryView(story=story, revisions=revisions)))
        done.append(story_id)
        progress("writing pages", n_done, len(wanted))
    writer.flush()
    store.mark_rendered(done)


def _write_front_pages(
    store: Store,
    writer: SiteWriter,
    site: Site,
    pages: Pages,
    ranked: Sequence[tuple[Revision, float, str]],
    output_views: Sequence[OutputView],
    sources: Sequence[Source],
    *,
    now: datetime,
    render_all: bool,
) -> None:
    """Write the pages that show many stories or none. Only the status page may know what time it is."""
    views = source_views(store, sources, since=now - HISTORY)
    days = store.days_written()
    n_answering = sum(1 for view in views if view.state.last_success_at)
    writer.write(ICON_FILE, pages.icon())
    writer.write(SCRIPT_FILE, pages.script())
    writer.write(
        "index.html", pages.index(ranked[:N_FRONT_PAGE], n_sources=len(views), n_answering=n_answering, days=days)
    )
    writer.write("feeds.html", pages.feeds(output_views, views))
    writer.write("feeds.opml", opml.render_opml(site, views))
    _write_archive(store, writer, pages, ranked, days, render_all=render_all)
    counts, written = store.counts(), store.story_days(since=now - HISTORY)
    writer.write(
        "status.html", pages.status(sources=views, outputs=output_views, counts=counts, now=now, stories=written)
    )
    if not any(output.slug == "status" for output in site.outputs):  # its JSON feed has the name
        writer.write(
            "status.json",
            pages.status_json(sources=views, outputs=output_views, counts=counts, now=now, stories=written),
        )
    writer.flush()


def _write_archive(
    store: Store,
    writer: SiteWriter,
    pages: Pages,
    ranked: Sequence[tuple[Revision, float, str]],
    days: Sequence[datetime],
    *,
    render_all: bool,
) -> None:
    """Write the days of the archive and what is searched, newest day first.

    A day that is over never changes again: before the first one whose file is as it should be, all are, so the rest is
    passed over. After a killed build that one is further back.
    """
    writer.write("archive/index.html", pages.archive_index(days))
    writer.write(search.FILE, pages.search_index([revision for revision, _, _ in ranked]))
    newest_at = max((revision.newest_at for revision, _, _ in ranked), default=None)
    for i in reversed(range(len(days))):
        day = days[i]
        told = store.revisions_written(since=day, until=day + timedelta(days=1))
        body = pages.archive_day(
            day,
            rank.rank(told, newest_at=max(revision.newest_at for revision in told)),
            earlier=days[i - 1] if i else None,
            later=days[i + 1] if i + 1 < len(days) else None,
        )
        is_new = writer.write(archive.file_of(day), body)
        is_over = newest_at is not None and archive.is_over(day, newest_at=newest_at)
        if is_over and not is_new and not render_all:
            break


def source_views(store: Store, sources: Sequence[Source], *, since: datetime) -> tuple[SourceView, ...]:
    """Return each source with its state and its days of polls since then, in the order of ``feeds.toml``."""
    state_by_url = {state.url: state for state in store.source_states()}
    days_by_url: dict[str, list[PollDay]] = defaultdict(list)
    for day in store.poll_days(since=since):
        days_by_url[day.source_url].append(day)
    return tuple(
        SourceView(source=source, state=state_by_url[source.url], days=tuple(days_by_url[source.url]))
        for source in sources
        if source.url in state_by_url
    )
