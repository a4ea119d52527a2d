"""Apply what a person said over the model: merge, split, pin, forbid, hide.

Owns which stored memberships a person's word moves, which articles the model must decide anew, and what the model may
not unite. Where two words contradict each other the later one (the higher number) holds. It reads no file and no store.

A word names articles by address and stories by id; a story is known again by the address of its first article where its
id was never minted, so that words outlive a clustering from scratch.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from aggregator.model import Article, Clustering, Membership, Merge, Override, Story
from aggregator.stories.cluster import mint_story_id

RULE = "override"
_MARK = re.compile(r"override (\d+)(?: \(from (\w+)\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is stored of everything that overrides name.

    Attributes:
        articles: Articles at the addresses that they name.
        stories: Stories by id: those named, those of the articles and of ``held``; retired ones are not among them.
        living: The living story by id that a word names, redirects followed.
        held: Memberships that an override, present or gone, made.
        dates: (effective time, id) by id of the articles of all these stories; sorts them from first to last.
    """

    articles: tuple[Article, ...] = ()
    stories: Mapping[str, Story]
    living: Mapping[str, str]
    held: tuple[Membership, ...] = ()
    dates: Mapping[str, tuple[datetime, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What has to change so that every word holds.

    Attributes:
        clustering: Memberships and merges by a person's word.
        released: Articles that the model decides anew: no word holds them any more, or one forbids where they are.
        forbidden: Number of the override by article, for those of ``released`` that one drives out.
        hidden: Stories that no output may show.
    """

    clustering: Clustering
    released: frozenset[str]
    forbidden: Mapping[str, int]
    hidden: tuple[str, ...]


class Held:
    """Overrides made ready: who belongs where by a person's word, and who is kept apart.

    Attributes:
        overruled: Numbers of those without any effect, because a later one says otherwise.
    """

    def __init__(self, overrides: Sequence[Override], standing: Standing) -> None:
        self.overrides = {each.n: each for each in overrides}
        self.overruled: set[int] = set()
        self._standing = standing
        self._ids_by_url: dict[str, list[str]] = {}
        for article in standing.articles:
            for url in {article.link, article.canonical_url} - {""}:
                self._ids_by_url.setdefault(url, []).append(article.id)
        self._story_of = {
            each.article_id: story.id for story in standing.stories.values() for each in story.memberships
        }
        self.pinned: dict[str, int] = {}  # number of the pin or split that says where an article belongs
        self._apart: dict[str, dict[str, int]] = {}
        for n in sorted(self.overrides, reverse=True):
            if not self._accept(self.overrides[n]):
                self.overruled.add(n)
        self._bound = self.pinned.keys() | {membership.article_id for membership in standing.held}

    def may_unite(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Tell whether no word keeps any article of one group apart from any of another. Cheap for unnamed ones."""
        if not self._apart:
            return True
        others = self._apart.keys() & other
        return not others or not any(self._apart[id_].keys() & others for id_ in self._apart.keys() & one)

    def binds(self, ids: Iterable[str]) -> bool:
        """Tell whether a person put one of these articles where it is."""
        return not self._bound.isdisjoint(ids)

    def driver(self, one: str, other: str) -> int:
        """Return the number of the word that keeps two articles apart; 0: none does."""
        return self._apart.get(one, {}).get(other, 0)

    def ids_at(self, urls: Iterable[str]) -> list[str]:
        """Return the stored articles at some addresses."""
        return sorted({id_ for url in urls for id_ in self._ids_by_url.get(url, ())})

    def story(self, override: Override, which: int) -> str:
        """Return the living story that a word means, by id or by its first article; empty: it is not there yet."""
        asked = override.stories[which] if which < len(override.stories) else ""
        if asked in self._standing.living:
            return self._standing.living[asked]
        first = self.ids_at(override.firsts[which : which + 1])
        return next((self._story_of[id_] for id_ in first if id_ in self._story_of), "")

    def named(self, override: Override) -> list[str]:
        """Return every living story that a word names, each once, in its order."""
        found = (self.story(override, which) for which in range(max(len(override.stories), len(override.firsts))))
        return list(dict.fromkeys(story_id for story_id in found if story_id))

    def parts(self, story_ids: Sequence[str]) -> bool:
        """Tell whether a split holds articles of these stories apart."""
        members = [[id_ for id_ in self._apart if self._story_of.get(id_) == story_id] for story_id in story_ids]
        return any(
            self.overrides[n].kind == "split"
            for i, one in enumerate(members)
            for other in members[i + 1 :]
            for a, b in product(one, other)
            if (n := self.driver(a, b))
        )

    def _accept(self, override: Override) -> bool:
        """Take a word in, if no later one leaves it without effect."""
        match override.kind:
            case "pin":
                return self._pin(override, self.ids_at(override.urls))
            case "split":
                ids = self.ids_at(override.urls)
                taken = self._pin(override, ids)
                ours = [id_ for id_ in ids if self.pinned[id_] == override.n]
                self._keep_apart(override, ours, self.ids_at(override.apart_from))
                return taken
            case "forbid":
                ones, others = self.ids_at(override.urls[:1]), self.ids_at(override.urls[1:])
                return not (ones and others) or self._keep_apart(override, ones, others)
            case "merge":
                return not self.parts(self.named(override))
            case "hide":
                return True

    def _pin(self, override: Override, ids: Sequence[str]) -> bool:
        free = [id_ for id_ in ids if id_ not in self.pinned and not self._is_driven_out(id_, override)]
        self.pinned |= dict.fromkeys(free, override.n)
        return bool(free) or not ids

    def _is_driven_out(self, id_: str, pin: Override) -> bool:
        """Tell whether a later word keeps an article from another that a later pin put into the same story."""
        return any(
            self.overrides[self.pinned[other]].stories == pin.stories
            for other in self._apart.get(id_, ())
            if pin.kind == "pin" and other in self.pinned
        )

    def _keep_apart(self, override: Override, ones: Sequence[str], others: Sequence[str]) -> bool:
        is_any = False
        for one, other in product(ones, others):
            if one == other or self.pinned.get(one, 0) == self.pinned.get(other, -1):
                continue
            if self._are_pinned_together(one, other):
                continue
            self._apart.setdefault(one, {}).setdefault(other, override.n)
            self._apart.setdefault(other, {}).setdefault(one, override.n)
            is_any = True
        return is_any

    def _are_pinned_together(self, one: str, other: str) -> bool:
        if one not in self.pinned or other not in self.pinned:
            return False
        first, second = self.overrides[self.pinned[one]], self.overrides[self.pinned[other]]
        return first.kind == second.kind == "pin" and first.stories == second.stories


def repair(held: Held, standing: Standing) -> Repair:
    """Find out what has to change so that every word holds; nothing does where all do."""
    work = _Work(held, standing)
    for n in sorted(held.overrides):
        if n not in held.overruled:
            work.apply(held.overrides[n])
    work.drive_out()
    work.release()
    return Repair(
        clustering=Clustering(
            memberships=tuple(work.moved[id_] for id_ in sorted(work.moved)), merges=tuple(work.merges)
        ),
        released=frozenset(work.released),
        forbidden=work.forbidden,
        hidden=tuple(sorted({work.latest(story_id) for story_id in work.hidden})),
    )


class _Work:
    """The memberships while words are applied, one after the other."""

    def __init__(self, held: Held, standing: Standing) -> None:
        self.held = held
        self.standing = standing
        self.now: dict[str, Membership] = {
            each.article_id: each for story in standing.stories.values() for each in story.memberships
        }
        self.moved: dict[str, Membership] = {}
        self.merges: list[Merge] = []
        self.released: set[str] = set()
        self.forbidden: dict[str, int] = {}
        self.hidden: set[str] = set()
        self._successor: dict[str, str] = {}

    def apply(self, override: Override) -> None:
        """Let one word hold."""
        match override.kind:
            case "merge":
                self._merge(override)
            case "pin":
                self._pin(override)
            case "split":
                self._split(override)
            case "hide":
                self.hidden |= set(self.held.named(override))
            case "forbid":
                pass  # when all are where they belong, see drive_out

    def latest(self, story_id: str) -> str:
        """Follow the merges of this repair."""
        while story_id in self._successor:
            story_id = self._successor[story_id]
        return story_id

    def _members(self, story_id: str) -> list[str]:
        """Return the articles of a story as it stands now, from first to last."""
        ids = [id_ for id_, each in self.now.items() if each.story_id == story_id]
        return sorted(ids, key=self.standing.dates.__getitem__)

    def _move(self, id_: str, story_id: str, override: Override, reason: str) -> None:
        before = self.now.get(id_)
        origin = f" (from {before.story_id})" if before else ""
        copy_of = before.copy_of if before and override.kind == "merge" else ""
        self.now[id_] = self.moved[id_] = Membership(
            article_id=id_,
            story_id=story_id,
            copy_of=copy_of,
            rule=RULE,
            reason=reason,
            model=f"override {override.n}{origin}",
        )

    def _merge(self, override: Override) -> None:
        stories = list(dict.fromkeys(self.latest(story_id) for story_id in self.held.named(override)))
        stories.sort(key=lambda id_: (self.standing.stories[id_].minted_at, id_))
        for retired in stories[1:]:
            for id_ in self._members(retired):
                self._move(id_, stories[0], override, f"a person merged the story {retired} into this one")
            reason = f"a person said that they tell the same (override {override.n})"
            self.merges.append(Merge(story_id=stories[0], retired_id=retired, reason=reason))
            self._successor[retired] = stories[0]

    def _pin(self, override: Override) -> None:
        story_id = self.latest(self.held.story(override, 0))
        if not story_id:
            return
        for id_ in self.held.ids_at(override.urls):
            is_elsewhere = id_ not in self.now or self.now[id_].story_id != story_id
            if self.held.pinned.get(id_) == override.n and is_elsewhere:
                self._move(id_, story_id, override, "a person put it into this story")

    def _split(self, override: Override) -> None:
        """Let the named articles be a story of their own; the part with the first article keeps the id."""
        ours = [id_ for id_ in self.held.ids_at(override.urls) if self.held.pinned.get(id_) == override.n]
        ours = [id_ for id_ in ours if id_ in self.now]
        others = {self.now[id_].story_id for id_ in self.held.ids_at(override.apart_from) if id_ in self.now}
        stuck = sorted({self.now[id_].story_id for id_ in ours} & others)
        for story_id in stuck:
            members = self._members(story_id)
            leaving = [id_ for id_ in members if id_ in ours]
            if members[0] in leaving:
                leaving = [id_ for id_ in members if id_ not in ours]
            homes = sorted({self.now[id_].story_id for id_ in ours} - others) if leaving[0] in ours else []
            new_id = homes[0] if homes else mint_story_id(leaving[0], self.standing.living.keys() | self._taken())
            for id_ in leaving:
                self._move(id_, new_id, override, f"a person parted it from the story {story_id}")

    def _taken(self) -> set[str]:
        return {each.story_id for each in self.now.values()} | self.standing.stories.keys()

    def drive_out(self) -> None:
        """Release one of each two articles that a word keeps apart and that are together: the later, unless pinned."""
        together: dict[str, list[str]] = {}
        for id_, membership in self.now.items():
            together.setdefault(membership.story_id, []).append(id_)
        for _, ids in sorted(together.items()):
            ids.sort(key=self.standing.dates.__getitem__)
            for one, other in ((a, b) for i, a in enumerate(ids) for b in ids[i + 1 :]):
                n = self.held.driver(one, other)
                if not n or {one, other} & self.released:
                    continue
                leaver = one if other in self.held.pinned and one not in self.held.pinned else other
                self.released.add(leaver)
                self.forbidden[leaver] = n

    def release(self) -> None:
        """Release what an override put somewhere that is gone, or that says otherwise now."""
        for membership in self.standing.held:
            id_ = membership.article_id
            if id_ not in self.moved and id_ in self.now and not self._is_held(membership):
                self.released.add(id_)

    def _is_held(self, membership: Membership) -> bool:
        n, _ = mark_of(membership)
        override = self.held.overrides.get(n)
        if override is None or n in self.held.overruled:
            return False
        if override.kind == "pin":
            return self.held.pinned.get(membership.article_id) == n
        return override.kind != "forbid" or membership.article_id in self.held.ids_at(override.urls)


def mark_of(membership: Membership) -> tuple[int, str]:
    """Return the number of the override that made a membership, and from which story; (0, ""): none did."""
    found = _MARK.fullmatch(membership.model) if membership.rule == RULE else None
    return (int(found[1]), found[2] or "") if found else (0, "")


def decided_anew(
    clustering: Clustering,
    released: Mapping[str, Membership],
    forbidden: Mapping[str, int],
    *,
    stored: Mapping[str, str],
) -> Clustering:
    """Finish what the model said of released articles: a story that a word had ended begins again under its own id.

    Args:
        clustering: What the model said.
        released: Where the articles were, by id.
        forbidden: Numbers of the words that drove articles out: these go on holding them.
        stored: Every id that was ever minted and may be met here -> the story it leads to, or itself.
    """
    new = [each for each in clustering.memberships if each.article_id in released]
    came_from: dict[str, Counter[str]] = {}
    for each in new:
        origin = "" if each.article_id in forbidden else mark_of(released[each.article_id])[1]
        came_from.setdefault(each.story_id, Counter())[origin] += 1
    standing = {membership.story_id for membership in released.values()}
    renamed: dict[str, str] = {}
    revived: list[str] = []
    for story_id in sorted(came_from):
        is_new = story_id not in stored or stored[story_id] != story_id
        if not is_new or story_id in standing:
            continue
        origins = [origin for origin, _ in sorted(came_from[story_id].items(), key=lambda one: (-one[1], one[0]))]
        origin = next((o for o in origins if o and stored.get(o, o) != o and o not in revived), "")
        if origin:
            renamed[story_id] = origin
            revived.append(origin)
        elif story_id in stored:
            first = min(each.article_id for each in new if each.story_id == story_id)
            renamed[story_id] = mint_story_id(first, stored.keys() | standing)
    memberships = []
    for each in clustering.memberships:
        moved = replace(each, story_id=renamed.get(each.story_id, each.story_id))
        if (n := forbidden.get(each.article_id)) is not None:
            origin = released[each.article_id].story_id
            reason = f"a person said that it does not belong to the story {origin}; {moved.reason}"
            moved = replace(moved, rule=RULE, reason=reason, model=f"override {n} (from {origin})")
        memberships.append(moved)
    return replace(clustering, memberships=tuple(memberships), revived=tuple(revived))
