"""Print what summaries look like over sets of stories, beside a Lead baseline of the same length.

    python -m benchmarks.summaries DIR [FILE ...]

DIR holds ``*.jsonl`` files, one story a line, as ``aggregator summarize`` reads them; a line may carry a human
"summary" and "headline", then the likeness of our words (F1 of stems and of pairs of stems) to those is printed, for
ours and for the baselines.
Figures, not assertions; compare two runs on one machine.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from aggregator.model import Report, Summary
from aggregator.summaries.pool import candidates
from aggregator.summaries.records import read_story
from aggregator.summaries.words import content_stems
from aggregator.summaries.write import summarise

COLUMNS = (
    ("stories", "stories"),
    ("stories/s", "rate"),
    ("words", "words"),
    ("sections", "sections"),
    ("headed", "headed"),
    ("sentences", "sentences"),
    ("cites/sentence", "citations"),
    ("sources cited", "cited"),
    ("dropped", "dropped"),
    ("F1", "f1"),
    ("pairs F1", "f2"),
    ("headline F1", "headline"),
    ("Lead F1", "lead_f1"),
    ("Lead pairs F1", "lead_f2"),
    ("first title F1", "first_title"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every file and print one table, a column a file."""
    parser = argparse.ArgumentParser(description="Measure extractive summaries.")
    parser.add_argument("folder", type=Path, help="folder with *.jsonl sets of stories")
    parser.add_argument("names", nargs="*", help="only these files of it")
    given = parser.parse_args(arguments)
    files = [given.folder / name for name in given.names] or sorted(given.folder.glob("*.jsonl"))
    results = {file.stem: measure(file) for file in files}
    width = max(len(name) for name in [*results, "Lead pairs F1"]) + 2
    print(" " * 16 + "".join(name.rjust(width) for name in results))
    for label, key in COLUMNS:
        print(
            label.ljust(16)
            + "".join(f"{figures.get(key, float('nan')):.2f}".rjust(width) for figures in results.values())
        )


def measure(file: Path) -> dict[str, float]:
    """Summarise every story of a file; the time counts summarising only, not reading."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    stories = [(row, read_story(row)[1]) for row in rows]
    stories = [(row, reports) for row, reports in stories if reports]
    began = time.process_time()
    told = [(row, reports, summarise(reports)) for row, reports in stories]
    seconds = time.process_time() - began
    figures = {"stories": float(len(told)), "rate": len(told) / max(seconds, 1e-9)}
    figures |= _averages([_shape(summary) for _, _, summary in told])
    return figures | _averages([_likeness(row, reports, summary) for row, reports, summary in told])


def _shape(summary: Summary) -> dict[str, float]:
    sentences = [sentence for section in summary.sections for sentence in section.sentences]
    cited = {n for sentence in sentences for n in sentence.citations}
    return {
        "words": float(sum(len(sentence.text.split()) for sentence in sentences)),
        "sections": float(len(summary.sections)),
        "headed": float(sum(bool(section.heading) for section in summary.sections)),
        "sentences": float(len(sentences)),
        "citations": statistics.fmean(len(sentence.citations) for sentence in sentences),
        "cited": len(cited) / len(summary.sources),
        "dropped": float(len(summary.dropped)),
    }


def _likeness(row: dict[str, object], reports: Sequence[Report], summary: Summary) -> dict[str, float]:
    """Compare with the human texts of a story, where it has them."""
    figures: dict[str, float] = {}
    human, headline = row.get("summary"), row.get("headline")
    if isinstance(human, str) and human:
        ours = " ".join(sentence.text for section in summary.sections for sentence in section.sentences)
        lead = _lead(reports, len(ours.split()))
        figures |= {"f1": _f1(human, ours, 1), "f2": _f1(human, ours, 2)}
        figures |= {"lead_f1": _f1(human, lead, 1), "lead_f2": _f1(human, lead, 2)}
    if isinstance(headline, str) and headline:
        figures["headline"] = _f1(headline, summary.headline, 1)
        figures["first_title"] = _f1(headline, reports[0].article.title, 1)
    return figures


def _lead(reports: Sequence[Report], n_words: int) -> str:
    """Take the first sentence of every article, then the second, up to a number of words."""
    pool = sorted(candidates(reports), key=lambda c: (c.position, c.report))
    return " ".join(" ".join(c.text for c in pool).split()[:n_words])


def _f1(human: str, machine: str, n: int) -> float:
    """Give 100 times the F1 of stems (n=1) or neighbouring stems (n=2); coarser than ROUGE, which counts repeats."""
    one, other = (
        set(zip(*(content_stems(text, "en")[k:] for k in range(n)), strict=False)) for text in (human, machine)
    )
    shared = len(one & other)
    return 200 * shared / (len(one) + len(other)) if shared else 0.0


def _averages(rows: Iterable[dict[str, float]]) -> dict[str, float]:
    values: dict[str, list[float]] = {}
    for row in rows:
        for key, value in row.items():
            values.setdefault(key, []).append(value)
    return {key: statistics.fmean(found) for key, found in values.items()}


if __name__ == "__main__":
    main()
