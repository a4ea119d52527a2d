"""Compare articles by meaning, across languages: cosines of packed vectors, centred by language.

Owns the matrix of vectors of the live articles and the running mean of each language. A sentence's vector says first of
all in which language it is; with the mean of its language taken off, one threshold serves all. Means are drawn from the
live articles and a shipped prior alone, in whole numbers, so that a clusterer rebuilt from a store compares like one
that lived on.
"""

from collections.abc import Iterable, MutableMapping, Sequence

import numpy as np
import numpy.typing as npt

from aggregator.model import Article
from aggregator.stories import priors
from aggregator.stories.encoder import Encoder, content_hash, encoded_text, pack

Floats = npt.NDArray[np.float32]

PRIOR_ARTICLES = 30  # that the shipped mean of a language counts for
N_NEIGHBOURS = 12  # articles nearest in meaning whose stories become candidates
# Least cosine of such a neighbour, by encoder. "e5-small": xling B3 F1 .905 at .25, .921 at .3; precision .924, .959
# (mean of three seeds).
MIN_NEIGHBOUR = {"use-3": 0.25, "e5-small": 0.3}
CHUNK = 256  # rows unpacked at once: half a MB; with more, products of two or three take thrice as long
AHEAD = 256  # articles of a batch compared with all at once: 100 MB at 100,000 live ones
SMALLEST = 1e-6  # added to a length, so that a vector at its mean can be divided by it
DIGITS = 4  # cosines are rounded, so that the order in which a library adds does not show
UNKNOWN = 0.0  # cosine of an article without a vector


class Meaning:
    """Vectors of the live articles by article id.

    Args:
        encoder: Makes the vectors that ``kept`` lacks.
        kept: Packed vectors by content hash; what is made is added to it, for the caller to persist.
        floor: Least cosine of a neighbour; ``None``: that of the encoder in ``MIN_NEIGHBOUR``.
    """

    def __init__(self, encoder: Encoder, kept: MutableMapping[str, bytes], *, floor: float | None = None) -> None:
        self._encoder = encoder
        self._kept = kept
        self._floor = MIN_NEIGHBOUR.get(encoder.name, max(MIN_NEIGHBOUR.values())) if floor is None else floor
        self._rows: dict[str, int] = {}
        self._ids: list[str] = []
        self._free: list[int] = []
        self._vectors = np.zeros((64, encoder.n_dimensions), dtype=np.int8)
        self._lang_of = np.zeros(64, dtype=np.int16)
        self._placed = np.zeros(64, dtype=bool)
        self._langs: dict[str, int] = {}
        self._sums: list[npt.NDArray[np.int64]] = []
        self._counts: list[int] = []
        self._priors: list[npt.NDArray[np.int64]] = []
        self._changed: set[int] = set()  # languages with articles that came or went since the last refresh
        self._means: Floats = np.zeros((0, encoder.n_dimensions), dtype=np.float32)
        self._squares = np.zeros(64, dtype=np.int32)  # of the vectors as they are packed
        self._norms: Floats = np.ones(64, dtype=np.float32)  # of the centred ones
        self._ahead: dict[str, int] = {}  # articles of the batch, in its order
        self._cosines: dict[str, Floats] = {}  # of some of them, with all

    def add(self, articles: Sequence[Article]) -> None:
        """Take articles in; their vectors are made together where they are not kept."""
        key_of = {article.id: content_hash(article, self._encoder) for article in articles}
        missing = {key_of[article.id]: article for article in articles if key_of[article.id] not in self._kept}
        if missing:
            made = pack(self._encoder.encode([encoded_text(article) for article in missing.values()]))
            self._kept.update(zip(missing, made, strict=True))
        for article in articles:
            if article.title or article.text:
                self._insert(article, self._kept[key_of[article.id]])

    def _insert(self, article: Article, packed: bytes) -> None:
        row = self._free.pop() if self._free else len(self._ids)
        if row == len(self._ids):
            self._ids.append("")
        if row >= len(self._vectors):
            self._grow()
        vector = np.frombuffer(packed, dtype=np.int8)
        lang = self._langs.get(article.lang)
        if lang is None:
            lang = self._begin(article.lang)
        self._rows[article.id] = row
        self._ids[row] = article.id
        self._vectors[row] = vector
        self._squares[row] = np.dot(wide := vector.astype(np.int32), wide)
        self._lang_of[row] = lang
        self._placed[row] = False
        self._sums[lang] += vector
        self._counts[lang] += 1
        self._changed.add(lang)

    def _begin(self, name: str) -> int:
        """Make room for a language."""
        lang = self._langs[name] = len(self._sums)
        n_dimensions = self._encoder.n_dimensions
        self._sums.append(np.zeros(n_dimensions, dtype=np.int64))
        self._counts.append(0)
        self._priors.append(priors.mean(name, self._encoder.name, n_dimensions))
        self._means = np.concatenate([self._means, np.zeros((1, n_dimensions), dtype=np.float32)])
        return lang

    def _grow(self) -> None:
        size = 2 * len(self._vectors)
        vectors = np.zeros((size, self._vectors.shape[1]), dtype=np.int8)
        vectors[: len(self._vectors)] = self._vectors
        self._vectors = vectors
        self._lang_of = np.concatenate([self._lang_of, np.zeros_like(self._lang_of)])
        self._placed = np.concatenate([self._placed, np.zeros_like(self._placed)])
        self._squares = np.concatenate([self._squares, np.zeros_like(self._squares)])
        self._norms = np.concatenate([self._norms, np.ones_like(self._norms)])

    def compares(self, one: Article, other: Article) -> bool:
        """Tell whether the vectors of two articles say more than their words: not within a language never learned."""
        return one.lang != other.lang or one.lang in self._encoder.langs

    def place(self, id_: str) -> None:
        """Let an article be found as a neighbour from now on."""
        if id_ in self._rows:
            self._placed[self._rows[id_]] = True

    def remove(self, ids: Iterable[str]) -> None:
        """Forget articles that are live no longer."""
        for id_ in ids:
            row = self._rows.pop(id_, None)
            if row is not None:
                lang = int(self._lang_of[row])
                self._changed.add(lang)
                self._sums[lang] -= self._vectors[row]
                self._counts[lang] -= 1
                self._placed[row] = False
                self._free.append(row)

    def refresh(self, ids: Sequence[str]) -> None:
        """Take the present means for the coming batch, and compare its first articles with all. ``O(batch * live)``."""
        known = [id_ for id_ in ids if id_ in self._rows]
        self._ahead = {id_: n for n, id_ in enumerate(known)}
        langs = sorted(self._changed)
        self._changed.clear()
        for lang in langs:
            self._means[lang] = self._mean(lang)
        self._look_ahead(known[:AHEAD], langs)

    def _mean(self, lang: int) -> Floats:
        """Return the mean vector of a language, in packed units."""
        total = self._sums[lang].astype(np.float64) + PRIOR_ARTICLES * self._priors[lang]
        return (total / (self._counts[lang] + PRIOR_ARTICLES)).astype(np.float32)

    def _look_ahead(self, ids: Sequence[str], langs: Sequence[int] = ()) -> None:
        """Compare some articles of the batch with all; on the way, measure what is of languages whose mean changed.

        Vectors are unpacked once for both: at 100,000 of them that takes as long as ten articles' products. The square
        of a centred vector is ``|v|^2 - 2 v.m + |m|^2``, of which only the middle has to be measured again.
        """
        asked = self._asked(ids)
        dots = self._dots(np.concatenate([asked, self._means[list(langs)]]), self._vectors[: len(self._ids)])
        lang_of = self._lang_of[: len(self._ids)]
        for lang, on_mean in zip(langs, dots[len(ids) :], strict=True):
            rows = np.flatnonzero(lang_of == lang)
            mean = self._means[lang].astype(np.float64)
            squares = self._squares[rows] - 2.0 * on_mean[rows] + mean @ mean
            self._norms[rows] = np.sqrt(np.maximum(squares, 0.0)) + SMALLEST
        self._cosines = dict(zip(ids, self._centred(asked, dots[: len(ids)], slice(0, len(self._ids))), strict=True))

    def _asked(self, ids: Sequence[str]) -> Floats:
        """Return ``(n_ids, n_dimensions) float32`` centred vectors of length 1."""
        rows = [self._rows[id_] for id_ in ids]
        asked = self._vectors[rows].astype(np.float32) - self._means[self._lang_of[rows]]
        asked /= (np.sqrt(np.einsum("ij,ij->i", asked, asked)) + SMALLEST)[:, None]
        return asked

    def _dots(self, asked: Floats, vectors: npt.NDArray[np.int8]) -> Floats:
        """Return ``(n_asked, n_vectors) float32`` products."""
        dots = np.empty((len(asked), len(vectors)), dtype=np.float32)
        for start in range(0, len(vectors), CHUNK) if len(asked) else ():
            some = vectors[start : start + CHUNK].astype(np.float32)
            dots[:, start : start + CHUNK] = asked @ some.T
        return dots

    def _centred(self, asked: Floats, dots: Floats, rows: "slice | list[int]") -> Floats:
        """Return the cosines, rounded, that products with vectors come to once the means are taken off; in place."""
        langs, norms = self._lang_of[rows], self._norms[rows]
        for on_means, each in zip(asked @ self._means.T, dots, strict=True):
            each -= on_means[langs]
            each /= norms
            np.round(each, DIGITS, out=each)
        return dots

    def cosines(self, id_: str, others: Sequence[str]) -> list[float]:
        """Return the cosine of an article with each of others, -1..1, in their order."""
        rows = self._rows
        if id_ not in rows:
            return [UNKNOWN] * len(others)
        known = [rows[other] for other in others if other in rows]
        whole = self._cosines.get(id_)
        if whole is None:
            asked = self._asked([id_])
            values: list[float] = self._centred(asked, self._dots(asked, self._vectors[known]), known)[0].tolist()
        else:
            values = whole[known].tolist()
        if len(known) == len(others):
            return values
        stream = iter(values)
        return [next(stream) if other in rows else UNKNOWN for other in others]

    def neighbours(self, id_: str) -> list[str]:
        """Return the placed articles nearest in meaning to an article of the batch, nearest first, then by id.

        All that tie with the last one are among them.
        """
        place = self._ahead.get(id_)
        if place is None:
            return []
        if id_ not in self._cosines:  # placed in their order, so that the first of a few is asked for first
            self._look_ahead(list(self._ahead)[place : place + (1 if place % AHEAD else AHEAD)])
        whole = self._cosines[id_]
        rows = np.flatnonzero((whole >= self._floor) & self._placed[: len(whole)])
        if len(rows) > N_NEIGHBOURS:
            nearness = whole[rows]
            rows = rows[nearness >= np.partition(nearness, -N_NEIGHBOURS)[-N_NEIGHBOURS]]
        found = zip((-whole[rows]).tolist(), map(self._ids.__getitem__, rows.tolist()), strict=True)
        return [other for _, other in sorted(found)]
