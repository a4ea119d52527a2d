"""Find the two groups that a story would fall into, if it told of two happenings.

Owns how articles of one story are compared for that, and where the line runs. Whether the story is parted along it is
decided elsewhere. Stories grow by one article after the other, so two happenings that one article spoke of together are
seen to be two only later.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from aggregator.stories.candidates import Group, Index
from aggregator.stories.features import Document

if TYPE_CHECKING:
    from aggregator.stories.meaning import Meaning

MIN_PART = 2  # articles; one that does not fit is no happening of its own
LOOKED_AT = (4, 6, 9, 13, 19, 28, 42, 63)  # sizes at which a story is looked at: with each half again as many articles
DIGITS = 4  # likeness is rounded, so that the order in which a library adds does not show


def is_due(n_before: int, n_now: int) -> bool:
    """Tell whether a story has reached a size at which it is looked at. What is larger than all is left as it is."""
    return n_now <= LOOKED_AT[-1] and any(n_before < size <= n_now for size in LOOKED_AT)


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
    columns = {term: n for n, term in enumerate(sorted({term for member in members for term in member.terms}))}
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
