"""The recording that ships with the package, and the server that replays it."""

import http.client
import io
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import feedparser
import pytest

from aggregator.demo.feeds import changed_at, render_feed
from aggregator.demo.recorded import FeedFormat, Publisher, RecordedArticle, Recording, publisher_from
from aggregator.demo.server import (
    FROM_AT,
    STEPS,
    UNTIL_AT,
    DemoServer,
    Reply,
    Validators,
    config_text,
    load_recording,
    reply_for,
)

RECORDING = load_recording()
PUBLISHERS = {publisher.slug: publisher for publisher in RECORDING.publishers}
ARTICLES = [article for publisher in RECORDING.publishers for article in publisher.articles]
HEALTHY = [publisher.slug for publisher in RECORDING.publishers if not publisher.faults]
MODEL_HEADLINE = "Seoul-Tokyo Leaders Hold Second Nara Summit to Boost Security, Economy, and Reconciliation"
SOURCE_LINE = re.compile(r"^(?:[A-Z][A-Za-z, ]+)?\(Continental Wire\) — ")


def reply(slug: str, now: datetime, **known: str) -> Reply:
    return reply_for(PUBLISHERS[slug], now, Validators(**known))


def plain(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


def told_about_nara(article: RecordedArticle) -> bool:
    return "Nara" in article.title or "奈良" in article.title or "나라에서" in article.title


# ---------------------------------------------------------------- the recording


def test_the_recording_is_as_large_as_promised():
    telling = [publisher for publisher in RECORDING.publishers if publisher.articles]
    assert len(telling) >= 12
    assert {"en", "ko", "ja", "fr", "es", "ar"} <= {publisher.lang for publisher in telling}
    assert len(ARTICLES) >= 150
    assert {publisher.format for publisher in telling} == {"rss20", "rss091", "rdf", "atom10", "json11"}


def test_links_are_unique_and_lead_to_example_domains():
    links = Counter(article.link for article in ARTICLES)
    assert [link for link, n in links.items() if n > 1] == []
    for publisher in RECORDING.publishers:
        assert publisher.domain.endswith(".example")
        assert all(article.link.startswith(publisher.site) for article in publisher.articles)


def test_all_times_are_inside_the_three_days_and_every_article_is_polled():
    for article in ARTICLES:
        assert FROM_AT <= article.published_at <= article.appears_at <= STEPS[-1]
        moments = [edit.at for edit in article.edits]
        assert moments == sorted(moments)
        assert all(article.appears_at < moment <= STEPS[-1] for moment in moments)
    assert STEPS[0] > FROM_AT
    assert list(STEPS) == sorted(set(STEPS))
    assert STEPS[-1] == UNTIL_AT


@pytest.mark.parametrize("slug", HEALTHY)
def test_no_article_leaves_the_feed_unseen(slug: str):
    publisher = PUBLISHERS[slug]
    seen = {article.link for step in STEPS for article in publisher.articles_at(step)}
    assert seen == {article.link for article in publisher.articles}


def test_every_article_has_a_title_and_a_summary_of_sentences():
    for article in ARTICLES:
        assert 10 <= len(article.title) <= 120, article.link
        n_ends = len(re.findall(r"[.。][\s”»]?", article.summary))
        assert n_ends >= 2, article.link
        assert not re.search(r"<(?!/?p>)", article.content), article.link


def test_the_traits_are_all_there():
    assert any(not publisher.is_dated for publisher in RECORDING.publishers)
    assert any(not publisher.has_validators for publisher in RECORDING.publishers)
    assert any(publisher.content_type for publisher in RECORDING.publishers)
    kinds = {fault.kind for publisher in RECORDING.publishers for fault in publisher.faults}
    assert kinds == {"server error", "truncated", "page"}
    edits = [edit for article in ARTICLES for edit in article.edits]
    assert sum(bool(edit.title) for edit in edits) >= 4
    assert sum(bool(edit.guid) for edit in edits) == 1


def test_wire_copies_are_word_for_word():
    body_by_link = {a.link: SOURCE_LINE.sub("", a.summary) for a in ARTICLES if "(Continental Wire)" in a.summary}
    wire = {body for link, body in body_by_link.items() if link.startswith("https://continental-wire.example/")}
    copies = [body for link, body in body_by_link.items() if not link.startswith("https://continental-wire.example/")]
    assert len(copies) >= 6
    assert set(copies) <= wire
    assert max(Counter(copies).values()) >= 2


# ---------------------------------------------------------------- the Nara summit


def test_the_nara_story_grows_from_one_to_two_to_four():
    telling = [
        (publisher.slug, article)
        for publisher in RECORDING.publishers
        if publisher.lang == "en"
        for article in publisher.articles
        if told_about_nara(article)
    ]
    telling.sort(key=lambda pair: pair[1].appears_at)
    assert len({slug for slug, _ in telling}) == len(telling) == 4
    assert telling[0][1].title == MODEL_HEADLINE
    n_seen = [sum(article.appears_at <= step for _, article in telling) for step in STEPS]
    assert list(dict.fromkeys(n_seen)) == [1, 2, 4]
    assert telling[-1][1].appears_at - telling[0][1].appears_at <= timedelta(hours=20)


def test_nara_is_also_told_in_korean_and_japanese_without_a_latin_word():
    telling = {p.lang: a for p in RECORDING.publishers for a in p.articles if told_about_nara(a) and p.lang != "en"}
    assert set(telling) == {"ko", "ja"}
    for article in telling.values():
        assert not re.search("[A-Za-z]", article.title + article.summary + plain(article.content))


def test_the_model_sentences_stand_in_the_articles():
    first, _, third, fourth = sorted(
        (a for p in RECORDING.publishers if p.lang == "en" for a in p.articles if told_about_nara(a)),
        key=lambda article: article.appears_at,
    )
    produced = (
        "The summit produced agreements to deepen cooperation on North Korea's denuclearization, "
        "secure supply-chain resilience, and joint AI and economic projects."
    )
    assert produced in plain(first.content)
    words = set(re.findall(r"[\w'-]+", produced.lower())) - {"the"}
    assert words <= set(re.findall(r"[\w'-]+", plain(third.content).lower()))
    assert "Agenda Spans Security, Economy, and Humanitarian Cooperation" in third.title
    pledged = "Leaders also pledged to work together on trade, regional stability, and coordinated responses."
    assert pledged in plain(fourth.content)


# ---------------------------------------------------------------- the bytes


def parse_feed(feed_format: FeedFormat, body: bytes) -> list[tuple[str, str]]:
    """Read (link, title) of each article with a program that is not ours."""
    if feed_format == "json11":
        return [(item["url"], item["title"]) for item in json.loads(body)["items"]]
    parsed = feedparser.parse(io.BytesIO(body))
    assert not parsed.bozo, parsed.bozo_exception
    assert parsed.version == {"rss20": "rss20", "rss091": "rss091u", "rdf": "rss10", "atom10": "atom10"}[feed_format]
    return [(entry.link, entry.title) for entry in parsed.entries]


@pytest.mark.parametrize("slug", HEALTHY)
@pytest.mark.parametrize("step", [STEPS[0], STEPS[4], STEPS[-1]], ids=str)
def test_healthy_feeds_parse_to_what_is_recorded(slug: str, step: datetime):
    publisher = PUBLISHERS[slug]
    expected = [(article.link, article.title) for article in publisher.articles_at(step)]
    assert parse_feed(publisher.format, render_feed(publisher, step)) == expected
    assert expected


def article_with(**fields: object) -> RecordedArticle:
    given: dict[str, object] = {
        "appears_at": STEPS[0],
        "published_at": STEPS[0],
        "updated_at": STEPS[0],
        "guid": "g&1",
        "link": "https://one.example/?a=1&b=2",
        "title": 'Fish & <chips> "today" ]]>',
        "summary": "A <b>bold</b> &amp; short one.",
        **fields,
    }
    return RecordedArticle(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize("feed_format", ["rss20", "rss091", "rdf", "atom10", "json11"])
def test_markup_in_texts_is_escaped(feed_format: FeedFormat):
    article = article_with(content="<p>Whole</p>", author="Desk & Co", categories=("R&D",))
    publisher = Publisher(
        slug="one", name="One & Only", site="https://one.example/", lang="en", format=feed_format, articles=(article,)
    )
    body = render_feed(publisher, STEPS[0])
    [(link, title)] = parse_feed(feed_format, body)
    assert link == article.link
    assert title.endswith("]]>")
    assert "Fish" in title


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_the_same_moment_gives_the_same_bytes(step: datetime):
    again = load_recording()
    for publisher in again.publishers:
        assert reply_for(publisher, step) == reply_for(PUBLISHERS[publisher.slug], step)


def test_an_edit_shows_from_its_moment_on():
    publisher = PUBLISHERS["continental-wire"]
    article = next(each for each in publisher.articles if each.edits)
    edit = article.edits[0]
    before = {each.link: each for each in publisher.articles_at(edit.at - timedelta(seconds=1))}[article.link]
    after = {each.link: each for each in publisher.articles_at(edit.at)}[article.link]
    assert (before.title, before.updated_at) == (article.title, article.published_at)
    assert (after.title, after.updated_at) == (edit.title, edit.at)
    assert after.guid == before.guid


def test_one_guid_changes_and_nothing_else_of_that_article():
    publisher = PUBLISHERS["harbour-herald"]
    article = next(each for each in publisher.articles if any(edit.guid for edit in each.edits))
    after = {each.link: each for each in publisher.articles_at(article.edits[0].at)}[article.link]
    assert after.guid != article.guid
    assert (after.title, after.summary, after.published_at) == (article.title, article.summary, article.published_at)


def test_an_undated_source_has_no_date_anywhere():
    publisher = next(each for each in RECORDING.publishers if not each.is_dated)
    parsed = feedparser.parse(io.BytesIO(render_feed(publisher, UNTIL_AT)))
    assert all("published" not in entry and "updated" not in entry for entry in parsed.entries)


# ---------------------------------------------------------------- what the server answers


def test_validators_bring_304():
    first = reply("harbour-herald", STEPS[0])
    headers = dict(first.headers)
    assert first.status == HTTPStatus.OK
    assert parsedate_to_datetime(headers["Last-Modified"]) == changed_at(PUBLISHERS["harbour-herald"], STEPS[0])
    by_etag = reply("harbour-herald", STEPS[0], etag=headers["ETag"])
    assert (by_etag.status, by_etag.body) == (HTTPStatus.NOT_MODIFIED, b"")
    assert dict(by_etag.headers)["ETag"] == headers["ETag"]
    by_date = reply("harbour-herald", STEPS[0], last_modified=headers["Last-Modified"])
    assert by_date.status == HTTPStatus.NOT_MODIFIED
    both = reply("harbour-herald", STEPS[0], etag='"other"', last_modified=headers["Last-Modified"])
    assert both.status == HTTPStatus.OK
    later = reply("harbour-herald", STEPS[1], etag=headers["ETag"], last_modified=headers["Last-Modified"])
    assert later.status == HTTPStatus.OK
    assert dict(later.headers)["ETag"] != headers["ETag"]


def test_a_source_without_validators_always_sends_its_body():
    answer = reply("old-town-gazette", STEPS[0], etag='"x"', last_modified="Tue, 13 Jan 2026 07:30:00 GMT")
    assert answer.status == HTTPStatus.OK
    assert [name for name, _ in answer.headers] == ["Content-Type"]


def test_a_charset_header_lies():
    answer = reply("messager-dunes", STEPS[-1])
    assert dict(answer.headers)["Content-Type"] == "text/xml; charset=us-ascii"
    assert "détroit" in answer.body.decode("utf-8")


def test_the_broken_source_breaks_on_the_second_day_and_otherwise_on_the_third():
    day_1, day_2, day_3 = (reply("northern-ledger", step) for step in (STEPS[3], STEPS[4], STEPS[9]))
    assert (day_1.status, day_2.status, day_3.status) == (
        HTTPStatus.OK,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.OK,
    )
    assert not feedparser.parse(io.BytesIO(day_1.body)).bozo
    assert feedparser.parse(io.BytesIO(day_3.body)).bozo
    assert day_3.body.count(b"</item>") >= 1


def test_a_page_stands_where_a_feed_should():
    answer = reply("radio-quay", STEPS[0])
    assert dict(answer.headers)["Content-Type"].startswith("text/html")
    assert feedparser.parse(io.BytesIO(answer.body)).version == ""


# ---------------------------------------------------------------- over the wire


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as running:
        yield running


def get(server: DemoServer, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=5)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def test_the_server_serves_what_stands_at_its_now(server: DemoServer):
    server.set_now(STEPS[0])
    status, headers, first = get(server, "/meridian-post.example/feed")
    assert status == 200
    assert first == render_feed(PUBLISHERS["meridian-post"], STEPS[0])
    assert "Date" not in headers
    status, _, body = get(server, "/meridian-post.example/feed", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")
    server.set_now(STEPS[5])
    status, _, later = get(server, "/meridian-post.example/feed", If_None_Match=headers["ETag"])
    assert status == 200
    assert later != first
    assert get(server, "/northern-ledger.example/feed")[0] == 500


@pytest.mark.parametrize(
    "path", ["/", "/nobody.example/feed", "/meridian-post.example", "/meridian-post.example/feed/", "/../feed"]
)
def test_other_paths_are_not_found(server: DemoServer, path: str):
    assert get(server, path)[0] == 404


def test_starting_and_stopping_may_be_repeated():
    server = DemoServer(Recording(publishers=()))
    assert server.address == ""
    server.stop()
    assert server.start() == server.start() == server.address
    assert get(server, "/nobody.example/feed")[0] == 404
    server.stop()
    server.stop()
    assert server.address == ""


# ---------------------------------------------------------------- feeds.toml


def test_the_config_subscribes_to_every_publisher():
    config = tomllib.loads(config_text("http://127.0.0.1:4711/", base_url="http://127.0.0.1:9/"))
    assert config["settings"]["base_url"] == "http://127.0.0.1:9/"
    assert config["settings"]["allow_hosts"] == ["127.0.0.1:4711"]
    assert [feed["url"] for feed in config["feeds"]] == [f"https://{slug}.example/feed" for slug in PUBLISHERS]
    for feed, publisher in zip(config["feeds"], RECORDING.publishers, strict=True):
        assert (feed["name"], feed["publisher"], feed["lang"]) == (publisher.name, publisher.domain, publisher.lang)
        assert tuple(feed["tags"]) == publisher.tags
    assert [output["slug"] for output in config["outputs"]] == ["top", "world", "technology"]
    tags = {tag for feed in config["feeds"] for tag in feed["tags"]}
    assert {tag for output in config["outputs"] for tag in output.get("tags", [])} <= tags


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('name = "X"\nsite = "https://x.example/"\nlang = "en"\nformat = "rss3"\n', "rss3"),
        ('name = "X"\nlang = "en"\nformat = "rss20"\n', "site"),
        ('name = "X"\nsite = "https://x.example/"\nlang = "en"\nformat = "rss20"\nguids = "odd"\n', "odd"),
        ('name = "X"\nsite = "https://x.example/"\nlang = "en"\nformat = "rss20"\ncolour = "red"\n', "colour"),
        (
            'name = "X"\nsite = "https://x.example/"\nlang = "en"\nformat = "rss20"\nfaults = [{ kind = "sleepy" }]\n',
            "sleepy",
        ),
    ],
)
def test_a_mistake_in_a_recording_file_is_named(text: str, complaint: str):
    with pytest.raises(ValueError, match=rf"x\.toml: .*{complaint}"):
        publisher_from("x.toml", text)
