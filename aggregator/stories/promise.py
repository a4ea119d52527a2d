"""Tell at a glance which candidates are not worth weighing in full.

Owns the first step of a cascade: a sum of what a candidate shows already, each value times a fitted number. It only
leaves out; who joins is decided from full evidence, and the first candidate is always weighed.
"""

from collections.abc import Callable, Sequence

from aggregator.stories.candidates import Candidate, Index
from aggregator.stories.encoder import Encoder, UseEncoder
from aggregator.stories.evidence import gap, near_gap
from aggregator.stories.features import Document

Promising = Callable[[Index, Document, Sequence[Candidate]], list[Candidate]]

# Fitted by ``benchmarks/train_promise.py``: logistic regressions of "probability at least ``cluster.ASK``" on the
# candidates of all articles of ten labelled streams, and where to cut: of candidates that reach it, 2 in 10,000 are
# lost, and of the 4.2 candidates an article has by words 2.3 are weighed, with meaning 2.5 of 4.6.
TOP, MEAN, SHARE, GAP, NEAR_GAP, WORTH = 11.12, 12.17, 3.32, -0.66, -0.62, 1.26
MEANT_TOP, MEANT_MEAN, MEANT_SHARE, MEANT_GAP, MEANT_NEAR_GAP, MEANT_WORTH = 4.12, 9.39, 1.56, -0.55, -0.66, -0.85
IS_MEANT, BEST_MEANT, TOP_MEANT, MARGIN_MEANT = 0.54, 1.94, 2.49, 5.15


def promising_with(encoder: Encoder | None) -> Promising:
    """Return what chooses the candidates to weigh; with an encoder that nothing was fitted for, it is all."""
    if encoder is None:
        return by_words
    return by_both if encoder.name == UseEncoder.name else every


def every(index: Index, document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return all candidates."""
    return list(found)


def by_words(index: Index, document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that may belong together with an article, judged by words and time."""
    most = _most(found)
    return [
        each
        for n, each in enumerate(found)
        if n == 0
        or TOP * each.top
        + MEAN * each.mean
        + SHARE * each.best / most
        + GAP * gap(document, each.group)
        + NEAR_GAP * near_gap(document, each.nearest)
        >= WORTH
    ]


def by_both(index: Index, document: Document, found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that may belong together with an article, judged by words, time and meaning."""
    most = _most(found)
    return [
        each
        for n, each in enumerate(found)
        if n == 0
        or MEANT_TOP * each.top
        + MEANT_MEAN * each.mean
        + MEANT_SHARE * each.best / most
        + MEANT_GAP * gap(document, each.group)
        + MEANT_NEAR_GAP * near_gap(document, each.nearest)
        + _meant(index, document, each, found)
        >= MEANT_WORTH
    ]


def _most(found: Sequence[Candidate]) -> float:
    """Return the highest cosine of any, > 0."""
    return max((each.best for each in found), default=0.0) or 1.0


def _meant(index: Index, document: Document, candidate: Candidate, found: Sequence[Candidate]) -> float:
    if index.meaning is None or not index.meaning.compares(document.article, candidate.nearest.article):
        return 0.0
    rival = max((other.meant_top for other in found if other is not candidate), default=0.0)
    margin = candidate.meant_top - rival
    return IS_MEANT + BEST_MEANT * candidate.meant_best + TOP_MEANT * candidate.meant_top + MARGIN_MEANT * margin
