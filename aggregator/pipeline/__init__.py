"""The corridor: the order of the steps of a poll and of a build, and nothing else.

What the rooms hand to each other passes through here; no room knows another.
"""

from aggregator.pipeline.building import HISTORY, BuildReport, build, source_views
from aggregator.pipeline.polling import Clock, PollReport, Progress, poll
from aggregator.pipeline.telling import reports_of, revise

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
