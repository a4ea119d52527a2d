"""A source's state to JSON text and back: what :mod:`.codec` does, for the one value that every poll reads and writes.

Only what differs from a field's default is written, and what every visit changes comes last: where a visit changed
nothing else, what was read before stands as it is in front of it. A text of :mod:`.codec` reads the same. As strict as
that, to which everything goes that is not as expected: it says in words what is wrong.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime, timedelta
from math import isfinite
from operator import attrgetter
from typing import Any

from aggregator.model import SourceState
from aggregator.store.codec import MICROSECOND, decode, encode

# What a visit changes that finds nothing new; the first one is always written, so that it is found in the text.
_OF_A_VISIT = ("n_polls", "seconds", "last_polled_at", "last_success_at", "next_poll_at", "reason")
_FIELDS = sorted(fields(SourceState), key=lambda field: field.name in _OF_A_VISIT)  # stable: else in their order
_LASTING_FIELDS = _FIELDS[: -len(_OF_A_VISIT)]
_VISIT = f',"{_OF_A_VISIT[0]}":'
_FORM = re.compile(
    r',"n_polls":\d+,"seconds":[\d.e+-]+(?:,"last_polled_at":"[^"]*")?(?:,"last_success_at":"[^"]*")?'
    r'(?:,"next_poll_at":"[^"]*")?,"reason":"(?:[^"\\]|\\.)*"}\Z'
)
_DEFAULTS = tuple(None if each.default is MISSING else each.default for each in _LASTING_FIELDS)
_TIMES = tuple(each.name for each in _FIELDS if each.name.endswith("_at"))
_LENGTHS = ("rhythm", "max_age", "ttl")
_LISTS = {"skip_hours": int, "skip_days": int, "hubs": str}
_LASTING = tuple(each.name for each in _LASTING_FIELDS)
_values_of = attrgetter(*(each.name for each in _FIELDS))
_lasting_of = attrgetter(*_LASTING)
_lists_of = attrgetter(*_LISTS)
# Types of all fields of states that the codec has written or read: there are few combinations.
_writable: set[tuple[type, ...]] = set()
_readable: set[tuple[type, ...]] = set()
# The lasting fields of what was claimed, and their text.
_texts: dict[str, tuple[tuple[Any, ...], str]] = {}
MAX_TEXTS = 1024
BATCH = 256


def text_of(state: SourceState) -> str:
    """Write a state.

    Raises:
        StoreError: A value does not fit its field.
    """
    types = tuple(map(type, _values_of(state)))
    if types not in _writable or not _has_sound_lists(state):
        text = encode(SourceState, state)
        _writable.add(types)
        return text
    try:
        return f"{_lasting_text(state)}{_VISIT}{state.n_polls}{_visit_text(state)}}}"
    except ValueError:  # a time without a zone, a number that is none: the codec says which
        return encode(SourceState, state)


def _has_sound_lists(state: SourceState) -> bool:
    lists = _lists_of(state)
    return not any(lists) or all(map(_are_all, lists, _LISTS.values()))


def _lasting_text(state: SourceState) -> str:
    """Write what outlasts a visit, without the bracket at its end."""
    lasting = _lasting_of(state)
    before, text = _texts.pop(state.url, ((), ""))
    if lasting == before:
        return text
    tree = {name: value for name, value, usual in zip(_LASTING, lasting, _DEFAULTS, strict=True) if value != usual}
    for name in _TIMES:
        if name in tree:
            tree[name] = _written_time(tree[name])
    for name in _LENGTHS:
        if name in tree:
            tree[name] //= MICROSECOND
    return _to_json(tree)[:-1]


def _visit_text(state: SourceState) -> str:
    polled_at, success_at, next_at = state.last_polled_at, state.last_success_at, state.next_poll_at
    polled = "" if polled_at is None else f',"last_polled_at":"{_written_time(polled_at)}"'
    success = polled.replace("polled", "success") if success_at is polled_at else ""
    if success_at is not None and not success:
        success = f',"last_success_at":"{_written_time(success_at)}"'
    upcoming = "" if next_at is None else f',"next_poll_at":"{_written_time(next_at)}"'
    if not isfinite(state.seconds):
        raise ValueError
    return f',"seconds":{state.seconds!r}{polled}{success}{upcoming},"reason":{_to_json(state.reason)}'


def state_of(text: str) -> SourceState:
    """Read a text that this module or the codec wrote.

    Raises:
        StoreError: The text is no JSON, or does not fit.
    """
    return states_of([text])[0]


def states_of(texts: Sequence[str]) -> list[SourceState]:
    """Read many texts, as :func:`state_of` reads one: together, since JSON then looks each name up once."""
    found: list[SourceState] = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        try:
            trees = _from_json(f"[{','.join(batch)}]")
        except ValueError:
            trees = ()
        if len(trees) != len(batch):  # one of them is no JSON
            trees = [None] * len(batch)
        found += [_state_from(tree, text) for tree, text in zip(trees, batch, strict=True)]
    return found


def _state_from(tree: Any, text: str) -> SourceState:
    try:
        for name in _TIMES:
            if (written := tree.get(name)) is not None:
                tree[name] = _time_of(written)
        for name in _LENGTHS:
            if (written := tree.get(name)) is not None:
                tree[name] = _length_of(written)
        for name, kind in _LISTS.items():
            if name in tree:
                tree[name] = _list_of(tree[name], kind)
        state = SourceState(**tree)
        if not isfinite(state.seconds):
            raise ValueError
    except (AttributeError, OverflowError, TypeError, ValueError):
        return decode(SourceState, text)
    types = tuple(map(type, _values_of(state)))
    if types not in _readable:
        state = decode(SourceState, text)
        _readable.add(tuple(map(type, _values_of(state))))
    return state


def claimed_states_of(texts: Sequence[str]) -> list[SourceState]:
    """Read states that :func:`text_of` is going to write again, with or without news."""
    found = states_of(texts)
    if len(_texts) + len(found) > MAX_TEXTS:
        _texts.clear()
    for state, text in zip(found, texts, strict=True):
        if form := _FORM.match(text, text.rfind(_VISIT)):
            _texts[state.url] = (_lasting_of(state), text[: form.start()])
    return found


def _written_time(moment: datetime) -> str:
    if moment.tzinfo is not UTC:
        raise ValueError(moment)
    return moment.isoformat()


def _refuse(written: str) -> Any:
    raise ValueError(written)


def _time_of(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is not UTC:
        raise ValueError(written)
    return moment


def _length_of(written: object) -> timedelta:
    if type(written) is not int:
        raise TypeError
    return written * MICROSECOND


def _list_of(written: object, kind: type) -> tuple[Any, ...]:
    if type(written) is not list or not _are_all(written, kind):
        raise TypeError
    return tuple(written)


def _are_all(values: Sequence[object], kind: type) -> bool:
    return all(type(each) is kind for each in values)


# Nothing here can hold itself, and looking for it takes a fifth of the time.
_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode
_from_json = json.JSONDecoder(parse_constant=_refuse).decode
