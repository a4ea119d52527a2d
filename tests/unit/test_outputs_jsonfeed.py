import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Enclosure, OutputFeed
from aggregator.outputs.jsonfeed import json_item, render_json
from tests.unit.test_outputs_atom import feed

SELF = "https://news.example/top.json"
SHARED = Path(__file__).parents[3] / "shared" / "suites" / "schemas" / "jsonfeed-1.1.schema.json"
URL = {"type": "string", "pattern": "^https?://"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
TEXT = {"type": "string", "minLength": 1}
# What JSON Feed 1.1 asks for, and nothing that it does not know.
SCHEMA = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": TEXT,
        "home_page_url": URL,
        "feed_url": URL,
        "language": TEXT,
        "authors": {"type": "array", "items": {"type": "object", "properties": {"name": TEXT, "url": URL}}},
        "hubs": {"type": "array", "items": {"required": ["type", "url"]}},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "content_html"],
                "additionalProperties": False,
                "properties": {
                    "id": TEXT,
                    "url": URL,
                    "title": TEXT,
                    "content_html": {"type": "string"},
                    "summary": TEXT,
                    "image": URL,
                    "date_published": TIME,
                    "date_modified": TIME,
                    "authors": {"type": "array"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "language": TEXT,
                },
            },
        },
    },
}


def tree(given_: OutputFeed) -> dict[str, Any]:
    body = render_json(given_, self_url=SELF)
    assert body.endswith(b"}\n")
    found: dict[str, Any] = json.loads(body)
    jsonschema.validate(found, SCHEMA)
    return found


def test_the_version_stands_first() -> None:
    assert list(tree(feed(1)))[:4] == ["version", "title", "home_page_url", "feed_url"]
    assert render_json(feed(1), self_url=SELF).splitlines()[1].strip().startswith(b'"version"')


def test_an_item_is_the_same_entry_under_the_same_id() -> None:
    given_ = feed(3)
    found = tree(given_)
    assert [each["id"] for each in found["items"]] == [entry.id for entry in given_.entries]
    first, entry = found["items"][0], given_.entries[0]
    assert (first["url"], first["title"], first["content_html"]) == (entry.links[0].href, entry.title, entry.content)
    assert (first["date_published"], first["date_modified"]) == ("2026-01-14T09:00:00Z", "2026-01-14T12:00:00Z")
    assert [each.get("language") for each in found["items"]] == [None, None, "ko", None]


def test_a_hub_and_a_picture_are_named_when_there_are_any() -> None:
    entry = replace(feed(0).entries[0], picture=Enclosure(url="https://p.example/a.png"), author="A. Writer")
    found = tree(replace(feed(0), hub="https://hub.example/", entries=(entry,)))
    assert found["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert found["items"][0]["image"] == "https://p.example/a.png"
    assert found["items"][0]["authors"] == [{"name": "A. Writer"}]


def test_an_empty_feed_has_an_empty_list() -> None:
    assert tree(replace(feed(0), entries=()))["items"] == []


def test_the_same_feed_gives_the_same_bytes_remembered_or_not() -> None:
    kept = {entry.id: json_item(entry, "en") for entry in feed(3).entries}
    again = render_json(feed(3), self_url=SELF, render=lambda entry, lang: kept[entry.id])
    assert again == render_json(feed(3), self_url=SELF) == render_json(feed(3), self_url=SELF)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_text_breaks_the_feed(evil: str) -> None:
    entry = replace(feed(0).entries[0], title=evil, summary=evil, content=evil, lang=evil, categories=(evil,))
    body = render_json(replace(feed(0), title=evil, author=evil, lang=evil, entries=(entry,)), self_url=SELF)
    assert len(json.loads(body)["items"]) == 1


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_file(), reason="the schema of JSON Feed 1.1 does not stand beside the project")
def test_the_published_schema_finds_the_feed_valid() -> None:
    schema = json.loads(SHARED.read_text(encoding="utf-8"))
    for given_ in (feed(5), replace(feed(0), entries=(), hub="https://hub.example/")):
        jsonschema.validate(tree(given_), schema)
