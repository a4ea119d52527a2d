"""The corridor: what it hands from one room to the next."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from aggregator import pipeline
from aggregator.model import Fetched, FetchFailed, FetchResult, NotModified, Source, SourceState
from aggregator.store.memory import MemoryStore
from tests.builders import NOW, article, membership, source, story
from tests.loopback.feed_server import rss

URL = "https://one.example/feed.xml"
FIRST = ("g1", "Harbour opens", "The harbour of Lunden opened on Monday.", "Wed, 14 Jan 2026 08:00:00 GMT")


class Answers:
    """A fetcher that answers from a list, in order, and raises what is an exception."""

    def __init__(self, *results: FetchResult | Exception) -> None:
        self.results = list(results)

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


def poll(
    store: MemoryStore, *results: FetchResult | Exception, hours: float = 0, **fields: object
) -> pipeline.PollReport:
    return pipeline.poll(
        store,
        Answers(*results),
        [source(URL, **fields)],
        clock=lambda: NOW + timedelta(hours=hours),
        worker="w",
        force=True,
    )


def body(*articles: tuple[str, str, str, str]) -> Fetched:
    return Fetched(url=URL, body=rss(*articles), content_type="application/rss+xml")


def test_each_outcome_is_counted_once() -> None:
    store = MemoryStore()
    assert poll(store, body(FIRST)).n_new == 1
    assert poll(store, NotModified(url=URL), hours=1).n_not_modified == 1
    assert poll(store, body(FIRST), hours=2).n_not_modified == 1, "the same bytes"
    assert poll(store, body((*FIRST[:2], "Another text of some length.", FIRST[3])), hours=3).n_changed == 1
    assert poll(store, FetchFailed(reason="no answer"), hours=4).n_failed == 1
    assert poll(store, Fetched(url=URL, body=b"<html>shop</html>"), hours=5).n_failed == 1
    assert [record.outcome for record in store.poll_history(since=NOW)] == [
        "new",
        "not modified",
        "unchanged",
        "changed",
        "failed",
        "failed",
    ]


def test_a_bug_that_one_source_provokes_is_that_sources_failure(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore()
    report = poll(store, ZeroDivisionError("odd bytes"))
    assert report.n_failed == 1
    assert "internal error" in store.source_states()[0].error
    assert "odd bytes" in caplog.text
    assert poll(store, body(FIRST), hours=1).n_new_articles == 1


def test_a_feed_without_articles_says_so() -> None:
    store = MemoryStore()
    poll(store, body())
    assert store.source_states()[0].warning == "a feed without articles"
    assert store.source_states()[0].error == ""


def test_rules_drop_articles_before_they_are_stored() -> None:
    store = MemoryStore()
    other = ("g2", "Bridge closes", "The bridge closed.", FIRST[3])
    assert poll(store, body(FIRST, other), block=('title ~ "Bridge"',)).n_new_articles == 1
    assert [each.title for each in store.unplaced_articles()] == ["Harbour opens"]


def test_a_429_holds_back_every_source_of_the_same_domain() -> None:
    store = MemoryStore()
    urls = ["https://a.one.example/feed", "https://b.one.example/feed", "https://two.example/feed"]
    failed = FetchFailed(reason="429", status=429, retry_after=timedelta(hours=3))
    pipeline.poll(
        store,
        Answers(failed, NotModified(url=urls[1]), NotModified(url=urls[2])),
        [source(url) for url in urls],
        clock=lambda: NOW,
        worker="w",
        n_workers=1,
    )
    by_url = {state.url: state for state in store.source_states()}
    assert by_url[urls[1]].next_poll_at == NOW + timedelta(hours=3)
    assert "Retry-After" in by_url[urls[1]].reason
    assert by_url[urls[1]].n_polls == 0
    assert by_url[urls[2]].n_polls == 1


def test_copies_follow_their_origin_through_chains_and_no_article_is_lost() -> None:
    chain = {"b": "a", "c": "b"}
    members = tuple(membership(id_, "s1", copy_of=chain.get(id_, "")) for id_ in "abcd")
    told = story("s1", memberships=members)
    reports = pipeline.reports_of(told, [article(id_) for id_ in "abcd"])
    assert [(r.article.id, [c.id for c in r.copies]) for r in reports] == [("a", ["b", "c"]), ("d", [])]
    ring = tuple(membership(id_, "s1", copy_of=other) for id_, other in (("a", "b"), ("b", "a")))
    reports = pipeline.reports_of(story("s1", memberships=ring), [article("a"), article("b")])
    assert [(r.article.id, [c.id for c in r.copies]) for r in reports] == [("a", ["b"])]
    orphan = (membership("b", "s1", copy_of="gone"),)
    assert len(pipeline.reports_of(story("s1", memberships=orphan), [article("b")])) == 1


def test_a_forced_poll_obeys_what_a_server_asked_for(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    store = MemoryStore()
    poll(store, FetchFailed(reason="too many", status=429, retry_after=timedelta(hours=5)))
    assert poll(store, hours=1).n_polled == 0
    assert f"{URL} was not asked: Retry-After" in caplog.text
    assert poll(store, body(FIRST), hours=6).n_new == 1


def test_a_forced_poll_leaves_the_whole_domain_alone_that_asked_for_a_pause() -> None:
    store = MemoryStore()
    other, elsewhere = source("https://s.one.example/other.xml"), source("https://two.example/f")
    busy = FetchFailed(reason="too many", status=429, retry_after=timedelta(days=3))
    counted = []
    for hours, answers in (
        (0, (busy, NotModified(url=elsewhere.url))),
        (71, (NotModified(url=elsewhere.url),)),
        (73, (NotModified(url=URL), NotModified(url=other.url), NotModified(url=elsewhere.url))),
    ):
        report = pipeline.poll(
            store,
            Answers(*answers),
            [source(URL), other, elsewhere],
            clock=lambda hours=hours: NOW + timedelta(hours=hours),
            worker="w",
            n_workers=1,
            force=True,
        )
        counted.append([record.source_url for record in report.records])
        if hours == 0:
            reasons = {each.url: each.reason for each in store.source_states()}
            assert reasons[URL] == "Retry-After"
            assert reasons[other.url] == "Retry-After of one.example"
    assert counted == [sorted([URL, elsewhere.url]), [elsewhere.url], sorted([URL, other.url, elsewhere.url])]


def test_a_source_under_a_pause_does_not_hide_those_behind_it() -> None:
    store = MemoryStore()
    urls = [f"https://{name}.example/feed" for name in ("a", "b", "c")]
    busy = FetchFailed(reason="too many", status=429, retry_after=timedelta(hours=5))
    for hours, answers in enumerate([(busy, busy, busy), ()]):
        report = pipeline.poll(
            store,
            Answers(*answers),
            [source(url) for url in urls],
            clock=lambda hours=hours: NOW + timedelta(hours=hours),
            worker="w",
            n_workers=1,
            force=True,
        )
        assert report.n_polled == (0 if hours else 3)
    assert len(store.claim_due(now=NOW + timedelta(hours=9), limit=9, lease=timedelta(1), worker="v")) == 3


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_nights_in_which_the_clock_changes_are_like_others(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for begin in (datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)):
            assert set(_gaps(begin)) == {60}, "an hour, as on every day"
    finally:
        monkeypatch.undo()
        time.tzset()


def _gaps(begin: datetime) -> list[int]:
    """Poll each half hour for five weeks; give the minutes between two visits of a source."""
    store, asked = MemoryStore(), []
    for half in range(35 * 24 * 2):
        now = begin + timedelta(minutes=30 * half)
        report = pipeline.poll(
            store,
            Answers(NotModified(url=URL, etag="x")),
            [source(URL)],
            clock=lambda now=now: now,
            worker="w",
            n_workers=1,
        )
        if report.n_polled:
            asked.append(30 * half)
    return [after - before for before, after in pairwise(asked)]
