"""What the codec writes comes back equal; what does not fit is refused, in both directions."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import StoreError
from aggregator.model import SourceState, Summary
from aggregator.store.codec import decode, encode
from tests.builders import NOW, state, summary


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    n: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    text: str
    share: float
    is_so: bool
    at: datetime
    length: timedelta
    choice: Literal["a", "b"]
    colour: Colour
    inner: Inner
    inners: tuple[Inner, ...] = ()
    maybe: Inner | None = None
    maybe_at: datetime | None = None


texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.datetimes(
    timezones=st.just(UTC) | st.integers(-840, 840).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - the strategy adds the time zone
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001
)
inners = st.builds(Inner, n=st.integers(), words=st.lists(texts).map(tuple))
outers = st.builds(
    Outer,
    text=texts,
    share=st.floats(allow_nan=False, allow_infinity=False),
    is_so=st.booleans(),
    at=moments,
    length=st.timedeltas(),
    choice=st.sampled_from(["a", "b"]),
    colour=st.just(Colour.RED),
    inner=inners,
    inners=st.lists(inners, max_size=3).map(tuple),
    maybe=st.none() | inners,
    maybe_at=st.none() | moments,
)


@given(outers)
def test_every_value_comes_back_equal(value):
    written = encode(Outer, value)
    assert decode(Outer, written) == value
    assert encode(Outer, decode(Outer, written)) == written


@pytest.mark.parametrize("value", [state(), summary()], ids=lambda value: type(value).__name__)
def test_the_values_that_the_store_keeps_come_back_equal(value):
    assert decode(type(value), encode(type(value), value)) == value


def test_times_are_readable_and_in_utc():
    written = json.loads(encode(SourceState, state(next_poll_at=NOW.astimezone(timezone(timedelta(hours=2))))))
    assert written["next_poll_at"] == "2026-01-14T12:00:00+00:00"


@pytest.mark.parametrize(
    "wrong",
    [
        {"etag": None},
        {"etag": b"x"},
        {"n_polls": True},
        {"n_polls": 1.0},
        {"seconds": float("nan")},
        {"seconds": "1"},
        {"is_gone": 1},
        {"next_poll_at": datetime(2026, 1, 14)},  # noqa: DTZ001 - that it has no time zone is the point
        {"next_poll_at": "2026-01-14"},
        {"rhythm": 60},
        {"skip_hours": [1]},
        {"skip_hours": ("1",)},
    ],
    ids=str,
)
def test_what_would_not_come_back_is_not_written(wrong):
    with pytest.raises(StoreError):
        encode(SourceState, state(**wrong))


def test_another_type_is_not_written():
    with pytest.raises(StoreError, match="no Summary"):
        encode(Summary, state())
    with pytest.raises(TypeError, match="cannot keep"):
        encode(object, object())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "broken SourceState"),
        ("[]", "no SourceState"),
        ("{}", "without url"),
        ('{"url": 1}', "no str"),
        ('{"url": "u", "colour": "red"}', "newer version"),
        ('{"url": "u", "next_poll_at": "soon"}', "no datetime"),
        ('{"url": "u", "next_poll_at": "2026-01-14T12:00:00"}', "no datetime"),
        ('{"url": "u", "rhythm": 0.5}', "no timedelta"),
        ('{"url": "u", "skip_days": 3}', "no tuple"),
        ('{"url": "u", "seconds": "fast"}', "no float"),
    ],
)
def test_what_does_not_fit_is_not_read(text, words):
    with pytest.raises(StoreError, match=words):
        decode(SourceState, text)


@pytest.mark.parametrize(("field", "value"), [("choice", "c"), ("colour", "blue"), ("choice", [])])
def test_an_unknown_choice_is_not_read(field, value):
    tree = {
        "text": "", "share": 0, "is_so": True, "at": "2026-01-14T12:00:00Z", "length": 0, "choice": "a",
        "colour": "red", "inner": {"n": 1},
    }  # fmt: skip
    assert decode(Outer, json.dumps(tree)).inner == Inner(n=1)
    with pytest.raises(StoreError):
        decode(Outer, json.dumps({**tree, field: value}))


def test_a_field_that_came_later_takes_its_default():
    assert decode(SourceState, '{"url": "u"}') == SourceState(url="u")


@pytest.mark.parametrize("kind", [tuple[int, str], int | str | None, dict[str, str]], ids=str)
def test_only_what_the_model_is_made_of_is_supported(kind):
    with pytest.raises(TypeError):
        encode(kind, None)
