"""Fit what tells at a glance that a candidate is not worth weighing in full: see ``aggregator/stories/promise.py``.

    python benchmarks/train_promise.py DIRECTORY

Needs numpy and scikit-learn: run it in an environment of its own with the project on ``PYTHONPATH``. DIRECTORY holds
labelled streams (see ``stories.py``); their labels are not looked at. Every stream is placed with each candidate
weighed in full, by words and with the encoder "use"; a logistic regression of "probability at least ``cluster.ASK``" is
fitted on what a candidate shows already, and cut where ``LOST`` of those that reach it are lost. Prints the numbers to
be copied.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from aggregator.stories.cluster import ASK, Clusterer
from aggregator.stories.decision import decision_with
from aggregator.stories.encoder import Encoder, UseEncoder
from aggregator.stories.evidence import NO_MEANING, Evidence
from aggregator.stories.stream import BATCH
from benchmarks.templates import labelled

LOST = 0.0002
BY_WORDS = ("TOP", "MEAN", "SHARE", "GAP", "NEAR_GAP")
BY_BOTH = (*(f"MEANT_{name}" for name in BY_WORDS), "IS_MEANT", "BEST_MEANT", "TOP_MEANT", "MARGIN_MEANT")


def shown(evidence: Evidence, *, with_meaning: bool) -> list[float]:
    """Return what the candidate of this evidence shows before it is weighed, as ``promise`` reads it."""
    most = max(evidence.best, evidence.best - evidence.margin) or 1.0
    by_words = [evidence.top, evidence.mean, evidence.best / most, evidence.gap, evidence.near_gap]
    if not with_meaning:
        return by_words
    if evidence.meant_best == NO_MEANING:
        return [*by_words, 0.0, 0.0, 0.0, 0.0]
    return [*by_words, 1.0, evidence.meant_best, evidence.meant_top, evidence.meant_margin]


def weighed(files: Sequence[Path], encoder: Encoder | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place all streams with every candidate weighed.

    Returns:
        ``(n, 5 or 9)`` what each showed, ``(n,)`` its probability, ``(n,)`` whether it was an article's first.
    """
    decide = decision_with(encoder)
    rows: list[list[float]] = []
    chances: list[float] = []
    firsts: list[bool] = []

    def noted(evidence: Evidence) -> float:
        chance = decide(evidence)
        rows.append(shown(evidence, with_meaning=encoder is not None))
        chances.append(chance)
        firsts.append(evidence.margin >= 0.0)
        return chance

    for file in files:
        articles, _ = labelled(file)
        clusterer = Clusterer(encoder=encoder, decide=noted)
        for start in range(0, len(articles), BATCH):
            clusterer.place(articles[start : start + BATCH])
    return np.array(rows), np.array(chances), np.array(firsts)


def main(arguments: Sequence[str]) -> int:
    """Print the fitted numbers, and what they leave out."""
    files = sorted(Path(arguments[0]).glob("*.jsonl"))
    for encoder, names, least in ((None, BY_WORDS, "WORTH"), (UseEncoder(), BY_BOTH, "MEANT_WORTH")):
        x, chance, is_first = weighed(files, encoder)
        may_join = chance >= ASK
        model = LogisticRegression(max_iter=3000, C=10).fit(x, may_join)
        score = x @ model.coef_[0]
        cut = float(np.sort(score[may_join])[int(LOST * may_join.sum())])
        kept = (score >= cut) | is_first
        for name, value in zip((*names, least), (*model.coef_[0], cut), strict=True):
            print(f"{name} = {value:.2f}")
        n_articles = is_first.sum()
        lost = (~kept & may_join).sum() / may_join.sum()
        print(f"weighed {kept.sum() / n_articles:.2f} of {len(x) / n_articles:.2f} an article; lost {lost:.5f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
