"""Own every word that the program itself says in feeds and on pages: one place to read, correct or translate them.

No text of an article passes through here but as a part of a sentence that is escaped where it is shown. Times are
UTC and say so. Pure: no clock, no locale of the machine.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

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


def sources_heading(n: int) -> str:
    """Give the heading of the list of sources."""
    return f"Sources ({n_articles(n)})"


def listed(words: Sequence[str], *, limit: int = 0) -> str:
    """Join words: "A", "A and B", "A, B and 3 others"; at most ``limit`` of them are named (0: all)."""
    shown = list(words)
    if limit and len(shown) > limit:
        shown = [*shown[: limit - 1], count(len(words) - limit + 1, "other")]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


# ---------------------------------------------------------------- languages


def language_name(lang: str) -> str:
    """Name a language in English; one that has no name here keeps its tag, "und" gives ""."""
    primary = lang.split("-")[0].lower()
    return "" if primary in ("", "und") else LANGUAGES.get(primary, lang)


# ---------------------------------------------------------------- times


def machine_time(at: datetime) -> str:
    """Write a time for ``datetime`` attributes and feeds: "2026-01-14T09:40:00Z". Source: RFC 3339."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_time(at: datetime) -> str:
    """Write a time of day: "09:40 UTC"."""
    return at.astimezone(UTC).strftime("%H:%M UTC")


def day(at: datetime) -> str:
    """Write a day: "14 January 2026"."""
    at = at.astimezone(UTC)
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


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
