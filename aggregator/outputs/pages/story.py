"""Own what a story's page says beside the story: publishers, versions, why its articles are together. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import Revision, StoryView, Summary
from aggregator.outputs import strings
from aggregator.outputs.content import plain, source_name
from aggregator.outputs.pages.evidence import told

MAX_VERSIONS = 20  # newest; a story of weeks has hundreds
UNSPACED = frozenset("。！？．｡")  # stops that bring their own room
N_PUBLISHERS = 6  # named in the line below the headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One revision in words. ``headline_before`` is set where the headline changed in it."""

    n: int
    at: datetime
    change: str
    n_articles: int
    n_publishers: int
    headline_before: str = ""
    lang_before: str = "und"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why one article is in the story. ``n`` is its number, or that of the article which it repeats (``is_copy``)."""

    n: int
    name: str
    reason: str
    is_copy: bool


def publishers(summary: Summary) -> tuple[list[str], int]:
    """Name the first publishers in the order of their sources, each once, and count the others."""
    name_by_publisher: dict[str, str] = {}
    for source in sorted(summary.sources, key=lambda each: each.n):
        name_by_publisher.setdefault(source.publisher, source_name(source.name, source.publisher))
    named = [name for name in name_by_publisher.values() if name]
    return (named, 0) if len(named) <= N_PUBLISHERS else (named[: N_PUBLISHERS - 1], len(named) - N_PUBLISHERS + 1)


def names(summary: Summary) -> dict[int, str]:
    """Return what to call the publisher of each source, by number."""
    return {source.n: source_name(source.name, source.publisher) for source in summary.sources}


def first_citations(summary: Summary) -> dict[tuple[int, int], frozenset[int]]:
    """Return by (section, sentence), from 0, the sources that are first cited there: there the return arrows lead."""
    seen: set[int] = set()
    first: dict[tuple[int, int], frozenset[int]] = {}
    for i, section in enumerate(summary.sections):
        for j, sentence in enumerate(section.sentences):
            if fresh := frozenset(sentence.citations) - seen:
                first[i, j] = fresh
                seen |= fresh
    return first


def gap_after(text: str) -> str:
    """Return what parts a sentence from the next: a space, but nothing in scripts that write none."""
    return "" if text.rstrip()[-1:] in UNSPACED else " "


def versions(revisions: Sequence[Revision]) -> tuple[Version, ...]:
    """Tell the newest ``MAX_VERSIONS`` revisions, newest first."""
    found = []
    for i, revision in enumerate(revisions):
        before = revisions[i - 1] if i else None
        summary = revision.summary
        is_renamed = before is not None and plain(before.summary.headline) != plain(summary.headline)
        found.append(
            Version(
                n=revision.n,
                at=revision.at,
                change=plain(revision.change) or (strings.FIRST_VERSION if before is None else strings.REWORDED),
                n_articles=summary.n_articles,
                n_publishers=summary.n_publishers,
                headline_before=plain(before.summary.headline) if before is not None and is_renamed else "",
                lang_before=before.summary.lang if before is not None else "und",
            )
        )
    return tuple(reversed(found[-MAX_VERSIONS:]))


def evidence(view: StoryView) -> tuple[Reason, ...]:
    """Tell why each article that the page lists is in the story, by number; an article before its copies."""
    summary = view.revisions[-1].summary
    place: dict[str, tuple[int, str, bool]] = {}
    for source in summary.sources:
        place[source.article_id] = (source.n, source_name(source.name, source.publisher), False)
        for also in source.also:
            place.setdefault(also.article_id, (source.n, source_name(also.name, also.publisher), True))
    reasons = []
    for membership in view.story.memberships:
        if membership.article_id in place:
            n, name, is_copy = place[membership.article_id]
            reasons.append(Reason(n=n, name=name, reason=told(membership), is_copy=is_copy))
    return tuple(sorted(reasons, key=lambda each: (each.n, each.is_copy)))
