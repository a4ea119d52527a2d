"""Own how the evidence for a membership is told to readers: plain words first, no score, no id. Pure.

What is stored with a membership is exact and made for ``explain``; here it is said as one would say it. A part that is
not known here is told as it stands.
"""

import re

from aggregator.model import Membership
from aggregator.outputs import strings
from aggregator.outputs.content import plain

# Cosines of the nearest articles, on the recorded days: rewritten agency copy stands above .55, two reporters of one
# event between .3 and .55; below .12 they have little but names in common, as two languages have.
VERY_SIMILAR, SIMILAR, SOME = 0.55, 0.3, 0.12
SAME_MEANING = 0.4  # cosine of meaning, centred by language: reports of one event in two languages stand above
_SCORES = re.compile(r"title similarity ([\d.]+), text ([\d.]+)\Z")
_MEANING = re.compile(r"meaning (-?[\d.]+)\Z")
_AVERAGE = re.compile(r"like \d+ articles by [\d.]+ on average\Z")
_COPIED = re.compile(r"(\d+ ?%) of the text stands word for word at (.+)\Z")
_FIGURE = re.compile(r"[\W\d_]*\d[\W\d_]*\Z")  # digits and what stands around them, but no letter


def told(membership: Membership) -> str:
    """Say why an article is in its story, and how sure that is."""
    if membership.rule == "new story":
        return strings.OPENED
    if membership.rule == "override":
        return strings.BY_HAND
    if membership.rule == "parted":
        return strings.PARTED
    reason = plain(membership.reason)
    if copied := _COPIED.match(reason):
        return strings.why([strings.same_words(copied[1], copied[2])], membership.probability)
    parts = [said for part in reason.split("; ") if (said := _part(part))]
    return strings.why(parts or [plain(membership.rule)], membership.probability)


def _part(part: str) -> str:
    if part.startswith("shares "):
        words = [word for word in part.removeprefix("shares ").split(", ") if word]
        figures = [word for word in words if _FIGURE.match(word)]
        return strings.shares([word for word in words if word not in figures], figures) if words else ""
    if scores := _SCORES.match(part):
        return _wording(max(_number(scores[1]), _number(scores[2])))
    if meaning := _MEANING.match(part):
        return strings.SAME_MEANING if _number(meaning[1]) >= SAME_MEANING else ""
    return "" if _AVERAGE.match(part) else part


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _wording(score: float) -> str:
    if score >= VERY_SIMILAR:
        return strings.VERY_SIMILAR
    if score >= SIMILAR:
        return strings.SIMILAR
    return strings.SOME_WORDS if score >= SOME else strings.OTHER_WORDS
