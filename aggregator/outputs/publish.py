"""Own what files an output consists of: from the stories that it shows to (name, bytes) of each.

Pure but for memory: a :class:`Press` keeps what it wrote of each story, so that an output of which one story changed
costs one story, and one of which nothing changed costs a comparison. What it gives never depends on what it keeps.

Files of an output ``SLUG``::

    SLUG.atom  SLUG.rss  SLUG.json     its stories, changed in place
    SLUG.updates.atom                  each update of a story as an entry of its own
    SLUG.articles.atom                 what its sources wrote, each text once
    SLUG.daily.atom  SLUG.weekly.atom  a digest an entry
    SLUG/digest/DAY.html  DAY.eml      a day's digest as a page and as a letter
    SLUG/archive/MONTH.atom            RFC 5005; the stories that entered in that month, as they stood at its end
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from aggregator.model import Article, Entry, Output, OutputFeed, OutputView, Published, Revision
from aggregator.outputs import atom, digest, jsonfeed, periods, rss, strings
from aggregator.outputs.articles import build_article
from aggregator.outputs.atom import Render
from aggregator.outputs.entry import build_entry, build_feed, build_update, in_order, spread
from aggregator.outputs.periods import Period, Revisions
from aggregator.outputs.site import Site, archive_name, digest_name, feed_url

FORMATS = (
    (".atom", "Atom", "application/atom+xml"),
    (".rss", "RSS", "application/rss+xml"),
    (".json", "JSON", "application/feed+json"),
    (".updates.atom", "Updates", "application/atom+xml"),
    (".articles.atom", "Articles", "application/atom+xml"),
    (".daily.atom", "Daily", "application/atom+xml"),
    (".weekly.atom", "Weekly", "application/atom+xml"),
)
"""(suffix, label, media type) of the feeds of each output, for pages that link them."""
LOOKS_BACK = timedelta(days=100)  # further than the digests of 8 weeks and, nearly always, the latest archive
MAX_KEPT = 5_000  # entries that a press keeps, each in three forms; about 100 MB at the utmost


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What an output is made of.

    Attributes:
        shown: The stories that it shows, each with its place.
        places: All that entered since ``LOOKS_BACK`` or is shown, by story id; all that ever entered, where an archive
            of before is to be written.
        articles: Of its articles feed, newest first.
        site_urls: Home pages of sources, by address of the source.
        stream_at: Effective time of the newest article of all.
        revisions: Gives the revisions of a story, oldest first.
        minted_at: Gives when a story was minted.
        has: Tells whether a file is there already: an archive or a digest that is, is never written again.
    """

    shown: Sequence[tuple[Published, Revision]]
    places: Sequence[Published]
    articles: Sequence[Article]
    site_urls: dict[str, str]
    stream_at: datetime
    revisions: Revisions
    minted_at: Callable[[str], datetime]
    has: Callable[[str], bool] = lambda name: False


def archives(output: Output, places: Iterable[Published], *, stream_at: datetime) -> tuple[Period, ...]:
    """Return the months of which an output has an archive, oldest first."""
    entered = [each for each in places if each.slug == output.slug]
    return periods.over(periods.month_of, _entered(entered), stream_at=stream_at)


class Press:
    """Remembers what it wrote. One for each store; a new one gives the same bytes, only later."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, Entry] = {}
        self._written: dict[tuple[str, str, str], tuple[Entry, bytes]] = {}
        self._years: dict[str, int] = {}
        self._last: dict[str, tuple[Hashable, tuple[str, ...]]] = {}
        self._settled: dict[str, tuple[object, OutputView]] = {}
        self._notes: defaultdict[str, dict[Any, Any]] = defaultdict(dict)

    def notes(self, about: str) -> dict[Any, Any]:
        """Return what somebody notes about something from build to build; who notes there forgets there, too."""
        return self._notes[about]

    def entry(self, key: Hashable, build: Callable[[], Entry]) -> Entry:
        """Return the entry of a key, built once."""
        found = self._entries.get(key)
        if found is None:
            if len(self._entries) >= MAX_KEPT:
                self._entries.clear()
            found = self._entries[key] = build()
        return found

    def render(self, name: str, write: Render) -> Render:
        """Return ``write``, but for an entry that was written before."""

        def remember(entry: Entry, lang: str) -> bytes:
            key = (name, lang, entry.id)
            found = self._written.get(key)
            if found is not None and (found[0] is entry or found[0] == entry):
                return found[1]
            if len(self._written) >= 3 * MAX_KEPT:
                self._written.clear()
            body = write(entry, lang)
            self._written[key] = (entry, body)
            return body

        return remember

    def year(self, story_id: str, minted_at: Callable[[str], datetime]) -> int:
        """Return the year of a story's ``tag:`` URI, which never changes."""
        if story_id not in self._years:
            self._years[story_id] = minted_at(story_id).astimezone(UTC).year
        return self._years[story_id]

    def is_up_to_date(self, slug: str, key: Hashable, has: Callable[[str], bool]) -> bool:
        """Tell whether an output was last written from the same, and its files are there."""
        last = self._last.get(slug)
        return last is not None and last[0] == key and all(has(name) for name in last[1])

    def settled(self, slug: str, question: object, has: Callable[[str], bool]) -> OutputView | None:
        """Return what an output came to when it was last asked the same, if its files are there."""
        question_before, view = self._settled.get(slug, (None, None))
        if view is None or question_before != question or slug not in self._last:
            return None
        return view if all(has(name) for name in self._last[slug][1]) else None

    def settle(self, slug: str, question: object, view: OutputView) -> None:
        """Note what an output came to; ``question`` is all that its choice depends on."""
        self._settled[slug] = (question, view)

    def done(self, slug: str, key: Hashable, names: Iterable[str]) -> None:
        """Note that every file of an output is written."""
        self._last[slug] = (key, tuple(names))


def render_output(site: Site, output: Output, stock: Stock, press: Press) -> Iterator[tuple[str, bytes]]:
    """Yield (file name, bytes) of every file of an output that may differ; none where nothing changed.

    Whoever writes them must take all: the press notes an output as written when the last one was taken.
    Cost: 1,000 stories: see ``benchmarks``; unchanged: a comparison.
    """
    key = _key(site, output, stock)
    if press.is_up_to_date(output.slug, key, stock.has):
        return
    names = []
    for name, body in _files(_Desk(site=site, output=output, stock=stock, press=press)):
        names.append(name)
        yield name, body
    press.done(output.slug, key, names)


def _key(site: Site, output: Output, stock: Stock) -> Hashable:
    """Return all that the files of an output depend on."""
    return (
        site,
        output,
        tuple(place for place, _ in stock.shown),
        tuple(stock.places),
        tuple((each.id, each.modified_at, stock.site_urls.get(each.source_url, "")) for each in stock.articles),
        periods.day_of(stock.stream_at).name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One output while it is written."""

    site: Site
    output: Output
    stock: Stock
    press: Press

    def atom(self, feed: OutputFeed) -> bytes:
        return atom.render_atom(feed, render=self.press.render("atom", atom.atom_entry))

    def story(self, place: Published, revision: Revision) -> Entry:
        year = self.press.year(place.story_id, self.stock.minted_at)
        return self.press.entry(
            ("story", self.site, place, year), partial(build_entry, self.site, year, revision, place)
        )

    def as_of(self, place: Published, end_at: datetime, newest_by_story: dict[str, Revision]) -> digest.Story | None:
        return periods.as_of(place, end_at, newest_by_story.get(place.story_id), self.stock.revisions)


def _files(desk: _Desk) -> Iterator[tuple[str, bytes]]:
    slug, stock = desk.output.slug, desk.stock
    newest_by_story = {revision.story_id: revision for _, revision in stock.shown}
    months = archives(desk.output, stock.places, stream_at=stock.stream_at)
    previous = ""
    for month in months:
        name = archive_name(slug, month.name)
        if not stock.has(name):
            yield name, desk.atom(_archive(desk, month, previous, newest_by_story))
        previous = desk.site.base_url + name
    entries = in_order(desk.story(place, revision) for place, revision in stock.shown)
    feed = build_feed(desk.site, desk.output, entries, previous_url=previous)
    yield f"{slug}.atom", desk.atom(feed)
    self_url = feed_url(desk.site, slug, ".rss")
    yield f"{slug}.rss", rss.render_rss(feed, self_url=self_url, render=desk.press.render("rss", rss.rss_item))
    self_url = feed_url(desk.site, slug, ".json")
    written = desk.press.render("json", jsonfeed.json_item)
    yield f"{slug}.json", jsonfeed.render_json(feed, self_url=self_url, render=written)
    yield f"{slug}.updates.atom", desk.atom(_updates(desk))
    yield f"{slug}.articles.atom", desk.atom(_articles(desk))
    yield from _digests(desk, newest_by_story)


def _entered(places: Iterable[Published]) -> Iterator[Published]:
    """Return places without their updates: an archive holds what entered in its month."""
    for place in places:
        yield Published(
            slug=place.slug,
            story_id=place.story_id,
            published_at=place.published_at,
            updated_at=place.published_at,
            headline="",
            revision=place.entered,
        )


def _archive(desk: _Desk, month: Period, previous: str, newest_by_story: dict[str, Revision]) -> OutputFeed:
    """Build a month's archive. Its id is that of the feed: RFC 5005 makes both parts of one logical feed."""
    then = [
        story
        for place in desk.stock.places
        if month.has(place.published_at) and (story := desk.as_of(place, month.end_at, newest_by_story))
    ]
    entries = in_order(
        build_entry(desk.site, desk.press.year(place.story_id, desk.stock.minted_at), revision, place)
        for place, revision in then
    )
    current = build_feed(desk.site, desk.output, entries, previous_url=previous)
    return OutputFeed(
        id=current.id,
        slug=current.slug,
        title=strings.feed_title(current.title, f"{strings.ARCHIVE_TITLE} {month.name}"),
        author=current.author,
        self_url=desk.site.base_url + archive_name(desk.output.slug, month.name),
        site_url=current.site_url,
        updated_at=current.updated_at,
        entries=entries,
        lang=current.lang,
        previous_url=previous,
        current_url=current.self_url,
    )


def _updates(desk: _Desk) -> OutputFeed:
    """Build the feed of updates: the latest of the stories that are shown."""
    told = [(update, place) for place, _ in desk.stock.shown for update in place.updates]
    told.sort(key=lambda each: (each[1].story_id, each[0].n))
    told.sort(key=lambda each: each[0].at, reverse=True)
    entries = []
    for update, place in islice(told, desk.output.max_entries):
        key = ("update", desk.site, place.slug, place.story_id, place.updates, update.n)
        entries.append(desk.press.entry(key, partial(_update, desk, place, update.n)))
    return build_feed(desk.site, desk.output, in_order(entries), kind="updates", title=strings.UPDATES_TITLE)


def _update(desk: _Desk, place: Published, n: int) -> Entry:
    numbers = [place.entered, *(each.n for each in place.updates)]
    base_n = max((each for each in numbers if each < n), default=0)
    revision_by_n = {each.n: each for each in desk.stock.revisions(place.story_id)}
    year = desk.press.year(place.story_id, desk.stock.minted_at)
    return build_update(desk.site, year, revision_by_n.get(base_n), revision_by_n[n], place)


def _articles(desk: _Desk) -> OutputFeed:
    entries = []
    for article in desk.stock.articles:
        site_url = desk.stock.site_urls.get(article.source_url, "")
        key = ("article", desk.site, article.id, article.modified_at, article.fingerprint, site_url)
        entries.append(desk.press.entry(key, partial(build_article, desk.site, article, site_url=site_url)))
    return build_feed(desk.site, desk.output, spread(entries), kind="articles", title=strings.ARTICLES_TITLE)


def _digests(desk: _Desk, newest_by_story: dict[str, Revision]) -> Iterator[tuple[str, bytes]]:
    """Yield the feeds of digests, and page and letter of each day that has none yet."""
    slug, stock = desk.output.slug, desk.stock
    days = periods.over(periods.day_of, stock.places, stream_at=stock.stream_at, last=digest.DAYS)
    weeks = periods.over(periods.week_of, stock.places, stream_at=stock.stream_at, last=digest.WEEKS)
    for day in days:
        page, letter = digest_name(slug, day.name, ".html"), digest_name(slug, day.name, ".eml")
        if not (stock.has(page) and stock.has(letter)):
            stories = _best(desk, day, digest.N_DAILY, newest_by_story)
            yield page, digest.render_page(desk.site, desk.output, day, stories)
            yield letter, digest.render_letter(desk.site, desk.output, day, stories)
    for kind, title, limit, found in (
        ("daily", strings.DAILY_TITLE, digest.N_DAILY, days),
        ("weekly", strings.WEEKLY_TITLE, digest.N_WEEKLY, weeks),
    ):
        entries = [
            desk.press.entry(
                ("digest", desk.site, desk.output, period.name),
                partial(_digest, desk, period, limit, newest_by_story, has_page=kind == "daily"),
            )
            for period in found
        ]
        yield (
            f"{slug}.{kind}.atom",
            desk.atom(build_feed(desk.site, desk.output, in_order(entries), kind=kind, title=title)),
        )


def _digest(desk: _Desk, period: Period, limit: int, newest_by_story: dict[str, Revision], *, has_page: bool) -> Entry:
    page = desk.site.base_url + digest_name(desk.output.slug, period.name, ".html") if has_page else ""
    stories = _best(desk, period, limit, newest_by_story)
    return digest.build_digest(desk.site, desk.output, period, stories, page=page)


def _best(desk: _Desk, period: Period, limit: int, newest_by_story: dict[str, Revision]) -> tuple[digest.Story, ...]:
    """Return the best stories of a period, as they stood at its end."""
    stood = [
        story
        for place in desk.stock.places
        if any(period.has(at) for at in periods.happenings(place))
        and (story := desk.as_of(place, period.end_at, newest_by_story))
    ]
    return digest.best_of(stood, limit)
