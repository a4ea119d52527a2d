"""Own what is new in a story against what its readers were told: an update, or only a wording.

Pure: two summaries in, words out.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from aggregator import text
from aggregator.model import Sentence, Summary

VISIBLE = 50  # columns: a shorter addition is no update for somebody who reads (outputs spec, 5)
SAME_FACT = 0.6  # Dice of words: "3 dead" and "5 dead" in one sentence share .8, two sentences of one event < .5


def material_change(shown: Summary, new: Summary) -> str:
    """Say in words what makes ``new`` an update of ``shown``; "" where it is none.

    An update adds visible sentences (more than ``VISIBLE`` columns together) and has one of these: they cite a
    publisher that no sentence cited before; one tells a known fact with another number or name; the headline changed.
    """
    added = new_sentences(shown, new)
    if sum(_columns(each.text) for each in added) <= VISIBLE:
        return ""
    known = _cited_publishers(shown, tuple(_sentences(shown)))
    newcomers = sorted(_cited_publishers(new, added) - known)
    if newcomers:
        return f"new publisher: {', '.join(newcomers)}"
    new_texts = {sentence.text for sentence in _sentences(new)}
    gone = [each for each in _sentences(shown) if each.text not in new_texts]
    for sentence in added:
        reason = _changed_fact(sentence, gone)
        if reason:
            return reason
    return "headline" if text.tokens(shown.headline) != text.tokens(new.headline) else ""


def _sentences(summary: Summary) -> Iterator[Sentence]:
    return (sentence for section in summary.sections for sentence in section.sentences)


def _cited_publishers(summary: Summary, sentences: Sequence[Sentence]) -> set[str]:
    cited = {n for sentence in sentences for n in sentence.citations}
    return {source.publisher for source in summary.sources if source.n in cited}


def _columns(line: str) -> int:
    """Return the width of a line: a Chinese, Japanese or Korean character is worth two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def _changed_fact(sentence: Sentence, gone: Sequence[Sentence]) -> str:
    """Say which number or name changed against the most similar sentence that is gone; "" where none did."""
    words = Counter(text.tokens(sentence.text))
    best, similarity = None, SAME_FACT
    for old in gone:
        old_words = Counter(text.tokens(old.text))
        dice = 2 * (words & old_words).total() / max(1, words.total() + old_words.total())
        if dice >= similarity:
            best, similarity = old, dice
    if best is None:
        return ""
    if sorted(text.numbers(best.text)) != sorted(text.numbers(sentence.text)):
        return "number"
    return "name" if set(text.names(best.text)) != set(text.names(sentence.text)) else ""


def headline_stands(headline: str, told: Iterable[str]) -> bool:
    """Tell whether any of these texts still says a headline; a title that its publisher changed became wrong."""
    wanted = _folded(headline)
    return not wanted or any(wanted in _folded(line) for line in told)


def told_by(summary: Summary) -> Iterator[str]:
    """Return every title and sentence of a story."""
    for source in summary.sources:
        yield source.title
        yield from (also.title for also in source.also)
    yield from (sentence.text for sentence in _sentences(summary))


def _folded(line: str) -> str:
    return " ".join(line.casefold().split())


def new_sentences(shown: Summary, new: Summary) -> tuple[Sentence, ...]:
    """Return what ``new`` says and ``shown`` did not, in order."""
    old_texts = {sentence.text for sentence in _sentences(shown)}
    return tuple(each for each in _sentences(new) if each.text not in old_texts)
