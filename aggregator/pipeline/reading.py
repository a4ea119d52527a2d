"""What a body says of its source's articles: parse, filter, compare. Nothing is saved here."""

from collections.abc import Sequence
from datetime import datetime

from aggregator.dataclass import replace
from aggregator.intake import filters, identity, schedule
from aggregator.intake.reading.chunks import Chunks
from aggregator.intake.reading.parse import MAX_ARTICLES, parse
from aggregator.intake.urls import canonical_url
from aggregator.model import (
    ArticleChange,
    ChangeKind,
    Fetched,
    KnownArticle,
    NotAFeed,
    ParsedArticle,
    ParsedFeed,
    ParseResult,
    Signs,
    Sought,
    Source,
    SourceState,
)
from aggregator.store.base import Store


class Recollection:
    """What a store knows of one source, as far as it was asked: a :data:`.identity.Recall` that remembers."""

    def __init__(self, store: Store, state: SourceState) -> None:
        self._store = store
        self._state = state
        self._known: dict[str, KnownArticle] = {}

    def __call__(self, sought: Sought) -> tuple[KnownArticle, ...]:
        """Find stored articles."""
        if self.is_new:
            return ()
        found = self._store.articles_like(self._state.url, sought)
        self._known |= {each.id: each for each in found}
        return found

    @property
    def is_new(self) -> bool:
        """Tell whether nothing can be stored of the source."""
        return self._state.first_polled_at is None and not self._state.n_articles

    @property
    def known(self) -> tuple[KnownArticle, ...]:
        """What was found so far, in the order in which it was."""
        return tuple(self._known.values())

    @property
    def has_twins(self) -> bool:
        """Tell whether some stored articles cannot be told apart."""
        return self._state.has_twins

    def noted(self, state: SourceState, changes: Sequence[ArticleChange]) -> SourceState:
        """Give a state with what the changes make of the source's stored articles."""
        n_new = sum(change.kind is ChangeKind.NEW for change in changes)
        has_twins = self._state.has_twins or identity.has_twins(changes, self.known)
        n_articles = self._state.n_articles + n_new
        if (n_articles, has_twins) == (state.n_articles, state.has_twins):
            return state
        return replace(state, n_articles=n_articles, has_twins=has_twins)

    def times(self, changes: Sequence[ArticleChange], *, now: datetime) -> list[datetime]:
        """Give the effective times that tell the source's rhythm, those of the changes among them, in any order."""
        stored: Sequence[datetime] = ()
        if not self.is_new:
            stored = self._store.article_times(self._state.url, until=now, limit=schedule.N_RHYTHM)
        return [*stored, *(change.article.at for change in changes)]


def read_body(
    source: Source,
    fetched: Fetched,
    recall: Recollection,
    *,
    now: datetime,
    max_articles: int = MAX_ARTICLES,
) -> tuple[ParseResult, tuple[ArticleChange, ...]]:
    """Parse a body, filter its articles, and compare them with the stored ones."""
    parsed = parse(fetched.body, url=fetched.url, content_type=fetched.content_type, max_articles=max_articles)
    if isinstance(parsed, NotAFeed):
        return parsed, ()
    keep = [filters.compile_rule(rule) for rule in source.keep]
    block = [filters.compile_rule(rule) for rule in source.block]
    lang = source.lang or parsed.lang
    kept = tuple(each for each in parsed.articles if filters.is_kept(each, keep=keep, block=block, now=now, lang=lang))
    return parsed, identity.diff(
        replace(parsed, articles=kept), source=source, recall=None if recall.is_new else recall, now=now
    )


def read_unseen(
    source: Source,
    fetched: Fetched,
    cut: Chunks,
    unseen: Sequence[bytes],
    recall: Recollection,
    *,
    now: datetime,
) -> tuple[ParsedFeed, tuple[ArticleChange, ...]] | None:
    """Read only the articles that were not in the last body, or give ``None`` where the whole has to be read.

    Gives the NEW articles that reading the whole would give, because it gives up where a new article shares guid,
    address or title with any known one (it may be that one, edited), or known ones cannot be told apart: only then do
    the articles that are passed over have a say in what the others are.
    """
    if recall.has_twins:
        return None
    body = b"".join((cut.head, *unseen, cut.tail))
    parsed, changes = read_body(source, replace(fetched, body=body), recall, now=now)
    if not isinstance(parsed, ParsedFeed) or parsed.warnings or len(parsed.articles) != len(unseen):
        return None
    if len(changes) < len(parsed.articles):  # those that rules drop were not asked for
        recall(Sought(signs=tuple(map(_signs_of, parsed.articles))))
    known = recall.known
    guids = {name for each in known for name in (each.guid, canonical_url(each.guid)) if name}
    links = {each.canonical_url for each in known if each.canonical_url}
    titles = {each.title for each in known if each.title}
    for each in parsed.articles:
        link = canonical_url(each.link)
        if each.guid in guids or canonical_url(each.guid) in guids or link in links or each.title in titles:
            return None
        if not (each.guid or link or each.title):
            return None
    return parsed, changes


def _signs_of(article: ParsedArticle) -> Signs:
    return Signs(
        guid=article.guid,
        guid_url=canonical_url(article.guid),
        link=canonical_url(article.link),
        title=article.title,
    )
