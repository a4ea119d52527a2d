"""Own what a story is in an output feed: whether it enters, what of it is frozen, and what counts as an update.

Pure: values in, values out. ``now`` is that of the build; it becomes part of a place only where something happened.

An entry keeps its id, its headline and its ``published`` for ever. A later revision is always shown (the text of an
entry and its page agree), but ``updated`` moves only on a material change: RFC 4287, 4.2.15, lets a publisher change
an entry without that. Readers that go by ``updated`` are then silent about small changes, and those that go by the
text show the newest one.

What waits, waits for news and not for the clock, so that a build without news changes no byte: a held update and the
30 days are measured by the newest article of all. The one exception is a story that settles, see :func:`is_fresh`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from aggregator.markup import safe_url
from aggregator.model import (
    Announced,
    Article,
    Enclosure,
    Entry,
    EntryLink,
    Output,
    OutputFeed,
    Published,
    Revision,
    Section,
    Summary,
)
from aggregator.outputs import strings
from aggregator.outputs.change import headline_stands, material_change, new_sentences, told_by
from aggregator.outputs.content import beginning, plain, shorten, source_name, story_html, without_tags
from aggregator.outputs.site import Site, feed_url, language_tag, story_url, tag_uri

_T = TypeVar("_T")

SHARE = 0.5  # of an output, that one publisher may fill while others have something to say ...
FEW = 2  # ... with stories that no more publishers tell
SETTLING = timedelta(minutes=15)  # the first version is all that some readers keep (outputs spec, 6)
COOL_DOWN = timedelta(hours=4)  # between two updates of one story (outputs spec, 5)
CROWD = 5  # so many new publishers end the cool-down at once
RETURN = timedelta(days=30)  # a story that left longer ago does not enter again (outputs spec, 1)
SECOND = timedelta(seconds=1)
MAX_UPDATES = 100  # remembered of one place; a story of weeks has some dozens
MAX_TITLE = 300  # characters of a headline in a feed


# ---------------------------------------------------------------- what enters


def select(
    output: Output,
    revisions: Sequence[Revision],
    *,
    settling: Collection[str] = (),
    before: Mapping[str, Published] | None = None,
    stream_at: datetime | None = None,
) -> tuple[Revision, ...]:
    """Return the stories that an output shows: the best of those it asks for, newest article first, then by story id.

    Args:
        output: Asks for tags (any of them), languages (any of them) and a number of publishers.
        revisions: The latest of each story, best first.
        settling: Stories whose lone report may still change; one that was shown before stays.
        before: Places so far, by story id.
        stream_at: Effective time of the newest article of all; with it, a story that left the output more than
            ``RETURN`` before does not come back.
    """
    places = before or {}
    wanted = [
        each
        for each in revisions
        if is_wanted(output, each)
        and (each.story_id not in settling or each.story_id in places)
        and not _is_over(places.get(each.story_id), stream_at)
    ]
    chosen = share_out(wanted, output.max_entries, few_tellers)
    chosen.sort(key=lambda each: each.story_id)
    chosen.sort(key=lambda each: each.newest_at, reverse=True)
    return tuple(chosen)


def share_out(best_first: Sequence[_T], n: int, tellers: Callable[[_T], Collection[str]]) -> list[_T]:
    """Return the first ``n``, of which one publisher tells at most ``SHARE``, as long as there are others.

    A source that floods with a thousand reports, all dated now, must not push the others out; nor may two that flood
    with the same words, whose stories are shared. Places that nobody else wants go to the flood.

    Args:
        best_first: What to choose from.
        n: How many are asked for.
        tellers: Gives the few publishers that tell one; none: it is told by enough of them, and never held back. What
            two tell is held back where both have had their share.
    """
    most = max(1, n * SHARE)
    n_of: Counter[str] = Counter()
    chosen: list[int] = []
    held: list[int] = []
    for i, each in enumerate(best_first):
        if len(chosen) == n:
            break
        publishers = tellers(each)
        if publishers and all(n_of[publisher] >= most for publisher in publishers):
            held.append(i)
            continue
        n_of.update(publishers)
        chosen.append(i)
    return [best_first[i] for i in sorted(chosen + held[: n - len(chosen)])]


def few_tellers(revision: Revision) -> frozenset[str]:
    """Give the publishers of a story that at most ``FEW`` tell; none: more do."""
    summary = revision.summary
    if not summary.sources or summary.n_publishers > FEW:
        return frozenset()
    return frozenset(source.publisher for source in summary.sources)


def is_wanted(output: Output, revision: Revision) -> bool:
    """Tell whether an output asks for a story: any of its tags, any of its languages, publishers enough."""
    if output.tags and set(output.tags).isdisjoint(revision.tags):
        return False
    if output.languages and _primary(revision.summary.lang) not in {_primary(lang) for lang in output.languages}:
        return False
    return revision.summary.n_publishers >= output.min_publishers


def may_settle(revision: Revision, *, now: datetime) -> bool:
    """Tell whether a story might have to wait: first written less than ``SETTLING`` ago, by one publisher."""
    return revision.n == 1 and revision.summary.n_publishers == 1 and now - revision.at < SETTLING


def is_fresh(articles: Iterable[Article], first_polled_at: Mapping[str, datetime]) -> bool:
    """Tell whether a story's report came in so soon after it was published that its text may still change.

    The first version is all that some readers keep, so a lone report waits ``SETTLING`` after it was first seen, and
    the first build after that publishes it. Only what truly breaks waits, because a story that enters without news is
    the one way in which a build without news changes a byte:

    - a report that was ``SETTLING`` old when it was first seen has settled already;
    - a report without a date of its own may be of any age;
    - what a source held when it was asked for the first time is its backlog.

    Args:
        articles: Of the story.
        first_polled_at: By address of the source.
    """
    return any(
        article.at < article.first_seen_at < article.at + SETTLING
        and article.first_seen_at > first_polled_at.get(article.source_url, article.first_seen_at)
        for article in articles
    )


def _is_over(before: Published | None, stream_at: datetime | None) -> bool:
    if before is None or before.left_at is None or stream_at is None:
        return False
    return stream_at - before.left_at > RETURN


def _primary(lang: str) -> str:
    return lang.split("-")[0].lower()


# ---------------------------------------------------------------- what is an update


def base_number(place: Published) -> int:
    """Return the number of the revision that readers were last told of: the last update, else the first version."""
    return place.updates[-1].n if place.updates else place.entered


def needs_base(revision: Revision, before: Published | None, *, stream_at: datetime) -> bool:
    """Tell whether :func:`publish` has to compare: there is another revision, or one was held long enough."""
    if before is None:
        return False
    if before.revision != revision.n:
        return True
    return before.is_held and not _is_cooling(before, revision, stream_at)


def publish(
    output: Output,
    revision: Revision,
    before: Published | None,
    base: Revision | None,
    *,
    now: datetime,
    stream_at: datetime,
    picture: Enclosure | None = None,
) -> Published:
    """Give a story its place in an output, or move the one it has to a new revision.

    Args:
        output: Where it is published.
        revision: What is to be shown.
        before: Its place so far; ``None``: it enters now.
        base: The revision that readers were last told of (:func:`base_number`); ``None``: not known any more, so
            nothing can be called new.
        now: When it happens, as :func:`free_moment` gives it.
        stream_at: Effective time of the newest article of all: a held update waits for news, not for the clock.
        picture: What may stand beside the story.
    """
    if before is None:
        return Published(
            slug=output.slug,
            story_id=revision.story_id,
            published_at=now,
            updated_at=now,
            headline=revision.summary.headline,
            revision=revision.n,
            entered=revision.n,
            picture=picture,
        )
    place = replace(before, revision=revision.n, left_at=None, picture=before.picture or picture)
    if before.revision == revision.n and not before.is_held:
        return place
    if not headline_stands(before.headline, told_by(revision.summary)):
        place = replace(place, headline=revision.summary.headline)
    if base is None:  # a held update goes on waiting
        return replace(place, is_held=before.is_held and before.revision == revision.n)
    if not material_change(base.summary, revision.summary):
        return replace(place, is_held=False)
    crowd = revision.summary.n_publishers - base.summary.n_publishers
    if _is_cooling(before, revision, stream_at) and crowd < CROWD:
        return replace(place, is_held=True)
    update = Announced(n=revision.n, at=max(now, before.updated_at))
    return replace(place, is_held=False, updated_at=update.at, updates=(*before.updates[1 - MAX_UPDATES :], update))


def free_moment(now: datetime, taken: Collection[datetime], *, stream_at: datetime) -> datetime:
    """Return the last whole second up to ``now`` at which nothing else happened in an output.

    Readers order by time and validators warn of two entries with the same one; stories that enter together are thus a
    second apart. Never before the day of the newest article: a day that is over, with its digest, stays as it is.
    Where that leaves no second, the first free one after ``now``.
    """
    now = now.astimezone(UTC).replace(microsecond=0)
    begin = min(now, stream_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    at = now
    while at in taken and at > begin:
        at -= SECOND
    while at in taken:
        at += SECOND
    return at


def leave(place: Published, *, stream_at: datetime) -> Published:
    """Note that a story is no longer shown, from now on by the stream of news."""
    return place if place.left_at is not None else replace(place, left_at=stream_at)


def _is_cooling(before: Published, revision: Revision, stream_at: datetime) -> bool:
    """Tell whether the last update was less than ``COOL_DOWN`` ago. A first update never waits: entering is none."""
    return bool(before.updates) and max(revision.at, stream_at) - before.updates[-1].at < COOL_DOWN


# ---------------------------------------------------------------- how it is told


def build_entry(site: Site, story_year: int, revision: Revision, published: Published) -> Entry:
    """Write a story as an entry.

    Args:
        site: Where it is published.
        story_year: Year in which the story was minted, by the clock of then.
        revision: What is shown.
        published: Its place in the output.
    """
    summary = revision.summary
    page = EntryLink(href=story_url(site, revision.story_id), rel="alternate", type="text/html")
    return Entry(
        id=tag_uri(site, story_year, f"story/{revision.story_id}"),
        title=_title(published.headline, summary),
        summary=without_tags(beginning(summary)),
        content=story_html(summary),
        links=(page, *_via(summary)),
        published_at=published.published_at,
        updated_at=published.updated_at,
        lang=summary.lang,
        categories=_categories(revision),
        picture=published.picture,
    )


def build_update(site: Site, story_year: int, base: Revision | None, revision: Revision, place: Published) -> Entry:
    """Write an update of a story as an entry of its own: what is new first, then the whole story. It never changes.

    Args:
        site: Where it is published.
        story_year: Year in which the story was minted, by the clock of then.
        base: What readers were told before; ``None``: not known any more, so nothing is told apart as new.
        revision: The update.
        place: The story's place in the output, which says when the update was announced.
    """
    at = next((each.at for each in place.updates if each.n == revision.n), revision.at)
    summary = revision.summary
    news = new_sentences(base.summary, summary) if base else ()
    if len(news) == sum(len(section.sentences) for section in summary.sections):
        news = ()  # all of it is new: to say it twice helps nobody
    page = EntryLink(href=story_url(site, revision.story_id), rel="alternate", type="text/html")
    return Entry(
        id=tag_uri(site, story_year, f"story/{revision.story_id}/r{revision.n}"),
        title=shorten(strings.update_title(_title(summary.headline, summary)), MAX_TITLE),
        summary=without_tags(
            beginning(replace(summary, sections=(Section(heading="", sentences=news),)) if news else summary)
        ),
        content=story_html(summary, news=news),
        links=(page, *_via(summary)),
        published_at=at,
        updated_at=at,
        lang=summary.lang,
        categories=_categories(revision),
    )


def _categories(revision: Revision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in map(plain, revision.tags) if tag))


def _title(headline: str, summary: Summary) -> str:
    candidates = (headline, summary.headline, *(source.title for source in summary.sources))
    title = next((line for line in map(plain, candidates) if line), strings.UNTITLED)
    return without_tags(shorten(title, MAX_TITLE))


def _via(summary: Summary) -> Iterator[EntryLink]:
    for source in sorted(summary.sources, key=lambda each: each.n):
        href = safe_url(source.url)
        if href:
            title = plain(source.title) or source_name(source.name, source.publisher)
            yield EntryLink(href=href, rel="via", type="text/html", title=title, lang=language_tag(source.lang))


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Order entries as feeds have them: by last update, newest first, then by id."""
    return tuple(sorted(sorted(entries, key=lambda each: each.id), key=lambda each: each.updated_at, reverse=True))


def spread(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Order entries as :func:`in_order` does, and move apart by seconds those with the same ``updated``.

    For entries whose times are given by others, articles and incidents; stories are apart from the beginning.
    """
    taken: set[datetime] = set()
    apart = []
    for entry in in_order(entries):
        at = entry.updated_at.astimezone(UTC).replace(microsecond=0)
        while at in taken:
            at -= SECOND
        taken.add(at)
        apart.append(entry if at == entry.updated_at else replace(entry, updated_at=at))
    return in_order(apart)


def build_feed(
    site: Site, output: Output, entries: Sequence[Entry], *, kind: str = "", title: str = "", previous_url: str = ""
) -> OutputFeed:
    """Put entries, already in order, into an output feed.

    Args:
        site: Where it is published.
        output: What it belongs to.
        entries: What it holds.
        kind: "updates", "articles", "daily" or "weekly"; empty: the stories themselves.
        title: Of the kind.
        previous_url: The newest archive.
    """
    own = plain(output.title) or output.slug
    return OutputFeed(
        id=tag_uri(site, site.since_year, f"feed/{output.slug}" + (f"/{kind}" if kind else "")),
        slug=output.slug,
        title=strings.feed_title(own, title or kind) if kind else own,
        author=plain(site.title) or output.slug,
        self_url=feed_url(site, output.slug, f".{kind}.atom" if kind else ".atom"),
        site_url=site.base_url,
        updated_at=newest(site, entries),
        entries=tuple(entries),
        lang=_feed_language(output, entries),
        hub=safe_url(site.hub),
        previous_url=previous_url,
    )


def newest(site: Site, entries: Sequence[Entry]) -> datetime:
    """Return the time of a feed's newest entry. An empty feed has no news: it is as old as the site, never "now"."""
    return max((entry.updated_at for entry in entries), default=datetime(site.since_year, 1, 1, tzinfo=UTC))


def _feed_language(output: Output, entries: Sequence[Entry]) -> str:
    """Return the one language that was asked for, else that of most entries."""
    if len(output.languages) == 1:
        return language_tag(output.languages[0])
    n_by_lang = Counter(lang for lang in (language_tag(entry.lang) for entry in entries) if lang)
    return min(n_by_lang, key=lambda lang: (-n_by_lang[lang], lang), default="")
