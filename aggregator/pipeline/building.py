"""build: cluster -> summarise -> publish -> render -> write. The order of the steps, nothing else.

Derived and repeatable: it takes up whatever an earlier, killed run left undone, because the store knows which articles
have no story, which stories no summary, which no page.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.errors import AggregatorError, OutputError, SummaryError
from aggregator.model import (
    OutputView,
    PollDay,
    Ranking,
    Related,
    Revision,
    Source,
    SourceView,
    Story,
    StoryView,
)
from aggregator.outputs import card, metrics, opml
from aggregator.outputs.entry import few_tellers, share_out
from aggregator.outputs.pages import search
from aggregator.outputs.pages.pages import ICON_FILE, SCRIPT_FILE, Pages
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import archiving, publishing
from aggregator.pipeline.comparing import earlier_stories
from aggregator.pipeline.placing import Placing
from aggregator.pipeline.polling import Progress
from aggregator.pipeline.telling import Summarise, revise
from aggregator.store.base import Store
from aggregator.stories import rank
from aggregator.stories.encoder import Encoder
from aggregator.stories.related import Neighbours, related_of
from aggregator.summaries.write import summarise

log = logging.getLogger(__name__)

HISTORY = timedelta(days=30)  # how far back the status page looks
N_EARLIER = 3  # closed stories that a story's page names as earlier ones of the same
N_FRONT_PAGE = 60  # stories on the front page
N_NEIGHBOURS = 2_000  # newest stories that may be called related; 0.7 s to take up in a new process
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
    placing: Placing | None = None,
    neighbours: Neighbours | None = None,
    summarise: Summarise = summarise,
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
        placing: Puts articles into stories, and remembers the live ones likewise; ``None``: by words alone.
        neighbours: Knows which stories are near each other; remembers, and changes no byte, as ``press``.
        summarise: Who writes the stories.
        progress: Told after each story.

    Raises:
        StoreError: The store failed; what was saved before stays, and the next build takes up the rest.
        OutputError: The output folder cannot be written at all.
    """
    if render_all:
        writer.sweep()
    hidden = store.hidden_stories()
    placing = placing or Placing()
    n_placed = placing.place(store, now=now)
    is_hiding = store.hidden_stories() != hidden  # then files that are long over change, too
    latest = store.newest_revisions(limit=N_CANDIDATES)
    written, n_new, problems = _summarise_stories(
        store,
        latest,
        neighbours or Neighbours(),
        now=now,
        summarise=summarise,
        encoder=placing.encoder,
        progress=progress,
    )
    revisions = _with(latest, written, hidden=store.hidden_stories()) if written else latest
    newest_at = max((revision.newest_at for revision in revisions), default=now)
    press = Press() if press is None or render_all or is_hiding else press
    ranked = _ranked(revisions, press, newest_at=newest_at, ranking=site.ranking)
    best_first = [revision for revision, _, _ in ranked]
    news = publishing.News.of(store, site, best_first, newest_at=newest_at, now=now)
    output_views = []
    changed_feeds: list[str] = []
    for output in site.outputs:
        try:
            view, changed = publishing.publish_output(
                store, writer, site, output, news, press=press, render_all=render_all or is_hiding
            )
            output_views.append(view)
            changed_feeds += changed
        except OutputError as error:  # one output's failure leaves the others alone
            problems.append(f"output {output.slug}: {error}")
            log.error("output %s was not written: %s", output.slug, error)
    pages = Pages(site, press.notes("rows"))
    _write_story_pages(store, writer, pages, render_all=render_all, progress=progress)
    views = source_views(store, sources, since=now - HISTORY)
    _write_front_pages(
        store, writer, site, pages, ranked, output_views, views,
        newest_at=newest_at, now=now, press=press, render_all=render_all or is_hiding,
    )  # fmt: skip
    changed_feeds += publishing.write_health(store, writer, site, views, news)
    return BuildReport(
        n_placed=n_placed,
        n_new_stories=n_new,
        n_updated_stories=len(written) - n_new,
        n_written=writer.n_written,
        n_unchanged=writer.n_unchanged,
        problems=tuple(problems),
        changed_feeds=tuple(changed_feeds),
    )


def _with(latest: Sequence[Revision], written: Sequence[Revision], *, hidden: Collection[str]) -> Sequence[Revision]:
    """Return what the store would give after ``written`` was saved: to read 5,000 revisions again takes a second."""
    revision_by_story = {each.story_id: each for each in (*latest, *written) if each.story_id not in hidden}
    ordered = sorted(revision_by_story.values(), key=lambda each: each.story_id)
    ordered.sort(key=lambda each: each.newest_at, reverse=True)
    return ordered[:N_CANDIDATES]


def _ranked(
    revisions: Sequence[Revision], press: Press, *, newest_at: datetime, ranking: Ranking
) -> list[tuple[Revision, float, int]]:
    """Order the stories: (revision, score, which lone report of its publisher it is), best first.

    What a revision counts by itself is noted from build to build.
    """
    notes = press.notes(f"rank {ranking}")
    known: dict[tuple[str, int, datetime], rank.Told] = dict(notes)
    notes.clear()
    for each in revisions:
        key = (each.story_id, each.n, each.at)
        notes[key] = known.get(key) or rank.told(each, ranking)
    revision_by_id = {each.story_id: each for each in revisions}
    return [
        (revision_by_id[told.story_id], points, nth)
        for told, points, nth in rank.order(notes.values(), newest_at=newest_at, ranking=ranking)
    ]


def _summarise_stories(
    store: Store,
    latest: Sequence[Revision],
    neighbours: Neighbours,
    *,
    now: datetime,
    summarise: Summarise,
    encoder: Encoder | None,
    progress: Progress,
) -> tuple[list[Revision], int, list[str]]:
    """Write the summaries of stories whose articles changed. Returns (revisions, new stories, problems).

    Each is told which of the ``latest`` stories, and of those written before it, are near it: what a page says of
    others is frozen with its revision, so that a page changes only when its own story does.
    """
    n_new = 0
    written: list[Revision] = []
    problems = []
    stale = store.stale_stories()
    for n_done, story_id in enumerate(stale, 1):
        story = store.story(story_id)
        if story is None or not story.memberships:
            continue
        revisions = store.revisions(story_id)
        before = revisions[-1] if revisions else None
        articles = store.articles([m.article_id for m in story.memberships])
        try:
            revision = revise(story, articles, before, now=now, summarise=summarise)
        except SummaryError as error:  # the story keeps its last summary; nothing is lost
            problems.append(f"story {story_id}: {error}")
            log.error("story %s was not summarised: %s", story_id, error)
            continue
        except AggregatorError:
            raise
        except Exception as error:  # hostile words may find a bug, but only their own story waits for its mending
            problems.append(f"story {story_id}: internal error while summarising: {type(error).__name__}")
            log.exception("story %s was not summarised", story_id)
            continue
        if revision is not None:
            if not written:
                neighbours.keep(each.story_id for each in latest[:N_NEIGHBOURS])
                neighbours.note(latest[:N_NEIGHBOURS])
            neighbours.note([revision])
            revision = replace(revision, related=neighbours.near(revision))
            written.append(revision)
        store.save_revision(story_id, revision)
        if revision is not None and before is None:
            earlier = earlier_stories(store, revision, articles, neighbours, encoder)
            if earlier:
                store.save_earlier(story_id, earlier)
        n_new += before is None
        progress("summarising", n_done, len(stale))
    return written, n_new, problems


def _write_story_pages(
    store: Store,
    writer: SiteWriter,
    pages: Pages,
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
            summary = revisions[-1].summary
            if story.is_hidden:
                page = pages.hidden(story_id)
                writer.remove(card.story_file(story_id))
            else:
                view = StoryView(story=story, revisions=revisions, earlier=_earlier(store, story))
                page = pages.story(view, worth=rank.worth(revisions[-1], pages.site.ranking))
                if card.has_card(summary):
                    writer.write(card.story_file(story_id), card.render_card(summary))
            writer.write(f"s/{story_id}.html", page)
        done.append(story_id)
        progress("writing pages", n_done, len(wanted))
    writer.flush()
    store.mark_rendered(done)


def _earlier(store: Store, story: Story) -> tuple[Related, ...]:
    """Return the closed stories that a story takes up again, as they ended, newest first."""
    ended = [revisions[-1] for story_id in story.earlier[:N_EARLIER] if (revisions := store.revisions(story_id))]
    return tuple(map(related_of, ended))


def _write_front_pages(
    store: Store,
    writer: SiteWriter,
    site: Site,
    pages: Pages,
    ranked: Sequence[tuple[Revision, float, int]],
    output_views: Sequence[OutputView],
    views: Sequence[SourceView],
    *,
    newest_at: datetime,
    now: datetime,
    press: Press,
    render_all: bool,
) -> None:
    """Write the pages that show many stories or none. Only the status page may know what time it is."""
    days = store.days_written()
    front = [
        (revision, points, rank.reason(revision, nth, newest_at=newest_at, ranking=site.ranking))
        for revision, points, nth in share_out(ranked, N_FRONT_PAGE, lambda each: few_tellers(each[0]))
    ]
    n_answering = sum(1 for view in views if view.state.last_success_at)
    writer.write(ICON_FILE, pages.icon())
    writer.write(SCRIPT_FILE, pages.script())
    writer.write(card.SITE_FILE, card.render_site_card())
    writer.write("index.html", pages.index(front, n_sources=len(views), n_answering=n_answering, days=days))
    writer.write("feeds.html", pages.feeds(output_views, views))
    writer.write("feeds.opml", opml.render_opml(site, views))
    writer.write("archive/index.html", pages.archive_index(days))
    writer.write(search.FILE, pages.search_index([revision for revision, _, _ in ranked], press.notes("search")))
    archiving.write_days(
        store, writer, pages, days, newest_at=newest_at if ranked else None, press=press, render_all=render_all
    )
    counts, written = store.counts(), store.story_days(since=now - HISTORY)
    writer.write(
        "status.html", pages.status(sources=views, outputs=output_views, counts=counts, now=now, stories=written)
    )
    writer.write(metrics.FILE, metrics.render_metrics(views, output_views, counts))
    if not any(output.slug == "status" for output in site.outputs):  # its JSON feed has the name
        writer.write(
            "status.json",
            pages.status_json(sources=views, outputs=output_views, counts=counts, now=now, stories=written),
        )
    writer.flush()


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
