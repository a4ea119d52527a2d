"""Headings of sections: a clause of a cited title or sentence that says what its section says.

Owns which clauses there are and which one says most of a section; where a text may be cut is
:mod:`aggregator.summaries.clauses`'s. A heading passes the gate; where none is good there is none. Must not group or
order sentences; that is :mod:`aggregator.summaries.sections`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Report
from aggregator.summaries.clauses import clauses, title_case
from aggregator.summaries.gate import check
from aggregator.summaries.headline import clean_title
from aggregator.summaries.pool import Candidate, language_of
from aggregator.summaries.words import content_stems

# Of a heading's content this much must stand in its section's sentences: it has to say what they say.
_COVERED = 0.5
_COVERED_BY_TITLE = 0.34  # a title is its writer's own summary and may use other words
# Titles are written to stand over a text. One of an article that the section does not cite is its second choice.
_TITLE_BONUS, _OTHER_TITLE_BONUS, _WHOLE_BONUS = 2.0, 1.5, 1.15
_UNREAD_SENTENCES = 8  # of an article, from its start, that lend clauses without standing in the summary themselves
# A heading with this much of the headline or of another heading says nothing. With .8 more sections had one, and
# readers read the headline three times.
_REPEATED, _ALIKE = 0.6, 0.5
# A clause with more than this of a sentence below it repeats it: the reader would read the words twice.
_COMPRESSED, _FRESH = 0.67, 1.2  # a clause counts less, the more of a sentence below it has
_MIN_STEMS, _MIN_STEMS_OF_TITLE = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A piece that could be a heading.

    Attributes:
        report: The article that says it.
        origin: The chosen sentence that it is of; ``None``: a title, or a sentence that was not chosen.
        stems: Of its content words.
        bonus: What its kind is worth.
        is_title: It is of a title, of this or of another article of the story.
    """

    text: str
    report: int
    origin: Candidate | None
    stems: frozenset[str]
    bonus: float
    is_title: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and the report that says it."""

    text: str
    report: int
    stems: frozenset[str]


NO_HEADING = Heading(text="", report=-1, stems=frozenset())


def gather(
    cited: Mapping[Candidate, Sequence[int]],
    pool: Sequence[Candidate],
    reports: Sequence[Report],
    headline: str,
    lang: str,
) -> list[Clause]:
    """List the clauses that could head a section of a summary, in a fixed order.

    Args:
        cited: For each chosen sentence the reports that it cites; only these may lend a heading.
        pool: All fit sentences; those of cited articles lend clauses, too.
        reports: What ``cited`` points into.
        headline: Of the story; what says it again is left out.
        lang: Of the summary.
    """
    lenders = sorted({r for found in cited.values() for r in found})
    found: list[Clause] = []
    for report in lenders:
        title = clean_title(reports[report].article)
        found += _of_text(title, report, None, lang, bonus=_TITLE_BONUS, is_title=True)
    found += _of_other_titles(lenders, reports, lang)
    for candidate in cited:
        found += _of_text(candidate.text, candidate.report, candidate, lang, bonus=1.0)
    for candidate in pool:
        if candidate.report in lenders and candidate not in cited and candidate.position < _UNREAD_SENTENCES:
            found += _of_text(candidate.text, candidate.report, None, lang, bonus=1.0)
    told = frozenset(content_stems(headline, lang))
    return [
        clause
        for clause in found
        if len(clause.stems) >= (_MIN_STEMS_OF_TITLE if clause.is_title else _MIN_STEMS)
        and not repeats(clause.stems, told)
    ]


def repeats(stems: frozenset[str], told: frozenset[str]) -> bool:
    """Tell whether a heading says again what the headline says."""
    return len(stems & told) >= _REPEATED * len(stems)


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two headings say the same."""
    return len(one & other) >= _ALIKE * min(len(one), len(other))


def _of_text(
    text: str, report: int, origin: Candidate | None, lang: str, *, bonus: float, is_title: bool = False
) -> list[Clause]:
    return [
        Clause(
            text=piece,
            report=report,
            origin=origin,
            stems=frozenset(content_stems(piece, lang)),
            bonus=bonus * (_WHOLE_BONUS if is_whole else 1.0),
            is_title=is_title,
        )
        for piece, is_whole in clauses(text, is_title=is_title)
    ]


def _of_other_titles(lenders: Sequence[int], reports: Sequence[Report], lang: str) -> list[Clause]:
    """Lend the titles of the story to those cited articles that have all of their words; the gate decides later."""
    words = {
        r: frozenset(content_stems(f"{reports[r].article.title} {reports[r].article.text}", lang)) for r in lenders
    }
    found = []
    for other, report in enumerate(reports):
        if language_of(report.article) != lang:
            continue
        for clause in _of_text(clean_title(report.article), other, None, lang, bonus=_OTHER_TITLE_BONUS, is_title=True):
            found += [
                Clause(
                    text=clause.text,
                    report=lender,
                    origin=None,
                    stems=clause.stems,
                    bonus=clause.bonus,
                    is_title=True,
                )
                for lender in lenders
                if lender != other and clause.stems <= words[lender]
            ]
    return found


def headings_of(
    group: Sequence[Candidate], cited: Mapping[Candidate, Sequence[int]], found: Sequence[Clause]
) -> list[tuple[float, Clause]]:
    """Rank the clauses that say what a group of sentences says, best first; none of them has passed the gate yet."""
    weights = Counter(stem for candidate in group for stem in set(candidate.stems))
    told = sum(weights.values())
    citing = Counter(r for candidate in group for r in cited[candidate])
    ranked = []
    for clause in found:
        said = 0.0 if clause.is_title else max(len(clause.stems & set(c.stems)) / len(set(c.stems)) for c in group)
        if clause.report not in citing or said > _COMPRESSED or _is_read_twice(clause, group):
            continue
        covered = sum(stem in weights for stem in clause.stems) / len(clause.stems)
        if covered < (_COVERED_BY_TITLE if clause.is_title else _COVERED):
            continue
        score = covered * sum(weights[stem] for stem in clause.stems) / told * clause.bonus * (_FRESH - said)
        ranked.append((score * (citing[clause.report] / len(group) if clause.is_title else 1.0), clause))
    ranked.sort(key=lambda one: (-round(one[0], 9), one[1].report, one[1].text))
    return ranked


def _is_read_twice(clause: Clause, group: Sequence[Candidate]) -> bool:
    """Tell whether a sentence below a heading, or elsewhere in the summary, says its very words."""
    if clause.origin is not None and clause.origin not in group:
        return True
    return clause.is_title and any(clause.stems >= set(c.stems) for c in group)


def heading_from(clause: Clause, reports: Sequence[Report], lang: str) -> Heading:
    """Make a heading of a clause that the gate lets through; else :data:`NO_HEADING`."""
    if not check(clause.text, reports[clause.report].article).is_supported:
        return NO_HEADING
    text = title_case(clause.text) if lang == "en" else clause.text
    return Heading(text=text, report=clause.report, stems=clause.stems)
