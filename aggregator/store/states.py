"""A source's state to JSON text and back: what :mod:`.codec` does, for the one value that every poll reads and writes.

Only what differs from a field's default is written, and what every visit changes comes last: where a visit changed
nothing else, what was read before stands as it is in front of it. A text of :mod:`.codec` reads the same. As strict as
that, to which everything goes that is not as expected: it says in words what is wrong.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from math import isfinite
from operator import itemgetter
from typing import Any

from aggregator.dataclass import names_of, of_fields
from aggregator.model import SourceState
from aggregator.store.codec import MICROSECOND, decode, encode

# What a visit changes that finds nothing new; the first one is always written, so that it is found in the text.
_OF_A_VISIT = ("n_polls", "seconds", "last_polled_at", "last_success_at", "next_poll_at", "reason")
_NAMES = sorted(names_of(SourceState), key=lambda name: name in _OF_A_VISIT)  # stable: else in their order
_LASTING = tuple(_NAMES[: -len(_OF_A_VISIT)])
_VISIT = f',"{_OF_A_VISIT[0]}":'
_FORM = re.compile(
    r',"n_polls":\d+,"seconds":[\d.e+-]+(?:,"last_polled_at":"[^"]*")?(?:,"last_success_at":"[^"]*")?'
    r'(?:,"next_poll_at":"[^"]*")?,"reason":"(?:[^"\\]|\\.)*"}\Z'
)
_TIMES = tuple(name for name in _NAMES if name.endswith("_at"))
_LENGTHS = ("rhythm", "max_age", "ttl")
_LISTS = {"skip_hours": int, "skip_days": int, "hubs": str}
_lasting_of = itemgetter(*_LASTING)
_lists_of = itemgetter(*_LISTS)
_EMPTY = SourceState(url="")
_DEFAULTS = (None, *_lasting_of(vars(_EMPTY))[1:])  # the address is always written
# What a field may be, and the types of all fields of states that were seen to be so: there are few combinations.
_KINDS = tuple(
    (type(value), datetime if name in _TIMES else timedelta if name in _LENGTHS else type(value))
    for name, value in vars(_EMPTY).items()
)
_USUAL = {**vars(_EMPTY), "url": None}
_sound: set[tuple[type, ...]] = set()
# The lasting fields of what was claimed, and their text.
_texts: dict[str, tuple[tuple[Any, ...], str]] = {}
MAX_TEXTS = 4096
BATCH = 256


def text_of(state: SourceState) -> str:
    """Write a state.

    Raises:
        StoreError: A value does not fit its field.
    """
    if not (_is_sound(state) and _has_sound_lists(state)):
        return encode(SourceState, state)
    try:
        return f"{_lasting_text(state)}{_VISIT}{state.n_polls}{_visit_text(state)}}}"
    except ValueError:  # a time without a zone, a number that is none: the codec says which
        return encode(SourceState, state)


def _is_sound(state: SourceState) -> bool:
    """Tell whether each field is of the type that it is said to be, and no other that is equal or nearly so."""
    types = tuple(map(type, vars(state).values()))
    if types not in _sound:
        if not all(kind in kinds for kind, kinds in zip(types, _KINDS, strict=True)):
            return False
        _sound.add(types)
    return True


def _has_sound_lists(state: SourceState) -> bool:
    lists = _lists_of(vars(state))
    return not any(lists) or all(map(_are_all, lists, _LISTS.values()))


def _lasting_text(state: SourceState) -> str:
    """Write what outlasts a visit, without the bracket at its end."""
    lasting = _lasting_of(vars(state))
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
    return f',"seconds":{state.seconds!r}{polled}{success}{upcoming},"reason":{encode_basestring(state.reason)}'


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
        values = {**_USUAL, **tree}
        if len(values) > len(_USUAL) or not isfinite(values["seconds"]):
            raise ValueError
        for name, read in _READERS:
            if (written := values[name]) is not None:
                values[name] = read(written)
        for name, kind in _LISTS.items():
            if name in tree:
                values[name] = _list_of(tree[name], kind)
        state = of_fields(SourceState, values)
    except (OverflowError, TypeError, ValueError):
        return decode(SourceState, text)
    return state if _is_sound(state) else decode(SourceState, text)


def claimed_states_of(texts: Sequence[str]) -> list[SourceState]:
    """Read states that :func:`text_of` is going to write again, with or without news."""
    found = states_of(texts)
    if len(_texts) + len(found) > MAX_TEXTS:
        _texts.clear()
    for state, text in zip(found, texts, strict=True):
        if form := _FORM.match(text, text.rfind(_VISIT)):
            _texts[state.url] = (_lasting_of(vars(state)), text[: form.start()])
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


# What is not written in JSON as it is.
_READERS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    *((name, _time_of) for name in _TIMES),
    *((name, _length_of) for name in _LENGTHS),
)


def _are_all(values: Sequence[object], kind: type) -> bool:
    return all(type(each) is kind for each in values)


# Nothing here can hold itself, and looking for it takes a fifth of the time.
_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":")).encode
_from_json = json.JSONDecoder(parse_constant=_refuse).decode
