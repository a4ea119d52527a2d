"""Find which live stories an article may belong to, without comparing it with all.

Owns the inverted index over live articles and the groups (stories in the making) they form. It returns candidates and
how alike their articles are; whether any of them is the same story is decided elsewhere.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from aggregator.stories.features import Document
from aggregator.stories.postings import Postings
from aggregator.stories.profiles import Profile, Side, Squares, profile, side

if TYPE_CHECKING:  # it reads the shipped means, which few runs without an encoder need
    from aggregator.stories.meaning import Meaning

MAX_NEIGHBOURS = 64  # articles whose stories are considered ...
MAX_GROUPS = 16  # ... and how many of these stories, by unnormalised likeness
MIN_OF_BEST = 0.15  # of the best candidate's cosine; .3 with 6 candidates lost large stories (uci recall .86 -> .76)
MIN_COSINE = 0.035  # with the nearest member; .06 lost the stories of 1.1 % of allsides, 1.5 % of wikinews
MAX_CANDIDATES = 8  # stories compared in full ...
KEEP_COUNTS = 16  # members of a story from which on its words are not counted anew for each batch
MAX_MEANT = 5  # ... and so many nearest in meaning, where there is an encoder


@dataclass(slots=True, kw_only=True)
class Group:
    """A live story while a batch is placed: the one mutable value of this room.

    Attributes:
        id: The story's id.
        born: Sorts stories from oldest to newest: (minting in seconds, batch number, id).
        members: Articles by id, in order of joining.
        rows: Their rows in the postings, in the same order.
        first: Time of the oldest member in hours since 1970; ``None``: no member has a time.
        last: Time of the newest member.
    """

    id: str
    born: tuple[float, int, str]
    members: dict[str, Document] = field(default_factory=dict)
    rows: "array[int]" = field(default_factory=lambda: array("i"))
    first: float | None = None
    last: float | None = None
    _counts: Counter[str] | None = None

    def counts(self) -> Mapping[str, int]:
        """Return how many members have each term."""
        if self._counts is None:
            self._counts = Counter()
            for member in self.members.values():
                self._counts.update(member.stems)
        return self._counts

    def forget_counts(self) -> None:
        """Let go of what takes more memory than time, if it does."""
        if len(self.members) < KEEP_COUNTS:
            self._counts = None

    def add(self, document: Document, row: int) -> None:
        """Take an article in, which has this row in the postings."""
        self.members[document.id] = document
        self.rows.append(row)
        if self._counts is not None:
            self._counts.update(document.stems)
        if document.hours is not None:
            self.first = document.hours if self.first is None else min(self.first, document.hours)
            self.last = document.hours if self.last is None else max(self.last, document.hours)


class Index:
    """Live articles by term, and the group of each.

    Vectors are weighted with the rarity of the moment, which is fixed while a batch is placed (``refresh``); what is
    read of articles and stories for comparisons is kept for as long.

    Attributes:
        squares: Squared rarities by word.
    """

    def __init__(self, meaning: "Meaning | None" = None) -> None:
        self.meaning = meaning
        self.postings = Postings()
        self.rarity = self.postings.rarity
        self.group_by_document: dict[str, Group] = {}
        self.squares = Squares(self.postings)
        self._sides: dict[str, Side] = {}
        self._profiles: dict[str, tuple[Group, Profile]] = {}

    def refresh(self, ids: Sequence[str] = ()) -> None:
        """Take the present rarity, and means of languages, for the coming batch of articles with these ids."""
        if self.meaning:
            self.meaning.refresh(ids)
        self.postings.refresh()
        self.squares.clear()
        self._sides.clear()
        for group, _ in self._profiles.values():
            group.forget_counts()
        self._profiles.clear()

    def side(self, document: Document) -> Side:
        """Return what there is to compare of an article."""
        known = self._sides.get(document.id)
        if known is None:
            known = self._sides[document.id] = side(self.postings, self.squares, document)
        return known

    def profile(self, group: Group) -> Profile:
        """Return what there is to compare of a story."""
        _, known = self._profiles.get(group.id, (group, None))
        if known is None or known.n_members != len(group.members):
            rows = np.array(group.rows, dtype=np.int32)
            known = profile(self.postings, self.squares, group.counts(), rows)
            self._profiles[group.id] = (group, known)
        return known

    def insert(self, document: Document, group: Group) -> None:
        """Put an article into a group and make it findable; ``rarity`` counts it already."""
        group.add(document, self.postings.insert(document))
        self.group_by_document[document.id] = group
        if self.meaning:
            self.meaning.place(document.id)

    def fill(self, placed: Sequence[tuple[Document, Group]]) -> None:
        """Put articles into groups and make them findable, where there is none yet; counts them, too."""
        self.postings.fill([document for document, _ in placed])
        for row, (document, group) in enumerate(placed):
            group.add(document, row)
            self.group_by_document[document.id] = group
            if self.meaning:
                self.meaning.place(document.id)

    def move(self, document: Document, group: Group) -> None:
        """Let a live article count for another group."""
        group.add(document, self.postings.row_of[document.id])
        self.group_by_document[document.id] = group

    def remove(self, documents: Iterable[Document]) -> None:
        """Forget articles, and how common they made their terms."""
        documents = tuple(documents)
        if self.meaning:
            self.meaning.remove(document.id for document in documents)
        for document in documents:
            self.group_by_document.pop(document.id, None)
        self.postings.remove(documents)


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
    postings = index.postings
    groups: dict[str, Group] = {} if asked is None else {asked.id: asked}
    for other in _nearest(postings, document):
        group = index.group_by_document[other]
        if group.id != but:
            groups.setdefault(group.id, group)
            if len(groups) == MAX_GROUPS:
                break
    meant = {} if index.meaning is None else _meant_groups(index, document, but)
    groups |= meant
    within = [group for group in groups.values() if is_within(document, group, window_hours)]
    if not within:
        return []
    rows = np.frombuffer(b"".join([group.rows for group in within]), dtype=np.int32)
    cosines = postings.cosines(rows).tolist()
    scored = []
    start = 0
    for group in within:
        likeness = cosines[start : start + len(group.rows)]
        start += len(group.rows)
        scored.append((-max(likeness), group.born, group, likeness))
    scored.sort(key=lambda each: each[:2])
    floor = max(min_cosine, MIN_OF_BEST * -scored[0][0])
    chosen = [
        (group, likeness)
        for n, (best, _, group, likeness) in enumerate(scored)
        if (n < MAX_CANDIDATES and -best >= floor) or group.id in meant or group is asked
    ]
    if index.meaning is None:
        return [_candidate(group, likeness) for group, likeness in chosen]
    ids = [id_ for group, _ in chosen for id_ in group.members]
    by_meaning = iter(index.meaning.cosines(document.id, ids))
    return [_candidate(group, likeness, list(islice(by_meaning, len(likeness)))) for group, likeness in chosen]


def _nearest(postings: Postings, document: Document) -> list[str]:
    """Return the ids of the most alike articles by unnormalised likeness, then from the last id to the first."""
    rows, dots = postings.compare(document)
    if len(dots) > MAX_NEIGHBOURS:
        is_near = dots >= np.partition(dots, -MAX_NEIGHBOURS)[-MAX_NEIGHBOURS]
        rows, dots = rows[is_near], dots[is_near]
    ids = map(postings.ids.__getitem__, rows.tolist())
    return [id_ for _, id_ in sorted(zip(dots.tolist(), ids, strict=True), reverse=True)[:MAX_NEIGHBOURS]]


def _meant_groups(index: Index, document: Document, but: str) -> dict[str, Group]:
    """Return the stories of the articles nearest in meaning, by id."""
    groups: dict[str, Group] = {}
    for other in index.meaning.neighbours(document.id) if index.meaning else ():
        group = index.group_by_document[other]
        if group.id != but and len(groups) < MAX_MEANT:
            groups.setdefault(group.id, group)
    return groups


def _candidate(group: Group, likeness: list[float], by_meaning: list[float] | None = None) -> Candidate:
    """Sum up a group, given the cosines with each of its members, of words and of meaning."""
    best, top, mean = _summed(likeness)
    meant_best, meant_top, meant_mean = _summed(by_meaning) if by_meaning else (0.0, 0.0, 0.0)
    return Candidate(
        group=group,
        nearest=_likest(group, by_meaning if by_meaning and best <= 0.0 else likeness),
        best=best,
        top=top,
        mean=mean,
        meant_best=meant_best,
        meant_top=meant_top,
        meant_mean=meant_mean,
    )


def _summed(cosines: list[float]) -> tuple[float, float, float]:
    """Return the highest, the mean of the three highest, and the mean of all."""
    n = len(cosines)
    if n == 1:
        return (cosines[0],) * 3
    ranked = sorted(cosines, reverse=True)
    return ranked[0], sum(ranked[:3]) / min(3, n), math.fsum(ranked) / n


def _likest(group: Group, likeness: list[float]) -> Document:
    """Return the member most like an article, by id among equals."""
    most = max(likeness)
    if likeness.count(most) == 1:
        return group.members[next(islice(group.members, likeness.index(most), None))]
    return group.members[min([id_ for id_, value in zip(group.members, likeness, strict=True) if value == most])]


def is_within(document: Document, group: Group, window_hours: float) -> bool:
    """Tell whether an article is near enough in time to a story; where one has no time, nothing speaks against."""
    if document.hours is None or group.first is None or group.last is None:
        return True
    return group.first - window_hours <= document.hours <= group.last + window_hours
