"""poll: due -> fetch -> parse -> filter -> diff -> one transaction per source. The order of the steps, nothing else."""

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.errors import StoreError
from aggregator.intake import filters, identity, schedule, urls
from aggregator.intake.fetch import Fetcher
from aggregator.intake.parse import parse
from aggregator.model import (
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
    ParsedFeed,
    ParseResult,
    PollRecord,
    Source,
    SourceState,
)
from aggregator.store.base import Store

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]  # (step, done, of how many; 0: not known)

LEASE = timedelta(minutes=10)  # a poll of one source ends by its own timeout, far sooner


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
