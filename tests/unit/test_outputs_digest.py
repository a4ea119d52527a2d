import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Announced, Output, Published, Revision
from aggregator.outputs import digest, periods
from aggregator.outputs.site import Site
from tests.builders import NOW, at, cited_source, revision, summary

SITE = Site(title="Top Headlines", base_url="https://news.example/")
TOP = Output(slug="top", title="Top")


def place(story_id: str = "a", hours: float = 0.0, *updates: tuple[int, float], **fields: object) -> Published:
    given: dict[str, object] = {
        "published_at": at(hours),
        "updated_at": at(updates[-1][1] if updates else hours),
        "headline": "A headline",
        "revision": 1,
        "updates": tuple(Announced(n=n, at=at(when)) for n, when in updates),
        **fields,
    }
    return Published(slug="top", story_id=story_id, **given)  # type: ignore[arg-type]


# ---------------------------------------------------------------- periods


def test_days_weeks_and_months() -> None:
    assert periods.day_of(NOW).name == "2026-01-14"
    assert periods.week_of(NOW).name == "2026-W03"
    assert periods.week_of(NOW).begin_at == datetime(2026, 1, 12, tzinfo=UTC)
    assert periods.week_of(datetime(2027, 1, 1, tzinfo=UTC)).name == "2026-W53"
    assert periods.month_of(datetime(2026, 12, 31, 23, 59, tzinfo=UTC)).end_at == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_day_is_over_when_the_news_says_so() -> None:
    midnight = datetime(2026, 1, 15, tzinfo=UTC)
    found = [
        periods.over(periods.day_of, [place()], stream_at=midnight + s) for s in (-timedelta(seconds=1), timedelta())
    ]
    assert [[period.name for period in each] for each in found] == [[], ["2026-01-14"]]


def test_updates_are_happenings_of_their_day_and_only_the_last_periods_are_asked_for() -> None:
    places = [place("a", 0, (2, 30)), place("b", -48)]
    names = [each.name for each in periods.over(periods.day_of, places, stream_at=at(99))]
    assert names == ["2026-01-12", "2026-01-14", "2026-01-15"]
    assert len(periods.over(periods.day_of, places, stream_at=at(99), last=2)) == 2


def test_a_story_stands_as_it_stood_at_the_end_of_the_period() -> None:
    history = (revision("a", 1), revision("a", 2, at=at(2)), revision("a", 3, at=at(20)))
    now = place("a", 0, (2, 2), (3, 20), revision=3)
    asked: list[str] = []

    def revisions(story_id: str) -> tuple[Revision, ...]:
        asked.append(story_id)
        return history

    then = periods.as_of(now, at(12), history[-1], revisions)
    assert then is not None
    assert (then[1].n, then[0].updated_at, len(then[0].updates), asked) == (2, at(2), 1, ["a"])
    assert periods.as_of(now, at(40), history[-1], revisions) == (now, history[-1])
    assert asked == ["a"]  # the newest was at hand
    assert periods.as_of(now, at(-1), history[-1], revisions) is None


# ---------------------------------------------------------------- digests

DAY = periods.day_of(NOW)
STORIES = (
    (place("a"), revision("a", summary=summary(n=2, headline="A <headline> & more", lang="ko"))),
    (place("b"), revision("b", summary=summary(n=6))),
)


def test_what_most_publishers_report_stands_first() -> None:
    lone = (place("c"), revision("c", newest_at=at(9), summary=summary(n=1)))
    best = digest.best_of([lone, *STORIES], 2)
    assert [story[0].story_id for story in best] == ["b", "a"]
    assert digest.best_of([*STORIES[::-1], lone], 2) == best


def test_a_digest_is_dated_by_the_end_of_its_day() -> None:
    entry = digest.build_digest(SITE, TOP, DAY, STORIES, page="https://news.example/top/digest/2026-01-14.html")
    assert entry.id == "tag:news.example,2026:digest/top/2026-01-14"
    assert entry.title == "Top: Wednesday, 14 January 2026"
    assert entry.published_at == entry.updated_at == datetime(2026, 1, 15, tzinfo=UTC)
    assert entry.links[0].href == "https://news.example/top/digest/2026-01-14.html"
    assert '<h2 lang="ko" dir="ltr"><a href="https://news.example/s/a.html">A headline</a></h2>' in entry.content
    assert "<p>6 articles, by P1, P2, P3 and 3 others</p>" in entry.content


def test_a_week_says_its_days() -> None:
    assert digest.title_of(TOP, periods.week_of(NOW)) == "Top: week 3 of 2026 (12 to 18 January 2026)"
    at_the_turn = periods.week_of(datetime(2026, 1, 28, tzinfo=UTC))
    assert digest.title_of(TOP, at_the_turn) == "Top: week 5 of 2026 (26 January to 1 February 2026)"


def test_a_letter_reads_as_text_and_as_html_and_has_the_same_bytes_each_time() -> None:
    body = digest.render_letter(SITE, TOP, DAY, STORIES)
    assert body == digest.render_letter(SITE, TOP, DAY, STORIES)
    letter = email.message_from_bytes(body, policy=email.policy.default)
    assert letter["Subject"] == "Top: Wednesday, 14 January 2026"
    assert letter["Date"].datetime == datetime(2026, 1, 15, tzinfo=UTC)
    assert letter["Message-ID"] == "<top.2026-01-14@news.example>"
    text = letter.get_body(("plain",)).get_content()
    assert "https://news.example/s/a.html" in text
    assert "<" not in text
    assert '<a href="https://news.example/s/b.html">' in letter.get_body(("html",)).get_content()


@pytest.mark.parametrize("base_url", ["http://[::1]:8080/", "https://zeitung.münchen.example/", "http://localhost/"])
def test_a_letter_comes_from_any_host(base_url: str) -> None:
    site = Site(title="Top", base_url=base_url)
    letter = email.message_from_bytes(digest.render_letter(site, TOP, DAY, STORIES), policy=email.policy.default)
    assert letter["From"].addresses[0].username == "aggregator"
    assert not letter["Message-ID"].defects


def test_a_page_stands_alone_and_nothing_in_it_is_active() -> None:
    hostile = summary(headline='"><script>x</script>', sources=(cited_source(1, name="<b>", url="javascript:x"),))
    stories = ((place("a", headline='"><script>x</script>'), revision("a", summary=hostile)),)
    page = digest.render_page(SITE, TOP, DAY, stories).decode()
    assert "<script" not in page
    assert "default-src &#x27;none&#x27;" in page
    assert page.count("<h1>") == page.count("<main>") == 1
