"""Decide what leads the page: pure arithmetic on revisions, with the reason in words.

score = log2(1 + publishers) ** 2 * log2(1 + weight / publishers) * 0.5 ** (age / HALF_LIFE)

Independent publishers count most, with falling returns: two weigh 2.5 lone reports, four 5.4, ten 12. So what several
publishers report leads for a day or two, and a lone report only while it is fresh. Their mean weight, as the
user set it in ``feeds.toml``, scales that (1.0: as it is). Age is measured from the newest article of all, never from a
clock: the order changes only when news comes, so that publishing twice leaves every file untouched.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.model import Revision

HALF_LIFE = timedelta(hours=24)  # two publishers fall level with one fresh report after 32 h, four after 58 h


def rank(revisions: Sequence[Revision], *, newest_at: datetime) -> tuple[tuple[Revision, float, str], ...]:
    """Order stories by importance, best first, each with its score (>= 0) and the reason in words.

    Args:
        revisions: The latest revision of each story.
        newest_at: Effective time of the newest article of all; what is newer still counts as age 0.

    Returns:
        Ties: the newer article first, then by story id.
    """
    scored = [
        (revision, score(revision, newest_at=newest_at), reason(revision, newest_at=newest_at))
        for revision in revisions
    ]
    scored.sort(key=lambda each: (-each[1], newest_at - each[0].newest_at, each[0].story_id))
    return tuple(scored)


def score(revision: Revision, *, newest_at: datetime) -> float:
    """Return the importance of a story, rounded to 6 digits so that platforms agree."""
    n_publishers = max(1, revision.summary.n_publishers)
    mean_weight = max(0.0, revision.weight) / n_publishers
    age = max(timedelta(), newest_at - revision.newest_at)
    fresh = math.exp2(-(age / HALF_LIFE))
    return round(math.log2(1 + n_publishers) ** 2 * math.log2(1 + mean_weight) * fresh, 6)


def reason(revision: Revision, *, newest_at: datetime) -> str:
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
    return ", ".join(parts)
