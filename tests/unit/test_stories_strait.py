"""Six differently worded reports of one event join; five unrelated reports of one country on one day do not."""

from itertools import combinations

import pytest

from aggregator.model import Article
from aggregator.stories.cluster import Clusterer
from aggregator.stories.features import document
from tests.unit.test_stories_cluster import report, stories_of

STRAIT = (
    report(
        "s1",
        "Karvan Strait closed to shipping after mine is found",
        "The navy of Dorvia closed the Karvan Strait to all shipping on Tuesday after a drifting mine was found.",
    ),
    report(
        "s2",
        "Tankers turned back as Karvan Strait is closed",
        "Eleven oil tankers were turned back at the Karvan Strait, which Dorvia closed after finding a mine.",
        hours=1,
    ),
    report(
        "s3",
        "Oil jumps 6% on closed Karvan Strait",
        "Oil rose by 6 percent on Tuesday after Dorvia closed the Karvan Strait, the way out for its tankers.",
        hours=2,
    ),
    report(
        "s4",
        "Ministers call closed Karvan Strait a grave concern as oil jumps",
        "Energy ministers said the closing of the Karvan Strait by Dorvia was a grave concern; oil rose by 6 percent.",
        hours=4,
    ),
    report(
        "s5",
        "Dorvia: Karvan Strait stays closed until every mine is found",
        "Dorvia said the Karvan Strait would stay closed to shipping until its navy has found every mine.",
        hours=6,
    ),
    report(
        "s6",
        "Shipping firms reroute tankers around Karvan Strait",
        "Shipping firms sent their tankers the long way round after the Karvan Strait was closed because of a mine.",
        hours=7,
    ),
)
DORVIA = (
    report("d1", "Dorvia lowers its voting age to 16", "Parliament in Dorvia lowered the voting age to 16."),
    report("d2", "Landslide blocks railway in eastern Dorvia", "A landslide blocked the railway line.", hours=1),
    report("d3", "Dorvia's skaters win two medals", "Two skaters won silver and bronze at the games.", hours=1),
    report("d4", "Wine harvest in Dorvia the smallest for years", "Growers blamed frost in spring.", hours=2),
    report("d5", "Dorvia names new head of its central bank", "An economist will lead the bank.", hours=3),
)


def test_their_titles_have_little_in_common() -> None:
    shares = [
        len(one & other) / len(one | other) for one, other in combinations([document(each).title for each in STRAIT], 2)
    ]
    assert min(shares) >= 0.12
    assert max(shares) <= 0.5


@pytest.mark.parametrize("size", [1, 3, 11])
def test_one_event_joins_and_one_country_does_not(size: int) -> None:
    batch: list[Article] = sorted([*STRAIT, *DORVIA], key=lambda each: (each.at, each.id))
    clusterer = Clusterer()
    stories: dict[str, str] = {}
    for i in range(0, len(batch), size):
        placed = clusterer.place(batch[i : i + size])
        stories |= stories_of(placed)
        retired = {merge.retired_id: merge.story_id for merge in placed.merges}
        stories = {id_: retired.get(story_id, story_id) for id_, story_id in stories.items()}
    assert len({stories[each.id] for each in STRAIT}) == 1
    assert len({stories[each.id] for each in DORVIA}) == len(DORVIA)
    assert not {stories[each.id] for each in STRAIT} & {stories[each.id] for each in DORVIA}
