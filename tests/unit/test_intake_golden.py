"""Self-written feeds beside what is read in them: tests/golden/feeds. Look at a difference before UPDATE_GOLDEN=1."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.intake.reading.encoding import to_utf8
from aggregator.intake.reading.fast import read_fast
from aggregator.intake.reading.parse import JUDGES, parse
from aggregator.markup import to_text
from aggregator.model import ParsedFeed
from tests.active import active_parts
from tests.golden.compare import check_golden

FEEDS = sorted(
    path
    for path in (Path(__file__).parent.parent / "golden" / "feeds").iterdir()
    if path.suffix in (".xml", ".json-feed")
)
URL = "https://one.example/dir/feed.xml"
WELL_FORMED = ("atom03", "atom10", "podcast", "rss10", "rss20", "rss092", "video", "dates", "titles", "charset_wrong")


def written(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.total_seconds() if isinstance(value, timedelta) else str(value)


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_feed(path: Path) -> None:
    feed = parse(path.read_bytes(), url=URL)
    assert isinstance(feed, ParsedFeed), feed
    assert feed == parse(path.read_bytes(), url=URL, is_fast=False)
    fields = asdict(feed)
    for article in fields["articles"]:
        assert article.pop("text") in ("", to_text(article["content"] or article["summary"]))
    text = json.dumps(fields, default=written, ensure_ascii=False, indent=1)
    check_golden(f"feeds/{path.stem}.json", (text + "\n").encode())
    for article in feed.articles:
        assert active_parts(article.summary) + active_parts(article.content) == []


@pytest.mark.parametrize("name", WELL_FORMED)
def test_well_formed_feeds_take_the_fast_path(name: str) -> None:
    path = next(path for path in FEEDS if path.stem == name)
    found = read_fast(to_utf8(path.read_bytes(), "")[0], url=URL, judges=JUDGES)
    assert found is not None
    assert found.entries
