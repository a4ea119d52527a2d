"""Decide from evidence whether an article belongs to a story: a probability.

Owns how the fitted trees are read and evaluated. Where they come from: :mod:`.weights`.
"""

import math
from collections.abc import Callable, Iterator

from aggregator.stories import weights
from aggregator.stories.evidence import Evidence

Leaf = float
Branch = tuple[int, float, "Node", "Node"]  # feature, threshold, where to go up to it, where to go above
Node = Leaf | Branch
Decide = Callable[[Evidence], float]


def read_trees(written: str) -> tuple[Node, ...]:
    """Read trees written in prefix order, one after the other: ``7<0.25`` asks for feature 7, ``=-0.1`` is a leaf.

    Raises:
        ValueError: The last tree is cut short, or a word is neither a question nor a leaf.
    """
    words = iter(written.split())
    return tuple(_node(word, words) for word in words)


def _node(word: str, words: Iterator[str]) -> Node:
    if word.startswith("="):
        return float(word[1:])
    feature, threshold = word.split("<")
    below = _node(next(words, ""), words)
    return (int(feature), float(threshold), below, _node(next(words, ""), words))


_TREES = read_trees(weights.TREES)


def probability(evidence: Evidence) -> float:
    """Return how sure it is that an article belongs to a story, 0..1, rounded to 4 digits. About 50 us."""
    score = 0.0
    for tree in _TREES:
        node = tree
        while isinstance(node, tuple):
            feature, threshold, below, above = node
            node = below if evidence[feature] <= threshold else above
        score += node
    # Rounded, so that a decision is the same where the sums behind the evidence were added in another order.
    return round(1.0 / (1.0 + math.exp(-score)), 4)
