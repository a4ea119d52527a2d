"""The plan of a summary: which of its sentences open it, and which stand under which heading.

Owns the search for the best division. A division is good where sentences that stand together speak of the same, where a
heading says what is below it, and where few sentences are left for the opening. Must not order what it divides.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from aggregator.model import Report
from aggregator.summaries.headings import NO_HEADING, Clause, Heading, are_alike, heading_from, headings_of
from aggregator.summaries.pool import Candidate
from aggregator.summaries.select import Chosen

Unit = tuple[Chosen, ...]
MIN_IN_SECTION = 2
# What a heading is worth beside the nearness of the sentences below it (0..3 each), and what a sentence costs that
# stands under none. Set by reading 60 stories of six and more articles.
_HEADING, _UNPLACED = 2.0, 1.0
# A sentence is at home in a section from this nearness on; what each missing point costs.
_RELATED, _STRANGER = 1.0, 2.0
_OPENING_SIZE, _LONG_OPENING = 3, 1.5  # sentences of a good opening; what each further one costs
_TRIES = 30  # divisions in which two headings said the same, or the gate refused one; then fewer have to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a plan is made from.

    Attributes:
        units: Sentences that cannot be parted, most telling first; the first opens the summary.
        near: How near two sentences are, 0..3.
        clauses: What could be a heading.
        cited: For each sentence the reports that it cites.
        reports: What ``cited`` points into.
        lang: Of the summary.
        spread: In how many reports each stem stands.
    """

    units: Sequence[Unit]
    near: Mapping[tuple[Chosen, Chosen], float]
    clauses: Sequence[Clause]
    cited: Mapping[Candidate, Sequence[int]]
    reports: Sequence[Report]
    lang: str
    spread: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Units that stand under a heading."""

    heading: Heading
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Option:
    """A part that could be: its units as bits, its clauses in order of fitness, and what it is worth."""

    mask: int
    ranked: list[tuple[float, Clause]]
    worth: float


def plan(sheet: Sheet, *, max_sections: int, max_in_section: int) -> tuple[list[Unit], list[Part]]:
    """Divide the sentences of a summary.

    Returns:
        The units that open the summary without a heading, in the order of ``sheet.units``, and the parts with one.
        Cost: exponential in the sentences, of which there are a dozen at most: 2,000 divisions.
    """
    options = _options(sheet, max_in_section)
    said: dict[Clause, Heading] = {}  # what the gate has answered
    for _ in range(_TRIES):
        best = _best(options, sheet.units, max_sections)
        parts, refused = _headed(best, sheet, said)
        if not refused:
            break
        options = [o for o in (_without(o, refused, sheet) for o in options) if o.ranked]
    placed = [unit for part in parts for unit in part.units]
    return [unit for unit in sheet.units if unit not in placed], parts


def _members(mask: int, units: Sequence[Unit]) -> tuple[Unit, ...]:
    return tuple(unit for n, unit in enumerate(units) if mask >> n & 1)


def _options(sheet: Sheet, max_in_section: int) -> list[_Option]:
    """List the parts that could be: two or three sentences that a clause can head."""
    found = []
    for size in range(1, max_in_section + 1):
        for chosen in combinations(range(len(sheet.units)), size):
            n_sentences = sum(len(sheet.units[n]) for n in chosen)
            if not MIN_IN_SECTION <= n_sentences <= max_in_section:
                continue
            mask = sum(1 << n for n in chosen)
            sentences = [one for n in chosen for one in sheet.units[n]]
            ranked = headings_of([one.candidate for one in sentences], sheet.cited, sheet.clauses)
            if 0 in chosen:  # the story's main sentence opens it; under a heading of something else it is misread
                ranked = [one for one in ranked if _is_of_main(one[1], sentences, sheet)]
            if ranked:
                found.append(_Option(mask=mask, ranked=ranked, worth=_worth(sentences, ranked[0], sheet)))
    return found


def _is_of_main(clause: Clause, sentences: Sequence[Chosen], sheet: Sheet) -> bool:
    """Tell whether a clause is of an article that the main sentence cites, and speaks of that one as much as of any."""
    main = sheet.units[0][0].candidate
    shared = len(clause.stems & set(main.stems))
    return clause.report in sheet.cited[main] and all(
        len(clause.stems & set(s.candidate.stems)) <= shared for s in sentences
    )


def _worth(sentences: Sequence[Chosen], best: tuple[float, Clause], sheet: Sheet) -> float:
    """Reckon what a part is worth: how near its sentences are to each other and to its heading, and how it fits."""
    links = [
        max(sheet.near[one, other] for other in sentences if other is not one) + _shared(best[1].stems, one, sheet)
        for one in sentences
    ]
    strangers = sum(max(0.0, _RELATED - link) for link in links)
    return round(sum(links) - _STRANGER * strangers + _HEADING * (1 + best[0]), 6)


def _shared(stems: frozenset[str], one: Chosen, sheet: Sheet) -> float:
    """Compare a heading with a sentence below it, as two sentences are compared."""
    mine = stems & set(one.candidate.stems)
    shared = sum(sorted(math.log((len(sheet.reports) + 1) / sheet.spread.get(stem, 1)) for stem in mine))
    return float(shared / math.sqrt(1 + min(len(stems), len(one.candidate.stems))))


def _best(options: Sequence[_Option], units: Sequence[Unit], max_sections: int) -> list[_Option]:
    """Find the division that is worth most; ties go to the one that comes first."""
    by_first: dict[int, list[_Option]] = {}
    for option in options:
        by_first.setdefault((option.mask & -option.mask).bit_length() - 1, []).append(option)
    n_units = len(units)

    @cache
    def search(at: int, taken: int, n_left: int, n_open: int) -> tuple[float, tuple[_Option, ...]]:
        while at < n_units and taken >> at & 1:
            at += 1
        if at == n_units:
            return 0.0, ()
        best: tuple[float, tuple[_Option, ...]] = (-math.inf, ())
        if not at or n_open:  # where the main sentence has a heading, nothing stands before it: all others have one
            n_then = n_open + len(units[at])
            cost = _LONG_OPENING * (max(0, n_then - _OPENING_SIZE) - max(0, n_open - _OPENING_SIZE))
            # The main sentence opens a summary well without a heading, which then has one section less.
            cost += _UNPLACED * len(units[at]) if at else 0.0
            value, rest = search(at + 1, taken, n_left if at else n_left - 1, n_then)
            best = (round(value - cost, 6), rest)
        for option in by_first.get(at, ()) if n_left else ():
            if not option.mask & taken:
                value, rest = search(at + 1, taken | option.mask, n_left - 1, n_open)
                if value + option.worth > best[0] + 1e-6:
                    best = (round(value + option.worth, 6), (option, *rest))
        return best

    return list(search(0, 0, max_sections, 0)[1])


def _headed(
    best: Sequence[_Option], sheet: Sheet, said: dict[Clause, Heading]
) -> tuple[list[Part], set[tuple[int, Clause]]]:
    """Give each part its heading, the worthiest first; name the parts and clauses that do not go together.

    A clause that the gate refuses is named with no part: none can have it.
    """
    parts: list[Part] = []
    refused: set[tuple[int, Clause]] = set()
    for option in sorted(best, key=lambda o: (-o.worth, o.mask)):
        clause = option.ranked[0][1]
        if clause not in said:
            said[clause] = heading_from(clause, sheet.reports, sheet.lang)
        if said[clause] is NO_HEADING:
            refused.add((0, clause))
        elif any(are_alike(clause.stems, part.heading.stems) for part in parts):
            refused.add((option.mask, clause))
        else:
            parts.append(Part(heading=said[clause], units=_members(option.mask, sheet.units)))
    return parts, refused


def _without(option: _Option, refused: set[tuple[int, Clause]], sheet: Sheet) -> _Option:
    """Take clauses off a part that they cannot head; its next one takes their place."""
    ranked = [one for one in option.ranked if not refused & {(0, one[1]), (option.mask, one[1])}]
    if len(ranked) == len(option.ranked):
        return option
    if not ranked:
        return _Option(mask=option.mask, ranked=[], worth=0.0)
    sentences = [one for unit in _members(option.mask, sheet.units) for one in unit]
    return _Option(mask=option.mask, ranked=ranked, worth=_worth(sentences, ranked[0], sheet))
