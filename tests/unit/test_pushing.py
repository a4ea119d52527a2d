"""What the web server keeps of a push, and how a run takes it up, over the store in memory."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.errors import StoreError
from aggregator.intake.fetching.addresses import AllowList
from aggregator.intake.hubs.websub import HubAnswer
from aggregator.model import Letter, PollRecord, Source
from aggregator.pipeline.pushing import MAX_AN_HOUR, MAX_LETTERS, PushReport, Reception, ask_hubs, take_up
from aggregator.store.base import Store
from aggregator.store.memory import MemoryStore
from aggregator.web.inbox import FullError, Inbox
from tests.builders import NOW, at, source, state, subscription
from tests.loopback.feed_server import rss

URL = "https://one.example/feed.xml"
FIRST = ("g1", "Harbour opens", "The harbour opened.", "Wed, 14 Jan 2026 08:00:00 GMT")
EACH = subscription(secret="Jefe", verified_at=NOW, lease_until=at(100), next_at=at(80))
BODY = b"what do ya want for nothing?"
SIGNED = ("sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",)  # Source: RFC 2202, 3


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.sync_sources([URL])
    made.save_subscription(EACH)
    return made


@pytest.fixture
def box(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "inbox")


def reception(box: Inbox, store: Store, **options: object) -> Reception:
    given = {
        "open_store": lambda: nullcontext(store),
        "max_bytes_of": {URL: 100}.get,
        "clock": lambda: NOW,
        **options,
    }
    return Reception(box, **given)  # type: ignore[arg-type]


def push(box: Inbox, body: bytes, token: str = EACH.token) -> None:
    box.put(Letter(token=token, kind="content", at=NOW, body=body))


def taken(store: Store, box: Inbox, *, hours: float = 1, sources: tuple[Source, ...] = (source(URL),)) -> PushReport:
    return take_up(store, box, sources, clock=lambda: at(hours), worker="w")


# ---------------------------------------------------------------- in the web server


def test_what_is_signed_is_kept_and_what_is_not_is_forgotten(
    store: MemoryStore, box: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    notices: list[str] = []
    desk = reception(box, store, notify=lambda: notices.append("!"))
    desk.receive(EACH.token, BODY + b"!", signatures=SIGNED, content_type="")
    desk.receive(EACH.token, BODY, signatures=(), content_type="")
    desk.receive("x" * 40, BODY, signatures=SIGNED, content_type="")
    assert (box.waiting(limit=9), notices) == ((), [])
    assert EACH.token not in caplog.text
    desk.receive(EACH.token, BODY, signatures=SIGNED, content_type="text/xml")
    (name,) = box.waiting(limit=9)
    assert box.read(name) == Letter(token=EACH.token, kind="content", at=NOW, content_type="text/xml", body=BODY)
    assert notices == ["!"]


def test_a_hub_that_floods_is_told_to_come_again(store: MemoryStore, box: Inbox) -> None:
    hours = 0.0
    desk = reception(box, store, clock=lambda: at(hours))
    for _ in range(MAX_AN_HOUR):
        desk.receive(EACH.token, BODY, signatures=SIGNED, content_type="")
        for name in box.waiting(limit=9):
            box.remove(name)
    with pytest.raises(FullError, match="in an hour"):
        desk.receive(EACH.token, BODY, signatures=SIGNED, content_type="")
    hours = 1.0
    desk.receive(EACH.token, BODY, signatures=SIGNED, content_type="")


def test_a_hub_that_confirms_without_end_is_told_to_come_again(store: MemoryStore, box: Inbox) -> None:
    desk = reception(box, store)
    asked = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "c"}
    for _ in range(MAX_AN_HOUR):
        assert desk.confirm(EACH.token, asked) == "c"
        for name in box.waiting(limit=9):
            box.remove(name)
    with pytest.raises(FullError, match="in an hour"):
        desk.confirm(EACH.token, asked)
    desk.receive(EACH.token, BODY, signatures=SIGNED, content_type="")


def test_a_limit_is_that_of_its_source(store: MemoryStore, box: Inbox) -> None:
    desk = reception(box, store)
    assert desk.limit(EACH.token) == 100
    assert desk.limit("x" * 40) is None
    store.save_subscription(subscription("https://gone.example/", token="token-of-a-source-that-left"))
    assert desk.limit("token-of-a-source-that-left") is None


def test_the_store_is_not_opened_for_what_can_be_no_token(box: Inbox) -> None:
    def open_store() -> AbstractContextManager[Store]:
        raise AssertionError("opened")

    desk = reception(box, MemoryStore(), open_store=open_store)
    for token in ("", "short", "x" * 101, "x" * 30 + "'", "é" * 30):
        assert desk.limit(token) is None
        assert desk.confirm(token, {}) is None


# ---------------------------------------------------------------- taking up


def test_a_delivery_is_a_line_of_the_history_and_of_its_day(store: MemoryStore, box: Inbox) -> None:
    push(box, rss(FIRST))
    assert taken(store, box) == PushReport(n_letters=1, n_new_articles=1)
    (record,) = store.poll_history(since=NOW)
    assert (record.outcome, record.n_new, record.polled_at) == ("new", 1, at(1))
    assert store.subscriptions()[0].pushed_at == NOW


def test_letters_of_nobody_are_dropped(store: MemoryStore, box: Inbox) -> None:
    push(box, rss(FIRST), token="x" * 40)
    store.save_subscription(subscription("https://gone.example/", token="token-of-a-source-that-left"))
    push(box, rss(FIRST), token="token-of-a-source-that-left")
    assert taken(store, box) == PushReport(n_letters=2)
    assert box.waiting(limit=9) == ()
    assert store.counts().n_articles == 0


def test_a_bug_that_a_body_provokes_costs_that_body_only(
    store: MemoryStore, box: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    push(box, rss(FIRST))
    broken = replace(source(URL), keep=("no rule",))
    assert taken(store, box, sources=(broken,)) == PushReport(n_letters=1)
    assert "unforeseen" in caplog.text
    assert box.waiting(limit=9) == ()
    assert store.claim_due(now=at(2), limit=1, lease=timedelta(1), worker="v"), "its claim was given back"


def test_a_store_that_fails_keeps_the_letter(box: Inbox, store: MemoryStore) -> None:
    class Full(MemoryStore):
        def complete(self, *args: object) -> bool:
            raise StoreError("the disk is full")

    full = Full()
    full.sync_sources([URL])
    full.save_subscription(EACH)
    push(box, rss(FIRST))
    with pytest.raises(StoreError):
        taken(full, box)
    assert taken(store, box).n_new_articles == 1


def test_a_run_that_is_to_stop_leaves_the_rest(store: MemoryStore, box: Inbox) -> None:
    push(box, rss(FIRST))
    report = take_up(store, box, (source(URL),), clock=lambda: at(1), worker="w", is_stopping=lambda: True)
    assert report == PushReport()
    assert taken(store, box).n_letters == 1


def test_many_letters_take_several_ticks(store: MemoryStore, box: Inbox) -> None:
    for n in range(MAX_LETTERS + 1):
        box.put(Letter(token=f"unknown-{n}", kind="subscribed", at=NOW))
    assert taken(store, box) == PushReport(n_letters=MAX_LETTERS, is_more=True)
    assert taken(store, box) == PushReport(n_letters=1)


# ---------------------------------------------------------------- asking hubs


@contextmanager
def hubs_of(*named: str) -> Iterator[MemoryStore]:
    """Give a store whose sources each name a hub."""
    store = MemoryStore()
    urls = [f"https://{n}.example/feed" for n in range(len(named))]
    store.sync_sources(urls)
    for claim in store.claim_due(now=NOW, limit=100, lease=timedelta(1), worker="w"):
        url = claim.state.url
        n = int(url.split("//")[1].split(".")[0])
        after = state(url, hubs=(named[n],), topic=url, last_polled_at=NOW, next_poll_at=at(1))
        store.complete(claim, after, (), record_of(url))
    yield store


def record_of(url: str) -> PollRecord:
    return PollRecord(source_url=url, polled_at=NOW, outcome="unchanged")


def ask(store: Store, post: Callable[[str, bytes], HubAnswer], n: int) -> int:
    numbers = iter(range(10**6))
    return ask_hubs(
        store,
        lambda: post,
        [source(f"https://{each}.example/feed") for each in range(n)],
        base_url="https://news.example/",
        is_on=True,
        allowed=AllowList(),
        mint=lambda: f"minted-{next(numbers)}",
        clock=lambda: NOW,
    )


def test_a_host_that_gives_no_answer_is_not_asked_for_its_other_feeds() -> None:
    asked: list[str] = []

    def post(hub: str, form: bytes) -> HubAnswer:
        asked.append(hub)
        return HubAnswer(error="no answer") if "deaf" in hub else HubAnswer(status=202)

    with hubs_of("https://deaf.example/1", "https://deaf.example/2", "https://hub.example/") as store:
        assert ask(store, post, 3) == 3
        assert sorted(asked) == ["https://deaf.example/1", "https://hub.example/"]
        assert [each.error for each in store.subscriptions()] == ["no answer", "no answer", ""]


def test_what_is_asked_is_kept_before_a_hub_hears_of_it() -> None:
    with hubs_of("https://hub.example/") as store:

        def post(hub: str, form: bytes) -> HubAnswer:
            (kept,) = store.subscriptions()
            assert kept.secret.encode() in form
            assert f"websub%2F{kept.token}".encode() in form
            return HubAnswer(status=202)

        assert ask(store, post, 1) == 1
        assert ask(store, post, 1) == 0


def test_a_hub_that_redirects_to_http_is_not_followed() -> None:
    moved = HubAnswer(status=307, error="it answered 307", moved_to="http://hub.example/")
    with hubs_of("https://hub.example/") as store:
        ask(store, lambda hub, form: moved, 1)
        (kept,) = store.subscriptions()
        assert (kept.hub, kept.error) == ("https://hub.example/", "it answered 307")
