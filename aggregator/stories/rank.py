"""Decide what leads: pure arithmetic on revisions, with the reason in words.

score = log2(1 + publishers) ** P * log2(1 + mean weight) ** W * fresh * 0.5 ** (age / half-life) * share

publishers   independent ones, with falling returns: with P = 2, two weigh 2.5 lone reports, four 5.4, ten 12
mean weight  of their sources, as the user set it in ``feeds.toml`` (1.0: as it is)
fresh        novelty: 1 for a story that has just begun; one that runs for days loses up to ``novelty`` of its worth,
             half of that in ``NOVELTY``, so that a tenth day of the same leads only if more publishers tell it
age          since its newest article, measured from the newest article of all, never from a clock: the order changes
             only when news comes, so that publishing twice leaves every file untouched
share        of a lone report, the n-th best of its publisher: 1 up to ``publisher_cap``, then cap / n, so that one busy
             publisher does not fill a page; the order among its own reports stays

P, W, ``novelty``, half-life and cap are the keys of ``[ranking]``. All but age and share depend on the story alone:
:func:`worth` gives them to its page, which may not change when other stories do.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import USUAL_RANKING, Ranking, Revision, Worth

HALF_LIFE = USUAL_RANKING.half_life  # 24 h: two publishers fall level with one fresh report after 32 h, four after 58 h
NOVELTY = timedelta(hours=72)
USUAL = USUAL_RANKING
_NO_TIME = timedelta()


def rank(
    revisions: Sequence[Revision], *, newest_at: datetime, ranking: Ranking = USUAL
) -> tuple[tuple[Revision, float, str], ...]:
    """Order stories by importance, best first, each with its score (>= 0) and the reason in words.

    Args:
        revisions: The latest revision of each story.
        newest_at: Effective time of the newest article of all; what is newer still counts as age 0.
        ranking: The user's rules.

    Returns:
        Ties: the newer article first, then by story id. Cost: O(n log n), 20 µs a story.
    """
    revision_by_id = {each.story_id: each for each in revisions}
    placed = order([told(each, ranking) for each in revisions], newest_at=newest_at, ranking=ranking)
    return tuple(
        (
            revision_by_id[each.story_id],
            points,
            reason(revision_by_id[each.story_id], nth, newest_at=newest_at, ranking=ranking),
        )
        for each, points, nth in placed
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the order asks of a revision: little, so that it can be kept of ten thousand.

    Attributes:
        story_id: Of its story.
        newest_at: Effective time of its newest article.
        whole: What it counts by itself, see :func:`worth`.
        lone: The one publisher of a lone report; "": several tell the story.
    """

    story_id: str
    newest_at: datetime
    whole: float
    lone: str


def told(revision: Revision, ranking: Ranking = USUAL) -> Told:
    """Return what the order asks of a revision. 10 us."""
    return Told(
        story_id=revision.story_id,
        newest_at=revision.newest_at,
        whole=worth(revision, ranking).whole,
        lone=_lone_publisher(revision),
    )


def order(stories: Iterable[Told], *, newest_at: datetime, ranking: Ranking = USUAL) -> list[tuple[Told, float, int]]:
    """Order stories as :func:`rank`: (story, score, which lone report of its publisher it is; 0: none), best first.

    Cost: O(n log n), 3 us a story.
    """
    scored = [(_score(each.whole, newest_at - each.newest_at, ranking), each) for each in stories]
    scored.sort(key=lambda each: _place(each[1], each[0], newest_at))
    n_by_publisher: dict[str, int] = defaultdict(int)
    standing = []
    for points, each in scored:
        nth = 0
        if each.lone:
            n_by_publisher[each.lone] += 1
            nth = n_by_publisher[each.lone]
        standing.append((each, round(points * share(nth, ranking), 6), nth))
    standing.sort(key=lambda each: _place(each[0], each[1], newest_at))
    return standing


def _place(story: Told, points: float, newest_at: datetime) -> tuple[float, timedelta, str]:
    return -points, newest_at - story.newest_at, story.story_id


def _lone_publisher(revision: Revision) -> str:
    """Return the one publisher of a lone report; "" where several tell the story."""
    publishers = {source.publisher for source in revision.summary.sources}
    return publishers.pop() if len(publishers) == 1 else ""


def share(nth: int, ranking: Ranking) -> float:
    """Return how much of its score the ``nth`` lone report of a publisher keeps; 0: it is none, and keeps all."""
    return min(1.0, max(1, ranking.publisher_cap) / nth) if nth else 1.0


def worth(revision: Revision, ranking: Ranking = USUAL) -> Worth:
    """Return what a story counts by itself while its newest article is the newest of all, factor by factor."""
    n_publishers = max(1, revision.summary.n_publishers)
    mean_weight = max(0.0, revision.weight) / n_publishers
    first_at = min((source.published_at for source in revision.summary.sources), default=revision.newest_at)
    running = max(timedelta(), revision.newest_at - first_at)
    crowd = math.log2(1 + n_publishers) ** ranking.publishers
    weighed = math.log2(1 + mean_weight) ** ranking.weight
    fresh = 1 - min(1.0, ranking.novelty) * (1 - math.exp2(-(running / NOVELTY)))
    return Worth(
        n_publishers=n_publishers,
        mean_weight=mean_weight,
        running=running,
        crowd=crowd,
        weighed=weighed,
        fresh=fresh,
        whole=crowd * weighed * fresh,
    )


def score(revision: Revision, *, newest_at: datetime, ranking: Ranking = USUAL) -> float:
    """Return the importance of a story before its share, rounded to 6 digits so that platforms agree."""
    return _score(worth(revision, ranking).whole, newest_at - revision.newest_at, ranking)


def _score(whole: float, age: timedelta, ranking: Ranking) -> float:
    return round(whole * math.exp2(-(max(_NO_TIME, age) / ranking.half_life)), 6)


def reason(revision: Revision, nth: int, *, newest_at: datetime, ranking: Ranking) -> str:
    """Say why a story stands where it does ("5 publishers, newest article 2 h before the newest of all")."""
    n_publishers = max(1, revision.summary.n_publishers)
    parts = [f"{n_publishers} publisher{'s' if n_publishers > 1 else ''}"]
    if not math.isclose(revision.weight, n_publishers):
        parts.append(f"weight {revision.weight:g}")
    hours = max(timedelta(), newest_at - revision.newest_at) / timedelta(hours=1)
    if hours < 1:
        parts.append("among the newest")
    else:
        parts.append(f"its newest article {hours:.0f} h before the newest of all")
    if share(nth, ranking) < 1:
        parts.append(f"lone report {nth} of its publisher")
    return ", ".join(parts)
