"""Own every word that the program itself says in feeds and on pages: one place to read, correct or translate them.

No text of an article passes through here but as a part of a sentence that is escaped where it is shown. Times are
UTC and say so. Pure: no clock, no locale of the machine.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aggregator.model import Ranking, Worth

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian",
    "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip

UNTITLED = "Untitled"
ALSO_IN = "also in"
PAYWALLED = "subscription"
PAYWALLED_WHY = "The publisher says that the whole article is for subscribers."
MORE = "More stories"


# ---------------------------------------------------------------- numbers


def count(n: int, one: str, many: str = "") -> str:
    """Say how many: "1 article", "12,000 articles"."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def n_articles(n: int) -> str:
    """Say how many articles."""
    return count(n, "article")


def n_publishers(n: int) -> str:
    """Say how many publishers."""
    return count(n, "publisher")


def updated(n: int) -> str:
    """Say how much a story rests on: "Updated (4 articles)"."""
    return f"Updated ({n_articles(n)})"


def opening(n: int, of_publishers: int) -> str:
    """Begin a story in a feed: "Updated (4 articles) from 3 publishers"; one publisher is not worth the words."""
    return f"{updated(n)} from {n_publishers(of_publishers)}" if of_publishers > 1 else updated(n)


def sources_heading(n: int) -> str:
    """Give the heading of the list of sources."""
    return f"Sources ({n_articles(n)})"


def joint(i: int, n: int, n_others: int = 0) -> str:
    """Give what stands before word ``i`` of ``n`` in a list: "", ", " or " and "; "others" may follow the last."""
    return "" if i == 0 else ", " if i < n - 1 or n_others else " and "


def others(n: int) -> str:
    """End a list with how many are not named: " and 3 others"."""
    return f" and {count(n, 'other')}" if n else ""


# ---------------------------------------------------------------- languages


def language_name(lang: str) -> str:
    """Name a language in English; one that has no name here keeps its tag, "und" gives ""."""
    primary = lang.split("-")[0].lower()
    return "" if primary in ("", "und") else LANGUAGES.get(primary, lang)


# ---------------------------------------------------------------- times


def machine_time(at: datetime) -> str:
    """Write a time for ``datetime`` attributes and feeds: "2026-01-14T09:40:00Z". Source: RFC 3339."""
    # isoformat, because strftime writes the year 1 as "1"
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def clock_time(at: datetime) -> str:
    """Write a time of day: "09:40 UTC"."""
    return at.astimezone(UTC).strftime("%H:%M UTC")


def day(at: datetime) -> str:
    """Write a day: "14 January 2026"."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def day_beside(at: datetime, other: datetime) -> str:
    """Write a day where ``other`` is named whole: "13 January", with its year where that is another."""
    at = at.astimezone(UTC)
    return day(at) if at.year != other.astimezone(UTC).year else f"{at.day} {MONTHS[at.month - 1]}"


def long_day(at: datetime) -> str:
    """Write a day as a masthead does: "Wednesday, 14 January 2026"."""
    return f"{WEEKDAYS[at.astimezone(UTC).weekday()]}, {day(at)}"


def moment(at: datetime) -> str:
    """Write a day and a time: "14 January 2026, 09:40 UTC"."""
    return f"{day(at)}, {clock_time(at)}"


def short_moment(at: datetime, beside: datetime | None = None) -> str:
    """Write a time as briefly as its neighbour allows: "09:40 UTC" on the same day, else "13 Jan, 22:10 UTC".

    Args:
        at: What to write.
        beside: The day that the reader already knows; ``None``: none, so the year is said too.
    """
    at = at.astimezone(UTC)
    if beside is not None and at.date() == beside.astimezone(UTC).date():
        return clock_time(at)
    year = "" if beside is not None and at.year == beside.astimezone(UTC).year else f" {at.year}"
    return f"{at.day} {MONTHS[at.month - 1][:3]}{year}, {clock_time(at)}"


def duration(length: timedelta) -> str:
    """Say a length of time in one unit: "40 min", "31 h", "12 days"."""
    minutes = max(0, round(length.total_seconds() / 60))
    if minutes < 60:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 72 else count(round(hours / 24), "day")


# ---------------------------------------------------------------- the front page

NO_SOURCES = "No stories yet, and no sources: add one to feeds.toml."


def none_answered(n_sources: int) -> str:
    """Say that nobody has answered yet."""
    who = "the source has not" if n_sources == 1 else f"none of the {n_sources:,} sources has"
    return f"No stories yet: {who} answered so far. The status page says why."


def no_stories(n_answering: int, min_publishers: int) -> str:
    """Say that sources answered, and what a story needs."""
    own = "with news of its own" if n_answering == 1 else "each with its own news"
    return (
        f"No stories yet: {count(n_answering, 'source')} answered, {own}. A story needs {n_publishers(min_publishers)}."
    )


# ---------------------------------------------------------------- a story

FIRST_VERSION = "First version"
REWORDED = "Reworded"
WHY_TOGETHER = "Why these are together"
WHY_ALONE = "Why it stands alone"
COPY_OF = "repeats"
OPENED = "Opened the story: nothing told before was about this"
BY_HAND = "A person put this here"
PARTED = "Split off from another story, which turned out to tell of something else"
NO_REASON = "No reason was kept"
VERY_SIMILAR = "very similar wording"
SIMILAR = "similar wording"
SOME_WORDS = "some of the same words"
OTHER_WORDS = "otherwise told in other words"
SAME_MEANING = "means much the same"
_SURE = 0.995  # rounds to 100 %


def shares(words: Sequence[str], figures: Sequence[str]) -> str:
    """Say what an article has in common with a story: "shares the words Japan and Lee and the figures 20 and 52"."""
    parts = []
    if words:
        parts.append(f"the word{'s' if len(words) > 1 else ''} {_all(words)}")
    if figures:
        parts.append(f"the figure{'s' if len(figures) > 1 else ''} {_all(figures)}")
    return f"shares {' and '.join(parts)}"


def _all(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def same_words(share: str, at: str) -> str:
    """Say that an article repeats another one's text."""
    return f"repeats {at} word for word ({share} of the text)"


def why(parts: Sequence[str], probability: float) -> str:
    """Join the evidence, and say how sure where it was not certain: "Shares …; similar wording – 75 % sure"."""
    told = "; ".join(parts) or NO_REASON
    told = told[0].upper() + told[1:]
    return told if probability >= _SURE else f"{told} – {round(probability * 100)}\u00a0% sure"


# ---------------------------------------------------------------- where a story stands

STANDING = "Why it stands where it stands"
EARLIER = "Earlier"
RELATED = "Related stories"


def standing(worth: Worth, ranking: Ranking) -> tuple[str, ...]:
    """Say what a story counts where stories are ranked, factor by factor. Depends on nothing but the story."""
    who = "One publisher tells it" if worth.n_publishers == 1 else f"{worth.n_publishers:,} publishers tell it"
    independent = " independently" if worth.n_publishers > 1 else ""
    heard = "as heavy as any" if abs(worth.mean_weight - 1) < 0.005 else f"weighted {worth.mean_weight:.2g} on average"
    ran = f"its reports span {duration(worth.running)}" if worth.running else "it is told for the first time"
    counts = f"{who}{independent} ({_times(worth.crowd)}); their sources are {heard} ({_times(worth.weighed)}); "
    whole = f"That makes {worth.whole:.1f} points when its newest report came, and half of what is left with every "
    sentences = [
        counts + f"{ran} ({_times(worth.fresh)}).",
        whole + f"{duration(ranking.half_life)} in which only other stories bring news.",
    ]
    if worth.n_publishers == 1:
        cap = ranking.publisher_cap
        first = "best" if cap == 1 else f"{cap:,} best"
        sentences.append(f"Lone reports of one publisher beyond its {first} count less and less.")
    return tuple(sentences)


def _times(factor: float) -> str:
    return f"× {factor:.2f}"


# ---------------------------------------------------------------- output feeds


def holds(tags: Sequence[str], languages: Sequence[str], min_publishers: int, max_entries: int) -> str:
    """Say what an output feed holds."""
    about = f" about {_either(tags)}" if tags else ""
    told_in = f" in {_either([language_name(lang) for lang in languages])}" if languages else ""
    of = f", from at least {n_publishers(min_publishers)}" if min_publishers > 1 else ""
    which = "Stories" if about or told_in or of else "All stories"
    return f"{which}{about}{told_in}{of}; the newest {max_entries:,}."


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


# ---------------------------------------------------------------- the archive

ARCHIVE = "Archive"
EARLIER_DAYS = "Earlier days"
ALL_DAYS = "All days"
DAYS = "Days"
DAYS_AGAIN = "Days, again"
NO_DAYS = "No days yet: the first story opens the archive."


def weekday_day(at: datetime) -> str:
    """Write a day within its month: "Wednesday 14"."""
    at = at.astimezone(UTC)
    return f"{WEEKDAYS[at.weekday()]} {at.day}"


def month(at: datetime) -> str:
    """Write a month: "January 2026"."""
    at = at.astimezone(UTC)
    return f"{MONTHS[at.month - 1]} {at.year}"


def told_on_day(n_shown: int, n_stories: int) -> str:
    """Say how many stories a day holds, and whether all are listed."""
    told = f"{count(n_stories, 'story', 'stories')}, as they stood at the end of the day"
    return told if n_shown == n_stories else f"The {n_shown:,} of {told} that most publishers tell"


# ---------------------------------------------------------------- search and keys

SCRIPT = {
    "search": "Search",
    "close": "Close",
    "failed": "The index cannot be read.",
    "found": "{n} found",
    "none": "Nothing found",
    "days": "en-GB",  # how the script writes a day: "14 January 2026"
    "keys": "Keys",
    "help": [
        ["j", "next story, or next source of a story"],
        ["k", "previous one"],
        ["o", "open it"],
        ["u", "up to the front page"],
        ["/", "search"],
        ["?", "this list"],
    ],
}
"""What the script says; the pages do without it."""


# ---------------------------------------------------------------- words on pages

FORMATS = {
    ".atom": "stories, changed in place",
    ".rss": "the same, for readers of RSS 2.0",
    ".json": "the same as JSON Feed",
    ".updates.atom": "each update of a story as an entry of its own",
    ".articles.atom": "every article, each text once",
    ".daily.atom": "one entry a day",
    ".weekly.atom": "one entry a week",
}

GROWN = "Grown:"
LEADS = "Why it leads:"
SITE = "Site"
FEED = "Feed"
NONE = "none"
UNKNOWN = "not known"
NEVER = "never"
AT_ONCE = "at once"
NO_OUTPUTS = "No output feeds: add an [[outputs]] table to feeds.toml."
METHODS = {
    "extractive": "Every sentence is taken from the articles that it cites.",
    "llm": "A language model wrote the sentences; each was checked against the articles that it cites.",
}


def about(title: str) -> str:
    """Describe the front page to search engines and link previews."""
    return f"{title}: what several publishers report, told once, with every sentence's sources"


def more_sections(n: int) -> str:
    """Say that the story goes on."""
    return f"{count(n, 'more section')} and all sources"


def back_to(n: int) -> str:
    """Name the arrow that leads from a source to its first citation."""
    return f"Back to citation {n}"


def card_label(n: int, of_publishers: int) -> str:
    """Say what the share card of a story shows."""
    return f"A timeline: {n_articles(n)} from {n_publishers(of_publishers)}, a line a publisher, a dot an article"


def timeline_label(n: int, first_at: datetime, last_at: datetime) -> str:
    """Say what the timeline shows."""
    return f"{n_articles(n)} by publisher, {moment(first_at)} to {moment(last_at)}; the table below says the same"


def wrong_heading(n_failing: int) -> str:
    """Head the list of what is wrong."""
    return f"{count(n_failing, 'source')} failing" if n_failing else "Nothing is failing"


def all_well(n_sources: int, n_asked: int) -> str:
    """Say that every source that was asked answers."""
    if not n_asked:
        return "No source has been asked yet."
    if n_asked < n_sources:
        return f"{n_asked:,} of {count(n_sources, 'source')} were asked so far, and all answered."
    return "The source answers." if n_sources == 1 else f"All {n_sources:,} sources answer."


OK = "ok"
SILENT = "silent"
FAILING = "failing"
GONE = "gone"
NOT_ASKED = "not asked yet"


def streak(n: int) -> str:
    """Say how often in a row a source failed: "failed 3 times in a row"; once is not worth the words."""
    return f"failed {n:,} times in a row" if n > 1 else ""


def a_day(n: float | None) -> str:
    """Say how many articles a source brings: "4.2 a day", "3 a week"."""
    if n is None:
        return UNKNOWN
    if n == 0 or n >= 10:
        return f"{n:,.0f} a day"
    return f"{n:.1f} a day" if n >= 1 else f"{n * 7:.1f} a week"


def silent_for(length: timedelta, usual: timedelta) -> str:
    """Say that a source is silent beyond its own rhythm."""
    return f"for {duration(length)}; usually writes every {duration(usual)}"


def sparkline_label(n_new: int, most: int, n_failed_days: int) -> str:
    """Say what the small chart of a source shows."""
    told = f"30 days: {count(n_new, 'new article')}"
    if most:
        told += f", at most {most:,} on one day"
    if n_failed_days:
        told += f"; failures on {count(n_failed_days, 'day')}"
    return told


def seconds(length: float) -> str:
    """Say how long an answer took."""
    if length < 0.95:
        return f"{length * 1000:.0f} ms"
    return f"{length:.1f} s" if length < 10 else f"{length:.0f} s"


# ---------------------------------------------------------------- updates, digests, articles, incidents

UPDATES_TITLE = "updates"
ARTICLES_TITLE = "articles"
DAILY_TITLE = "daily"
WEEKLY_TITLE = "weekly"
ARCHIVE_TITLE = "archive"
HEALTH_TITLE = "sources in trouble"
READ_ON = "Read the article"
FEED_WORD = "Feed:"
HEALED = "Over since"
NOTICED = "Noticed"


def feed_title(title: str, kind: str) -> str:
    """Name a feed that stands beside an output: "World: updates"."""
    return f"{title}: {kind}"


def update_title(headline: str) -> str:
    """Head an entry that tells of one update."""
    return f"Update: {headline}"


def digest_title(title: str, what: str) -> str:
    """Head a digest: "World: Wednesday, 14 January 2026"."""
    return f"{title}: {what}"


def week(year: int, number: int, first: datetime, last: datetime) -> str:
    """Name a week of ISO 8601: "week 3 of 2026 (12 to 18 January 2026)"."""
    begin = f"{first.day}" if first.month == last.month else f"{first.day} {MONTHS[first.month - 1]}"
    return f"week {number} of {year} ({begin} to {day(last)})"


def coverage(n: int, named: Sequence[str], n_others: int) -> str:
    """Say who reported: "4 articles, by A, B and 2 others"."""
    names = "".join(joint(i, len(named), n_others) + name for i, name in enumerate(named)) + others(n_others)
    return f"{n_articles(n)}, by {names}" if names else n_articles(n)


def not_answering(name: str, since: datetime | None) -> str:
    """Head the incident of a source that fails."""
    return f"{name} has not answered since {moment(since)}" if since else f"{name} has never answered"


def gone(name: str) -> str:
    """Head the incident of a source that is gone for good."""
    return f"{name} is gone for good (410)"


def silent(name: str, since: datetime, usual: timedelta) -> str:
    """Head the incident of a source that publishes nothing any more."""
    return f"{name} has been silent since {moment(since)}; it usually writes every {duration(usual)}"


def moved(name: str, to: str) -> str:
    """Head the incident of a source that moved."""
    return f"{name} has moved for good to {to}"


def undated(name: str) -> str:
    """Head the incident of a source without dates."""
    return f"{name} gives its articles no dates"
