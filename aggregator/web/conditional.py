"""The rules of HTTP for one request of one file: which coding, whether anything must be sent, which bytes of it.

Pure functions over header values; an empty text means that there is none. Must touch neither files nor the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The conditional headers of a request, raw."""

    if_match: str = ""
    if_unmodified_since: str = ""
    if_none_match: str = ""
    if_modified_since: str = ""


class Verdict(Enum):
    """What the conditions come to."""

    SEND = 200
    NOT_MODIFIED = 304
    FAILED = 412


def judge(conditions: Conditions, *, etag: str, modified_at: datetime) -> Verdict:
    """Evaluate the conditions of a GET or HEAD, an entity tag always before a date.

    Args:
        conditions: As the request has them.
        etag: Strong entity tag of what would be sent, in its quotes.
        modified_at: In whole seconds.

    Source: RFC 9110 13.2.2.
    """
    if conditions.if_match:
        if not _names(conditions.if_match, etag, is_weak=False):
            return Verdict.FAILED
    elif (since := parse_date(conditions.if_unmodified_since)) and modified_at > since:
        return Verdict.FAILED
    if conditions.if_none_match:
        return Verdict.NOT_MODIFIED if _names(conditions.if_none_match, etag, is_weak=True) else Verdict.SEND
    since = parse_date(conditions.if_modified_since)
    return Verdict.NOT_MODIFIED if since and modified_at <= since else Verdict.SEND


def _names(field: str, etag: str, *, is_weak: bool) -> bool:
    """Say whether a list of entity tags has ``etag`` in it. Source: RFC 9110 8.8.3.2."""
    tags = [each.strip() for each in field.split(",")]  # our own tags are hex: no comma can be inside
    return "*" in tags or etag in tags or (is_weak and f"W/{etag}" in tags)


def parse_date(field: str) -> datetime | None:
    """Read an HTTP date; ``None``: none, or not readable, which means that the header is ignored."""
    if not field:
        return None
    try:
        date = parsedate_to_datetime(field)
    except (ValueError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def choose_coding(accept_encoding: str, offered: Sequence[str]) -> str:
    """Choose how a body is packed: the offered coding that is liked best, the first of equals; "": as it is.

    Args:
        accept_encoding: The field as the request has it; "": nothing but plain bytes is asked for.
        offered: Names of codings, smallest body first.

    Source: RFC 9110 12.5.3: named, or covered by ``*``, and not with ``q=0``.
    """
    quality_by_coding: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, _, parameter = part.partition(";")
        name, _, number = parameter.replace(" ", "").partition("=")
        try:
            quality = float(number) if name == "q" else 1.0
        except ValueError:
            quality = 0.0
        quality_by_coding[coding.strip().removeprefix("x-")] = quality
    fallback = quality_by_coding.get("*", 0.0)
    # Only what is liked at least as well as the plain bytes, where somebody says how well these are liked.
    least = quality_by_coding.get("identity", 0.0)
    best = ""
    for coding in offered:
        quality = quality_by_coding.get(coding, fallback)
        if quality > 0 and quality >= least and (not best or quality > quality_by_coding.get(best, fallback)):
            best = coding
    return best


class Unsatisfiable(Exception):  # noqa: N818 - it is an answer: 416
    """No byte of the file is in the range that was asked for."""


def choose_range(field: str, *, length: int) -> tuple[int, int] | None:
    """Give the first byte and the one after the last of a single range.

    ``None``: the whole file, because nothing, something unreadable or several ranges are asked for; a server may
    ignore the header. Source: RFC 9110 14.2.

    Raises:
        Unsatisfiable: The range lies behind the end.
    """
    unit, _, ranges = field.partition("=")
    first, dash, last = (part.strip() for part in ranges.partition("-"))
    numbers = [part for part in (first, last) if part]
    are_numbers = all(part.isascii() and part.isdecimal() and len(part) < 19 for part in numbers)
    if unit.strip().lower() != "bytes" or not dash or not numbers or not are_numbers:
        return None
    if not first:
        start, end = max(0, length - int(last)), length
    else:
        start, end = int(first), min(length, int(last) + 1) if last else length
        if last and int(last) < int(first):
            return None
    if start >= length or start >= end:
        raise Unsatisfiable
    return start, end
