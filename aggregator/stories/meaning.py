"""Compare articles by meaning, across languages: cosines of packed vectors, centred by language.

Owns the matrix of vectors of the live articles and the running mean of each language. A sentence's vector says first of
all in which language it is; with the mean of its language taken off, one threshold serves all. Means are drawn from the
live articles and a shipped prior alone, in whole numbers, so that a clusterer rebuilt from a store compares like one
that lived on. The only module, with :mod:`.encoder`, that needs numpy.
"""

from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

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
CHUNK = 4096  # rows unpacked at once: 8 MB
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
        self._means: Floats = np.zeros((0, encoder.n_dimensions), dtype=np.float32)
        self._norms: Floats = np.zeros(0, dtype=np.float32)
        self._cosines: dict[str, Floats] = {}

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
        lang = self._langs.setdefault(article.lang, len(self._sums))
        if lang == len(self._sums):
            self._sums.append(np.zeros(self._encoder.n_dimensions, dtype=np.int64))
            self._counts.append(0)
        self._rows[article.id] = row
        self._ids[row] = article.id
        self._vectors[row] = vector
        self._lang_of[row] = lang
        self._placed[row] = False
        self._sums[lang] += vector
        self._counts[lang] += 1

    def _grow(self) -> None:
        size = 2 * len(self._vectors)
        vectors = np.zeros((size, self._vectors.shape[1]), dtype=np.int8)
        vectors[: len(self._vectors)] = self._vectors
        self._vectors = vectors
        self._lang_of = np.concatenate([self._lang_of, np.zeros_like(self._lang_of)])
        self._placed = np.concatenate([self._placed, np.zeros_like(self._placed)])

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
                lang = self._lang_of[row]
                self._sums[lang] -= self._vectors[row]
                self._counts[lang] -= 1
                self._placed[row] = False
                self._free.append(row)

    def refresh(self, ids: Sequence[str]) -> None:
        """Take the present means for the coming batch, and compare its articles with all. ``O(batch * live)``."""
        self._cosines.clear()
        langs = sorted(self._langs, key=self._langs.__getitem__)
        self._means = np.array([self._mean(lang) for lang in langs], dtype=np.float32)
        known = [id_ for id_ in ids if id_ in self._rows]
        self._norms = self._centred_norms()
        for start in range(0, len(known), 256):
            some = known[start : start + 256]
            self._cosines |= dict(zip(some, self._compare(some, np.arange(len(self._ids))), strict=True))

    def _mean(self, lang: str) -> Floats:
        """Return the mean vector of a language, in packed units."""
        index = self._langs[lang]
        prior = priors.mean(lang, self._encoder.name, self._encoder.n_dimensions)
        total = self._sums[index].astype(np.float64) + PRIOR_ARTICLES * prior
        return (total / (self._counts[index] + PRIOR_ARTICLES)).astype(np.float32)

    def _centred_norms(self) -> Floats:
        n_rows = len(self._ids)
        norms = np.ones(n_rows, dtype=np.float32)
        for start in range(0, n_rows, CHUNK):
            stop = min(n_rows, start + CHUNK)
            centred = self._vectors[start:stop].astype(np.float32) - self._means[self._lang_of[start:stop]]
            norms[start:stop] = np.sqrt(np.einsum("ij,ij->i", centred, centred)) + 1e-6
        return norms

    def _compare(self, ids: Sequence[str], rows: npt.NDArray[Any]) -> Floats:
        """Return ``(n_ids, n_rows) float32`` cosines, rounded."""
        own = np.array([self._rows[id_] for id_ in ids], dtype=np.intp)
        asked = self._vectors[own].astype(np.float32) - self._means[self._lang_of[own]]
        asked /= self._norms[own][:, None]
        on_means = asked @ self._means.T
        found = np.empty((len(ids), len(rows)), dtype=np.float32)
        for start in range(0, len(rows), CHUNK):
            some = rows[start : start + CHUNK]
            dots = asked @ self._vectors[some].astype(np.float32).T
            found[:, start : start + CHUNK] = (dots - on_means[:, self._lang_of[some]]) / self._norms[some]
        return np.round(found, DIGITS)

    def cosines(self, id_: str, others: Sequence[str]) -> list[float]:
        """Return the cosine of an article with each of others, -1..1, in their order."""
        rows = self._rows
        if id_ not in rows:
            return [UNKNOWN] * len(others)
        known = [rows[other] for other in others if other in rows]
        whole = self._cosines.get(id_)
        if whole is None:
            values = self._compare([id_], np.array(known, dtype=np.intp))[0].tolist() if known else []
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
        whole = self._cosines.get(id_)
        if whole is None:
            return []
        reachable = np.where(self._placed[: len(whole)], whole, -1.0)
        floor = self._floor
        if len(reachable) > N_NEIGHBOURS:
            floor = max(floor, float(np.partition(reachable, -N_NEIGHBOURS)[-N_NEIGHBOURS]))
        rows = np.nonzero(reachable >= floor)[0].tolist()
        return sorted((self._ids[row] for row in rows), key=lambda other: (-float(whole[self._rows[other]]), other))
