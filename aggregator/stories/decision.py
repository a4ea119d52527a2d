"""Decide from evidence whether an article belongs to a story: a probability. Where it comes from: :mod:`.weights`."""

import math
from collections.abc import Callable

from aggregator.stories import weights, weights_use
from aggregator.stories.encoder import E5Encoder, Encoder
from aggregator.stories.evidence import NO_MEANING, Evidence

Decide = Callable[[Evidence], float]
Score = Callable[[Evidence], float]  # log odds


# Of the log odds within one language; the rest is that of words and meaning. Few labelled stories make both unsteady,
# not in the same way: B3 F1 of ecbplus .82 without the first and .85 with it, of hard_same_day .90 and .94, of kite .91
# and .90.
WORDS_SHARE = 0.25
# Log odds added across languages, where no word speaks for a story: xling recall .79 at .1, .83 at .4, .835 from .7 on;
# precision .975, .969, .960. With the encoder "e5-small" its B3 F1 is .914 at .2, .921 from .5 on (three seeds).
ACROSS_LANGUAGES = 0.7


def probability(evidence: Evidence) -> float:
    """Return how sure it is from words alone that an article belongs to a story, 0..1, rounded to 4 digits."""
    return _rounded(weights.score(evidence))


def probability_use(evidence: Evidence) -> float:
    """Return how sure it is from words and the meaning that the encoder "use-3" sees; without meaning, from words."""
    return blended(evidence, by_words=weights.score, by_both=weights_use.score)


def probability_e5(evidence: Evidence) -> float:
    """Return how sure it is from words and the meaning that "e5-small" sees; without meaning, from words."""
    from aggregator.stories import weights_e5  # takes 20 ms, and few have that encoder

    return blended(evidence, by_words=weights.score, by_both=weights_e5.score)


def blended(evidence: Evidence, *, by_words: Score, by_both: Score) -> float:
    """Weigh two fitted scores, of words and of words with meaning, into one probability."""
    if evidence.meant_best == NO_MEANING:
        return _rounded(by_words(evidence))
    if not evidence.same_lang:
        return _rounded(by_both(evidence) + ACROSS_LANGUAGES)
    score = WORDS_SHARE * by_words(evidence) + (1.0 - WORDS_SHARE) * by_both(evidence)
    return _rounded(score)


def decision_with(encoder: Encoder | None) -> Decide:
    """Return the decision for an encoder: each has weights of its own.

    Raises:
        ValueError: Nobody has fitted weights for it.
    """
    if encoder is None:
        return probability
    if encoder.name == weights_use.ENCODER:
        return probability_use
    if encoder.name == E5Encoder.name:
        return probability_e5
    raise ValueError(f"there are no weights for the encoder {encoder.name!r}")


def model_of(encoder: Encoder | None) -> str:
    """Return the version of the weights that decide."""
    if encoder is None:
        return weights.MODEL
    if encoder.name != E5Encoder.name:
        return weights_use.MODEL
    from aggregator.stories import weights_e5

    return weights_e5.MODEL


def _rounded(score: float) -> float:
    # Rounded, so that a decision is the same where the sums behind the evidence were added in another order.
    return round(1.0 / (1.0 + math.exp(-score)), 4)
