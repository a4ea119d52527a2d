"""What the pages show."""

from datetime import datetime

from aggregator.dataclass import dataclass
from aggregator.model.article import PollDay
from aggregator.model.output import Output
from aggregator.model.source import Source, SourceState
from aggregator.model.story import Story
from aggregator.model.summary import Related, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story with its history. ``revisions`` are oldest first, at least one; ``earlier`` stories it takes up again."""

    story: Story
    revisions: tuple[Revision, ...]
    earlier: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source with what is remembered of it. ``days``: those of the last 30 on which it was polled, oldest first."""

    source: Source
    state: SourceState
    days: tuple[PollDay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputView:
    """An output feed with what it holds now."""

    output: Output
    n_entries: int
    updated_at: datetime | None
