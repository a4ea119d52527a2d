"""From the articles of a story to its next revision: who speaks for itself, who repeats, what a reader sees anew."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from aggregator.model import Article, Report, Revision, Story, Summary
from aggregator.outputs.change import headline_stands
from aggregator.summaries.changes import what_changed
from aggregator.summaries.write import summarise


class Summarise(Protocol):
    """Who writes a story: the extractive summariser, or a model behind the gate that falls back to it."""

    def __call__(self, reports: Sequence[Report], *, numbers: Mapping[str, int], headline: str) -> Summary:
        """Summarise a story; ``numbers`` and ``headline`` are those of its last revision, kept where they can be."""
        ...


def revise(
    story: Story,
    articles: Sequence[Article],
    before: Revision | None,
    *,
    now: datetime,
    summarise: Summarise = summarise,
) -> Revision | None:
    """Write the next revision of a story, or ``None`` where a reader would see nothing new."""
    summary = summarise(
        reports_of(story, articles),
        numbers={source.article_id: source.n for source in before.summary.sources} if before else {},
        headline=before.summary.headline if before and _still_said(before.summary.headline, articles) else "",
    )
    newest_at = max(article.at for article in articles)
    if before and before.summary == summary:
        return None
    return Revision(
        story_id=story.id,
        n=before.n + 1 if before else 1,
        at=now,
        newest_at=newest_at,
        summary=summary,
        tags=_tags_of(articles),
        weight=_weight_of(articles, summary),
        change=what_changed(before.summary, summary) or "wording" if before else "",
    )


def _still_said(headline: str, articles: Sequence[Article]) -> bool:
    """Tell whether an article still says a headline: one that its publisher took back does not stay."""
    return headline_stands(headline, (line for article in articles for line in (article.title, article.text)))


def reports_of(story: Story, articles: Sequence[Article]) -> tuple[Report, ...]:
    """Pair each article of a story that speaks for itself with those that only repeat it."""
    article_by_id = {article.id: article for article in articles}
    copied = {each.article_id: each.copy_of for each in story.memberships if each.copy_of in article_by_id}
    copies_by_origin: dict[str, list[Article]] = defaultdict(list)
    origins = []
    for membership in story.memberships:
        article = article_by_id.get(membership.article_id)
        if article is None:
            continue
        origin = _origin_of(article.id, copied)
        if origin == article.id:
            origins.append(article)
        else:
            copies_by_origin[origin].append(article)
    return tuple(Report(article=article, copies=tuple(copies_by_origin[article.id])) for article in origins)


def _origin_of(article_id: str, copied: Mapping[str, str]) -> str:
    """Follow a copy to the article that it repeats in the end: a late arrival may be the original of an original."""
    seen = [article_id]
    while (origin := copied.get(seen[-1], "")) and origin not in seen:
        seen.append(origin)
    return min(seen[seen.index(origin) :]) if origin else seen[-1]


def _tags_of(articles: Sequence[Article]) -> tuple[str, ...]:
    n_by_tag = Counter(tag for article in articles for tag in article.tags)
    return tuple(sorted(n_by_tag, key=lambda tag: (-n_by_tag[tag], tag)))


def _weight_of(articles: Sequence[Article], summary: Summary) -> float:
    heaviest: dict[str, float] = {}
    speaking = {source.article_id for source in summary.sources}
    for article in articles:
        if article.id in speaking:
            heaviest[article.publisher] = max(heaviest.get(article.publisher, 0.0), article.weight)
    return sum(heaviest[publisher] for publisher in sorted(heaviest))
