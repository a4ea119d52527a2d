import re
from dataclasses import replace
from email.utils import parsedate_to_datetime

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.model import Enclosure, Entry, OutputFeed
from aggregator.outputs.rss import render_rss, rss_item
from tests.builders import NOW, at
from tests.unit.test_outputs_atom import feed

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
SELF = "https://news.example/top.rss"


def channel(given_: OutputFeed) -> etree._Element:
    root = etree.fromstring(render_rss(given_, self_url=SELF), etree.XMLParser(resolve_entities=False))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    found: etree._Element = root[0]
    return found


def item(entry: Entry) -> etree._Element:
    found = channel(replace(feed(0), entries=(entry,))).find("item")
    assert found is not None
    return found


def assert_sound(found: etree._Element) -> None:
    for name in ("title", "link", "description", "lastBuildDate"):
        assert len(found.findall(name)) == 1
        assert found.findtext(name)
    for each in found.findall("item"):
        for name in ("title", "link", "description", "guid", "pubDate"):
            assert each.findtext(name)
        assert each.find("guid").get("isPermaLink") == "false"  # type: ignore[union-attr]


def test_a_channel_says_where_it_is_and_when_it_changed() -> None:
    found = channel(feed(2))
    assert_sound(found)
    link = found.find(ATOM_LINK)
    assert link is not None
    assert dict(link.attrib) == {"href": SELF, "rel": "self", "type": "application/rss+xml"}
    assert found.findtext("lastBuildDate") == "Wed, 14 Jan 2026 12:00:00 GMT"
    assert (found.findtext("language"), found.findtext("link")) == ("en", "https://news.example/")


def test_an_item_is_the_same_entry_under_the_same_id() -> None:
    entry = feed(0).entries[0]
    found = item(entry)
    assert found.findtext("guid") == entry.id
    assert found.findtext("link") == entry.links[0].href
    assert found.findtext(CONTENT) == entry.content
    assert parsedate_to_datetime(found.findtext("pubDate") or "") == entry.published_at
    assert [each.text for each in found.findall("category")] == list(entry.categories)


def test_prefixes_are_those_that_every_reader_knows() -> None:
    body = render_rss(feed(1), self_url=SELF).decode()
    assert "<content:encoded" in body
    assert "<atom:link" in body
    assert "ns0:" not in body


def test_a_description_is_html_so_that_text_is_escaped_in_it() -> None:
    assert item(replace(feed(0).entries[0], summary="a <b> & c")).findtext("description") == "a &lt;b&gt; &amp; c"


def test_plain_text_is_written_as_readers_misunderstand_it_least() -> None:
    entry = replace(feed(0).entries[0], title="Salt & <Pepper>", categories=("a & b",), content="<p>&amp;</p>")
    body = render_rss(replace(feed(0), title="R & D", entries=(entry,)), self_url=SELF).decode()
    assert "<title>R &#x26; D</title>" in body
    assert "<title>Salt &#x26; &#x3C;Pepper&gt;</title>" in body
    assert "<category>a &#x26; b</category>" in body
    assert "&lt;p&gt;&amp;amp;&lt;/p&gt;" in body
    assert item(entry).findtext("title") == "Salt & <Pepper>"


def test_a_hub_is_named() -> None:
    links = channel(replace(feed(0), hub="https://hub.example/")).findall(ATOM_LINK)
    assert [link.get("rel") for link in links] == ["self", "hub"]


def test_a_picture_is_an_enclosure_only_where_its_type_and_length_are_known() -> None:
    entry = feed(0).entries[0]
    assert item(replace(entry, picture=Enclosure(url="https://p.example/a.png"))).find("enclosure") is None
    whole = Enclosure(url="https://p.example/a.png", type="image/png", length=9)
    enclosure = item(replace(entry, picture=whole)).find("enclosure")
    assert enclosure is not None
    assert dict(enclosure.attrib) == {"url": whole.url, "length": "9", "type": "image/png"}


def test_no_clock_and_no_chance() -> None:
    assert render_rss(feed(3), self_url=SELF) == render_rss(feed(3), self_url=SELF)
    kept = {entry.id: rss_item(entry) for entry in feed(3).entries}
    again = render_rss(feed(3), self_url=SELF, render=lambda entry, lang: kept[entry.id])
    assert again == render_rss(feed(3), self_url=SELF)
    empty = replace(feed(0), entries=(), updated_at=at(-9))
    assert_sound(channel(empty))
    assert channel(empty).findtext("lastBuildDate") == "Wed, 14 Jan 2026 03:00:00 GMT"
    assert re.search(rb"^  </channel>$", render_rss(empty, self_url=SELF), re.MULTILINE)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_text_breaks_the_feed(evil: str) -> None:
    entry = replace(feed(0).entries[0], title=evil, summary=evil, content=evil, lang=evil, categories=(evil,))
    given_ = replace(feed(0), title=evil, author=evil, lang=evil, updated_at=NOW, entries=(entry,))
    assert_sound(channel(given_))
