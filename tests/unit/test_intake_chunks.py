"""Cutting a feed into articles: what is passed over changes nothing that is read."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator import pipeline
from aggregator.intake.reading.chunks import MAX_CHUNKS, cut_up
from aggregator.model import Fetched, FetchResult, Source, SourceState
from aggregator.store.memory import MemoryStore
from tests.builders import NOW, source

URL = "https://one.example/feed.xml"


def item(n: int, *, title: str = "", more: str = "") -> str:
    return (
        f"<item><title>{title or f'Story number {n}'}</title><link>https://one.example/{n}</link>"
        f"<guid>g{n}</guid><pubDate>Wed, 14 Jan 2026 {n % 10:02}:00:00 GMT</pubDate>"
        f"<description>What happened in place {n}.{more}</description></item>"
    )


def rss(*items: str, built: str = "Wed, 14 Jan 2026 12:00:00 GMT", head: str = "", between: str = "\n") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>One</title>{head}'
        f"<lastBuildDate>{built}</lastBuildDate>{between.join(items)}</channel></rss>"
    ).encode()


def test_only_the_time_of_the_feed_differs() -> None:
    first = cut_up(rss(item(1), item(2)), read_as="")
    second = cut_up(rss(item(1), item(2), built="Thu, 15 Jan 2026 12:00:01 GMT"), read_as="")
    assert first is not None
    assert second is not None
    assert first.context == second.context
    assert second.unseen(first.remembered) == ()


def test_what_else_differs_is_told() -> None:
    first = cut_up(rss(item(1), item(2)), read_as="")
    assert first is not None
    for body, read_as in (
        (rss(item(1), item(2), head="<ttl>60</ttl>"), ""),
        (rss(item(1), item(2)).replace(b"</rss>", b"</rss><!-- x -->"), ""),
        (rss(item(1), item(2)), "another address"),
    ):
        other = cut_up(body, read_as=read_as)
        assert other is None or other.context != first.context
    edited = cut_up(rss(item(1), item(2, more=" More.")), read_as="")
    assert edited is not None
    assert edited.unseen(first.remembered) == (item(2, more=" More.").encode(),)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<rss><channel></channel></rss>",
        rss(item(1), item(1)),
        rss(item(1), item(2), between="<x/>"),
        rss(item(1), item(2), between="text"),
        rss(item(1), "<item/>"),
        rss(item(1), "<item>"),
        rss(item(1), "<entry></entry>"),
        rss(item(1, more="<![CDATA[<item>]]>")),
        rss(item(1)).replace(b"<rss", b"<!DOCTYPE rss><rss"),
        rss(item(1)).replace(b"utf-8", b"iso-8859-1"),
        rss(item(1, more="\xe9")).decode().encode("latin-1"),
        rss(*(item(n) for n in range(MAX_CHUNKS + 1))),
    ],
)
def test_what_is_odd_is_not_cut(body: bytes) -> None:
    assert cut_up(body, read_as="") is None


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(noise: bytes) -> None:
    cut_up(rss(item(1)) + noise, read_as="")
    cut_up(noise + b"<item>" + noise + b"</item>", read_as="")


# ---------------------------------------------------------------- polls


class Answer:
    """A fetcher with one answer."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        return Fetched(url=source.url, body=self.body, content_type="text/xml")


BODIES = st.lists(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["", "", "Same title"]), st.sampled_from(["", " More."])),
        max_size=6,
        unique_by=lambda each: each[0],
    ),
    min_size=2,
    max_size=5,
)


def _same(now: datetime) -> datetime:
    return now


def poll_all(bodies: list[bytes], feed: Source, *, forgets: bool) -> tuple[object, ...]:
    """Poll one body after the other; gives all that is decided and stored. ``forgets``: each is read whole."""
    store = MemoryStore()
    found: list[object] = []
    for hours, body in enumerate(bodies):
        now = NOW + timedelta(hours=2 * hours)
        if forgets:
            for known in store._sources.values():
                known.state = replace(known.state, context_hash="", chunk_hashes="")
        report = pipeline.poll(store, Answer(body), [feed], clock=partial(_same, now), worker="w", force=True)
        found.append(replace(report, records=()))
        (state,) = store.source_states()
        found.append(
            (state.title, state.lang, state.ttl, state.error, state.warning, state.n_articles, state.newest_at)
        )
    return (*found, sorted(store._articles.values(), key=lambda each: each.id))


@settings(deadline=None)  # the first example imports the parsers
@given(bodies=BODIES, rule=st.sampled_from([(), ('title ~ "number [12]"',), ("age > 2h",)]))
def test_the_articles_passed_over_change_nothing(
    bodies: list[list[tuple[int, str, str]]], rule: tuple[str, ...]
) -> None:
    written = [
        rss(*(item(n, title=title, more=more) for n, title, more in each), built=f"Wed, 14 Jan 2026 12:00:{i:02} GMT")
        for i, each in enumerate(bodies)
    ]
    feed = source(URL, block=rule)
    assert poll_all(written, feed, forgets=False) == poll_all(written, feed, forgets=True)
