"""Own what the archive shows: the days, and which stories stand on one. Pure.

A day holds the stories that were written on it, each as it stood at the day's end. It is over when an article is newer
than it; no revision can be written on it after that, so its page never changes again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from aggregator.model import Revision
from aggregator.outputs import strings
from aggregator.outputs.pages.days import midnight
from aggregator.outputs.pages.front import Card, card

FOLDER = "archive"
DAY = timedelta(days=1)
MAX_STORIES = 200  # of one day: about 200 kB; a thousand sources write two thousand stories a day
N_LATEST = 7  # days that the front page names


def file_of(day: datetime) -> str:
    """Return the file of a day's page, "archive/2026-01-14.html"."""
    return f"{FOLDER}/{day:%Y-%m-%d}.html"


def is_over(day: datetime, *, newest_at: datetime) -> bool:
    """Tell whether a day is over: the newest article of all is younger. The clock has no say."""
    return newest_at >= day + DAY


def whole(ranked: Sequence[tuple[Revision, float, str]]) -> list[Revision]:
    """Return the stories of a day, best first, without those that another one tells whole.

    Such a story was merged into the other on that day. That it holds no article of its own tells it as surely as the
    merge would, and stays true whatever is merged later.
    """
    kept: list[Revision] = []
    articles_by_id: dict[str, set[int]] = {}
    sets = []
    for i, (revision, _, _) in enumerate(ranked):
        sets.append({source.article_id for source in revision.summary.sources})
        for article_id in sets[i]:
            articles_by_id.setdefault(article_id, set()).add(i)
    for i, (revision, _, _) in enumerate(ranked):
        holders = set.intersection(*(articles_by_id[each] for each in sets[i])) if sets[i] else {i}
        others = [j for j in holders if j != i and (len(sets[j]) > len(sets[i]) or j < i)]
        if not others:
            kept.append(revision)
    return kept


def cards(revisions: Sequence[Revision]) -> list[Card]:
    """Return the first stories of a day in brief."""
    return [card(revision) for revision in revisions[:MAX_STORIES]]


def months(days: Sequence[datetime]) -> list[tuple[str, list[datetime]]]:
    """Return (name of the month, its days), newest first."""
    newest_first = sorted(days, reverse=True)
    return [(name, list(found)) for name, found in groupby(newest_first, key=strings.month)]


def latest(days: Sequence[datetime], newest_at: datetime | None) -> list[datetime]:
    """Return the days that the front page names: the latest before that of its newest story, newest first."""
    before = [day for day in days if newest_at is not None and day < midnight(newest_at)]
    return sorted(before, reverse=True)[:N_LATEST]
