"""The demo is the whole journey on recorded news: three days, at least twelve publishers and five languages."""

import json
import posixpath
import re
from collections import Counter
from pathlib import Path

import lxml.etree
import lxml.html

from tests.e2e.conftest import Workplace

ATOM = "{http://www.w3.org/2005/Atom}"
HEADLINE = "Seoul-Tokyo Leaders Hold Second Nara Summit to Boost Security, Economy, and Reconciliation"


def entries(demo: Workplace, slug: str = "top") -> list[lxml.etree._Element]:
    return lxml.etree.fromstring(demo.files()[f"{slug}.atom"]).findall(f"{ATOM}entry")


def nara(demo: Workplace) -> tuple[lxml.etree._Element, Path]:
    found = [each for each in entries(demo) if each.findtext(f"{ATOM}title") == HEADLINE]
    assert len(found) == 1, [each.findtext(f"{ATOM}title") for each in entries(demo)]
    href = found[0].find(f"{ATOM}link[@rel='alternate']").get("href")
    return found[0], demo.site / "s" / href.rsplit("/", 1)[1]


def test_the_nara_story_has_the_shape_of_the_model_entry(demo: Workplace) -> None:
    """Four reports in English, one in Japanese, one in Korean: the encoder sees that they tell the same."""
    entry, page = nara(demo)
    content = entry.findtext(f"{ATOM}content")
    assert "Updated (6 articles)" in content
    assert "Sources (6 articles)" in content
    document = lxml.html.fromstring(page.read_bytes())
    text = document.text_content()
    assert HEADLINE in text
    assert "Updated (6 articles)" in text
    assert "Sources (6 articles)" in text


def test_the_nara_story_has_headed_sections_and_a_citation_on_every_sentence(demo: Workplace) -> None:
    _, page = nara(demo)
    story = json.loads(
        demo.run("--config", "data/demo/feeds.toml", "--data", demo.data, "story", page.stem, "--json").out
    )
    assert sum(bool(section["heading"]) for section in story["sections"]) >= 2
    sentences = [s for section in story["sections"] for s in section["sentences"]]
    assert len(sentences) >= 4
    assert all(s["citations"] for s in sentences)
    assert {n for s in sentences for n in s["citations"]} <= set(range(1, 7))
    assert any(len(s["citations"]) > 1 for s in sentences), "no sentence is backed by two articles"
    assert story["n_articles"] == story["n_publishers"] == 6


def test_a_story_has_one_entry_with_one_id_through_all_its_growth(demo: Workplace) -> None:
    ids = Counter(each.findtext(f"{ATOM}id") for each in entries(demo))
    assert set(ids.values()) == {1}
    entry, _ = nara(demo)
    assert re.fullmatch(r"tag:127\.0\.0\.1,2026:story/[0-9a-z]{10}", entry.findtext(f"{ATOM}id"))
    assert entry.findtext(f"{ATOM}published") < entry.findtext(f"{ATOM}updated")


def test_wire_copies_count_once_and_are_shown_as_also_in(demo: Workplace) -> None:
    assert "also in" in "".join(each.findtext(f"{ATOM}content") for each in entries(demo)).lower()


def test_every_language_of_the_recording_reaches_the_feed(demo: Workplace) -> None:
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    top = lxml.etree.fromstring(demo.files()["top.atom"])
    langs = {each.get(lang) or top.get(lang) for each in top.findall(f"{ATOM}entry")}
    assert {"en", "ko", "ja", "fr", "es"} <= langs


def test_the_broken_source_is_named_on_the_status_page_and_nowhere_else(demo: Workplace) -> None:
    status = json.loads(
        demo.run("--config", "data/demo/feeds.toml", "--data", demo.data, "status", "--json", now=1_768_521_600).out
    )
    broken = [s for s in status["sources"] if s["error"]]
    assert broken
    page = lxml.html.fromstring(demo.files()["status.html"]).text_content()
    assert all(s["name"] in page for s in broken)
    assert len(status["sources"]) >= 12
    assert status["articles"] >= 150


def test_the_changed_guid_and_the_undated_source_double_nothing(demo: Workplace) -> None:
    status = json.loads(
        demo.run("--config", "data/demo/feeds.toml", "--data", demo.data, "status", "--json", now=1_768_521_600).out
    )
    from aggregator.demo.recorded import load_recording

    assert status["articles"] <= sum(len(publisher.articles) for publisher in load_recording().publishers)


def test_a_replay_gives_the_same_bytes(demo: Workplace, tmp_path: Path) -> None:
    again = Workplace(tmp_path, data="data/demo")
    assert again.run("--data", "data", "demo", "--once", "--no-serve", timeout=300).code == 0
    first, second = demo.files(), again.files()
    assert first.keys() == second.keys()
    # How long a fetch took is the one thing that two replays do not share, and only the status page tells it.
    assert {name for name in first if first[name] != second[name]} <= {"status.html", "status.json"}


def test_no_page_is_a_dead_end(demo: Workplace) -> None:
    files = demo.files()
    for name, body in files.items():
        if not name.endswith(".html"):
            continue
        here = Path(name).parent
        for link in lxml.html.fromstring(body).xpath("//a/@href"):
            if link.startswith(("http://127.0.0.1", "https://", "http://", "#", "mailto:")):
                continue
            target = posixpath.normpath((here / link.split("#")[0]).as_posix())
            assert target in files or target == ".", f"{name} links to {link}"
