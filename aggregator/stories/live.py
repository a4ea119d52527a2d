"""Hold the live stories between batches: take them in, let them rest, forget them.

Owns which stories are live and the index over their articles. The one place where stored articles are read for
clustering. It decides nothing about what belongs together.
"""

from collections.abc import Collection, Iterable, MutableMapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from aggregator.model import Article, LiveStory
from aggregator.stories.candidates import Group, Index
from aggregator.stories.encoder import Encoder
from aggregator.stories.features import Document, document
from aggregator.stories.packed import pack, unpack

if TYPE_CHECKING:
    from aggregator.stories.meaning import Meaning

WINDOW = timedelta(days=5)  # an article joins no story whose articles are all further away; older stories rest
REOPEN = timedelta(days=30)  # and older than this, it joins no story that already stands (30-day rule)
WINDOW_HOURS = WINDOW / timedelta(hours=1)


class Live:
    """The live stories, their articles by words and by address.

    Attributes:
        index: Finds the stories that an article may belong to.
        groups: Story by id.
    """

    def __init__(
        self, encoder: Encoder | None, vectors: MutableMapping[str, bytes], readings: MutableMapping[str, bytes]
    ) -> None:
        self.index = Index(_meaning(encoder, vectors))
        self.groups: dict[str, Group] = {}
        self._unsettled: list[str] = []
        self._readings = readings
        self._by_address: dict[str, dict[str, Document]] = {}

    def take(self, stories: Sequence[LiveStory]) -> None:
        """Take in stories as they are stored."""
        if self.index.meaning:
            self.index.meaning.add([article for story in stories for article in story.articles])
        is_first = not self.index.rarity.number_of and not self.index.postings.ids
        placed = []
        for story in sorted(stories, key=lambda story: (story.minted_at, story.id)):
            group = self.start(story.id, born=(story.minted_at.timestamp(), 0))
            placed += [(self._read(article), group) for article in sorted(story.articles, key=by_time)]
        if is_first:
            self.index.fill(placed)
        for each, group in placed:
            if not is_first:
                self.index.rarity.add(each)
                self.index.insert(each, group)
            self._note_address(each)

    def count(self, article: Article) -> Document:
        """Read an article and count its words among the live ones."""
        read = self._read(article)
        self.index.rarity.add(read)
        return read

    def _read(self, article: Article) -> Document:
        packed = self._readings.get(article.id)
        if packed is not None:
            return unpack(article, packed)
        read = document(article)
        self._readings[article.id] = pack(read)
        return read

    def start(self, story_id: str, born: tuple[float, int]) -> Group:
        """Begin a story."""
        group = Group(id=story_id, born=(*born, story_id))
        self.hold(group)
        return group

    def hold(self, group: Group) -> None:
        """Take in a story as it stands, in place of that with its id."""
        self.groups[group.id] = group
        if group.born[0] == float("inf"):
            self._unsettled.append(group.id)

    def insert(self, each: Document, group: Group) -> None:
        """Put an article that is counted into a story."""
        self.index.insert(each, group)
        self._note_address(each)

    def _note_address(self, each: Document) -> None:
        if each.article.canonical_url:
            self._by_address.setdefault(each.article.canonical_url, {})[each.id] = each

    def at_address(self, address: str) -> list[Document]:
        """Return the live articles at an address, by id."""
        known = self._by_address.get(address, {}) if address else {}
        return [known[id_] for id_ in sorted(known)]

    def expire(self, now: datetime | None) -> None:
        """Let stories rest that were silent for the window before the newest placed article.

        A store asked for live ones does the same. The batch itself does not count: it may hold the news of weeks, and
        its first articles continue what its last ones would have put to rest.
        """
        hours = self.index.postings.hours
        times = hours[np.isfinite(hours)]
        if not len(times):
            return
        newest = float(times.max())
        if now is not None:
            newest = max(min(newest, _hours(now)), _hours(now - REOPEN))
        horizon = newest - WINDOW_HOURS
        ids = map(self.index.postings.ids.__getitem__, np.flatnonzero(hours < horizon).tolist())
        groups = {group.id: group for group in map(self.index.group_by_document.__getitem__, ids)}
        self.forget([group for group in groups.values() if group.last is not None and group.last < horizon])

    def forget(self, groups: Sequence[Group]) -> None:
        """Drop stories with their articles."""
        for group in groups:
            del self.groups[group.id]
        self._drop([member for group in groups for member in group.members.values()])

    def _drop(self, gone: Sequence[Document]) -> None:
        self.index.remove(gone)
        for member in gone:
            at_address = self._by_address.get(member.article.canonical_url, {})
            at_address.pop(member.id, None)
            if not at_address:
                self._by_address.pop(member.article.canonical_url, None)

    def renew(self, story_ids: Iterable[str], stories: Sequence[LiveStory]) -> None:
        """Forget some stories, unknown ones passed over, and take in what has become of them."""
        known = sorted({*story_ids, *(story.id for story in stories)} & self.groups.keys())
        self.forget([self.groups[story_id] for story_id in known])
        self._part_with({article.id for story in stories for article in story.articles})
        self.take(stories)

    def _part_with(self, ids: Collection[str]) -> None:
        """Take articles out of stories that nobody said have changed: they come in anew, and must not count twice."""
        left = {id_: self.index.group_by_document[id_] for id_ in ids if id_ in self.index.group_by_document}
        for group in {group.id: group for group in left.values()}.values():
            rest = self.groups[group.id] = Group(id=group.id, born=group.born)
            for member in group.members.values():
                if member.id not in left:
                    self.index.move(member, rest)
            if not rest.members:
                del self.groups[group.id]
        self._drop([group.members[id_] for id_, group in left.items()])

    def settle(self, minted_at: datetime) -> None:
        """Let stories that began since the last call sort as minted at this time."""
        for group in filter(None, map(self.groups.get, self._unsettled)):
            if group.born[0] == float("inf"):
                group.born = (minted_at.timestamp(), 0, group.id)
        self._unsettled.clear()


def by_time(article: Article) -> tuple[datetime, str]:
    """Sort articles from first to last."""
    return (article.at, article.id)


def _hours(moment: datetime) -> float:
    return moment.timestamp() / 3600.0


def _meaning(encoder: Encoder | None, vectors: MutableMapping[str, bytes]) -> "Meaning | None":
    if encoder is None:
        return None
    from aggregator.stories.meaning import Meaning  # the shipped means are read only with an encoder

    return Meaning(encoder, vectors)
