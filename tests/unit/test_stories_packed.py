"""What was read of an article comes back as it was, and is told from what another reader made."""

import hashlib

import pytest

from aggregator.stories.features import document
from aggregator.stories.live import Live
from aggregator.stories.packed import READER, pack, unpack
from tests.builders import article, live_story
from tests.unit.test_stories_cluster import FERRY, NORWAY, stream

TEXTS = [
    article("a1", title="Ferry runs aground off Tarbet", text="The ferry left Oban with 180 people on Monday."),
    article("a2", title="", text=""),
    article("a3", title="東京で地震、被害なし", text="気象庁によると震度4。", lang="ja"),
    article("a4", title="الرياض تستضيف القمة", text="قال الوزير في الرياض.", lang="ar"),
    article("a5", title="Städte warnen vor Hochwasser", text="In 12 Städten steigt der Rhein.", lang="de"),
    article("a6", title="Переговоры в Осло", text="Министр Петров сообщил о 3 встречах.", lang="ru"),
    article("a7", title="Only a title"),
]


@pytest.mark.parametrize("read", TEXTS, ids=lambda each: each.id)
def test_what_was_read_comes_back(read) -> None:
    assert unpack(read, pack(document(read))) == document(read)


def test_the_reader_is_named_after_what_it_reads() -> None:
    """Where this fails, ``features`` or ``text`` read otherwise now: count ``READER`` up, and note the new digest."""
    made = b"\n".join(pack(document(each)) for each in (*TEXTS, *FERRY, *NORWAY))
    assert (READER, hashlib.sha256(made).hexdigest()[:16]) == ("words-1", "25d1a7d89ddc94f1")


def test_many_at_once_are_live_as_one_by_one() -> None:
    made = stream(3, 35)
    stories = [live_story(f"s{n}", *made[5 * n : 5 * n + 5]) for n in range(7)]
    known = {each.id: pack(document(each)) for story in stories for each in story.articles}
    whole, single = Live(None, {}, dict(known)), Live(None, {}, {})
    whole.take(stories)
    for story in stories:
        single.take([story])
    for live in (whole, single):
        live.index.refresh()
    for group in whole.groups.values():
        other = single.groups[group.id]
        assert list(group.members) == list(other.members)
        for member in group.members.values():
            found = [
                {
                    live.index.postings.ids[row]: dot
                    for row, dot in zip(*map(list, live.index.postings.compare(member)), strict=True)
                }
                for live in (whole, single)
            ]
            assert found[0] == found[1]
    for live in (whole, single):
        live.forget(list(live.groups.values()))
        assert not live.index.rarity.number_of
