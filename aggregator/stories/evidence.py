"""Weigh what speaks for and against an article belonging to a story.

Owns the features of the decision; each is a pure function of values and of the rarity of the moment. It must not
decide. Masses are sums of squared rarities, so that three rare words weigh more than ten common ones.
"""

import math
from collections.abc import Collection, Iterable
from typing import NamedTuple

from aggregator.stories.candidates import Candidate, Group, Index
from aggregator.stories.features import Document

NO_TIME = -1.0
NO_MEANING = -2.0  # in place of a cosine: without an encoder, or within a language that it never learned
UNKNOWN = 0.5  # a share of nothing: neither for nor against
# Gaps below an hour count as none: in some streams all articles of a story come within minutes, and a decision that
# has seen this joins what was published together (kite, trained on the others: B3 F1 .45 without a floor, .55 with it).
GAP_FLOOR_HOURS = 1.0
N_RAREST = 3  # words of a title that name its event
N_CORE = 5


class Evidence(NamedTuple):
    """What is known of one pair of article and story. Order and names belong to the weights: see :mod:`.weights`.

    Attributes:
        best: Cosine with the nearest member, 0..1.
        top: Mean cosine with the three nearest members.
        mean: Mean cosine with all members.
        centroid: Cosine with the sum of all members.
        title: Cosine of the titles of article and nearest member.
        coverage: Share of the title's mass that occurs in the story.
        anchor_coverage: Share of the mass of names and numbers that occurs in the story.
        anchor_shared: Square root of the mass of names and numbers that occurs in the story.
        shared_mass: Square root of the mass shared with the nearest member.
        rarest: Rarity of the rarest word shared with the nearest member.
        unshared: Square root of the mass of the title that the nearest member lacks.
        nearest_unshared: Square root of the mass of the nearest member's title that the article lacks.
        number_conflict: 1 if both titles have numbers that the other article lacks.
        number_match: Numbers common to both titles.
        template: Share of the titles' words, names and numbers left out, that both have.
        gap: Logarithm of the hours between article and story; ``NO_TIME``.
        near_gap: The same to the nearest member.
        size: Logarithm of the number of members.
        n_shared: Words shared with the nearest member.
        core: Share of the mass of the words of most members that the article has.
        doc_rare: Share of the title's rarest words that occur in the story.
        near_rare: Share of the nearest title's rarest words that the article has.
        both_rare: The smaller of the two: low where a template was filled with other names.
        story_rare: Share of the words that mark the story that the article has.
        numbers: Share of the numbers of article and nearest member that both have.
        numbers_clash: Numbers that each of them lacks of the other; the smaller count.
        anchors_clash: Square root of the mass of names and numbers that each lacks of the other; the smaller.
        contrast: Rarity of the rarest shared word over that of the rarest words that the titles do not share.
        same_lang: 1 if both are in one language.
        margin: ``best`` over that of the next story.
        meant_best: Cosine of meaning with the member nearest in meaning, -1..1; ``NO_MEANING``.
        meant_top: Mean of this with the three nearest in meaning.
        meant_mean: Mean of this with all members.
        meant_margin: ``meant_top`` over the highest of any other story.
        meant_near: Cosine of meaning with the nearest member.
        age: Logarithm of the hours to the article of the story that is furthest away; ``NO_TIME``.
        cohesion: How alike the members are among themselves, 0..1; a lone one: 1.
        second: Rarity of the second rarest word shared with the nearest member.
        burst: Logarithm of how many live articles have both of the two rarest.
        same_publisher: 1 if the nearest member is of the same publisher.
    """

    best: float
    top: float
    mean: float
    centroid: float
    title: float
    coverage: float
    anchor_coverage: float
    anchor_shared: float
    shared_mass: float
    rarest: float
    unshared: float
    nearest_unshared: float
    number_conflict: float
    number_match: float
    template: float
    gap: float
    near_gap: float
    size: float
    n_shared: float
    core: float
    doc_rare: float
    near_rare: float
    both_rare: float
    story_rare: float
    numbers: float
    numbers_clash: float
    anchors_clash: float
    contrast: float
    same_lang: float
    margin: float
    meant_best: float = NO_MEANING
    meant_top: float = NO_MEANING
    meant_mean: float = NO_MEANING
    meant_margin: float = NO_MEANING
    meant_near: float = NO_MEANING
    age: float = NO_TIME
    cohesion: float = 1.0
    second: float = 0.0
    burst: float = 0.0
    same_publisher: float = 0.0


def weigh(
    index: Index, document: Document, candidate: Candidate, *, rival: float, meant_rival: float = 0.0
) -> Evidence:
    """Compare an article with a story. About 60 us.

    Args:
        index: The rarity of the moment.
        document: The article.
        candidate: The story.
        rival: Cosine with the nearest article of any other story; 0: there is none.
        meant_rival: The highest ``meant_top`` of any other story; 0: there is none.
    """
    group, nearest = candidate.group, candidate.nearest
    counts = group.counts
    shared = [term for term in document.terms if term in nearest.terms]
    only, nearest_only = document.title - nearest.terms.keys(), nearest.title - document.terms.keys()
    rarest_shared = _highest(index, shared)
    second, burst = _burst(index, shared)
    core = _core(group, nearest)
    doc_rare = _share(_rarest(index, document.title), counts)
    near_rare = _share(_rarest(index, nearest.title), document.terms)
    marks = sorted(core, key=lambda term: (-counts[term] * counts[term] * index.squares[term], term))[:N_CORE]
    numbers, others = _numbers(document), _numbers(nearest)
    return Evidence(
        best=candidate.best,
        top=candidate.top,
        mean=candidate.mean,
        centroid=_centroid(index, document, group),
        title=_title(index, document, nearest),
        coverage=_mass_share(index, document.title, counts),
        anchor_coverage=_mass_share(index, document.anchors, counts),
        anchor_shared=math.sqrt(_mass(index, [term for term in document.anchors if term in counts])),
        shared_mass=math.sqrt(_mass(index, shared)),
        rarest=rarest_shared,
        unshared=math.sqrt(_mass(index, only)),
        nearest_unshared=math.sqrt(_mass(index, nearest_only)),
        number_conflict=float(
            bool(document.numbers - nearest.terms.keys()) and bool(nearest.numbers - document.terms.keys())
        ),
        number_match=float(len(document.numbers & nearest.numbers)),
        template=_template(document, nearest),
        gap=_gap(document, group),
        near_gap=_near_gap(document, nearest),
        size=math.log(len(group.members)),
        n_shared=float(len(shared)),
        core=_mass_share(index, core, document.terms),
        doc_rare=doc_rare,
        near_rare=near_rare,
        both_rare=min(doc_rare, near_rare),
        story_rare=_share(marks, document.terms),
        numbers=len(numbers & others) / min(len(numbers), len(others)) if numbers and others else UNKNOWN,
        numbers_clash=float(min(len(numbers - others), len(others - numbers))),
        anchors_clash=math.sqrt(
            min(
                _mass(index, document.anchors - nearest.terms.keys()),
                _mass(index, nearest.anchors - document.terms.keys()),
            )
        ),
        contrast=rarest_shared - min(_highest(index, only), _highest(index, nearest_only)),
        same_lang=float(document.article.lang == nearest.article.lang),
        margin=candidate.best - rival,
        age=_age(document, group),
        cohesion=_cohesion(index, group),
        second=second,
        burst=burst,
        same_publisher=float(document.article.publisher == nearest.article.publisher),
        **_meant(index, document, candidate, meant_rival),
    )


def _meant(index: Index, document: Document, candidate: Candidate, rival: float) -> dict[str, float]:
    """Return the features of meaning; none: :class:`Evidence` says that they are missing."""
    nearest = candidate.nearest
    if index.meaning is None or not index.meaning.compares(document.article, nearest.article):
        return {}
    return {
        "meant_best": candidate.meant_best,
        "meant_top": candidate.meant_top,
        "meant_mean": candidate.meant_mean,
        "meant_margin": candidate.meant_top - rival,
        "meant_near": index.meaning.cosines(document.id, [nearest.id])[0],
    }


def _mass(index: Index, terms: Iterable[str]) -> float:
    squares = index.squares
    return math.fsum([squares[term] for term in terms])


def _highest(index: Index, terms: Iterable[str]) -> float:
    """Return the rarity of the rarest of some words; 0: there are none."""
    return math.sqrt(max(map(index.squares.__getitem__, terms), default=0.0))


def _mass_share(index: Index, terms: Collection[str], among: Collection[str]) -> float:
    whole = _mass(index, terms)
    return _mass(index, [term for term in terms if term in among]) / whole if whole else UNKNOWN


def _share(terms: list[str], among: Collection[str]) -> float:
    return sum(term in among for term in terms) / len(terms) if terms else UNKNOWN


def _rarest(index: Index, terms: Iterable[str]) -> list[str]:
    return sorted(terms, key=lambda term: (-index.squares[term], term))[:N_RAREST]


def _numbers(document: Document) -> frozenset[str]:
    return frozenset(term for term in document.terms if term[0].isdigit())


def _core(group: Group, nearest: Document) -> tuple[str, ...]:
    """Return the words of most members; a story of one or two has its nearest title instead."""
    return group.core() if len(group.members) > 2 else tuple(nearest.title)


def _centroid(index: Index, document: Document, group: Group) -> float:
    counts = group.counts
    squares = index.squares
    dot = math.fsum(
        [weight * squares[term] * counts[term] for term, weight in document.terms.items() if term in counts]
    )
    return min(1.0, dot / (index.norm(document) * index.centroid_norm(group)))


def _title(index: Index, document: Document, nearest: Document) -> float:
    norm = math.sqrt(_mass(index, document.title) * _mass(index, nearest.title))
    return _mass(index, document.title & nearest.title) / norm if norm else 0.0


def _template(document: Document, nearest: Document) -> float:
    plain, other = document.title - document.anchors, nearest.title - nearest.anchors
    either = len(plain | other)
    return len(plain & other) / either if either else 0.0


def _gap(document: Document, group: Group) -> float:
    if document.hours is None or group.first is None or group.last is None:
        return NO_TIME
    return _log_hours(max(group.first - document.hours, document.hours - group.last))


def _age(document: Document, group: Group) -> float:
    """Return the hours from the article to that of the story which is furthest away from it, as a logarithm."""
    if document.hours is None or group.first is None or group.last is None:
        return NO_TIME
    return _log_hours(max(document.hours - group.first, group.last - document.hours))


def _cohesion(index: Index, group: Group) -> float:
    """Return how alike the members are: the length of their sum as a share of the sum of their lengths, 0..1."""
    if len(group.members) == 1:
        return 1.0
    return min(
        1.0, index.centroid_norm(group) / math.fsum([index.plain_norm(member) for member in group.members.values()])
    )


def _burst(index: Index, shared: list[str]) -> tuple[float, float]:
    """Return the rarity of the second rarest shared word, and the logarithm of how many live articles have both."""
    if len(shared) < 2:
        return 0.0, 0.0
    one, other = _rarest(index, shared)[:2]
    return math.sqrt(index.squares[other]), math.log1p(index.n_with_both(one, other))


def _near_gap(document: Document, nearest: Document) -> float:
    if document.hours is None or nearest.hours is None:
        return NO_TIME
    return _log_hours(abs(document.hours - nearest.hours))


def _log_hours(hours: float) -> float:
    return math.log1p(max(0.0, hours - GAP_FLOOR_HOURS))
