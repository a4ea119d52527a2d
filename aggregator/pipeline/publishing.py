"""The corridor's last stretch: from the stories of a build to the places and files of each output feed.

It hands values from store and stories to outputs and back, in order, and decides nothing itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.errors import StoreError
from aggregator.intake import filters
from aggregator.model import Article, Enclosure, Output, OutputView, Published, Revision, SourceView
from aggregator.outputs import articles as article_feed
from aggregator.outputs import atom, entry, health, publish
from aggregator.outputs.periods import happenings
from aggregator.outputs.site import Site, archive_name
from aggregator.outputs.write import SiteWriter
from aggregator.store.base import Store

N_ARTICLES = 500  # seen last, from which each output's feed of articles chooses; at least four times its length


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What all outputs of one build choose from.

    Attributes:
        best_first: The latest revision of each story.
        articles: Those seen last, newest first.
        copies: Ids of articles that only repeat another one.
        settling: Ids of stories whose lone report may still change.
        hidden: Ids of stories that no output may show; ``articles`` are none of theirs.
        site_urls: Home pages of sources, by address of the source.
        newest_at: Effective time of the newest article of all.
        now: Time of the build.
        key: What tells these news from others, but for ``now``; made once for all outputs.
    """

    best_first: Sequence[Revision]
    articles: Sequence[Article]
    copies: frozenset[str]
    settling: frozenset[str]
    newest_at: datetime
    now: datetime
    hidden: frozenset[str] = frozenset()
    site_urls: dict[str, str] = field(default_factory=dict)
    key: tuple[object, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        key = (
            [(revision.story_id, revision.n) for revision in self.best_first],
            [(article.id, article.modified_at, article.fingerprint) for article in self.articles],
            (self.copies, self.settling, self.hidden, self.site_urls, self.newest_at),
        )
        object.__setattr__(self, "key", key)

    @classmethod
    def of(
        cls, store: Store, site: Site, best_first: Sequence[Revision], *, newest_at: datetime, now: datetime
    ) -> "News":
        """Read from the store what the outputs of this build need, once for all of them."""
        n_articles = max(N_ARTICLES, *(4 * output.max_entries for output in site.outputs), 0)
        articles, hidden = store.recent_articles(limit=n_articles), frozenset(store.hidden_stories())
        if hidden:
            story_of = store.stories_of([each.id for each in articles])
            articles = tuple(each for each in articles if story_of.get(each.id) not in hidden)
        return cls(
            best_first=best_first,
            articles=articles,
            copies=frozenset(
                also.article_id
                for revision in best_first
                for source in revision.summary.sources
                for also in source.also
            ),
            settling=_settling(store, best_first, now=now),
            newest_at=newest_at,
            now=now,
            hidden=hidden,
            site_urls={
                state.url: state.site_url for state in store.source_states({each.source_url for each in articles})
            },
        )


def _settling(store: Store, revisions: Sequence[Revision], *, now: datetime) -> frozenset[str]:
    """Return the stories whose one report came in so fresh that outputs wait for its next version."""
    young = [revision for revision in revisions if entry.may_settle(revision, now=now)]
    if not young:
        return frozenset()
    found = store.articles(source.article_id for revision in young for source in revision.summary.sources)
    article_by_id = {article.id: article for article in found}
    states = store.source_states({article.source_url for article in found})
    first_polled_at = {each.url: each.first_polled_at for each in states if each.first_polled_at}
    return frozenset(
        revision.story_id
        for revision in young
        if entry.is_fresh(
            [article_by_id[s.article_id] for s in revision.summary.sources if s.article_id in article_by_id],
            first_polled_at,
        )
    )


def publish_output(
    store: Store,
    writer: SiteWriter,
    site: Site,
    output: Output,
    news: News,
    *,
    press: publish.Press,
    render_all: bool,
) -> tuple[OutputView, list[str]]:
    """Choose an output's stories, save their places, and write its files. Returns it and the feeds that changed."""

    def has(name: str) -> bool:
        return not render_all and (writer.folder / name).is_file()

    question = _question(site, output, news)
    if question is not None and (view := press.settled(output.slug, question, has)):
        return view, []
    place_by_story = _places(store, writer, output, news, render_all=render_all)
    shown = _place_stories(store, output, news, place_by_story)
    places = place_by_story | {place.story_id: place for place, _ in shown}
    for story_id in sorted(places.keys() - {place.story_id for place, _ in shown}):
        places[story_id] = entry.leave(places[story_id], stream_at=news.newest_at)
    store.save_published([place for place in places.values() if place != place_by_story.get(place.story_id)])
    keep, block = _rules(output)
    kept = [each for each in news.articles if filters.is_kept(each, keep=keep, block=block)]
    stock = publish.Stock(
        shown=shown,
        places=tuple(place for place in places.values() if place.story_id not in news.hidden),
        articles=article_feed.select_articles(output, kept, copies=news.copies),
        site_urls=news.site_urls,
        stream_at=news.newest_at,
        revisions=store.revisions,
        minted_at=lambda story_id: _minted_at(store, story_id),
        has=has,
    )
    rendered = {name: writer.write(name, body) for name, body in publish.render_output(site, output, stock, press)}
    changed = [name for name, is_new in rendered.items() if is_new]
    if render_all and news.hidden:  # what is over is not rendered again: a file that still shows one goes
        shows = writer.holding(output.slug, [f"s/{story_id}.html" for story_id in news.hidden])
        for name in sorted({*shows} - rendered.keys()):
            writer.remove(name)
    updated_at = max((place.updated_at for place, _ in shown), default=None)
    view = OutputView(output=output, n_entries=len(shown), updated_at=updated_at)
    if question is not None:
        press.settle(output.slug, question, view)
    return view, changed


def _question(site: Site, output: Output, news: News) -> object | None:
    """Return all that an output's choice and files depend on, beside its own places; ``None``: more than that.

    The time of the build is no part of it: it dates what happens, and without news nothing does. Rules look at articles
    of old stories, too, which an edit changes without a word here.
    """
    if output.keep or output.block:
        return None
    return site, output, news.key


def _places(store: Store, writer: SiteWriter, output: Output, news: News, *, render_all: bool) -> dict[str, Published]:
    """Return the places of an output that this build can need, by story: not those of years, unless it writes those.

    It needs those of every story that may be chosen (one that left is not let in as a new one), those that are shown,
    and those of the days that digests and the latest archive tell of. Where an archive of that time is missing, or
    there is none to lead back from, all are read.
    """
    since = news.newest_at - publish.LOOKS_BACK
    if not render_all:
        candidates = [revision.story_id for revision in news.best_first]
        recent = store.published(output.slug, since=since, story_ids=candidates)
        archives = publish.archives(output, recent, stream_at=news.newest_at)
        is_led_back = bool(archives) and archives[-1].end_at > since
        if is_led_back and all(_has(writer, each.name, output) for each in archives):
            return {row.story_id: row for row in recent}
    return {row.story_id: row for row in store.published(output.slug)}


def _has(writer: SiteWriter, month: str, output: Output) -> bool:
    return (writer.folder / archive_name(output.slug, month)).is_file()


def _place_stories(
    store: Store, output: Output, news: News, place_by_story: dict[str, Published]
) -> list[tuple[Published, Revision]]:
    """Return the stories of an output, each with its place as it is from now on."""
    chosen = entry.select(
        output,
        _passing(store, output, news),
        settling=news.settling if output.min_publishers == 1 else frozenset(),
        before=place_by_story,
        stream_at=news.newest_at,
    )
    shown = []
    taken = {at for place in place_by_story.values() for at in happenings(place)}
    for revision in chosen:
        before = place_by_story.get(revision.story_id)
        base = None
        if before is not None and entry.needs_base(revision, before, stream_at=news.newest_at):
            base_n = entry.base_number(before)
            base = next((each for each in store.revisions(revision.story_id) if each.n == base_n), None)
        is_moved = before is None or (before.revision != revision.n and before.picture is None)
        picture = _picture(store, revision) if is_moved else None
        at = entry.free_moment(news.now, taken, stream_at=news.newest_at)
        place = entry.publish(output, revision, before, base, now=at, stream_at=news.newest_at, picture=picture)
        taken.add(place.updated_at)
        shown.append((place, revision))
    return shown


def _rules(output: Output) -> tuple[list[filters.Rule], list[filters.Rule]]:
    return [filters.compile_rule(rule) for rule in output.keep], [filters.compile_rule(rule) for rule in output.block]


def _passing(store: Store, output: Output, news: News) -> Sequence[Revision]:
    """Return the stories with an article that the output's rules keep; no more than it can need."""
    keep, block = _rules(output)
    if not keep and not block:
        return news.best_first
    passing: list[Revision] = []
    for revision in news.best_first:
        if len(passing) >= 2 * output.max_entries + len(news.settling):
            break
        if entry.is_wanted(output, revision):
            articles = store.articles([source.article_id for source in revision.summary.sources])
            if any(filters.is_kept(each, keep=keep, block=block) for each in articles):
                passing.append(revision)
    return passing


def _picture(store: Store, revision: Revision) -> Enclosure | None:
    """Return the picture of the first source that has one; its type and size only where the source gave them."""
    n_by_id = {source.article_id: source.n for source in revision.summary.sources}
    for article in sorted(store.articles(n_by_id), key=lambda each: n_by_id[each.id]):
        for file in article.enclosures:
            if file.type.startswith("image/"):
                return file
        if article.image:
            return Enclosure(url=article.image)
    return None


def _minted_at(store: Store, story_id: str) -> datetime:
    story = store.story(story_id)
    if story is None:
        raise StoreError(f"there is no story {story_id}, but an output has a place for it")
    return story.minted_at


def write_health(store: Store, writer: SiteWriter, site: Site, views: Sequence[SourceView], news: News) -> list[str]:
    """Open and close incidents of sources, and write their feed. Returns the feeds that changed."""
    if any(output.slug == health.FILE for output in site.outputs):
        return []
    places = {place.story_id: place for place in store.published(health.SLUG)}
    undated = health.undated_sources(news.articles)
    changed = health.watch(views, tuple(places.values()), undated=undated, now=news.now)
    store.save_published(changed)
    places |= {place.story_id: place for place in changed}
    name = f"{health.FILE}.atom"
    body = atom.render_atom(health.build_health(site, tuple(places.values())))
    return [name] if writer.write(name, body) else []
