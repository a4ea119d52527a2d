"""Read articles and stories once for all comparisons of a batch: their words as sets, and what these weigh.

Owns what is known of one side of a comparison; what two sides have in common is :mod:`.evidence`.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aggregator.stories.features import Document
from aggregator.stories.postings import LEDE_PARTS, TITLE_PARTS, Postings, Rows, length

N_RAREST = 3  # words of a title that name its event
N_CORE = 5


class Squares(dict[str, float]):
    """Squared rarities by word, as of the last refresh; those that nobody asked for yet are looked up."""

    def __init__(self, postings: Postings) -> None:
        super().__init__()
        self._postings = postings

    def __missing__(self, term: str) -> float:
        postings = self._postings
        value = self[term] = float(postings.squares[postings.rarity.count(term)])
        return value

    def mass(self, terms: Iterable[str]) -> float:
        """Return the sum over some words; exact in any order."""
        return sum([self[term] for term in terms])

    def rarest(self, terms: Iterable[str], n: int) -> list[str]:
        """Return the rarest of some words, then by the alphabet."""
        return [term for _, term in sorted([(-self[term], term) for term in terms])[:n]]


@dataclass(slots=True, kw_only=True)
class Side:
    """An article as one side of a comparison.

    Attributes:
        terms: Stems of title and lede.
        title: Stems of the title.
        anchors: Stems of names, and numbers, of both.
        plain: Stems of the title that are none of these.
        numbers: Numbers of the title.
        all_numbers: Numbers of both.
        weighted: Squared rarity by stem, times ``TITLE_PARTS`` or ``LEDE_PARTS``.
        norm: Length of its vector, > 0.
        title_mass: Sum of the squared rarities of the title.
        anchor_mass: The same of ``anchors``.
        rarest: The rarest words of the title.
    """

    terms: frozenset[str]
    title: frozenset[str]
    anchors: frozenset[str]
    plain: frozenset[str]
    numbers: frozenset[str]
    all_numbers: frozenset[str]
    weighted: Mapping[str, float]
    norm: float
    title_mass: float
    anchor_mass: float
    rarest: list[str]


def side(postings: Postings, squares: Squares, document: Document) -> Side:
    """Read an article. About 15 us."""
    each = postings.squares_of(document).tolist()
    squares.update(zip(document.stems, each, strict=True))
    n_title = document.n_title
    weighted = [TITLE_PARTS * square for square in each[:n_title]] + [LEDE_PARTS * square for square in each[n_title:]]
    title = frozenset(document.stems[:n_title])
    anchors = frozenset(document.anchors)
    numbers = frozenset([stem for stem in document.anchors if stem[0].isdigit()])
    return Side(
        terms=frozenset(document.stems),
        title=title,
        anchors=anchors,
        plain=title - anchors,
        numbers=numbers & title,
        all_numbers=numbers,
        weighted=dict(zip(document.stems, weighted, strict=True)),
        norm=length(each, n_title),
        title_mass=sum(each[:n_title]),
        anchor_mass=squares.mass(anchors),
        rarest=squares.rarest(title, N_RAREST),
    )


@dataclass(slots=True, kw_only=True)
class Profile:
    """A story as one side of a comparison.

    Attributes:
        n_members: Of how many articles it speaks.
        counts: How many of them have each term.
        norm: Length of the sum of their vectors with all words counted as one, > 0.
        cohesion: How alike they are: this length as a share of the sum of theirs, 0..1; a lone one: 1.
        core: Words that more than half of them have.
        core_mass: Sum of the squared rarities of these.
        marks: Those of them that say most.
    """

    n_members: int
    counts: Mapping[str, int]
    norm: float
    cohesion: float
    core: tuple[str, ...]
    core_mass: float
    marks: list[str]


def profile(postings: Postings, squares: Squares, counts: Mapping[str, int], rows: Rows) -> Profile:
    """Read a story, given how many of its members have each term and their rows. 5 us for a lone one, 25 for three."""
    norms = postings.plain_norms(rows).tolist()
    n_members = len(norms)
    if n_members == 1:
        return Profile(n_members=1, counts=counts, norm=norms[0], cohesion=1.0, core=(), core_mass=0.0, marks=[])
    norm = postings.sum_norm(rows)
    core = tuple([term for term, count in counts.items() if 2 * count > n_members]) if n_members > 2 else ()
    return Profile(
        n_members=n_members,
        counts=counts,
        norm=norm,
        cohesion=min(1.0, norm / math.fsum(norms)),
        core=core,
        core_mass=squares.mass(core),
        marks=marks(squares, core, counts),
    )


def marks(squares: Squares, terms: Iterable[str], counts: Mapping[str, int]) -> list[str]:
    """Return the words that mark a story: rare, and in many of its articles."""
    weighed = [(-counts[term] * counts[term] * squares[term], term) for term in terms]
    return [term for _, term in sorted(weighed)[:N_CORE]]
