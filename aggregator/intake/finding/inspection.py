"""Say what a feed is worth as a source: are its articles dated, are their guids good, what language is it in. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.dataclass import dataclass
from aggregator.intake.schedule import rhythm_of
from aggregator.markup import to_text
from aggregator.model import KnownArticle, ParsedFeed, SourceState
from aggregator.text import language

N_LANGUAGE = 10  # articles whose text tells the language
CLOCK_SLACK = timedelta(hours=1)  # a date this far ahead is a clock or a time zone, not a date in the future


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was seen.

    Attributes:
        n_articles: How many there are.
        newest_at: The latest date that is not in the future; ``None``: none.
        rhythm: Typical time between two articles; ``None``: too few dated ones to tell.
        n_dated: Articles with a date that could be read.
        n_future: Of those, dated in the future.
        n_with_guid: Articles with a guid.
        n_guids: Different guids.
        lang_declared: As the feed says; empty: it does not.
        lang_detected: Primary subtag of what it is written in; empty: unsure, or not looked at.
    """

    n_articles: int = 0
    newest_at: datetime | None = None
    rhythm: timedelta | None = None
    n_dated: int = 0
    n_future: int = 0
    n_with_guid: int = 0
    n_guids: int = 0
    lang_declared: str = ""
    lang_detected: str = ""

    @property
    def dates(self) -> str:
        """Say how many articles are dated: "all", "none", "18 of 20"; and how many in the future."""
        words = _share(self.n_dated, self.n_articles)
        return f"{words}, {self.n_future} in the future" if self.n_future else words

    @property
    def guids(self) -> str:
        """Say how good the guids are: "unique", "missing", "2 of 20 missing", "5 of 20 repeated"."""
        n_missing, n_repeated = self.n_articles - self.n_with_guid, self.n_with_guid - self.n_guids
        if not self.n_articles:
            return "-"
        if n_missing == self.n_articles:
            return "missing"
        faults = [(n_missing, "missing"), (n_repeated, "repeated")]
        return ", ".join(f"{n} of {self.n_articles} {fault}" for n, fault in faults if n) or "unique"


def _share(n: int, of: int) -> str:
    if not of:
        return "-"
    return "all" if n == of else "none" if not n else f"{n} of {of}"


def inspect_feed(feed: ParsedFeed, *, now: datetime) -> Inspection:
    """Inspect a feed that was just read."""
    dates = [each.published_at or each.updated_at for each in feed.articles]
    sample = "\n".join(
        f"{each.title}\n{to_text(each.content or each.summary)[:200]}" for each in feed.articles[:N_LANGUAGE]
    )
    detected = language(sample)
    return _inspection(
        dates,
        [each.guid for each in feed.articles],
        now=now,
        lang_declared=feed.lang,
        lang_detected="" if detected == "und" else detected,
    )


def inspect_known(known: Sequence[KnownArticle], state: SourceState, *, now: datetime) -> Inspection:
    """Inspect what is stored of a source that sent nothing new."""
    return _inspection(
        [each.published_at for each in known],
        [each.guid for each in known],
        now=now,
        lang_declared=state.lang,
        lang_detected="",
    )


def _inspection(
    dates: Sequence[datetime | None], guids: Sequence[str], *, now: datetime, lang_declared: str, lang_detected: str
) -> Inspection:
    known = [at for at in dates if at is not None]
    past = [at for at in known if at <= now + CLOCK_SLACK]
    given = [guid for guid in guids if guid]
    return Inspection(
        n_articles=len(dates),
        newest_at=max(past, default=None),
        rhythm=rhythm_of(past, now),
        n_dated=len(known),
        n_future=len(known) - len(past),
        n_with_guid=len(given),
        n_guids=len(set(given)),
        lang_declared=lang_declared,
        lang_detected=lang_detected,
    )
