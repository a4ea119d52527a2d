"""The content words of a sentence in their places, and how they lie beside those of another sentence.

Owns which words are one: equal in sense, one a form of the other, or parts of one name. Must not judge what a
difference means; :mod:`aggregator.summaries.gate.binding` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from aggregator.summaries.gate.names import NAME_WORD
from aggregator.summaries.gate.quantities import WORDS_BY_LANG, is_unit
from aggregator.summaries.senses import is_derived, is_filler, sense
from aggregator.summaries.words import is_content, stem, word_set
from aggregator.text import tokens

_TITLE_CASE_SHARE = 0.7
_ARTICLES = word_set(
    "the a an his her its their der die das den dem des ein eine einen einem einer le la les l un une des el los las "
    "una o os as um uma"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A content word in its place.

    Attributes:
        key: What it stands for; equal for words of one sense.
        root: Its stem.
        is_name: It must be matched as it is.
        is_joined: Nothing but a space stands between it and the content word before.
        lead: The word before it, folded, articles left out: "by", "of"; "" for none.
        end: Offset behind it in its text.
    """

    token: str
    key: str
    root: str
    is_name: bool
    is_joined: bool
    lead: str
    end: int


@dataclass(frozen=True, slots=True)
class Bound:
    """An article as this module reads it.

    Attributes:
        passages: Words of each sentence, in order.
        texts: The sentences.
        pairs: Stems that stand side by side somewhere.
        roots: All stems and senses.
        names: Tokens written with a capital inside a sentence.
    """

    passages: tuple[tuple[Word, ...], ...]
    texts: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    roots: frozenset[str]
    names: frozenset[str]


@lru_cache(maxsize=256)
def bind(texts: tuple[str, ...], lang: str) -> Bound:
    """Read the sentences of an article."""
    names = frozenset(name for text in texts for name in _inner_names(text, lang))
    passages = tuple(read(text, lang, names) for text in texts)
    pairs = {(a.root, b.root) for words in passages for a, b in pairwise(words) if b.is_joined}
    roots = {each for words in passages for word in words for each in (word.root, word.key)}
    return Bound(passages=passages, texts=texts, pairs=frozenset(pairs), roots=frozenset(roots), names=names)


def read(text: str, lang: str, names: frozenset[str]) -> tuple[Word, ...]:
    """Read the content words of a sentence; ``names`` are tokens known to be names."""
    found: list[Word] = []
    end, lead = -1, ""
    known = names | set(_inner_names(text, lang))
    for match in NAME_WORD.finditer(text):
        surface = match[0]
        is_adjacent = end >= 0 and text[end : match.start()] in {" ", "-", "\u00a0"}
        pieces = [p for p in tokens(surface) if is_content(p, lang) and not is_filler(p) and not _counts(p, lang)]
        for n, piece in enumerate(pieces):
            is_name = surface[0].isupper() and (piece in known or (len(surface) > 1 and surface.isupper()))
            found.append(
                Word(
                    token=piece,
                    key=sense(piece) if lang == "de" or not is_name else stem(piece),
                    root=stem(piece),
                    is_name=is_name,
                    is_joined=bool(n) or (is_adjacent and bool(found)),
                    lead=lead,
                    end=match.end(),
                )
            )
        end = match.end() if pieces else -1
        folded = surface.casefold()
        lead = lead if folded in _ARTICLES else folded
    return tuple(found)


def _counts(token: str, lang: str) -> bool:
    """Tell whether a token is a number or a unit, which the checks of numbers judge."""
    return token[0].isdigit() or token in WORDS_BY_LANG.get(lang, {}) or is_unit(token)


def _inner_names(text: str, lang: str) -> Iterator[str]:
    """List the tokens of words with a capital that no sentence start explains; none in a line set in title case."""
    words = NAME_WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    if len(words) > 3 and capitals >= _TITLE_CASE_SHARE * len(words):
        return
    for n, word in enumerate(words):
        if word[0].isupper() and (n or (len(words) > 1 and words[1][0].isupper())):
            yield from (piece for piece in tokens(word) if is_content(piece, lang))


def matches(one: Word, other: Word) -> bool:
    """Tell whether two words say one thing: by root, by sense, by derivation; names only by an ending."""
    if one.root == other.root or (one.key == other.key and not (one.is_name and other.is_name)):
        return True
    if one.is_name or other.is_name:
        return len(one.token) > 4 and len(other.token) > 4 and _is_form(one.token, other.token)
    return is_derived(one.token, other.token)


def _is_form(one: str, other: str) -> bool:
    """Tell whether one name is another with an ending: "Korea" and "Korean"."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and len(longer) - len(shorter) <= 2


def lacking(words: tuple[Word, ...], other: tuple[Word, ...]) -> list[int]:
    """List the words that the other sentence lacks, by index."""
    roots = {word.root for word in other}
    return [i for i, w in enumerate(words) if w.root not in roots and not any(matches(w, o) for o in other)]


def without_names(words: tuple[Word, ...], lacking: list[int], bound: Bound) -> list[int]:
    """Leave out what belongs to a name that is there.

    "Prime Minister Sanae" is, where "Takaichi" is, if the article has that name whole.
    """
    while anchored := [i for i in lacking if _is_part_of_name(words, i, set(lacking), bound)]:
        lacking = [i for i in lacking if i not in anchored]
    return lacking


def _is_part_of_name(words: tuple[Word, ...], i: int, lacking: set[int], bound: Bound) -> bool:
    for left, right in ((i - 1, i), (i, i + 1)):
        if left < 0 or right >= len(words) or not words[right].is_joined:
            continue
        other = right if left == i else left
        is_named = words[other].is_name or words[i].is_name
        if other not in lacking and is_named and (words[left].root, words[right].root) in bound.pairs:
            return True
    return False


def is_in_article(word: Word, bound: Bound) -> bool:
    """Tell whether an article has a word anywhere."""
    return word.root in bound.roots or (not word.is_name and word.key in bound.roots)


def aligned(claim: tuple[Word, ...], passage: tuple[Word, ...]) -> list[tuple[int, int]]:
    """Find the longest run of words that both have in the same order, as pairs of indexes. ``O(n·m)``."""
    n, m = len(claim), len(passage)
    length = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            same = claim[i].root == passage[j].root or matches(claim[i], passage[j])
            length[i][j] = length[i + 1][j + 1] + 1 if same else max(length[i + 1][j], length[i][j + 1])
    pairs = []
    i = j = 0
    while i < n and j < m:
        if length[i][j] == length[i + 1][j + 1] + 1 and (
            claim[i].root == passage[j].root or matches(claim[i], passage[j])
        ):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs
