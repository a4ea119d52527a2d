"""Turn an article into what comparison needs: weighted terms, anchors (names and numbers), title, time.

Owns how a text becomes terms (stems, stop-words, how much of the text is read) and how rare a term is. It must not
compare articles with stories (that is :mod:`.evidence`) nor decide anything (:mod:`.cluster`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

import numpy as np
import numpy.typing as npt

from aggregator import text
from aggregator.model import EPOCH, Article

LEDE_TOKENS = 70  # read after the title: the event stands in the lede, background that many stories share comes later
MAX_TITLE, MAX_LEDE = 400, 12 * LEDE_TOKENS  # characters that are looked at: what is hostile is long
TITLE_WEIGHT = 1.0
LEDE_WEIGHT = 0.6  # of a term that is not in the title
SECONDS_PER_HOUR = 3600.0
FIRST_IDEOGRAPH = 0x3400
GRAIN = 2.0**-20  # of squared rarities, which are .4 to 150
MAX_VOCABULARY, MAX_LANGUAGES = 1 << 16, 64  # tokens whose stems are at hand, and languages of these
PRIOR_ARTICLES = 15.0  # imagined articles without any known word; B3 F1 at 15, 60, 300: .869, .862, .858

Numbers = npt.NDArray[np.int32]

# Days and verbs of saying stand in every report of a day; in a stream of five articles rarity cannot know that yet, and
# "Norway" with "Monday" in common is no event.
_NEWS_WORDS_TEXT = {
    "en": "monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow said says say told tell "
    "according report reports reported reuters afp ap update updated live breaking watch video photos week month year "
    "years day days day's first last next time people while when which where why you your we our us its i all also "
    "would could can may had do does did if or no so than been being before during under against between off down",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag heute gestern sagte laut",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche hier selon dit",
    "es": "lunes martes miércoles jueves viernes sábado domingo hoy ayer según dijo",
    "pt": "segunda terça quarta quinta sexta sábado domingo feira hoje ontem segundo disse",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica oggi ieri secondo detto",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag gisteren zei",
    "ru": "понедельник вторник среду четверг пятницу субботу воскресенье сегодня вчера сообщил сообщили заявил",
    "uk": "понеділок вівторок середу четвер пятницю суботу неділю сьогодні вчора повідомили заявив",
    "vi": "ngày sáng chiều tối hôm nay qua ông bà theo tin",
}
_STOP_WORDS = {
    lang: words | frozenset(_NEWS_WORDS_TEXT.get(lang, "").split()) for lang, words in text.STOP_WORDS.items()
}

_ARABIC_PREFIXES = ("وال", "بال", "كال", "فال", "لل", "ال")
_SLAVIC = frozenset({"ru", "uk", "be", "bg", "sr", "mk", "pl", "cs", "sk", "hr", "sl"})
_STEM_LENGTH = 6  # inflected languages: what is left of a longer word; crude and far better than nothing
_VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as clustering sees it: small, since every live one is kept.

    Attributes:
        id: The article's id.
        article: The article itself.
        hours: Effective time in hours since 1970; ``None``: the article has no time.
        stems: Of title and lede without stop-words, each once, the title's first.
        n_title: How many of them are the title's.
        anchors: Stems of names, and numbers, of title and lede.
        n_words: Tokens of title and lede.
    """

    id: str
    article: Article
    hours: float | None
    stems: tuple[str, ...]
    n_title: int
    anchors: tuple[str, ...]
    n_words: int

    @property
    def terms(self) -> dict[str, float]:
        """Weight of each stem before rarity, ``TITLE_WEIGHT`` or ``LEDE_WEIGHT``."""
        terms = dict.fromkeys(self.stems, LEDE_WEIGHT)
        terms.update(dict.fromkeys(self.stems[: self.n_title], TITLE_WEIGHT))
        return terms

    @property
    def title(self) -> frozenset[str]:
        """Stems of the title."""
        return frozenset(self.stems[: self.n_title])

    @property
    def numbers(self) -> frozenset[str]:
        """Numbers of the title."""
        return frozenset([stem for stem in self.stems[: self.n_title] if stem[0].isdigit()])

    @property
    def words(self) -> tuple[str, ...]:
        """Tokens of title and lede, unstemmed, in order; read again from the article, which takes 30 us."""
        title, lede = _tokens(self.article.title, self.article.text)
        return title + lede


def document(article: Article) -> Document:
    """Read an article. About 0.2 ms for a title and a short summary."""
    title_tokens, lede_tokens = _tokens(article.title, article.text)
    title = _stems(title_tokens, article.lang)
    stems = dict.fromkeys(title)
    stems.update(dict.fromkeys(_stems(lede_tokens, article.lang)))
    named = text.tokens(" ".join(text.names(f"{article.title[:MAX_TITLE]}\n{article.text[:MAX_LEDE]}")))
    anchors = [stem for stem in _stems(named, article.lang) if stem in stems]
    anchors += [stem for stem in stems if stem[0].isdigit()]
    return Document(
        id=article.id,
        article=article,
        hours=hours_of(article),
        stems=tuple(stems),
        n_title=len(title),
        anchors=tuple(dict.fromkeys(anchors)),
        n_words=len(title_tokens) + len(lede_tokens),
    )


@lru_cache(maxsize=64)  # who may be a copy is asked for its words several times
def _tokens(title: str, body: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(text.tokens(title[:MAX_TITLE])), tuple(text.tokens(body[:MAX_LEDE])[:LEDE_TOKENS])


def hours_of(article: Article) -> float | None:
    """Return the effective time of an article in hours since 1970; ``None``: it has none."""
    if article.published_at is None and article.updated_at is None and article.first_seen_at == EPOCH:
        return None
    return article.at.timestamp() / SECONDS_PER_HOUR


def _stems(tokens: Sequence[str], lang: str) -> list[str]:
    """Drop stop-words and repeats, stem the rest; the order stays."""
    read = _VOCABULARIES.get(lang)
    if read is None:
        if len(_VOCABULARIES) >= MAX_LANGUAGES:
            _VOCABULARIES.clear()
        read = _VOCABULARIES[lang] = _Vocabulary(lang)
    return list(dict.fromkeys([stemmed for token in tokens if (stemmed := read[token])]))


class _Vocabulary(dict[str, str]):
    """What tokens of a language stand for: their stems, or nothing, if they say nothing; read when first asked for.

    The words of a day are mostly the same ones, and a look-up is a third of a call.
    """

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang
        self._stop_words = _STOP_WORDS.get(lang, _STOP_WORDS["en"])

    def __missing__(self, token: str) -> str:
        if sum(map(len, _VOCABULARIES.values())) >= MAX_VOCABULARY:
            _VOCABULARIES.clear()
            self.clear()
        is_said = token not in self._stop_words and (len(token) > 2 or not _is_grammar(token))
        found = self[token] = stem(token, self._lang) if is_said else ""
        return found


_VOCABULARIES: dict[str, _Vocabulary] = {}


def _is_grammar(word: str) -> bool:
    """Tell a lone letter, or a pair of Hiragana: endings and particles, in no way about the subject."""
    if len(word) == 1:
        return not word.isdigit() and ord(word) < FIRST_IDEOGRAPH
    return len(word) == 2 and all("\u3041" <= char <= "\u309e" for char in word)


def stem(token: str, lang: str) -> str:
    """Cut the ending that inflection changes most often."""
    return intern(_stem(token, lang))  # one string a word, not one an article


def _stem(token: str, lang: str) -> str:
    if not token.isascii():
        if lang == "ar":
            return _arabic_stem(token)
        return token[:_STEM_LENGTH] if lang in _SLAVIC else token
    if lang in _SLAVIC:
        return token[:_STEM_LENGTH]
    if token[0].isdigit() or len(token) < 4:
        return token
    return _english_stem(token) if lang in ("en", "und") else _plural_stem(token)


def _arabic_stem(token: str) -> str:
    for prefix in _ARABIC_PREFIXES:
        if token.startswith(prefix) and len(token) - len(prefix) >= 3:
            return token[len(prefix) :]
    return token


def _plural_stem(token: str) -> str:
    return token[:-1] if token.endswith("s") and not token.endswith("ss") else token


def _english_stem(token: str) -> str:
    """Take off plural, -ed, -ing: enough to join strikes, striking and struck's regular cousins."""
    word = token
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) >= 3 and _VOWELS & set(root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


class Rarity:
    """How rare each term is among the live articles: a streaming IDF. Owns the number that stands for a term.

    Of the live articles and the batch being placed, nothing else: a clusterer rebuilt from a store weighs like one that
    lived on. ``prior`` articles that nobody has seen keep the first batches of a small stream from calling every word
    rare or common by accident. Squared weights are whole multiples of ``GRAIN``, so that their sums, and those of their
    products with whole numbers, are exact in whatever order they are added.

    Attributes:
        number_of: A small number for each term of a live article; free ones are given again.
        counts: ``(n_numbers,) int32``: in how many live articles the term of each number occurs.
    """

    def __init__(self, prior: float = PRIOR_ARTICLES) -> None:
        self.number_of: dict[str, int] = {}
        self.counts = np.zeros(1024, dtype=np.int32)
        self._free: list[int] = []
        self._numbers: dict[str, Numbers] = {}  # of articles that were counted last
        self._n = 0
        self._prior = prior

    def add(self, document: Document) -> None:
        """Count an article."""
        number_of = self.number_of
        found = [number_of.get(stem, -1) for stem in document.stems]
        if -1 in found:
            found = [
                self._number(stem) if number < 0 else number for stem, number in zip(document.stems, found, strict=True)
            ]
        numbers = self._numbers[document.id] = np.array(found, dtype=np.int32)
        self.counts[numbers] += 1
        self._n += 1

    def fill(self, documents: Sequence[Document]) -> Numbers:
        """Count articles where there is none yet. Returns the numbers of their stems, one article after the other."""
        stems = [stem for document in documents for stem in document.stems]
        self.number_of = {stem: number for number, stem in enumerate(dict.fromkeys(stems))}
        numbers = np.fromiter(map(self.number_of.__getitem__, stems), dtype=np.int32, count=len(stems))
        self.counts = np.bincount(numbers, minlength=max(1024, len(self.number_of) + 1)).astype(np.int32)
        self._n = len(documents)
        return numbers

    def _number(self, term: str) -> int:
        number = self._free.pop() if self._free else len(self.number_of)
        if number >= len(self.counts):
            self.counts = np.concatenate([self.counts, np.zeros_like(self.counts)])
        self.number_of[term] = number
        return number

    def numbers(self, document: Document) -> Numbers:
        """Return ``(n_stems,) int32``, the numbers of the stems of an article that is counted."""
        known = self._numbers.get(document.id)
        return np.array([self.number_of[stem] for stem in document.stems], dtype=np.int32) if known is None else known

    def let_go(self, document: Document) -> None:
        """Keep the numbers of its stems no longer at hand: somebody else does."""
        self._numbers.pop(document.id, None)

    def remove(self, document: Document) -> None:
        """Forget an article that is live no longer."""
        numbers = self.numbers(document)
        self.let_go(document)
        self.counts[numbers] -= 1
        for place in np.flatnonzero(self.counts[numbers] == 0).tolist():
            self._free.append(self.number_of.pop(document.stems[place]))
        self._n -= 1

    def count(self, term: str) -> int:
        """Return in how many live articles a term occurs."""
        number = self.number_of.get(term)
        return 0 if number is None else int(self.counts[number])

    def squares(self) -> npt.NDArray[np.float64]:
        """Return the squared weight of a term that 0, 1, 2, ... live articles have, up to the commonest one."""
        counts = np.arange(int(self.counts.max()) + 1, dtype=np.float64)
        squares: npt.NDArray[np.float64] = np.log(1.0 + (self._n + self._prior) / (counts + 0.5)) ** 2
        return np.rint(squares / GRAIN) * GRAIN

    def idf(self, term: str) -> float:
        """Return the weight of a term, > 0."""
        return math.log(1.0 + (self._n + self._prior) / (self.count(term) + 0.5))
