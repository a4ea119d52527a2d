"""Own the pages: values in, whole HTML files out. Their look is in ``templates/``, their words are in ``strings``.

Pure: no clock and no file but its own templates, read when a :class:`Pages` is made. Every text of an article is
escaped by the templates, cleaned once more by ``finalize``, and its addresses pass ``safe_url``; a content security
policy with no scripts stands in every page. No page but ``status.html`` may show what changes with every poll.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from aggregator.markup import clean, safe_url
from aggregator.model import OutputView, Revision, SourceView, StoryView
from aggregator.outputs import strings
from aggregator.outputs.content import beginning, plain, shorten, source_name
from aggregator.outputs.entry import is_wanted
from aggregator.outputs.pages import charts, front, story
from aggregator.outputs.pages.troubles import called, in_words, troubles
from aggregator.outputs.site import Site, direction, feed_url, host, language_tag, story_url

FORMATS = ((".atom", "Atom", "application/atom+xml"),)  # of each output feed, as they are written
MAX_DESCRIPTION = 200  # characters; what search engines and link previews show
_TEMPLATES = ("index", "story", "moved", "feeds", "status")
_BELOW = frozenset({"story", "moved"})  # pages in a folder of their own
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FAVICON = (
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2016%2016'%3E"
    "%3Crect%20width='16'%20height='16'%20rx='2'%20fill='%231f4e79'/%3E"
    "%3Cpath%20d='M3%204h10M3%207.5h10M3%2011h6'%20stroke='%23fcfaf5'%20stroke-width='1.6'/%3E%3C/svg%3E"
)


class Counted(Protocol):
    """How much is stored."""

    @property
    def n_articles(self) -> int:
        """Articles stored."""

    @property
    def n_stories(self) -> int:
        """Living stories."""


class Pages:
    """Renders the pages of one site."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._templates = _compiled()

    def index(self, ranked: Sequence[tuple[Revision, float, str]], *, n_sources: int, n_answering: int) -> bytes:
        """Write the front page: the best story with its first section, two tiers of others, the rest by tag.

        Args:
            ranked: (story, score, why it stands there), best first.
            n_sources: Subscribed sources.
            n_answering: Those that have ever answered; both are shown only while there is no story.
        """
        return self._render(
            "index",
            canonical=self.site.base_url,
            front=front.arrange(ranked),
            newest_at=max((revision.newest_at for revision, _, _ in ranked), default=None),
            empty=front.empty_state(self.site, n_sources=n_sources, n_answering=n_answering),
        )

    def story(self, view: StoryView, *, rank_reason: str = "") -> bytes:
        """Write the permanent page of a story. Cost: 1 to 2 ms for six articles.

        Args:
            view: The story with at least one revision.
            rank_reason: Why it stands where it does on the front page; empty: not said.
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
            first_citations=story.first_citations(summary),
            versions=story.versions(view.revisions),
            evidence=story.evidence(view),
            timeline=charts.timeline(summary),
            outputs=[output for output in self.site.outputs if is_wanted(output, revision)],
            rank_reason=plain(rank_reason),
        )

    def moved(self, story_id: str, to: str) -> bytes:
        """Write the page of a story that was merged into the story ``to``: it leads there by itself."""
        return self._render("moved", canonical=story_url(self.site, to), story_id=story_id, to=to)

    def feeds(self, outputs: Sequence[OutputView], sources: Sequence[SourceView]) -> bytes:
        """Write the list of output feeds and of sources; nothing in it changes with a poll that brings no article."""
        return self._render(
            "feeds", canonical=f"{self.site.base_url}feeds.html", outputs=outputs, sources=sources, called=called
        )

    def status(
        self, *, sources: Sequence[SourceView], outputs: Sequence[OutputView], counts: Counted, now: datetime
    ) -> bytes:
        """Write how the program fares: what is wrong first, then each source. The one page that knows the time."""
        wrong = troubles(sources, now=now)
        return self._render(
            "status",
            canonical=f"{self.site.base_url}status.html",
            failures=[each for each in wrong if each.is_failure],
            oddities=[each for each in wrong if not each.is_failure],
            sources=sources,
            outputs=outputs,
            counts=counts,
            now=now,
            chart=charts.poll_chart([record for view in sources for record in view.history], now=now),
            n_asked=sum(view.state.last_polled_at is not None for view in sources),
            called=called,
            in_words=in_words,
        )

    def _render(self, name: str, **values: object) -> bytes:
        template: Template = self._templates[name]
        root = "../" if name in _BELOW else ""
        return template.render(values, site=self.site, site_title=plain(self.site.title), root=root).encode()


@cache
def _compiled() -> dict[str, Template]:
    """Return the templates by name, compiled once in a process (0.15 s)."""
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
    }
    environment.globals |= {
        "s": strings,
        "css": Markup(css),  # noqa: S704 - our own file
        "csp": Markup(_policy(css)),  # noqa: S704 - built here, and its quotes may stand in a double-quoted attribute
        "favicon": Markup(_FAVICON),  # noqa: S704 - the same
        "formats": FORMATS,
        "feed_url": feed_url,
        "source_name": source_name,
        "host": host,
    }
    return {name: environment.get_template(f"{name}.html.j2") for name in _TEMPLATES}


def _finalize(value: object) -> object:
    """Clean what a template is about to write: no control or direction character reaches a page."""
    return clean(value) if type(value) is str else value


def _stylesheet(environment: Environment) -> str:
    """Return the style sheet without comments and indentation."""
    assert environment.loader is not None  # noqa: S101 - for the type checker
    source, _, _ = environment.loader.get_source(environment, "style.css")
    lines = (line.strip() for line in _COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)


def _policy(css: str) -> str:
    """Return the content security policy: nothing but this style sheet and images of our own."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
