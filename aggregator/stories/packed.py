"""Write what was read of an article, and read it back: a fiftieth of the cost of reading its text again.

Owns the written form of a :class:`.features.Document` without its article. Its terms are what ``features`` and ``text``
make of a text, so :data:`READER` changes with them; a test holds what it stands for.
"""

from sys import intern

from aggregator.model import Article
from aggregator.stories.features import Document, hours_of

READER = "words-1"  # named beside each reading that is kept: one by another reader is made anew
_PARTS, _WORDS = "\x1f", " "  # neither can be in a word


def pack(document: Document) -> bytes:
    """Write what was read of an article, about 300 bytes."""
    parts = (str(document.n_title), str(document.n_words), _WORDS.join(document.stems), _WORDS.join(document.anchors))
    return _PARTS.join(parts).encode()


def unpack(article: Article, packed: bytes) -> Document:
    """Return what was read of an article, given what :func:`pack` wrote. 8 us."""
    n_title, n_words, stems, anchors = packed.decode().split(_PARTS)
    return Document(
        id=article.id,
        article=article,
        hours=hours_of(article),
        stems=_words(stems),
        n_title=int(n_title),
        anchors=_words(anchors),
        n_words=int(n_words),
    )


def _words(joined: str) -> tuple[str, ...]:
    return tuple(map(intern, joined.split(_WORDS))) if joined else ()  # one string a word, not one an article
