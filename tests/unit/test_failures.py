"""A summariser or an output that fails: the rest is written, the failure is reported, nothing is lost."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import StoreError, SummaryError
from aggregator.model import Fetched, Output
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import build, poll
from aggregator.store.memory import MemoryStore
from aggregator.summaries.write import summarise
from tests.builders import NOW, source
from tests.fakes import ScriptedFetcher
from tests.loopback.feed_server import rss

ONE = source("https://one.example/feed")
OUTPUTS = (Output(slug="first", title="First"), Output(slug="second", title="Second"))
SITE = Site(title="T", base_url="https://news.example/", outputs=OUTPUTS, since_year=2026)
NEWS = rss(
    ("1", "Harbour opens", "The harbour of Lunden opened on Monday.", "Wed, 14 Jan 2026 08:00:00 GMT"),
    ("2", "Bridge closes", "The bridge of Vestby closed on Tuesday for repairs.", "Tue, 13 Jan 2026 08:00:00 GMT"),
)


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    poll(made, ScriptedFetcher({ONE.url: Fetched(url=ONE.url, body=NEWS)}), [ONE], clock=lambda: NOW, worker="w")
    return made


def run(store: MemoryStore, folder: Path, **more: Any) -> Any:
    with SiteWriter(folder) as writer:
        return build(store, writer, SITE, [ONE], now=NOW + timedelta(hours=1), **more)


@pytest.mark.parametrize("error", [SummaryError("no words"), ValueError("a bug")])
def test_a_story_that_cannot_be_summarised_waits_and_the_others_are_told(
    store: MemoryStore, tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(reports: Any, **given: Any) -> Any:
        if any("Bridge" in report.article.title for report in reports):
            raise error
        return summarise(reports, **given)

    report = run(store, tmp_path, summarise=fails)
    assert len(report.problems) == 1
    assert report.n_new_stories == 1
    assert "Harbour opens" in (tmp_path / "first.atom").read_text()
    assert "Bridge" not in (tmp_path / "first.atom").read_text()
    assert len(store.stale_stories()) == 1
    healed = run(store, tmp_path)
    assert healed.problems == ()
    assert "Bridge closes" in (tmp_path / "first.atom").read_text()


def test_a_bug_in_reading_one_source_is_that_sources_failure(caplog: pytest.LogCaptureFixture) -> None:
    other = source("https://two.example/feed")
    broken = Fetched(url=ONE.url, body=None)  # type: ignore[arg-type]  # stands for any bug that bytes may find
    fetcher = ScriptedFetcher({ONE.url: broken, other.url: Fetched(url=other.url, body=NEWS)})
    report = poll(MemoryStore(), fetcher, [ONE, other], clock=lambda: NOW, worker="w")
    assert (report.n_failed, report.n_new, report.n_new_articles) == (1, 1, 2)
    assert {each.source_url: each.error for each in report.records}[ONE.url].startswith("internal error while reading")


def test_a_store_that_fails_while_summarising_ends_the_build(store: MemoryStore, tmp_path: Path) -> None:
    def fails(reports: Any, **given: Any) -> Any:
        raise StoreError("the disk is gone")

    with pytest.raises(StoreError):
        run(store, tmp_path, summarise=fails)


def test_an_output_that_cannot_be_written_leaves_the_others_alone(store: MemoryStore, tmp_path: Path) -> None:
    blocker = tmp_path / "first.atom"
    blocker.mkdir(parents=True)
    report = run(store, tmp_path)
    assert [problem.split(":")[0] for problem in report.problems] == ["output first"]
    assert "Harbour opens" in (tmp_path / "second.atom").read_text()
    assert (tmp_path / "index.html").exists()
    blocker.rmdir()
    assert run(store, tmp_path).problems == ()
    assert "Harbour opens" in blocker.read_text()
