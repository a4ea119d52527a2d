"""Read the dates that feeds write, in the formats and languages of the world. Pure; a date is read or ``None``.

feedparser reads most; this reads what it does not: month names of other languages ("Seg, 24 Set 2018 19:42:40 -0300"),
numbers with points or slashes ("22.11.2022 12:16:00"), zones by name. A date without a zone is taken as UTC. What is no
whole date ("2026", "14 Mar") is none: feedparser takes the rest from the clock.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

from aggregator.intake.reading.month_names import MONTHS, TWO_WORDS

MAX_DATE = 100  # characters; no date is longer


def _plain(word: str) -> str:
    """Fold case and take off accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ı", "i").replace("ł", "l")


_MONTH_BY_NAME = {_plain(name): number for number, names in MONTHS.items() for name in names.split()}
# Hours from UTC. Source: RFC 822, 5.1, and the zones that feeds name most.
_ZONES = {
    name: hours
    for hours, names in {
        0.0: "ut utc gmt z wet",
        1.0: "bst cet met west",
        2.0: "cest mest eet sast",
        3.0: "eest msk",
        5.5: "ist",
        7.0: "wib",
        8.0: "hkt sgt awst",
        9.0: "jst kst",
        10.0: "aest",
        11.0: "aedt",
        12.0: "nzst",
        13.0: "nzdt",
        -3.0: "brt art",
        -4.0: "edt",
        -5.0: "est et cdt",
        -6.0: "cst ct mdt",
        -7.0: "mst mt pdt",
        -8.0: "pst pt",
        -9.0: "akst",
        -10.0: "hst",
    }.items()
    for name in names.split()
}

_CLOCK = (
    r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?\s?m\b\.?)?"
)
_TIME = re.compile(_CLOCK, re.IGNORECASE)
_OFFSET = re.compile(
    r"(?:(?:gmt|utc)\s*)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\s*(?:\(.*\))?\Z", re.IGNORECASE
)
_ISO = re.compile(r"(?P<year>\d{4})(?:[-/]|\.\s*)(?P<month>\d{1,2})(?:[-/]|\.\s*)(?P<day>\d{1,2})(?!\d)\.?")
_BASIC = re.compile(r"\A(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?=T|\s|\Z)")
_BASIC_CLOCK = re.compile(r"\A(\d{7,8}|\d{4}-\d{2}-\d{2})T(\d{2})(\d{2})(\d{2})?")
_ORDINAL = re.compile(r"\A(?P<year>\d{4})-?(?P<ordinal>\d{3})(?=T|\s|\Z)")  # the day of the year
_MONTH_ONLY = re.compile(r"\A(?P<year>\d{4})-(?P<month>\d{2})\Z")  # Source: W3C, Date and Time Formats
_CJK = re.compile(
    r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]?(?:\s*[(（][^)）]{1,4}[)）])?"
)
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})[./-]\s?(?P<month>\d{1,2})[./-]\s?(?P<year>\d{4}|\d{2})(?!\d)")
_VIETNAMESE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})\s*(?:tháng|th)\.?\s*(?P<month>\d{1,2})(?:\s*,\s*|\s+năm\s+|\s+)(?P<year>\d{4})",
    re.IGNORECASE,
)
# Letters with the marks that Indic and Thai words hold.
_NAME = r"(?P<name>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])+)"
_NAMED = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º|ª)?[\s,./-]*(?:de\s+|d'|of\s+)?{_NAME}\.?"
    r"[\s,./-]*(?:de\s+|del\s+)?(?P<year>\d{4}|\d{2})(?!\d)"
)
_NAME_FIRST = re.compile(rf"{_NAME}\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s+(?P<year>\d{{4}})(?!\d)")
_YEAR_FIRST = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}})\.?\s+(?:m\.\s+)?{_NAME}\.?\s+(?P<day>\d{{1,2}})(?!\d)\.?(?:\s*d\.)?"
)
_LATVIAN = re.compile(rf"(?<!\d)(?P<year>\d{{4}})\.?\s+gada\s+(?P<day>\d{{1,2}})\.?\s+{_NAME}")
# "Wed Jan 14 12:00:00 UTC 2026", as C's asctime and Unix's date write it
_YEAR_LAST = re.compile(
    rf"{_NAME}\s+(?P<day>\d{{1,2}})\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?\s*(?:\S+\s+)?(?P<year>\d{{4}})\s*\Z"
)
_CJK_CLOCK = re.compile(r"(\d{1,2})\s*[時时시点點]\s*(?:(\d{1,2})\s*[分분])?(?:\s*\d{1,2}\s*[秒초])?")
_HALF_BEFORE = re.compile(r"(?:(上午|午前|오전)|下午|午後|오후)\s*(\d{1,2}:\d{2}(?::\d{2})?)")
_GREEK_HALF = re.compile(r"\b([πμ])\.?\s?μ\.?(?=\s|\Z)")
_THAI_POINT = re.compile(r"(?<=[\u0e00-\u0e7f])\.")
_YEARS = range(1900, 2200)  # of articles; other calendars and mistakes lie outside
_BUDDHIST = range(2443, 2743)  # years of the Thai calendar
_BUDDHA = 543  # years before ours
_PLAIN = re.compile(
    r"(?:[a-z]{3,9},?\s+)?\d{1,2}\s+(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\s+(?:\d{4}|\d{2})"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[a-z]{1,5}|[+-]\d{4}))?)?"
    r"|\d{4}-\d{2}-\d{2}(?:t\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:z|[+-]\d{2}:\d{2})?)?",
    re.IGNORECASE,
)
_EDGE = re.compile(r"\d{4}-(?:00|1[3-9]|[2-9]\d|\d\d-(?:00|29|3\d|[4-9]\d))")
_STAMP = re.compile(r"\d{9,10}(?:\.\d+)?\Z|\d{12,13}\Z")


def parse_date(text: str) -> datetime | None:
    """Read a date with or without time and zone. ``None``: unreadable, or no such day."""
    text = " ".join(text[:MAX_DATE].split())
    if not text:
        return None
    try:
        return _parse(text)
    except (ValueError, OverflowError):
        return None


def is_plain(text: str) -> bool:
    """Tell whether a date is in the form of RFC 822 or RFC 3339, whole: such are read alike by everybody.

    Not so days at the edge: feedparser takes 31 February for 3 March.
    """
    return bool(_PLAIN.fullmatch(text.strip())) and not _EDGE.match(text.strip())


def _parse(text: str) -> datetime | None:
    if _STAMP.match(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    text = _in_one_form(text)
    found, (year, month, day) = _day(text)
    if found is None or year not in _YEARS:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}" if found.re is not _YEAR_LAST else text
    hours, minutes, seconds, zone = _clock(rest)
    midnight = datetime(year, month, 1, tzinfo=zone) + timedelta(days=day - 1)
    if found.re is not _ORDINAL and midnight.month != month:
        return None  # 31 February
    return (midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)).astimezone(UTC)


def _in_one_form(text: str) -> str:
    """Write clocks and names of other scripts as the patterns expect them."""
    text = _BASIC_CLOCK.sub(lambda found: f"{found[1]} {found[2]}:{found[3]}:{found[4] or '00'}", text)
    if text.isascii():
        return text
    for name, single in TWO_WORDS.items():
        text = text.replace(name, single)
    text = _CJK_CLOCK.sub(lambda found: f"{found[1]}:{int(found[2] or 0):02}", text)
    text = _HALF_BEFORE.sub(lambda found: f"{found[2]} {'am' if found[1] else 'pm'}", text)
    text = _GREEK_HALF.sub(lambda found: "am" if found[1] == "π" else "pm", text)
    return _THAI_POINT.sub("", text)


def _day(text: str) -> tuple[re.Match[str] | None, tuple[int, int, int]]:
    for pattern in (_ISO, _BASIC, _CJK, _VIETNAMESE, _DAY_FIRST):
        if found := pattern.search(text):
            day, month = int(found["day"]), int(found["month"])
            if month > 12 and pattern is _DAY_FIRST:
                day, month = month, day
            return found, (_year(found["year"]), month, day)
    for pattern in (_YEAR_LAST, _NAMED, _NAME_FIRST, _YEAR_FIRST, _LATVIAN):
        for found in pattern.finditer(text):
            if month := _month(found["name"]):
                return found, (_year(found["year"]), month, int(found["day"]))
    if found := _ORDINAL.match(text):
        ordinal = int(found["ordinal"])
        return (found, (int(found["year"]), 1, ordinal)) if 1 <= ordinal <= 366 else (None, (0, 0, 0))
    if found := _MONTH_ONLY.match(text):
        return found, (int(found["year"]), int(found["month"]), 1)
    return None, (0, 0, 0)


def _month(name: str) -> int:
    """Give the number of a month; 0: it is none. Hebrew puts its "in" before the name, as one word."""
    plain = _plain(name)
    for each in (plain, plain.removeprefix("ב"), plain[:3]):
        if number := _MONTH_BY_NAME.get(each):
            return number
    return 0


def _year(digits: str) -> int:
    year = int(digits)
    if year in _BUDDHIST:
        return year - _BUDDHA
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def _clock(text: str) -> tuple[int, int, int, timezone]:
    found = _TIME.search(text)
    if found is None:
        return 0, 0, 0, UTC
    hour, minute, second = int(found["hour"]), int(found["minute"]), min(int(found["second"] or 0), 59)
    half = (found["half"] or "")[:1].lower()
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59:
        raise ValueError(f"no such time: {text}")
    return hour, minute, second, _zone(text[found.end() :].strip())


def _zone(text: str) -> timezone:
    if offset := _OFFSET.search(text):
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        return timezone(timedelta(minutes=minutes if offset["sign"] == "+" else -minutes))
    words = re.findall(r"[a-z]+", text.lower())
    return timezone(timedelta(hours=next((_ZONES[word] for word in words if word in _ZONES), 0.0)))
