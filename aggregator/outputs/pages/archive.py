"""Own what the archive shows: the days, and which stories stand on one. Pure.

A day holds the stories that were written on it, each as it stood at the day's end. It is over when an article is newer
than it; no revision can be written on it after that, so its page never changes again.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
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


def whole(best_first: Sequence[Sequence[str]]) -> list[int]:
    """Return which stories of a day stand there, given their articles: all that no other one tells whole.

    Such a story was merged into the other on that day. That it holds no article of its own tells it as surely as the
    merge would, and stays true whatever is merged later.

    Args:
        best_first: The ids of each story's articles, best story first.

    Returns:
        Their places in ``best_first``. Cost: 1 us a story.
    """
    n_holders = Counter(article_id for ids in best_first for article_id in ids)
    shared = {article_id for article_id, n in n_holders.items() if n > 1}
    holders: dict[str, set[int]] = {}
    for i, ids in enumerate(best_first):
        for article_id in shared.intersection(ids):
            holders.setdefault(article_id, set()).add(i)
    return [i for i in range(len(best_first)) if not _is_told_by_another(i, best_first, shared, holders)]


def _is_told_by_another(
    i: int, best_first: Sequence[Sequence[str]], shared: Collection[str], holders: Mapping[str, set[int]]
) -> bool:
    own = set(best_first[i])
    if not own or not all(article_id in shared for article_id in own):  # the usual story has an article of its own
        return False
    others = set.intersection(*(holders.get(article_id, {i}) for article_id in own)) - {i}
    return any(len(set(best_first[j])) > len(own) or j < i for j in others)


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
