"""What a model answered: is it the form asked for, and does its evidence say it?

Owns the judgement of every section and sentence that a model writes. Pure. Must not repair: an odd answer is a bad one,
a sentence that its evidence does not support gives way to the evidence, and too many of those spoil the whole.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from aggregator.model import Dropped
from aggregator.summaries.gate import check
from aggregator.summaries.pool import Candidate
from aggregator.summaries.sections import MAX_IN_SECTION, MAX_SECTIONS
from aggregator.summaries.select import MAX_SENTENCES
from aggregator.summaries.write import Told, Work

MAX_FAILING = 1 / 3  # of an answer's sentences; above, the whole answer is distrusted
MAX_HEADING_WORDS, MAX_SENTENCE_WORDS = 12, 60
# Nothing of this stands in a news sentence that an editor passed on: addresses, markup, fences, a model's own voice.
_FOREIGN = re.compile(
    r"(?i)https?:|www\.|\b[\w-]+\.(?:com|net|org|info|io|ru|cn)/|[\[\]{}<>`|\\]|\*\*|^\s*(?:#|-|\*|\d+[.)]\s)|"
    r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069]|"
    r"\b(?:as an ai|language model|i (?:cannot|can't|will|should|must|need to|have to|think)\b|let me|wait,|wait\b[.!]|"
    r"actually,|correction:|scratch that|sorry|my mistake|on second thought|to summari[sz]e|here (?:is|are) the|"
    r"evidence (?:sentence|\d)|sentence \d|boundary|the user|system prompt|instructions?:|note:|ignore (?:all|the|any))"
)


class NotWrittenError(Exception):
    """The model's summary cannot be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that the model may use, and the reports that say it, its own first."""

    candidate: Candidate
    cited: tuple[int, ...]


@dataclass(slots=True)
class Draft:
    """An answer on its way to a summary.

    Attributes:
        told: What stands so far.
        dropped: What was refused, with the reasons.
        used: Texts that stand already.
    """

    told: list[Told] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    n_sentences: int = 0
    n_failing: int = 0


Written = tuple[str, list[tuple[str, list[int]]]]


def parse(answer: str) -> list[Written]:
    """Read an answer whose form is trusted no more than its words. Nothing is repaired: an odd answer is a bad one."""
    try:
        sections = json.loads(answer)["sections"]
        read = [
            (
                str(s["heading"]) if s.get("heading") else "",
                [(one["text"], list(one["evidence"])) for one in s["sentences"]],
            )
            for s in sections
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotWrittenError("the answer is not the JSON asked for") from error
    sentences = [one for _, told in read for one in told]
    if not 1 <= len(sentences) <= MAX_SENTENCES or len(read) > MAX_SECTIONS:
        raise NotWrittenError(f"the answer has {len(read)} sections and {len(sentences)} sentences")
    if any(len(told) > MAX_IN_SECTION + 1 or not told for _, told in read):
        raise NotWrittenError("a section of the answer has too many sentences or none")
    for text, ids in sentences:
        if not isinstance(text, str) or not all(type(n) is int for n in ids):
            raise NotWrittenError("the answer is not the JSON asked for")
    return read


def judge(sections: Sequence[Written], evidence: Sequence[Evidence], work: Work) -> Draft:
    """Keep what the gate lets through, put evidence in the place of the rest, give up where that is too much."""
    draft = Draft()
    for heading, sentences in sections:
        told: list[tuple[str, str, tuple[int, ...]]] = []
        for text, ids in sentences:
            draft.n_sentences += 1
            told += _sentence(" ".join(text.split()), ids, evidence, work, draft)
        if not told:
            continue
        kept = _heading(heading, told, work, draft)
        if kept or not draft.told:
            draft.told.append(Told(heading=kept, sentences=tuple(told)))
        else:
            last = draft.told[-1]
            draft.told[-1] = Told(heading=last.heading, sentences=(*last.sentences, *told))
    if draft.n_failing > MAX_FAILING * draft.n_sentences:
        raise NotWrittenError(f"{draft.n_failing} of {draft.n_sentences} sentences are not in their evidence")
    if not draft.told:
        raise NotWrittenError("nothing of the answer is left")
    return draft


def _sentence(
    text: str, ids: Sequence[int], evidence: Sequence[Evidence], work: Work, draft: Draft
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Give a sentence with the reports that say it, or the evidence that it was made from, or nothing."""
    known = [evidence[n - 1] for n in dict.fromkeys(ids) if 1 <= n <= len(evidence)]
    reason = "" if known and len(known) == len(set(ids)) else "it names evidence that does not exist"
    reason = reason or _offence(text)
    if not reason and text in draft.used:
        return []
    if not reason:
        reports = tuple(dict.fromkeys(r for one in known for r in one.cited))
        findings = {r: check(text, work.reports[r].article).reasons for r in reports}
        cited = tuple(r for r in reports if not findings[r])
        if cited:
            draft.used.add(text)
            return [(text, known[0].candidate.lang, cited)]
        reason = "; ".join(findings[reports[0]])
    draft.n_failing += 1
    draft.dropped.append(Dropped(text=text[:300], reason=f"model: {reason}"))
    told = []
    for one in known:
        if one.candidate.text not in draft.used:
            draft.used.add(one.candidate.text)
            told.append((one.candidate.text, one.candidate.lang, one.cited))
    return told


def _offence(text: str) -> str:
    """Say what a sentence has that no news sentence has; "": nothing."""
    if not text or len(text.split()) > MAX_SENTENCE_WORDS:
        return "it is empty or far too long"
    found = _FOREIGN.search(text)
    return f"it has “{found.group().strip() or 'a control character'}”" if found else ""


def _heading(heading: str, told: Sequence[tuple[str, str, tuple[int, ...]]], work: Work, draft: Draft) -> str:
    """Keep a heading that an article cited below it supports; "" otherwise."""
    heading = " ".join(heading.split()).rstrip(".")
    if not heading:
        return ""
    reason = _offence(heading) or ("it is too long" if len(heading.split()) > MAX_HEADING_WORDS else "")
    cited = dict.fromkeys(r for _, _, reports in told for r in reports)
    if not reason and any(check(heading, work.reports[r].article).is_supported for r in cited):
        return heading
    draft.dropped.append(Dropped(text=heading[:300], reason=f"model: heading: {reason or 'no cited article says it'}"))
    return ""
