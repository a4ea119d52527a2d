"""Which sentences a summary is made of.

Owns the choice: greedy coverage of what independent publishers say, within a budget of words. Must not judge fitness
(:mod:`aggregator.summaries.pool`) nor decide order and headings (:mod:`aggregator.summaries.sections`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import pairwise

from aggregator.model import Report
from aggregator.summaries.pool import Candidate
from aggregator.summaries.senses import sense
from aggregator.summaries.words import content_stems

# Words of a summary. Short feeds (55 words an article) are told best in about 70, whole texts in 200: a share of the
# material, growing. Set on the dev sets by ROUGE F1; a flat 100 loses 1 point on the short and 1.5 on the long ones.
MIN_BUDGET, MAX_BUDGET = 40, 230
_MIN_SHARE, _MAX_SHARE = 0.3, 0.5
_SHORT_ARTICLE, _SHARE_SLOPE = 50, 0.015
# More articles have more sides to tell: a fourth and every further one raise the share.
_FEW, _SIDE, _MORE_SIDES = 3, 0.14, 0.28
# A sentence may stand out of the budget by this share of itself; short summaries must be tighter.
_OVERHANG_SHORT, _OVERHANG = 0.3, 0.5
_SHORT = 80
# Publishers count to this power: what three say weighs 15 times what one says (1.0, 1.5, 2, 2.5, 3 tried).
_AGREEMENT = 2.5
_SINGLE = 0.1  # weight of what one publisher alone says
_LENGTH_POWER, _LENGTH_PRIOR = 0.5, 8  # gain is divided by (words + prior) ** power
_POSITION = 0.3  # gain is divided by 1 + this per sentence before it in its article
# The likeness of an article to the others counts to this power: who tells the story as most do has its core, a column
# or a side of it has not. 0, .25, .5, 1, 2 tried: .5 gains .9 of ROUGE-2 on NeuS (.1 and 1.8 of its halves), nothing
# on AllSides, and loses 0 to .1 on Multi-News.
_STANDING = 0.5
# A sentence whose content a chosen one has to this share tells nothing new.
REPEATED = 0.5
# Two that share two numbers tell the same sooner: "won with 112 of 240 seats", "by winning 112 of the 240 seats".
_SAME_NUMBERS, _REPEATED_WITH_NUMBERS = 2, 0.4
# A summary of four sections of three; more short sentences would make lists of them.
MAX_SENTENCES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A chosen sentence with what it added to those chosen before it."""

    candidate: Candidate
    gain: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """A fit sentence that was not chosen, and why."""

    candidate: Candidate
    reason: str


def select(pool: Sequence[Candidate], reports: Sequence[Report]) -> list[Chosen]:
    """Choose sentences, the most telling first; see :func:`choose`."""
    return choose(pool, reports)[0]


def choose(pool: Sequence[Candidate], reports: Sequence[Report]) -> tuple[list[Chosen], list[PassedOver]]:
    """Choose sentences and say why the others were passed over.

    Args:
        pool: Fit sentences of one language.
        reports: What their ``report`` points into; titles and publishers are read.

    Returns:
        The chosen, the most telling first, at least one if the pool has any; the others in the order they were looked
        at. Cost: ``O(sentences * chosen * words of a sentence)`` at worst, mostly a tenth of it.
    """
    features = [_features(c.stems) for c in pool]
    standing = _standing(pool)
    weights = _weights(pool, features, reports)
    budget = word_budget(sum(c.n_words for c in pool), len({c.report for c in pool}))
    overhang = _OVERHANG_SHORT if budget < _SHORT else _OVERHANG
    chosen: list[Chosen] = []
    passed: list[PassedOver] = []
    covered: set[str] = set()
    used = 0
    waiting: dict[tuple[int, int], int] = {}  # what leans on a sentence, until that one is taken

    def bound(i: int) -> float:
        return _gain(pool[i], features[i], covered, weights) * standing[pool[i].report]

    # What a sentence adds can only shrink, so a gain reckoned earlier is an upper bound: only the best is redone.
    heap: list[tuple[float, int, int]] = []
    for i, candidate in enumerate(pool):
        if candidate.leans:
            waiting[candidate.report, candidate.position - 1] = i
        else:
            heap.append((-bound(i), i, 0))
    heapify(heap)
    while heap and used < budget and len(chosen) < MAX_SENTENCES:
        lost, best, n_then = heappop(heap)
        candidate = pool[best]
        if n_then != len(chosen):
            heappush(heap, (-bound(best), best, len(chosen)))
            continue
        is_too_long = used + (1 - overhang) * candidate.n_words > budget
        if chosen and (reason := _unwanted(candidate, chosen, -lost, is_too_long=is_too_long)):
            passed.append(PassedOver(candidate=candidate, reason=reason))
            continue
        chosen.append(Chosen(candidate=candidate, gain=-lost))
        covered |= features[best]
        used += candidate.n_words
        if (next_one := waiting.pop((candidate.report, candidate.position), None)) is not None:
            heappush(heap, (-bound(next_one), next_one, len(chosen)))
    left = sorted(i for _, i, _ in heap)
    passed += [PassedOver(candidate=pool[i], reason=f"{budget:.0f} words are enough for this story") for i in left]
    return chosen, passed + [
        PassedOver(candidate=pool[i], reason="speaks of the sentence before it, which was not taken")
        for i in sorted(waiting.values())
    ]


def _unwanted(candidate: Candidate, chosen: Sequence[Chosen], gain: float, *, is_too_long: bool) -> str:
    """Say why a sentence is not taken; "": it is."""
    if not gain:
        return "all of its words are told already"
    if twin := _repeated(candidate, chosen):
        return f"says again: {twin}"
    return "too long for the words that are left" if is_too_long else ""


def word_budget(n_words: int, n_articles: int) -> float:
    """Give how many words a summary of this much material should have."""
    share = min(
        _MAX_SHARE, max(_MIN_SHARE, _MIN_SHARE + _SHARE_SLOPE * (n_words / max(1, n_articles) - _SHORT_ARTICLE))
    )
    share += min(_MORE_SIDES, _SIDE * max(0, n_articles - _FEW))
    return min(MAX_BUDGET, max(MIN_BUDGET, share * n_words))


def _features(stems: Sequence[str]) -> frozenset[str]:
    return frozenset(stems) | {f"{a} {b}" for a, b in pairwise(stems)}


def _weights(
    pool: Sequence[Candidate], features: Sequence[frozenset[str]], reports: Sequence[Report]
) -> dict[str, float]:
    """Weigh each stem and pair of stems by the number of independent publishers that have it."""
    publishers: dict[str, set[str]] = {}
    for candidate, found in zip(pool, features, strict=True):
        publisher = reports[candidate.report].article.publisher
        for feature in found:
            publishers.setdefault(feature, set()).add(publisher)
    for report in sorted({c.report for c in pool}):
        article = reports[report].article
        for feature in _features(content_stems(article.title, pool[0].lang)):
            if feature in publishers:
                publishers[feature].add(article.publisher)
    return {f: float(len(who) ** _AGREEMENT) if len(who) > 1 else _SINGLE for f, who in publishers.items()}


def _standing(pool: Sequence[Candidate]) -> dict[int, float]:
    """Weigh each article by how like the others it is, 1.0 for the most central one."""
    stems: dict[int, set[str]] = {}
    for candidate in pool:
        stems.setdefault(candidate.report, set()).update(candidate.stems)
    near = {}
    for report, mine in stems.items():
        shares = [
            2 * len(mine & theirs) / max(1, len(mine) + len(theirs)) for r, theirs in stems.items() if r != report
        ]
        near[report] = sum(shares) / len(shares) if shares else 1.0
    most = max(near.values(), default=0.0)
    return {report: (share / most if most else 1.0) ** _STANDING for report, share in near.items()}


def _gain(candidate: Candidate, features: frozenset[str], covered: set[str], weights: dict[str, float]) -> float:
    # Summed in the sentence's own order would be slow; rounding keeps the sum free of set order.
    gain = round(sum(sorted(weights[f] for f in features - covered)), 6)
    length = float((candidate.n_words + _LENGTH_PRIOR) ** _LENGTH_POWER)
    return gain * candidate.penalty / length / (1 + _POSITION * candidate.position)


def _repeated(candidate: Candidate, chosen: Sequence[Chosen]) -> str:
    """Find the chosen sentence that tells the same; "": none."""
    senses = _senses(candidate)
    for one in chosen:
        theirs = _senses(one.candidate)
        n_numbers = sum(each[0].isdigit() for each in senses & theirs)
        if _shared(senses, theirs) >= (REPEATED if n_numbers < _SAME_NUMBERS else _REPEATED_WITH_NUMBERS):
            return one.candidate.text
    return ""


def _senses(candidate: Candidate) -> frozenset[str]:
    """Give what a sentence speaks of: "struck" and "hit" are one."""
    return frozenset(map(sense, candidate.stems))


def _shared(mine: frozenset[str], theirs: frozenset[str]) -> float:
    """Give the share of the shorter one that the longer one has."""
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))
