"""A sentence and an article as the checks of the gate read them.

Owns which text of an article is evidence, its cut into passages, and which of these are nearest to a sentence. Must not
judge; the checks do.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from aggregator.markup import to_text
from aggregator.model import Article
from aggregator.summaries.gate.binding import Comparison, compare
from aggregator.summaries.gate.names import folded_words
from aggregator.summaries.gate.quantities import Quantity, months_and_days, quantities, relative_days, weekdays
from aggregator.summaries.gate.verbatim import CASED, plain
from aggregator.summaries.gate.wording import Bound, bind
from aggregator.summaries.pool import MAX_CHARACTERS
from aggregator.summaries.senses import is_derived, is_filler, sense, words_in
from aggregator.summaries.sentences import split
from aggregator.summaries.words import is_content, stem
from aggregator.text import language, script, tokens

# How far below the best passage another one may be and still be what the sentence was made from.
PASSAGE_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of an article and what the checks ask of it."""

    text: str
    stems: frozenset[str]
    all_stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Details:
    """The words of a text as names are compared, its numbers and dates."""

    words: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: frozenset[tuple[int, float]]
    weekdays: frozenset[int]
    relative: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """An article as every check reads it; what only some ask for is :class:`Details`."""

    raw: str
    plain: str
    lang: str
    stems: frozenset[str]
    passages: tuple[Passage, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Its sentences, the title first."""
        return tuple(passage.text for passage in self.passages)

    @property
    def is_cased(self) -> bool:
        """Tell whether its script has capitals, by which names are known."""
        return script(self.raw) in CASED

    @property
    def details(self) -> Details:
        """Its words, numbers and dates."""
        return _details(self.raw, self.lang)

    @property
    def bound(self) -> Bound:
        """Its words in their places."""
        return bind(self.texts, self.lang)


@dataclass(frozen=True)
class Claim:
    """A sentence beside an article, with the passages nearest to it, best first.

    ``place`` are the numbers and dates of the title, of those passages and of their neighbours: a month that stands
    three paragraphs away dates something else.
    """

    text: str
    lang: str
    stems: tuple[str, ...]
    all_stems: frozenset[str]
    near: tuple[int, ...]
    place: Details
    evidence: Evidence

    @cached_property
    def share(self) -> float:
        """Of the content words those that the article has, 0..1."""
        has = sum(s in self.evidence.stems or self._has_form(s) for s in self.stems)
        return has / max(1, len(self.stems))

    def _has_form(self, word: str) -> bool:
        """Tell whether a passage near has another form of the word ("begrüßte", "begrüßt")."""
        return any(is_derived(word, each) for n in self.near for each in self.evidence.passages[n].stems)


@dataclass(frozen=True)
class Pair:
    """A claim beside one passage of its article."""

    claim: Claim
    n: int

    @property
    def passage(self) -> Passage:
        """The passage."""
        return self.claim.evidence.passages[self.n]

    @cached_property
    def comparison(self) -> Comparison:
        """The two word by word."""
        return compare(self.claim.text, self.claim.lang, self.claim.evidence.bound, self.n)


@lru_cache(maxsize=256)
def _read(title: str, summary: str, text: str, declared: str) -> Evidence:
    description = to_text(summary) if "<" in summary or "&" in summary else summary
    parts = [part for part in (title, description, text) if part.strip()]
    if len(parts) == 3 and description.strip() == text.strip():
        parts = parts[:2]
    raw = "\n".join(parts)
    lang = language(raw, "" if declared == "und" else declared)
    passages = tuple(_passage(piece, lang) for piece in split(raw, lang))
    return Evidence(
        raw=raw,
        plain=plain(raw),
        lang=lang,
        stems=frozenset().union(*(p.all_stems | p.stems for p in passages)),
        passages=passages,
    )


def read_article(article: Article) -> Evidence:
    """Read an article once for all the sentences that are checked against it."""
    return _read(article.title, article.summary, article.text[:MAX_CHARACTERS], article.lang)


@lru_cache(maxsize=256)
def _details(raw: str, lang: str) -> Details:
    return Details(
        words=folded_words(raw),
        quantities=tuple(quantities(raw, lang)),
        dates=frozenset(months_and_days(raw)),
        weekdays=frozenset(weekdays(raw)),
        relative=frozenset(relative_days(raw)),
    )


def _passage(text: str, lang: str) -> Passage:
    all_tokens = tokens(text)
    return Passage(
        text=text,
        stems=frozenset(sense(t) for t in all_tokens if is_content(t, lang) and not is_filler(t)),
        all_stems=frozenset(map(stem, all_tokens)),
    )


def read_claim(sentence: str, evidence: Evidence) -> Claim:
    """Read a sentence beside an article."""
    stems = tuple(sense(t) for t in words_in(sentence) if is_content(t, evidence.lang))
    wanted = set(stems)
    shares = [len(wanted & p.stems) / max(1, len(wanted)) for p in evidence.passages]
    best = max(shares, default=0.0)
    near = [n for n, share in enumerate(shares) if best and share >= best - PASSAGE_MARGIN]
    around = sorted({0, *(k for n in near for k in (n - 1, n, n + 1) if 0 <= k < len(shares))}) if near else []
    return Claim(
        text=sentence,
        lang=evidence.lang,
        stems=stems,
        all_stems=frozenset(map(stem, tokens(sentence))),
        near=tuple(sorted(near, key=lambda n: (-shares[n], n))),
        place=_details("\n".join(evidence.passages[n].text for n in around), evidence.lang),
        evidence=evidence,
    )
