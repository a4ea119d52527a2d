"""Weigh what speaks for and against an article belonging to a story.

Owns the features of the decision; each is a pure function of values and of the rarity of the moment. It must not
decide. Masses are sums of squared rarities, so that three rare words weigh more than ten common ones.
"""

import math
from collections.abc import Collection, Container, Iterable, Sequence
from typing import NamedTuple

from aggregator.stories.candidates import Candidate, Group, Index
from aggregator.stories.features import Document
from aggregator.stories.postings import PARTS
from aggregator.stories.profiles import Profile, Side, Squares, marks

NO_TIME = -1.0
NO_MEANING = -2.0  # in place of a cosine: without an encoder, or within a language that it never learned
UNKNOWN = 0.5  # a share of nothing: neither for nor against
# Gaps below an hour count as none: in some streams all articles of a story come within minutes, and a decision that
# has seen this joins what was published together (kite, trained on the others: B3 F1 .45 without a floor, .55 with it).
GAP_FLOOR_HOURS = 1.0


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
    """Compare an article with a story. About 0.1 ms with what has to be read of both for it.

    Args:
        index: The rarity of the moment.
        document: The article.
        candidate: The story.
        rival: Cosine with the nearest article of any other story; 0: there is none.
        meant_rival: The highest ``meant_top`` of any other story; 0: there is none.
    """
    group, nearest, squares = candidate.group, candidate.nearest, index.squares
    own, other, story = index.side(document), index.side(nearest), index.profile(candidate.group)
    counts = story.counts
    shared = own.terms & other.terms
    only, nearest_only = own.title - other.terms, other.title - own.terms
    first, second = [*squares.rarest(shared, 2), "", ""][:2]
    rarest_shared = math.sqrt(squares[first]) if first else 0.0
    core, core_mass, marked = _core(squares, story, other)
    doc_rare, near_rare = _share(own.rarest, counts), _share(other.rarest, own.terms)
    anchor_mass = squares.mass([term for term in own.anchors if term in counts])
    return Evidence(
        best=candidate.best,
        top=candidate.top,
        mean=candidate.mean,
        centroid=_centroid(own, story),
        title=_title(squares, own, other),
        coverage=_of(squares.mass([term for term in own.title if term in counts]), own.title_mass),
        anchor_coverage=_of(anchor_mass, own.anchor_mass),
        anchor_shared=math.sqrt(anchor_mass),
        shared_mass=math.sqrt(squares.mass(shared)),
        rarest=rarest_shared,
        unshared=math.sqrt(squares.mass(only)),
        nearest_unshared=math.sqrt(squares.mass(nearest_only)),
        number_conflict=float(not (own.numbers <= other.terms or other.numbers <= own.terms)),
        number_match=float(len(own.numbers & other.numbers)),
        template=_template(own, other),
        gap=gap(document, group),
        near_gap=near_gap(document, nearest),
        size=math.log(story.n_members),
        n_shared=float(len(shared)),
        core=_of(squares.mass([term for term in core if term in own.terms]), core_mass),
        doc_rare=doc_rare,
        near_rare=near_rare,
        both_rare=min(doc_rare, near_rare),
        story_rare=_share(marked, own.terms),
        numbers=_numbers(own, other),
        numbers_clash=float(min(len(own.all_numbers - other.all_numbers), len(other.all_numbers - own.all_numbers))),
        anchors_clash=math.sqrt(min(squares.mass(own.anchors - other.terms), squares.mass(other.anchors - own.terms))),
        contrast=rarest_shared - math.sqrt(min(_highest(squares, only), _highest(squares, nearest_only))),
        same_lang=float(document.article.lang == nearest.article.lang),
        margin=candidate.best - rival,
        age=_age(document, group),
        cohesion=story.cohesion,
        second=math.sqrt(squares[second]) if second else 0.0,
        burst=math.log1p(index.postings.n_with_both(first, second)) if second else 0.0,
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


def _highest(squares: Squares, terms: Iterable[str]) -> float:
    """Return the squared rarity of the rarest of some words; 0: there are none."""
    return max(map(squares.__getitem__, terms), default=0.0)


def _of(mass: float, whole: float) -> float:
    return mass / whole if whole else UNKNOWN


def _share(terms: Sequence[str], among: Container[str]) -> float:
    return sum([term in among for term in terms]) / len(terms) if terms else UNKNOWN


def _numbers(own: Side, other: Side) -> float:
    if not (own.all_numbers and other.all_numbers):
        return UNKNOWN
    return len(own.all_numbers & other.all_numbers) / min(len(own.all_numbers), len(other.all_numbers))


def _core(squares: Squares, story: Profile, nearest: Side) -> tuple[Collection[str], float, list[str]]:
    """Return the words of most members, their mass, and those that mark the story.

    A story of one or two has its nearest title instead.
    """
    if story.n_members > 2:
        return story.core, story.core_mass, story.marks
    return nearest.title, nearest.title_mass, marks(squares, nearest.title, story.counts)


def _centroid(own: Side, story: Profile) -> float:
    counts = story.counts
    dot = sum([weight * counts[term] for term, weight in own.weighted.items() if term in counts]) / PARTS
    return min(1.0, dot / (own.norm * story.norm))


def _title(squares: Squares, own: Side, other: Side) -> float:
    norm = math.sqrt(own.title_mass * other.title_mass)
    return squares.mass(own.title & other.title) / norm if norm else 0.0


def _template(own: Side, other: Side) -> float:
    either = len(own.plain | other.plain)
    return len(own.plain & other.plain) / either if either else 0.0


def gap(document: Document, group: Group) -> float:
    """Return the hours between an article and the time of a story, as a logarithm; ``NO_TIME``."""
    if document.hours is None or group.first is None or group.last is None:
        return NO_TIME
    return _log_hours(max(group.first - document.hours, document.hours - group.last))


def _age(document: Document, group: Group) -> float:
    """Return the hours from the article to that of the story which is furthest away from it, as a logarithm."""
    if document.hours is None or group.first is None or group.last is None:
        return NO_TIME
    return _log_hours(max(document.hours - group.first, group.last - document.hours))


def near_gap(document: Document, nearest: Document) -> float:
    """Return the hours between two articles, as a logarithm; ``NO_TIME``."""
    if document.hours is None or nearest.hours is None:
        return NO_TIME
    return _log_hours(abs(document.hours - nearest.hours))


def _log_hours(hours: float) -> float:
    return math.log1p(max(0.0, hours - GAP_FLOOR_HOURS))
