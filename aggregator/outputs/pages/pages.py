"""Own the pages: values in, whole HTML files out. Their look is in ``templates/``, their words are in ``strings``.

Pure: no clock and no file but its own templates, read when a :class:`Pages` is made. Every text of an article is
escaped by the templates, cleaned once more by ``finalize``, and its addresses pass ``safe_url``. A content security
policy in every page allows one style sheet and one script, ours, by their hashes. No page but ``status.html`` may show
what changes with every poll.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from aggregator.markup import clean, safe_url
from aggregator.model import OutputView, Revision, SourceView, StoryDay, StoryView, Worth
from aggregator.outputs import card, strings
from aggregator.outputs.content import beginning, gap_before, plain, shorten, source_name, split_ending
from aggregator.outputs.entry import is_wanted
from aggregator.outputs.pages import archive, charts, days, front, search, story
from aggregator.outputs.pages.sources import Health, called, health_of, source_records
from aggregator.outputs.pages.troubles import troubles
from aggregator.outputs.publish import FORMATS
from aggregator.outputs.site import Site, direction, feed_url, host, language_tag, story_url

FOUND_FORMATS = FORMATS[:1]  # what a feed reader finds by itself on every page: one a feed, so that it need not ask
MAIN_FORMATS = FORMATS[:4]  # what a story's page offers
SCRIPT_FILE = "site.js"
MAX_DESCRIPTION = 200  # characters; what search engines and link previews show
_TEMPLATES = ("index", "story", "moved", "hidden", "feeds", "status", "day", "archive", "rows")
_BELOW = frozenset({"story", "moved", "hidden", "day", "archive"})  # pages in a folder of their own
_HYPHENATED = re.compile(r"((?<![\w-])(?:\w{1,3}-\w{1,10}|\w{4,10}-\d{1,3})(?![\w-]))")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ICON_FILE = "icon.svg"  # a file of its own: a data: address in a page would have to be allowed for every picture
_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="2" fill="#1f4e79"/>'
    b'<path d="M3 4h10M3 7.5h10M3 11h6" stroke="#fcfaf5" stroke-width="1.6"/></svg>\n'
)


class Counted(Protocol):
    """How much is stored."""

    @property
    def n_articles(self) -> int:
        """Articles stored."""

    @property
    def n_stories(self) -> int:
        """Living stories."""


Rows = MutableMapping[tuple[str, str], tuple[object, str]]
"""By kind and address of the source: what a row shows, and its HTML."""


class Pages:
    """Renders the pages of one site.

    Args:
        site: What every page needs to know.
        rows: Those of sources as they were written before; what is written is added. Changes no byte.
    """

    def __init__(self, site: Site, rows: Rows | None = None) -> None:
        self.site = site
        self._rows: Rows = {} if rows is None else rows
        self._templates = _compiled().templates

    def index(
        self,
        ranked: Sequence[tuple[Revision, float, str]],
        *,
        n_sources: int,
        n_answering: int,
        days: Sequence[datetime] = (),
    ) -> bytes:
        """Write the front page: the best story with its first section, two tiers of others, the rest by tag.

        Args:
            ranked: (story, score, why it stands there), best first.
            n_sources: Subscribed sources.
            n_answering: Those that have ever answered; both are shown only while there is no story.
            days: Those of the archive.
        """
        newest_at = max((revision.newest_at for revision, _, _ in ranked), default=None)
        return self._render(
            "index",
            canonical=self.site.base_url,
            front=front.arrange(ranked),
            newest_at=newest_at,
            days=archive.latest(days, newest_at),
            empty=front.empty_state(self.site, n_sources=n_sources, n_answering=n_answering),
        )

    def story(self, view: StoryView, *, worth: Worth | None = None) -> bytes:
        """Write the permanent page of a story. Cost: 1 to 2 ms for six articles.

        Args:
            view: The story with at least one revision.
            worth: What it counts by itself where stories are ranked; ``None``: not said.
        """
        revision = view.revisions[-1]
        summary = revision.summary
        publishers, n_others = story.publishers(summary)
        return self._render(
            "story",
            canonical=story_url(self.site, view.story.id),
            revision=revision,
            summary=summary,
            names=story.names(summary),
            sources=sorted(summary.sources, key=lambda source: source.n),
            description=shorten(beginning(summary), MAX_DESCRIPTION),
            first_at=min((source.published_at for source in summary.sources), default=revision.newest_at),
            publishers=publishers,
            n_others=n_others,
            firsts=story.first_citations(summary),
            cited_numbers={n for section in summary.sections for each in section.sentences for n in each.citations},
            versions=story.versions(view.revisions),
            evidence=story.evidence(view),
            timeline=charts.timeline(summary),
            outputs=[output for output in self.site.outputs if is_wanted(output, revision)],
            standing=strings.standing(worth, self.site.ranking) if worth else (),
            earlier=view.earlier,
            related=tuple(each for each in revision.related if each.story_id not in view.story.earlier),
        )

    def moved(self, story_id: str, to: str) -> bytes:
        """Write the page of a story that was merged into the story ``to``: it leads there by itself."""
        return self._render("moved", canonical=story_url(self.site, to), story_id=story_id, to=to)

    def hidden(self, story_id: str) -> bytes:
        """Write the page of a story that a person took out: it says so, and nothing of the story."""
        return self._render("hidden", canonical=story_url(self.site, story_id))

    def feeds(self, outputs: Sequence[OutputView], sources: Sequence[SourceView]) -> bytes:
        """Write the list of output feeds and of sources; nothing in it changes with a poll that brings no article."""
        return self._render(
            "feeds",
            canonical=f"{self.site.base_url}feeds.html",
            outputs=outputs,
            sources=sources,
            rows=[self._source_row(view) for view in sources],
        )

    def archive_day(
        self,
        day: datetime,
        stories: Sequence[Revision],
        *,
        n_stories: int,
        earlier: datetime | None,
        later: datetime | None,
    ) -> bytes:
        """Write a day of the archive.

        Args:
            day: Its midnight, UTC.
            stories: The last revision of the stories that were written on it, best first; of ``archive.MAX_STORIES``
                at most it is shown, and no more need to be there.
            n_stories: How many there were in all.
            earlier: The day before it that has a page; ``None``: it is the first.
            later: The day after it that has a page; ``None``: it is the last.
        """
        return self._render(
            "day",
            canonical=self.site.base_url + archive.file_of(day),
            day=day,
            cards=archive.cards(stories),
            n_stories=n_stories,
            earlier=earlier,
            later=later,
        )

    def archive_index(self, days: Sequence[datetime]) -> bytes:
        """Write the list of days, by month, newest first."""
        return self._render(
            "archive", canonical=f"{self.site.base_url}{archive.FOLDER}/index.html", months=archive.months(days)
        )

    def search_index(self, revisions: Sequence[Revision], known: search.Lines | None = None) -> bytes:
        """Write what the script searches; it stands at ``search.FILE``. ``known``: see :func:`.search.render_index`."""
        return search.render_index(revisions, known)

    def script(self) -> bytes:
        """Give the script of every page; it stands at ``SCRIPT_FILE``."""
        return _compiled().script

    def status(
        self,
        *,
        sources: Sequence[SourceView],
        outputs: Sequence[OutputView],
        counts: Counted,
        now: datetime,
        stories: Sequence[StoryDay] = (),
    ) -> bytes:
        """Write how the program fares: what is wrong first, then each source. The one page that knows the time."""
        wrong = troubles(sources, now=now)
        polled = [day for view in sources for day in view.days]
        return self._render(
            "status",
            canonical=f"{self.site.base_url}status.html",
            failures=[each for each in wrong if each.is_failure],
            oddities=[each for each in wrong if not each.is_failure],
            sources=sources,
            rows=self._health_rows(sources, now),
            outputs=outputs,
            counts=counts,
            now=now,
            polls=days.poll_chart(polled, now=now),
            answers=days.answer_chart(polled, now=now),
            stories=days.story_chart(stories, now=now),
            n_asked=sum(view.state.last_polled_at is not None for view in sources),
        )

    def status_json(
        self,
        *,
        sources: Sequence[SourceView],
        outputs: Sequence[OutputView],
        counts: Counted,
        now: datetime,
        stories: Sequence[StoryDay] = (),
    ) -> bytes:
        """Write the same for programs. Lists of a source's days are parallel to ``days``, today last."""
        first = days.midnight(now) - timedelta(days=days.N_DAYS - 1)
        record = {
            "at": strings.machine_time(now),
            "articles": counts.n_articles,
            "stories": counts.n_stories,
            "days": [f"{first + timedelta(days=i):%Y-%m-%d}" for i in range(days.N_DAYS)],
            "stories_written": [
                {"day": f"{each.day:%Y-%m-%d}", "new": each.n_new, "grown": each.n_grown} for each in stories
            ],
            "outputs": [
                {
                    "slug": view.output.slug,
                    "title": plain(view.output.title),
                    "entries": view.n_entries,
                    "updated_at": strings.machine_time(view.updated_at) if view.updated_at else None,
                }
                for view in outputs
            ],
        }
        head = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        lines = [
            json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in source_records(sources, now=now)
        ]
        return (head[:-1] + ',"sources":[\n' + ",\n".join(lines) + "\n]}\n").encode()

    def icon(self) -> bytes:
        """Give the picture that every page names as its icon; it stands at ``ICON_FILE``."""
        return _ICON

    def _source_row(self, view: SourceView) -> str:
        state = view.state
        shown = (view.source, state.title, state.site_url, state.lang, state.newest_at)
        return self._row("source", view, shown, lambda: self._macro("source_row")(view))

    def _health_rows(self, views: Sequence[SourceView], now: datetime) -> list[str]:
        write = self._macro("health_row")
        today = days.midnight(now)

        def row(health: Health) -> str:
            spark = days.sparkline(health.view.days, now=now)
            return write(health, spark, now)

        healths = [health_of(view, now=now) for view in views]
        return [self._row("health", each.view, (each, today), partial(row, each)) for each in healths]

    def _macro(self, name: str) -> Callable[..., str]:
        found: Callable[..., str] = getattr(self._templates["rows"].module, name)
        return found

    def _row(self, kind: str, view: SourceView, shown: object, write: Callable[[], str]) -> str:
        """Return a row of a source, written anew where ``shown`` differs, which is all that it depends on."""
        key = (kind, view.source.url)
        before, row = self._rows.get(key, (None, Markup()))
        if before != shown:
            row = write()
            self._rows[key] = (shown, row)
        return row

    def _render(self, name: str, **values: object) -> bytes:
        template: Template = self._templates[name]
        root = "../" if name in _BELOW else ""
        return template.render(values, site=self.site, site_title=plain(self.site.title), root=root).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    templates: dict[str, Template]
    script: bytes


@cache
def _compiled() -> _Compiled:
    """Return templates and script, compiled once in a process (0.15 s)."""
    environment = Environment(
        loader=PackageLoader("aggregator.outputs.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    css = _stylesheet(environment)
    script = _script(environment)
    environment.filters |= {
        "plain": plain,
        "shorten": shorten,
        "safe_url": safe_url,
        "machine": strings.machine_time,
        "moment": strings.moment,
        "day": strings.day,
        "short": strings.short_moment,
        "tag": language_tag,
        "dir": direction,
        "language": strings.language_name,
        "date": lambda day: f"{day:%Y-%m-%d}",
        "split_ending": split_ending,
        "unbroken": unbroken,
    }
    environment.globals |= {
        "s": strings,
        "css": Markup(css),  # noqa: S704 - our own file
        "csp": Markup(_policy(css, script)),  # noqa: S704 - built here, and its quotes may stand in a double-quoted attribute
        "icon": ICON_FILE,
        "script": SCRIPT_FILE,
        "integrity": f"sha256-{_digest(script)}",
        "formats": FORMATS,
        "main_formats": MAIN_FORMATS,
        "found_formats": FOUND_FORMATS,
        "gap_before": gap_before,
        "gap_after": story.gap_after,
        "spark_width": days.SPARK_WIDTH,
        "spark_height": days.SPARK_HEIGHT,
        "feed_url": feed_url,
        "source_name": source_name,
        "called": called,
        "host": host,
        "share": card,
        "card_size": (card.WIDTH, card.HEIGHT),
    }
    return _Compiled(
        templates={name: environment.get_template(f"{name}.html.j2") for name in _TEMPLATES}, script=script
    )


def _finalize(value: object) -> object:
    """Clean what a template is about to write: no control or direction character reaches a page."""
    return clean(value) if type(value) is str else value


def _stylesheet(environment: Environment) -> str:
    """Return the style sheet without comments and indentation."""
    assert environment.loader is not None  # noqa: S101 - for the type checker
    source, _, _ = environment.loader.get_source(environment, "style.css")
    lines = (line.strip() for line in _COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)


def _script(environment: Environment) -> bytes:
    """Return the script without comments and indentation, with the words that it says."""
    source = environment.get_template("site.js.j2").render(words=strings.SCRIPT, index=search.FILE)
    lines = (line.strip() for line in _COMMENT.sub("", source).splitlines())
    return ("\n".join(line for line in lines if line) + "\n").encode()


def _digest(body: bytes) -> str:
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _policy(css: str, script: bytes) -> str:
    """Return the content security policy: this style sheet, this script, and pictures and an index of our own.

    Source: CSP 3, 6.7.2.4: a hash allows a script file whose ``integrity`` names it; a browser that does not know this
    yet loads no script, and the page is whole without.
    """
    return (
        f"default-src 'none'; script-src 'sha256-{_digest(script)}'; style-src 'sha256-{_digest(css.encode())}'; "
        "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
    )


def unbroken(headline: str) -> Markup:
    """Keep short words with a hyphen or a figure on one line: "Aurora-4", "3-0", "e-bike". Escapes the text."""
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(clean(part)) if i % 2 else clean(part)
        for i, part in enumerate(_HYPHENATED.split(headline))
    )
