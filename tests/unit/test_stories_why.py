from aggregator.stories.why import compare
from tests.builders import live_story
from tests.unit.test_stories_cluster import FERRY, NORWAY, report
from tests.unit.test_stories_meaning import BRIDGE, ConceptEncoder

AROUND = [live_story(each.id, each) for each in NORWAY]


def test_reports_of_one_event_are_sure_to_belong_together() -> None:
    found = compare(FERRY[1], FERRY[0], live_story("old", FERRY[0]), AROUND)
    assert found.probability is not None
    assert found.probability > 0.5
    assert found.rule == "similar"
    assert {"tarbet", "lady", "morag", "ferry"} <= {*found.shared}
    assert found.hours == 1.0
    assert found.meaning is None
    assert found.is_near


def test_two_events_of_one_country_are_told_apart_by_what_each_has_alone() -> None:
    found = compare(NORWAY[4], NORWAY[1], live_story("old", NORWAY[1]), [*AROUND, live_story("f", *FERRY)])
    assert found.probability is None or found.probability < 0.45
    assert found.rule == "new story"
    assert "bergen" in found.only_one
    assert "e10" in found.only_other


def test_what_shares_no_rare_word_was_never_compared() -> None:
    found = compare(report("x", "Quite another matter"), FERRY[0], live_story("old", FERRY[0]), AROUND)
    assert found.probability is None
    assert found.shared == ()


def test_a_story_far_away_in_time_is_not_near() -> None:
    late = report("late", FERRY[1].title, FERRY[1].text, hours=24 * 9)
    found = compare(late, FERRY[0], live_story("old", FERRY[0]), AROUND)
    assert not found.is_near
    assert found.hours == 216.0


def test_meaning_counts_across_languages() -> None:
    found = compare(BRIDGE[1], BRIDGE[0], live_story("old", BRIDGE[0]), AROUND, encoder=ConceptEncoder())
    assert found.meaning is not None
    assert found.meaning > 0.3


def test_the_question_leaves_the_other_story_as_it_is() -> None:
    around = [*AROUND, live_story("f", *FERRY[2:])]
    one = compare(FERRY[1], FERRY[0], live_story("old", FERRY[0]), around)
    assert one == compare(FERRY[1], FERRY[0], live_story("old", FERRY[0]), around)
