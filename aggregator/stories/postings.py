"""Live articles as numbers: which have a term, how alike one is to each, how long the vector of each is.

Owns the inverted index and its arithmetic, a row for each live article. All sums are of whole numbers (squared rarities
are multiples of a grain, weights count in fifths), so that they are exact in any order. It knows no stories: those are
groups of rows in :mod:`.candidates`.
"""

import itertools
import math
from array import array
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from aggregator.stories.features import LEDE_WEIGHT, TITLE_WEIGHT, Document, Numbers, Rarity

MAX_POSTINGS = 2000  # looked at for one article, rarest terms first: bounds the cost at 50,000 live articles
FEW = 64  # postings from which on an article is not sought one by one to be removed
PARTS = 5  # of a weight of 1: that of a title is 5 parts, of a lede 3
TITLE_PARTS, LEDE_PARTS = round(TITLE_WEIGHT * PARTS), round(LEDE_WEIGHT * PARTS)
_PARTS = np.array([TITLE_PARTS, LEDE_PARTS], dtype=np.float64)  # by the last bit of a posting
_SQUARED_PARTS = _PARTS**2

Rows = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


class Postings:
    """The live articles, a row each; free rows are given again.

    Attributes:
        rarity: Counts these articles, and those of the batch being placed.
        ids: Id of the article of each row; empty: the row is free.
        row_of: Row by article id.
        hours: ``(n,) float64``: time of the article of each row; infinite: it has none, or the row is free.
        squares: ``(n,) float64``: squared rarity of a term by how many live articles have it, as of ``refresh``.
    """

    def __init__(self) -> None:
        self.rarity = Rarity()
        self.ids: list[str] = []
        self.row_of: dict[str, int] = {}
        self.hours = np.full(64, np.inf)
        self.squares = self.rarity.squares()
        self._free: list[int] = []
        self._numbers: list[bytes] = []  # of the stems of each row, packed int32
        self._postings: dict[int, int | array[int]] = {}  # by number of a term: 2 * row + (in the lede), one or many
        self._spans = np.zeros((64, 2), dtype=np.int32)  # how many of these are of the title, how many only of the lede
        self._norms = np.zeros(64)  # 0: not measured since the last refresh
        self._plain_norms = np.zeros(64)
        self._dots = np.zeros(64)  # of the article asked for last, in parts
        self._norm = 1.0  # of that article
        self._counts = np.zeros(0)  # scratch of ``sum_norm``
        self._touched: Rows = np.zeros(0, dtype=np.int32)
        self._scratch = np.zeros(64, dtype=np.int32)

    def refresh(self) -> None:
        """Take the present rarity; lengths are measured anew when they are asked for."""
        self.squares = self.rarity.squares()
        self._norms.fill(0.0)

    def insert(self, document: Document) -> int:
        """Make an article findable that ``rarity`` counts already. Returns its row."""
        row = self._free.pop() if self._free else len(self.ids)
        if row == len(self.ids):
            self.ids.append("")
            self._numbers.append(b"")
            if row >= len(self._norms):
                self._grow()
        numbers, n_title = self.rarity.numbers(document), document.n_title
        self.ids[row] = document.id
        self.hours[row] = np.inf if document.hours is None else document.hours
        self.row_of[document.id] = row
        self._numbers[row] = numbers.tobytes()
        self._spans[row] = n_title, len(document.stems) - n_title
        self._norms[row] = 0.0
        self.rarity.let_go(document)
        listed = numbers.tolist()
        self._post(listed[:n_title], 2 * row)
        self._post(listed[n_title:], 2 * row + 1)
        return row

    def _post(self, numbers: Iterable[int], posting: int) -> None:
        postings = self._postings
        for number in numbers:
            known = postings.get(number)
            if known is None:
                postings[number] = posting
            elif isinstance(known, int):
                postings[number] = array("i", (known, posting))
            else:
                known.append(posting)

    def fill(self, documents: Sequence[Document]) -> None:
        """Count articles and make them findable, in rows by their order, where there is none yet. 10 us an article."""
        numbers = self.rarity.fill(documents)
        while len(self._norms) < len(documents):
            self._grow()
        n_rows = len(documents)
        self.ids = [document.id for document in documents]
        self.row_of = {id_: row for row, id_ in enumerate(self.ids)}
        self.hours[:n_rows] = [np.inf if document.hours is None else document.hours for document in documents]
        self._spans[:n_rows, 0] = [document.n_title for document in documents]
        self._spans[:n_rows, 1] = [len(document.stems) - document.n_title for document in documents]
        spans = self._spans[:n_rows]
        ends = np.cumsum(spans.sum(axis=1, dtype=np.int64)).tolist()
        packed = numbers.tobytes()
        self._numbers = [packed[4 * begin : 4 * end] for begin, end in itertools.pairwise([0, *ends])]
        codes = np.repeat(np.arange(2 * n_rows, dtype=np.int32), spans.ravel())
        ordered = array("i", codes[np.argsort(numbers, kind="stable")].tobytes())
        begin = 0
        for number, end in enumerate(np.cumsum(np.bincount(numbers)).tolist()):
            self._postings[number] = ordered[begin] if end - begin == 1 else ordered[begin:end]
            begin = end

    def _grow(self) -> None:
        size = len(self._norms)
        self.hours = np.concatenate([self.hours, np.full(size, np.inf)])
        self._spans = np.concatenate([self._spans, np.zeros_like(self._spans)])
        self._scratch = np.concatenate([self._scratch, np.zeros(size, dtype=np.int32)])
        self._norms, self._plain_norms, self._dots = (
            np.concatenate([each, np.zeros(size)]) for each in (self._norms, self._plain_norms, self._dots)
        )

    def remove(self, documents: Iterable[Document]) -> None:
        """Forget articles, and how common they made their terms."""
        gone = [(self.row_of.pop(document.id), document) for document in documents]
        many: dict[int, list[int]] = {}
        for row, document in gone:
            for place, number in enumerate(np.frombuffer(self._numbers[row], dtype=np.int32).tolist()):
                posting = 2 * row + (place >= document.n_title)
                known = self._postings[number]
                if isinstance(known, int):
                    del self._postings[number]
                elif len(known) < FEW:
                    self._keep(number, known, (posting,))
                else:
                    many.setdefault(number, []).append(posting)
            self.rarity.remove(document)
            self.ids[row], self.hours[row], self._numbers[row] = "", np.inf, b""
            self._free.append(row)
        for number, postings in many.items():
            known = self._postings[number]
            if not isinstance(known, int):
                self._keep(number, known, postings)

    def _keep(self, number: int, known: "array[int]", gone: Sequence[int]) -> None:
        """Take some postings out of those of a term."""
        if len(gone) == 1:
            known.remove(gone[0])
        else:
            kept = np.frombuffer(known, dtype=np.int32)
            known = self._postings[number] = array("i", kept[~np.isin(kept, gone)].tobytes())
        if len(known) == 1:
            self._postings[number] = known[0]
        elif not known:
            del self._postings[number]

    def squares_of(self, document: Document) -> Floats:
        """Return ``(n_stems,) float64``, the squared rarity of each stem of an article that is counted."""
        return self.squares[self.rarity.counts[self._numbers_of(document)]]

    def _numbers_of(self, document: Document) -> Numbers:
        row = self.row_of.get(document.id)
        return self.rarity.numbers(document) if row is None else np.frombuffer(self._numbers[row], dtype=np.int32)

    # -- likeness

    def compare(self, document: Document) -> tuple[Rows, Floats]:
        """Compare an article with every live one that shares a rare term.

        Until the next call, :meth:`cosines` tells of the same article.

        Returns:
            ``(n,) int32`` rows, in no order, and ``(n,) float64`` products > 0 of the vectors, in a unit of their own.
        """
        self._dots[self._touched] = 0.0
        numbers = self._numbers_of(document)
        squares = self.squares[self.rarity.counts[numbers]]
        self._norm = length(squares.tolist(), document.n_title)
        codes, factors = self._chosen(document, numbers, squares)
        rows = codes >> 1
        np.add.at(self._dots, rows, factors * _PARTS[codes & 1])
        places = np.arange(len(rows), dtype=np.int32)
        self._scratch[rows] = places  # of equal rows the last one stays
        self._touched = rows[self._scratch[rows] == places]
        return self._touched, self._dots[self._touched]

    def _chosen(self, document: Document, numbers: Numbers, squares: Floats) -> tuple[Numbers, Floats]:
        """Return the postings of the rarest terms of an article, and what each counts before its own weight."""
        n_lede = len(document.stems) - document.n_title
        parts = [TITLE_PARTS] * document.n_title + [LEDE_PARTS] * n_lede
        known = map(self._postings.get, numbers.tolist())
        found = [
            each for each in zip(squares.tolist(), document.stems, parts, known, strict=True) if each[3] is not None
        ]
        found.sort(reverse=True)
        budget = MAX_POSTINGS
        many: list[array[int]] = []
        lengths: list[int] = []
        factors: list[float] = []
        lone: list[int] = []
        lone_factors: list[float] = []
        for square, _, weight, postings in found:
            if isinstance(postings, int):
                budget -= 1
                lone.append(postings)
                lone_factors.append(weight * square)
            elif postings is not None:
                n = len(postings)
                budget -= n
                if budget < 0:
                    break
                many.append(postings)
                lengths.append(n)
                factors.append(weight * square)
        many.append(array("i", lone))
        codes = np.frombuffer(b"".join(many), dtype=np.int32)
        return codes, np.repeat(factors + lone_factors, lengths + [1] * len(lone))

    def cosines(self, rows: Rows) -> Floats:
        """Return ``(n_rows,) float64`` cosines, 0..1, of live articles with the one compared last."""
        dots = self._dots[rows]
        self._measure(rows[dots > 0.0])
        norms = self._norms[rows]
        norms[norms == 0.0] = 1.0  # not measured: they have nothing in common
        cosines: Floats = np.minimum(1.0, dots / PARTS**2 / (self._norm * norms))
        return cosines

    def plain_norms(self, rows: Rows) -> Floats:
        """Return ``(n_rows,) float64`` lengths of live articles' vectors with all their words counted as one, > 0."""
        self._measure(rows)
        return self._plain_norms[rows]

    def sum_norm(self, rows: Rows) -> float:
        """Return the length of the sum of live articles' vectors with all their words counted as one, > 0."""
        numbers = np.frombuffer(b"".join(map(self._numbers.__getitem__, rows.tolist())), dtype=np.int32)
        if len(self._counts) < len(self.rarity.counts):
            self._counts = np.zeros(len(self.rarity.counts))
        np.add.at(self._counts, numbers, 1.0)
        counts = self._counts[numbers]
        self._counts[numbers] = 0.0
        # Each term stands here as often as it is counted, so that this adds the squares of the counts.
        return math.sqrt(float((counts * self.squares[self.rarity.counts[numbers]]).sum())) or 1.0

    def _measure(self, rows: Rows) -> None:
        """Measure the vectors of live articles that were not since the last refresh, all at once."""
        rows = rows[self._norms[rows] == 0.0]
        if not len(rows):
            return
        numbers = np.frombuffer(b"".join(map(self._numbers.__getitem__, rows.tolist())), dtype=np.int32)
        spans = np.repeat(np.arange(2 * len(rows)), self._spans[rows].ravel())
        masses = np.bincount(spans, self.squares[self.rarity.counts[numbers]], 2 * len(rows)).reshape(-1, 2)
        weighted, plain = np.sqrt(masses @ _SQUARED_PARTS) / PARTS, np.sqrt(masses.sum(axis=1))
        weighted[weighted == 0.0] = plain[plain == 0.0] = 1.0
        self._norms[rows], self._plain_norms[rows] = weighted, plain

    def n_with_both(self, one: str, other: str) -> int:
        """Return how many live articles have both of two words."""
        first, second = self._rows_with(one), self._rows_with(other)
        self._scratch[second] = 0
        self._scratch[first] = 1
        return int(self._scratch[second].sum())

    def _rows_with(self, term: str) -> Rows:
        known = self._postings.get(self.rarity.number_of.get(term, -1), ())
        return np.array((known,) if isinstance(known, int) else known, dtype=np.int32) >> 1


def length(squares: Sequence[float], n_title: int) -> float:
    """Return the length of an article's weighted vector, > 0, given the squared rarity of each of its stems."""
    title, lede = sum(squares[:n_title]), sum(squares[n_title:])
    return math.sqrt(TITLE_PARTS**2 * title + LEDE_PARTS**2 * lede) / PARTS or 1.0
