import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.finding.discover import feed_links
from aggregator.intake.reading.dates import parse_date
from aggregator.intake.reading.describe import describe
from aggregator.intake.reading.parse import MAX_ARTICLES, parse
from aggregator.model import Enclosure, NotAFeed, ParsedArticle, ParsedFeed

URL = "https://one.example/feed.xml"


def feed_of(body: bytes | str, **given_arguments: str | int) -> ParsedFeed:
    given_bytes = body.encode() if isinstance(body, str) else body
    parsed = parse(given_bytes, **{"url": URL, **given_arguments})  # type: ignore[arg-type]  # a test names what it needs
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def rss(items: str, channel: str = "", declaration: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return (
        f'{declaration}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:atom="http://www.w3.org/2005/Atom">'
        f"<channel><title>One &amp;amp; News</title><link>https://one.example/</link>{channel}{items}</channel></rss>"
    )


def only(body: bytes | str, **given_arguments: str | int) -> ParsedArticle:
    (article,) = feed_of(body, **given_arguments).articles
    return article


RSS_ITEM = """<item><title>Bread &lt;b&gt;rises&lt;/b&gt;</title><link>/news/1?x=1&amp;amp;y=2</link>
<guid isPermaLink="false">one-1</guid><pubDate>Wed, 14 Jan 2026 10:00:00 +0100</pubDate>
<dc:creator>A. Baker</dc:creator><category>Food</category><category>Trade</category>
<description>&lt;p onclick="x"&gt;Short&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>Long <a href="/more">text</a></p><script>bad()</script>]]></content:encoded>
<enclosure url="https://one.example/a.mp3" type="audio/mpeg" length="123"/>
<media:thumbnail url="https://one.example/t.jpg"/></item>"""


def test_rss() -> None:
    feed = feed_of(rss(RSS_ITEM, "<language>en-GB</language><ttl>90</ttl>"))
    assert (feed.format, feed.title, feed.site_url, feed.lang) == (
        "rss20",
        "One & News",
        "https://one.example/",
        "en-GB",
    )
    assert (feed.ttl, feed.warnings) == (timedelta(minutes=90), ())
    (article,) = feed.articles
    assert article == ParsedArticle(
        guid="one-1",
        link="https://one.example/news/1?x=1&y=2",
        title="Bread rises",
        summary="<p>Short</p>",
        content='<p>Long <a href="https://one.example/more" rel="noopener noreferrer">text</a></p>',
        author="A. Baker",
        categories=("Food", "Trade"),
        enclosures=(Enclosure(url="https://one.example/a.mp3", type="audio/mpeg", length=123),),
        image="https://one.example/t.jpg",
        published_at=datetime(2026, 1, 14, 9, tzinfo=UTC),
    )


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title type="text">Eins</title>
<id>urn:f</id><link rel="self" href="https://one.example/atom"/><link href="https://one.example/"/>
<author><name>Redaktion</name></author>
<entry xml:lang="fr"><id>urn:1</id><title type="html">Le &lt;i&gt;pain&lt;/i&gt;</title><link href="a/1"/>
<published>2026-01-14T10:00:00Z</published><updated>2026-01-14T12:00:00+01:00</updated>
<author><name>X</name></author><author><name>Y</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Texte</p></div></content></entry>
<entry><id>urn:2</id><title>1 &lt; 2</title><updated>2026-01-13T00:00:00Z</updated><summary>Kurz</summary>
<link rel="enclosure" href="https://one.example/v.mp4" type="video/mp4" length="x"/></entry></feed>"""


def test_atom() -> None:
    feed = feed_of(ATOM)
    assert (feed.format, feed.title, feed.self_url, feed.lang) == ("atom10", "Eins", "https://one.example/atom", "de")
    first, second = feed.articles
    assert (first.title, first.link, first.author, first.lang) == ("Le pain", "https://one.example/a/1", "X, Y", "fr")
    assert first.published_at == datetime(2026, 1, 14, 10, tzinfo=UTC)
    assert first.updated_at == datetime(2026, 1, 14, 11, tzinfo=UTC)
    assert "<p>Texte</p>" in first.summary
    assert (second.title, second.link, second.author, second.published_at) == ("1 < 2", "", "Redaktion", None)
    assert second.enclosures == (Enclosure(url="https://one.example/v.mp4", type="video/mp4"),)


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Uno",
    "home_page_url": "https://one.example/",
    "feed_url": "https://one.example/feed.json",
    "language": "es",
    "items": [
        {
            "id": 7,
            "url": "https://one.example/7",
            "title": "El <pan>",
            "content_html": "<p>Hola<script>x</script></p>",
            "summary": "a < b",
            "date_published": "2026-01-14T10:00:00-03:00",
            "authors": [{"name": "P"}, {"name": "Q"}],
            "tags": ["pan", 3],
            "attachments": [{"url": "https://one.example/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 5}],
        },
        {"id": "8", "content_text": "one\ntwo", "tags": "wrong", "authors": "wrong", "attachments": {}},
        "wrong",
    ],
}


def test_json_feed() -> None:
    feed = feed_of(json.dumps(JSON_FEED))
    first, second = feed.articles
    assert (feed.format, feed.title, feed.lang, feed.self_url) == (
        "json11",
        "Uno",
        "es",
        "https://one.example/feed.json",
    )
    assert (first.guid, first.title, first.author, first.categories) == ("7", "El <pan>", "P, Q", ("pan",))
    assert (first.summary, first.content) == ("a &lt; b", "<p>Hola</p>")
    assert first.published_at == datetime(2026, 1, 14, 13, tzinfo=UTC)
    assert first.enclosures[0].length == 5
    assert (second.guid, second.summary) == ("8", "one<br>\ntwo")


def test_rdf() -> None:
    body = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>R</title></channel>
    <item rdf:about="https://one.example/1"><title>T</title><link>https://one.example/1</link><dc:date>2026-01-14</dc:date>
    </item></rdf:RDF>"""
    article = only(body)
    assert (article.title, article.link) == ("T", "https://one.example/1")
    assert (article.published_at or article.updated_at) == datetime(2026, 1, 14, tzinfo=UTC)


PREFIXED = (
    "<?xml?xml version='1.0' ??><rss rss:version=2.0><rss:channel><rss:item><rss:title>A &amp; B</rss:title>"
    "<rss:link>https://one.example/1</rss:link></rss:item></rss:channel></rss>"
)


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>A & B</title><link>https://one.example/1</link></item>"),
        rss("<item><title>A &amp; B</title><link>https://one.example/1</link></item>")[:-20],
        rss("<item><title>A &amp; B\x01\x1b</title><link>https://one.example/1</link></item>"),
        rss("<item><title>A &amp; B&#xd800;&#x1;</title><link>https://one.example/1</link></item>"),
        rss("<item><title>A &amp; B</title><x:y>z</x:y><link>https://one.example/1</link></item>"),
        "\n\n  " + rss("<item><title>A &amp; B</title><link>https://one.example/1</link></item>"),
        "Warning: something in line 3\n"
        + rss("<item><title>A &amp; B</title><link>https://one.example/1</link></item>"),
        PREFIXED,
    ],
    ids=["ampersand", "cut off", "controls", "references", "undeclared prefix", "space", "words before", "prefixed"],
)
def test_broken_feeds_give_their_articles(body: str) -> None:
    article = only(body)
    assert (article.title, article.link) == ("A & B", "https://one.example/1")


CUT = rss("<item><title>Whole</title></item><item><title>Hal", "")[: -len("</channel></rss>")]


def test_half_an_article_is_none() -> None:
    feed = feed_of(CUT)
    assert [each.title for each in feed.articles] == ["Whole"]
    assert "the feed breaks off within its last article, which is left out" in feed.warnings
    assert len(feed_of(CUT, keeps_cut=True).articles) == 2


def test_a_file_without_address_is_none() -> None:
    article = only(
        rss('<item><link>https://one.example/1</link><media:content duration="3"/><enclosure url=""/></item>')
    )
    assert article.enclosures == ()
    feed = feed_of('{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"id": "1", "image": ""}]}')
    assert (feed.site_url, feed.articles[0].link, feed.articles[0].image) == ("", "", "")


def test_an_address_beside_an_author_goes() -> None:
    assert only(rss("<item><author>desk@one.example (Night desk)</author></item>")).author == "Night desk"


def test_an_xhtml_break_is_one_break() -> None:
    content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a<br/>b</div></content>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>{content}</entry></feed>'
    assert only(feed).summary == "a<br>b"


def test_broken_xml_is_a_warning() -> None:
    assert any("broken XML" in each for each in feed_of(rss("<item><title>A & B</title></item>")).warnings)


TITLE = "Größe – café"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (rss(f"<item><title>{TITLE}</title></item>").encode(), "text/xml; charset=iso-8859-1"),
        (rss(f"<item><title>{TITLE}</title></item>", declaration="").encode(), "text/xml"),
        (b"\xef\xbb\xbf" + rss(f"<item><title>{TITLE}</title></item>").encode(), ""),
        (
            rss(f"<item><title>{TITLE}</title></item>", declaration='<?xml version="1.0" encoding="utf-16"?>').encode(),
            "",
        ),
        (rss(f"<item><title>{TITLE}</title></item>", declaration="").encode("utf-16"), ""),
        (rss(f"<item><title>{TITLE}</title></item>", declaration="").encode("utf-16-le"), ""),
        (
            rss(
                f"<item><title>{TITLE}</title></item>", declaration='<?xml version="1.0" encoding="iso-8859-1"?>'
            ).encode("cp1252"),
            "application/xml",
        ),
        (
            rss(f"<item><title>{TITLE}</title></item>", declaration="").encode("cp1252"),
            "text/xml; charset=windows-1252",
        ),
        (rss(f"<item><title>{TITLE}</title></item>").encode("cp1252"), ""),
        (rss(f"<item><title>{TITLE}</title></item>", declaration='<?xml version="1.0" encoding="hex"?>').encode(), ""),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    assert only(body, content_type=content_type).title == TITLE


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "an empty body"),
        (b" \n ", "an empty body"),
        (b"<!DOCTYPE html><html><head></head><body>x</body></html>", "an HTML page, not a feed"),
        (b"<opml version='2.0'><body/></opml>", "a list of feeds (OPML), not a feed"),
        (b"hello", "plain text, not a feed"),
        (b"<a><b/></a>", "no feed: its first element is <a>"),
        (b'{"x": 1}', "JSON, but not a JSON Feed"),
        (b'{"x": ', "broken JSON: Expecting value: line 1 column 7 (char 6)"),
        (b"[" * 100_000, "broken JSON: maximum recursion depth exceeded"),
    ],
)
def test_what_is_no_feed(body: bytes, reason: str) -> None:
    parsed = parse(body, url=URL)
    assert isinstance(parsed, NotAFeed)
    assert parsed.reason.startswith(reason)


def test_a_page_tells_of_its_feeds() -> None:
    page = b"""<html><head><link rel="alternate" type="application/rss+xml" href="/rss" title="News">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed" title="Comments">
    <link rel="alternate" type="application/atom+xml" href="atom.xml"><link rel="alternate" hreflang="de" href="/de">
    <link rel="stylesheet" href="/feed.css"></head>
    <body><a href="/world/index.rss">World</a><a href="/about">About</a>
    <a href="javascript:feed()">x</a></body></html>"""
    parsed = parse(page, url="https://one.example/dir/")
    assert isinstance(parsed, NotAFeed)
    assert parsed.feed_urls == (
        "https://one.example/dir/atom.xml",
        "https://one.example/rss",
        "https://one.example/world/index.rss",
        "https://one.example/comments/feed",
    )
    assert feed_links(b"", base_url=URL) == ()


def test_skips_and_period() -> None:
    channel = (
        "<skipHours><hour>0</hour><hour>24</hour><hour>13</hour><hour>99</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>monday</day><day>Someday</day></skipDays>"
        "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    )
    feed = feed_of(rss(RSS_ITEM, channel))
    assert (feed.skip_hours, feed.skip_days, feed.ttl) == ((0, 13), (0, 6), timedelta(hours=6))


@pytest.mark.parametrize("is_fast", [True, False])
@pytest.mark.parametrize(
    ("title", "atom", "rss"),
    [
        ("<title type='text'>Use &lt;b&gt; in HTML</title>", "Use <b> in HTML", "Use <b> in HTML"),
        ("<title>&lt;b&gt; and &lt;/b&gt; are tags</title>", "<b> and </b> are tags", "and are tags"),
        ("<title>vector&lt;int&gt; in C++</title>", "vector<int> in C++", "vector<int> in C++"),
        ("<title type='html'>Use &lt;b&gt;x&lt;/b&gt; &amp;lt;i&gt;</title>", "Use x <i>", "Use x <i>"),
        ("<title>One&lt;br/&gt;two</title>", "One<br/>two", "One two"),
        ("<title>AT&amp;amp;T</title>", "AT&T", "AT&T"),
        ("<title>3 &lt; 4 &amp; 5</title>", "3 < 4 & 5", "3 < 4 & 5"),
    ],
)
def test_a_title_that_is_plain_keeps_what_it_says_of_tags(title: str, atom: str, rss: str, is_fast: bool) -> None:
    entry = f"<title>F</title><id>f</id><entry><id>1</id>{title}</entry>"
    for body, expected in (
        (f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>", atom),
        (f"<rss version='2.0'><channel><title>F</title><item><guid>1</guid>{title}</item></channel></rss>", rss),
    ):
        found = parse(body.encode(), is_fast=is_fast)
        assert isinstance(found, ParsedFeed)
        assert found.articles[0].title == expected


def test_a_flood_is_cut() -> None:
    feed = feed_of(rss("".join(f"<item><title>{i}</title></item>" for i in range(MAX_ARTICLES + 5))))
    assert len(feed.articles) == MAX_ARTICLES
    assert feed.warnings == (f"only the first {MAX_ARTICLES} articles are read, 5 are left out",)
    assert len(feed_of(ATOM, max_articles=1).articles) == 1


ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "lol"}">' for i in range(10))


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE rss [" + ENTITIES + "]>" + rss("<item><title>x&e9;</title></item>", declaration=""),
        '<!DOCTYPE rss [<!ENTITY big "'
        + "y" * 100_000
        + '">]>'
        + rss(f"<item><title>{'&big;' * 2_000}</title></item>"),
        '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + rss("<item><title>x&f;</title></item>"),
        rss("<x>" * 100_000),
        rss("<x " + " ".join(f'a{i}="1"' for i in range(100_000)) + "/>"),
        rss("<item " + " ".join(f'a{i}="1"' for i in range(50_000)) + "><title>A & B</title></item>"),
        rss("<item><title>" + "<b>" * 60_000 + "</title></item>"),
        rss("<item><description>" + "&lt;div&gt;" * 60_000 + "</description></item>"),
        "<!DOCTYPE rss [" + "<!ENTITY a 'b'>" * 50_000,
        "<![CDATA[" * 50_000,
    ],
    ids=[
        "laughs",
        "quadratic",
        "external",
        "deep",
        "attributes",
        "loose attributes",
        "loose deep",
        "html",
        "open",
        "cdata",
    ],
)
def test_bombs_end_soon(body: str) -> None:
    start = time.process_time()
    parsed = parse(body.encode(), url=URL)
    assert time.process_time() - start < 5  # a bomb that works takes minutes
    assert len(repr(parsed)) < 1_000_000
    assert "localhost" not in repr(parsed)


@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: rss(text).encode("utf-8", "replace")))
def test_no_bytes_make_it_fall(body: bytes) -> None:
    assert isinstance(parse(body, url=URL), ParsedFeed | NotAFeed)


def test_a_text_is_never_taken_for_a_file() -> None:
    assert isinstance(parse(b"/etc/hostname"), NotAFeed)
    assert isinstance(parse(b"http://127.0.0.1:9/feed"), NotAFeed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Seg, 24 Set 2018 19:42:40 -0300", datetime(2018, 9, 24, 22, 42, 40, tzinfo=UTC)),
        ("22.11.2022 12:16:00", datetime(2022, 11, 22, 12, 16, tzinfo=UTC)),
        ("14 janvier 2026", datetime(2026, 1, 14, tzinfo=UTC)),
        ("Mi, 14 März 2026 09:00:00 +0100", datetime(2026, 3, 14, 8, tzinfo=UTC)),
        ("пн, 14 янв 2026 10:00:00 +0300", datetime(2026, 1, 14, 7, tzinfo=UTC)),
        ("2026年1月14日 12:30", datetime(2026, 1, 14, 12, 30, tzinfo=UTC)),
        ("January 14, 2026 3:04 PM EST", datetime(2026, 1, 14, 20, 4, tzinfo=UTC)),
        ("Wed Jan 14 12:00:00 UTC 2026", datetime(2026, 1, 14, 12, tzinfo=UTC)),
        ("01/14/2026", datetime(2026, 1, 14, tzinfo=UTC)),
        ("2026-01-14 24:00:00", datetime(2026, 1, 15, tzinfo=UTC)),
        ("1768392000", datetime(2026, 1, 14, 12, tzinfo=UTC)),
        ("1768392000000", datetime(2026, 1, 14, 12, tzinfo=UTC)),
        ("Thu, 31 Feb 2026 10:00:00 GMT", None),
        ("yesterday", None),
        ("", None),
        ("9" * 60, None),
    ],
)
def test_dates(text: str, expected: datetime | None) -> None:
    assert parse_date(text) == expected


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,5}[-/. ][0-9]{1,4}[T ][0-9]{2}:[0-9]{2}"))
def test_dates_never_raise(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.tzinfo is UTC


def test_a_date_that_nobody_can_read_is_none() -> None:
    assert only(rss("<item><title>x</title><pubDate>soon</pubDate></item>")).published_at is None


def test_describe() -> None:
    (record,) = describe("a.xml", rss(RSS_ITEM).encode(), url=URL)
    assert list(record) == [
        *("file", "id", "title", "link", "published", "updated", "author", "summary", "content", "enclosures"),
        *("categories", "lang", "warnings"),
    ]
    assert (record["file"], record["published"], record["updated"]) == ("a.xml", "2026-01-14T09:00:00Z", None)
    assert record["enclosures"] == [{"url": "https://one.example/a.mp3", "type": "audio/mpeg", "length": 123}]
    assert json.loads(json.dumps(record)) == record
    assert describe("b.xml", rss("").encode()) == [{"file": "b.xml", "feed": True, "articles": 0}]
    assert describe("c", b"x") == [{"file": "c", "error": "plain text, not a feed"}]
