"""What hubs push: taken in by the web server, taken up by the run. The order of the steps, nothing else.

The server only looks into the store and puts letters into a folder (:class:`Reception`); the one run that may write
takes them up between two polls (:func:`take_up`) and asks hubs what is due (:func:`ask_hubs`).
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import groupby

from aggregator.dataclass import dataclass, replace
from aggregator.errors import StoreError
from aggregator.intake import schedule, urls
from aggregator.intake.fetching.addresses import AllowList
from aggregator.intake.hubs import pushed, websub
from aggregator.intake.hubs.websub import HubAnswer
from aggregator.model import (
    ArticleChange,
    ChangeKind,
    Fetched,
    Letter,
    NotAFeed,
    PollRecord,
    Source,
    SourceState,
    Subscription,
)
from aggregator.pipeline.polling import LEASE, Clock
from aggregator.store.base import Store
from aggregator.web.inbox import FullError, Inbox

log = logging.getLogger(__name__)

MAX_PUSHED = 100  # articles of one delivery: hubs deliver what is new; a poll brings the others
MAX_LETTERS = 50  # taken up in one tick
MAX_AN_HOUR = 120  # deliveries of one subscription; so many words, too
MAX_HOPS = 3  # redirects of a hub

Post = Callable[[str, bytes], HubAnswer]


# ---------------------------------------------------------------- in the web server


class Reception:
    """A :class:`aggregator.web.callback.Receiver` that looks into the store and writes to the inbox only."""

    def __init__(
        self,
        inbox: Inbox,
        *,
        open_store: Callable[[], AbstractContextManager[Store]],
        max_bytes_of: Callable[[str], int | None],
        clock: Clock,
        notify: Callable[[], None] = lambda: None,
    ) -> None:
        """Make one.

        Args:
            inbox: Where letters are kept.
            open_store: Opens the store for reading, for one look.
            max_bytes_of: How long the body of a source may be, by its address; ``None``: it is no source any more.
            clock: Gives the time.
            notify: Is told of each letter.
        """
        self._inbox = inbox
        self._open_store = open_store
        self._max_bytes_of = max_bytes_of
        self._clock = clock
        self._notify = notify
        self._came: dict[tuple[str, bool], list[datetime]] = {}  # by token, of content and of words

    def confirm(self, token: str, asked: dict[str, str]) -> str | None:
        """See :meth:`aggregator.web.callback.Receiver.confirm`."""
        answer = websub.answer_of(self._find(token), asked, now=self._clock())
        if answer is None:
            return None
        text, letter = answer
        self._keep(letter)
        return text

    def limit(self, token: str) -> int | None:
        """See :meth:`aggregator.web.callback.Receiver.limit`."""
        found = self._find(token)
        return self._max_bytes_of(found.source_url) if found else None

    def receive(self, token: str, body: bytes, *, signatures: tuple[str, ...], content_type: str) -> None:
        """See :meth:`aggregator.web.callback.Receiver.receive`."""
        found = self._find(token)
        if found is None:
            return
        if not websub.is_signed(body, signatures, found.secret):
            log.warning("%s delivered something for %s that is not signed as agreed", found.hub, found.source_url)
            return
        self._keep(Letter(token=token, kind="content", at=self._clock(), content_type=content_type[:200], body=body))

    def _find(self, token: str) -> Subscription | None:
        if not websub.is_token(token):
            return None
        with self._open_store() as store:
            return store.subscription(token)

    def _keep(self, letter: Letter) -> None:
        key = (letter.token, letter.kind == "content")
        came = [at for at in self._came.get(key, ()) if at > letter.at - timedelta(hours=1)]
        if len(came) >= MAX_AN_HOUR:
            raise FullError(f"more than {MAX_AN_HOUR} letters of one hub in an hour")
        self._inbox.put(letter)
        self._came[key] = [*came, letter.at]
        self._notify()


# ---------------------------------------------------------------- taking up what came


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReport:
    """What was taken up. ``is_more``: there are more letters that can be taken up at once."""

    n_letters: int = 0
    n_new_articles: int = 0
    n_changed_articles: int = 0
    is_more: bool = False


def take_up(
    store: Store,
    inbox: Inbox,
    sources: Sequence[Source],
    *,
    clock: Clock,
    worker: str,
    is_stopping: Callable[[], bool] = lambda: False,
) -> PushReport:
    """Take up what hubs delivered and said, oldest first. A letter is deleted when what it says is in the store.

    What came for a source that the store does not know yet waits for the first poll.

    Raises:
        StoreError: The store failed; the letter stays.
    """
    source_by_url = {source.url: source for source in sources}
    busy: set[str] = set()  # sources that another worker polls now: the next tick takes their letters up
    changes: list[ArticleChange] = []
    n_letters = 0
    names = inbox.waiting(limit=MAX_LETTERS)
    for name in names:
        if is_stopping():
            break
        letter = inbox.read(name)
        found = store.subscription(letter.token) if letter else None
        source = source_by_url.get(found.source_url) if found else None
        if letter and found and letter.kind != "content":
            _take_words(store, found, letter)
        elif letter and found and source:
            taken = None if source.url in busy else _take_content(store, source, letter, found, clock(), worker)
            if taken is None:
                busy.add(source.url)
                continue
            changes += taken
        inbox.remove(name)
        n_letters += 1
    return PushReport(
        n_letters=n_letters,
        n_new_articles=sum(change.kind is ChangeKind.NEW for change in changes),
        n_changed_articles=sum(change.kind is ChangeKind.MODIFIED for change in changes),
        is_more=0 < n_letters == len(names) == MAX_LETTERS,
    )


def _take_words(store: Store, found: Subscription, letter: Letter) -> None:
    after = websub.after_letter(found, letter)
    host = urls.host_of(found.hub)
    if after is None:
        store.delete_subscription(found.token)
        log.info("%s pushes %s no more", host, found.source_url)
    elif after != found:
        store.save_subscription(after)
        log.info("%s: %s", found.source_url, after.error or f"{host} confirmed, lease until {after.lease_until}")


def _take_content(
    store: Store, source: Source, letter: Letter, found: Subscription, now: datetime, worker: str
) -> tuple[ArticleChange, ...] | None:
    """Save what was delivered for a source, as a poll would; ``None``: it is claimed by another worker."""
    claims = store.claim_due(now=now, limit=1, lease=LEASE, worker=worker, force=True, url=source.url)
    if not claims:
        return None
    (claim,) = claims
    try:
        after, state, changes = _read(store, source, letter, found, claim.state, now)
    except StoreError:
        raise
    except Exception:  # hostile bytes may find a bug, but only their own source pays for it
        log.exception("reading of what was pushed for %s failed in an unforeseen way", source.url)
        after, state, changes = found, pushed.asked_soon(claim.state, now=now), ()
    n_new = sum(change.kind is ChangeKind.NEW for change in changes)
    n_modified = sum(change.kind is ChangeKind.MODIFIED for change in changes)
    record = PollRecord(
        source_url=source.url,
        polled_at=now,
        outcome="new" if n_new else "changed" if n_modified else "unchanged",
        n_new=n_new,
        n_modified=n_modified,
    )
    if not store.complete(claim, state, changes, record):
        return None
    if after != found:
        store.save_subscription(after)
    return changes


def _read(
    store: Store, source: Source, letter: Letter, found: Subscription, state: SourceState, now: datetime
) -> tuple[Subscription, SourceState, tuple[ArticleChange, ...]]:
    """Read a delivery. Validators and body hash stay: the next poll sees all that the source has."""
    from aggregator.pipeline.reading import (
        Recollection,
        read_body,
    )  # 0.2 s, which a tick without deliveries need not spend

    url = state.validators_url or schedule.address_of(state, source)
    fetched = Fetched(url=url, body=letter.body, content_type=letter.content_type)
    recall = Recollection(store, state)
    parsed, changes = read_body(source, fetched, recall, now=now, max_articles=MAX_PUSHED)
    if isinstance(parsed, NotAFeed):  # says no more than that something is new
        log.info("%s delivered %s for %s, which is polled instead", found.hub, parsed.reason, source.url)
        return found, pushed.asked_soon(state, now=now), ()
    after = replace(found, pushed_at=letter.at)
    state = recall.noted(pushed.after_push(state, published=recall.times(changes, now=now), now=now), changes)
    return after, pushed.stretched(after, state, max_interval=source.max_interval, now=now), changes


# ---------------------------------------------------------------- asking hubs


def ask_hubs(
    store: Store,
    make_post: Callable[[], Post],
    sources: Sequence[Source],
    *,
    base_url: str,
    is_on: bool,
    allowed: AllowList,
    mint: websub.Mint,
    clock: Clock,
) -> int:
    """Subscribe, renew and unsubscribe as is due. Returns how many hubs were asked.

    What is asked is saved before a hub hears of it, for some confirm at once.

    Raises:
        StoreError: The store failed.
    """
    wanted = {source.url for source in sources}
    subscriptions = store.subscriptions()
    states = [state for state in store.source_states() if state.url in wanted] if is_on else []
    if not subscriptions and not any(state.hubs for state in states):
        return 0
    now = clock()
    plan = websub.plan(subscriptions, states, base_url=base_url, is_on=is_on, allowed=allowed, mint=mint, now=now)
    for token in plan.drop:
        store.delete_subscription(token)
    post = make_post() if plan.ask else _nobody
    waiting: Sequence[Subscription] = plan.ask
    for n_hops in range(MAX_HOPS + 1):
        for each in waiting:
            store.save_subscription(each)
        moved = []
        for each, answer in _ask(waiting, post):
            if answer.moved_to and n_hops < MAX_HOPS and websub.is_usable(answer.moved_to, allowed):
                moved.append(websub.moved(each, answer.moved_to, base_url=base_url, mint=mint))
                if moved[-1].token != each.token:
                    store.delete_subscription(each.token)
            else:
                _note(store, each, answer)
        waiting = moved
    return len(plan.ask)


def _nobody(hub: str, form: bytes) -> HubAnswer:
    raise AssertionError("no hub is to be asked")


def _note(store: Store, each: Subscription, answer: HubAnswer) -> None:
    after = websub.after_answer(each, answer)
    if after != each:
        store.save_subscription(after)
    if answer.error:
        log.warning("%s: the hub %s: %s", each.source_url, urls.host_of(each.hub), answer.error)


def _ask(subscriptions: Sequence[Subscription], post: Post) -> list[tuple[Subscription, HubAnswer]]:
    """Ask hubs at the same time, each host one after the other; one that gives no answer is not asked again now."""

    def ask_host(group: Sequence[Subscription]) -> list[tuple[Subscription, HubAnswer]]:
        answers = []
        silence: HubAnswer | None = None
        for each in group:
            answer = silence or post(each.hub, websub.form_of(each))
            answers.append((each, answer))
            silence = answer if answer.error and not answer.status else None
        return answers

    def host(each: Subscription) -> str:
        return urls.host_of(each.hub)

    groups = [list(group) for _, group in groupby(sorted(subscriptions, key=host), key=host)]
    if not groups:
        return []
    with ThreadPoolExecutor(len(groups), thread_name_prefix="hub") as pool:
        return [answer for answers in pool.map(ask_host, groups) for answer in answers]
