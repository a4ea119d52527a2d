"""Does an article support a sentence? The gate behind every citation that is not the sentence's own origin.

Owns the checks: verbatim inclusion, numbers with units, dates, names, quotations, negation and modality, who did what,
and content. Must not choose, repair or shorten sentences. It errs on the side of refusing: a citation that is missing
costs a reader little, a wrong one costs the trust in all of them.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from aggregator.markup import to_text
from aggregator.model import Article
from aggregator.summaries.binding import bind, difference
from aggregator.summaries.claims import opposite, stance
from aggregator.summaries.names import folded_words, missing_name, wrong_office
from aggregator.summaries.pool import MAX_CHARACTERS
from aggregator.summaries.quantities import Quantity, months_and_days, quantities, relative_days, weekdays
from aggregator.summaries.roles import misplaced_number, swapped
from aggregator.summaries.senses import is_derived, is_filler, sense, words_in
from aggregator.summaries.sentences import split
from aggregator.summaries.uncased import unbacked
from aggregator.summaries.verbatim import CASED, plain, stands_in
from aggregator.summaries.words import is_content, stem
from aggregator.text import language, script, tokens

# Hand-judged support by containment of content words: .4-.6 5 of 24, .6-.7 3 of 6, .7-.8 10 of 12, >= .8 11 of 12.
MIN_CONTAINMENT = 0.7
# Of a sentence's content must stand in two neighbouring sentences: a long article holds most words somewhere.
MIN_LOCAL = 0.6
# How far below the best passage another one may be and still be what the sentence was made from.
PASSAGE_MARGIN = 0.15
_SCALE_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class _Passage:
    """One sentence of an article and what the checks ask of it."""

    text: str
    stems: frozenset[str]
    all_stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Evidence:
    """An article as every check reads it; what only some ask for is :class:`_Details`."""

    raw: str
    plain: str
    lang: str
    stems: frozenset[str]
    passages: tuple[_Passage, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Its sentences, the title first."""
        return tuple(passage.text for passage in self.passages)

    @property
    def is_cased(self) -> bool:
        """Tell whether its script has capitals, by which names are known."""
        return script(self.raw) in CASED

    @property
    def details(self) -> "_Details":
        return _details(self.raw, self.lang)


@dataclass(frozen=True, slots=True)
class _Details:
    """The words of an article as names are compared, its numbers and dates."""

    words: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: frozenset[tuple[int, float]]
    weekdays: frozenset[int]
    relative: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A sentence as the checks read it, with the sentences of the article nearest to it, best first.

    ``place`` are the numbers and dates of the title, of those sentences and of their neighbours: a month that stands
    three paragraphs away dates something else.
    """

    text: str
    lang: str
    stems: tuple[str, ...]
    all_stems: frozenset[str]
    near: tuple[int, ...]
    place: "_Details"


def check(sentence: str, article: Article) -> tuple[str, ...]:
    """Say why an article does not support a sentence; empty: it does.

    Args:
        sentence: Plain text, one sentence or clause.
        article: Its title, summary and text are the evidence.

    Returns:
        Reasons, each a code and words, "number: 3 million is not in the article". A sentence that stands in the article
        word for word is supported, unless what stands around it there denies or doubts it.
    """
    return examine(sentence, article).reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the gate found out about a sentence and an article.

    Attributes:
        reasons: Why the article does not support it; empty: it does.
        is_verbatim: It stands there word for word.
        nearest: The sentence of the article that is most like it; "" where nothing is.
        share: Of its content words, how many the article has, 0..1.
    """

    reasons: tuple[str, ...]
    is_verbatim: bool = False
    nearest: str = ""
    share: float = 0.0


def examine(sentence: str, article: Article) -> Finding:
    """Check a sentence like :func:`check` and tell how it was done."""
    evidence = _read(article.title, article.summary, article.text[:MAX_CHARACTERS], article.lang)
    if not tokens(sentence):
        return Finding(reasons=("empty: the sentence has no words",))
    if stands_in(sentence, evidence.plain, evidence.lang):
        return Finding(reasons=(), is_verbatim=True, share=1.0)
    claim = _claim(sentence, evidence)
    reason = _check_content(claim, evidence)  # about something else: no other check has a meaning then
    reasons = (reason,) if reason else tuple(found for each in _CHECKS if (found := each(claim, evidence)))
    nearest = evidence.passages[claim.near[0]].text if claim.near else ""
    return Finding(reasons=reasons, nearest=nearest, share=_share(claim, evidence))


# ---------------------------------------------------------------- reading


@lru_cache(maxsize=256)
def _read(title: str, summary: str, text: str, declared: str) -> _Evidence:
    """Read an article once for all the sentences that are checked against it."""
    description = to_text(summary) if "<" in summary or "&" in summary else summary
    parts = [part for part in (title, description, text) if part.strip()]
    if len(parts) == 3 and description.strip() == text.strip():
        parts = parts[:2]
    raw = "\n".join(parts)
    lang = language(raw, "" if declared == "und" else declared)
    passages = tuple(_passage(piece, lang) for piece in split(raw, lang))
    return _Evidence(
        raw=raw,
        plain=plain(raw),
        lang=lang,
        stems=frozenset().union(*(p.all_stems | p.stems for p in passages)),
        passages=passages,
    )


@lru_cache(maxsize=256)
def _details(raw: str, lang: str) -> _Details:
    return _Details(
        words=folded_words(raw),
        quantities=tuple(quantities(raw, lang)),
        dates=frozenset(months_and_days(raw)),
        weekdays=frozenset(weekdays(raw)),
        relative=frozenset(relative_days(raw)),
    )


def _passage(text: str, lang: str) -> _Passage:
    all_tokens = tokens(text)
    return _Passage(
        text=text,
        stems=frozenset(sense(t) for t in all_tokens if is_content(t, lang) and not is_filler(t)),
        all_stems=frozenset(map(stem, all_tokens)),
    )


def _claim(sentence: str, evidence: _Evidence) -> _Claim:
    stems = tuple(sense(t) for t in words_in(sentence) if is_content(t, evidence.lang))
    wanted = set(stems)
    shares = [len(wanted & p.stems) / max(1, len(wanted)) for p in evidence.passages]
    best = max(shares, default=0.0)
    near = [n for n, share in enumerate(shares) if best and share >= best - PASSAGE_MARGIN]
    around = sorted({0, *(k for n in near for k in (n - 1, n, n + 1) if 0 <= k < len(shares))}) if near else []
    return _Claim(
        text=sentence,
        lang=evidence.lang,
        stems=stems,
        all_stems=frozenset(map(stem, tokens(sentence))),
        near=tuple(sorted(near, key=lambda n: (-shares[n], n))),
        place=_details("\n".join(evidence.passages[n].text for n in around), evidence.lang),
    )


# ---------------------------------------------------------------- the checks


def _check_numbers(claim: _Claim, evidence: _Evidence) -> str:
    for wanted in quantities(claim.text, claim.lang):
        same = [
            q for q in claim.place.quantities if abs(q.value - wanted.value) <= _SCALE_TOLERANCE * abs(wanted.value)
        ]
        if not same:
            return f"number: {wanted.value:g} is not in the article"
        if wanted.unit and all(q.unit != wanted.unit for q in same):
            return f"unit: {wanted.value:g} {wanted.unit} is not in the article"
        if not wanted.unit and all(q.unit in _TELLING_UNITS for q in same):
            return f"unit: {wanted.value:g} has another unit in the article"
        if reason := _counts_other(wanted, same, evidence, claim):
            return reason
    return ""


_TELLING_UNITS = frozenset({"%", "pp"})


def _counts_other(wanted: Quantity, same: list[Quantity], evidence: _Evidence, claim: _Claim) -> str:
    """Tell whether the number counts something that another number counts in the article: "12 injured", not "40"."""
    head = stem(wanted.head)
    if not head or not is_content(wanted.head, claim.lang):
        return ""
    others = {stem(q.head) for q in claim.place.quantities if q.value != wanted.value}
    ours = {stem(q.head) for q in same}
    if (
        head in others
        and head not in ours
        and not any(_stands_near(wanted, head, p, claim.lang) for p in evidence.passages)
    ):
        return f"number: {wanted.value:g} does not count {wanted.head} in the article"
    return ""


def _stands_near(wanted: Quantity, head: str, passage: _Passage, lang: str) -> bool:
    """Tell whether a passage has the head, this number and no other number."""
    if head not in passage.all_stems:
        return False
    values = {q.value for q in quantities(passage.text, lang)}
    return values == {wanted.value}


def _check_dates(claim: _Claim, evidence: _Evidence) -> str:
    months = {month for month, _ in claim.place.dates}
    for month, day in months_and_days(claim.text):
        if (month, day) not in claim.place.dates and (day or month not in months):
            return f"date: month {month}" + (f", day {day:g}" if day else "") + " is not in the article"
    if missing := weekdays(claim.text) - claim.place.weekdays:
        return f"date: weekday {min(missing) + 1} is not in the article"
    if late := relative_days(claim.text) - claim.place.relative:
        return f"date: “{min(late)}” is not in the article"
    return ""


def _check_names(claim: _Claim, evidence: _Evidence) -> str:
    if word := missing_name(claim.text, claim.lang, evidence.raw, evidence.details.words, evidence.stems):
        return f"name: “{word}” is not in the article"
    office = wrong_office(claim.text, evidence.raw)
    return f"office: “{office}” holds another one in the article" if office else ""


_QUOTE = re.compile(r"[“„\"«「『]([^“”„\"«»「」『』]{3,})[”“\"»」』]")


def _check_quotations(claim: _Claim, evidence: _Evidence) -> str:
    for quote in _QUOTE.findall(claim.text):
        inner = plain(quote).strip(" ,.!?。、")
        if inner not in evidence.plain:
            return f"quotation: “{quote[:60]}” is not in the article"
    return ""


def _check_order(claim: _Claim, evidence: _Evidence) -> str:
    """Refuse a swap of who did what, seen over the whole article."""
    pair = swapped(claim.text, claim.lang, tuple(passage.text for passage in evidence.passages))
    return f"roles: the article has {pair} the other way round" if pair else ""


def _check_one_passage(claim: _Claim, evidence: _Evidence) -> str:
    """Refuse what no single sentence of the article says, though the article has the words."""
    reason = ""
    for n in claim.near:
        found = _differs(claim, evidence, n)
        if not found:
            return ""
        reason = reason or found
    return reason


def _differs(claim: _Claim, evidence: _Evidence, n: int) -> str:
    """Say in what a sentence differs from one sentence of the article; "": in nothing that matters."""
    passage = evidence.passages[n]
    if kind := stance(claim.text, claim.lang).differs_from(stance(passage.text, claim.lang)):
        words = {"negation": "denies or affirms", "modality": "doubts or announces", "attribution": "alleges"}
        return f"{kind}: the article {words[kind]} otherwise"
    if word := opposite(set(claim.all_stems), set(passage.all_stems)):
        return f"opposite: the article says the reverse of “{word}”"
    if number := misplaced_number(claim.text, claim.lang, passage.text):
        return f"number: {number} stands for something else in the article"
    if evidence.is_cased:
        return difference(claim.text, claim.lang, bind(evidence.texts, evidence.lang), n)
    return unbacked(_folded(claim.text), claim.lang, _folded(passage.text), _folded(evidence.texts[0]))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _check_content(claim: _Claim, evidence: _Evidence) -> str:
    """Refuse a sentence that is about something else, before anything costly is asked."""
    wanted = set(claim.stems)
    if not wanted:
        return ""
    share = _share(claim, evidence)
    if share < MIN_CONTAINMENT:
        return f"content: only {share:.0%} of the words are in the article"
    local = 0.0
    for n, passage in enumerate(evidence.passages):
        after = evidence.passages[n + 1].stems if n + 1 < len(evidence.passages) else frozenset()
        local = max(local, len(wanted & (passage.stems | after)) / len(wanted))
    return "" if local >= MIN_LOCAL else f"content: at most {local:.0%} of the words stand together in the article"


def _share(claim: _Claim, evidence: _Evidence) -> float:
    has = sum(s in evidence.stems or _has_form(s, claim, evidence) for s in claim.stems)
    return has / max(1, len(claim.stems))


def _has_form(word: str, claim: _Claim, evidence: _Evidence) -> bool:
    """Tell whether a passage near has another form of the word ("begrüßte", "begrüßt")."""
    return any(is_derived(word, each) for n in claim.near for each in evidence.passages[n].stems)


# Asked where the content agrees; each gives a reason or "".
_CHECKS: tuple[Callable[[_Claim, _Evidence], str], ...] = (
    _check_numbers,
    _check_dates,
    _check_names,
    _check_quotations,
    _check_order,
    _check_one_passage,
)
