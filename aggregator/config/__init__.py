"""feeds.toml: read into a :class:`Config` with every mistake named, edited with its comments kept, written at once."""

from aggregator.config.read import load_config, parse_config
from aggregator.config.settings import Config, Settings, Writing

__all__ = ["Config", "Settings", "Writing", "load_config", "parse_config"]
