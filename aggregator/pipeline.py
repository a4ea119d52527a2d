"""The corridor: the order of the steps of a poll and of a build, and nothing else.

**poll**: due -> fetch -> parse -> filter -> diff -> one transaction per source.
**build**: cluster -> summarise -> publish -> render -> write. Derived and repeatable: it takes up whatever an earlier,
killed run left undone, because the store knows which articles have no story, which stories no summary, which no page.

What the rooms hand to each other passes through here; no room knows another.
"""

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator import publishing
from aggregator.errors import OutputError, StoreError, SummaryError
from aggregator.intake import filters, identity, schedule, urls
from aggregator.intake.fetch import Fetcher
from aggregator.intake.parse import parse
from aggregator.model import (
    Article,
    ArticleChange,
    ChangeKind,
    Claim,
    Fetched,
    FetchFailed,
    FetchResult,
    KnownArticle,
    NotAFeed,
    NotModified,
    Outcome,
    OutputView,
    ParsedFeed,
    ParseResult,
    PollDay,
    PollRecord,
    Report,
    Revision,
    Source,
    SourceState,
    SourceView,
    Story,
    StoryView,
    Summary,
)
from aggregator.outputs import opml
from aggregator.outputs.change import headline_stands
from aggregator.outputs.pages import archive, search
from aggregator.outputs.pages.pages import ICON_FILE, SCRIPT_FILE, Pages
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.store.base import Store
from aggregator.stories import rank
from aggregator.stories.cluster import WINDOW, Clusterer
from aggregator.summaries.changes import what_changed
from aggregator.summaries.write import summarise

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]  # (step, done, of how many; 0: not known)

LEASE = timedelta(minutes=10)  # a poll of one source ends by its own timeout, far sooner
REOPEN = timedelta(days=30)  # an article older than this joins no story that already stands (spec: 30-day rule)
HISTORY = timedelta(days=30)  # how far back the status page looks
N_FRONT_PAGE = 60  # stories on the front page
N_CANDIDATES = 5_000  # newest stories from which outputs and front page choose


# ---------------------------------------------------------------- poll


@dataclass(frozen=True, slots=True, kw_only=True)
class PollReport:
    """What a poll did. ``n_new`` + ``n_changed`` + ``n_not_modified`` + ``n_failed`` = ``n_polled`` sources."""

    n_polled: int = 0
    n_new: int = 0
    n_changed: int = 0
    n_not_modified: int = 0
    n_failed: int = 0
    n_new_articles: int = 0
    records: tuple[PollRecord, ...] = ()


def poll(
    store: Store,
    fetcher: Fetcher,
    sources: Sequence[Source],
    *,
    clock: Clock,
    worker: str,
    n_workers: int = 16,
    force: bool = False,
    url: str = "",
    progress: Progress = lambda step, done, total: None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> PollReport:
    """Ask every source that is due, once.

    Fetches run in ``n_workers`` threads; everything else, and every call of the store, runs in the caller's thread.

    Args:
        store: Where states and articles are kept.
        fetcher: How a source is asked.
        sources: The subscribed sources; the store is told of them first.
        clock: Gives the time.
        worker: Name under which sources are claimed.
        n_workers: Fetches at the same time.
        force: Ask sources that are not due, too; what a server asked for (Retry-After, 410) is obeyed all the same.
        url: Ask only this source.
        progress: Told after each source.
        is_stopping: Asked between sources; once true, nothing more is claimed.

    Raises:
        StoreError: The store failed; what was completed before stays.
    """
    source_by_url = {source.url: source for source in sources}
    urls_by_domain: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        urls_by_domain[urls.publisher_of(source.url)].append(source.url)
    store.sync_sources(tuple(source_by_url))
    started_at = clock()
    records: list[PollRecord] = []
    held: list[SourceState] = []
    asked: set[str] = set()
    running: dict[Future[FetchResult], Claim] = {}
    with ThreadPoolExecutor(n_workers, thread_name_prefix="fetch") as pool:
        while True:
            room = 0 if is_stopping() else n_workers - len(running)
            claims = (
                store.claim_due(now=started_at, limit=room, lease=LEASE, worker=worker, force=force, url=url)
                if room
                else ()
            )
            for claim in claims:
                # The claim is kept until the end, so that it is not handed out again in this pass. A source that was
                # asked in it comes back when the pass is so long that the store takes its end for a wrong clock.
                if claim.state.url in asked or (force and schedule.is_held(claim.state, now=started_at)):
                    held.append(claim.state)
                    continue
                asked.add(claim.state.url)
                running[pool.submit(fetcher.fetch, source_by_url[claim.state.url], claim.state)] = claim
            if not running:
                if claims:
                    continue
                break
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda each: running[each].state.url):
                claim = running.pop(future)
                source = source_by_url[claim.state.url]
                result = _result_of(future, source)
                records.append(_finish(store, source, claim, result, now=clock()))
                held_for = schedule.backs_off_domain(result)
                if held_for:
                    domain = urls.publisher_of(source.url)
                    others = [each for each in urls_by_domain[domain] if each != source.url]
                    store.postpone(others, until=clock() + held_for, reason=f"Retry-After of {domain}")
                progress("polling", len(records), 0)
    for state in (each for each in held if each.url not in asked):
        log.info("%s was not asked: %s, until %s", state.url, state.reason, state.next_poll_at)
    if held:
        store.release_claims(worker)
    return _report(records)


def _result_of(future: Future[FetchResult], source: Source) -> FetchResult:
    """Return what the fetch gave; a bug in it harms this source only."""
    try:
        return future.result()
    except Exception as error:  # a fault that one source can provoke must not stop the others
        log.exception("fetch of %s failed in an unforeseen way", source.url)
        return FetchFailed(reason=f"internal error while fetching: {type(error).__name__}")


def _finish(store: Store, source: Source, claim: Claim, result: FetchResult, *, now: datetime) -> PollRecord:
    """Read what arrived and save articles, state and history together."""
    known: tuple[KnownArticle, ...] = ()
    parsed: ParseResult | None = None
    changes: tuple[ArticleChange, ...] = ()
    try:
        if isinstance(result, Fetched) and hashlib.sha256(result.body).hexdigest() != claim.state.body_hash:
            known = store.known_articles(source.url)
            parsed, changes = _read(source, result, known, now=now)
    except StoreError:
        raise
    except Exception as error:  # as above: hostile bytes may find a bug, but only their own source pays for it
        log.exception("reading of %s failed in an unforeseen way", source.url)
        result = FetchFailed(reason=f"internal error while reading: {type(error).__name__}", seconds=result.seconds)
    n_new = sum(change.kind is ChangeKind.NEW for change in changes)
    n_modified = sum(change.kind is ChangeKind.MODIFIED for change in changes)
    times = {each.id: _effective(each) for each in known} | {each.article.id: each.article.at for each in changes}
    state = schedule.after_poll(
        source=source, state=claim.state, result=result, parsed=parsed, published=sorted(times.values()), now=now
    )
    state = replace(state, n_articles=len(times) or state.n_articles)
    if isinstance(parsed, ParsedFeed) and not parsed.articles and not state.warning:
        state = replace(state, warning="a feed without articles")
    record = PollRecord(
        source_url=source.url,
        polled_at=now,
        outcome=_outcome(result, parsed, n_new, n_modified),
        n_new=n_new,
        n_modified=n_modified,
        seconds=result.seconds,
        error=state.error,
    )
    if not store.complete(claim, state, changes, record):
        log.warning("%s was claimed by another worker meanwhile; its result is left to that one", source.url)
    return record


def _read(
    source: Source, fetched: Fetched, known: Sequence[KnownArticle], *, now: datetime
) -> tuple[ParseResult, tuple[ArticleChange, ...]]:
    """Parse a body, filter its articles, and compare them with the known ones."""
    parsed = parse(fetched.body, url=fetched.url, content_type=fetched.content_type)
    if isinstance(parsed, NotAFeed):
        return parsed, ()
    keep = [filters.compile_rule(rule) for rule in source.keep]
    block = [filters.compile_rule(rule) for rule in source.block]
    lang = source.lang or parsed.lang
    kept = tuple(each for each in parsed.articles if filters.is_kept(each, keep=keep, block=block, now=now, lang=lang))
    return parsed, identity.diff(replace(parsed, articles=kept), source=source, known=known, now=now)


def _effective(known: KnownArticle) -> datetime:
    return min(known.published_at, known.first_seen_at) if known.published_at else known.first_seen_at


def _outcome(result: FetchResult, parsed: ParseResult | None, n_new: int, n_modified: int) -> Outcome:
    if isinstance(result, FetchFailed) or isinstance(parsed, NotAFeed):
        return "failed"
    if isinstance(result, NotModified):
        return "not modified"
    return "new" if n_new else "changed" if n_modified else "unchanged"


def _report(records: Sequence[PollRecord]) -> PollReport:
    n_by_outcome = Counter(record.outcome for record in records)
    return PollReport(
        n_polled=len(records),
        n_new=n_by_outcome["new"],
        n_changed=n_by_outcome["changed"],
        n_not_modified=n_by_outcome["unchanged"] + n_by_outcome["not modified"],
        n_failed=n_by_outcome["failed"],
        n_new_articles=sum(record.n_new for record in records),
        records=tuple(sorted(records, key=lambda record: record.source_url)),
    )


# ---------------------------------------------------------------- build


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


def revise(story: Story, articles: Sequence[Article], before: Revision | None, *, now: datetime) -> Revision | None:
    """Write the next revision of a story, or ``None`` where a reader would see nothing new."""
    summary = summarise(
        reports_of(story, articles),
        numbers={source.article_id: source.n for source in before.summary.sources} if before else {},
        headline=before.summary.headline if before and _still_said(before.summary.headline, articles) else "",
    )
    newest_at = max(article.at for article in articles)
    if before and before.summary == summary:
        return None
    return Revision(
        story_id=story.id,
        n=before.n + 1 if before else 1,
        at=now,
        newest_at=newest_at,
        summary=summary,
        tags=_tags_of(articles),
        weight=_weight_of(articles, summary),
        change=what_changed(before.summary, summary) or "wording" if before else "",
    )


def _still_said(headline: str, articles: Sequence[Article]) -> bool:
    """Tell whether an article still says a headline: one that its publisher took back does not stay."""
    return headline_stands(headline, (line for article in articles for line in (article.title, article.text)))


def reports_of(story: Story, articles: Sequence[Article]) -> tuple[Report, ...]:
    """Pair each article of a story that speaks for itself with those that only repeat it."""
    article_by_id = {article.id: article for article in articles}
    copied = {each.article_id: each.copy_of for each in story.memberships if each.copy_of in article_by_id}
    copies_by_origin: dict[str, list[Article]] = defaultdict(list)
    origins = []
    for membership in story.memberships:
        article = article_by_id.get(membership.article_id)
        if article is None:
            continue
        origin = _origin_of(article.id, copied)
        if origin == article.id:
            origins.append(article)
        else:
            copies_by_origin[origin].append(article)
    return tuple(Report(article=article, copies=tuple(copies_by_origin[article.id])) for article in origins)


def _origin_of(article_id: str, copied: Mapping[str, str]) -> str:
    """Follow a copy to the article that it repeats in the end: a late arrival may be the original of an original."""
    seen = [article_id]
    while (origin := copied.get(seen[-1], "")) and origin not in seen:
        seen.append(origin)
    return min(seen[seen.index(origin) :]) if origin else seen[-1]


def _tags_of(articles: Sequence[Article]) -> tuple[str, ...]:
    n_by_tag = Counter(tag for article in articles for tag in article.tags)
    return tuple(sorted(n_by_tag, key=lambda tag: (-n_by_tag[tag], tag)))


def _weight_of(articles: Sequence[Article], summary: Summary) -> float:
    heaviest: dict[str, float] = {}
    speaking = {source.article_id for source in summary.sources}
    for article in articles:
        if article.id in speaking:
            heaviest[article.publisher] = max(heaviest.get(article.publisher, 0.0), article.weight)
    return sum(heaviest[publisher] for publisher in sorted(heaviest))


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


def stories_to_show(store: Store, story_ids: Sequence[str]) -> Iterator[StoryView]:
    """Yield each story with its history; unknown ids are left out."""
    for story_id in story_ids:
        story, revisions = store.story(story_id), store.revisions(story_id)
        if story and revisions:
            yield StoryView(story=story, revisions=revisions)
