"""poll: due -> fetch -> parse -> filter -> diff -> save. The order of the steps, nothing else.

Each source is saved whole or not at all: its articles, its state and its line of history. Many sources share a
transaction; a crash polls those again that it took away.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from aggregator import __version__
from aggregator.dataclass import dataclass, replace
from aggregator.errors import StoreError
from aggregator.intake import schedule, urls
from aggregator.intake.fetching.asking import Fetcher, Flights
from aggregator.model import (
    ArticleChange,
    ChangeKind,
    Claim,
    Fetched,
    FetchFailed,
    FetchResult,
    NotAFeed,
    NotModified,
    Outcome,
    ParsedFeed,
    ParseResult,
    PollRecord,
    Source,
    SourceState,
    Subscription,
)
from aggregator.store.base import Completion, Store

if TYPE_CHECKING:
    from aggregator.pipeline.reading import Recollection

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Progress = Callable[[str, int, int], None]  # (step, done, of how many; 0: not known)

LEASE = timedelta(minutes=10)  # a poll of one source ends by its own timeout, far sooner
# At once: a source takes a third of a page of the database, which each transaction writes whole (a third as many pages
# as with 256). All begin within the lease even at one host, if it answers within a second; at a slower one the claims
# of this pass still hold: it asks by the time at which it began, and one run at a time holds the data folder.
CLAIMS = 1024
# What was read and not saved is read again after a crash; saved one by one, a source without news costs twice as much.
MAX_UNSAVED = 1_000  # sources
MAX_UNSAVED_ARTICLES = 1_000
UNSAVED_FOR = timedelta(seconds=0.5)


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

    ``n_workers`` fetches run at once; everything else, and every call of the store, runs in the caller's thread.

    Args:
        store: Where states and articles are kept.
        fetcher: How a source is asked; where it flies many at once by itself, no threads are needed.
        sources: The subscribed sources; the store is told of them first.
        clock: Gives the time.
        worker: Name under which sources are claimed.
        n_workers: Fetches at the same time, beside those that only wait.
        force: Ask sources that are not due, too; what a server asked for (Retry-After, 410) is obeyed all the same.
        url: Ask only this source.
        progress: Told after each source.
        is_stopping: Asked between sources; once true, nothing more is claimed.

    Raises:
        StoreError: The store failed; what was completed before stays.
    """
    store.sync_sources(tuple(source.url for source in sources))
    flights = _flights_of(fetcher, n_workers)
    run = _Run(store, flights, sources, clock=clock, worker=worker, progress=progress)
    try:
        run.ask_all(force=force, url=url, is_stopping=is_stopping)
    finally:
        flights.close()
    return _report(run.records)


def _flights_of(fetcher: Fetcher, n_workers: int) -> Flights:
    if open_flights := getattr(fetcher, "flights", None):
        flights: Flights = open_flights(n_workers)
        return flights
    from aggregator.intake.fetching.threads import ThreadFlights

    return ThreadFlights(fetcher, n_workers)


class _Run:
    """One poll under way: what is in the air, and what was read but is not saved yet."""

    def __init__(
        self,
        store: Store,
        flights: Flights,
        sources: Sequence[Source],
        *,
        clock: Clock,
        worker: str,
        progress: Progress,
    ) -> None:
        self.records: list[PollRecord] = []
        self._store = store
        self._flights = flights
        self._subscription_by_url = {each.source_url: each for each in store.subscriptions() if not each.is_leaving}
        self._source_by_url = {source.url: source for source in sources}
        self._clock = clock
        self._worker = worker
        self._progress = progress
        self._ready: dict[str, Claim] = {}  # claimed, not asked yet; the next one last
        self._claims: dict[str, Claim] = {}  # asked
        self._held: dict[str, SourceState] = {}
        self._n_left = 0  # claims given up because the poll is to end
        self._asked: set[str] = set()
        self._read: list[Completion] = []
        self._n_articles = 0
        self._saved_at = clock()

    def ask_all(self, *, force: bool, url: str, is_stopping: Callable[[], bool]) -> None:
        """Claim, ask, read and save until nothing is due and nothing in the air."""
        started_at = self._clock()
        is_dry = False
        while True:
            if is_stopping():
                is_dry = True
                self._n_left += len(self._ready)
                self._ready.clear()
            elif not self._ready and not is_dry and self._flights.room():
                claims = self._store.claim_due(
                    now=started_at, limit=CLAIMS, lease=LEASE, worker=self._worker, force=force, url=url
                )
                is_dry = not claims
                self._prepare(claims, force=force, started_at=started_at)
            self._begin()
            if self._flights.n_flying():
                for source, result in self._flights.landed():
                    self._take(source, result)
                self._save(is_now=is_stopping())
            elif is_dry:
                break
        self._save(is_now=True)
        for state in (each for each in self._held.values() if each.url not in self._asked):
            log.info("%s was not asked: %s, until %s", state.url, state.reason, state.next_poll_at)
        if self._held or self._n_left:
            self._store.release_claims(self._worker)

    def _prepare(self, claims: Sequence[Claim], *, force: bool, started_at: datetime) -> None:
        for claim in reversed(claims):
            state = claim.state
            # The claim is kept until the end, so that it is not handed out again in this pass. A source that was
            # asked in it comes back when the pass is so long that the store takes its end for a wrong clock.
            if state.url in self._asked or (force and schedule.is_held(state, now=started_at)):
                self._held[state.url] = state
            else:
                self._ready[state.url] = claim

    def _begin(self) -> None:
        """Let as many begin as there is room for, in the order of their claims."""
        for _ in range(min(self._flights.room(), len(self._ready)) if self._ready else 0):
            url, claim = self._ready.popitem()
            self._claims[url] = claim
            self._asked.add(url)
            self._flights.begin(self._source_by_url[url], claim.state)

    def _leave_alone(self, urls: frozenset[str]) -> None:
        """Give up claims of sources that were not asked yet."""
        for url in sorted(urls & self._ready.keys()):
            self._held[url] = self._ready.pop(url).state

    def _take(self, source: Source, result: FetchResult) -> None:
        """Read what arrived; it is saved with others."""
        claim, subscription = self._claims.pop(source.url), self._subscription_by_url.get(source.url)
        completion = _read_answer(self._store, source, claim, result, now=self._clock(), subscription=subscription)
        self._read.append(completion)
        self._n_articles += len(completion.changes)
        self.records.append(completion.record)
        if held_for := schedule.backs_off_domain(result):
            self._back_off(source, held_for)
        self._progress("polling", len(self.records), 0)

    def _save(self, *, is_now: bool) -> None:
        """Save what was read, source by source whole, many in one transaction."""
        if not self._read:
            return
        is_much = len(self._read) >= MAX_UNSAVED or self._n_articles >= MAX_UNSAVED_ARTICLES
        if not (is_now or is_much or self._clock() - self._saved_at >= UNSAVED_FOR):
            return
        for completion, is_saved in zip(self._read, self._store.complete_many(self._read), strict=True):
            if not is_saved:
                log.warning(
                    "%s was claimed by another worker meanwhile; its result is left to that one", completion.state.url
                )
        self._read = []
        self._n_articles = 0
        self._saved_at = self._clock()

    def _back_off(self, source: Source, wait: timedelta) -> None:
        """Leave the other sources of a domain alone that asked for it; those that no server has heard of yet, too."""
        domain = urls.publisher_of(source.url)
        others = [url for url in self._source_by_url if url != source.url and urls.publisher_of(url) == domain]
        self._save(is_now=True)
        self._store.postpone(others, until=self._clock() + wait, reason=f"Retry-After of {domain}")
        self._leave_alone(frozenset(others))
        for url in self._flights.withdraw(frozenset(others)):
            self._asked.discard(url)
            self._held[url] = self._claims.pop(url).state


def _read_answer(
    store: Store,
    source: Source,
    claim: Claim,
    result: FetchResult,
    *,
    now: datetime,
    subscription: Subscription | None,
) -> Completion:
    """Read what arrived, as articles, state and history that are saved together."""
    reading = _Reading()
    body_hash = ""
    try:
        if isinstance(result, Fetched) and not result.is_known:
            body_hash = schedule.hash_body(result.body)
            if body_hash != claim.state.body_hash:
                reading = _read(store, source, claim.state, result, now=now)
    except StoreError:
        raise
    except Exception as error:  # as above: hostile bytes may find a bug, but only their own source pays for it
        log.exception("reading of %s failed in an unforeseen way", source.url)
        result = FetchFailed(reason=f"internal error while reading: {type(error).__name__}", seconds=result.seconds)
    parsed, changes = reading.parsed, reading.changes
    n_new = n_modified = 0
    if changes:
        n_new = sum(change.kind is ChangeKind.NEW for change in changes)
        n_modified = sum(change.kind is ChangeKind.MODIFIED for change in changes)
    recall = reading.recall
    state = schedule.after_poll(
        source=source,
        state=claim.state,
        result=result,
        parsed=parsed,
        published=recall.times(changes, now=now) if recall is not None else (),
        now=now,
        body_hash=body_hash,
    )
    if body_hash and isinstance(result, Fetched) and body_hash != claim.state.body_hash:
        state = replace(state, context_hash=reading.context_hash, chunk_hashes=reading.chunk_hashes)
    if recall is not None:
        state = recall.noted(state, changes)
    if isinstance(result, Fetched) and isinstance(parsed, ParsedFeed):
        state = _with_hubs(state, result, parsed)
    if subscription is not None:
        from aggregator.intake.hubs import pushed

        seen = pushed.after_poll(subscription, [c.article.at for c in changes if c.kind is ChangeKind.NEW], now=now)
        state = pushed.stretched(seen, state, max_interval=source.max_interval, now=now)
        if seen != subscription:
            store.save_subscription(seen)
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
    kept = tuple([each for each in changes if each.kind is not ChangeKind.UNCHANGED]) if changes else ()
    return Completion(claim=claim, state=state, changes=kept, record=record)


def _with_hubs(state: SourceState, fetched: Fetched, parsed: ParsedFeed) -> SourceState:
    """Give a state with the hubs that were named and the topic."""
    found: tuple[tuple[str, ...], str] = ((), "")
    if fetched.link or parsed.hubs:
        from aggregator.intake.hubs import websub

        found = websub.discovered(fetched, parsed)
    return state if found == (state.hubs, state.topic) else replace(state, hubs=found[0], topic=found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What a body gave. ``parsed`` is ``None`` where all of its articles were there before.

    ``recall`` is what found its stored articles; ``None``: none were asked for. ``context_hash`` and ``chunk_hashes``
    are what the state remembers of it.
    """

    recall: "Recollection | None" = None
    parsed: ParseResult | None = None
    changes: tuple[ArticleChange, ...] = ()
    context_hash: str = ""
    chunk_hashes: str = ""


def _read(store: Store, source: Source, state: SourceState, fetched: Fetched, *, now: datetime) -> _Reading:
    """Read as much of a body as is not known yet."""
    from aggregator.intake.reading import chunks

    has_age_rule = any(rule.lstrip().lower().startswith("age") for rule in (*source.keep, *source.block))
    read_as = repr((__version__, fetched.url, fetched.content_type, source.keep, source.block, source.lang))
    cut = None if has_age_rule else chunks.cut_up(fetched.body, read_as=read_as)
    nothing = _Reading()
    if cut is not None:
        nothing = _Reading(context_hash=cut.context, chunk_hashes=cut.remembered)
        unseen = cut.unseen(state.chunk_hashes) if cut.context == state.context_hash else cut.articles
        if not unseen:
            return nothing
    # 0.2 s to import, which a poll without news need not spend
    from aggregator.pipeline.reading import Recollection, read_body, read_unseen

    recall = Recollection(store, state)
    if cut is not None and len(unseen) < len(cut.articles):
        found = read_unseen(source, fetched, cut, unseen, recall, now=now)
        if found is not None:
            return replace(nothing, recall=recall, parsed=found[0], changes=found[1])
    parsed, changes = read_body(source, fetched, recall, now=now)
    is_odd = cut is None or isinstance(parsed, NotAFeed) or parsed.warnings or len(parsed.articles) != len(cut.articles)
    return replace(_Reading() if is_odd else nothing, recall=recall, parsed=parsed, changes=changes)


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
