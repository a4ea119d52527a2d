"""Who did what to whom: is a sentence its source with two parts changed round?

Owns the comparison of order: names and definite nouns on the two sides of a verb, names behind "of", "by", "from" and
"to", numbers with what stands beside them. Must not ask whether the words are there at all; that is
:mod:`aggregator.summaries.gate.binding`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from aggregator.summaries.gate.claims import is_passive
from aggregator.summaries.gate.names import NAME_WORD, fold_word
from aggregator.summaries.gate.quantities import Quantity, is_calendar, is_unit, quantities
from aggregator.summaries.words import is_content, stem, word_set

_MAX_BETWEEN = 120  # characters between two names that one verb can join
_REACH = 3  # words behind a preposition that may still belong to it
_MAX_NAMES, _MAX_PARTNERS = 12, 5
# What stands behind a determiner is spoken of as something definite: "the mayor", "al alcalde".
_DETERMINERS = word_set(
    "the a an der die das den dem des ein eine einen le la les l un une du au aux el los las una al del lo o os as um "
    "uma ao do da"
)
_PREPOSITIONS = word_set(
    "in on at for from to with after before during amid since until near under over into against of about by "
    "nach vor bei mit aus seit für gegen über unter zu zum zur im am an auf um bis wegen trotz ab von vom durch "
    "en dans sur à chez sous vers par para con tras desde hasta sobre entre por de em no na com até"
)
# Each gives the name behind it a part in what is told.
_PARTS = {
    "of": "of", "by": "by", "from": "from", "to": "to", "von": "by", "durch": "by", "par": "by", "por": "by",
    "an": "to", "aus": "from", "over": "over", "against": "against", "gegen": "against", "contre": "against",
    "contra": "against", "than": "than",
}  # fmt: skip
_PART = re.compile(
    rf"\b(?i:({'|'.join(sorted(_PARTS, key=len, reverse=True))}))\s+(?:(?:the|der|die|das|dem|den|la|le|el)\s+)?"
    r"((?:[A-ZÀ-Þ][^\W_]*(?:[-'’.][^\W_]+)*[ -]?)+)"
)
_LOWER = re.compile(r"\b[^\W\d_A-Z]{3,}\b")


def swapped(text: str, lang: str, passages: Sequence[str]) -> str:
    """Say what is told the other way round: “A” and “B”; "" for nothing."""
    ours = _pairs(text, lang)
    theirs = [_pairs(passage, lang) for passage in passages] if ours else []
    for (first, verb, second), passive in ours.items():
        same = any(pairs.get((first, verb, second)) == passive for pairs in theirs)
        turned = any(pairs.get((second, verb, first)) == (not passive) for pairs in theirs)
        reverse = any(pairs.get((second, verb, first)) == passive for pairs in theirs)
        undone = any(pairs.get((first, verb, second)) == (not passive) for pairs in theirs)
        if (reverse or undone) and not (same or turned):
            return f"“{first}” and “{second}”"
    return _parts_swapped(text, passages)


@lru_cache(maxsize=4096)
def _pairs(text: str, lang: str) -> dict[tuple[str, str, str], bool]:
    """Map (noun, verb, noun) to whether the stretch between is passive. Verbs are the lower-case words between."""
    found = _nouns(text, lang)
    pairs: dict[tuple[str, str, str], bool] = {}
    for i, (left, first) in enumerate(found[:_MAX_NAMES]):
        for right, second in found[i + 1 : i + 1 + _MAX_PARTNERS]:
            between = text[left.end() : right.start()]
            if len(between) > _MAX_BETWEEN or first == second:
                continue
            verbs = [stem(w) for w in _LOWER.findall(between) if is_content(w, lang)]
            passive = bool(verbs) and is_passive(between)
            for verb in verbs:
                pairs.setdefault((first, verb, second), passive)
    return pairs


def _nouns(text: str, lang: str) -> list[tuple[re.Match[str], str]]:
    """List names and definite nouns; what a preposition governs is neither doer nor done-to where nouns are many."""
    found: list[tuple[re.Match[str], str]] = []
    lead = ""
    governed = 0  # words that a preposition still reaches: "im vergangenen Jahr"
    for match in NAME_WORD.finditer(text):
        word = match[0]
        name = fold_word(word)
        is_named = word[0].isupper() or lead in _DETERMINERS
        # German writes every noun with a capital and puts any part first: "Am Freitag endet der Streik".
        is_governed = lang == "de" and governed > 0
        if is_named and not is_governed and not is_calendar(name) and not is_unit(name) and is_content(name, lang):
            found.append((match, name))
        governed = _REACH if name in _PREPOSITIONS else 0 if word[0].isupper() else governed - 1
        lead = name
    return found


def _parts_swapped(text: str, passages: Sequence[str]) -> str:
    """Find "of A by B" where the source has "of B by A"."""
    ours = _parts(text)
    for part, name in ours:
        others = [other for _, other in ours if other != name]
        for passage in passages:
            theirs = _parts(passage)
            rivals = [n for p, n in theirs if p == part and n != name]
            elsewhere = [p for p, n in theirs if n == name]
            if elsewhere and part not in elsewhere and set(rivals) & set(others):
                return f"“{name}” and “{rivals[0]}”"
    return ""


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[tuple[str, str], ...]:
    """List (part, last word of the name) for every name behind a preposition that gives it one."""
    return tuple((_PARTS[word.casefold()], fold_word(name.split()[-1])) for word, name in _PART.findall(text))


# ---------------------------------------------------------------- numbers


# Words before a number that give it its place among others.
_PLACING = word_set("from to by of at von auf um bis de à a desde hasta para em")


def misplaced_number(text: str, lang: str, passage: str) -> str:
    """Find a number that takes another number's place in a passage: "from 2.1 percent in April" where that is 2.6's.

    Numbers are compared by what stands beside them. A number that the passage lacks, while it has one that the sentence
    lacks, has taken that one's place, too.
    """
    ours, theirs = quantities(text, lang), quantities(passage, lang)
    values, known = {q.value for q in ours}, {q.value for q in theirs}
    lost = [q for q in theirs if q.value not in values]
    for wanted in ours:
        if wanted.value not in known and any(q.unit == wanted.unit for q in lost):
            return f"{wanted.value:g}"
        if len(known) > 1 and _has_rival(wanted, theirs):
            return f"{wanted.value:g}"
    return ""


_AT_LEAST = (
    "more than|over|at least|exceeding|exceeds?|exceeded|above|no fewer than|no less than|upwards? of|"
    "mehr als|mindestens|"
    "plus de|au moins|más de|al menos|mais de|pelo menos|hơn|ít nhất"
)
_AT_MOST = (
    "less than|fewer than|under|up to|at most|nearly|almost|no more than|below|close to|"
    "weniger als|bis zu|knapp|fast|moins de|"
    "jusqu'à|près de|menos de|hasta|casi|até|quase|gần|dưới"
)
_BOUNDED = re.compile(
    rf"(?i)\b(?:({_AT_LEAST})|({_AT_MOST}))\s+(?:an?\s+|the\s+)?([$€£¥]?\s?\d[\d.,]*\w*|[^\W\d_]+(?:-[^\W\d_]+)?)"
)


def other_bound(text: str, lang: str, passage: str) -> str:
    """Find a number that is a bound on one side only: "more than 300" and "300"."""
    ours, theirs = _bounds(text, lang), _bounds(passage, lang)
    shared = {q.value for q in quantities(text, lang)} & {q.value for q in quantities(passage, lang)}
    return next((f"{value:g}" for value in sorted(shared) if ours.get(value, 0) != theirs.get(value, 0)), "")


@lru_cache(maxsize=4096)
def _bounds(text: str, lang: str) -> dict[float, int]:
    """Map a number to 1 (at least) or -1 (at most); whole magnitudes are read from where the number starts."""
    found: dict[float, int] = {}
    for match in _BOUNDED.finditer(text):
        behind = quantities(text[match.start(3) : match.end(3) + 30], lang)
        if behind and quantities(match[3], lang):
            found.setdefault(behind[0].value, 1 if match[1] else -1)
    return found


def _has_rival(wanted: Quantity, theirs: Sequence[Quantity]) -> bool:
    own = max((_beside(wanted, q) for q in theirs if q.value == wanted.value), default=-1)
    rival = max((_beside(wanted, q) for q in theirs if q.value != wanted.value and q.unit == wanted.unit), default=0)
    return own >= 0 and rival > own


def _beside(one: Quantity, other: Quantity) -> int:
    """Count what two numbers have beside them alike: the word before, the words behind."""
    return (one.before == other.before and one.before in _PLACING) + len(
        set(map(stem, one.behind)) & set(map(stem, other.behind))
    )
