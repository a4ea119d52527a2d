"""Every value that crosses a folder.

All are frozen and hold tuples: a value can be passed between rooms and threads and never change. Nothing here does any
I/O or reads a clock. Times are aware UTC ``datetime`` named ``_at``; lengths are ``timedelta``. A field that may be
missing in a feed is ``None`` (a time) or empty (a text), never invented.

The journey: ``Source`` -> ``FetchResult`` -> ``ParsedFeed`` -> ``Article`` -> ``Story`` -> ``Summary`` -> ``Entry``.
"""

from aggregator.model.answer import Fetched, FetchFailed, FetchResult, NotModified
from aggregator.model.article import (
    Article,
    ArticleChange,
    ChangeKind,
    KnownArticle,
    Outcome,
    PollDay,
    PollRecord,
    Signs,
    Sought,
)
from aggregator.model.feed import Enclosure, NotAFeed, ParsedArticle, ParsedFeed, ParseResult
from aggregator.model.moment import EPOCH
from aggregator.model.output import Announced, Entry, EntryLink, Origin, Output, OutputFeed, Published
from aggregator.model.push import Letter, Subscription
from aggregator.model.source import Claim, Source, SourceState
from aggregator.model.story import Clustering, LiveStory, Membership, Merge, Override, OverrideKind, Story
from aggregator.model.summary import (
    USUAL_RANKING,
    Also,
    CitedSource,
    Dropped,
    Ranking,
    Related,
    Report,
    Revision,
    Section,
    Sentence,
    StoryDay,
    Summary,
    Worth,
)
from aggregator.model.view import OutputView, SourceView, StoryView

__all__ = [
    "EPOCH",
    "USUAL_RANKING",
    "Also",
    "Announced",
    "Article",
    "ArticleChange",
    "ChangeKind",
    "CitedSource",
    "Claim",
    "Clustering",
    "Dropped",
    "Enclosure",
    "Entry",
    "EntryLink",
    "FetchFailed",
    "FetchResult",
    "Fetched",
    "KnownArticle",
    "Letter",
    "LiveStory",
    "Membership",
    "Merge",
    "NotAFeed",
    "NotModified",
    "Origin",
    "Outcome",
    "Output",
    "OutputFeed",
    "OutputView",
    "Override",
    "OverrideKind",
    "ParseResult",
    "ParsedArticle",
    "ParsedFeed",
    "PollDay",
    "PollRecord",
    "Published",
    "Ranking",
    "Related",
    "Report",
    "Revision",
    "Section",
    "Sentence",
    "Signs",
    "Sought",
    "Source",
    "SourceState",
    "SourceView",
    "Story",
    "StoryDay",
    "StoryView",
    "Subscription",
    "Summary",
    "Worth",
]
