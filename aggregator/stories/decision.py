"""Decide from evidence whether an article belongs to a story: a probability. Where it comes from: :mod:`.weights`."""

import math
from collections.abc import Callable

from aggregator.stories import weights
from aggregator.stories.evidence import Evidence

Decide = Callable[[Evidence], float]


def probability(evidence: Evidence) -> float:
    """Return how sure it is that an article belongs to a story, 0..1, rounded to 4 digits."""
    # Rounded, so that a decision is the same where the sums behind the evidence were added in another order.
    return round(1.0 / (1.0 + math.exp(-weights.score(evidence))), 4)
