"""Own what is wrong with sources, in sentences for the person who runs this. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import SourceView
from aggregator.outputs import strings
from aggregator.outputs.content import plain
from aggregator.outputs.health import MOVED_FOR_GOOD
from aggregator.outputs.pages.sources import called, silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong. ``is_failure``: nothing arrives from this source; else it is only odd."""

    url: str
    name: str
    sentence: str
    is_failure: bool


def troubles(views: Sequence[SourceView], *, now: datetime) -> tuple[Trouble, ...]:
    """Say what is wrong: failures first, longest first; then what is odd; then by name."""
    found = []
    for view in views:
        since = view.state.last_success_at or view.state.first_polled_at or now
        failure = _failure(view, now)
        if failure:
            found.append((0, since, called(view), _trouble(view, failure, is_failure=True)))
        found.extend((1, now, called(view), _trouble(view, odd, is_failure=False)) for odd in _oddities(view, now))
    found.sort(key=lambda each: (*each[:3], each[3].url, each[3].sentence))
    return tuple(each[3] for each in found)


def _trouble(view: SourceView, sentence: str, *, is_failure: bool) -> Trouble:
    return Trouble(url=view.source.url, name=called(view), sentence=sentence, is_failure=is_failure)


def _failure(view: SourceView, now: datetime) -> str:
    state = view.state
    if state.is_gone:
        return "is gone for good: its server says so (410). Take it out of feeds.toml."
    if not state.n_failures:
        return ""
    error = plain(state.error) or "no reason known"
    again = f" Next try {strings.short_moment(state.next_poll_at, now)}." if state.next_poll_at else ""
    if state.last_success_at:
        return f"has not answered for {strings.duration(now - state.last_success_at)}: {error}.{again}"
    return f"has never answered: {error}.{again}"


def _oddities(view: SourceView, now: datetime) -> list[str]:
    state = view.state
    odd = []
    if state.moved_to and state.n_moved >= MOVED_FOR_GOOD and not state.is_gone:
        odd.append(f"has moved for good to {plain(state.moved_to)}. Change its address in feeds.toml.")
    silent_for = silence(view, now=now)
    if silent_for and state.rhythm:
        odd.append(
            f"has been silent for {strings.duration(silent_for)}; it usually writes every "
            f"{strings.duration(state.rhythm)}."
        )
    if state.warning and not state.n_failures:
        odd.append(f"answers, but oddly: {plain(state.warning)}.")
    return odd
