"""Read the dates that feeds write, in the formats and languages of the world. Pure; a date is read or ``None``.

feedparser reads most; this reads what it does not: month names of other languages ("Seg, 24 Set 2018 19:42:40 -0300"),
numbers with points or slashes ("22.11.2022 12:16:00"), zones by name. A date without a zone is taken as UTC.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

MAX_DATE = 100  # characters; no date is longer

# By language; the first letters that tell a month from every other of the same language, accents removed.
_MONTHS = {
    1: "jan january januar janeiro enero ene janvier janv gennaio gen januari ianuarie ian styczen stycznia sty leden "
    "ledna led ocak oca янв января январь січ січня tammikuu januára janvar يناير ינואר tháng1",
    2: "feb february februar fevereiro fev febrero fevrier fevr febbraio februari februarie luty lutego lut unor unora "
    "uno subat sub şubat фев февраля февраль лют лютого helmikuu فبراير פברואר",
    3: "mar march marz marco marzo mars maart mrt martie marzec marca brezen brezna bre mart мар марта март бер "
    "березня maaliskuu mrz maerz مارس מרץ märz mär",
    4: "apr april abril abr avril avr aprile aprilie kwiecien kwietnia kwi duben dubna dub nisan nis апр апреля апрель "
    "кві квітня huhtikuu أبريل ابريل אפריל",
    5: "may mai maio mayo maggio mag mei maj maja kveten kvetna kve mayis май мая травня тра toukokuu مايو מאי",
    6: "jun june juni junho junio juin giugno giu iunie iun czerwiec czerwca cze cerven cervna cer haziran haz июн "
    "июня июнь чер червня kesakuu يونيو יוני",
    7: "jul july juli julho julio juillet juil luglio lug iulie iul lipiec lipca lip cervenec cervence temmuz tem июл "
    "июля июль лип липня heinakuu يوليو יולי",
    8: "aug august agosto ago aout augustus sierpien sierpnia sie srpen srpna srp agustos agu авг августа август сер "
    "серпня elokuu augusti أغسطس اغسطس אוגוסט",
    9: "sep sept september setembro set septiembre septembre settembre septembrie wrzesien wrzesnia wrz zari zar eylul "
    "eyl сен сентября сентябрь вер вересня syyskuu سبتمبر ספטמבר",
    10: "oct october okt oktober outubro out octubre octobre ottobre ott octombrie pazdziernik pazdziernika paz rijen "
    "rijna rij ekim eki окт октября октябрь жов жовтня lokakuu أكتوبر اكتوبر אוקטובר",
    11: "nov november novembro noviembre novembre noiembrie listopad listopada lis kasim kas ноя ноября ноябрь лис "
    "листопада marraskuu noi نوفمبر נובמבר",
    12: "dec december dez dezember dezembro diciembre dic decembre dicembre decembrie grudzien grudnia gru prosinec "
    "prosince pro aralik ara дек декабря декабрь гру грудня joulukuu ديسمبر דצמבר",
}


def _plain(word: str) -> str:
    """Fold case and take off accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).replace("ı", "i").replace("ł", "l")


_MONTH_BY_NAME = {_plain(name): number for number, names in _MONTHS.items() for name in names.split()}
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

_CLOCK = r"(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?\s*(?P<half>[ap]\.?\s?m\b\.?)?"
_TIME = re.compile(_CLOCK, re.IGNORECASE)
_OFFSET = re.compile(
    r"(?:(?:gmt|utc)\s*)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?\s*(?:\(.*\))?\Z", re.IGNORECASE
)
_ISO = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)")
_CJK = re.compile(r"(?P<year>\d{4})\s*[年년]\s*(?P<month>\d{1,2})\s*[月월]\s*(?P<day>\d{1,2})\s*[日일]?")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d{2})(?!\d)")
_NAMED = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?[\s,./-]*(?:de\s+|of\s+)?(?P<name>[^\W\d_]{2,})\.?"
    r"[\s,./-]*(?:de\s+)?(?P<year>\d{4}|\d{2})(?!\d)"
)
_NAME_FIRST = re.compile(r"(?P<name>[^\W\d_]{3,})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<year>\d{4})(?!\d)")
# "Wed Jan 14 12:00:00 UTC 2026", as C's asctime and Unix's date write it
_YEAR_LAST = re.compile(
    r"(?P<name>[^\W\d_]{3,})\s+(?P<day>\d{1,2})\s+\d{1,2}:\d{2}(?::\d{2})?\s*(?:\S+\s+)?(?P<year>\d{4})\s*\Z"
)
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


def _parse(text: str) -> datetime | None:
    if _STAMP.match(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    found, (year, month, day) = _day(text)
    if found is None:
        return None
    rest = f"{text[: found.start()]} {text[found.end() :]}" if found.re is not _YEAR_LAST else text
    hours, minutes, seconds, zone = _clock(rest)
    midnight = datetime(year, month, day, tzinfo=zone)
    return (midnight + timedelta(hours=hours, minutes=minutes, seconds=seconds)).astimezone(UTC)


def _day(text: str) -> tuple[re.Match[str] | None, tuple[int, int, int]]:
    for pattern in (_ISO, _CJK, _DAY_FIRST):
        if found := pattern.search(text):
            day, month = int(found["day"]), int(found["month"])
            if month > 12 and pattern is _DAY_FIRST:
                day, month = month, day
            return found, (_year(found["year"]), month, day)
    for pattern in (_YEAR_LAST, _NAMED, _NAME_FIRST):
        for found in pattern.finditer(text):
            if month := _MONTH_BY_NAME.get(_plain(found["name"]), 0) or _MONTH_BY_NAME.get(
                _plain(found["name"])[:3], 0
            ):
                return found, (_year(found["year"]), month, int(found["day"]))
    return None, (0, 0, 0)


def _year(digits: str) -> int:
    year = int(digits)
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
