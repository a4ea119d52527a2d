"""Turn an article into what comparison needs: weighted terms, anchors (names and numbers), title, time.

Owns how a text becomes terms (stems, stop-words, how much of the text is read) and how rare a term is. It must not
compare articles with stories (that is :mod:`.evidence`) nor decide anything (:mod:`.cluster`).
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from aggregator import text
from aggregator.model import EPOCH, Article

LEDE_TOKENS = 70  # read after the title: the event stands in the lede, background that many stories share comes later
MAX_TITLE, MAX_LEDE = 400, 12 * LEDE_TOKENS  # characters that are looked at: what is hostile is long
TITLE_WEIGHT = 1.0
LEDE_WEIGHT = 0.6  # of a term that is not in the title
SECONDS_PER_HOUR = 3600.0
FIRST_IDEOGRAPH = 0x3400
PRIOR_ARTICLES = 15.0  # imagined articles without any known word; B3 F1 at 15, 60, 300: .869, .862, .858

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
    """An article as clustering sees it.

    Attributes:
        id: The article's id.
        article: The article itself.
        hours: Effective time in hours since 1970; ``None``: the article has no time.
        terms: Weight of each stem of title and lede before rarity, ``TITLE_WEIGHT`` or ``LEDE_WEIGHT``.
        title: Stems of the title without stop-words.
        anchors: Stems of names, and numbers, of title and lede.
        numbers: Numbers of the title.
        words: Tokens of title and lede, unstemmed, in order.
    """

    id: str
    article: Article
    hours: float | None
    terms: Mapping[str, float]
    title: frozenset[str]
    anchors: frozenset[str]
    numbers: frozenset[str]
    words: tuple[str, ...]


def document(article: Article) -> Document:
    """Read an article. About 0.2 ms for a title and a short summary."""
    title_tokens = text.tokens(article.title[:MAX_TITLE])
    lede_text = article.text[:MAX_LEDE]
    lede_tokens = text.tokens(lede_text)[:LEDE_TOKENS]
    title = _stems(title_tokens, article.lang)
    terms = dict.fromkeys(title, TITLE_WEIGHT)
    for stem in _stems(lede_tokens, article.lang):
        terms.setdefault(stem, LEDE_WEIGHT)
    named = text.tokens(" ".join(text.names(f"{article.title[:MAX_TITLE]}\n{lede_text}")))
    anchors = [stem for stem in _stems(named, article.lang) if stem in terms]
    anchors += [stem for stem in terms if stem[0].isdigit()]
    return Document(
        id=article.id,
        article=article,
        hours=_hours(article),
        terms=terms,
        title=frozenset(title),
        anchors=frozenset(anchors),
        numbers=frozenset(stem for stem in title if stem[0].isdigit()),
        words=tuple(map(intern, title_tokens + lede_tokens)),  # one string a word, not one an article
    )


def _hours(article: Article) -> float | None:
    if article.published_at is None and article.updated_at is None and article.first_seen_at == EPOCH:
        return None
    return article.at.timestamp() / SECONDS_PER_HOUR


def _stems(tokens: list[str], lang: str) -> list[str]:
    """Drop stop-words and repeats, stem the rest; the order stays."""
    stop = _STOP_WORDS.get(lang, _STOP_WORDS["en"])
    stems = (intern(stem(token, lang)) for token in tokens if token not in stop and not _is_grammar(token))
    return list(dict.fromkeys(stems))


def _is_grammar(word: str) -> bool:
    """Tell a lone letter, or a pair of Hiragana: endings and particles, in no way about the subject."""
    if len(word) == 1:
        return not word.isdigit() and ord(word) < FIRST_IDEOGRAPH
    return len(word) == 2 and all("\u3041" <= char <= "\u309e" for char in word)


@lru_cache(maxsize=1 << 15)  # the words of a day are mostly the same ones
def stem(token: str, lang: str) -> str:
    """Cut the ending that inflection changes most often."""
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
    """How rare each term is among the live articles: a streaming IDF.

    Of the live articles and the batch being placed, nothing else: a clusterer rebuilt from a store weighs like one that
    lived on. ``prior`` articles that nobody has seen keep the first batches of a small stream from calling every word
    rare or common by accident.

    Attributes:
        counts: In how many live articles each term occurs.
    """

    def __init__(self, prior: float = PRIOR_ARTICLES) -> None:
        self.counts: Counter[str] = Counter()
        self._n = 0
        self._prior = prior

    def add(self, document: Document) -> None:
        """Count an article."""
        self.counts.update(document.terms.keys())
        self._n += 1

    def remove(self, document: Document) -> None:
        """Forget an article that is live no longer."""
        for term in document.terms:
            self.counts[term] -= 1
            if not self.counts[term]:
                del self.counts[term]
        self._n -= 1

    def count(self, term: str) -> int:
        """Return in how many live articles a term occurs."""
        return self.counts[term]

    def square(self, count: int) -> float:
        """Return the squared weight of a term that so many live articles have."""
        return math.log(1.0 + (self._n + self._prior) / (count + 0.5)) ** 2

    def idf(self, term: str) -> float:
        """Return the weight of a term, > 0."""
        return math.log(1.0 + (self._n + self._prior) / (self.counts[term] + 0.5))
