"""Tell copies: the same text again, as syndication, mirrors and a publisher's several feeds bring it.

Owns when two articles carry the same text and which of them is the origin. A copy is not "very similar": two reports of
one event in different words are two voices, and two events told in one template ("Day 2", "Day 21") are two events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aggregator.stories.features import Document

SHINGLE = 4  # words; recall 1.00 on cut, prefixed and edited copies where SimHash with 3 bits found few
CONTAINMENT = 0.5  # of the shorter text's shingles in the other one
MIN_WORDS = 16  # of title and text; below, a shared phrase already makes half of the shingles
MIN_TITLE_TERMS = 4  # "Morning briefing" says nothing, a headline of four content words is seldom written twice
SAME_PUBLISHER_HOURS = 24.0  # a column with a fixed title comes back the next day
URL_TITLE_SHARE = 0.25  # titles at one address may be rewritten, but a feed that links only its front page is no proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Sameness:
    """Why two articles are copies: the rule's name, and the evidence in words."""

    rule: str
    reason: str


def sameness(one: Document, other: Document) -> Sameness | None:
    """Decide whether two articles carry the same text; symmetric. ``None``: they do not."""
    return _same_address(one, other) or _same_text(one, other) or _same_title(one, other)


def _same_address(one: Document, other: Document) -> Sameness | None:
    address = one.article.canonical_url
    if not address or address != other.article.canonical_url or not urlsplit(address).path.strip("/"):
        return None
    shorter = min(one.n_title, other.n_title)
    if shorter and len(one.title & other.title) < URL_TITLE_SHARE * shorter:
        return None
    return Sameness(rule="same address", reason=f"the same address as an article of {_publisher(other)}")


def _same_text(one: Document, other: Document) -> Sameness | None:
    if min(one.n_words, other.n_words) < MIN_WORDS:
        return None
    n_shared = len(frozenset(one.stems).intersection(other.stems))  # cheap; no copy has fewer of them than of shingles
    if n_shared < CONTAINMENT * min(len(one.stems), len(other.stems)):
        return None
    words, others = one.words, other.words
    if _has_conflict(one, words, other, others):
        return None
    share = containment(words, others)
    if share < CONTAINMENT:
        return None
    return Sameness(rule="same text", reason=f"{share:.0%} of the text stands word for word at {_publisher(other)}")


def _same_title(one: Document, other: Document) -> Sameness | None:
    """Equal headlines are a copy unless both articles have a text, and it differs, or a column's title comes back."""
    if one.n_title != other.n_title or one.n_title < MIN_TITLE_TERMS or one.title != other.title:
        return None
    if min(one.n_words, other.n_words) >= MIN_WORDS or has_conflict(one, other):
        return None
    is_own = one.article.publisher == other.article.publisher
    is_timed = one.hours is not None and other.hours is not None
    if is_own and is_timed and abs(_hours(one) - _hours(other)) > SAME_PUBLISHER_HOURS:
        return None
    return Sameness(
        rule="same text",
        reason="the publisher repeats its own headline" if is_own else f"the same headline as {_publisher(other)}",
    )


def has_conflict(one: Document, other: Document) -> bool:
    """Tell whether each article has numbers, or each title names, that the other lacks: a template filled twice."""
    return _has_conflict(one, one.words, other, other.words)


def _has_conflict(one: Document, words: Sequence[str], other: Document, other_words: Sequence[str]) -> bool:
    numbers = {word for word in words if word[0].isdigit()}
    others = {word for word in other_words if word[0].isdigit()}
    if min(len(words), len(other_words)) < MIN_WORDS:
        return bool(one.numbers - others and other.numbers - numbers)
    return bool(numbers - others and others - numbers) or bool(
        one.title.intersection(one.anchors).difference(other.stems)
        and other.title.intersection(other.anchors).difference(one.stems)
    )


def containment(words: Sequence[str], others: Sequence[str]) -> float:
    """Return which share of the shorter text's shingles the other text has, 0..1. ``O(n)`` in words."""
    one, other = _shingles(words), _shingles(others)
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else 0.0


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def origins(new: Iterable[Document], members: Sequence[Document]) -> dict[str, tuple[str, Sameness]]:
    """Find which new articles of a story are copies, and of what.

    Args:
        new: Articles that joined just now; they are among ``members``.
        members: All articles of the story.

    Returns:
        Origin and reason by article id, for copies alone. What was placed earlier stays an origin; among articles
        placed together the earliest is, then the longest, then by id. An origin is never itself a new copy.
    """
    arrived = sorted(new, key=_seniority)
    ids = {document.id for document in arrived}
    standing = sorted((member for member in members if member.id not in ids), key=_seniority)
    found: dict[str, tuple[str, Sameness]] = {}
    for document in arrived:
        for other in standing:
            same = sameness(document, other)
            if same:
                found[document.id] = (other.id, same)
                break
        else:
            standing.append(document)
    return found


def _seniority(document: Document) -> tuple[float, int, str]:
    return (_hours(document), -document.n_words, document.id)


def _hours(document: Document) -> float:
    return 0.0 if document.hours is None else document.hours


def _publisher(document: Document) -> str:
    return document.article.source_name or document.article.publisher or "another source"
