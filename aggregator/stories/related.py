"""Tell which stories are near a story without being it: the same people, places and things at another hour.

Pure, and by words alone: what a headline and the first section say, weighed by how rare it is among the stories that
are compared. It decides no membership (that is :mod:`.cluster`): a reader is offered what else there is to read, so a
miss costs little and nonsense costs trust. A pair therefore needs two names or words
of headlines in common; two figures in common are chance.
"""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from aggregator.model import EPOCH, Article, Related, Revision
from aggregator.stories.features import document

N_RELATED = 4
WINDOW = timedelta(days=14)  # between the newest articles of two stories: older ones are found by search
# Cosine. Recorded days: sequels begin at .20, chance ends at .10 (missed: one pair in two languages at .11). Real
# feeds, 5,000 stories, a dozen pairs looked at in each band: .16 to .2 one in six is chance, .13 to .16 more than half.
NEAR = 0.16
MIN_SHARED = 2  # names, or words of headlines
COMMON, FEW = 0.1, 8  # of all stories, and at least so many: what more of them name, joins nothing


class Neighbours:
    """The stories that may be near one, by the words that they share.

    Cost: 0.35 ms a story once, then 0.8 ms a query among 5,000.

    The order in which stories are noted does not matter.
    """

    def __init__(self) -> None:
        self._revision_by_id: dict[str, Revision] = {}
        self._terms_by_id: dict[str, dict[str, float]] = {}
        self._marks_by_id: dict[str, frozenset[str]] = {}
        self._ids_by_mark: dict[str, set[str]] = {}
        self._n_by_term: Counter[str] = Counter()

    def note(self, revisions: Iterable[Revision]) -> None:
        """Take up the latest revision of stories; one that is known already costs nothing."""
        for revision in revisions:
            known = self._revision_by_id.get(revision.story_id)
            if known is not None and (known.n, known.at) == (revision.n, revision.at):
                continue
            if known is not None:
                self._forget(revision.story_id)
            self._take_up(revision)

    def keep(self, story_ids: Iterable[str]) -> None:
        """Forget every story but these: those that were merged, hidden or are long past."""
        for story_id in self._revision_by_id.keys() - set(story_ids):
            self._forget(story_id)

    def near(self, revision: Revision, *, ended_before: datetime | None = None) -> tuple[Related, ...]:
        """Return the stories near one that is noted, nearest first, ties newest first; never itself.

        ``ended_before``: only those whose newest article is older, however much; ``None``: those within ``WINDOW``.
        """
        terms, marks = _words(revision)
        n_by_id: Counter[str] = Counter()
        most = max(FEW, COMMON * len(self._revision_by_id))
        for mark in marks:
            ids = self._ids_by_mark.get(mark, ())
            if len(ids) <= most:
                n_by_id.update(ids)
        found = []
        for story_id, n_shared in n_by_id.items():
            other = self._revision_by_id[story_id]
            is_near_in_time = (
                abs(other.newest_at - revision.newest_at) <= WINDOW
                if ended_before is None
                else other.newest_at < ended_before
            )
            if story_id != revision.story_id and n_shared >= MIN_SHARED and is_near_in_time:
                cosine = self._cosine(terms, self._terms_by_id[story_id])
                if cosine >= NEAR:
                    found.append((-round(cosine, 3), EPOCH - other.newest_at, story_id, other))
        return tuple(related_of(other) for *_, other in sorted(found, key=lambda each: each[:3])[:N_RELATED])

    def _take_up(self, revision: Revision) -> None:
        terms, marks = _words(revision)
        self._revision_by_id[revision.story_id] = revision
        self._terms_by_id[revision.story_id] = terms
        self._marks_by_id[revision.story_id] = marks
        self._n_by_term.update(terms.keys())
        for mark in marks:
            self._ids_by_mark.setdefault(mark, set()).add(revision.story_id)

    def _forget(self, story_id: str) -> None:
        del self._revision_by_id[story_id]
        self._n_by_term.subtract(self._terms_by_id.pop(story_id).keys())
        for mark in self._marks_by_id.pop(story_id):
            self._ids_by_mark[mark].discard(story_id)

    def _cosine(self, one: dict[str, float], other: dict[str, float]) -> float:
        shared = sorted(one.keys() & other.keys())
        dot = math.fsum(one[term] * other[term] * self._rarity(term) ** 2 for term in shared)
        return dot / math.sqrt(self._square(one) * self._square(other)) if dot else 0.0

    def _square(self, terms: dict[str, float]) -> float:
        return math.fsum((weight * self._rarity(term)) ** 2 for term, weight in terms.items())

    def _rarity(self, term: str) -> float:
        return 1 + math.log((1 + len(self._revision_by_id)) / (1 + self._n_by_term[term]))


def _words(revision: Revision) -> tuple[dict[str, float], frozenset[str]]:
    """Return the weighted terms of a story, and what it can be recognised by: names and words of its headline."""
    summary = revision.summary
    told = " ".join(sentence.text for section in summary.sections[:1] for sentence in section.sentences)
    found = document(
        Article(id=revision.story_id, source_url="", publisher="", title=summary.headline, text=told, lang=summary.lang)
    )
    marks = found.title.union(found.anchors)
    return found.terms, frozenset(mark for mark in marks if not mark[0].isdigit())


def related_of(revision: Revision) -> Related:
    """Return what another story's page says of a story."""
    summary = revision.summary
    return Related(
        story_id=revision.story_id, headline=summary.headline, lang=summary.lang, newest_at=revision.newest_at
    )
