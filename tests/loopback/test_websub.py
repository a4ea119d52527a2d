"""The whole way of a push on loopback: discover, subscribe, confirm, deliver, take up, renew, leave, fall back.

The cases are those of websub.rocks: 1xx discovery, 2xx subscribing, 3xx delivery. The numbers stand in the names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from aggregator import pipeline
from aggregator.app import Place, open_store_to_read
from aggregator.intake.fetching.addresses import read_allow_list
from aggregator.intake.fetching.fetch import RequestsFetcher
from aggregator.intake.fetching.gate import HostGate
from aggregator.intake.hubs.hub import HubPost
from aggregator.intake.hubs.pushed import PUSHED, in_words
from aggregator.model import Article, Source, SourceState, Subscription
from aggregator.pipeline.pushing import MAX_HOPS, PushReport, Reception, ask_hubs, take_up
from aggregator.store.sqlite import SqliteStore
from aggregator.web.inbox import Inbox
from aggregator.web.server import Server, make_app
from tests.builders import NOW, source
from tests.loopback.feed_server import rss
from tests.loopback.hub_server import Answered, Hub, Page, call, running_hub

FIRST = ("g1", "Harbour opens", "The harbour opened on Wednesday.", "Wed, 14 Jan 2026 08:00:00 GMT")
SECOND = ("g2", "Bridge closes", "The bridge closed on Wednesday.", "Wed, 14 Jan 2026 12:30:00 GMT")
THIRD = ("g3", "Ferry sinks", "The ferry sank on Wednesday.", "Wed, 14 Jan 2026 13:30:00 GMT")
LINKS = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{href}"/>'


class Subscriber:
    """The aggregator's parts, wired as the daemon wires them, with a clock that the test sets."""

    def __init__(self, path: Path, hub: Hub) -> None:
        self.hub = hub
        self.now = NOW
        self.source = source(f"{hub.base}/feed", max_bytes=20_000)
        self.sources: tuple[Source, ...] = (self.source,)
        self.place = Place(config=path / "feeds.toml", data=path)
        self.store = SqliteStore.open(self.place.database, now=NOW)
        self.inbox = Inbox(self.place.inbox)
        self.allow_hosts: tuple[str, ...] = ("127.0.0.1",)
        self.is_on = True
        self.base_url = ""
        self.n_notified = 0
        self._numbers = count(1)
        self._fetcher = RequestsFetcher(
            user_agent="aggregator/test", allow_hosts=self.allow_hosts, gate=HostGate(spacing=timedelta(0))
        )

    def clock(self) -> datetime:
        return self.now

    def wait(self, **length: float) -> None:
        self.now += timedelta(**length)

    def reception(self) -> Reception:
        def notify() -> None:
            self.n_notified += 1

        limits = {each.url: each.max_bytes for each in self.sources}
        return Reception(
            self.inbox,
            open_store=lambda: open_store_to_read(self.place),
            max_bytes_of=limits.get,
            clock=self.clock,
            notify=notify,
        )

    def mint(self) -> str:
        return f"not-to-be-guessed-{next(self._numbers):04d}"

    def poll(self, *, force: bool = False) -> pipeline.PollReport:
        return pipeline.poll(self.store, self._fetcher, self.sources, clock=self.clock, worker="w", force=force)

    def take_up(self) -> PushReport:
        self.store.sync_sources([each.url for each in self.sources])
        return take_up(self.store, self.inbox, self.sources, clock=self.clock, worker="w")

    def ask(self) -> int:
        return ask_hubs(
            self.store,
            lambda: HubPost(user_agent="aggregator/test", allow_hosts=self.allow_hosts, now=self.clock),
            self.sources,
            base_url=self.base_url,
            is_on=self.is_on,
            allowed=read_allow_list(self.allow_hosts),
            mint=self.mint,
            clock=self.clock,
        )

    def hear(self) -> PushReport:
        report = self.take_up()
        self.ask()
        return report

    @property
    def subscription(self) -> Subscription:
        (found,) = self.store.subscriptions()
        return found

    @property
    def state(self) -> SourceState:
        (found,) = self.store.source_states()
        return found

    def articles(self) -> list[str]:
        found: tuple[Article, ...] = self.store.recent_articles(limit=100)
        return sorted(each.title for each in found)

    def subscribed(self) -> None:
        """Go the whole way to a confirmed subscription."""
        self.hub.pages["/feed"] = feed_with_header(self.hub, FIRST)
        self.poll()
        self.hear()
        assert self.hub.verify().status == 200
        self.hear()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as running:
        yield running


@contextmanager
def subscribing(path: Path, hub: Hub) -> Iterator[Subscriber]:
    subscriber = Subscriber(path, hub)
    site = path / "site"
    site.mkdir()
    try:
        with Server(make_app(site, receiver=subscriber.reception()), port=0) as address:
            subscriber.base_url = address
            yield subscriber
    finally:
        subscriber.store.close()


@pytest.fixture
def subscriber(tmp_path: Path, hub: Hub) -> Iterator[Subscriber]:
    with subscribing(tmp_path, hub) as made:
        yield made


def feed_with_header(hub: Hub, *articles: tuple[str, str, str, str], topic: str = "/feed") -> Page:
    link = f'<{hub.url}>; rel="hub", <{hub.base}{topic}>; rel="self"'
    return Page(rss(*articles), headers=[("Link", link), ("Content-Type", "application/rss+xml")])


def links_of(hub: Hub, hub_path: str, topic: str) -> str:
    return LINKS.format(rel="hub", href=hub.base + hub_path) + LINKS.format(rel="self", href=hub.base + topic)


def with_links(body: bytes, links: str) -> bytes:
    return body.replace(b"<channel>", b"<channel>" + links.encode())


# ---------------------------------------------------------------- 1xx discovery


def test_100_header(subscriber: Subscriber, hub: Hub) -> None:
    hub.pages["/feed"] = Page(rss(FIRST), headers=[("Link", "</hub>; REL=hub"), ("link", '</topic>; rel="self"')])
    subscriber.poll()
    assert (subscriber.state.hubs, subscriber.state.topic) == ((hub.url,), f"{hub.base}/topic")


def test_102_atom_with_relative_links(subscriber: Subscriber, hub: Hub) -> None:
    hub.pages["/feed"] = Page(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>One</title><link rel="hub" href="hub"/>'
        b'<link rel="self" href="/atom"/><entry><id>e1</id><title>Harbour opens</title></entry></feed>'
    )
    subscriber.poll()
    assert (subscriber.state.hubs, subscriber.state.topic) == ((hub.url,), f"{hub.base}/atom")


def test_103_rss(subscriber: Subscriber, hub: Hub) -> None:
    hub.pages["/feed"] = Page(with_links(rss(FIRST), links_of(hub, "/hub", "/rss")))
    subscriber.poll()
    assert (subscriber.state.hubs, subscriber.state.topic) == ((hub.url,), f"{hub.base}/rss")


def test_103_json_feed(subscriber: Subscriber, hub: Hub) -> None:
    hubs = f'[{{"type": "rssCloud", "url": "/cloud"}}, {{"type": "WebSub", "url": "{hub.url}"}}]'
    hub.pages["/feed"] = Page(
        f'{{"version": "https://jsonfeed.org/version/1.1", "title": "One", "feed_url": "{hub.base}/json", '
        f'"hubs": {hubs}, "items": [{{"id": "1", "title": "Harbour opens"}}]}}'.encode()
    )
    subscriber.poll()
    assert (subscriber.state.hubs, subscriber.state.topic) == ((hub.url,), f"{hub.base}/json")


def test_104_the_header_goes_before_the_body(subscriber: Subscriber, hub: Hub) -> None:
    page = feed_with_header(hub, FIRST)
    hub.pages["/feed"] = Page(with_links(page.body, links_of(hub, "/other-hub", "/other")), headers=page.headers)
    subscriber.poll()
    assert (subscriber.state.hubs, subscriber.state.topic) == ((hub.url,), f"{hub.base}/feed")


def test_a_topic_that_redirects_is_known_by_the_address_that_answers_itself(subscriber: Subscriber, hub: Hub) -> None:
    hub.pages["/feed"] = Page(status=302, headers=[("Location", "/moved")])
    hub.pages["/moved"] = Page(rss(FIRST), headers=[("Link", "<hub>; rel=hub")])
    subscriber.poll()
    subscriber.hear()
    assert hub.last["hub.topic"] == f"{hub.base}/moved"
    assert hub.asked[0][0] == "/hub"


# ---------------------------------------------------------------- 2xx subscribing


def test_200_a_topic_with_another_self_is_subscribed_to_by_that(subscriber: Subscriber, hub: Hub) -> None:
    hub.pages["/feed"] = feed_with_header(hub, FIRST, topic="/the-topic")
    subscriber.poll()
    subscriber.hear()
    form = hub.last
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == f"{hub.base}/the-topic"
    assert form["hub.callback"] == f"{subscriber.base_url}websub/{subscriber.subscription.token}"
    assert form["hub.secret"] == subscriber.subscription.secret
    assert len(form["hub.secret"].encode()) < 200
    assert form["hub.lease_seconds"].isdigit()


def test_a_hub_may_confirm_within_the_request(subscriber: Subscriber, hub: Hub) -> None:
    hub.verifies = "at once"
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    subscriber.hear()
    assert hub.confirmed == [Answered(200, "challenge-7Q", hub.confirmed[0].headers)]
    assert hub.confirmed[0].headers["content-type"].startswith("text/plain")
    assert hub.confirmed[0].headers["x-content-type-options"] == "nosniff"
    subscriber.hear()
    assert subscriber.subscription.lease_until == NOW + timedelta(hours=1)


def test_a_hub_may_confirm_later_and_choose_the_lease(subscriber: Subscriber, hub: Hub) -> None:
    hub.lease = 7 * 86400
    subscriber.subscribed()
    assert subscriber.subscription.lease_until == NOW + timedelta(days=7)
    assert len(hub.asked) == 1
    subscriber.wait(days=5)
    subscriber.hear()
    assert len(hub.asked) == 1, "renewed at 80 % of the lease, not before"


@pytest.mark.parametrize(
    "lie", [{"topic": "https://other.example/feed"}, {"mode": "unsubscribe"}, {"challenge": ""}, {"mode": "publish"}]
)
def test_205_what_was_not_asked_is_not_confirmed(subscriber: Subscriber, hub: Hub, lie: dict[str, str]) -> None:
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    subscriber.hear()
    assert hub.verify(**lie).status == 404
    assert call("GET", f"{subscriber.base_url}websub/{'x' * 43}?hub.mode=subscribe&hub.challenge=1").status == 404
    subscriber.hear()
    assert subscriber.subscription.verified_at is None


def test_a_hub_that_denies_is_asked_again_a_day_later(subscriber: Subscriber, hub: Hub) -> None:
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    subscriber.hear()
    assert hub.deny("too\nmany").status == 200
    subscriber.hear()
    assert in_words(subscriber.subscription, subscriber.state, now=subscriber.now) == (
        "not pushed by 127.0.0.1: the hub refused: too many"
    )
    subscriber.wait(hours=23)
    subscriber.hear()
    assert len(hub.asked) == 1
    subscriber.wait(hours=2)
    subscriber.hear()
    assert len(hub.asked) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_203_204_a_hub_that_redirects_is_asked_anew_and_never_told_the_secret_of_another(
    subscriber: Subscriber, hub: Hub, status: int
) -> None:
    hub.redirects["/hub"] = (status, "/new-hub")
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    subscriber.hear()
    assert [path for path, _ in hub.asked] == ["/hub", "/new-hub"]
    first, second = (form for _, form in hub.asked)
    assert first["hub.secret"] != second["hub.secret"]
    assert first["hub.callback"] != second["hub.callback"]
    assert hub.verify(first).status == 404
    assert hub.verify(second).status == 200
    subscriber.hear()
    assert subscriber.subscription.hub == f"{hub.base}/new-hub"


def test_redirects_without_end_end(subscriber: Subscriber, hub: Hub) -> None:
    hub.redirects["/hub"] = (307, "/hub")
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    subscriber.hear()
    subscriber.hear()
    assert len(hub.asked) == 1 + MAX_HOPS
    assert "307" in subscriber.subscription.error


def test_a_hub_that_is_down_is_left_for_longer_and_longer_and_polling_goes_on(subscriber: Subscriber, hub: Hub) -> None:
    hub.status = 503
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    for _ in range(24 * 60 // 10):
        subscriber.hear()
        subscriber.wait(minutes=10)
    assert len(hub.asked) == 5, "at once, after 1, 2, 4 and 8 hours"
    assert "503" in subscriber.subscription.error
    assert subscriber.state.next_poll_at is not None
    assert subscriber.state.next_poll_at <= NOW + timedelta(hours=1)


def test_the_next_hub_is_asked_when_one_does_not_confirm(subscriber: Subscriber, hub: Hub) -> None:
    link = f"<{hub.base}/deaf>; rel=hub, <{hub.url}>; rel=hub, <{hub.base}/feed>; rel=self"
    hub.pages["/feed"] = Page(rss(FIRST), headers=[("Link", link)])
    subscriber.poll()
    subscriber.hear()
    subscriber.wait(hours=1)
    subscriber.hear()
    assert [path for path, _ in hub.asked] == ["/deaf", "/hub"]
    assert hub.asked[0][1]["hub.secret"] != hub.asked[1][1]["hub.secret"]
    assert len(subscriber.store.subscriptions()) == 1


@pytest.mark.parametrize(("scheme", "n_asked"), [("http", 0), ("https", 1)])
def test_a_hub_of_a_private_address_is_never_reached(
    subscriber: Subscriber, hub: Hub, scheme: str, n_asked: int
) -> None:
    """By http it is not even tried: the secret would travel openly."""
    page = feed_with_header(hub, FIRST)
    link = page.headers[0][1].replace(f"<{hub.url}>", f"<{hub.url.replace('http', scheme, 1)}>")
    hub.pages["/feed"] = Page(page.body, headers=[("Link", link)])
    subscriber.poll()
    subscriber.allow_hosts = ()
    assert subscriber.ask() == n_asked
    assert hub.asked == []
    assert ["this machine" in each.error for each in subscriber.store.subscriptions()] == [True] * n_asked


def test_nothing_is_asked_where_websub_is_off(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.is_on = False
    hub.pages["/feed"] = feed_with_header(hub, FIRST)
    subscriber.poll()
    subscriber.hear()
    assert hub.asked == []
    assert subscriber.state.hubs == (hub.url,)


# ---------------------------------------------------------------- 3xx delivery


def test_300_what_is_delivered_becomes_articles(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    before = subscriber.state
    assert hub.publish(rss(SECOND)).status == 204
    assert subscriber.n_notified == 2
    subscriber.wait(minutes=40)
    report = subscriber.hear()
    assert (report.n_letters, report.n_new_articles) == (1, 1)
    assert subscriber.articles() == ["Bridge closes", "Harbour opens"]
    after = subscriber.state
    assert (after.body_hash, after.etag, after.last_polled_at) == (before.body_hash, before.etag, before.last_polled_at)
    assert subscriber.hear().n_letters == 0


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_each_method_of_signing_is_understood(subscriber: Subscriber, hub: Hub, method: str) -> None:
    subscriber.subscribed()
    assert hub.publish(rss(SECOND), method=method).status == 204
    subscriber.wait(minutes=1)
    assert subscriber.hear().n_new_articles == 1


def test_301_what_is_signed_wrongly_is_accepted_and_forgotten(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    assert hub.publish(rss(SECOND), secret="another").status == 204
    assert hub.publish(rss(SECOND), method="md5").status == 204
    assert hub.publish(rss(SECOND), method="", X_Hub_Signature="sha256=").status == 204
    subscriber.wait(minutes=1)
    assert subscriber.hear().n_letters == 0
    assert subscriber.articles() == ["Harbour opens"]


def test_302_what_is_not_signed_is_accepted_and_forgotten(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    assert hub.publish(rss(SECOND), method="").status == 204
    subscriber.wait(minutes=1)
    assert subscriber.hear().n_letters == 0


def test_a_body_that_is_too_large_is_refused(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    assert hub.publish(b" " * 20_001).status == 413
    assert hub.publish(b" " * 20_000).status == 204
    assert hub.publish(rss(SECOND), Content_Encoding="gzip").status == 415


def test_an_unknown_callback_is_gone(subscriber: Subscriber, hub: Hub) -> None:
    for token in ("x" * 43, "short", "..", "%00" * 30):
        assert call("POST", f"{subscriber.base_url}websub/{token}", b"<rss/>").status == 410
    assert call("PUT", f"{subscriber.base_url}websub/{'x' * 43}", b"<rss/>").status == 405
    assert not subscriber.place.inbox.exists()


def test_delivered_twice_is_stored_once(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    for _ in range(2):
        hub.publish(rss(SECOND))
    subscriber.wait(minutes=1)
    assert subscriber.take_up().n_new_articles == 1
    hub.pages["/feed"] = feed_with_header(hub, SECOND, FIRST)
    subscriber.wait(minutes=1)
    assert subscriber.poll(force=True).n_new_articles == 0
    assert subscriber.articles() == ["Bridge closes", "Harbour opens"]


def test_killed_between_store_and_inbox_nothing_is_doubled(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    hub.publish(rss(SECOND))
    (path,) = subscriber.place.inbox.iterdir()
    letter = path.read_bytes()
    subscriber.wait(minutes=1)
    subscriber.take_up()
    path.write_bytes(letter)  # as if the run had died before it deleted the letter
    subscriber.wait(minutes=1)
    report = subscriber.take_up()
    assert (report.n_letters, report.n_new_articles, report.n_changed_articles) == (1, 0, 0)
    assert subscriber.articles() == ["Bridge closes", "Harbour opens"]


def test_a_source_under_another_claim_keeps_its_letters(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    hub.publish(rss(SECOND))
    hub.publish(rss(THIRD))
    subscriber.wait(minutes=1)
    options = {"limit": 1, "lease": timedelta(minutes=5), "worker": "other", "force": True}
    assert subscriber.store.claim_due(now=subscriber.now, **options)
    assert subscriber.take_up() == PushReport()
    subscriber.wait(minutes=6)
    assert subscriber.take_up() == PushReport(n_letters=2, n_new_articles=2)


def test_a_delivery_that_is_no_feed_lets_the_source_be_polled_soon(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    hub.publish(b"something is new")
    subscriber.wait(minutes=20)
    assert subscriber.hear().n_letters == 1
    assert subscriber.state.next_poll_at == subscriber.now
    assert subscriber.state.error == ""


def test_rules_of_the_source_hold_for_what_is_pushed(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    subscriber.sources = (source(subscriber.source.url, block=('title ~ "Bridge"',)),)
    hub.publish(rss(SECOND, THIRD))
    subscriber.wait(minutes=1)
    subscriber.hear()
    assert subscriber.articles() == ["Ferry sinks", "Harbour opens"]


# ---------------------------------------------------------------- renewal, leaving, falling back


def test_a_lease_is_renewed_with_the_same_callback_before_it_ends(subscriber: Subscriber, hub: Hub) -> None:
    hub.verifies = "at once"
    subscriber.subscribed()
    for _ in range(10):
        subscriber.wait(minutes=50)
        subscriber.hear()
        subscriber.hear()
        assert subscriber.subscription.lease_until == subscriber.now + timedelta(hours=1)
    assert len(hub.asked) == 11
    assert {form["hub.callback"] for _, form in hub.asked} == {hub.last["hub.callback"]}


def test_a_source_that_leaves_feeds_toml_is_unsubscribed(subscriber: Subscriber, hub: Hub) -> None:
    subscriber.subscribed()
    subscriber.sources = ()
    subscriber.hear()
    assert hub.last["hub.mode"] == "unsubscribe"
    assert "hub.secret" not in hub.last
    assert hub.verify(mode="subscribe").status == 404
    assert hub.verify() == Answered(200, "challenge-7Q", hub.verify().headers)
    subscriber.hear()
    assert subscriber.store.subscriptions() == ()
    assert hub.publish(rss(SECOND)).status == 410


def test_a_hub_that_does_not_hear_a_goodbye_is_forgotten(subscriber: Subscriber, hub: Hub) -> None:
    hub.lease = 30 * 86400
    subscriber.subscribed()
    subscriber.is_on = False
    for _ in range(20):
        subscriber.hear()
        subscriber.wait(hours=1)
    assert [form["hub.mode"] for _, form in hub.asked] == ["subscribe", *["unsubscribe"] * 3]
    assert subscriber.store.subscriptions() == ()


def test_while_a_hub_delivers_polls_wait_and_come_back_when_it_is_silent(subscriber: Subscriber, hub: Hub) -> None:
    hub.lease = 10 * 86400
    subscriber.subscribed()
    normal = subscriber.state.next_poll_at
    assert normal is not None
    assert normal <= NOW + timedelta(hours=1)
    assert "nothing was pushed yet" in in_words(subscriber.subscription, subscriber.state, now=subscriber.now)
    subscriber.wait(minutes=30)
    hub.publish(rss(SECOND))
    subscriber.hear()
    assert subscriber.state.next_poll_at == subscriber.now + timedelta(hours=6), "its rhythm is not known"
    assert subscriber.state.reason == PUSHED
    assert in_words(subscriber.subscription, subscriber.state, now=subscriber.now) == (
        "pushed by 127.0.0.1, lease until 2026-01-24 12:00 UTC"
    )
    assert subscriber.poll().n_polled == 0
    subscriber.wait(hours=6)
    assert subscriber.poll().n_polled == 1, "never without end"
    assert subscriber.state.reason != PUSHED


def test_a_poll_that_finds_what_was_not_pushed_ends_the_trust(subscriber: Subscriber, hub: Hub) -> None:
    hub.lease = 10 * 86400
    subscriber.subscribed()
    hub.publish(rss(SECOND))
    subscriber.wait(minutes=5)
    subscriber.hear()
    hub.pages["/feed"] = feed_with_header(hub, THIRD, SECOND, FIRST)
    subscriber.wait(hours=6)
    assert subscriber.poll(force=True).n_new_articles == 1
    assert subscriber.state.reason != PUSHED
    hub.publish(rss(("g4", "Tower leans", "The tower leans.", "")))
    subscriber.wait(minutes=5)
    subscriber.hear()
    assert subscriber.state.reason != PUSHED
    assert "a poll found what was not pushed" in in_words(subscriber.subscription, subscriber.state, now=subscriber.now)


def test_no_secret_is_logged(subscriber: Subscriber, hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    subscriber.subscribed()
    hub.publish(rss(SECOND), secret="another")
    subscriber.wait(minutes=1)
    subscriber.hear()
    assert subscriber.subscription.secret not in caplog.text
    assert subscriber.subscription.secret not in repr(subscriber.subscription)
    assert subscriber.subscription.token not in caplog.text
