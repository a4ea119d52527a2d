"""The feeds.toml that ``aggregator init`` writes. Owns no rule: what a feeds.toml may hold stands in :mod:`.config`."""

from importlib.resources import files


def starter_text() -> str:
    """Return a commented feeds.toml with a handful of sources and one output."""
    return files("aggregator.config").joinpath("starter.toml").read_text(encoding="utf-8")
