"""The figures beside the outputs, as Prometheus reads them."""

import re
from dataclasses import dataclass

from aggregator.model import Output, OutputView, Source, SourceState, SourceView
from aggregator.outputs.metrics import render_metrics
from tests.builders import NOW, at
from tests.golden.outputs_sample import source_view

LINE = re.compile(
    r'# (?:HELP|TYPE) aggregator_[a-z_]+ [^\n]+|aggregator_[a-z_]+(?:\{[a-z]+="(?:[^"\\\n]|\\.)*"\})? -?\d+\Z'
)


@dataclass
class Stored:
    n_articles: int = 1_234
    n_stories: int = 56


OUTPUTS = (
    OutputView(output=Output(slug="top", title="Top"), n_entries=60, updated_at=NOW),
    OutputView(output=Output(slug="empty", title="Empty"), n_entries=0, updated_at=None),
)
SOURCES = (
    source_view(last_success_at=at(-1), n_articles=9),
    source_view("ledger.example", n_failures=3, error="name not found", last_success_at=at(-31)),
    source_view("never.example"),
)


def test_the_figures_are_told_by_name() -> None:
    body = render_metrics(SOURCES, OUTPUTS, Stored()).decode()
    lines = body.splitlines()
    assert "aggregator_articles 1234" in lines
    assert "aggregator_sources 3" in lines
    assert "aggregator_sources_failing 1" in lines
    assert [line[-1] for line in lines if line.startswith("aggregator_source_up{")] == ["1", "0", "0"]
    assert 'aggregator_output_entries{output="top"} 60' in lines
    assert 'aggregator_output_updated_seconds{output="top"} 1768392000' in lines
    assert 'aggregator_output_updated_seconds{output="empty"}' not in body


def test_every_line_is_one_that_prometheus_reads_whatever_a_source_is_called() -> None:
    odd = 'https://one.example/a?b="c\\d&e={}'
    view = SourceView(source=Source(url=odd), state=SourceState(url=odd))
    bad = SourceView(source=Source(url="javascript:1"), state=SourceState(url="javascript:1"))
    lines = render_metrics([*SOURCES, view, bad], OUTPUTS, Stored()).decode().splitlines()
    assert [line for line in lines if not LINE.match(line)] == []
    series = [line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#")]
    assert len(series) == len(set(series))
