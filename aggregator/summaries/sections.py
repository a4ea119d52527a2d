"""Sections of a summary: which sentences stand together, in which order, and under which heading.

Owns grouping and order; the headings themselves are :mod:`aggregator.summaries.headings`'s. Must not add or change a
sentence.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregator.model import Report
from aggregator.summaries.headings import heading_of
from aggregator.summaries.pool import Candidate
from aggregator.summaries.select import Chosen
from aggregator.summaries.words import content_stems

MIN_SENTENCES, MIN_ARTICLES = 4, 2  # below, one paragraph
MAX_SECTIONS, MAX_IN_SECTION = 4, 3
_CITED_WEIGHT = 0.5  # of a further publisher who is cited, beside the publishers per word (1 and more)
# Added to the nearness of two sentences of one article: neighbours go on about the same. Shared words give 0..3.
_NEIGHBOURS, _SAME_ARTICLE = 0.9, 0.5


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
    groups.sort(key=lambda group: -_told(group, cited, spread, reports))
    lang = chosen[0].candidate.lang
    used = [frozenset(content_stems(headline, lang))]
    sections = []
    for group in groups:
        heading = heading_of([c.candidate for c in group], cited, reports, used, lang)
        if heading:
            used.append(frozenset(content_stems(heading, lang)))
        sections.append(Group(heading=heading, chosen=group))
    return _joined(sections, chosen)


def _told(
    group: Sequence[Chosen],
    cited: Mapping[Candidate, Sequence[int]],
    spread: Mapping[str, int],
    reports: Sequence[Report],
) -> float:
    """Say how much of a group is told by how many: its best sentence's words, and who else is cited for its sentences.

    What most publishers tell is the story's core and comes first, however late it was said.
    """
    shares = [sum(spread.get(stem, 1) for stem in c.candidate.stems) / max(1, len(c.candidate.stems)) for c in group]
    publishers = [len({reports[r].article.publisher for r in cited[c.candidate]}) for c in group]
    return round(max(shares) + _CITED_WEIGHT * sum(n - 1 for n in publishers) / len(group), 6)


def _joined(sections: list[Group], chosen: Sequence[Chosen]) -> list[Group]:
    """Give the sentences of groups without a heading a place.

    They open the summary where the first group has no heading. Else they follow the last headed group while that stays
    short; where it would not, the first group gives its heading up and becomes the opening. An opening is told in the
    order of choice, most telling first (by groups it loses .7 of ROUGE-2 on long texts).
    """
    headed = [section for section in sections if section.heading]
    rest = [c for section in sections if not section.heading for c in section.chosen]
    if not rest:
        return headed
    if not sections[0].heading:
        return [_opening(rest, chosen), *headed]
    last = headed[-1]
    if len(last.chosen) + len(rest) <= MAX_IN_SECTION + 1:
        return [*headed[:-1], Group(heading=last.heading, chosen=(*last.chosen, *rest))]
    return [_opening([*headed[0].chosen, *rest], chosen), *headed[1:]]


def _opening(sentences: Sequence[Chosen], chosen: Sequence[Chosen]) -> Group:
    return Group(heading="", chosen=_in_reading_order([c for c in chosen if c in sentences]))


# ---------------------------------------------------------------- grouping


def _cluster(chosen: list[Chosen], spread: Mapping[str, int], n_articles: int) -> list[list[Chosen]]:
    """Part sentences into groups of two or three by what they share, the most telling group first.

    The nearest two groups are joined again and again until there are few enough and none has a lone sentence. ``O(n³)``
    for the dozen sentences of a summary.
    """
    n = len(chosen)
    near = [[_nearness(a, b, spread, n_articles) for b in chosen] for a in chosen]
    n_groups = min(MAX_SECTIONS, max(2, -(-n // MAX_IN_SECTION)))
    groups = [[i] for i in range(n)]
    while len(groups) > 2 and (len(groups) > n_groups or min(map(len, groups)) == 1):
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
    """Keep the most telling first; sentences of one article stand in its order behind each other's place."""
    ordered = list(group)
    for i in range(len(ordered)):
        for j in range(i + 1, len(ordered)):
            a, b = ordered[i].candidate, ordered[j].candidate
            if a.report == b.report and a.position > b.position:
                ordered[i], ordered[j] = ordered[j], ordered[i]
    return tuple(ordered)
