"""The days of the archive: what is noted from build to build changes no byte, and what is gone is written again."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import ArticleChange, ChangeKind, Clustering, PollRecord, Revision
from aggregator.outputs.pages.pages import Pages
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import archiving
from aggregator.store.memory import MemoryStore
from tests.builders import NOW, article, at, cited_source, membership, revision, summary

URL = "https://one.example/feed.xml"
SITE = Site(base_url="https://news.example/", title="News", since_year=2026, outputs=())


class CountingStore(MemoryStore):
    """Counts the revisions that are read."""

    n_read = 0

    def revisions_of(self, keys):
        keys = list(keys)
        self.n_read += len(keys)
        return super().revisions_of(keys)


def told(story_id: str, n: int, written_at: datetime, *article_ids: str) -> Revision:
    sources = tuple(
        cited_source(i, article_id=each, publisher=f"{each}.example") for i, each in enumerate(article_ids, 1)
    )
    return revision(story_id, n, at=written_at, newest_at=written_at, summary=summary(sources=sources))


def save(store: MemoryStore, each: Revision) -> None:
    if store.story(each.story_id) is None:
        store.sync_sources([URL])
        (claim,) = store.claim_due(now=NOW, limit=1, lease=timedelta(hours=1), worker="w", force=True)
        new = ArticleChange(kind=ChangeKind.NEW, article=article(f"of-{each.story_id}"))
        store.complete(claim, claim.state, [new], PollRecord(source_url=URL, polled_at=NOW, outcome="new"))
        members = (membership(new.article.id, each.story_id),)
        store.save_clustering(Clustering(memberships=members), now=NOW)
    store.save_revision(each.story_id, each)


def write(store: MemoryStore, folder: Path, press: Press, newest_at: datetime, *, site: Site = SITE) -> int:
    with SiteWriter(folder) as writer:
        archiving.write_days(
            store, writer, Pages(site), store.days_written(),
            newest_at=newest_at, press=press, render_all=False,
        )  # fmt: skip
        return writer.n_written


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.html")}


@pytest.mark.parametrize("seed", range(4))
def test_what_is_noted_changes_no_byte(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    store, press = CountingStore(), Press()
    n_by_story: dict[str, int] = {}
    for step in range(14):
        for _ in range(chance.randint(1, 4)):
            story_id = f"s{chance.randrange(9)}"
            n_by_story[story_id] = n_by_story.get(story_id, 0) + 1
            articles = sorted({f"a{chance.randrange(12)}" for _ in range(3)})
            save(store, told(story_id, n_by_story[story_id], at(5 * step), *articles))
        store.hide_stories(["s1"] if chance.random() < 0.3 else [])
        write(store, tmp_path / "lived", press, at(5 * step))
        write(store, tmp_path / "fresh", Press(), at(5 * step))
        assert files(tmp_path / "lived") == files(tmp_path / "fresh")


def test_only_what_is_new_and_what_is_shown_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aggregator.outputs.pages.archive.MAX_STORIES", 5)
    store, press = CountingStore(), Press()
    for i in range(30):
        save(store, told(f"s{i:02}", 1, at(-24 + i / 60), f"a{i}"))
    write(store, tmp_path, press, at(0))
    assert store.n_read == 30 + 5
    save(store, told("s99", 1, at(-20), "a99"))
    assert write(store, tmp_path, press, at(0)) == 1
    assert store.n_read == 30 + 5 + 1 + 5
    assert write(store, tmp_path, press, at(0)) == 0
    assert store.n_read == 30 + 5 + 1 + 5


def test_a_day_that_is_gone_or_looks_otherwise_is_written_again(tmp_path: Path) -> None:
    store, press = MemoryStore(), Press()
    save(store, told("s1", 1, at(-24), "a1"))
    save(store, told("s2", 1, at(0), "a2"))
    assert write(store, tmp_path, press, at(0)) == 2
    before = files(tmp_path)
    for path in tmp_path.rglob("*.html"):
        path.unlink()
    assert write(store, tmp_path, press, at(0)) == 2
    assert files(tmp_path) == before
    assert write(store, tmp_path, press, at(0), site=replace(SITE, title="Another")) == 2
