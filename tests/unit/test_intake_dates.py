"""Dates as the world writes them: one moment in many languages, calendars and forms; what is no whole date is none."""

import calendar
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.intake.reading.dates import is_plain, parse_date
from aggregator.intake.reading.parse import JUDGES, parse
from aggregator.intake.reading.usual_dates import read_usual
from aggregator.model import ParsedFeed

NOON = datetime(2026, 3, 14, 12, 30, tzinfo=UTC)
DAY = datetime(2026, 3, 14, tzinfo=UTC)


def read(text: str, *, is_fast: bool = True) -> datetime | None:
    """Give what a feed's article is dated by this text, feedparser's share in it included."""
    body = f"<rss version='2.0'><channel><item><title>x</title><pubDate>{text}</pubDate></item></channel></rss>"
    found = parse(body.encode(), is_fast=is_fast)
    assert isinstance(found, ParsedFeed)
    return found.articles[0].published_at


NOONS = [
    "Sa, 14 Mär 2026 13:30:00 +0100",
    "14. März 2026 12:30",
    "sam. 14 mars 2026 13:30:00 +0100",
    "samedi 14 mars 2026 à 12h30",
    "sáb, 14 mar 2026 12:30:00 GMT",
    "sábado, 14 de marzo de 2026 12:30",
    "14/03/2026 12:30",
    "Sáb, 14 Mar 2026 09:30:00 -0300",
    "14 de março de 2026 às 12:30",
    "14 de março de 2026 12h30",
    "sab, 14 mar 2026 13:30:00 +0100",
    "sabato 14 marzo 2026 12:30",
    "za, 14 mrt 2026 13:30:00 +0100",
    "zaterdag 14 maart 2026 12:30",
    "lör, 14 mar 2026 13:30:00 +0100",
    "lørdag 14. mars 2026 12:30",
    "14. marts 2026 kl. 12.30",
    "la, 14 maalis 2026 14:30:00 +0200",
    "14. maaliskuuta 2026 12:30",
    "14.3.2026 klo 12.30",
    "So, 14 mar 2026 13:30:00 +0100",
    "14 marca 2026, 12:30",
    "so, 14 bře 2026 13:30:00 +0100",
    "14. března 2026 12:30",
    "14. marec 2026 12:30",
    "14. marca 2026 12:30",
    "2026. március 14. 12:30",
    "2026. márc. 14., szombat 12:30",
    "Szo, 14 már 2026 13:30:00 +0100",
    "14 martie 2026, 12:30",
    "Sâm, 14 mar. 2026 14:30:00 +0200",
    "Cmt, 14 Mar 2026 15:30:00 +0300",
    "14 Mart 2026 Cumartesi 12:30",
    "Сб, 14 мар 2026 15:30:00 +0300",
    "14 марта 2026 г. 12:30",
    "14 марта 2026, 12:30",
    "14 березня 2026 р., 12:30",
    "сб, 14 бер 2026 14:30:00 +0200",
    "14 март 2026 г., 12:30",
    "14 марта 2026 в 12:30",
    "Σάβ, 14 Μαρ 2026 14:30:00 +0200",
    "14 Μαρτίου 2026, 12:30",
    "14 במרץ 2026 12:30",
    "السبت 14 مارس 2026 12:30",
    "2026年3月14日 12:30",
    "2026年3月14日(土) 12時30分",
    "2026年3月14日 下午12:30",
    "2026. 3. 14. 오후 12:30",
    "2026년 3월 14일 12:30",
    "Sab, 14 Mar 2026 19:30:00 +0700",
    "Sabtu, 14 Maret 2026 19:30 WIB",
    "Thứ bảy, 14/03/2026, 12:30",
    "14 tháng 3, 2026 12:30",
    "Sat, 14 Th3 2026 19:30:00 +0700",
    "14 มีนาคม 2026 12:30",
    "14 มี.ค. 2569 12:30",
    "14 मार्च 2026 12:30",
    "2026 m. kovo 14 d. 12:30",
    "14. ožujka 2026. 12:30",
    "14. marta 2026. 12:30",
    "14. март 2026. 12:30",
    "14 de març de 2026 12:30",
    "March 14th, 2026 12:30 PM",
    "Sat March 14 12:30:00 2026",
    "Saturday, 14-Mar-26 12:30:00 UTC",
    "14-Mar-2026 12:30",
    "2026-03-14T12:30Z",
    "2026-03-14T12:30:00.000+0000",
    "20260314T123000Z",
    "2026-03-14 12:30:00 UTC",
    "2026/03/14 12:30",
    "03/14/2026 12:30 PM",
    "1773491400",
    "1773491400000",
    "Sat, 14 Mar 2026 12:30:00 Z",
    "Sat,14 Mar 2026 12:30 GMT",
    "Sat, 14 Mar 2026 07:30 EST",
    "Sat, 14 Mar 2026 12:30:00 +00:00",
    "Sat, 14 Mar 2026 12:30:00 GMT+0000 (Coordinated Universal Time)",
    "2026-03-14T13:30:00+01",
    "Sat, 14 Mar 2026 12.30",
    "Sat, 14 March 2026 at 12:30pm",
    "14 Mar 2026 | 12:30",
]

DAYS = [
    "14 mars 2026",
    "Σάββατο 14 Μαρτίου 2026",
    "١٤ مارس ٢٠٢٦",
    "14 آذار 2026",
    "14 Maret 2026",
    "14 tháng 3 năm 2026",
    "शनिवार, 14 मार्च 2026",
    "14 مارس 2026",
    "۱۴ مارس ۲۰۲۶",
    "14 kovo 2026",
    "2026. gada 14. marts",
    "14. märts 2026",
    "14 Márta 2026",
    "Sat, 14 Mar 2026",
    "2026-073",
    "Published: 14 March 2026",
]

NONE = [
    "14 Mar",
    "Mon, 31 Feb 2026 10:00:00 GMT",
    "0000-00-00 00:00:00",
    "yesterday",
    "2026",
    "20260",
    "2026-W11-6",
    "2026-13-01T10:00:00Z",
    "2026-02-31",
    "14 Foo 2026",
    "1404/12/23",
]


@pytest.mark.parametrize("text", NOONS)
def test_one_moment_in_many_languages(text: str) -> None:
    assert read(text) == NOON
    assert read(text, is_fast=False) == NOON


@pytest.mark.parametrize("text", DAYS)
def test_a_day_without_a_time(text: str) -> None:
    assert read(text) == DAY


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_whole_date_is_none_and_never_filled_up_from_the_clock(text: str) -> None:
    assert read(text) is None
    assert read(text, is_fast=False) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026年03月14日 上午 9:05", datetime(2026, 3, 14, 9, 5, tzinfo=UTC)),
        ("2026년 3월 14일 오전 9:05", datetime(2026, 3, 14, 9, 5, tzinfo=UTC)),
        ("2026-03-14 오후 1:05", datetime(2026, 3, 14, 13, 5, tzinfo=UTC)),
        ("14/3/2026 1:05 μ.μ.", datetime(2026, 3, 14, 13, 5, tzinfo=UTC)),
        ("Sat, 14 Mar 2026 24:00:00 GMT", datetime(2026, 3, 15, tzinfo=UTC)),
        ("2020/1/10 14:33:00", datetime(2020, 1, 10, 14, 33, tzinfo=UTC)),
        ("2026-03-14T12:30:5+01:00", datetime(2026, 3, 14, 11, 30, 5, tzinfo=UTC)),
        ("2026-03-14T123005+01:00", datetime(2026, 3, 14, 11, 30, 5, tzinfo=UTC)),
        ("14 كانون الثاني 2026", datetime(2026, 1, 14, tzinfo=UTC)),
        ("14 marraskuuta 2026", datetime(2026, 11, 14, tzinfo=UTC)),
    ],
)
def test_clocks_and_names_of_other_scripts(text: str, expected: datetime) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 14 Mar 2026 12:30:00 +0100", True),
        ("14 March 26", True),
        ("2026-03-14T12:30:00Z", True),
        ("2026-03-14", True),
        ("2026/03/14", False),
        ("2026-03-14 12:30:00 UTC", False),
        ("Sa, 14 Mär 2026 13:30:00 +0100", False),
        ("", False),
    ],
)
def test_plain_dates_are_those_of_the_two_standards(text: str, expected: bool) -> None:
    assert is_plain(text) is expected


def numbers(least: int, most: int) -> st.SearchStrategy[str]:
    """Give numbers of two digits, some of them out of range."""
    return st.integers(least, most).map("{:02}".format)


CLOCK = st.tuples(numbers(0, 25), numbers(0, 61), numbers(0, 61)).map(":".join)
MONTHS = st.sampled_from(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
YEARS = st.sampled_from(["1900", "1999", "2024", "2026", "2099"])
MAIL = st.tuples(
    st.sampled_from(["Mon, ", "Sun, ", ""]),
    st.tuples(numbers(0, 32), MONTHS, YEARS, CLOCK, st.sampled_from(["GMT", "+0000", "-0530", "+1945", "UTC"])),
).map(lambda each: each[0] + " ".join(each[1]))
STANDARD = st.tuples(
    st.tuples(YEARS, numbers(0, 13), numbers(0, 32)).map("-".join),
    st.tuples(CLOCK, st.sampled_from(["", ".5", ".123456"]), st.sampled_from(["Z", "+01:00", "-05:30", ""])).map(
        "".join
    ),
).map("T".join)


@given(MAIL | STANDARD)
def test_usual_dates_are_read_as_all_others_are(text: str) -> None:
    found = read_usual(text)
    if found is not None:
        assert found == parse_date(text)
        assert found.timestamp() == calendar.timegm(JUDGES.read_date(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sat, 14 Mar 2026 13:30:00 +0100", NOON),
        ("14 Mar 2026 12:30:00 GMT", NOON),
        ("2026-03-14T12:30:00.999Z", NOON),
        ("2026-03-14T18:00:00+05:30", NOON),
        ("Mon, 31 Feb 2026 12:30:00 GMT", None),
        ("2026-03-14 12:30:00Z", None),
        ("2026-03-14", None),
        ("Sat, 14 Mar 26 12:30:00 GMT", None),
        ("Sat, ١٤ Mar 2026 12:30:00 GMT", None),
        ("", None),
    ],
)
def test_usual_dates(text: str, expected: datetime | None) -> None:
    assert read_usual(text) == expected
