"""A feed aggregator that publishes stories: what several publishers report, told once, with its sources."""

__version__ = "0.2.0"
