"""What is new in a story, in words for its readers.

Owns the difference between two summaries of one story. Must not decide whether to publish it; the outputs' room does.
"""

from collections.abc import Sequence

from aggregator.model import Sentence, Summary
from aggregator.summaries.senses import sense
from aggregator.summaries.words import content_stems

# A sentence with this share of its content (or of the other's, where that is shorter) told before is no news.
_TOLD = 0.6
MAX_SENTENCE = 160  # characters of a quoted new sentence; a line in a feed reader's list


def what_changed(before: Summary, after: Summary) -> str:
    """Say what is new: "2 more publishers; update: <the most cited new sentence> [1, 3]".

    Returns:
        "" when nothing material differs: same headline, same sentences with the same citations, same sources.
    """
    parts = [part for part in (_publishers(before, after), _articles(before, after), _sentences(before, after)) if part]
    if before.headline != after.headline:
        parts.append("new headline")
    if not parts and _told(before) != _told(after):
        parts.append("rearranged")
    return "; ".join(parts)


def _publishers(before: Summary, after: Summary) -> str:
    n = len({s.publisher for s in after.sources} - {s.publisher for s in before.sources})
    return f"{n} more publisher{'s' if n != 1 else ''}" if n else ""


def _articles(before: Summary, after: Summary) -> str:
    old, new = {s.article_id for s in before.sources}, {s.article_id for s in after.sources}
    known = {s.publisher for s in before.sources}
    n_more = sum(s.article_id not in old and s.publisher in known for s in after.sources)
    n_gone = len(old - new)
    more = f"{n_more} more article{'s' if n_more != 1 else ''}" if n_more else ""
    gone = f"{n_gone} article{'s' if n_gone != 1 else ''} withdrawn" if n_gone else ""
    return "; ".join(part for part in (more, gone) if part)


def _sentences(before: Summary, after: Summary) -> str:
    old = {s.text: s.citations for s in _all(before)}
    if fresh := what_is_new(before, after):
        return f"update: {_short(fresh[0].text)} {_cited(fresh[0])}"
    if any(s.text not in old for s in _all(after)):
        return "reworded"
    if gone := old.keys() - {s.text for s in _all(after)}:
        return f"{len(gone)} sentence{'s' if len(gone) != 1 else ''} withdrawn"
    confirmed = [s for s in _all(after) if set(s.citations) - set(old[s.text])]
    return f"confirmed: {_short(confirmed[0].text)} {_cited(confirmed[0])}" if confirmed else ""


def what_is_new(before: Summary, after: Summary) -> tuple[Sentence, ...]:
    """Return the sentences that tell what ``before`` did not: neither its words nor, in other words, its facts.

    A number that no sentence like it had is a fact ("14 dead" after "12 dead"). Most cited first, then in order.
    """
    known = [(text, _senses(text, lang)) for text, lang in ((s.text, s.lang or before.lang) for s in _all(before))]
    fresh = [s for s in _all(after) if not _is_told(s, s.lang or after.lang, known)]
    return tuple(sorted(fresh, key=lambda sentence: -len(sentence.citations)))


def _is_told(sentence: Sentence, lang: str, known: Sequence[tuple[str, frozenset[str]]]) -> bool:
    mine = _senses(sentence.text, lang)
    for text, theirs in known:
        if text == sentence.text:
            return True
        alike = len(mine & theirs) >= _TOLD * max(1, min(len(mine), len(theirs)))
        if alike and not any(each[0].isdigit() for each in mine - theirs):
            return True
    return False


def _senses(text: str, lang: str) -> frozenset[str]:
    return frozenset(map(sense, content_stems(text, lang)))


def _cited(sentence: Sentence) -> str:
    """Write the citations as a page shows them: "[1, 3]"."""
    return f"[{', '.join(map(str, sentence.citations))}]"


def _all(summary: Summary) -> list[Sentence]:
    return [sentence for section in summary.sections for sentence in section.sentences]


def _told(summary: Summary) -> tuple[object, ...]:
    sentences = tuple((s.text, s.citations) for s in _all(summary))
    sources = tuple((s.n, s.article_id, s.title, tuple(a.article_id for a in s.also)) for s in summary.sources)
    return summary.headline, sentences, sources


def _short(text: str) -> str:
    return text if len(text) <= MAX_SENTENCE else text[:MAX_SENTENCE].rsplit(" ", 1)[0] + "…"
