"""Whatever is done to them, the SQLite store and the one in memory show the same."""

import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from aggregator.errors import StoreError
from aggregator.model import ArticleChange, ChangeKind, Claim, Clustering, Merge, PollRecord, Published
from aggregator.store.memory import MemoryStore
from aggregator.store.sqlite import SqliteStore
from tests.builders import NOW, article, at, membership, revision

urls = st.sampled_from([f"https://{name}.example/feed.xml" for name in ("a", "b", "c")])
story_ids = st.sampled_from(["s1", "s2", "s3", "s4"])
hours = st.integers(-2, 6)
numbers = st.integers(1, 9)
kinds = st.sampled_from(ChangeKind)


class Twins(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.sqlite = SqliteStore.open(Path(self.folder.name) / "a.sqlite", now=NOW)
        self.memory = MemoryStore()
        self.claims: list[Claim] = []
        self.now = NOW

    def teardown(self) -> None:
        self.sqlite.close()
        self.folder.cleanup()

    def both(self, method: str, *args, **options):
        """Call both, insist on the same answer or refusal, and give it."""
        answers = []
        for store in (self.sqlite, self.memory):
            try:
                answers.append(getattr(store, method)(*args, **options))
            except StoreError:
                answers.append(StoreError)
        assert answers[0] == answers[1], f"{method}{args}{options}"
        return answers[0]

    @rule(chosen=st.lists(urls, max_size=4))
    def sync_sources(self, chosen) -> None:
        self.both("sync_sources", chosen)

    @rule(url=urls, new_url=urls)
    def rename_source(self, url, new_url) -> None:
        self.both("rename_source", url, new_url)

    @rule(passed=st.integers(0, 3))
    def wait(self, passed) -> None:
        self.now += timedelta(hours=passed)

    @rule(limit=st.integers(0, 3), force=st.booleans(), url=st.just("") | urls, worker=st.sampled_from(["w1", "w2"]))
    def claim_due(self, limit, force, url, worker) -> None:
        options = {"now": self.now, "limit": limit, "lease": timedelta(hours=1), "worker": worker}
        self.claims += self.both("claim_due", **options, force=force, url=url)

    @rule(which=numbers, next_in=hours, found=st.lists(st.tuples(kinds, numbers, hours), max_size=3))
    def complete(self, which, next_in, found) -> None:
        if not self.claims:
            return
        claim = self.claims[-which % len(self.claims)]
        url = claim.state.url
        changes = [
            ArticleChange(
                kind=kind,
                article=article(f"{url[8]}{number}", source_url=url, published_at=at(hour), first_seen_at=self.now),
            )
            for kind, number, hour in found
        ]
        state = replace(claim.state, last_polled_at=self.now, next_poll_at=self.now + timedelta(hours=next_in))
        record = PollRecord(
            source_url=url, polled_at=self.now, outcome="new", n_new=len(found), seconds=abs(next_in) / 7
        )
        self.both("complete", claim, state, changes, record)

    @rule(chosen=st.lists(urls, max_size=2), until=hours)
    def postpone(self, chosen, until) -> None:
        self.both("postpone", chosen, until=self.now + timedelta(hours=until), reason="host")

    @rule(worker=st.sampled_from(["w1", "w2", ""]))
    def release_claims(self, worker) -> None:
        self.both("release_claims", worker)

    @rule(
        placed=st.lists(st.tuples(story_ids, st.integers(0, 5)), max_size=4, unique_by=lambda each: each[1]),
        merges=st.lists(st.tuples(story_ids, story_ids), max_size=2),
        names_an_unknown=st.booleans(),
    )
    def save_clustering(self, placed, merges, names_an_unknown) -> None:
        known = [each.id for each in self.memory.recent_articles(limit=100)]
        members = [membership(known[n % len(known)], story_id) for story_id, n in placed if known]
        if names_an_unknown and len(placed) == 4:
            members.append(membership("no such article", "s1"))
        clustering = Clustering(
            memberships=tuple({each.article_id: each for each in members}.values()),
            merges=tuple(Merge(story_id=living, retired_id=retired) for living, retired in merges),
        )
        self.both("save_clustering", clustering, now=self.now)

    @rule(story_id=story_ids, n=st.integers(0, 4), newest=hours)
    def save_revision(self, story_id, n, newest) -> None:
        self.both("save_revision", story_id, revision(story_id, n, newest_at=at(newest)) if n else None)

    @rule(chosen=st.lists(story_ids, max_size=3))
    def save_published(self, chosen) -> None:
        rows = [
            Published(slug="top", story_id=each, published_at=NOW, updated_at=self.now, headline="H", revision=1)
            for each in chosen
        ]
        self.both("save_published", rows)

    @rule(chosen=st.lists(story_ids, max_size=3))
    def mark_rendered(self, chosen) -> None:
        self.both("mark_rendered", chosen)

    @invariant()
    def they_show_the_same(self) -> None:
        for method in (
            "source_states", "unplaced_articles", "story_ids", "merged_stories", "stale_stories", "unrendered_stories",
            "counts", "newest_placed_at", "hidden_stories", "held_memberships",
        ):  # fmt: skip
            self.both(method)
        self.both("poll_history", since=NOW)
        self.both("poll_days", since=NOW)
        self.both("story_days", since=NOW)
        self.both("days_written")
        self.both("written", since=NOW, until=at(1))
        self.both("live_stories", since=at(1))
        self.both("recent_articles", limit=3)
        self.both("newest_revisions", limit=3)
        self.both("published", "top")
        self.both("known_articles", "https://a.example/feed.xml")
        self.both("story_ids_of", "https://one.example/a1")
        for story_id in ("s1", "s2", "s3", "s4"):
            self.both("story", story_id)
            self.both("revisions", story_id)


TestTwins = Twins.TestCase
TestTwins.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,  # the first example opens files
    suppress_health_check=[HealthCheck.too_slow],
)
