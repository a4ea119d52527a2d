"""Write a story as cited prose, from its own articles only.

Owns the order of the steps, the citations and the numbers of the sources. Every sentence is a verbatim slice of an
article, so its first citation is right by construction; every further one has passed the gate. Same reports, same
summary, whatever order they come in. Must not read a clock or the network.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from aggregator.model import Also, Article, CitedSource, Dropped, Report, Section, Sentence, Summary
from aggregator.summaries.gate import check
from aggregator.summaries.headline import headline_of
from aggregator.summaries.pool import MAX_CHARACTERS, Candidate, candidates, count_words, language_of
from aggregator.summaries.sections import arrange
from aggregator.summaries.select import Chosen, PassedOver, choose
from aggregator.summaries.words import content_stems, is_content
from aggregator.text import tokens

_NO_NUMBERS: Mapping[str, int] = {}
UNTITLED = "Untitled"  # a story of articles without any text; feeds with images only have them
MAX_CITATIONS = 6  # of one sentence; more only repeat that everyone says it
MAX_TITLES = 3  # of a story whose feeds carry titles only: in other words they all say the same
# Articles of one language from which on one is left out that has none of the words of two titles in five in its title
# and fewer than two in its text. Over 120 labelled stories of five and more, with a stranger put into 91 of them, that
# found 72 of the strangers and lost 11 of 520 articles with texts (and 87 of 1,382 that are titles only).
MIN_FOR_OUTSIDERS, _CORE_SHARE, _MIN_CORE = 5, 0.4, 2
# Of the content words, unstemmed, that a second source must share. Below, hand-judged support falls off.
_SAME_WORDS = 0.72
_MIN_SAID = 4  # content words of a sentence that another article may be cited for; fewer ("He is a judge") must
# stand there word for word.
# Words with a capital, as written: a reader who looks a name up in the source must find it there.
_NAMES = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]*[^\W\da-z_][^\W_]*(?:['’.,&-][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How a summary came about, for those who ask.

    Attributes:
        reports: In the order that ``report`` indexes point into.
        chosen: What was taken, the most telling first.
        passed: Fit sentences that were not taken.
        cited: For each sentence that was taken the reports it cites, its own first.
    """

    reports: tuple[Report, ...]
    chosen: tuple[Chosen, ...] = ()
    passed: tuple[PassedOver, ...] = ()
    cited: Mapping[Candidate, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A section before its sources have numbers: each sentence with its language and the reports it cites."""

    heading: str
    sentences: tuple[tuple[str, str, tuple[int, ...]], ...]


def assemble(
    told: Sequence[Told],
    reports: Sequence[Report],
    *,
    numbers: Mapping[str, int],
    headline: str,
    lang: str,
    dropped: Sequence[Dropped] = (),
    method: Literal["extractive", "llm"] = "extractive",
) -> Summary:
    """Number the sources by first citation and make the summary of what is told."""
    number_of = _numbered([cited for one in told for _, _, cited in one.sentences], reports, numbers)
    ids = [report.article.id for report in reports]
    sections = tuple(
        Section(
            heading=one.heading,
            sentences=tuple(
                Sentence(text=text, citations=tuple(sorted(number_of[ids[r]] for r in cited)), lang=of)
                for text, of, cited in one.sentences
            ),
        )
        for one in told
    )
    return Summary(
        headline=headline,
        sections=sections,
        sources=_sources(reports, number_of),
        method=method,
        lang=lang,
        dropped=tuple(dropped),
    )


def summarise(reports: Sequence[Report], *, numbers: Mapping[str, int] = _NO_NUMBERS, headline: str = "") -> Summary:
    """Summarise a story.

    Args:
        reports: At least one; in any order.
        numbers: Article id -> citation number of an earlier revision, kept for the articles that are still here.
        headline: A headline to keep; empty: choose one.

    Returns:
        A summary with at least one section of one sentence, each sentence with at least one citation.

    Raises:
        ValueError: There is no report.
    """
    return summarise_openly(reports, numbers=numbers, headline=headline)[0]


def summarise_openly(
    reports: Sequence[Report], *, numbers: Mapping[str, int] = _NO_NUMBERS, headline: str = ""
) -> tuple[Summary, Work]:
    """Summarise a story like :func:`summarise` and hand out the work, too."""
    if not reports:
        raise ValueError("a story has at least one report")
    ordered = tuple(sorted(reports, key=lambda r: (r.article.at, r.article.id)))
    pool = candidates(ordered)
    lang = _main_language(ordered)
    pool = [c for c in pool if c.lang == lang] or pool
    pool = _about_the_story(pool, ordered, lang)
    headline = headline or headline_of(ordered, pool, lang)
    selected, passed = choose(pool, ordered)
    if all(c.text == ordered[c.report].article.title.strip() for c in pool):
        selected = selected[:MAX_TITLES]
    chosen, dropped = _gated(selected, ordered)
    if not chosen:
        return _bare(ordered, numbers, headline, lang), Work(reports=ordered)
    headline = headline or chosen[0].candidate.text.rstrip(".。 ")
    cited = {one.candidate: reports_saying(one.candidate, ordered) for one in chosen}
    groups = arrange(chosen, cited, pool, ordered, headline)
    told = [
        Told(
            heading=group.heading,
            sentences=tuple((c.candidate.text, c.candidate.lang, cited[c.candidate]) for c in group.chosen),
        )
        for group in groups
    ]
    summary = assemble(told, ordered, numbers=numbers, headline=headline, lang=lang, dropped=dropped)
    return summary, Work(reports=ordered, chosen=tuple(chosen), passed=tuple(passed), cited=cited)


def _main_language(reports: Sequence[Report]) -> str:
    """Find the language of most publishers; a tie goes to the earlier report."""
    publishers: dict[str, set[str]] = {}
    for report in reports:
        publishers.setdefault(language_of(report.article), set()).add(report.article.publisher)
    return max(publishers, key=lambda lang: (lang != "und", len(publishers[lang])))


def _about_the_story(pool: list[Candidate], reports: Sequence[Report], lang: str) -> list[Candidate]:
    """Leave out the sentences of an article that shares nothing with the others: it was put in the story by mistake.

    It stays in the list of sources. With few articles none can be told from another side of the story.
    """
    titles = {n: content_stems(r.article.title, lang) for n, r in enumerate(reports) if language_of(r.article) == lang}
    if len(titles) < MIN_FOR_OUTSIDERS:
        return pool
    counts = Counter(stem for stems in titles.values() for stem in set(stems) if not stem[0].isdigit())
    core = {stem for stem, n in counts.items() if n >= _CORE_SHARE * len(titles)}
    if len(core) < _MIN_CORE:
        return pool
    shared: dict[int, set[str]] = {}
    for candidate in pool:
        shared.setdefault(candidate.report, set()).update(core & set(candidate.stems))
    insiders = {n for n, found in shared.items() if len(found) >= _MIN_CORE or core & set(titles.get(n, ()))}
    return [c for c in pool if c.report in insiders] or pool


def _gated(chosen: Sequence[Chosen], reports: Sequence[Report]) -> tuple[list[Chosen], list[Dropped]]:
    """Part chosen sentences into those that their own article supports and those that it does not."""
    kept, dropped = [], []
    for one in chosen:
        reasons = check(one.candidate.text, reports[one.candidate.report].article).reasons
        if reasons:
            dropped.append(Dropped(text=one.candidate.text, reason="; ".join(reasons)))
        else:
            kept.append(one)
    return kept, dropped


def _bare(reports: Sequence[Report], numbers: Mapping[str, int], headline: str, lang: str) -> Summary:
    """Write the summary of a story without a fit sentence: its best title, else its first text, as it is."""
    texts = [(r.article, r.article.title.strip() or r.article.text.strip()) for r in reports]
    article, text = next(((a, t) for a, t in texts if t), (reports[0].article, UNTITLED))
    number_of = _numbered((), reports, numbers, first=article.id)
    sentence = Sentence(text=text, citations=(number_of[article.id],), lang=language_of(article))
    return Summary(
        headline=headline or text,
        sections=(Section(heading="", sentences=(sentence,)),),
        sources=_sources(reports, number_of),
        lang=lang,
    )


def reports_saying(candidate: Candidate, reports: Sequence[Report]) -> tuple[int, ...]:
    """List the reports that say a sentence: its own, then those that the gate lets through."""
    others = [r for r, each in enumerate(reports) if r != candidate.report and _says(each.article, candidate)]
    return (candidate.report, *others[: MAX_CITATIONS - 1])


def _says(article: Article, candidate: Candidate) -> bool:
    """Tell whether an article may be cited for a sentence of another one: past the gate, names in the same words."""
    if language_of(article) != candidate.lang:
        return False
    known, plain = _words_of(article.title, article.text[:MAX_CHARACTERS])
    words = [t for t in tokens(candidate.text) if is_content(t, candidate.lang)]
    if len(words) < _MIN_SAID:
        return check(candidate.text, article).is_verbatim
    if sum(word in known for word in words) < _SAME_WORDS * len(words):
        return False
    if any(word not in known for word in words if word[0].isdigit()):
        return False
    if not check(candidate.text, article).is_supported:
        return False
    return all(_flat(name) in plain for name in _NAMES.findall(candidate.text))


@lru_cache(maxsize=256)
def _words_of(title: str, text: str) -> tuple[frozenset[str], str]:
    """Read an article once for all sentences: its words, and its text without marks."""
    whole = f"{title} {text}"
    return frozenset(tokens(whole)), _flat(whole)


def _flat(text: str) -> str:
    return re.sub(r"\W+", " ", text).casefold().strip()


def _numbered(
    cited: Sequence[Sequence[int]], reports: Sequence[Report], numbers: Mapping[str, int], first: str = ""
) -> dict[str, int]:
    """Number the articles: earlier numbers stay, the others get the next free ones by first citation."""
    ids = [report.article.id for report in reports]
    order = [first] if first else []
    for found in cited:
        order += [ids[r] for r in found]
    order += ids
    kept = _kept(ids, numbers)
    free = iter(n for n in range(1, 2 * len(ids) + len(kept) + 2) if n not in set(kept.values()))
    return kept | {article_id: next(free) for article_id in dict.fromkeys(order) if article_id not in kept}


def _kept(ids: Sequence[str], numbers: Mapping[str, int]) -> dict[str, int]:
    """Take over earlier numbers that are usable: from 1, no number twice."""
    kept: dict[str, int] = {}
    for article_id in sorted(set(ids) & numbers.keys(), key=lambda i: (numbers[i], i)):
        if numbers[article_id] >= 1 and numbers[article_id] not in kept.values():
            kept[article_id] = numbers[article_id]
    return kept


def _sources(reports: Sequence[Report], number_of: Mapping[str, int]) -> tuple[CitedSource, ...]:
    return tuple(sorted((_source(report, number_of[report.article.id]) for report in reports), key=lambda s: s.n))


def _source(report: Report, n: int) -> CitedSource:
    article = report.article
    copies = sorted(report.copies, key=lambda a: (a.at, a.id))
    return CitedSource(
        n=n,
        article_id=article.id,
        title=article.title.strip() or _opening(article),
        publisher=article.publisher,
        name=article.source_name or article.publisher,
        url=article.link or article.canonical_url,
        published_at=article.at,
        lang=language_of(article),
        also=tuple(
            Also(
                article_id=copy.id,
                title=copy.title.strip() or _opening(copy),
                publisher=copy.publisher,
                name=copy.source_name or copy.publisher,
                url=copy.link or copy.canonical_url,
            )
            for copy in copies
        ),
        is_paywalled=article.is_paywalled,
    )


def _opening(article: Article) -> str:
    """Name an article without a title by its first words."""
    words = article.text.split()
    if count_words(article.text) <= 12:
        return " ".join(words) or UNTITLED
    return " ".join(words[:12]) + "…" if len(words) > 12 else article.text[:40] + "…"
