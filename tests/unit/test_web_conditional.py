from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.web.conditional import (
    Conditions,
    Unsatisfiable,
    Verdict,
    choose_coding,
    choose_range,
    judge,
    parse_date,
)

MODIFIED = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)
SAME, EARLIER, LATER = (
    "Wed, 14 Jan 2026 12:00:00 GMT",
    "Wed, 14 Jan 2026 11:59:59 GMT",
    "Wed, 14 Jan 2026 12:00:01 GMT",
)


@pytest.mark.parametrize(
    ("conditions", "verdict"),
    [
        ({}, Verdict.SEND),
        ({"if_none_match": '"a"'}, Verdict.NOT_MODIFIED),
        ({"if_none_match": 'W/"a"'}, Verdict.NOT_MODIFIED),
        ({"if_none_match": "*"}, Verdict.NOT_MODIFIED),
        ({"if_none_match": '"x", "a"'}, Verdict.NOT_MODIFIED),
        ({"if_none_match": '"x"'}, Verdict.SEND),
        ({"if_none_match": "a"}, Verdict.SEND),
        ({"if_modified_since": SAME}, Verdict.NOT_MODIFIED),
        ({"if_modified_since": LATER}, Verdict.NOT_MODIFIED),
        ({"if_modified_since": EARLIER}, Verdict.SEND),
        ({"if_modified_since": "yesterday"}, Verdict.SEND),
        # the tag is the better witness, whatever the date says
        ({"if_none_match": '"x"', "if_modified_since": LATER}, Verdict.SEND),
        ({"if_none_match": '"a"', "if_modified_since": EARLIER}, Verdict.NOT_MODIFIED),
        ({"if_match": '"a"'}, Verdict.SEND),
        ({"if_match": "*"}, Verdict.SEND),
        ({"if_match": 'W/"a"'}, Verdict.FAILED),
        ({"if_match": '"x"'}, Verdict.FAILED),
        ({"if_match": '"a"', "if_none_match": '"a"'}, Verdict.NOT_MODIFIED),
        ({"if_unmodified_since": SAME}, Verdict.SEND),
        ({"if_unmodified_since": EARLIER}, Verdict.FAILED),
        ({"if_match": '"a"', "if_unmodified_since": EARLIER}, Verdict.SEND),
    ],
)
def test_conditions(conditions: dict[str, str], verdict: Verdict) -> None:
    assert judge(Conditions(**conditions), etag='"a"', modified_at=MODIFIED) is verdict


@pytest.mark.parametrize(
    "field",
    [
        SAME,
        "Wednesday, 14-Jan-26 12:00:00 GMT",
        "Wed Jan 14 12:00:00 2026",
        "Wed, 14 Jan 2026 13:00:00 +0100",
    ],
)
def test_all_forms_of_a_date(field: str) -> None:
    assert parse_date(field) == MODIFIED


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br, gzip;q=0.5", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("", ""),
        ("deflate", ""),
        ("identity", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.1, gzip;q=0.5", "gzip"),
        ("gzip;q=0", ""),
        ("gzip; q=0.000, *", "br"),
        ("*;q=0", ""),
        ("gzip;q=often", ""),
    ],
)
def test_the_coding_is_the_best_liked_that_is_offered(field: str, chosen: str) -> None:
    assert choose_coding(field, ["br", "gzip"]) == chosen
    assert choose_coding(field, []) == ""


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=2-4", (2, 5)),
        ("bytes=7-", (7, 10)),
        ("bytes=7-99", (7, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("Bytes = 1-2", (1, 3)),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=4-2", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=٣-٤", None),
        ("bytes=--1", None),
        ("bytes=0-" + "9" * 5000, None),
    ],
)
def test_ranges(field: str, chosen: tuple[int, int] | None) -> None:
    assert choose_range(field, length=10) == chosen


@pytest.mark.parametrize("field", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_ranges_behind_the_end(field: str) -> None:
    with pytest.raises(Unsatisfiable):
        choose_range(field, length=10)


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_breaks_anything(match: str, unmodified: str, none_match: str, modified: str) -> None:
    conditions = Conditions(
        if_match=match, if_unmodified_since=unmodified, if_none_match=none_match, if_modified_since=modified
    )
    assert judge(conditions, etag='"a"', modified_at=MODIFIED) in Verdict
    assert choose_coding(match, ["br", "gzip"]) in ("", "br", "gzip")


@given(st.one_of(st.text(), st.from_regex(r"bytes=[0-9]*-[0-9]*", fullmatch=True)), st.integers(0, 100))
def test_a_range_is_never_outside(field: str, length: int) -> None:
    try:
        chosen = choose_range(field, length=length)
    except Unsatisfiable:
        return
    assert chosen is None or 0 <= chosen[0] < chosen[1] <= length


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_what_we_send_as_date_comes_back_as_not_modified(naive: datetime) -> None:
    from email.utils import format_datetime

    moment = naive.replace(tzinfo=UTC, microsecond=0)
    conditions = Conditions(if_modified_since=format_datetime(moment, usegmt=True))
    assert judge(conditions, etag='"a"', modified_at=moment) is Verdict.NOT_MODIFIED
    assert judge(conditions, etag='"a"', modified_at=moment + timedelta(seconds=1)) is Verdict.SEND
