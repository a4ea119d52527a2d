"""Read what the headers of an answer say about time. Pure.

Source: RFC 9111 4.2.1, 4.2.3 and 5.2.2.1; RFC 9110 10.2.3.
"""

import re
from datetime import UTC, datetime, timedelta

LONGEST = timedelta(days=365)  # what is claimed beyond is a mistake or an attack on arithmetic

_MAX_AGE = r"(?i)(?:\A|[\s,])max-age\s*=\s*\"?(\d{1,12})"
# Also as some write it: "120.0", "120s", and twice, where two headers were joined.
_SECONDS = r"(?i)\s*(\d{1,12})(?:\.\d+)?\s*(?:s|sec|seconds)?\s*(?:,.*)?\Z"
_ISO = r"\s*\d{4}-\d\d-\d\dT\d\d:\d\d"


def max_age_of(*, cache_control: str, expires: str, age: str, date: str, now: datetime | None) -> timedelta | None:
    """Give how long an answer claims to be fresh from now on; ``None``: it claims nothing.

    ``max-age`` beats ``Expires``; the time that it has spent in caches (``Age``) is taken off. ``now`` stands in for a
    missing ``Date``.
    """
    if found := re.search(_MAX_AGE, cache_control):
        spent = re.match(_SECONDS, age)
        left = int(found[1]) - (int(spent[1]) if spent else 0)
        return min(timedelta(seconds=max(left, 0)), LONGEST)
    if re.search(r"no-cache|no-store", cache_control, re.IGNORECASE):
        return None
    return _until(expires, date=date, now=now)


def retry_after_of(*, retry_after: str, date: str, now: datetime | None) -> timedelta | None:
    """Give how long a server asks to be left alone, from seconds or a date; ``None``: it does not ask."""
    if seconds := re.match(_SECONDS, retry_after):
        return min(timedelta(seconds=int(seconds[1])), LONGEST)
    return _until(retry_after, date=date, now=now)


def _until(end: str, *, date: str, now: datetime | None) -> timedelta | None:
    """Give the time from the server's own clock, or else ours, to ``end``."""
    ends_at, starts_at = http_date(end), http_date(date) or now
    if ends_at is None or starts_at is None:
        return None
    return min(max(ends_at - starts_at, timedelta(0)), LONGEST)


def http_date(text: str) -> datetime | None:
    """Read a date as HTTP writes it, or in ISO 8601; ``None``: none, or unreadable. Source: RFC 9110, 5.6.7."""
    if re.match(_ISO, text):
        from aggregator.intake.reading.dates import parse_date  # nearly no server writes its dates so

        return parse_date(text)
    from email.utils import parsedate_to_datetime  # 4 ms; a server that sends max-age and no date needs none

    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
