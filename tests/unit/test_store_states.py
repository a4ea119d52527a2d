"""The short way to write and read a source's state says what the codec says."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import StoreError
from aggregator.model import SourceState
from aggregator.store import states
from aggregator.store.codec import decode, encode

NOW = datetime(2026, 3, 1, 12, 30, 0, 250, tzinfo=UTC)
MOMENTS = st.none() | st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
LENGTHS = st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.just(',"n_polls":3,"seconds":1')
STATES = st.builds(
    SourceState,
    url=st.sampled_from(["https://a.example/feed", "https://b.example/feed"]),
    etag=TEXTS,
    title=TEXTS,
    error=TEXTS,
    reason=TEXTS,
    n_polls=st.integers(0, 9),
    n_failures=st.integers(0, 2),
    seconds=st.floats(0, 60),
    is_gone=st.booleans(),
    first_polled_at=MOMENTS,
    last_polled_at=MOMENTS,
    last_success_at=MOMENTS,
    next_poll_at=MOMENTS,
    hubs=st.lists(TEXTS, max_size=2).map(tuple),
    skip_hours=st.lists(st.integers(0, 23), max_size=2).map(tuple),
    rhythm=LENGTHS,
    max_age=LENGTHS,
)


@given(STATES, STATES)
def test_a_state_comes_back(before: SourceState, after: SourceState) -> None:
    """Written by either and read by either, and with another state of the source claimed before."""
    for text in (encode(SourceState, before), states.text_of(before)):
        assert states.state_of(text) == states.claimed_states_of([text])[0] == before
        written = states.text_of(after)
        assert states.state_of(written) == decode(SourceState, written) == after


@given(STATES, st.integers(0, 5), MOMENTS)
def test_what_stands_is_kept_in_front(state: SourceState, n_polls: int, moment: datetime | None) -> None:
    """A visit without news changes the end of the text only, whatever the lasting fields hold."""
    text = states.text_of(states.claimed_states_of([states.text_of(state)])[0])
    visited = dataclasses.replace(states.claimed_states_of([text])[0], n_polls=n_polls, last_polled_at=moment)
    assert decode(SourceState, states.text_of(visited)) == visited


@given(
    st.lists(STATES, max_size=4), st.lists(st.sampled_from(["", "no JSON", "{}", "{},{}", "[]", "null"]), max_size=2)
)
def test_many_are_read_as_one_is(good: list[SourceState], bad: list[str]) -> None:
    assert states.states_of([states.text_of(each) for each in good]) == good
    if bad:
        with pytest.raises(StoreError):
            states.states_of([*[states.text_of(each) for each in good], *bad])


@pytest.mark.parametrize("place", [0, 1, states.BATCH - 1, states.BATCH, 2 * states.BATCH])
@pytest.mark.parametrize("broken", ["cut", "two", "none", "unknown"])
def test_one_broken_row_among_many_is_said(place: int, broken: str) -> None:
    """In whichever batch it stands: in the store's own error, and no row takes the place of another."""
    good = [SourceState(url=f"https://a.example/{n}", n_polls=n) for n in range(2 * states.BATCH + 1)]
    texts = [states.text_of(each) for each in good]
    assert states.states_of(texts) == states.claimed_states_of(texts) == good
    text = texts[place]
    texts[place] = {"cut": text[:-9], "two": f"{text},{text}", "none": "", "unknown": text[:-1] + ',"x":1}'}[broken]
    for read in (states.states_of, states.claimed_states_of):
        with pytest.raises(StoreError):
            read(texts)
    assert states.states_of(texts[:place] + texts[place + 1 :]) == good[:place] + good[place + 1 :]


def test_a_row_that_was_torn_in_two_is_not_put_together_again() -> None:
    """Rows are read together, with commas between: two halves whose comma is lost would be one state."""
    text = states.text_of(SourceState(url="https://a.example/1", title="One", n_polls=1))
    before, _, after = text.partition(",")
    with pytest.raises(StoreError):
        states.states_of([text, before, after])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hubs", (1,)),
        ("skip_days", ("1",)),
        ("seconds", float("inf")),
        ("seconds", float("nan")),
        ("n_polls", "many"),
        ("is_gone", 1),
        ("next_poll_at", datetime(2026, 3, 1)),  # noqa: DTZ001 - it is what must not be written
        ("rhythm", 5),
    ],
)
def test_what_does_not_fit_is_not_written(name: str, value: object) -> None:
    """As strict as the codec, also once such states have been written."""
    usual = SourceState(url="https://a.example/feed", seconds=1.0, next_poll_at=NOW, rhythm=timedelta(hours=1))
    states.text_of(usual)
    with pytest.raises(StoreError):
        states.text_of(dataclasses.replace(usual, **{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", "1e999"),
        ("seconds", "NaN"),
        ("n_polls", '"many"'),
        ("next_poll_at", '"yesterday"'),
        ("next_poll_at", "5"),
        ("rhythm", '"long"'),
        ("rhythm", "9" * 40),
        ("skip_hours", "7"),
        ("no_such_field", "7"),
    ],
)
def test_what_does_not_fit_is_not_read(name: str, value: str) -> None:
    """What the codec refuses is refused, in its words."""
    tree = json.loads(encode(SourceState, SourceState(url="https://a.example/feed", seconds=1.0)))
    tree.pop(name, None)
    text = json.dumps(tree)[:-1] + f', "{name}": {value}}}'
    states.state_of(json.dumps(tree))
    try:
        expected: object = decode(SourceState, text)
    except (StoreError, OverflowError) as error:
        with pytest.raises(type(error)):
            states.state_of(text)
    else:
        assert states.state_of(text) == expected


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"url": 3}', "{}"])
def test_no_state_at_all(text: str) -> None:
    """Neither JSON nor a state: an error in words."""
    with pytest.raises(StoreError):
        states.state_of(text)
