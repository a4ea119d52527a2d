"""Own the figures for those who watch over it: ``metrics.prom``, in the text format of Prometheus. Pure.

A file beside the outputs, so that a static web server does as well. No clock: a build without news writes the same
bytes; when the last build was, the file's neighbour ``status.json`` says, and ``serve`` at ``/metrics``.

Source: Prometheus, "Exposition formats", version 0.0.4.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from aggregator.markup import safe_url
from aggregator.model import OutputView, SourceView
from aggregator.outputs.content import plain

FILE = "metrics.prom"


class Counted(Protocol):
    """How much is stored."""

    @property
    def n_articles(self) -> int:
        """Articles stored."""

    @property
    def n_stories(self) -> int:
        """Living stories."""


def render_metrics(sources: Sequence[SourceView], outputs: Sequence[OutputView], counts: Counted) -> bytes:
    """Write the figures; sources and outputs in the order of ``feeds.toml``."""
    named = [(url, each) for each in sources if (url := safe_url(each.source.url))]
    up = [({"source": url}, _is_up(each)) for url, each in named]
    held = [({"source": url}, each.state.n_articles) for url, each in named]
    entries = [({"output": each.output.slug}, each.n_entries) for each in outputs]
    updated = [({"output": each.output.slug}, int(each.updated_at.timestamp())) for each in outputs if each.updated_at]
    n_failing = sum(1 for each in sources if each.state.n_failures or each.state.is_gone)
    parts = [
        _metric("articles", "Articles stored.", [({}, counts.n_articles)]),
        _metric("stories", "Living stories.", [({}, counts.n_stories)]),
        _metric("sources", "Subscribed sources.", [({}, len(sources))]),
        _metric("sources_failing", "Sources whose last poll failed.", [({}, n_failing)]),
        _metric("source_up", "Whether the last poll of a source succeeded.", up),
        _metric("source_articles", "Articles stored of a source.", held),
        _metric("output_entries", "Entries of an output feed.", entries),
        _metric("output_updated_seconds", "Newest entry of an output feed, seconds since 1970.", updated),
    ]
    return "".join(parts).encode()


def _is_up(view: SourceView) -> int:
    state = view.state
    return int(state.last_success_at is not None and not state.n_failures and not state.is_gone)


def _metric(name: str, about: str, samples: Iterable[tuple[dict[str, str], int]]) -> str:
    lines = [f"# HELP aggregator_{name} {about}\n# TYPE aggregator_{name} gauge\n"]
    for labels, value in samples:
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"aggregator_{name}{{{inner}}} {value}\n" if inner else f"aggregator_{name} {value}\n")
    return "".join(lines)


def _escaped(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
