"""feeds.toml -> Config."""

from dataclasses import dataclass
from pathlib import Path

from aggregator.model import Output, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The ``[settings]`` table.

    Attributes:
        title: Name of the front page and author of every entry.
        base_url: Where the outputs are published, with a slash at its end.
        contact: Address that goes into the User-Agent; empty: none.
        allow_hosts: Private addresses that may be fetched: host, host:port or CIDR.
        host: Where ``serve`` listens.
        port: Where ``serve`` listens.
        workers: Fetches at the same time.
    """

    title: str = "Top Headlines"
    base_url: str = "http://127.0.0.1:8080/"
    contact: str = ""
    allow_hosts: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole feeds.toml; sources and outputs in file order."""

    path: Path
    settings: Settings
    sources: tuple[Source, ...]
    outputs: tuple[Output, ...]
