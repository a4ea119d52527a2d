"""The errors that cross a folder.

    AggregatorError
    ├── ConfigError     a mistake in feeds.toml or in an option: says where, and what to write instead
    ├── SourceError     a source cannot be used as asked; one source's failure never stops a poll
    ├── StoreError      the database cannot be read or written; stops the command
    │   └── LockedError another run holds the lock
    ├── OutputError     an output cannot be written; the other outputs are
    └── SummaryError    a summary cannot be written; the story keeps its last one

A library's exceptions are translated where the library is called, with ``raise X from e``. An outcome that is expected
(a 404, a feed that is none) is a value of :mod:`aggregator.model`, not an exception.
"""

from aggregator.dataclass import dataclass


class AggregatorError(Exception):
    """Anything that this program reports to its user in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a configuration file.

    Attributes:
        message: What is wrong, in words.
        line: 1-based line of the file; 0 where no line can be named.
        hint: What to write instead; may be empty.
    """

    message: str
    line: int = 0
    hint: str = ""


class ConfigError(AggregatorError):
    """All mistakes of one configuration file, reported together."""

    def __init__(self, file: str, mistakes: tuple[Mistake, ...]) -> None:
        self.file = file
        self.mistakes = mistakes
        lines = []
        for mistake in mistakes:
            place = f"{file}:{mistake.line}" if mistake.line else file
            hint = f" ({mistake.hint})" if mistake.hint else ""
            lines.append(f"{place}: {mistake.message}{hint}")
        super().__init__("\n".join(lines))


class SourceError(AggregatorError):
    """A source that cannot be used as asked."""


class StoreError(AggregatorError):
    """The database cannot be read or written."""


class LockedError(StoreError):
    """Another run holds the lock of the data folder."""


class OutputError(AggregatorError):
    """An output file cannot be written."""


class SummaryError(AggregatorError):
    """A summary cannot be written."""
