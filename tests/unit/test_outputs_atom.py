import re
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from aggregator.model import Enclosure, Entry, EntryLink, Origin, OutputFeed
from aggregator.outputs.atom import atom_entry, render_atom
from aggregator.outputs.entry import build_entry, build_feed, in_order, publish
from tests.builders import NOW, at, revision, summary
from tests.golden.compare import check_golden
from tests.golden.outputs_sample import REVISIONS, SITE, STORY

ATOM = "{http://www.w3.org/2005/Atom}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA = Path(__file__).parents[3] / "shared" / "suites" / "schemas" / "atom.rnc"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")


def feed(n: int = 2) -> OutputFeed:
    """A feed of the sample story and ``n`` more."""
    output = SITE.outputs[0]
    first = publish(output, REVISIONS[0], None, None, now=at(-3), stream_at=NOW)
    place = publish(output, REVISIONS[1], first, REVISIONS[0], now=NOW, stream_at=NOW)
    entries = [build_entry(SITE, STORY.story.minted_at.year, REVISIONS[1], place)]
    for i in range(n):
        shown = revision(f"more{i}", at=at(-i), summary=summary(n=2, lang="ko" if i % 2 else "en"))
        place = publish(output, shown, None, None, now=at(-i), stream_at=NOW)
        entries.append(build_entry(SITE, 2026, shown, place))
    return build_feed(SITE, output, in_order(entries))


def tree(body: bytes) -> etree._Element:
    return etree.fromstring(body, etree.XMLParser(resolve_entities=False))


def test_the_golden_feed() -> None:
    check_golden("outputs/top.atom", render_atom(feed()))


def test_the_same_feed_gives_the_same_bytes() -> None:
    assert render_atom(feed()) == render_atom(feed())


def assert_sound(root: etree._Element) -> None:
    """Check what RFC 4287 and the readers ask for."""
    assert root.tag == f"{ATOM}feed"
    for element in (root, *root.iterfind(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
            assert element.findtext(f"{ATOM}{name}")
    for date in (*root.iter(f"{ATOM}updated"), *root.iter(f"{ATOM}published")):
        assert RFC_3339.match(date.text or "")
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")] == ["self", "alternate"]
    ids = [entry.findtext(f"{ATOM}id") for entry in root.iterfind(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    for entry in root.iterfind(f"{ATOM}entry"):
        rels = [link.get("rel") for link in entry.findall(f"{ATOM}link")]
        assert rels[0] == "alternate"
        assert set(rels[1:]) <= {"via"}
        for link in entry.findall(f"{ATOM}link"):
            assert (link.get("href") or "").startswith(("http://", "https://"))
        content = entry.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"


def test_a_feed_is_sound() -> None:
    assert_sound(tree(render_atom(feed(5))))
    assert_sound(tree(render_atom(feed(0))))


def test_an_empty_feed_is_sound() -> None:
    empty = build_feed(SITE, SITE.outputs[0], [])
    root = tree(render_atom(empty))
    assert_sound(root)
    assert root.findtext(f"{ATOM}updated") == "2026-01-01T00:00:00Z"


def test_links_keep_type_language_and_title() -> None:
    entry = tree(render_atom(feed(0))).find(f"{ATOM}entry")
    assert entry is not None
    via = entry.findall(f"{ATOM}link")[3]
    assert dict(via.attrib) == {
        "rel": "via",
        "href": "https://saebyeok.example/2026/3",
        "type": "text/html",
        "hreflang": "ko",
        "title": "해협 봉쇄 11일 만에 여객선 운항 재개",
    }


def test_entries_stand_in_order_and_say_their_language_where_it_differs() -> None:
    root = tree(render_atom(feed(3)))
    assert root.get(XML_LANG) == "en"
    entries = root.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id", "").rsplit("/")[-1] for entry in entries] == [
        "k3m9x2p7qa",
        "more0",
        "more1",
        "more2",
    ]
    assert [entry.get(XML_LANG) for entry in entries] == [None, None, "ko", None]


def test_dates_are_whole_seconds_of_utc() -> None:
    odd = datetime.fromisoformat("2026-01-14T21:00:00.987654+09:00")
    root = tree(render_atom(replace(feed(0), updated_at=odd)))
    assert root.findtext(f"{ATOM}updated") == "2026-01-14T12:00:00Z"


def only_entry(entry: Entry) -> etree._Element:
    found = tree(render_atom(replace(feed(0), entries=(entry,)))).find(f"{ATOM}entry")
    assert found is not None
    return found


MEDIA = "{http://search.yahoo.com/mrss/}"


@pytest.mark.parametrize(
    ("picture", "enclosure"),
    [
        (Enclosure(url="https://p1.example/a.jpg"), None),
        (Enclosure(url="https://p1.example/a.jpg", type="image/jpeg"), None),
        (Enclosure(url="https://p1.example/a.jpg", type="image/jpeg", length=9), ("image/jpeg", "9")),
    ],
)
def test_a_picture_is_an_enclosure_only_where_its_type_and_length_are_known(
    picture: Enclosure, enclosure: tuple[str, str] | None
) -> None:
    entry = only_entry(replace(feed(0).entries[0], picture=picture))
    thumbnail = entry.find(f"{MEDIA}thumbnail")
    assert thumbnail is not None
    assert thumbnail.get("url") == picture.url
    links = [link for link in entry.findall(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert [(link.get("type"), link.get("length")) for link in links] == ([enclosure] if enclosure else [])


def test_a_picture_with_a_bad_address_is_none() -> None:
    entry = only_entry(replace(feed(0).entries[0], picture=Enclosure(url="javascript:x", type="image/png", length=1)))
    assert entry.find(f"{MEDIA}thumbnail") is None


def test_a_story_is_our_own_and_a_copy_says_where_it_is_from() -> None:
    own = feed(0).entries[0]
    assert only_entry(own).find(f"{ATOM}source") is None
    origin = Origin(url="https://x.example/f", title="X", updated_at=NOW, site_url="https://x.example/")
    source = only_entry(replace(own, author="A. Writer", origin=origin)).find(f"{ATOM}source")
    assert source is not None
    assert [source.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated")] == [
        "https://x.example/f",
        "X",
        "2026-01-14T12:00:00Z",
    ]
    assert [link.get("rel") for link in source.findall(f"{ATOM}link")] == ["self", "alternate"]


def test_a_hub_and_the_archives_are_named() -> None:
    urls = {"hub": "https://hub.example/", "previous_url": "https://news.example/top/archive/2025-12.atom"}
    root = tree(render_atom(replace(feed(1), **urls)))
    found = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert (found["hub"], found["prev-archive"]) == (urls["hub"], urls["previous_url"])
    archive = "{http://purl.org/syndication/history/1.0}archive"
    assert root.find(archive) is None
    root = tree(render_atom(replace(feed(1), current_url="https://news.example/top.atom")))
    assert root.find(archive) is not None
    assert root.findall(f"{ATOM}link")[2].get("rel") == "current"


def test_a_remembered_entry_gives_the_same_bytes() -> None:
    kept = {entry.id: atom_entry(entry, "en") for entry in feed(3).entries}
    assert render_atom(feed(3), render=lambda entry, lang: kept[entry.id]) == render_atom(feed(3))


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_text_breaks_the_feed(evil: str) -> None:
    given_ = feed(0)
    entry = replace(
        given_.entries[0],
        title=evil,
        summary=evil,
        content=evil,
        lang=evil,
        categories=(evil,),
        links=(*given_.entries[0].links, EntryLink(href="https://x.example/", rel="via", title=evil, lang=evil)),
    )
    body = render_atom(replace(given_, title=evil, author=evil, lang=evil, entries=(entry,)))
    assert_sound(tree(body))


@pytest.mark.shared
@pytest.mark.skipif(not SCHEMA.is_file(), reason="the schema of RFC 4287 does not stand beside the project")
@pytest.mark.skipif(shutil.which("jing") is None, reason="jing is not installed")
def test_jing_finds_the_feed_valid(tmp_path: Path) -> None:
    files = []
    for name, given_ in (("full", feed(5)), ("empty", build_feed(SITE, SITE.outputs[0], []))):
        path = tmp_path / f"{name}.atom"
        path.write_bytes(render_atom(given_))
        files.append(str(path))
    found = subprocess.run(["jing", "-c", str(SCHEMA), *files], capture_output=True, text=True, check=False, timeout=60)
    assert found.returncode == 0, found.stdout
