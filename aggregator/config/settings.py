"""What feeds.toml says, as values."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aggregator.errors import Mistake
from aggregator.model import Output, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The ``[settings]`` table.

    Attributes:
        title: Name of the front page and author of every entry.
        base_url: Where the outputs are published, with a slash at its end; not given: where ``serve`` listens.
        contact: Address that goes into the User-Agent; empty: none.
        allow_hosts: Private addresses that may be fetched: host, host:port, IP address, ``[v6]:port`` or CIDR.
        encoder: Evidence of meaning for `run`, `poll` and `build`; this version knows "none" there.
        hub: WebSub hub that the output feeds name; empty: none.
        host: Where ``serve`` listens.
        port: Where ``serve`` listens.
        workers: Fetches at the same time.
        poll_every: How often the daemon looks for sources that are due.
        retention: Articles older than this may be pruned; pages of stories stay for ever.
    """

    title: str = "Top Headlines"
    base_url: str = "http://127.0.0.1:8080/"
    contact: str = ""
    allow_hosts: tuple[str, ...] = ()
    encoder: str = "none"
    hub: str = ""
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 16
    poll_every: timedelta = timedelta(minutes=1)
    retention: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole feeds.toml; sources and outputs in file order.

    Attributes:
        default_keep: The keep rules of ``[defaults]``; each source has them besides its own.
        default_block: Its block rules, likewise.
        warnings: What is odd but stops nothing, by line: an address that can never be fetched, a tag of an output
            that no source has, what looks like one feed by two addresses, no source at all.
    """

    path: Path
    settings: Settings
    sources: tuple[Source, ...]
    outputs: tuple[Output, ...]
    default_keep: tuple[str, ...] = ()
    default_block: tuple[str, ...] = ()
    warnings: tuple[Mistake, ...] = ()
