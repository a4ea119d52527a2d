"""The corridor's stretch from what was written to the days of the archive.

A day grows to ten thousand stories, of which 200 are shown and one is new: what the order of a day asks of a story is
noted once, and only what is shown is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Ranking
from aggregator.outputs.pages import archive
from aggregator.outputs.pages.pages import Pages
from aggregator.outputs.publish import Press
from aggregator.outputs.write import SiteWriter
from aggregator.store.base import Store
from aggregator.stories import rank

AT_ONCE = 1_000  # revisions read at once: 5 MB

Key = tuple[str, int]  # of a revision


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """What a day's order asks of a story: ``told``, and the ids of its articles."""

    told: rank.Told
    article_ids: tuple[str, ...]


def write_days(
    store: Store,
    writer: SiteWriter,
    pages: Pages,
    days: Sequence[datetime],
    *,
    newest_at: datetime | None,
    press: Press,
    render_all: bool,
) -> None:
    """Write the days of the archive, newest first.

    A day that is over never changes again: before the first one whose file is as it should be, all are, so the rest is
    passed over. After a killed build that one is further back.
    """
    notes = press.notes(f"days {pages.site.ranking}")
    for day in sorted(notes.keys() - set(days[-2:])):
        del notes[day]
    for i in reversed(range(len(days))):
        day = days[i]
        beside = (days[i - 1] if i else None, days[i + 1] if i + 1 < len(days) else None)
        is_over = newest_at is not None and archive.is_over(day, newest_at=newest_at)
        if (
            not _write_day(store, writer, pages, day, beside, notes.setdefault(day, _Day()))
            and is_over
            and not render_all
        ):
            break


class _Day:
    """What was noted of a day: the lines of its stories, and of what its page was last made."""

    def __init__(self) -> None:
        self.lines: dict[Key, _Line] = {}
        self.question: object = None


def _write_day(
    store: Store,
    writer: SiteWriter,
    pages: Pages,
    day: datetime,
    beside: tuple[datetime | None, datetime | None],
    noted: _Day,
) -> bool:
    """Write the page of a day, if it may have changed. Returns whether it did."""
    keys = store.written(since=day, until=day + timedelta(days=1))
    question = (keys, beside, pages.site)
    if noted.question == question and (writer.folder / archive.file_of(day)).is_file():
        return False
    lines = _lines(store, keys, noted.lines, pages.site.ranking)
    noted.lines = dict(zip(keys, lines, strict=True))
    n_by_story = dict(keys)
    newest_at = max((line.told.newest_at for line in lines), default=day)
    ids_by_story = {line.told.story_id: line.article_ids for line in lines}
    ordered = rank.order([line.told for line in lines], newest_at=newest_at, ranking=pages.site.ranking)
    best_first = [told.story_id for told, _, _ in ordered]
    kept = [best_first[place] for place in archive.whole([ids_by_story[each] for each in best_first])]
    shown = store.revisions_of([(each, n_by_story[each]) for each in kept[: archive.MAX_STORIES]])
    body = pages.archive_day(day, shown, n_stories=len(kept), earlier=beside[0], later=beside[1])
    is_new = writer.write(archive.file_of(day), body)
    noted.question = question
    return is_new


def _lines(store: Store, keys: Sequence[Key], known: dict[Key, _Line], ranking: Ranking) -> list[_Line]:
    """Return the lines of revisions, in their order; only those that are not ``known`` are read."""
    missing = [key for key in keys if key not in known]
    found: dict[Key, _Line] = {}
    for start in range(0, len(missing), AT_ONCE):
        for each in store.revisions_of(missing[start : start + AT_ONCE]):
            found[each.story_id, each.n] = _Line(
                told=rank.told(each, ranking),
                article_ids=tuple([source.article_id for source in each.summary.sources]),
            )
    return [known.get(key) or found[key] for key in keys]
