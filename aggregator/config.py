"""feeds.toml -> Config: which keys there are, what each may hold, and every mistake with its line.

Owns the names and defaults of all keys. All mistakes of a file are reported together. What a single value may be
stands in :mod:`.config_values`, where it stands in the file in :mod:`.config_lines`. Must not fetch anything.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aggregator import config_values as values
from aggregator.config_file import load_toml, read_text
from aggregator.config_lines import KeyPath, find_lines, line_of
from aggregator.config_values import Reader, Wrong, printable, shown
from aggregator.errors import ConfigError, Mistake
from aggregator.intake.filters import compile_rule
from aggregator.model import Output, Source

MAX_MISTAKES = 100  # nobody reads more, and each "did you mean" costs about a millisecond

VARIABLE_PREFIX = "AGGREGATOR_"
NO_ENVIRON: Mapping[str, str] = MappingProxyType({})
_NOT_SETTINGS = frozenset({"now", "config", "data"})  # variables with the prefix that mean something else


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


@dataclass(frozen=True, slots=True)
class _Many:
    """A list, each element of which is read by ``each``."""

    each: Reader


_Kinds = Mapping[str, Reader | _Many]


def _rule(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong("""a rule such as 'title ~ "summit"'""")
    try:
        compile_rule(value)
    except (ValueError, OverflowError, RecursionError) as error:  # a regular expression may be nested 1000 times
        raise Wrong("a rule that can be read", printable(str(error))) from error
    return value


_SETTINGS: _Kinds = {
    "title": values.one_line,
    "base_url": values.base_url,
    "contact": values.one_line_or_none,
    "allow_hosts": _Many(values.allowed_host),
    "encoder": values.choice("use", "e5", "none"),
    "hub": values.http_url,
    "host": values.listen_host,
    "port": values.whole(1, 65535),
    "workers": values.whole(1, 256),
    "poll_every": values.duration(at_most=timedelta(days=1)),
    "retention": values.duration(),
}
_DEFAULTS: _Kinds = {
    "min_interval": values.duration(),
    "max_interval": values.duration(),
    "timeout": values.duration(at_most=timedelta(hours=1)),
    "max_bytes": values.size(at_least=1000, at_most=10**9),
    "keep": _Many(_rule),
    "block": _Many(_rule),
}
_FEED: _Kinds = {
    "url": values.source_url,
    "name": values.one_line,
    "publisher": values.one_line,
    "lang": values.language,
    "tags": _Many(values.tag),
    "weight": values.weight,
    "auth_env": values.variable,
    **_DEFAULTS,
}
_OUTPUT: _Kinds = {
    "slug": values.slug,
    "title": values.one_line,
    "tags": _Many(values.tag),
    "languages": _Many(values.language),
    "min_publishers": values.whole(1, 100),
    "max_entries": values.whole(1, 1000),
    "keep": _Many(_rule),
    "block": _Many(_rule),
}
_TABLES: Mapping[str, _Kinds] = {"settings": _SETTINGS, "defaults": _DEFAULTS, "feeds": _FEED, "outputs": _OUTPUT}
_Place = tuple[KeyPath, dict[str, Any]]
"""A table that was read: where it stands, and its good values by key."""


class _Reading:
    """One file while it is read: what it holds, and what has been found wrong so far."""

    def __init__(self, text: str, document: Mapping[str, object]) -> None:
        self.document = document
        self.mistakes: list[Mistake] = []
        self.warnings: list[Mistake] = []
        self._text = text
        self._lines: dict[KeyPath, int] | None = None

    def line(self, path: KeyPath) -> int:
        """Give the line of ``path``. The walk over the text is made only when somebody asks."""
        if self._lines is None:
            self._lines = find_lines(self._text)
        return line_of(self._lines, path)

    def mistake(self, path: KeyPath, message: str, hint: str = "") -> None:
        if len(self.mistakes) <= MAX_MISTAKES:
            self.mistakes.append(Mistake(message=message, line=self.line(path), hint=hint))

    def warn(self, path: KeyPath, message: str, hint: str = "") -> None:
        if len(self.warnings) < MAX_MISTAKES:
            self.warnings.append(Mistake(message=message, line=self.line(path), hint=hint))

    def unknown(self, path: KeyPath, kinds: Mapping[str, object]) -> None:
        if len(self.mistakes) > MAX_MISTAKES:
            return
        name = str(path[-1])
        home = next((f"[{table}]" for table in ("settings", "defaults") if name in _TABLES[table]), "")
        if close := difflib.get_close_matches(name[:80], kinds, n=1):
            hint = f'did you mean "{close[0]}"?'
        elif home and kinds is _TABLES:
            hint = f"it belongs under {home}"
        else:
            hint = "known here: " + ", ".join(kinds)
        self.mistake(path, f"unknown {'table or key' if kinds is _TABLES else 'key'} {shown(name)}", hint)

    def one(self, path: KeyPath, name: str, value: object, read: Reader) -> Any:
        """Read one value; ``None`` and a mistake if it is wrong."""
        try:
            return read(value)
        except Wrong as wrong:
            instead = "what it holds" if wrong.is_secret else shown(value)
            self.mistake(path, f"{name} must be {wrong.expected}, not {instead}", wrong.hint)
            return None

    def many(self, path: KeyPath, name: str, value: object, read: Reader) -> tuple[Any, ...] | None:
        if not isinstance(value, list):
            hint = f"write {name} = [{shown(value)}]" if isinstance(value, str) else ""
            self.mistake(path, f"{name} must be a list, not {shown(value)}", hint)
            return None
        read_ones = [self.one((*path, i), f"each of {name}", each, read) for i, each in enumerate(value)]
        return tuple(dict.fromkeys(each for each in read_ones if each is not None))

    def table(self, path: KeyPath, table: Mapping[str, object], kinds: _Kinds) -> _Place:
        """Read the values of one table; wrong and unknown ones are left out."""
        good: dict[str, Any] = {}
        for name, value in table.items():
            kind = kinds.get(name)
            if kind is None:
                self.unknown((*path, name), kinds)
                continue
            read = self.many if isinstance(kind, _Many) else self.one
            each = kind.each if isinstance(kind, _Many) else kind
            result = read((*path, name), name, value, each)
            if result is not None:
                good[name] = result
        return path, good

    def single(self, name: str) -> _Place:
        """Read a ``[table]`` that stands once."""
        table = self.document.get(name, {})
        if not isinstance(table, dict):
            self.mistake((name,), f"{name} must be a table", f"write [{name}]")
            table = {}
        return self.table((name,), table, _TABLES[name])

    def several(self, name: str, *, required: str, is_short: bool = False) -> list[_Place]:
        """Read the ``[[tables]]`` of a name; ``is_short``: an element that is only a text stands for ``required``."""
        tables = self.document.get(name, [])
        if not isinstance(tables, list):
            self.mistake((name,), f"{name} must be a list of tables", f"write [[{name}]] before each")
            return []
        places = []
        for i, table in enumerate(tables):
            if is_short and isinstance(table, str):
                table = {required: table}
            if isinstance(table, dict):
                places.append(self.table((name, i), table, _TABLES[name]))
                if required not in table:
                    self.mistake((name, i), f"one of {name} has no {required}", f'add {required} = "…"')
            else:
                self.mistake((name, i), f"each of {name} must be a table, not {shown(table)}", f"write [[{name}]]")
        return places


def load_config(path: Path, *, environ: Mapping[str, str] = NO_ENVIRON) -> Config:
    """Read feeds.toml; variables ``AGGREGATOR_<KEY>`` of ``environ`` override ``[settings]``.

    Raises:
        ConfigError: With all mistakes, if there are any, or why the file cannot be read.
    """
    return parse_config(read_text(path), path=path, environ=environ)


def parse_config(text: str, *, path: Path, environ: Mapping[str, str] = NO_ENVIRON) -> Config:
    """Read the text of a feeds.toml that stands (or is to stand) at ``path``. As :func:`load_config`.

    Cost: 0.3 s for 10,000 sources.
    """
    reading = _Reading(text, load_toml(text, path))
    for name in reading.document:
        if name not in _TABLES:
            reading.unknown((name,), _TABLES)
    settings = _read_settings(reading, environ)
    defaults = reading.single("defaults")
    feeds = reading.several("feeds", required="url", is_short=True)
    outputs = reading.several("outputs", required="slug")
    _check_intervals(reading, defaults, feeds)
    _check_unique(reading, feeds, "url", values.same_address)
    _check_unique(reading, outputs, "slug", str)
    if reading.mistakes:
        raise ConfigError(str(path), _in_order(reading.mistakes))
    _warn_about_addresses(reading, feeds)
    _warn_about_tags(reading, feeds, outputs)
    _warn_about_environ(reading, feeds, environ)
    if settings.encoder != "none":
        reading.warn(
            ("settings", "encoder"), "this version matches stories by their words alone", 'write encoder = "none"'
        )
    return Config(
        path=path,
        settings=settings,
        sources=tuple(_source(defaults[1], feed) for _, feed in feeds),
        outputs=tuple(Output(**{"title": _title_of(output["slug"], settings), **output}) for _, output in outputs)
        or (Output(slug="top", title=settings.title),),
        default_keep=defaults[1].get("keep", ()),
        default_block=defaults[1].get("block", ()),
        warnings=_in_order(reading.warnings),
    )


def _source(defaults: Mapping[str, Any], feed: Mapping[str, Any]) -> Source:
    """Make a source: what it says itself goes before the defaults, but rules of both hold."""
    rules = {
        name: tuple(dict.fromkeys((*feed.get(name, ()), *defaults.get(name, ()))))
        for name in ("keep", "block")
        if name in feed or name in defaults
    }
    return Source(**{**defaults, **feed, **rules})


def _in_order(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    ordered = sorted(mistakes, key=lambda mistake: (mistake.line, mistake.message))
    if len(ordered) > MAX_MISTAKES:
        ordered[MAX_MISTAKES:] = [Mistake(message="and more mistakes: these first")]
    return tuple(ordered)


def _read_settings(reading: _Reading, environ: Mapping[str, str]) -> Settings:
    _, given = reading.single("settings")
    for name, kind in _SETTINGS.items():
        text = environ.get(VARIABLE_PREFIX + name.upper(), "")
        if not text:  # an empty variable is how many tools say "not set"
            continue
        label = f"the environment variable {VARIABLE_PREFIX}{name.upper()}"
        result: object
        if isinstance(kind, _Many):
            result = reading.many((), label, [each.strip() for each in text.split(",") if each.strip()], kind.each)
        else:
            is_number = isinstance(getattr(Settings(), name), int) and re.fullmatch("[0-9]{1,9}", text)
            result = reading.one((), label, int(text) if is_number else text, kind)
        if result is not None:
            given[name] = result
    settings = replace(Settings(), **given)
    return settings if "base_url" in given else replace(settings, base_url=_own_address(settings))


def _own_address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - only compared
    return f"http://[{host}]:{settings.port}/" if ":" in host else f"http://{host}:{settings.port}/"


def _title_of(slug: str, settings: Settings) -> str:
    return settings.title if slug == "top" else slug.replace("-", " ").title()


def _check_intervals(reading: _Reading, defaults: _Place, feeds: list[_Place]) -> None:
    """Refuse a shortest interval above the longest, once for the defaults and for each source with its own."""
    for path, table in (defaults, *feeds):
        if path[0] == "feeds" and not {"min_interval", "max_interval"} & table.keys():
            continue
        whole = {**defaults[1], **table}
        shortest = whole.get("min_interval", Source.__dataclass_fields__["min_interval"].default)
        longest = whole.get("max_interval", Source.__dataclass_fields__["max_interval"].default)
        if shortest > longest:
            key = "min_interval" if "min_interval" in table else "max_interval"
            words = f"{values.write_duration(shortest)} is more than max_interval {values.write_duration(longest)}"
            reading.mistake((*path, key), f"min_interval {words}")


def _check_unique(reading: _Reading, places: list[_Place], key: str, form: Callable[[str], str]) -> None:
    """Refuse two tables whose ``key`` has one ``form``."""
    first: dict[str, KeyPath] = {}
    for path, table in places:
        if key in table:
            earlier = first.setdefault(form(table[key]), path)
            if earlier is not path:
                line = reading.line((*earlier, key))
                reading.mistake((*path, key), f"the {key} {shown(table[key])} stands twice, first in line {line}")


def _warn_about_addresses(reading: _Reading, feeds: list[_Place]) -> None:
    if not feeds:
        reading.warn(("feeds",), "there are no sources yet", "add one with `aggregator add URL`")
    first: dict[str, KeyPath] = {}
    for path, feed in feeds:
        if problem := values.problem_of_address(feed["url"]):
            reading.warn((*path, "url"), f"the address {shown(feed['url'])} {problem}")
        similar = values.similar_address(feed["url"])
        if similar in first:
            line = reading.line((*first[similar], "url"))
            reading.warn((*path, "url"), f"{shown(feed['url'])} looks like the feed of line {line} by another address")
        first.setdefault(similar, path)


def _warn_about_tags(reading: _Reading, feeds: list[_Place], outputs: list[_Place]) -> None:
    known = sorted({tag for _, feed in feeds for tag in feed.get("tags", ())})
    for path, output in outputs:
        for tag in output.get("tags", ()):
            if feeds and tag not in known:
                close = difflib.get_close_matches(tag, known, n=1)
                hint = f'did you mean "{close[0]}"?' if close else ""
                reading.warn((*path, "tags"), f'no source has the tag "{tag}" of the output {output["slug"]}', hint)


def _warn_about_environ(reading: _Reading, feeds: list[_Place], environ: Mapping[str, str]) -> None:
    """Name variables that look like a mistyped setting; their values may be secrets and are not shown."""
    secrets = {feed.get("auth_env") for _, feed in feeds}
    for variable in sorted(environ):
        name = variable.removeprefix(VARIABLE_PREFIX).lower()
        if not variable.startswith(VARIABLE_PREFIX) or variable in secrets or name in {*_SETTINGS, *_NOT_SETTINGS}:
            continue
        if close := difflib.get_close_matches(name[:80], _SETTINGS, n=1, cutoff=0.75):
            hint = f"did you mean {VARIABLE_PREFIX}{close[0].upper()}?"
            reading.warn((), f"the environment variable {shown(variable)} overrides no setting", hint)
