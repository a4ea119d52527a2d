"""What a reader is told of a membership: words, no score."""

import pytest

from aggregator.model import Membership
from aggregator.outputs import strings
from aggregator.outputs.pages.evidence import told


@pytest.mark.parametrize(
    ("rule", "said"),
    [("new story", strings.OPENED), ("override", strings.BY_HAND), ("parted", strings.PARTED)],
)
def test_a_rule_that_needs_no_evidence_has_its_sentence(rule: str, said: str) -> None:
    reason = "its part of the story abc fits the rest with a mean probability of only 0.12"
    assert told(Membership(article_id="a", story_id="s", rule=rule, probability=0.88, reason=reason)) == said
