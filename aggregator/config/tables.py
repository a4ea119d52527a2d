"""Which tables and keys feeds.toml has, and who reads each value. What one may be stands in :mod:`.values`."""

from collections.abc import Mapping
from datetime import timedelta

from aggregator.config import values
from aggregator.config.values import Reader, Wrong, printable
from aggregator.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Many:
    """A list, each element of which is read by ``each``."""

    each: Reader


Kinds = Mapping[str, Reader | Many]


def _rule(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong("""a rule such as 'title ~ "summit"'""")
    from aggregator.intake.filters import compile_rule

    try:
        compile_rule(value)
    except (ValueError, OverflowError, RecursionError) as error:  # a regular expression may be nested 1000 times
        raise Wrong("a rule that can be read", printable(str(error))) from error
    return value


SETTINGS: Kinds = {
    "title": values.one_line,
    "base_url": values.base_url,
    "contact": values.one_line_or_none,
    "allow_hosts": Many(values.allowed_host),
    "encoder": values.choice("use", "e5", "none"),
    "hub": values.http_url,
    "websub": values.switch,
    "host": values.listen_host,
    "port": values.whole(1, 65535),
    "workers": values.whole(1, 1000),
    "poll_every": values.duration(at_most=timedelta(days=1)),
    "retention": values.duration(),
}
_DEFAULTS: Kinds = {
    "min_interval": values.duration(),
    "max_interval": values.duration(),
    "timeout": values.duration(at_most=timedelta(hours=1)),
    "max_bytes": values.size(at_least=1000, at_most=10**9),
    "keep": Many(_rule),
    "block": Many(_rule),
}
_FEED: Kinds = {
    "url": values.source_url,
    "name": values.one_line,
    "publisher": values.one_line,
    "lang": values.language,
    "tags": Many(values.tag),
    "weight": values.weight,
    "auth_env": values.variable,
    **_DEFAULTS,
}
_OUTPUT: Kinds = {
    "slug": values.slug,
    "title": values.one_line,
    "tags": Many(values.tag),
    "languages": Many(values.language),
    "min_publishers": values.whole(1, 100),
    "max_entries": values.whole(1, 1000),
    "keep": Many(_rule),
    "block": Many(_rule),
}
_SUMMARY: Kinds = {
    "mode": values.choice("extractive", "llm"),
    "endpoint": values.base_url,
    "model": values.one_line,
    "key_env": values.variable,
    "timeout": values.duration(at_most=timedelta(minutes=10)),
    "max_bytes": values.size(at_least=1000, at_most=10**8),
    "max_output_tokens": values.whole(100, 100_000),
    "max_calls_a_day": values.whole(0, 1_000_000),
    "max_tokens_a_day": values.whole(0, 1_000_000_000),
}
_RANKING: Kinds = {
    "half_life": values.duration(),
    "publishers": values.number(0, 10),
    "weight": values.number(0, 10),
    "novelty": values.number(0, 1),
    "publisher_cap": values.whole(1, 1000),
}
TABLES: Mapping[str, Kinds] = {
    "settings": SETTINGS,
    "ranking": _RANKING,
    "summary": _SUMMARY,
    "defaults": _DEFAULTS,
    "feeds": _FEED,
    "outputs": _OUTPUT,
}
