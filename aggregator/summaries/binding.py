"""Do the words of a sentence stand together in its source, or was one brought in or exchanged?

Owns the comparison of a sentence with one sentence of its article, word by word: a word that the article lacks, a
subject, object or speaker put in another's place, who did what to whom. For scripts with capitals; the others are
:mod:`aggregator.summaries.uncased`. Must not look at numbers, dates, negation or quotations; the gate does.

The rule: what a sentence says must stand in ONE sentence of its article. What it adds may be a name that the article
itself puts beside one that is there ("President Lee"), the name behind a pronoun, or a single word that is no verb.
Nothing may be exchanged. Judged by hand, extra citations failed mostly where words came from all over an article.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from aggregator.summaries.claims import is_passive
from aggregator.summaries.names import NAME_WORD
from aggregator.summaries.quantities import WORDS_BY_LANG, is_calendar, is_unit
from aggregator.summaries.senses import is_derived, is_filler, is_verb_like, sense
from aggregator.summaries.words import is_content, stem, word_set
from aggregator.text import tokens

MIN_FOR_ADDED = 6  # content words from which on a sentence may add one of its own
MAX_ADDED = 1
MAX_MOVED = 3  # words of a stretch that stands for another one
MIN_FOR_MOVED = 3  # content words from which on a sentence may take one from the sentence beside
_TITLE_CASE_SHARE = 0.7
_ARTICLES = word_set(
    "the a an his her its their der die das den dem des ein eine einen einem einer le la les l un une des el los las "
    "una o os as um uma"
)
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
_REPORTS = re.compile(
    r"(?i)\b(?:said|says|told|tells|stated|announced|warned|claimed|added|wrote|sagte|sagten|erklärte|mitgeteilt|"
    r"dit|déclaré|affirmé|annoncé|dijo|afirmó|anunció|declaró|disse|afirmou)\b"
)
_POSSESSIVE = re.compile(r"\W*[^\W\d_]+['’]s?\s")  # "Norvia's bank" is "the bank of Norvia"
_LOWER_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A content word in its place.

    Attributes:
        key: What it stands for; equal for words of one sense.
        root: Its stem.
        is_name: It must be matched as it is.
        is_joined: Nothing but a space stands between it and the content word before.
        lead: The word before it, folded, articles left out: "by", "of"; "" for none.
    """

    token: str
    key: str
    root: str
    is_name: bool
    is_joined: bool
    lead: str


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


# ---------------------------------------------------------------- one sentence against another


def difference(text: str, lang: str, bound: Bound, n: int) -> str:
    """Say what a sentence adds to one sentence of an article or exchanges in it; "": that one says it all.

    Args:
        text: Plain text, one sentence.
        lang: Of the article.
        bound: The article.
        n: Index of the sentence that it may have been made from.
    """
    claim, passage = read(text, lang, bound.names), bound.passages[n]
    steps = [(-1, -1), *_aligned(claim, passage), (len(claim), len(passage))]
    if is_passive(text) == is_passive(bound.texts[n]) and (pair := _moved(claim, passage, steps, bound.texts[n])):
        return f"roles: “{pair[0]}” stands where the article has “{pair[1]}”"
    if not _POSSESSIVE.match(text) and _is_promoted(claim, passage):
        return f"subject: “{claim[0].token}” does not do it in the article"
    lacking = _lacking(claim, passage)
    missing = _without_names(claim, lacking, bound)
    if not missing:
        return ""
    added = [claim[i] for i in missing]
    novel = [word for word in added if not _is_in_article(word, bound)]
    if reason := _too_new(novel, claim, lang):
        return reason
    dropped = _lacking(passage, claim)
    if rivals := _rivals(passage, _without_names(passage, dropped, bound), claim):
        return f"subject: the article says it of “{rivals[0].token}”, not of “{added[0].token}”"
    if pair := _exchanged(claim, passage, steps, set(missing), set(dropped)):
        return f"exchanged: “{pair[0]}” stands for “{pair[1]}” in the article"
    return _unfounded([w for w in added if w not in novel], claim, text, bound, n)


def _is_promoted(claim: tuple[Word, ...], passage: tuple[Word, ...]) -> bool:
    """Tell whether who opens the sentence is only spoken of in the passage: "critics of the mayor said"."""
    if not claim or claim[0].lead or is_calendar(claim[0].token):
        return False
    places = [word for word in passage if _matches(claim[0], word)]
    return bool(places) and all(w.lead in _PREPOSITIONS and w.lead not in _BY for w in places)


def _matches(one: Word, other: Word) -> bool:
    if one.root == other.root or (one.key == other.key and not (one.is_name and other.is_name)):
        return True
    if one.is_name or other.is_name:
        return len(one.token) > 4 and len(other.token) > 4 and _is_form(one.token, other.token)
    return is_derived(one.token, other.token)


def _is_form(one: str, other: str) -> bool:
    """Tell whether one name is another with an ending: "Korea" and "Korean"."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and len(longer) - len(shorter) <= 2


def _lacking(words: tuple[Word, ...], other: tuple[Word, ...]) -> list[int]:
    """List the words that the other sentence lacks, by index."""
    roots = {word.root for word in other}
    return [i for i, w in enumerate(words) if w.root not in roots and not any(_matches(w, o) for o in other)]


def _without_names(words: tuple[Word, ...], lacking: list[int], bound: Bound) -> list[int]:
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


def _is_in_article(word: Word, bound: Bound) -> bool:
    return word.root in bound.roots or (not word.is_name and word.key in bound.roots)


def _too_new(novel: list[Word], claim: tuple[Word, ...], lang: str) -> str:
    """Refuse a verb, a name or more than one word that the article has nowhere."""
    if not novel:
        return ""
    # Only English verbs can be told by their form; elsewhere any new word might be one.
    verbs = [w for w in novel if w.is_name or lang != "en" or is_verb_like(w.token)]
    if verbs or len(novel) > MAX_ADDED or len(claim) < MIN_FOR_ADDED:
        return f"content: “{(verbs or novel)[0].token}” is not in the article"
    return ""


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
            [w for w in ours if not any(_matches(w, o) for o in theirs)],
            [w for w in theirs if not any(_matches(w, o) for o in ours)],
        )
        if ours and theirs and not _is_listed(ours[0].token, theirs[0].token, text):
            return ours[0].token, theirs[0].token
    return None


def _is_listed(one: str, other: str, text: str) -> bool:
    pattern = r"(?i)\b{}\b(?:\s+[^\W\d_]+){{0,3}},?\s+(?:and|und|et|y|e|or|with|mit)\s+(?:[^\W\d_]+\s+){{0,4}}{}\b"
    return any(re.search(pattern.format(re.escape(a), re.escape(b)), text) for a, b in ((one, other), (other, one)))


def _aligned(claim: tuple[Word, ...], passage: tuple[Word, ...]) -> list[tuple[int, int]]:
    """Find the longest run of words that both have in the same order, as pairs of indexes. ``O(n·m)``."""
    n, m = len(claim), len(passage)
    length = [[0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            same = claim[i].root == passage[j].root or _matches(claim[i], passage[j])
            length[i][j] = length[i + 1][j + 1] + 1 if same else max(length[i + 1][j], length[i][j + 1])
    pairs = []
    i = j = 0
    while i < n and j < m:
        if length[i][j] == length[i + 1][j + 1] + 1 and (
            claim[i].root == passage[j].root or _matches(claim[i], passage[j])
        ):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _unfounded(known: list[Word], claim: tuple[Word, ...], text: str, bound: Bound, n: int) -> str:
    """Judge what stands elsewhere in the article: a name behind a pronoun may be filled in, other words hardly."""
    if not known:
        return ""
    beside = [k for k in (0, n - 1, n + 1) if 0 <= k < len(bound.passages) and k != n]
    for word in known:
        if not any(_matches(word, other) for k in beside for other in bound.passages[k]):
            return f"place: “{word.token}” stands far from the rest in the article"
    plain = [word for word in known if not word.is_name]
    if len(plain) > MAX_ADDED or (plain and len(claim) < MIN_FOR_MOVED):
        return f"place: “{plain[0].token}” is not said of this in the article"
    first = known[0]
    if claim and first is claim[0] and not _stands_behind(first, bound, n):
        return f"subject: the article does not say it of “{first.token}”"
    if _REPORTS.search(text) and not _REPORTS.search(bound.texts[n]):
        return f"subject: the article does not let “{first.token}” say it"
    return ""


def _stands_behind(word: Word, bound: Bound, n: int) -> bool:
    """Tell whether a sentence speaks of a pronoun or stand-in for a word that opens the one before, or the title."""
    passage = bound.passages[n]
    opening = {w.casefold() for w in _LOWER_WORD.findall(bound.texts[n])[:4]}
    if not opening & (_PRONOUNS | _STAND_INS):
        return False
    for k in {n - 1, 0} - {n, -1}:
        before = bound.passages[k]
        subjects = [w for w in before if w.lead not in _PREPOSITIONS][:1] + [w for w in before if w.is_name][:1]
        if any(_matches(w, word) and not any(_matches(w, o) for o in passage) for w in subjects):
            return True
    return False
