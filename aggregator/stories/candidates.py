"""Find which live stories an article may belong to, without comparing it with all.

Owns the inverted index over live articles and the groups (stories in the making) they form. It returns candidates and
how alike their articles are; whether any of them is the same story is decided elsewhere.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TYPE_CHECKING

from aggregator.stories.features import LEDE_WEIGHT, TITLE_WEIGHT, Document, Rarity

if TYPE_CHECKING:  # it needs numpy, which is there only with an encoder
    from aggregator.stories.meaning import Meaning

MAX_POSTINGS = 2000  # looked at for one article, rarest terms first: bounds the cost at 50,000 live articles
MAX_NEIGHBOURS = 64  # articles whose stories are considered ...
MAX_GROUPS = 16  # ... and how many of these stories, by unnormalised likeness
MIN_OF_BEST = 0.15  # of the best candidate's cosine; .3 with 6 candidates lost large stories (uci recall .86 -> .76)
MIN_COSINE = 0.035  # with the nearest member; .06 lost the stories of 1.1 % of allsides, 1.5 % of wikinews
MAX_CANDIDATES = 8  # stories compared in full ...
MAX_MEANT = 5  # ... and so many nearest in meaning, where there is an encoder


@dataclass(slots=True, kw_only=True)
class Group:
    """A live story while a batch is placed: the one mutable value of this room.

    Attributes:
        id: The story's id.
        born: Sorts stories from oldest to newest: (minting in seconds, batch number, id).
        members: Articles by id, in order of joining.
        counts: How many members have each term.
        first: Time of the oldest member in hours since 1970; ``None``: no member has a time.
        last: Time of the newest member.
    """

    id: str
    born: tuple[float, int, str]
    members: dict[str, Document] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    first: float | None = None
    last: float | None = None
    _core: tuple[str, ...] | None = None

    def core(self) -> tuple[str, ...]:
        """Return the words that more than half of the members have."""
        if self._core is None:
            n_members = len(self.members)
            self._core = tuple(term for term, count in self.counts.items() if 2 * count > n_members)
        return self._core

    def add(self, document: Document) -> None:
        """Take an article in."""
        self.members[document.id] = document
        self._core = None
        self.counts.update(document.terms.keys())
        if document.hours is not None:
            self.first = document.hours if self.first is None else min(self.first, document.hours)
            self.last = document.hours if self.last is None else max(self.last, document.hours)


class _ByCount(dict[int, float]):
    """Squared rarities by how many live articles have a word, each computed when it is first asked for."""

    def __init__(self, rarity: Rarity) -> None:
        super().__init__()
        self._rarity = rarity

    def __missing__(self, count: int) -> float:
        value = self[count] = self._rarity.square(count)
        return value


class _Squares(dict[str, float]):
    """Squared rarities by word; equally common words share one logarithm."""

    def __init__(self, rarity: Rarity) -> None:
        super().__init__()
        self._rarity = rarity
        self.by_count = _ByCount(rarity)

    def __missing__(self, term: str) -> float:
        value = self[term] = self.by_count[self._rarity.count(term)]
        return value

    def refresh(self) -> None:
        """Forget all: rarities have changed."""
        self.clear()
        self.by_count.clear()


class Index:
    """Live articles by term, and the group of each.

    Vectors are weighted with the rarity of the moment, which is fixed while a batch is placed (``refresh``); norms are
    therefore computed when first needed in a batch and kept for it.
    """

    def __init__(self, meaning: "Meaning | None" = None) -> None:
        self.meaning = meaning
        self.rarity = Rarity()
        self.group_by_document: dict[str, Group] = {}
        self._postings: dict[str, dict[str, float]] = {}
        self.squares = _Squares(self.rarity)
        self._norms: dict[str, tuple[float, float]] = {}
        self._centroid_norms: dict[str, tuple[int, float]] = {}

    def refresh(self, ids: Sequence[str] = ()) -> None:
        """Take the present rarity, and means of languages, for the coming batch of articles with these ids."""
        if self.meaning:
            self.meaning.refresh(ids)
        self.squares.refresh()
        self._norms.clear()
        self._centroid_norms.clear()

    def norm(self, document: Document) -> float:
        """Return the length of an article's weighted vector, > 0."""
        return (self._norms.get(document.id) or self._measure(document))[0]

    def plain_norm(self, document: Document) -> float:
        """Return the length of an article's vector with all its words counted as one, > 0."""
        return (self._norms.get(document.id) or self._measure(document))[1]

    def _measure(self, document: Document) -> tuple[float, float]:
        # All in C: norms of neighbours were a third of the time. The words of a title stand first among the terms.
        squares = list(map(self.squares.by_count.__getitem__, map(self.rarity.counts.__getitem__, document.terms)))
        n_title = len(document.title)
        title, lede = sum(squares[:n_title]), sum(squares[n_title:])
        weighted = math.sqrt(TITLE_WEIGHT**2 * title + LEDE_WEIGHT**2 * lede) or 1.0
        value = self._norms[document.id] = (weighted, math.sqrt(title + lede) or 1.0)
        return value

    def n_with_both(self, one: str, other: str) -> int:
        """Return how many live articles have both of two words."""
        return len(self._postings.get(one, {}).keys() & self._postings.get(other, {}).keys())

    def centroid_norm(self, group: Group) -> float:
        """Return the length of the sum of a group's binary vectors, > 0."""
        known = self._centroid_norms.get(group.id)
        if known is None or known[0] != len(group.members):
            squares = self.squares
            value = math.sqrt(sum([count * count * squares[term] for term, count in group.counts.items()])) or 1.0
            known = self._centroid_norms[group.id] = (len(group.members), value)
        return known[1]

    def insert(self, document: Document, group: Group) -> None:
        """Put an article into a group and make it findable."""
        group.add(document)
        self.group_by_document[document.id] = group
        if self.meaning:
            self.meaning.place(document.id)
        for term, weight in document.terms.items():
            self._postings.setdefault(term, {})[document.id] = weight

    def move(self, document: Document, group: Group) -> None:
        """Let a live article count for another group."""
        group.add(document)
        self.group_by_document[document.id] = group

    def remove(self, documents: Iterable[Document]) -> None:
        """Forget articles, and how common they made their terms."""
        documents = tuple(documents)
        if self.meaning:
            self.meaning.remove(document.id for document in documents)
        for document in documents:
            self.rarity.remove(document)
            self.group_by_document.pop(document.id, None)
            for term in document.terms:
                postings = self._postings[term]
                del postings[document.id]
                if not postings:
                    del self._postings[term]

    def dots(self, document: Document) -> dict[str, float]:
        """Return the product with every live article that shares a rare term, by article id."""
        dots: dict[str, float] = {}
        weighed = sorted(((self.squares[term], term, weight) for term, weight in document.terms.items()), reverse=True)
        budget = MAX_POSTINGS
        for square, term, weight in weighed:
            postings = self._postings.get(term)
            if not postings:
                continue
            budget -= len(postings)
            if budget < 0:
                break
            factor = weight * square
            for other, other_weight in postings.items():
                dots[other] = dots.get(other, 0.0) + factor * other_weight
        return dots


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A story that an article may belong to.

    Attributes:
        group: The story.
        nearest: Its member most like the article.
        best: Cosine with that member.
        top: Mean cosine with its three most alike members (fewer: with all).
        mean: Mean cosine with all members.
        meant_best: Cosine of meaning with the member nearest in meaning; 0: there is no encoder.
        meant_top: Mean of this with the three nearest in meaning (fewer: with all).
        meant_mean: Mean of this with all members.
    """

    group: Group
    nearest: Document
    best: float
    top: float
    mean: float
    meant_best: float = 0.0
    meant_top: float = 0.0
    meant_mean: float = 0.0


def candidates(
    index: Index,
    document: Document,
    *,
    window_hours: float,
    but: str = "",
    asked: Group | None = None,
    min_cosine: float = MIN_COSINE,
) -> list[Candidate]:
    """Return the live stories most like an article within the time window; best first, then oldest.

    ``O(postings)``, bounded by ``MAX_POSTINGS``.

    Args:
        index: Where to look.
        document: The article.
        window_hours: How far a story may be away in time.
        but: Id of a story to leave out.
        asked: A story to compare in any case.
        min_cosine: With the nearest member, below which a story is no candidate unless it is near in meaning.
    """
    dots = index.dots(document)
    norm = index.norm(document)
    groups: dict[str, Group] = {} if asked is None else {asked.id: asked}
    for _, other in nlargest(MAX_NEIGHBOURS, zip(dots.values(), dots.keys(), strict=True)):
        group = index.group_by_document[other]
        if len(groups) < MAX_GROUPS and group.id != but:
            groups.setdefault(group.id, group)
    meant = {} if index.meaning is None else _meant_groups(index, document, but)
    groups |= meant
    scored = [
        (_scored(index, group, dots, norm), group)
        for group in groups.values()
        if is_within(document, group, window_hours)
    ]
    scored.sort(key=lambda each: (each[0][0][0] if each[0] else 0.0, each[1].born))
    floor = max(min_cosine, MIN_OF_BEST * -scored[0][0][0][0]) if scored and scored[0][0] else min_cosine
    return [
        _candidate(index, document, group, likest)
        for n, (likest, group) in enumerate(scored)
        if (n < MAX_CANDIDATES and likest and -likest[0][0] >= floor) or group.id in meant or group is asked
    ]


def _meant_groups(index: Index, document: Document, but: str) -> dict[str, Group]:
    """Return the stories of the articles nearest in meaning, by id."""
    groups: dict[str, Group] = {}
    for other in index.meaning.neighbours(document.id) if index.meaning else ():
        group = index.group_by_document[other]
        if group.id != but and len(groups) < MAX_MEANT:
            groups.setdefault(group.id, group)
    return groups


def _scored(index: Index, group: Group, dots: Mapping[str, float], norm: float) -> list[tuple[float, str]]:
    """Return the members that share a rare word with an article, by falling cosine (negated), then by id."""
    scored = [
        (-min(1.0, dots[id_] / (norm * index.norm(member))), id_)
        for id_, member in group.members.items()
        if id_ in dots
    ]
    scored.sort()
    return scored


def _candidate(index: Index, document: Document, group: Group, scored: list[tuple[float, str]]) -> Candidate:
    n_members = len(group.members)
    n_top = min(3, n_members)
    ids = list(group.members)
    meant = index.meaning.cosines(document.id, ids) if index.meaning else [0.0] * n_members
    ranked = sorted(meant, reverse=True)
    nearest = scored[0][1] if scored else ids[min(range(n_members), key=lambda n: (-meant[n], ids[n]))]
    return Candidate(
        group=group,
        nearest=group.members[nearest],
        best=-scored[0][0] if scored else 0.0,
        top=(0.0 - sum(score for score, _ in scored[:3])) / n_top,
        mean=(0.0 - math.fsum(score for score, _ in scored)) / n_members,
        meant_best=ranked[0],
        meant_top=sum(ranked[:3]) / n_top,
        meant_mean=math.fsum(ranked) / n_members,
    )


def is_within(document: Document, group: Group, window_hours: float) -> bool:
    """Tell whether an article is near enough in time to a story; where one has no time, nothing speaks against."""
    if document.hours is None or group.first is None or group.last is None:
        return True
    return group.first - window_hours <= document.hours <= group.last + window_hours
