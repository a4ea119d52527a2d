"""Take-down: a source goes, with all that it said, from the database and from everything that was published.

The order of the steps, and what is left of a story. A kill between the steps is healed by running it again: a note of
what went stands in the data folder until the last file is gone.
"""

import email
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.model import CitedSource, Revision, Section, Sentence, Summary
from aggregator.outputs.write import write_if_changed
from aggregator.store import takedown as stored
from aggregator.store.upkeep import BEFORE_RESTORE

NOTE = "takedown.json"
INBOX = "inbox"  # what hubs delivered and no poll took up yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a take-down did. ``n_files`` were deleted; those that others still need are written again by a build."""

    n_articles: int
    n_gone: int
    n_reduced: int
    n_files: int


def take_down(database: Path, site: Path, source_url: str) -> Purged:
    """Purge a source from the database and delete every output that holds or may hold something of it.

    The lock must be held; afterwards everything is to be rendered again (``build(render_all=True)``), then
    :func:`finish`.

    Raises:
        StoreError: The database cannot be used; nothing is half done in it.
        AggregatorError: A file cannot be deleted; run it again.
    """
    note = database.with_name(NOTE)
    taken = stored.take_down(database, source_url, reduced)
    marks = [source_url, *sorted({*unfinished(database), *taken.gone, *taken.reduced, *taken.links, *taken.tokens})]
    write_if_changed(note, json.dumps(marks).encode())
    given = [mark.encode() for mark in marks]
    n_files = _delete_files(site, given) + _delete_files(database.parent / INBOX, given)
    for path in sorted(database.parent.glob(f"{database.name}{BEFORE_RESTORE}*")):
        _delete(path)
        n_files += 1
    return Purged(n_articles=taken.n_articles, n_gone=len(taken.gone), n_reduced=len(taken.reduced), n_files=n_files)


def finish(database: Path) -> None:
    """Say that everything was rendered again: nothing of the source is left."""
    _delete(database.with_name(NOTE))


def unfinished(database: Path) -> tuple[str, ...]:
    """Return what a take-down that was killed had still to purge, its source's address first; empty: none was."""
    note = database.with_name(NOTE)
    return tuple(json.loads(note.read_text(encoding="utf-8"))) if note.exists() else ()


def _delete_files(site: Path, marks: Sequence[bytes]) -> int:
    """Delete the outputs that name one of these; a story is named wherever something of it stands."""
    escaped = [mark.replace(b"&", b"&amp;") for mark in marks if b"&" in mark]
    wanted = (*marks, *escaped)
    n_files = 0
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        if any(mark in path.name.encode() for mark in marks) or _holds(path, wanted):
            _delete(path)
            n_files += 1
    return n_files


def _holds(path: Path, marks: Sequence[bytes]) -> bool:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise AggregatorError(f"{path} cannot be read: {error.strerror}; run it again") from error
    if path.suffix == ".eml":  # its lines are broken and encoded
        parts = (part.get_payload(decode=True) for part in email.message_from_bytes(body).walk())
        body += b"".join(part for part in parts if isinstance(part, bytes))
    return any(mark in body for mark in marks)


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise AggregatorError(f"{path} cannot be deleted: {error.strerror}; run it again") from error


# ---------------------------------------------------------------- what is left of a story


def reduced(revision: Revision, article_ids: frozenset[str]) -> Revision | None:
    """Give a revision without these articles, or ``None`` if it stands on nothing else.

    A sentence goes if it cites one of them, whatever else it cites: whose words it has cannot be told. A copy takes the
    place of the article that it repeats.
    """
    sources = tuple(_sources(revision.summary.sources, article_ids))
    if not sources:
        return None
    gone = {each.n for each in revision.summary.sources if each.article_id in article_ids}
    headline, titles = revision.summary.headline, [each.title for each in sources]
    summary = replace(
        revision.summary,
        headline=headline if headline in titles else titles[0],
        sections=tuple(_sections(revision.summary, gone)) or (_stub(sources[0]),),
        sources=sources,
        dropped=(),
    )
    newest_at = max(each.published_at for each in sources)
    return replace(revision, summary=summary, newest_at=newest_at)


def _sources(given: Iterable[CitedSource], article_ids: frozenset[str]) -> Iterable[CitedSource]:
    for each in given:
        copies = tuple(also for also in each.also if also.article_id not in article_ids)
        if each.article_id not in article_ids:
            yield replace(each, also=copies)
        elif copies:
            first = copies[0]
            yield replace(
                each,
                article_id=first.article_id,
                title=first.title,
                publisher=first.publisher,
                name=first.name,
                url=first.url,
                also=copies[1:],
            )


def _sections(summary: Summary, gone: set[int]) -> Iterable[Section]:
    for section in summary.sections:
        left = tuple(each for each in section.sentences if gone.isdisjoint(each.citations))
        if left:
            yield Section(heading=section.heading if left == section.sentences else "", sentences=left)


def _stub(source: CitedSource) -> Section:
    """Tell a story of which nothing else is left by the title of a report."""
    return Section(heading="", sentences=(Sentence(text=source.title, citations=(source.n,), lang=source.lang),))
