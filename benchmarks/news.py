"""Make a stream of news from a seed: events, each told by some publishers in words of their own. No text of anybody.

What is made has the size of news, not its meaning: for cost and memory, never for quality.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from aggregator.model import Article
from benchmarks.made import WORDS

BEGIN_AT = datetime(2026, 1, 5, tzinfo=UTC)
SPAN = timedelta(days=3)  # over which the articles of a stream are spread: all of them are live at its end
N_PUBLISHERS = 400
_SYLLABLES = (
    "ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "kar", "len", "mor", "tas",
    "ved", "zil", "bre", "dun", "fal", "gri", "hol",
)  # fmt: skip


def _word(chance: random.Random, n_syllables: int) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(n_syllables))


def _tell(chance: random.Random, own: list[str], n_sentences: int) -> str:
    """Return sentences, half of whose words are the event's own."""
    sentences = []
    for _ in range(n_sentences):
        words = [chance.choice(own) if chance.random() < 0.5 else chance.choice(WORDS) for _ in range(12)]
        sentences.append(f"The {' '.join(words)} took {chance.randint(2, 900)} days.")
    return " ".join(sentences)


def stream(n_articles: int, *, seed: int = 1) -> Iterator[Article]:
    """Yield so many articles by time. The same seed gives the same ones. Cost: 60 us an article."""
    chance = random.Random(seed)
    told: list[tuple[timedelta, int, int]] = []
    event = 0
    while len(told) < n_articles:
        begin = SPAN * chance.random() * 0.9
        n_told = 1 + min(7, int(chance.expovariate(0.5)))
        told += [(begin + timedelta(minutes=chance.randint(0, 300)), event, teller) for teller in range(n_told)]
        event += 1
    for n, (after, event, teller) in enumerate(sorted(told[:n_articles])):
        yield article(event, teller, n, BEGIN_AT + after, seed=seed)


def article(event: int, teller: int, n: int, at: datetime, *, seed: int = 1) -> Article:
    """Return what one publisher tells of an event."""
    about = random.Random(f"{seed} {event}")
    own = [_word(about, 3) for _ in range(12)]
    names = [_word(about, 2).title() for _ in range(4)]
    chance = random.Random(f"{seed} {event} {teller}")
    place = f"p{chance.randrange(N_PUBLISHERS)}.example"
    title = f"{names[0]} {chance.choice(own)} {chance.choice(WORDS)} in {names[1]} {chance.choice(own)}"
    text = f"{names[2]} {names[3]} said so. " + _tell(chance, [*own, *names], 12)
    url = f"https://{place}/{seed}/{event}-{teller}"
    return Article(
        id=blake2b(url.encode(), digest_size=8).hexdigest(),
        source_url=f"https://{place}/feed.xml",
        publisher=place,
        source_name=place,
        guid=url,
        link=url,
        canonical_url=url,
        title=title,
        summary=f"<p>{text}</p>",
        text=text,
        lang="en",
        published_at=at,
        first_seen_at=at,
        modified_at=at,
        fingerprint=f"{n:x}",
    )
