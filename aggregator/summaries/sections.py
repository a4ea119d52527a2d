"""Sections of a summary: which sentences stand together, in which order, and under which heading.

Owns grouping and order; the headings themselves are :mod:`aggregator.summaries.headings`'s. Must not add or change a
sentence.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Report
from aggregator.summaries.headings import NO_HEADING, Heading, gather
from aggregator.summaries.plan import Part, Sheet, plan
from aggregator.summaries.pool import Candidate, language_of
from aggregator.summaries.select import Chosen
from aggregator.summaries.words import content_stems

MIN_SENTENCES, MIN_ARTICLES = 4, 2  # below, one paragraph
MAX_SECTIONS, MAX_IN_SECTION = 4, 3
MAX_PARAGRAPH = 4  # sentences without a heading that are read in one go
# What a further publisher who is cited adds to a sentence, and what a text counts beside a title.
_CITED_WEIGHT, _TEXT_WEIGHT = 0.5, 0.1
# Added to the nearness of two sentences of one article: neighbours go on about the same. Shared words give 0..3.
_NEIGHBOURS, _SAME_ARTICLE = 1.2, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Chosen sentences that stand together, in reading order; ``heading`` is empty for none."""

    heading: str
    chosen: tuple[Chosen, ...]


def arrange(
    chosen: Sequence[Chosen],
    cited: Mapping[Candidate, Sequence[int]],
    pool: Sequence[Candidate],
    reports: Sequence[Report],
    headline: str,
) -> list[Group]:
    """Group chosen sentences into sections with headings, or into one without.

    Args:
        chosen: Most telling first; the first opens the summary.
        cited: For each sentence the reports that it cites; only these lend their titles.
        pool: All fit sentences: what is in many of them parts nothing, and some lend a clause to a heading.
        reports: What the candidates' ``report`` points into.
        headline: Of the story; no heading repeats it.
    """
    units = _units(chosen)
    if len(chosen) < MIN_SENTENCES or len({c.candidate.report for c in chosen}) < MIN_ARTICLES:
        return [Group(heading="", chosen=_in_reading_order(units, NO_HEADING))]
    lang = chosen[0].candidate.lang
    spread = _spread(pool)
    sheet = Sheet(
        units=units,
        near=_nearnesses(chosen, spread, len(reports)),
        clauses=gather({c.candidate: cited[c.candidate] for c in chosen}, pool, reports, headline, lang),
        cited=cited,
        reports=reports,
        lang=lang,
        spread=spread,
    )
    opening, parts = plan(sheet, max_sections=MAX_SECTIONS, max_in_section=MAX_IN_SECTION)
    titles = _titles(reports)

    def told(part: Part) -> float:
        return max(_core(one, titles, cited, spread, reports) for unit in part.units for one in unit)

    groups = sorted(parts, key=lambda part: (units[0] not in part.units, -told(part)))  # the main sentence first
    headed = [Group(heading=p.heading.text, chosen=_in_reading_order(p.units, p.heading)) for p in groups]
    return [*_paragraphs(opening), *headed]


def _units(chosen: Sequence[Chosen]) -> list[tuple[Chosen, ...]]:
    """Put each sentence that leans on another behind it; what belongs together is moved together."""
    by_place = {(c.candidate.report, c.candidate.position): c for c in chosen}
    units = []
    for one in chosen:
        if one.candidate.leans and (one.candidate.report, one.candidate.position - 1) in by_place:
            continue
        unit = [one]
        while (then := by_place.get((one.candidate.report, unit[-1].candidate.position + 1))) and then.candidate.leans:
            unit.append(then)
        units.append(tuple(unit))
    return units


def _spread(pool: Sequence[Candidate]) -> dict[str, int]:
    """Count for each stem the reports whose sentences have it."""
    reports: dict[str, set[int]] = {}
    for candidate in pool:
        for stem in candidate.stems:
            reports.setdefault(stem, set()).add(candidate.report)
    return {stem: len(found) for stem, found in reports.items()}


def _titles(reports: Sequence[Report]) -> Counter[str]:
    """Count the titles that have a stem."""
    return Counter(stem for r in reports for stem in set(content_stems(r.article.title, language_of(r.article))))


def _core(
    one: Chosen,
    titles: Counter[str],
    cited: Mapping[Candidate, Sequence[int]],
    spread: Mapping[str, int],
    reports: Sequence[Report],
) -> float:
    """Say how much of the story's core a sentence tells: by what titles say, and by who is cited for it.

    What most publishers put into their titles comes first, however late or briefly it was said; what many texts repeat
    is often background ("cooperation with the United States").
    """
    stems = sorted(set(one.candidate.stems))
    said = sum(titles[stem] + _TEXT_WEIGHT * spread.get(stem, 1) for stem in stems) / math.sqrt(max(1, len(stems)))
    publishers = len({reports[r].article.publisher for r in cited[one.candidate]})
    return round(said * (1 + _CITED_WEIGHT * (publishers - 1)), 6)


def _nearnesses(
    chosen: Sequence[Chosen], spread: Mapping[str, int], n_articles: int
) -> dict[tuple[Chosen, Chosen], float]:
    return {(a, b): _nearness(a, b, spread, n_articles) for a in chosen for b in chosen if a is not b}


def _nearness(one: Chosen, other: Chosen, spread: Mapping[str, int], n_articles: int) -> float:
    """Compare by shared stems, those that the whole story has counting little; one article's sentences are nearer."""
    mine, theirs = set(one.candidate.stems), set(other.candidate.stems)
    shared = sum(sorted(math.log((n_articles + 1) / spread.get(stem, 1)) for stem in mine & theirs))
    score = float(shared / math.sqrt(1 + min(len(mine), len(theirs))))
    if one.candidate.report == other.candidate.report:
        gap = abs(one.candidate.position - other.candidate.position)
        score += _NEIGHBOURS if gap == 1 else _SAME_ARTICLE
    return score


# ---------------------------------------------------------------- order


def _paragraphs(units: Sequence[tuple[Chosen, ...]]) -> list[Group]:
    """Make paragraphs of what stands before the first heading, none of more than ``MAX_PARAGRAPH`` sentences.

    It is told in the order of choice, most telling first (by groups it loses .7 of ROUGE-2 on long texts).
    """
    told = _in_reading_order(units, NO_HEADING)
    n_paragraphs = -(-len(told) // MAX_PARAGRAPH)
    size = -(-len(told) // max(1, n_paragraphs))
    groups: list[list[Chosen]] = []
    for one in told:
        # What leans stays behind what it leans on, even if the paragraph grows by it.
        if not groups or (len(groups[-1]) >= size and not one.candidate.leans):
            groups.append([])
        groups[-1].append(one)
    return [Group(heading="", chosen=tuple(group)) for group in groups]


def _in_reading_order(units: Sequence[tuple[Chosen, ...]], heading: Heading) -> tuple[Chosen, ...]:
    """Put what opens an article before what follows in one, else the most telling first; no article is turned round.

    What the heading speaks of comes first, and what stands together in an article stays together.
    """
    ordered = sorted(units, key=lambda unit: unit[0].candidate.position > 0)
    if heading.stems and ordered:
        shared = [max(len(heading.stems & set(c.candidate.stems)) for c in unit) for unit in ordered]
        first = max(range(len(ordered)), key=lambda n: (shared[n], -n))
        if shared[first] > shared[0] + 1:
            ordered.insert(0, ordered.pop(first))
    for i in range(len(ordered)):
        for j in range(i + 1, len(ordered)):
            a, b = ordered[i][0].candidate, ordered[j][0].candidate
            if a.report == b.report and a.position > b.position:
                ordered[i], ordered[j] = ordered[j], ordered[i]
    told: list[tuple[Chosen, ...]] = []
    for unit in ordered:
        begins = (unit[0].candidate.report, unit[0].candidate.position)
        at = next(
            (n for n, u in enumerate(told, 1) if (u[-1].candidate.report, u[-1].candidate.position + 1) == begins), 0
        )
        told.insert(at or len(told), unit)
    return tuple(one for unit in told for one in unit)
