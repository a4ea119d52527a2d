"""Put the evidence for a join into words that a reader can check. Owns wording only; decides nothing."""

import math
from collections.abc import Collection

from aggregator import text
from aggregator.model import Article
from aggregator.stories.candidates import Candidate, Index
from aggregator.stories.evidence import NO_MEANING, NO_TIME, Evidence
from aggregator.stories.features import MAX_LEDE, MAX_TITLE, Document, stem

PUNCTUATION = ".,;:!?\"'()[]“”‘’„«»…"
N_SHOWN = 4  # words; more is no longer read


def explain(index: Index, document: Document, candidate: Candidate, evidence: Evidence) -> str:
    """Say what joins an article to a story ("shares Nara, Seoul, fishing; title similarity 0.61; 3 h apart")."""
    counts = index.profile(candidate.group).counts
    shared = [term for term in document.stems if term in counts]
    rarest = sorted(shared, key=lambda term: (term not in document.anchors, -index.squares[term], term))[:N_SHOWN]
    written = surfaces(document.article, rarest)
    parts = [f"shares {', '.join(written.get(term, term) for term in rarest)}"] if rarest else []
    parts.append(f"title similarity {evidence.title:.2f}, text {evidence.best:.2f}")
    if evidence.meant_best != NO_MEANING:
        parts.append(f"meaning {evidence.meant_best:.2f}")
    n_members = len(candidate.group.members)
    if n_members > 1:
        parts.append(f"like {n_members} articles by {evidence.mean:.2f} on average")
    if evidence.near_gap != NO_TIME:
        parts.append(apart(document, candidate.nearest))
    return "; ".join(parts)


def apart(one: Document, other: Document) -> str:
    """Say how far apart two articles are in time ("3 h apart"); empty: one has no time."""
    if one.hours is None or other.hours is None:
        return ""
    hours = abs(one.hours - other.hours)
    if hours < 1:
        return f"{math.floor(hours * 60)} min apart"
    return f"{hours:.0f} h apart" if hours < 48 else f"{hours / 24:.0f} days apart"


def surfaces(article: Article, stems: Collection[str]) -> dict[str, str]:
    """Return how each of these stems is first written in an article."""
    found: dict[str, str] = {}
    beginnings = [stemmed[: 1 if stemmed[0].isdigit() else 2] for stemmed in stems]
    for word in f"{article.title[:MAX_TITLE]} {article.text[:MAX_LEDE]}".split():
        if len(found) == len(stems):
            break
        lowered = word.lower()
        for beginning in beginnings:
            if beginning in lowered:
                break
        else:
            if word.isascii():
                continue  # a stem begins like its word; to cut up all takes ten times as long
        tokens = text.tokens(word)
        for token in tokens:
            stemmed = stem(token, article.lang)
            if stemmed in stems:
                found.setdefault(stemmed, word.strip(PUNCTUATION) if len(tokens) == 1 else token)
    return found
