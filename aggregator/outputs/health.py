"""Own the feed about sources in trouble: one entry per incident, opened once, closed in place when it is over.

Pure. An incident is a place (:class:`Published`) in a feed of its own: its ``story_id`` names kind, beginning and
source, its ``revision`` is odd while it lasts and even when it is over, and its headline, written when it was noticed,
holds no length of time: nothing in it moves with the clock.
"""

import hashlib
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.markup import safe_url
from aggregator.model import Article, Entry, EntryLink, OutputFeed, Published, SourceState, SourceView
from aggregator.outputs import strings
from aggregator.outputs.content import plain, shorten
from aggregator.outputs.entry import MAX_TITLE, newest, spread
from aggregator.outputs.site import Site, feed_url, host, tag_uri

SLUG = ":health"  # in the store; no output can be called so
FILE = "health"
FAILING_FOR = timedelta(hours=24)  # a night's outage is not worth a word
SILENCE = 5  # times its own rhythm
MIN_SILENCE = timedelta(days=3)
MOVED_FOR_GOOD = 3  # times in a row that the same permanent redirect was seen
N_UNDATED = 3  # articles, all without a date, before their source is said to give none
MAX_ENTRIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Incident:
    """Something that is wrong now. ``since`` tells two incidents of one kind and source apart."""

    kind: str
    url: str
    since: str
    headline: str

    @property
    def key(self) -> str:
        return f"{self.kind} {self.since} {self.url}"


def undated_sources(articles: Sequence[Article]) -> dict[str, bool]:
    """Tell of each source whether its articles come without dates; one of which too little is known is left out."""
    n_by_source: dict[str, int] = {}
    dated = set()
    for article in articles:
        n_by_source[article.source_url] = n_by_source.get(article.source_url, 0) + 1
        if article.published_at or article.updated_at:
            dated.add(article.source_url)
    return {url: url not in dated for url, n in sorted(n_by_source.items()) if url in dated or n >= N_UNDATED}


def watch(
    views: Sequence[SourceView], places: Sequence[Published], *, undated: Mapping[str, bool], now: datetime
) -> tuple[Published, ...]:
    """Open and close incidents.

    Args:
        views: The subscribed sources; incidents of others are closed.
        places: Incidents so far.
        undated: From :func:`undated_sources`; an incident of a source that is missing there stays as it is.
        now: Time of this build.

    Returns:
        What changed, to be saved.
    """
    known = {place.story_id: place for place in places}
    found = {incident.key: incident for view in views for incident in _incidents(view, undated, now)}
    unsure = {view.source.url for view in views if view.source.url not in undated}
    changed = []
    for key, incident in found.items():
        place = known.get(key)
        if place is None:
            changed.append(
                Published(
                    slug=SLUG,
                    story_id=key,
                    published_at=now,
                    updated_at=now,
                    headline=shorten(incident.headline, MAX_TITLE),
                    revision=1,
                )
            )
        elif not _is_open(place):
            changed.append(replace(place, updated_at=now, revision=place.revision + 1))
    for key, place in sorted(known.items()):
        kind, _, url = key.split(" ", 2)
        if _is_open(place) and key not in found and not (kind == "undated" and url in unsure):
            changed.append(replace(place, updated_at=now, revision=place.revision + 1))
    return tuple(changed)


def _is_open(place: Published) -> bool:
    return place.revision % 2 == 1


def _incidents(view: SourceView, undated: Mapping[str, bool], now: datetime) -> Iterator[_Incident]:
    state, url = view.state, view.source.url
    name = plain(view.source.name) or plain(state.title) or host(url) or plain(url)
    if state.is_gone:
        yield _Incident(kind="gone", url=url, since="-", headline=strings.gone(name))
        return
    failing_since = state.last_success_at or state.first_polled_at
    if state.n_failures:
        if failing_since and now - failing_since > FAILING_FOR:
            error = plain(state.error)
            headline = strings.not_answering(name, state.last_success_at) + (f": {error}" if error else "")
            yield _Incident(kind="failing", url=url, since=_stamp(failing_since), headline=headline)
        return
    if state.moved_to and state.n_moved >= MOVED_FOR_GOOD:
        mark = hashlib.sha256(state.moved_to.encode("utf-8", "replace")).hexdigest()[:12]
        yield _Incident(kind="moved", url=url, since=mark, headline=strings.moved(name, plain(state.moved_to)))
    if _is_silent(state, now) and state.newest_at and state.rhythm:
        headline = strings.silent(name, state.newest_at, state.rhythm)
        yield _Incident(kind="silent", url=url, since=_stamp(state.newest_at), headline=headline)
    if undated.get(url):
        yield _Incident(kind="undated", url=url, since="-", headline=strings.undated(name))


def _is_silent(state: SourceState, now: datetime) -> bool:
    if state.rhythm is None or state.newest_at is None:
        return False
    return now - state.newest_at > max(MIN_SILENCE, SILENCE * state.rhythm)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def build_health(site: Site, places: Sequence[Published]) -> OutputFeed:
    """Write the incidents, latest change first."""
    entries = spread(_entry(site, place) for place in places)[:MAX_ENTRIES]
    return OutputFeed(
        id=tag_uri(site, site.since_year, "feed/health"),
        slug=FILE,
        title=strings.feed_title(plain(site.title) or FILE, strings.HEALTH_TITLE),
        author=plain(site.title) or FILE,
        self_url=feed_url(site, FILE, ".atom"),
        site_url=site.base_url,
        updated_at=newest(site, entries),
        entries=entries,
        lang="en",
        hub=safe_url(site.hub),
    )


def _entry(site: Site, place: Published) -> Entry:
    kind, _, url = place.story_id.split(" ", 2)
    told = [f"<p>{html.escape(place.headline)}.</p>", f"<p>{strings.NOTICED} {strings.moment(place.published_at)}.</p>"]
    href = safe_url(url)
    if href:
        told.append(f'<p>{strings.FEED_WORD} <a href="{html.escape(href)}">{html.escape(plain(url))}</a></p>')
    if not _is_open(place):
        told.append(f"<p>{strings.HEALED} {strings.moment(place.updated_at)}.</p>")
    digest = hashlib.sha256(place.story_id.encode("utf-8", "replace")).hexdigest()[:16]
    return Entry(
        id=tag_uri(site, place.published_at.year, f"health/{kind}/{digest}"),
        title=place.headline,
        summary=place.headline,
        content="\n".join(told) + "\n",
        links=(EntryLink(href=f"{site.base_url}status.html", rel="alternate", type="text/html"),),
        published_at=place.published_at,
        updated_at=place.updated_at,
        lang="en",
        categories=(kind,),
    )
