"""Part a story that tells of two happenings.

Owns when a story is looked at, where the line between two happenings would run, and whether the two sides fit so badly
that the story falls into two along it. How well an article fits a story is asked of the caller. Stories grow by one
article after the other, so two happenings that one article spoke of together are seen to be two only later.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aggregator.stories.candidates import Group, Index
from aggregator.stories.features import Document

if TYPE_CHECKING:
    from aggregator.stories.meaning import Meaning

PART = 0.3  # a story falls into two if the articles of the smaller part fit the rest with less than this, on average
MIN_PART = 2  # articles; one that does not fit is no happening of its own
LOOKED_AT = (4, 6, 9, 13, 19, 28, 42, 63)  # sizes at which a story is looked at: with each half again as many articles
DIGITS = 4  # likeness is rounded, so that the order in which a library adds does not show


def is_due(n_before: int, n_now: int) -> bool:
    """Tell whether a story has reached a size at which it is looked at. What is larger than all is left as it is."""
    return n_now <= LOOKED_AT[-1] and any(n_before < size <= n_now for size in LOOKED_AT)


def part(
    index: Index,
    group: Group,
    *,
    n_batch: int,
    mint: Callable[[str], str],
    same_story: Callable[[Group, Group], float],
) -> tuple[Group, Group, float] | None:
    """Part a story if its smaller side fits the rest badly.

    Args:
        index: Knows the story; afterwards, it knows the two in its place.
        group: The story.
        n_batch: Which batch the new story is of.
        mint: Gives a story's id for the id of its first article.
        same_story: Gives the mean probability with which members of the smaller of two stories belong to the larger.

    Returns:
        The part with the earliest article, which keeps the id; the other part; how well they fit. ``None``: it stays.
    """
    parts = halves(index, group)
    if parts is None:
        return None
    staying, leaving = parts
    first = min(leaving, key=_by_time)
    leave_id = mint(first.id)
    stay = _regroup(index, staying, Group(id=group.id, born=group.born))
    leave = _regroup(index, leaving, Group(id=leave_id, born=(float("inf"), n_batch, leave_id)))
    chance = same_story(stay, leave)
    if chance < PART:
        return stay, leave, chance
    for member in group.members.values():
        index.group_by_document[member.id] = group
    return None


def _regroup(index: Index, members: Sequence[Document], group: Group) -> Group:
    for member in members:
        index.move(member, group)
    return group


def halves(index: Index, group: Group) -> tuple[list[Document], list[Document]] | None:
    """Return the articles of a story on the two sides of its widest gap, the side of the earliest first.

    The gap is where the direction in which the articles differ most changes its sign (the leading eigenvector of the
    centred likeness, as in principal direction divisive partitioning, Boley 1998). ``None``: a side has too few.
    ``O(n^3)`` for ``n`` articles: 1 ms for 63.
    """
    members = sorted(group.members.values(), key=lambda member: member.id)
    likeness = _likeness(index, members)
    centred = likeness - likeness.mean(axis=0) - likeness.mean(axis=1)[:, None] + likeness.mean()
    direction = np.round(np.linalg.eigh(centred)[1][:, -1], DIGITS)
    side = direction * (1.0 if direction[np.argmax(np.abs(direction))] > 0 else -1.0) > 0
    one = [member for member, is_there in zip(members, side.tolist(), strict=True) if is_there]
    other = [member for member, is_there in zip(members, side.tolist(), strict=True) if not is_there]
    if min(len(one), len(other)) < MIN_PART:
        return None
    one, other = sorted((one, other), key=lambda part: min(_by_time(member) for member in part))
    return one, other


def _by_time(member: Document) -> tuple[object, str]:
    return (member.article.at, member.id)


def _likeness(index: Index, members: Sequence[Document]) -> npt.NDArray[np.float64]:
    """Return ``(n, n)`` cosines of words, averaged with those of meaning where there is an encoder."""
    columns = {term: n for n, term in enumerate(sorted({term for member in members for term in member.stems}))}
    table = np.zeros((len(members), len(columns)))
    for row, member in enumerate(members):
        for term, weight in member.terms.items():
            table[row, columns[term]] = weight * index.squares[term] ** 0.5
    table /= np.maximum(np.sqrt((table * table).sum(axis=1)), 1e-9)[:, None]
    words = table @ table.T
    if index.meaning is None:
        return np.round(words, DIGITS)
    return np.round((words + _meant(index.meaning, members)) / 2, DIGITS)


def _meant(meaning: "Meaning", members: Sequence[Document]) -> npt.NDArray[np.float64]:
    ids = [member.id for member in members]
    return np.array([meaning.cosines(id_, ids) for id_ in ids])
