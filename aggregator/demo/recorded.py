"""The recording: which publisher published, changed and broke what, and when.

Owns the values of the recording and their reading from ``recording/*.toml``. Must not render or serve anything and
must not read a clock: what stands at a moment is a function of that moment.

Publishers, places, companies and reports are made up, but for the Nara summit of January 2026, of which only general
diplomatic content is told. Addresses are of the reserved ``.example`` domain and are never fetched.
"""

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from typing import Any, Literal, get_args

FeedFormat = Literal["rss20", "rss091", "rdf", "atom10", "json11"]
FaultKind = Literal["server error", "truncated", "page"]
GuidStyle = Literal["link", "tag", "none"]

N_NEWEST = 15  # articles in a feed: common in the wild, and more than any recorded publisher adds between two polls


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A later change of an article; an empty field stays as it was."""

    at: datetime
    guid: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedArticle:
    """An article as its publisher first puts it into the feed, with what is changed later.

    Attributes:
        appears_at: From when on the feed holds it.
        published_at: The date that the feed gives for it.
        updated_at: The last edit; ``published_at`` where there is none yet.
        guid: As the feed gives it; empty: none.
        link: Absolute address, unique in the recording.
        title: Plain text.
        summary: HTML, one paragraph without its tags.
        content: HTML of several paragraphs; empty: the feed carries the summary only.
        author: A desk, never a person.
        categories: Plain text.
        edits: In order of time.
    """

    appears_at: datetime
    published_at: datetime
    updated_at: datetime
    guid: str
    link: str
    title: str
    summary: str
    content: str = ""
    author: str = ""
    categories: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How a publisher's feed is broken from ``from_at`` on, until a later fault takes over."""

    kind: FaultKind
    from_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A made-up publisher with one feed.

    Attributes:
        slug: Short name; its file in the recording.
        name: Title of the feed.
        site: Home page, with a slash at its end.
        lang: BCP 47 primary language.
        format: As feedparser and JSON Feed number them.
        tags: For ``feeds.toml``.
        n_newest: How many articles the feed holds.
        is_dated: Whether articles carry dates.
        has_validators: Whether the server sends ETag and Last-Modified and answers 304.
        content_type: The header; empty: the right one for the format.
        faults: In order of time.
        articles: In order of appearance.
    """

    slug: str
    name: str
    site: str
    lang: str
    format: FeedFormat
    tags: tuple[str, ...] = ()
    n_newest: int = N_NEWEST
    is_dated: bool = True
    has_validators: bool = True
    content_type: str = ""
    faults: tuple[Fault, ...] = ()
    articles: tuple[RecordedArticle, ...] = ()

    @property
    def domain(self) -> str:
        """Host of the home page, which names the publisher."""
        return self.site.removeprefix("https://").rstrip("/")

    @property
    def feed_url(self) -> str:
        """Address of the feed: never fetched, as the domain is a reserved one; the demo maps it to the loopback."""
        return f"{self.site}feed"

    def fault_at(self, now: datetime) -> FaultKind | None:
        """Say how the feed is broken at ``now``; ``None``: it is not."""
        kinds = [fault.kind for fault in self.faults if fault.from_at <= now]
        return kinds[-1] if kinds else None

    def articles_at(self, now: datetime) -> tuple[RecordedArticle, ...]:
        """Return what the feed holds at ``now``, newest first, edits applied."""
        present = [_edited(article, now) for article in self.articles if article.appears_at <= now]
        present.sort(key=lambda article: (article.appears_at, article.link), reverse=True)
        return tuple(present[: self.n_newest])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Everything that the demo replays; publishers by slug."""

    publishers: tuple[Publisher, ...]

    def publisher(self, domain: str) -> Publisher | None:
        """Find a publisher; ``None``: there is none of that domain."""
        return next((each for each in self.publishers if each.domain == domain), None)


def load_recording() -> Recording:
    """Read the recording that ships with the package.

    Raises:
        ValueError: A file holds what this module does not know, which is a mistake in the package.
    """
    folder = resources.files("aggregator.demo") / "recording"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return Recording(publishers=tuple(publisher_from(file.name, file.read_text(encoding="utf-8")) for file in files))


def _edited(article: RecordedArticle, now: datetime) -> RecordedArticle:
    """Apply the edits up to ``now``."""
    for edit in article.edits:
        if edit.at <= now:
            article = replace(
                article,
                updated_at=edit.at,
                guid=edit.guid or article.guid,
                title=edit.title or article.title,
                summary=edit.summary or article.summary,
                content=edit.content or article.content,
            )
    return article


def publisher_from(file_name: str, text: str) -> Publisher:
    """Read the text of one file. Its name without suffix is the publisher's slug.

    Raises:
        ValueError: A key is missing or not known, or a word is none of the allowed ones.
    """
    try:
        table = tomllib.loads(text)
        style = table.pop("guids", "link")
        _check(style, GuidStyle)
        site = table["site"]
        articles = tuple(_article(each, site, style) for each in table.pop("articles", []))
        faults = tuple(_fault(each) for each in table.pop("faults", []))
        tags = tuple(table.pop("tags", []))
        _check(table["format"], FeedFormat)
        slug = file_name.removesuffix(".toml")
        ordered = tuple(sorted(articles, key=lambda article: (article.appears_at, article.link)))
        return Publisher(slug=slug, tags=tags, faults=faults, articles=ordered, **table)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"recording/{file_name}: {error}") from error


def _article(table: dict[str, Any], site: str, style: GuidStyle) -> RecordedArticle:
    """Read one ``[[articles]]`` table. ``path`` is the link without the site."""
    link = site + table.pop("path")
    appears_at = table.pop("at")
    published_at = table.pop("published_at", appears_at)
    return RecordedArticle(
        appears_at=appears_at,
        published_at=published_at,
        updated_at=published_at,
        guid=_guid(link, style),
        link=link,
        content=_paragraphs(table.pop("content", "")),
        categories=tuple(table.pop("categories", [])),
        edits=tuple(_edit(each) for each in table.pop("edits", [])),
        **table,
    )


def _edit(table: dict[str, Any]) -> Edit:
    """Read one ``[[articles.edits]]`` table."""
    return Edit(content=_paragraphs(table.pop("content", "")), **table)


def _fault(table: dict[str, Any]) -> Fault:
    """Read one ``[[faults]]`` table."""
    _check(table["kind"], FaultKind)
    return Fault(**table)


def _check(value: str, allowed: Any) -> None:
    """Refuse a word that a Literal does not list."""
    if value not in get_args(allowed):
        raise ValueError(f"{value!r} is none of {', '.join(get_args(allowed))}")


def _guid(link: str, style: GuidStyle) -> str:
    """Make the guid that a publisher of this habit gives to an article."""
    if style == "none":
        return ""
    if style == "link":
        return link
    host, _, path = link.removeprefix("https://").partition("/")
    return f"tag:{host},2026:{path}"


def _paragraphs(text: str) -> str:
    """Wrap paragraphs, which stand apart by a blank line, into ``<p>``."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return "\n".join(f"<p>{part}</p>" for part in parts if part)
