"""The corridor's last stretch over a store in memory: what stays, leaves and waits, and that nothing else moves."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from aggregator.model import (
    Article,
    ArticleChange,
    ChangeKind,
    Clustering,
    Enclosure,
    Merge,
    Output,
    PollRecord,
    Published,
    Revision,
    SourceView,
)
from aggregator.outputs.publish import Press
from aggregator.outputs.site import Site
from aggregator.outputs.write import SiteWriter
from aggregator.pipeline import publishing
from aggregator.store.memory import MemoryStore
from tests.builders import NOW, article, at, cited_source, membership, revision, source, state, summary
from tests.unit.test_outputs_atom import ATOM, tree

URL = "https://one.example/feed.xml"
TOP = Output(slug="top", title="Top")
SITE = Site(title="Top Headlines", base_url="https://news.example/", outputs=(TOP,))


class Desk:
    """A store, an output folder and a press, with the steps that a build does around them."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryStore()
        self.folder = folder
        self.press = Press()
        self.n_polls = 0
        self.store.sync_sources([URL])

    def take(self, *articles: Article) -> None:
        self.n_polls += 1
        now = at(-5) + timedelta(seconds=self.n_polls)
        (claim,) = self.store.claim_due(now=now, limit=1, lease=timedelta(minutes=1), worker="w", force=True)
        after = replace(claim.state, last_polled_at=now, first_polled_at=claim.state.first_polled_at or now)
        changes = [ArticleChange(kind=ChangeKind.NEW, article=each) for each in articles]
        self.store.complete(claim, after, changes, PollRecord(source_url=URL, polled_at=now, outcome="new"))

    def tell(self, story_id: str, *revisions: Revision, n_articles: int = 1) -> None:
        """Give a story its articles, with revisions that cite them."""
        ids = [f"{story_id}{i}" for i in range(1, n_articles + 1)]
        if self.store.story(story_id) is None:
            self.take(*(article(each, published_at=at(-5), first_seen_at=at(-5)) for each in ids))
            members = tuple(membership(each, story_id, joined_at=at(-5)) for each in ids)
            self.store.save_clustering(Clustering(memberships=members), now=at(-5))
        for each in revisions:
            self.store.save_revision(story_id, each)

    def build(self, *, now: datetime = NOW, output: Output = TOP, press: Press | None = None) -> SiteWriter:
        best = self.store.newest_revisions(limit=100)
        newest_at = max(each.newest_at for each in best)
        news = publishing.News.of(self.store, SITE, best, newest_at=newest_at, now=now)
        with SiteWriter(self.folder) as writer:
            publishing.publish_output(
                self.store, writer, SITE, output, news, press=press or self.press, render_all=False
            )
        return writer

    def ids(self, name: str = "top.atom") -> list[str]:
        root = tree((self.folder / name).read_bytes())
        return [each.findtext(f"{ATOM}id", "").rsplit("story/", 1)[-1] for each in root.findall(f"{ATOM}entry")]

    def place(self, story_id: str) -> Published:
        return next(each for each in self.store.published("top") if each.story_id == story_id)

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "site")


def told(story_id: str, n: int, hours: float, *, publishers: int = 2) -> Revision:
    """A revision whose sources are articles of the story, one sentence a publisher."""
    given = summary(n=publishers)
    sources = tuple(cited_source(i, article_id=f"{story_id}{i}", title="A headline") for i in range(1, publishers + 1))
    long = tuple(
        replace(each, text=f"{each.text} It goes on about the harbour of {each.citations[0]} for a while.")
        for each in given.sections[0].sentences
    )
    sections = (replace(given.sections[0], sentences=long),)
    return revision(
        story_id, n, at=at(hours), newest_at=at(hours), summary=replace(given, sources=sources, sections=sections)
    )


def test_an_entry_keeps_its_id_and_its_first_time_and_moves_its_update(desk: Desk) -> None:
    desk.tell("s", told("s", 1, 0, publishers=1), n_articles=3)
    desk.build(now=NOW)
    desk.tell("s", told("s", 2, 3))
    desk.build(now=at(3))
    assert desk.ids() == ["s"]
    place = desk.place("s")
    assert (place.published_at, place.updated_at, place.revision) == (NOW, at(3), 2)
    assert desk.ids("top.updates.atom") == ["s/r2"]


def test_a_build_without_news_writes_nothing_however_late_and_by_whom(desk: Desk) -> None:
    desk.tell("s", told("s", 1, 0))
    desk.tell("t", told("t", 1, -1))
    desk.build(now=NOW)
    before = desk.files()
    assert desk.build(now=at(24 * 40)).n_written == 0
    assert desk.build(now=at(24 * 40), press=Press()).n_written == 0
    assert desk.files() == before


def test_an_output_without_news_is_not_chosen_again_unless_a_file_is_gone(desk: Desk) -> None:
    desk.store = store = Forgetful(is_whole=False)
    store.sync_sources([URL])
    desk.tell("s", told("s", 1, 0))
    desk.build(now=NOW)
    before, n_asked = desk.files(), store.n_asked
    desk.build(now=at(24))
    assert store.n_asked == n_asked, "its places were asked for, though nothing happened"
    (desk.folder / "top.rss").unlink()
    desk.build(now=at(25))
    assert desk.files() == before
    desk.tell("t", told("t", 1, 1))
    desk.build(now=at(26))
    assert {*desk.ids()} == {"s", "t"}
    other = replace(TOP, max_entries=1)
    desk.build(now=at(27), output=other)
    assert len(desk.ids()) == 1


def test_a_merged_story_leaves_and_the_survivor_keeps_its_id(desk: Desk) -> None:
    desk.tell("s", told("s", 1, 0))
    desk.tell("t", told("t", 1, 0))
    desk.build(now=NOW)
    assert sorted(desk.ids()) == ["s", "t"]
    desk.store.save_clustering(Clustering(merges=(Merge(story_id="s", retired_id="t", reason="same"),)), now=at(1))
    desk.build(now=at(1))
    assert desk.ids() == ["s"]
    assert desk.place("t").left_at == NOW
    assert desk.place("s").published_at == NOW


def test_a_story_that_left_comes_back_within_thirty_days_only(desk: Desk) -> None:
    short = replace(TOP, max_entries=1)
    desk.tell("s", told("s", 1, 0))
    desk.build(now=NOW, output=short)
    desk.tell("t", told("t", 1, 1))
    desk.build(now=at(1), output=short)
    assert desk.ids() == ["t"]
    desk.tell("s", told("s", 2, 24 * 29))
    desk.build(now=at(24 * 29), output=short)
    assert desk.ids() == ["s"]
    desk.tell("t", told("t", 2, 24 * 60))
    desk.build(now=at(24 * 60), output=short)
    assert desk.ids() == ["s"]  # t left 31 days ago, by the news


def test_a_report_that_breaks_while_we_look_waits_a_quarter_of_an_hour(desk: Desk) -> None:
    desk.tell("old", told("old", 1, -5, publishers=1))
    desk.take(article("s1", published_at=at(-0.1), first_seen_at=NOW))
    desk.store.save_clustering(Clustering(memberships=(membership("s1", "s"),)), now=NOW)
    desk.tell("s", told("s", 1, 0, publishers=1))
    desk.build(now=NOW)
    assert desk.ids() == ["old"]
    assert "s1" in (desk.folder / "top.articles.atom").read_text()  # articles never wait
    desk.build(now=at(0.3))
    assert sorted(desk.ids()) == ["old", "s"]
    assert desk.place("s").published_at == at(0.3)


def test_an_output_s_rules_choose_its_stories_and_its_articles(desk: Desk) -> None:
    desk.tell("s", told("s", 1, 0))
    desk.tell("t", told("t", 1, 0))
    desk.build(output=replace(TOP, block=('title ~ "of s"',)))
    assert desk.ids() == ["t"]
    assert "article/t1" in (desk.folder / "top.articles.atom").read_text()
    assert "article/s1" not in (desk.folder / "top.articles.atom").read_text()


def test_a_picture_is_that_of_the_first_source_that_has_one(desk: Desk) -> None:
    picture = Enclosure(url="https://one.example/a.png", type="image/png", length=9)
    desk.take(
        article("s1", enclosures=(Enclosure(url="https://one.example/a.mp3", type="audio/mpeg", length=1),)),
        article("s2", enclosures=(picture,)),
    )
    desk.store.save_clustering(Clustering(memberships=(membership("s1", "s"), membership("s2", "s"))), now=NOW)
    desk.tell("s", told("s", 1, 0))
    desk.build()
    assert desk.place("s").picture == picture


def test_incidents_are_kept_and_written_once(desk: Desk) -> None:
    desk.tell("s", told("s", 1, 0))
    news = publishing.News.of(desk.store, SITE, desk.store.newest_revisions(limit=9), newest_at=NOW, now=NOW)
    view = SourceView(source=source(), state=state(n_failures=3, last_success_at=at(-30)))
    with SiteWriter(desk.folder) as writer:
        assert publishing.write_health(desk.store, writer, SITE, [view], news) == ["health.atom"]
        later = replace(news, now=at(50))
        assert publishing.write_health(desk.store, writer, SITE, [view], later) == []
        own = replace(SITE, outputs=(Output(slug="health", title="Health"),))
        assert publishing.write_health(desk.store, writer, own, [], later) == []


@pytest.mark.parametrize("seed", range(2))
def test_ids_and_first_times_never_change_whatever_happens_between(tmp_path: Path, seed: int) -> None:
    """Grow stories in any order, forget the press now and then, and look at every build."""
    chance = random.Random(seed)
    desk = Desk(tmp_path / "site")
    names = ["s", "t", "u", "v"]
    n_by_story = dict.fromkeys(names, 0)
    first: dict[str, tuple[str, datetime]] = {}
    for step in range(24):
        for name in chance.sample(names, chance.randint(0, 2)):
            n_by_story[name] += 1
            n = n_by_story[name]
            desk.tell(name, told(name, n, step / 2, publishers=1 + n % 3), n_articles=3)
        if not any(n_by_story.values()):
            continue
        desk.build(now=at(step / 2), press=Press() if chance.random() < 0.5 else None)
        for place in desk.store.published("top"):
            seen = first.setdefault(place.story_id, (place.headline, place.published_at))
            assert seen == (place.headline, place.published_at)
            assert place.updated_at >= place.published_at
            gaps = [b.at - a.at for a, b in zip(place.updates, place.updates[1:], strict=False)]
            assert all(gap >= timedelta(hours=4) for gap in gaps)
        ids = desk.ids()
        assert len(ids) == len(set(ids))


class Forgetful(MemoryStore):
    """Counts what is read of places; ``is_whole``: reads all of them, as if they were few."""

    def __init__(self, *, is_whole: bool) -> None:
        super().__init__()
        self.is_whole = is_whole
        self.n_read = 0
        self.n_asked = 0

    def published(
        self, slug: str, *, since: datetime | None = None, story_ids: Iterable[str] = ()
    ) -> tuple[Published, ...]:
        found = super().published(slug, since=None if self.is_whole else since, story_ids=story_ids)
        self.n_read = len(found)
        self.n_asked += 1
        return found


def test_a_build_reads_the_places_of_months_and_not_of_years_and_writes_the_same(tmp_path: Path) -> None:
    desks = []
    for is_whole in (True, False):
        desk = Desk(tmp_path / str(is_whole))
        desk.store = Forgetful(is_whole=is_whole)
        desk.store.sync_sources([URL])
        desks.append(desk)
    output = replace(TOP, max_entries=4)
    n_stories = 0
    for week in range(70):
        hours = week * 168.0
        for desk in desks:
            for i in range(2):
                desk.tell(f"w{week}s{i}", told(f"w{week}s{i}", 1, hours + i))
            desk.tell("long", told("long", week + 1, hours, publishers=1 + week % 3), n_articles=3)
            best = desk.store.newest_revisions(limit=10)
            news = publishing.News.of(desk.store, SITE, best, newest_at=at(hours + 2), now=at(hours + 2))
            with SiteWriter(desk.folder) as writer:
                publishing.publish_output(desk.store, writer, SITE, output, news, press=Press(), render_all=False)
        n_stories += 2
    whole, flat = desks
    assert {name.split("True/")[1]: body for name, body in whole.files().items()} == {
        name.split("False/")[1]: body for name, body in flat.files().items()
    }
    assert isinstance(whole.store, Forgetful)
    assert isinstance(flat.store, Forgetful)
    assert whole.store.n_read == n_stories - 1, "all but the two that enter now, and the long one"
    assert flat.store.n_read < 40
    assert whole.store.published("top") == flat.store.published("top")
