"""What is new in a story, in words for its readers.

Owns the difference between two summaries of one story. Must not decide whether to publish it; the outputs' room does.
"""

from aggregator.model import Sentence, Summary

MAX_SENTENCE = 160  # characters of a quoted new sentence; a line in a feed reader's list


def what_changed(before: Summary, after: Summary) -> str:
    """Say what is new: "2 more publishers; new: <first new sentence>".

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
    fresh = [s.text for s in _all(after) if s.text not in old]
    if fresh:
        return f"new: {_short(fresh[0])}"
    if gone := old.keys() - {s.text for s in _all(after)}:
        return f"{len(gone)} sentence{'s' if len(gone) != 1 else ''} withdrawn"
    confirmed = [s.text for s in _all(after) if set(s.citations) - set(old[s.text])]
    return f"confirmed: {_short(confirmed[0])}" if confirmed else ""


def _all(summary: Summary) -> list[Sentence]:
    return [sentence for section in summary.sections for sentence in section.sentences]


def _told(summary: Summary) -> tuple[object, ...]:
    sentences = tuple((s.text, s.citations) for s in _all(summary))
    sources = tuple((s.n, s.article_id, s.title, tuple(a.article_id for a in s.also)) for s in summary.sources)
    return summary.headline, sentences, sources


def _short(text: str) -> str:
    return text if len(text) <= MAX_SENTENCE else text[:MAX_SENTENCE].rsplit(" ", 1)[0] + "…"
