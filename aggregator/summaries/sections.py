"""Sections of a summary: which sentences stand together, in which order, and under which heading.

Owns grouping and order; the headings themselves are :mod:`aggregator.summaries.headings`'s. Must not add or change a
sentence.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Report
from aggregator.summaries.headings import MILD, heading_of
from aggregator.summaries.pool import Candidate, language_of
from aggregator.summaries.select import Chosen
from aggregator.summaries.words import content_stems

MIN_SENTENCES, MIN_ARTICLES = 4, 2  # below, one paragraph
MAX_SECTIONS, MAX_IN_SECTION = 4, 3
MANY_ARTICLES, MIN_FOR_THREE = 6, 6  # articles, sentences from which on three sections are wanted
MAX_PARAGRAPH = 5  # sentences without a heading that are read in one go
# The section of the main sentence comes first unless another one tells this much more of the core.
_MAIN_WEIGHT = 1.2
# What a further publisher who is cited adds to a sentence, and what a text counts beside a title.
_CITED_WEIGHT, _TEXT_WEIGHT = 0.5, 0.1
# Added to the nearness of two sentences of one article: neighbours go on about the same. Shared words give 0..3.
_NEIGHBOURS, _SAME_ARTICLE = 1.2, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Chosen sentences that stand together, in reading order; ``heading`` is empty for none."""

    heading: str
    chosen: tuple[Chosen, ...]


def arrange(
    chosen: Sequence[Chosen],
    cited: Mapping[Candidate, Sequence[int]],
    spread: Mapping[str, int],
    reports: Sequence[Report],
    headline: str,
) -> list[Group]:
    """Group chosen sentences into sections with headings, or into one without.

    Args:
        chosen: Most telling first; the first opens the summary.
        cited: For each sentence the reports that it cites; only these lend their titles.
        spread: In how many reports each stem stands.
        reports: What the candidates' ``report`` points into.
        headline: Of the story; no heading repeats it.
    """
    n_articles = len({c.candidate.report for c in chosen})
    if len(chosen) < MIN_SENTENCES or n_articles < MIN_ARTICLES:
        return [Group(heading="", chosen=_in_reading_order(list(chosen)))]
    groups = [_in_reading_order(group) for group in _cluster(list(chosen), spread, len(reports))]
    groups.sort(key=lambda group: -_told(group, cited, spread, reports) * (_MAIN_WEIGHT if chosen[0] in group else 1.0))
    lang = chosen[0].candidate.lang
    used = [frozenset(content_stems(headline, lang))]
    sections = []
    for n, group in enumerate(groups):
        candidates = [c.candidate for c in group]
        heading, report = heading_of(candidates, cited, reports, used, lang)
        if not heading and (n or len(reports) >= MANY_ARTICLES):  # a plain heading is better than a long paragraph
            heading, report = heading_of(candidates, cited, reports, used, lang, rigour=MILD)
        # Under another article's heading the story's main sentence would be misread: it opens the summary by itself.
        if heading and (chosen[0] not in group or report in cited[chosen[0].candidate]):
            stems = frozenset(content_stems(heading, lang))
            used.append(stems)
            sections.append(Group(heading=heading, chosen=_fitting_first(group, stems)))
        else:
            sections.append(Group(heading="", chosen=group))
    return _joined(sections, chosen, spread, len(reports))


def _titles(reports: Sequence[Report]) -> Counter[str]:
    """Count the titles that have a stem."""
    return Counter(stem for r in reports for stem in set(content_stems(r.article.title, language_of(r.article))))


def _fitting_first(group: tuple[Chosen, ...], stems: frozenset[str]) -> tuple[Chosen, ...]:
    """Begin a section with the sentence that its heading speaks of."""
    shared = [len(stems & set(c.candidate.stems)) for c in group]
    first = max(range(len(group)), key=lambda n: (shared[n], -n))
    return (group[first], *group[:first], *group[first + 1 :]) if shared[first] > shared[0] + 1 else group


def _told(
    group: Sequence[Chosen],
    cited: Mapping[Candidate, Sequence[int]],
    spread: Mapping[str, int],
    reports: Sequence[Report],
) -> float:
    """Say how much of the story's core a group tells: its best sentence by what titles say and by who is cited for it.

    What most publishers put into their titles comes first, however late or briefly it was said; what many texts repeat
    is often background ("cooperation with the United States").
    """
    titles = _titles(reports)

    def core(one: Chosen) -> float:
        stems = sorted(set(one.candidate.stems))
        said = sum(titles[stem] + _TEXT_WEIGHT * spread.get(stem, 1) for stem in stems) / math.sqrt(max(1, len(stems)))
        publishers = len({reports[r].article.publisher for r in cited[one.candidate]})
        return said * (1 + _CITED_WEIGHT * (publishers - 1))

    return round(max(core(one) for one in group), 6)


def _joined(sections: list[Group], chosen: Sequence[Chosen], spread: Mapping[str, int], n_articles: int) -> list[Group]:
    """Give the sentences of groups without a heading a place.

    The group of the main sentence may stand without one: it opens the summary. Sentences of the others go to the
    section that they are nearest to while it stays short. What finds no place joins the opening, for which the main
    group gives up its heading: nothing but the main sentence opens a summary.
    """
    headed = {n: list(section.chosen) for n, section in enumerate(sections) if section.heading}
    opening = [c for s in sections if not s.heading and chosen[0] in s.chosen for c in s.chosen]
    for section in sections:
        for one in () if section.heading or chosen[0] in section.chosen else section.chosen:
            open_to = [n for n, members in headed.items() if len(members) <= MAX_IN_SECTION]
            if not open_to or (opening and len(opening) < MAX_IN_SECTION):
                opening.append(one)
                continue
            near = {n: max(_nearness(one, other, spread, n_articles) for other in headed[n]) for n in open_to}
            headed[max(open_to, key=lambda n: (round(near[n], 9), -n))].append(one)
    if opening and chosen[0] not in opening:
        main = next(n for n, members in headed.items() if chosen[0] in members)
        opening += headed.pop(main)
    told = [
        Group(heading=sections[n].heading, chosen=_in_reading_order(members)) for n, members in sorted(headed.items())
    ]
    return [*_opening(opening, chosen), *told]


def _opening(sentences: Sequence[Chosen], chosen: Sequence[Chosen]) -> list[Group]:
    """Make paragraphs of what stands before the first heading, none of more than ``MAX_PARAGRAPH`` sentences.

    It is told in the order of choice, most telling first (by groups it loses .7 of ROUGE-2 on long texts).
    """
    told = _in_reading_order([c for c in chosen if c in sentences])
    n_paragraphs = -(-len(told) // MAX_PARAGRAPH)
    size = -(-len(told) // max(1, n_paragraphs))
    return [Group(heading="", chosen=told[n : n + size]) for n in range(0, len(told), max(1, size))]


# ---------------------------------------------------------------- grouping


def _cluster(chosen: list[Chosen], spread: Mapping[str, int], n_articles: int) -> list[list[Chosen]]:
    """Part sentences into groups of two or three by what they share, the most telling group first.

    The nearest two groups are joined again and again until there are few enough and none has a lone sentence. ``O(n³)``
    for the dozen sentences of a summary.
    """
    n = len(chosen)
    near = [[_nearness(a, b, spread, n_articles) for b in chosen] for a in chosen]
    fewest = 3 if n_articles >= MANY_ARTICLES and n >= MIN_FOR_THREE else 2
    n_groups = min(MAX_SECTIONS, max(fewest, -(-n // MAX_IN_SECTION)))
    groups = [[i] for i in range(n)]
    while len(groups) > fewest and (len(groups) > n_groups or min(map(len, groups)) == 1):
        a, b = min(
            _joinable(groups, n_groups), key=lambda pair: (-_linkage(groups[pair[0]], groups[pair[1]], near), pair)
        )
        groups[a] = sorted(groups[a] + groups[b])
        del groups[b]
    return [[chosen[i] for i in group] for group in sorted(groups)]


def _joinable(groups: list[list[int]], n_groups: int) -> list[tuple[int, int]]:
    """List the pairs that may be joined: small ones while they last, then lone ones with any, then all."""
    pairs = [(a, b) for a in range(len(groups)) for b in range(a + 1, len(groups))]
    fitting = [p for p in pairs if len(groups[p[0]]) + len(groups[p[1]]) <= MAX_IN_SECTION]
    if len(groups) <= n_groups:
        fitting = [p for p in fitting if 1 in (len(groups[p[0]]), len(groups[p[1]]))]
    if fitting:
        return fitting
    smallest = min(len(groups[a]) + len(groups[b]) for a, b in pairs)
    return [p for p in pairs if len(groups[p[0]]) + len(groups[p[1]]) == smallest]


def _linkage(one: Sequence[int], other: Sequence[int], near: list[list[float]]) -> float:
    return round(sum(near[i][j] for i in one for j in other) / (len(one) * len(other)), 9)


def _nearness(one: Chosen, other: Chosen, spread: Mapping[str, int], n_articles: int) -> float:
    """Compare by shared stems, those that the whole story has counting little; one article's sentences are nearer."""
    mine, theirs = set(one.candidate.stems), set(other.candidate.stems)
    shared = sum(sorted(math.log((n_articles + 1) / spread.get(stem, 1)) for stem in mine & theirs))
    score = float(shared / math.sqrt(1 + min(len(mine), len(theirs))))
    if one.candidate.report == other.candidate.report:
        gap = abs(one.candidate.position - other.candidate.position)
        score += _NEIGHBOURS if gap == 1 else _SAME_ARTICLE
    return score


def _in_reading_order(group: list[Chosen]) -> tuple[Chosen, ...]:
    """Put what opens an article before what follows in one, else the most telling first; no article is turned round."""
    ordered = sorted(group, key=lambda one: one.candidate.position > 0)
    for i in range(len(ordered)):
        for j in range(i + 1, len(ordered)):
            a, b = ordered[i].candidate, ordered[j].candidate
            if a.report == b.report and a.position > b.position:
                ordered[i], ordered[j] = ordered[j], ordered[i]
    return tuple(ordered)
