from dataclasses import replace

from lxml import etree

from aggregator.model import Source, SourceState, SourceView
from aggregator.outputs.opml import render_opml
from tests.golden.compare import check_golden
from tests.golden.outputs_sample import SITE, source_view


def views() -> tuple[SourceView, ...]:
    plain = source_view("ledger.example", title="", site_url="", lang="")
    return (
        source_view(),
        replace(plain, source=Source(url="https://ledger.example/feed.xml", name="Ledger & Sons", tags=())),
        replace(
            source_view("toto.example", lang="ja"),
            source=Source(url="https://toto.example/feed.xml", tags=("asia", "a/b")),
        ),
    )


def test_the_golden_list() -> None:
    check_golden("outputs/feeds.opml", render_opml(SITE, views()))


def test_a_source_without_a_safe_address_is_left_out_and_hostile_words_stay_words() -> None:
    evil = "\x00<outline xmlUrl='https://evil.example/'>\ud800\u202e"
    bad = SourceView(source=Source(url="javascript:alert(1)", name=evil), state=SourceState(url="javascript:alert(1)"))
    odd = SourceView(
        source=Source(url="https://one.example/f", name=evil, tags=(evil,)),
        state=SourceState(url="https://one.example/f", title=evil, site_url="javascript:1", lang=evil),
    )
    root = etree.fromstring(render_opml(SITE, (bad, odd)))
    outlines = [each for each in root.iter("outline") if each.get("type") == "rss"]
    assert [each.get("xmlUrl") for each in outlines] == ["https://one.example/f"]
    assert outlines[0].get("htmlUrl") is None


def test_an_empty_list_has_an_outline() -> None:
    root = etree.fromstring(render_opml(SITE, ()))
    assert root.get("version") == "2.0"
    assert len(root.findall("body/outline")) == 1
