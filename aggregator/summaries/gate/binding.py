"""Do the words of a sentence stand together in its source, or was one brought in or exchanged?

Owns the comparison of a sentence with one sentence of its article, word by word: a word that the article lacks, a
subject, object or speaker put in another's place, who did what to whom. For scripts with capitals; the others are
:mod:`aggregator.summaries.gate.uncased`. Must not look at numbers, dates, negation or quotations; the gate does.

The rule: what a sentence says must stand in ONE sentence of its article. What it adds may be a name that the article
itself puts beside one that is there ("President Lee"), the name behind a pronoun, or a single word that
the sentence beside has. Nothing may be exchanged, and no word may come from outside: judged by hand, extra citations
failed where words came from all over an article, and where one noun more had been let through ("stocks, oil").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from aggregator.summaries.gate.claims import is_passive
from aggregator.summaries.gate.quantities import is_calendar
from aggregator.summaries.gate.wording import (
    Bound,
    Word,
    aligned,
    is_in_article,
    lacking,
    matches,
    read,
    without_names,
)
from aggregator.summaries.words import word_set

MAX_ADDED = 1  # words that only the sentence beside has
MAX_MOVED = 3  # words of a stretch that stands for another one
MIN_FOR_MOVED = 3  # content words from which on a sentence may take one from the sentence beside
_BY = word_set("by von par por durch da")
_PREPOSITIONS = word_set(
    "in on at for from to with after before during amid since until near under over into against of about between "
    "nach vor bei mit aus seit für gegen über unter zu zum zur im am an auf um bis wegen trotz ab "
    "en dans sur à au aux pour avec après avant depuis chez sous vers dès "
    "para con tras desde hasta sobre entre ante según al a em no na nos nas com após até"
)
# A noun that stands for somebody named before: "The company said".
_STAND_INS = word_set(
    "company firm group operator maker giant airline bank carrier party team club agency ministry minister president "
    "premier chancellor governor mayor leader leaders official spokesman spokeswoman chief city country nation "
    "government authority court man woman suspect union organisation organization university two both pair "
    "unternehmen konzern behörde ministerium minister ministerin präsident präsidentin regierung partei stadt gruppe "
    "entreprise groupe ministre président présidente ville gouvernement compagnie "
    "empresa compañía grupo ministro ministra presidente presidenta ciudad gobierno governo"
)
_PRONOUNS = word_set(
    "he she they it his her their its who which er sie es ihr sein seine il elle ils elles son sa leur él ella ellos "
    "ele ela eles su sus seu sua"
)
_SAID = (
    r"said|says|told|tells|stated|announced|warned|claimed|added|wrote|sagte|sagten|erklärte|mitgeteilt|"
    r"dit|déclaré|affirmé|annoncé|dijo|afirmó|anunció|declaró|disse|afirmou"
)
_REPORTS = re.compile(rf"(?i)\b(?:{_SAID})\b")
# What tells, besides those, that somebody said something.
_IS_SOURCED = re.compile(
    rf"(?i)\b(?:{_SAID}|according|reported|reportedly|reports?|tweeted|announces|argued|argues|confirmed|confirms|asked|"
    r"called|laut|zufolge|teilte|teilten|selon|indiqué|según|informó|segundo|informou)\b"
)
_POSSESSIVE = re.compile(r"\W*[^\W\d_]+['’]s?\s")  # "Norvia's bank" is "the bank of Norvia"
_LOWER_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Comparison:
    """A sentence beside one sentence of an article, word by word.

    Attributes:
        text: The sentence.
        lang: Of the article.
        bound: The article.
        n: Index of the sentence that it may have been made from.
        claim: Words of the sentence.
        passage: Words of that sentence.
        missing: Indexes of the words that the passage lacks, parts of its names left out.
    """

    text: str
    lang: str
    bound: Bound
    n: int
    claim: tuple[Word, ...]
    passage: tuple[Word, ...]
    missing: tuple[int, ...]

    @cached_property
    def steps(self) -> tuple[tuple[int, int], ...]:
        """Indexes of the words that both have in the same order, with a pair before and one behind."""
        return ((-1, -1), *aligned(self.claim, self.passage), (len(self.claim), len(self.passage)))

    @cached_property
    def dropped(self) -> tuple[int, ...]:
        """Indexes of the words of the passage that the sentence lacks."""
        return tuple(lacking(self.passage, self.claim))

    @property
    def added(self) -> list[Word]:
        """The words that the passage lacks."""
        return [self.claim[i] for i in self.missing]

    @cached_property
    def novel(self) -> tuple[Word, ...]:
        """Those of them that the whole article lacks."""
        return tuple(word for word in self.added if not is_in_article(word, self.bound))


# Where a passage goes on to something else once all that a sentence shares with it is told.
_GOES_ON = re.compile(
    r"[,;—–]\s+(?:which|who|where|while|but|as|after|before|when|and|marking|paving)\b|"
    r"\s(?:that|which|who) (?=(?:will|would|could|may|might)\b)|[.!?][\"”’]?\s"
)


def told_part(pair: Comparison) -> tuple[str, str]:
    """Part a passage into what the sentence shares with it and the clauses that go on behind.

    "Signed the bill" and "that will make parks free".
    """
    text = pair.bound.texts[pair.n]
    last = pair.steps[-2][1]
    found = _GOES_ON.search(text, pair.passage[last].end) if last >= 0 else None
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def compare(text: str, lang: str, bound: Bound, n: int) -> Comparison:
    """Lay a sentence beside one sentence of an article.

    Args:
        text: Plain text, one sentence.
        lang: Of the article.
        bound: The article.
        n: Index of the sentence that it may have been made from.
    """
    claim, passage = read(text, lang, bound.names), bound.passages[n]
    missing = without_names(claim, lacking(claim, passage), bound)
    return Comparison(text=text, lang=lang, bound=bound, n=n, claim=claim, passage=passage, missing=tuple(missing))


def moved(pair: Comparison) -> str:
    """Say which name stands where the passage has another one."""
    passage = pair.bound.texts[pair.n]
    if is_passive(pair.text) != is_passive(passage):
        return ""
    found = _moved(pair.claim, pair.passage, pair.steps, passage)
    return f"“{found[0]}” stands where the article has “{found[1]}”" if found else ""


def added(pair: Comparison) -> str:
    """Say which word the article has nowhere."""
    return f"“{pair.novel[0].token}” is not in the article" if pair.novel else ""


def other_subject(pair: Comparison) -> str:
    """Say of whom the passage says it, where the sentence says it of another."""
    if _REPORTS.search(pair.text) and not any(map(_IS_SOURCED.search, _around(pair))):
        return "the article does not tell who said it"
    if not _POSSESSIVE.match(pair.text) and _is_promoted(pair.claim, pair.passage):
        return f"“{pair.claim[0].token}” does not do it in the article"
    if not pair.missing:
        return ""
    gone = without_names(pair.passage, list(pair.dropped), pair.bound)
    aside = _set_aside(pair.bound.texts[pair.n])
    gone = [i for i in gone if not any(start < pair.passage[i].end <= end for start, end in aside)]
    if rivals := _rivals(pair.passage, gone, pair.claim):
        return f"the article says it of “{rivals[0].token}”, not of “{pair.added[0].token}”"
    return _unfounded_subject(pair)


# "The exercise, which comes as the president travels, ...": nobody in there is whom the passage speaks of.
_ASIDE = re.compile(r",\s(?:which|who|whose|where|when)\s[^,;.]{3,160},(?=\s[a-z])")


def _set_aside(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _ASIDE.finditer(text)]


def _around(pair: Comparison) -> tuple[str, ...]:
    """Give the passage and the one behind, where a speaker is often named."""
    return pair.bound.texts[pair.n : pair.n + 2]


def exchanged(pair: Comparison) -> str:
    """Say which word stands between the same neighbours as another one in the passage."""
    found = _exchanged(pair.claim, pair.passage, pair.steps, set(pair.missing), set(pair.dropped))
    return f"“{found[0]}” stands for “{found[1]}” in the article" if found else ""


def far(pair: Comparison) -> str:
    """Say which word stands elsewhere in the article: a name behind a pronoun may be filled in, others hardly."""
    known = _known(pair)
    beside = [k for k in (0, pair.n - 1, pair.n + 1) if 0 <= k < len(pair.bound.passages) and k != pair.n]
    for word in known:
        if not any(matches(word, other) for k in beside for other in pair.bound.passages[k]):
            return f"“{word.token}” stands far from the rest in the article"
    plain = [word for word in known if not word.is_name]
    if len(plain) > MAX_ADDED or (plain and len(pair.claim) < MIN_FOR_MOVED):
        return f"“{plain[0].token}” is not said of this in the article"
    return ""


def _known(pair: Comparison) -> list[Word]:
    """List the added words that stand elsewhere in the article."""
    return [word for word in pair.added if word not in pair.novel]


def _unfounded_subject(pair: Comparison) -> str:
    """Judge a subject that stands elsewhere in the article, and a speaker where the passage has none."""
    known = _known(pair)
    if not known:
        return ""
    is_first = known[0] is pair.claim[0] and not _is_closer_named(pair)
    if is_first and not _stands_behind(known[0], pair.bound, pair.n):
        return f"the article does not say it of “{known[0].token}”"
    if _REPORTS.search(pair.text) and not _REPORTS.search(pair.bound.texts[pair.n]):
        return f"the article does not let “{known[0].token}” say it"
    return ""


# These make another person or thing of the one behind them.
_OTHERS = word_set("former deputy vice acting interim ex late new old next north south east west")


def _is_closer_named(pair: Comparison) -> bool:
    """Tell whether a sentence opens with a word that the article, too, puts before its second one.

    "Norvian nationals" may stand for "the nationals" of the passage.
    """
    if len(pair.claim) < 2 or 1 in pair.missing or pair.claim[0].token in _OTHERS:
        return False
    first, second = pair.claim[:2]
    if not second.is_joined or (first.root, second.root) not in pair.bound.pairs:
        return False
    at = next((j for i, j in pair.steps[1:-1] if i == 1), 0)
    return not (at and pair.passage[at].is_joined and at - 1 in pair.dropped)


def _is_promoted(claim: tuple[Word, ...], passage: tuple[Word, ...]) -> bool:
    """Tell whether who opens the sentence is only spoken of in the passage: "critics of the mayor said"."""
    if not claim or claim[0].lead or is_calendar(claim[0].token):
        return False
    places = [word for word in passage if matches(claim[0], word)]
    return bool(places) and all(w.lead in _PREPOSITIONS and w.lead not in _BY for w in places)


def _rivals(passage: tuple[Word, ...], dropped: list[int], claim: tuple[Word, ...]) -> list[Word]:
    """List those of whom the article says it and whom the sentence leaves out: names, the subject, the doer."""
    first = next((i for i in range(len(passage)) if i not in dropped), len(passage))
    found = []
    for i in dropped:
        word = passage[i]
        is_subject = i < first and word.lead not in _PREPOSITIONS and word.token not in _STAND_INS
        if (word.is_name and word.lead not in _PREPOSITIONS) or is_subject or word.lead in _BY:
            found.append(word)
    return found


def _exchanged(
    claim: tuple[Word, ...],
    passage: tuple[Word, ...],
    steps: Sequence[tuple[int, int]],
    missing: set[int],
    dropped: set[int],
) -> tuple[str, str] | None:
    """Find a word put where the passage has another one: between the same neighbours."""
    for (i, j), (k, m) in pairwise(steps):
        ours = [x for x in range(i + 1, k) if x in missing]
        theirs = [y for y in range(j + 1, m) if y in dropped]
        if ours and theirs and (i, j) != (-1, -1):
            return claim[ours[0]].token, passage[theirs[0]].token
    return None


def _moved(
    claim: tuple[Word, ...], passage: tuple[Word, ...], steps: Sequence[tuple[int, int]], text: str
) -> tuple[str, str] | None:
    """Find a name put where the passage has another name, though both are there: "Lee invited Takaichi" turned.

    Two that are only listed ("between Japan and Korea") may stand in either order. Where whole stretches differ, a
    sentence is told freely and its order says nothing.
    """
    for (i, j), (k, m) in pairwise(steps):
        if k - i > MAX_MOVED + 1 or m - j > MAX_MOVED + 1:
            continue
        ours = [claim[x] for x in range(i + 1, k) if claim[x].is_name and not is_calendar(claim[x].token)]
        theirs = [passage[y] for y in range(j + 1, m) if passage[y].is_name and not is_calendar(passage[y].token)]
        ours, theirs = (
            [w for w in ours if not any(matches(w, o) for o in theirs)],
            [w for w in theirs if not any(matches(w, o) for o in ours)],
        )
        if ours and theirs and not _is_listed(ours[0].token, theirs[0].token, text):
            return ours[0].token, theirs[0].token
    return None


def _is_listed(one: str, other: str, text: str) -> bool:
    pattern = r"(?i)\b{}\b(?:\s+[^\W\d_]+){{0,3}},?\s+(?:and|und|et|y|e|or|with|mit)\s+(?:[^\W\d_]+\s+){{0,4}}{}\b"
    return any(re.search(pattern.format(re.escape(a), re.escape(b)), text) for a, b in ((one, other), (other, one)))


def _stands_behind(word: Word, bound: Bound, n: int) -> bool:
    """Tell whether a sentence speaks of a pronoun or stand-in for a word that opens the one before, or the title."""
    passage = bound.passages[n]
    opening = {w.casefold() for w in _LOWER_WORD.findall(bound.texts[n])[:4]}
    if not opening & (_PRONOUNS | _STAND_INS):
        return False
    for k in {n - 1, 0} - {n, -1}:
        before = bound.passages[k]
        subjects = [w for w in before if w.lead not in _PREPOSITIONS][:1] + [w for w in before if w.is_name][:1]
        if any(matches(w, word) and not any(matches(w, o) for o in passage) for w in subjects):
            return True
    return False
