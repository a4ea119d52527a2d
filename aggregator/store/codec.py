"""Frozen values to JSON text and back, exactly.

Owns the written form of values that the store keeps whole (a source's state, a summary). Supports what
:mod:`aggregator.model` is made of: str, int, float, bool, ``X | None``, ``Literal``, string enums, aware datetimes
(ISO 8601, UTC), timedeltas (whole microseconds), tuples of one type, and frozen dataclasses of these. Strict in both
directions: what would not come back equal is refused when written, what does not fit its type is refused when read.
A missing field takes its default, so that a class may grow; an unknown one is an error, so that nothing is lost.
"""

import json
import math
import types
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from aggregator.errors import StoreError

if TYPE_CHECKING:
    from dataclasses import Field

MICROSECOND = timedelta(microseconds=1)

_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

T = TypeVar("T")
Step = Callable[[Any], Any]


def encode(kind: type[T], value: T) -> str:
    """Write ``value`` as compact JSON.

    Raises:
        StoreError: The value does not fit ``kind``.
    """
    step = _encoder(_hashable(kind))
    return _to_json(step(value))


def decode(kind: type[T], text: str) -> T:
    """Read a value that :func:`encode` wrote.

    Raises:
        StoreError: The text is no JSON or does not fit ``kind``.
    """
    try:
        tree = json.loads(text)
    except ValueError as error:
        raise StoreError(f"the database holds a broken {kind.__name__}: {error}") from error
    value: T = _decoder(_hashable(kind))(tree)
    return value


def _hashable(kind: Any) -> Any:
    """Give ``kind`` to a cache: every type is hashable, which mypy does not know of ``type[T]``."""
    return kind


def _refuse(kind: Any, value: object) -> StoreError:
    return StoreError(f"no {getattr(kind, '__name__', kind)}: {value!r:.80}")


def _scalar(kind: type) -> Step:
    def check(value: Any) -> Any:
        if type(value) is kind:
            return value
        raise _refuse(kind, value)

    return check


def _float(value: Any) -> float:
    if type(value) in (float, int) and math.isfinite(value):
        return float(value)
    raise _refuse(float, value)


def _choice(kind: Any) -> Step:
    allowed = get_args(kind)

    def check(value: Any) -> Any:
        if type(value) is str and value in allowed:
            return value
        raise _refuse(kind, value)

    return check


def _optional(step: Step) -> Step:
    return lambda value: None if value is None else step(value)


def _present_type(kind: Any) -> Any:
    """Give X of ``X | None``."""
    rest = [each for each in get_args(kind) if each is not types.NoneType]
    if len(rest) != 1:
        raise TypeError(f"only X | None is supported, not {kind}")
    return rest[0]


def _element_type(kind: Any) -> Any:
    match get_args(kind):
        case (element, end) if end is Ellipsis:
            return element
        case _:
            raise TypeError(f"only tuple[X, ...] is supported, not {kind}")


# ---------------------------------------------------------------- writing


@cache
def _encoder(kind: Any) -> Step:
    origin = get_origin(kind)
    if kind in (str, int, bool):
        return _scalar(kind)
    if kind is float:
        return _float
    if kind is datetime:
        return _encode_datetime
    if kind is timedelta:
        return _encode_timedelta
    if origin is Literal:
        return _choice(kind)
    if origin in (Union, types.UnionType):
        return _optional(_encoder(_present_type(kind)))
    if origin is tuple:
        return _tuple_encoder(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return lambda value: kind(value).value
    return _dataclass_encoder(kind)


def _encode_datetime(value: Any) -> str:
    if type(value) is not datetime or value.tzinfo is None:
        raise _refuse(datetime, value)
    return value.astimezone(UTC).isoformat()


def _encode_timedelta(value: Any) -> int:
    if type(value) is not timedelta:
        raise _refuse(timedelta, value)
    return value // MICROSECOND


def _tuple_encoder(kind: Any) -> Step:
    step = _encoder(_element_type(kind))

    def write(value: Any) -> list[Any]:
        if type(value) is not tuple:
            raise _refuse(kind, value)
        return [step(each) for each in value]

    return write


def _dataclass_encoder(kind: Any) -> Step:
    steps = tuple((field.name, _encoder(hint)) for field, hint in _typed_fields(kind))

    def write(value: Any) -> dict[str, Any]:
        if type(value) is not kind:
            raise _refuse(kind, value)
        return {name: step(getattr(value, name)) for name, step in steps}

    return write


def _typed_fields(kind: Any) -> list[tuple["Field[Any]", Any]]:
    from dataclasses import fields, is_dataclass  # 6 ms, which a poll without news need not spend

    if not is_dataclass(kind):
        raise TypeError(f"cannot keep {kind} in the database")
    hints = get_type_hints(kind)
    return [(field, hints[field.name]) for field in fields(kind)]


# ---------------------------------------------------------------- reading


@cache
def _decoder(kind: Any) -> Step:
    origin = get_origin(kind)
    if kind in (str, int, bool):
        return _scalar(kind)
    if kind is float:
        return _float
    if kind is datetime:
        return _decode_datetime
    if kind is timedelta:
        return _decode_timedelta
    if origin is Literal:
        return _choice(kind)
    if origin in (Union, types.UnionType):
        return _optional(_decoder(_present_type(kind)))
    if origin is tuple:
        return _tuple_decoder(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_decoder(kind)
    return _dataclass_decoder(kind)


def _decode_datetime(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _refuse(datetime, value) from error
    if moment.tzinfo is None:
        raise _refuse(datetime, value)
    return moment.astimezone(UTC)


def _decode_timedelta(value: Any) -> timedelta:
    if type(value) is not int:
        raise _refuse(timedelta, value)
    return timedelta(microseconds=value)


def _enum_decoder(kind: type[Enum]) -> Step:
    def read(value: Any) -> Enum:
        try:
            return kind(value)
        except ValueError as error:
            raise _refuse(kind, value) from error

    return read


def _tuple_decoder(kind: Any) -> Step:
    step = _decoder(_element_type(kind))

    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _refuse(kind, value)
        return tuple([step(each) for each in value])

    return read


def _dataclass_decoder(kind: Any) -> Step:
    from dataclasses import MISSING

    typed = _typed_fields(kind)
    steps = {field.name: _decoder(hint) for field, hint in typed}
    required = {field.name for field, _ in typed if field.default is MISSING and field.default_factory is MISSING}

    def read(value: Any) -> Any:
        if type(value) is not dict:
            raise _refuse(kind, value)
        if not value.keys() <= steps.keys():
            unknown = ", ".join(sorted(value.keys() - steps.keys()))
            raise StoreError(f"the database holds a {kind.__name__} of a newer version (with {unknown})")
        if not required <= value.keys():
            missing = ", ".join(sorted(required - value.keys()))
            raise StoreError(f"the database holds a {kind.__name__} without {missing}")
        return kind(**{name: steps[name](each) for name, each in value.items()})

    return read
