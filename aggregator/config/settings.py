"""What feeds.toml says, as values."""

from datetime import timedelta
from pathlib import Path

from aggregator.dataclass import dataclass
from aggregator.errors import Mistake
from aggregator.model import USUAL_RANKING, Output, Ranking, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The ``[settings]`` table.

    Attributes:
        title: Name of the front page and author of every entry.
        base_url: Where the outputs are published, with a slash at its end; not given: where ``serve`` listens.
        contact: Address that goes into the User-Agent; empty: none.
        allow_hosts: Private addresses that may be fetched: host, host:port, IP address, ``[v6]:port`` or CIDR.
        encoder: What sees the meaning of texts for `run`, `poll` and `build`: "use", "e5" or, for words alone, "none".
        hub: WebSub hub that the output feeds name; empty: none.
        websub: Let the hubs of sources push: hubs must reach ``base_url``, which ``run`` or ``serve`` answers.
        host: Where ``serve`` listens.
        port: Where ``serve`` listens.
        workers: Fetches at the same time, beside those that have only been waiting for more than 2 s.
        poll_every: How often the daemon looks for sources that are due.
        retention: Articles older than this may be pruned; pages of stories stay for ever.
    """

    title: str = "Top Headlines"
    base_url: str = "http://127.0.0.1:8080/"
    contact: str = ""
    allow_hosts: tuple[str, ...] = ()
    encoder: str = "use"
    hub: str = ""
    websub: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 256
    poll_every: timedelta = timedelta(minutes=1)
    retention: timedelta = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The ``[summary]`` table: who writes the summaries.

    Attributes:
        mode: "extractive": sentences of the articles; "llm": a model behind the gate, with the former as its fallback.
        endpoint: Base address of an OpenAI-compatible endpoint, with a slash at its end; empty: none.
        model: As the endpoint calls it.
        key_env: Name of the environment variable that holds its key; empty: none is sent.
        timeout: For one whole call.
        max_bytes: Of an answer.
        max_output_tokens: Asked of the model for one story.
        max_calls_a_day: Of UTC; 0: never.
        max_tokens_a_day: In and out, of UTC.
    """

    mode: str = "extractive"
    endpoint: str = ""
    model: str = ""
    key_env: str = ""
    timeout: timedelta = timedelta(seconds=30)
    max_bytes: int = 200_000
    max_output_tokens: int = 1200
    max_calls_a_day: int = 500
    max_tokens_a_day: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A whole feeds.toml; sources and outputs in file order.

    Attributes:
        ranking: What leads.
        writing: Who writes the summaries.
        default_keep: The keep rules of ``[defaults]``; each source has them besides its own.
        default_block: Its block rules, likewise.
        warnings: What is odd but stops nothing, by line: an address that can never be fetched, a tag of an output
            that no source has, what looks like one feed by two addresses, no source at all.
    """

    path: Path
    settings: Settings
    sources: tuple[Source, ...]
    outputs: tuple[Output, ...]
    ranking: Ranking = USUAL_RANKING
    writing: Writing = Writing()
    default_keep: tuple[str, ...] = ()
    default_block: tuple[str, ...] = ()
    warnings: tuple[Mistake, ...] = ()
