"""Say what joins two articles, or parts them: what both have, what each has alone, how sure the model is.

Owns the question, put to the model as if one article came only now and could join only the other's story. Decides
nothing of its own, and is asked by people only: it costs a clusterer.
"""

from collections import Counter
from collections.abc import Collection, Iterable, MutableMapping, Sequence
from dataclasses import dataclass

from aggregator import text
from aggregator.model import Article, LiveStory, Membership
from aggregator.stories.cluster import NEW_STORY, Clusterer
from aggregator.stories.encoder import Encoder
from aggregator.stories.live import WINDOW

MAX_TEXT = 800  # characters of a text that count for clustering, nearly
N_WORDS = 8  # named of each kind
COMMON = 0.2  # share of the articles of the time that a word which says little stands in


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two articles side by side.

    Attributes:
        probability: That the later one belongs to the story of the other, had it come only now; ``None``: the model
            never compares them, because they share no rare word (nor, with an encoder, meaning).
        rule: What the model would call it ("similar", "same text", "new story").
        reason: The model's words.
        shared: Words that both have, rarest first.
        only_one: Names and numbers that only the first has.
        only_other: Names and numbers that only the second has.
        meaning: Cosine of meaning, centred by language, -1..1; ``None``: there is no encoder.
        hours: How far apart they are in time.
        is_near: They are near enough in time for the model to compare them.
        model: Version of the weights.
    """

    probability: float | None
    rule: str
    reason: str
    shared: tuple[str, ...]
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]
    meaning: float | None
    hours: float
    is_near: bool
    model: str


class _Only:
    """Lets an article join one story alone."""

    def __init__(self, ids: Collection[str]) -> None:
        self._ids = frozenset(ids)

    def may_unite(self, one: Iterable[str], other: Iterable[str]) -> bool:
        return not self._ids.isdisjoint(other) or not self._ids.isdisjoint(one)

    def binds(self, ids: Iterable[str]) -> bool:
        return True  # it is asked about one article, not about the story


def compare(
    one: Article,
    other: Article,
    story: LiveStory,
    around: Sequence[LiveStory],
    *,
    encoder: Encoder | None = None,
    vectors: MutableMapping[str, bytes] | None = None,
) -> Comparison:
    """Compare an article with another one and its story.

    Args:
        one: The article that is imagined to come only now.
        other: The other one.
        story: That one's story; without ``one``.
        around: The other stories of the time: they tell which words are rare.
        encoder: As for :class:`.cluster.Clusterer`.
        vectors: As for :class:`.cluster.Clusterer`.
    """
    vectors = {} if vectors is None else vectors
    rest = [_without(each, {one.id, *(a.id for a in story.articles)}) for each in around]
    live = [story, *(each for each in rest if each.articles)]
    clusterer = Clusterer(live, encoder=encoder, vectors=vectors)
    first_at = min([one.at, *(article.at for article in story.articles)])  # so that the story does not rest
    allowed = _Only([article.id for article in story.articles])
    (placed,) = clusterer.place([one], now=first_at, held=allowed).memberships
    common = _common([article for each in live for article in each.articles])
    words, others = _words(one), _words(other)
    names, other_names = _names(one), _names(other)
    return Comparison(
        probability=_probability(placed, story),
        rule=placed.rule,
        reason=placed.reason,
        shared=tuple(sorted((word for word in words & others if word not in common), key=_long_first))[:N_WORDS],
        only_one=_missing(names, others | other_names),
        only_other=_missing(other_names, words | names),
        meaning=_meaning(one, other, encoder, vectors),
        hours=round(abs((one.at - other.at).total_seconds()) / 3600, 2),
        is_near=any(abs(one.at - article.at) <= WINDOW for article in story.articles),
        model=placed.model,
    )


def _probability(placed: Membership, story: LiveStory) -> float | None:
    if placed.rule != NEW_STORY:
        return placed.probability if placed.story_id == story.id else None
    return None if placed.probability == 1.0 else round(1.0 - placed.probability, 4)


def _without(story: LiveStory, ids: Collection[str]) -> LiveStory:
    articles = tuple(article for article in story.articles if article.id not in ids)
    return LiveStory(id=story.id, minted_at=story.minted_at, articles=articles)


def _words(article: Article) -> set[str]:
    stop = text.STOP_WORDS.get(article.lang, text.STOP_WORDS["en"])
    return {token for token in text.tokens(_read(article)) if token not in stop and len(token) > 1}


def _names(article: Article) -> set[str]:
    named = set(text.tokens(" ".join(text.names(_read(article)))))
    return (named | {token for token in text.tokens(_read(article)) if token[0].isdigit()}) & _words(article)


def _read(article: Article) -> str:
    return f"{article.title}\n{article.text[:MAX_TEXT]}"


def _common(articles: Sequence[Article]) -> set[str]:
    if len(articles) < 1 / COMMON:
        return set()
    counts = Counter(word for article in articles for word in _words(article))
    return {word for word, count in counts.items() if count > COMMON * len(articles)}


def _missing(names: set[str], others: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names - others, key=_long_first))[:N_WORDS]


def _long_first(word: str) -> tuple[int, str]:
    return (-len(word), word)


def _meaning(
    one: Article, other: Article, encoder: Encoder | None, vectors: MutableMapping[str, bytes]
) -> float | None:
    if encoder is None:
        return None
    from aggregator.stories.meaning import Meaning  # the shipped means are read only with an encoder

    meaning = Meaning(encoder, vectors)
    meaning.add([one, other])
    meaning.refresh([])
    return round(meaning.cosines(one.id, [other.id])[0], 2)
