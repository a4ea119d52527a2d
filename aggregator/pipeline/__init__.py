"""The corridor: the order of the steps of a poll and of a build, and nothing else.

What the rooms hand to each other passes through here; no room knows another. What a build needs takes half a second to
import, so it is imported when it is asked for: a poll without news is shorter than that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aggregator.pipeline.polling import Clock, PollReport, Progress, poll

if TYPE_CHECKING:
    from aggregator.pipeline.building import HISTORY, BuildReport, build, source_views
    from aggregator.pipeline.telling import reports_of, revise

_LATER = {
    "HISTORY": "building",
    "BuildReport": "building",
    "build": "building",
    "source_views": "building",
    "reports_of": "telling",
    "revise": "telling",
}

__all__ = [
    "HISTORY",
    "BuildReport",
    "Clock",
    "PollReport",
    "Progress",
    "build",
    "poll",
    "reports_of",
    "revise",
    "source_views",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
