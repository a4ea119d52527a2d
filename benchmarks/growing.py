"""What one new article costs a run whose store holds many live ones: ``python -m benchmarks.growing N``.

The store is filled by hand: articles of :mod:`.news`, three to a story, each with a summary of its first sentence, all
rendered. Then a source brings one article more, by the steps of a poll without its fetch, and a build takes it up; this
is done some times in one process, as the daemon does it. Prints a line of JSON. Words alone, as in :mod:`.clustering`.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from aggregator.app import App, Place, open_app
from aggregator.model import (
    Article,
    ArticleChange,
    ChangeKind,
    CitedSource,
    Claim,
    Clustering,
    Membership,
    PollRecord,
    Revision,
    Section,
    Sentence,
    Summary,
)
from aggregator.store.base import Completion, Store
from benchmarks.news import BEGIN_AT, N_PUBLISHERS, SPAN, article, stream

N_TIMES = 5
PER_STORY = 3
NOW = BEGIN_AT + SPAN + timedelta(hours=6)


def fill(store: Store, articles: Sequence[Article]) -> None:
    """Store articles as polls, builds and summaries would have left them."""
    by_source: dict[str, list[Article]] = {}
    for each in articles:
        by_source.setdefault(each.source_url, []).append(each)
    while claims := store.claim_due(now=BEGIN_AT, limit=100, lease=timedelta(hours=1), worker="made"):
        store.complete_many([_completion(claim, by_source.get(claim.state.url, []), BEGIN_AT) for claim in claims])
    memberships, stories = [], []
    for i in range(0, len(articles), PER_STORY):
        members = articles[i : i + PER_STORY]
        story_id = f"{i:010x}"
        stories.append((story_id, members))
        memberships += [
            Membership(article_id=each.id, story_id=story_id, rule="made", reason="made", joined_at=each.at)
            for each in members
        ]
    store.save_clustering(Clustering(memberships=tuple(memberships)), now=NOW)
    for story_id, members in stories:
        store.save_revision(story_id, _revision(story_id, members))
    store.mark_rendered([story_id for story_id, _ in stories])


def _completion(claim: Claim, articles: Sequence[Article], now: datetime) -> Completion:
    url = claim.state.url
    state = replace(
        claim.state, n_polls=1, last_polled_at=now, last_success_at=now, next_poll_at=NOW + timedelta(days=9)
    )
    return Completion(
        claim=claim,
        state=state,
        changes=tuple(ArticleChange(kind=ChangeKind.NEW, article=each) for each in articles),
        record=PollRecord(source_url=url, polled_at=now, outcome="new", n_new=len(articles), n_modified=0),
    )


def _revision(story_id: str, members: Sequence[Article]) -> Revision:
    sources = tuple(
        CitedSource(
            n=n, article_id=each.id, title=each.title, publisher=each.publisher, name=each.source_name, url=each.link,
            published_at=each.at, lang=each.lang,
        )
        for n, each in enumerate(members, 1)
    )  # fmt: skip
    sentence = Sentence(text=members[0].text.partition(". ")[0] + ".", citations=(1,), lang="en")
    summary = Summary(
        headline=members[0].title,
        sections=(Section(heading="", sentences=(sentence,)),),
        sources=sources,
        lang="en",
    )
    return Revision(story_id=story_id, n=1, at=members[-1].at, newest_at=members[-1].at, summary=summary)


def measure(n_articles: int) -> dict[str, float]:
    """Return the CPU milliseconds of one article more: the first after a start, and a usual one.

    "never read": the first of all, when nothing is kept of what was read of the live ones.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        feeds = "".join(f'[[feeds]]\nurl = "https://p{n}.example/feed.xml"\n' for n in range(N_PUBLISHERS))
        (folder / "feeds.toml").write_text(f'[settings]\nencoder = "none"\n{feeds}', encoding="utf-8")
        place = Place(config=folder / "feeds.toml", data=folder / "data")
        with open_app(place, environ={}, clock=lambda: NOW) as app:
            app.store.sync_sources([each.url for each in app.config.sources])
            fill(app.store, list(stream(n_articles)))
            app.build(render_all=False)
        (never, _), *_ = _grow(place, [0])
        (first, _), *usual = _grow(place, range(1, 2 + N_TIMES))
    return {
        "never read, ms": never * 1000,
        "first, ms": first * 1000,
        "ms": median(seconds for seconds, _ in usual) * 1000,
        "files written": usual[-1][1],
    }


def _grow(place: Place, numbers: Iterable[int]) -> list[tuple[float, int]]:
    """Bring articles one by one to a run that starts here; return (seconds, files written) of each."""
    clock = [NOW]
    measured = []
    with open_app(place, environ={}, clock=lambda: clock[0]) as app:
        for n in numbers:
            clock[0] = NOW + timedelta(minutes=10 * n)
            start = time.process_time()
            _bring(app, article(10**9 + n, 0, n, clock[0]), clock[0])
            report = app.build()
            measured.append((time.process_time() - start, report.n_written))
    return measured


def _bring(app: App, new: Article, now: datetime) -> None:
    (claim,) = app.store.claim_due(
        now=now, limit=1, lease=timedelta(minutes=1), worker="made", force=True, url=new.source_url
    )
    app.store.complete_many([_completion(claim, [new], now)])


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
