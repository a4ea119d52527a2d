from dataclasses import dataclass, field

import pytest

from aggregator.errors import SourceError
from aggregator.intake.finding.ask_site import MAX_DECLARED, MAX_LINKS, find_feeds
from aggregator.model import Fetched, FetchFailed, FetchResult, Source, SourceState
from tests.loopback.feed_server import rss

SITE = "https://one.example/"
NEWS = rss(("1", "First", "t", "Mon, 12 Jan 2026 08:00:00 GMT"), title="News")
SPORT = rss(("2", "Second", "t", "Mon, 12 Jan 2026 08:00:00 GMT"), title="Sport")


@dataclass(slots=True)
class RecordedSite:
    """Answers from a table, 404 to all else; keeps what it was asked."""

    bodies: dict[str, bytes | FetchFailed | Fetched]
    asked: list[str] = field(default_factory=list)

    def fetch(self, source: Source, state: SourceState) -> FetchResult:
        assert (state.etag, source.auth_env) == ("", "")
        self.asked.append(source.url)
        match self.bodies.get(source.url):
            case None:
                return FetchFailed(reason="the server answered 404 Not Found", status=404)
            case bytes() as body:
                return Fetched(url=source.url, body=body)
            case other:
                return other


def page(*feeds: str, body: str = "") -> bytes:
    links = "".join(f'<link rel="alternate" type="application/rss+xml" href="{each}">' for each in feeds)
    return f"<html><head>{links}</head><body>{body}</body></html>".encode()


def found(site: RecordedSite, address: str = SITE) -> list[str]:
    return [each.url for each in find_feeds(site, address)]


def test_a_feed_is_itself() -> None:
    site = RecordedSite({SITE: NEWS})
    (feed,) = find_feeds(site, SITE)
    assert (feed.url, feed.title, feed.n_articles, feed.newest) == (SITE, "News", 1, ("First",))
    assert site.asked == [SITE]


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("one.example", [SITE]),
        (" feed://one.example/x ", ["https://one.example/x", "http://one.example/x"]),
        ("feed:https://one.example/", [SITE]),
    ],
)
def test_addresses_as_people_write_them(address: str, asked: list[str]) -> None:
    site = RecordedSite({asked[-1]: NEWS})
    assert found(site, address) == [asked[-1]]
    assert site.asked == asked


@pytest.mark.parametrize("address", ["mailto:a@one.example", "ftp://one.example/", "javascript:alert(1)", "", "ht tp"])
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(SourceError):
        find_feeds(RecordedSite({}), address)


def test_what_the_page_names_comes_first_and_the_rest_is_not_asked() -> None:
    site = RecordedSite({SITE: page("/n", "/s", "/none"), f"{SITE}n": NEWS, f"{SITE}s": SPORT, f"{SITE}feed": NEWS})
    assert found(site) == [f"{SITE}n", f"{SITE}s"]
    assert site.asked == [SITE, f"{SITE}n", f"{SITE}s", f"{SITE}none"]


def test_a_feed_under_two_addresses_is_one() -> None:
    site = RecordedSite({SITE: page("/n", "/n2", "http://one.example/n"), f"{SITE}n": NEWS, f"{SITE}n2": NEWS})
    assert found(site) == [f"{SITE}n"]
    assert f"{SITE}n" in site.asked
    assert "http://one.example/n" not in site.asked


def test_the_folder_of_the_page_is_tried_before_the_site() -> None:
    site = RecordedSite({f"{SITE}blog/x": page(), f"{SITE}blog/feed": NEWS, f"{SITE}feed": SPORT})
    assert found(site, f"{SITE}blog/x") == [f"{SITE}blog/feed", f"{SITE}feed"]


def test_pages_at_well_known_addresses_are_no_feeds() -> None:
    site = RecordedSite({SITE: page(), f"{SITE}feed": page(), f"{SITE}rss": page(), f"{SITE}index.xml": NEWS})
    assert found(site) == [f"{SITE}index.xml"]


def test_links_come_last() -> None:
    site = RecordedSite({SITE: page(body='<a href="/a/b.rss">x</a>'), f"{SITE}a/b.rss": NEWS})
    assert found(site) == [f"{SITE}a/b.rss"]
    assert site.asked[-1] == f"{SITE}a/b.rss"


def test_permanent_moves_are_followed_and_others_are_not() -> None:
    moved = Fetched(url=f"{SITE}new", body=NEWS, moved_to=f"{SITE}new")
    for_now = Fetched(url=f"{SITE}other", body=SPORT)
    site = RecordedSite({SITE: page("/a", "/b"), f"{SITE}a": moved, f"{SITE}b": for_now})
    assert found(site) == [f"{SITE}new", f"{SITE}b"]
    assert found(site, f"{SITE}a") == [f"{SITE}new"]
    assert found(site, f"{SITE}b") == [f"{SITE}b"]


@pytest.mark.parametrize("status", [0, 429, 503])
def test_who_does_not_answer_is_asked_no_more(status: int) -> None:
    failed = FetchFailed(reason="too busy", status=status)
    site = RecordedSite({SITE: page("https://feeds.example/n"), f"{SITE}feed": failed})
    with pytest.raises(SourceError, match=r"leads to no feed; .* tried, then: too busy"):
        find_feeds(site, SITE)
    assert site.asked == [SITE, "https://feeds.example/n", f"{SITE}feed"]


def test_another_host_that_does_not_answer_does_not_end_the_search() -> None:
    down = FetchFailed(reason="no answer", status=0)
    site = RecordedSite({SITE: page("https://down.example/n", "/n"), "https://down.example/n": down, f"{SITE}n": NEWS})
    assert found(site) == [f"{SITE}n"]


def test_an_address_that_does_not_answer_is_said() -> None:
    with pytest.raises(SourceError, match=r"https://one\.example/: .*404.*; http://one\.example/: .*404"):
        find_feeds(RecordedSite({}), "one.example")


def test_a_page_of_many_links_costs_few_requests() -> None:
    links = "".join(f'<a href="/{n}.rss">x</a>' for n in range(100))
    site = RecordedSite({SITE: page(*(f"/{n}.xml" for n in range(100)), body=links)})
    with pytest.raises(SourceError, match="leads to no feed"):
        find_feeds(site, SITE)
    assert len(site.asked) <= 1 + MAX_DECLARED + 10 + MAX_LINKS
