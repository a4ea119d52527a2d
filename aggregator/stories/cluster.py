"""Place articles into stories: join, or start a new one; then merge what tells the same, and part what does not.

Owns the order of these steps and the live state between batches. What an article is compared on is decided in
:mod:`.evidence`, how sure that makes us in :mod:`.decision`; this module only compares with named thresholds. Of the
batch only its content counts, never the order of arrival.
"""

import hashlib
import math
from collections.abc import Container, Iterable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from aggregator.model import Article, Clustering, LiveStory, Membership, Merge
from aggregator.stories import copies, parting
from aggregator.stories.candidates import Candidate, Group, candidates
from aggregator.stories.copies import Sameness
from aggregator.stories.decision import Decide, decision_with, model_of
from aggregator.stories.encoder import Encoder
from aggregator.stories.evidence import NO_MEANING, Evidence, weigh
from aggregator.stories.features import Document
from aggregator.stories.live import REOPEN, WINDOW, WINDOW_HOURS, Live, by_time
from aggregator.stories.promise import every, promising_with
from aggregator.stories.reasons import explain

__all__ = ["REOPEN", "WINDOW", "Clusterer", "mint_story_id"]  # what other rooms take from here

JOIN_ON_ONE_WORD = 0.75  # if it shares one word with the nearest article: a country is no event; kite .858 -> .871
# An article that shares no word of its title with the nearest of so many, and on average next to nothing with all, came
# by one odd word ("keep", "400"): large stories would collect whatever passes. Four joins of the dev sets are such.
CROWD, STRANGE = 10, 0.01
UNLIKE = 0.5  # nor does its meaning speak for it: of a story in nine languages, an article shares words with few
MERGE = 0.6  # mean probability over the smaller story; cross-validated B3 F1 .870 at .5, .875 at .6, .871 at .7
ASK = 0.3  # below, the rest of the batch is not expected to make a story fit
MERGE_MEMBERS = 5  # asked in each direction, evenly over the story: bounds the cost of a merge of two large stories
COPY_FLOOR = 0.3  # cosine below which two articles are not compared word for word; 120 copies of the dev sets: >= .38
ID_LENGTH = 10
NEW_STORY = "new story"
PARTED = "parted"
MERGED = "its story fits this one"
_CROWD_SIZE = math.log(CROWD)  # as evidence tells sizes
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def mint_story_id(article_id: str, taken: Container[str]) -> str:
    """Mint the id of a story from its first article: 10 characters of Crockford base32, lower case, 50 bits.

    The same article gives the same id unless it is taken; then a counter is hashed with it.
    """
    n = 0
    while True:
        seed = f"{article_id}#{n}" if n else article_id
        bits = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big") >> 14
        minted = "".join(_CROCKFORD[bits >> shift & 31] for shift in range(45, -5, -5))
        if minted not in taken:
            return minted
        n += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where one article went, and why."""

    document: Document
    probability: float
    rule: str
    reason: str


class Held(Protocol):
    """What a person keeps apart: see :mod:`.overrides`."""

    def may_unite(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Tell whether articles of one story and of another, by id, may be in one."""

    def binds(self, ids: Iterable[str]) -> bool:
        """Tell whether a person put one of these articles where it is: its story is not parted."""


class Thresholds(NamedTuple):
    """Probabilities from which an article joins: in the end, and at once, before the rest of its batch is placed."""

    join: float
    sure: float


# Cross-validated macro B3 F1 by words: .8813 at .45 and .9, .8827 at .38 and .85, .8853 at .32 and .8; with meaning it
# differs by less than .003 from .35 to .45 and from .75 to .85.
BY_WORDS = Thresholds(join=0.32, sure=0.8)
WITH_MEANING = Thresholds(join=0.4, sure=0.85)


class Doubt(NamedTuple):
    """Two stories that may be one, and how sure an article made us of it."""

    probability: float
    one: Group
    other: Group


class Clusterer:
    """The live stories, ready for the next batch.

    One instance may live through many batches, or be built from the store for each: both decide the same, because
    everything it weighs with is drawn from the live articles alone.

    Args:
        live: Stories with an article in the window.
        encoder: Lets meaning count beside words, and across languages; ``None``: words alone.
        vectors: Packed vectors by :func:`.encoder.content_hash`, as they were kept; the missing ones are made and
            added, for the caller to keep.
        readings: What was read of articles before (:mod:`.packed`), by id, each of its present text; likewise.
        decide: Takes the place of the shipped weights; every candidate is weighed then, since what leaves some out was
            fitted to these.

    Raises:
        ValueError: There are no weights for the encoder.
    """

    def __init__(
        self,
        live: Sequence[LiveStory] = (),
        *,
        encoder: Encoder | None = None,
        vectors: MutableMapping[str, bytes] | None = None,
        readings: MutableMapping[str, bytes] | None = None,
        decide: Decide | None = None,
    ) -> None:
        self._decide = decide or decision_with(encoder)
        self._promising = every if decide else promising_with(encoder)
        self._model = model_of(encoder)
        self._needed = WITH_MEANING if encoder else BY_WORDS
        self._live = Live(encoder, {} if vectors is None else vectors, {} if readings is None else readings)
        self._index, self._groups = self._live.index, self._live.groups
        self._n_batches = 0
        self._held: Held | None = None
        self._live.take(live)

    def place(self, batch: Sequence[Article], *, now: datetime | None = None, held: Held | None = None) -> Clustering:
        """Place the articles of one build; those that are live already are left where they are.

        0.6 to 1 ms an article among 1,000 to 100,000 live ones by words, of which 0.2 ms to read it.

        Args:
            batch: The new articles.
            now: Bounds which stories are live: a time to come counts as now, one long past as ``REOPEN`` ago. ``None``:
                the newest article alone says so.
            held: What a person keeps apart; ``None``: nothing.
        """
        self._held = held
        known = self._index.group_by_document
        arrived = {article.id: article for article in batch if article.id not in known}
        documents = [self._live.count(article) for article in sorted(arrived.values(), key=by_time)]
        if not documents:
            return Clustering()
        self._n_batches += 1
        self._live.expire(now)
        if self._index.meaning:
            self._index.meaning.add([each.article for each in documents])
        self._index.refresh([each.id for each in documents])
        doubts: list[Doubt] = []
        placements = {each.id: self._place(each, doubts) for each in documents}
        merges = self._merge(doubts, placements)
        self._part(placements)
        return Clustering(memberships=self._memberships(tuple(placements.values())), merges=merges)

    # -- the live state

    def settle(self, minted_at: datetime) -> None:
        """Take what was placed for saved at this time: from now on its stories sort as they do for who loads them."""
        self._live.settle(minted_at)

    def renew(self, story_ids: Iterable[str], live: Sequence[LiveStory]) -> None:
        """Forget some stories and take in what has become of them: articles were edited, a person moved some.

        Args:
            story_ids: Stories that changed or are no more; unknown ones are passed over.
            live: What of them still lives.
        """
        self._live.renew(story_ids, live)

    def holds(self, story_id: str) -> bool:
        """Tell whether a story is live here."""
        return story_id in self._groups

    # -- one article

    def _place(self, each: Document, doubts: list[Doubt]) -> Placement:
        found = [
            candidate
            for candidate in candidates(self._index, each, window_hours=WINDOW_HOURS)
            if self._may_unite([each.id], candidate.group.members)
        ]
        copied = self._copied(each, found)
        if copied:
            original, same = copied
            self._live.insert(each, self._index.group_by_document[original.id])
            return Placement(document=each, probability=1.0, rule=same.rule, reason=same.reason)
        judged = self._judge(each, found)
        if judged and judged[0][0] >= self._needed.sure:
            chance, candidate, evidence = judged[0]
            doubts += [Doubt(p, candidate.group, other.group) for p, other, _ in judged[1:] if p >= MERGE]
            why = explain(self._index, each, candidate, evidence)  # before it is a member itself
            self._live.insert(each, candidate.group)
            return Placement(document=each, probability=chance, rule="similar", reason=why)
        group = self._live.start(mint_story_id(each.id, self._groups), born=(float("inf"), self._n_batches))
        doubts += [Doubt(p, candidate.group, group) for p, candidate, _ in judged if p >= ASK]
        self._live.insert(each, group)
        return Placement(
            document=each,
            probability=round(1.0 - (judged[0][0] if judged else 0.0), 4),
            rule=NEW_STORY,
            reason=_nearest_miss(judged),
        )

    def _may_unite(self, one: Iterable[str], other: Iterable[str]) -> bool:
        return self._held is None or self._held.may_unite(one, other)

    def _judge(
        self, each: Document, found: Sequence[Candidate], asked: Group | None = None
    ) -> list[tuple[float, Candidate, Evidence]]:
        """Weigh the candidates that are worth it, or only that for one story; surest first, then oldest."""
        judged = []
        chosen = self._promising(self._index, each, found) if asked is None else [c for c in found if c.group is asked]
        for candidate in chosen:
            rival = max((other.best for other in found if other is not candidate), default=0.0)
            meant_rival = max((other.meant_top for other in found if other is not candidate), default=0.0)
            evidence = weigh(self._index, each, candidate, rival=rival, meant_rival=meant_rival)
            judged.append((self._cautious(evidence), candidate, evidence))
        judged.sort(key=lambda one: (-one[0], one[1].group.born))
        return judged

    def _cautious(self, evidence: Evidence) -> float:
        chance = self._decide(evidence)
        is_strange = evidence.title == 0.0 and evidence.mean < STRANGE and evidence.meant_top < UNLIKE
        if is_strange and evidence.size >= _CROWD_SIZE:
            return min(chance, self._needed.join - 0.01)
        if evidence.meant_best != NO_MEANING:
            return chance
        return min(chance, self._needed.join - 0.01) if evidence.n_shared < 2 and chance < JOIN_ON_ONE_WORD else chance

    def _copied(self, each: Document, found: Sequence[Candidate]) -> tuple[Document, Sameness] | None:
        """Find an article that this one repeats, by address first, then among the most alike."""
        alike = [candidate.nearest for candidate in found if candidate.best >= COPY_FLOOR]
        for other in self._live.at_address(each.article.canonical_url) + alike:
            same = copies.sameness(each, other)
            if same and self._may_unite([each.id], self._index.group_by_document[other.id].members):
                return other, same
        return None

    # -- the batch

    def _merge(self, doubts: Iterable[Doubt], placements: dict[str, Placement]) -> tuple[Merge, ...]:
        """Merge stories that one article fitted, surest first, if the members of the smaller one fit the larger, too.

        By now the whole batch is placed, so that an article that first fitted a story only somewhat may have found
        better company. The stories of this batch are unknown to the store yet: their merging leaves no redirect, and
        what was placed as a new story has joined one.
        """
        merges = []
        successor: dict[str, Group] = {}
        kept_apart: set[tuple[str, str, int]] = set()
        for doubt in sorted(doubts, key=lambda doubt: (-doubt.probability, doubt.one.born, doubt.other.born)):
            pair = (_latest(doubt.one, successor), _latest(doubt.other, successor))
            older, newer = sorted(pair, key=self._seniority)
            key = (older.id, newer.id, len(older.members) + len(newer.members))
            if older is newer or key in kept_apart or not self._may_unite(older.members, newer.members):
                continue
            chance = self._same_story(older, newer)
            if chance < (self._needed.join if min(len(older.members), len(newer.members)) == 1 else MERGE):
                kept_apart.add(key)
                continue
            if not self._is_of_this_batch(newer):
                reason = f"the articles of the smaller story fit the other one with a mean probability of {chance:.2f}"
                merges.append(Merge(story_id=older.id, retired_id=newer.id, probability=chance, reason=reason))
            else:
                self._join(newer, older, chance, placements)
            del self._groups[newer.id]
            successor[newer.id] = older
            for member in newer.members.values():
                self._index.move(member, older)
        return tuple(_final(merge, successor) for merge in merges)

    def _is_of_this_batch(self, group: Group) -> bool:
        return group.born[:2] == (float("inf"), self._n_batches)

    def _seniority(self, group: Group) -> tuple[float, int, float, str]:
        """Sort stories from oldest to newest; of those of this batch that with the earliest article is the oldest."""
        first = group.first if group.first is not None and self._is_of_this_batch(group) else 0.0
        return (*group.born[:2], first, group.id)

    def _join(self, new: Group, story: Group, chance: float, placements: dict[str, Placement]) -> None:
        """Say of the article that began a story of this batch that it joined another."""
        for member in new.members.values():
            if placements[member.id].rule != NEW_STORY:
                continue
            _, candidate, evidence = self._fit(member, new, story)
            why = explain(self._index, member, candidate, evidence) if candidate and evidence else MERGED
            placements[member.id] = Placement(document=member, probability=chance, rule="similar", reason=why)

    def _same_story(self, one: Group, other: Group) -> float:
        """Return the mean probability with which members of the smaller story belong to the larger."""
        small, large = sorted((one, other), key=lambda group: (len(group.members), group.born))
        members = sorted(small.members.values(), key=lambda member: member.id)
        step = max(1, len(members) // MERGE_MEMBERS)
        asked = members[::step][:MERGE_MEMBERS]
        return round(sum(self._fit(member, small, large)[0] for member in asked) / len(asked), 4)

    def _fit(self, member: Document, own: Group, other: Group) -> tuple[float, Candidate | None, Evidence | None]:
        """Weigh a member of one story against another, had it come only now."""
        found = candidates(self._index, member, window_hours=WINDOW_HOURS, but=own.id, asked=other)
        return next(iter(self._judge(member, found, asked=other)), (0.0, None, None))

    def _part(self, placements: dict[str, Placement]) -> None:
        """Part the stories that grew and turned out to tell of two happenings; who leaves is placed anew.

        The part with the earliest article keeps the id.
        """
        arrived = placements.keys()
        grown = {group.id: group for group in (self._index.group_by_document[id_] for id_ in arrived)}
        for group in sorted(grown.values(), key=lambda group: group.born):
            n_before = len(group.members.keys() - arrived)
            if not parting.is_due(n_before, len(group.members)) or (self._held and self._held.binds(group.members)):
                continue
            parted = parting.part(
                self._index,
                group,
                n_batch=self._n_batches,
                mint=lambda article_id: mint_story_id(article_id, self._groups),
                same_story=self._same_story,
            )
            if parted is None:
                continue
            stay, leave, chance = parted
            self._live.hold(stay)
            self._live.hold(leave)
            reason = f"its part of the story {stay.id} fits the rest with a mean probability of only {chance:.2f}"
            for member in leave.members.values():
                placements[member.id] = Placement(
                    document=member, probability=round(1.0 - chance, 4), rule=PARTED, reason=reason
                )

    def _memberships(self, placements: Sequence[Placement]) -> tuple[Membership, ...]:
        """Name the story of each placed article as it stands after merging, and of which article it is a copy."""
        arrived: dict[str, list[Document]] = {}
        for placement in placements:
            group = self._index.group_by_document[placement.document.id]
            arrived.setdefault(group.id, []).append(placement.document)
        copied: dict[str, tuple[str, Sameness]] = {}
        for story_id, new in arrived.items():
            copied |= copies.origins(new, tuple(self._groups[story_id].members.values()))
        memberships = []
        for placement in placements:
            origin, same = copied.get(placement.document.id, ("", None))
            memberships.append(
                Membership(
                    article_id=placement.document.id,
                    story_id=self._index.group_by_document[placement.document.id].id,
                    copy_of=origin,
                    probability=placement.probability,
                    rule=same.rule if same else placement.rule,
                    reason=same.reason if same else placement.reason,
                    model=self._model,
                )
            )
        return tuple(memberships)


def _latest(group: Group, successor: dict[str, Group]) -> Group:
    while group.id in successor:
        group = successor[group.id]
    return group


def _final(merge: Merge, successor: dict[str, Group]) -> Merge:
    """Let a merge point at the story that lives in the end."""
    story_id = merge.story_id
    while story_id in successor:
        story_id = successor[story_id].id
    return Merge(story_id=story_id, retired_id=merge.retired_id, probability=merge.probability, reason=merge.reason)


def _nearest_miss(judged: Sequence[tuple[float, Candidate, Evidence]]) -> str:
    if not judged:
        return "no live story shares a rare word with it"
    chance, candidate, _ = judged[0]
    return f"nothing nearer than story {candidate.group.id} (probability {chance:.2f}, similarity {candidate.best:.2f})"
