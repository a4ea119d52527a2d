"""Print what summaries look like over sets of stories beside baselines of the same length, and what the gate accepts.

    python -m benchmarks.summaries [DIR [FILE ...]]

DIR holds ``*.jsonl`` files, one story a line, as ``aggregator summarize`` reads them; a line may carry a human
"summary" and "headline", then the likeness of our words (F1 of stems and of pairs of stems) to those is printed, for
ours and for the baselines: Lead, and LexRank and TextRank where sumy is installed. Without DIR only the gate is
measured, on the fixture of the tests, and the speed on made stories.
Figures, not assertions; compare two runs on one machine.
"""

import argparse
import importlib
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from aggregator.model import Article, Report, Summary
from aggregator.summaries.gate import check
from aggregator.summaries.pool import candidates
from aggregator.summaries.records import read_story
from aggregator.summaries.sentences import split
from aggregator.summaries.words import content_stems
from aggregator.summaries.write import summarise

GATE_FIXTURE = Path(__file__).parent.parent / "tests" / "golden" / "gate"
N_MADE, N_LARGE, N_SENTENCES = 200, 50, 30  # small stories to time; articles of a large one and sentences of each
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
    ("first title F1", "first_title"),
    ("Lead F1", "lead_f1"),
    ("Lead pairs F1", "lead_f2"),
    ("LexRank F1", "lexrank_f1"),
    ("LexRank pairs F1", "lexrank_f2"),
    ("TextRank F1", "textrank_f1"),
    ("TextRank pairs F1", "textrank_f2"),
)
Baseline = Callable[[Sequence[Report], int], str]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every file and print one table, a column a file; then the gate and the speed."""
    parser = argparse.ArgumentParser(description="Measure extractive summaries.")
    parser.add_argument("folder", type=Path, nargs="?", help="folder with *.jsonl sets of stories")
    parser.add_argument("names", nargs="*", help="only these files of it")
    given = parser.parse_args(arguments)
    if given.folder:
        files = [given.folder / name for name in given.names] or sorted(given.folder.glob("*.jsonl"))
        _print({file.stem: measure(file) for file in files})
    for line in (*_gate_lines(), *_speed_lines()):
        print(line)


def _print(results: dict[str, dict[str, float]]) -> None:
    width = max(map(len, results), default=8) + 4
    print(" " * 18 + "".join(name.rjust(width) for name in results))
    for label, key in COLUMNS:
        cells = (f"{figures[key]:.2f}" if key in figures else "-" for figures in results.values())
        print(label.ljust(18) + "".join(cell.rjust(width) for cell in cells))


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
    baselines = _baselines()
    return figures | _averages([_likeness(row, reports, summary, baselines) for row, reports, summary in told])


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


def _likeness(
    row: dict[str, object], reports: Sequence[Report], summary: Summary, baselines: dict[str, Baseline]
) -> dict[str, float]:
    """Compare with the human texts of a story, where it has them."""
    figures: dict[str, float] = {}
    human, headline = row.get("summary"), row.get("headline")
    if isinstance(human, str) and human:
        ours = " ".join(sentence.text for section in summary.sections for sentence in section.sentences)
        figures |= {"f1": _f1(human, ours, 1), "f2": _f1(human, ours, 2)}
        for name, baseline in baselines.items():
            theirs = baseline(reports, len(ours.split()))
            figures |= {f"{name}_f1": _f1(human, theirs, 1), f"{name}_f2": _f1(human, theirs, 2)}
    if isinstance(headline, str) and headline:
        figures["headline"] = _f1(headline, summary.headline, 1)
        figures["first_title"] = _f1(headline, reports[0].article.title, 1)
    return figures


# ---------------------------------------------------------------- baselines


def _baselines() -> dict[str, Baseline]:
    """Give the baselines that can be had here, all over the same sentences as ours."""
    found: dict[str, Baseline] = {"lead": _lead}
    try:
        for name, module, kind in (
            ("lexrank", "sumy.summarizers.lex_rank", "LexRankSummarizer"),
            ("textrank", "sumy.summarizers.text_rank", "TextRankSummarizer"),
        ):
            found[name] = _ranked(getattr(importlib.import_module(module), kind)())
    except ImportError:
        print("sumy is not installed: no LexRank, no TextRank")
    return found


def _lead(reports: Sequence[Report], n_words: int) -> str:
    """Take the first sentence of every article, then the second, up to a number of words."""
    pool = sorted(candidates(reports), key=lambda c: (c.position, c.report))
    return " ".join(" ".join(c.text for c in pool).split()[:n_words])


class _Tokenizer:
    """Cut for sumy what is cut already; its own tokenizers need data that no package ships."""

    def to_sentences(self, text: str) -> tuple[str, ...]:
        return tuple(text.splitlines())

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(content_stems(text, "en")) or tuple(text.split())


def _ranked(summarizer: Any) -> Baseline:  # sumy ships no types
    parser = importlib.import_module("sumy.parsers.plaintext").PlaintextParser

    def rank(reports: Sequence[Report], n_words: int) -> str:
        text = "\n\n".join(c.text.replace("\n", " ") for c in candidates(reports))  # a paragraph each
        document = parser.from_string(text, _Tokenizer()).document
        ratings = summarizer.rate_sentences(document) if hasattr(summarizer, "rate_sentences") else None
        ranked = (
            sorted(ratings, key=lambda s: -ratings[s])
            if ratings is not None
            else _by_position_of_cut(summarizer, document)
        )
        return " ".join(" ".join(map(str, ranked)).split()[:n_words])

    return rank


def _by_position_of_cut(summarizer: Any, document: Any) -> list[object]:
    """Rank sentences by the shortest summary that has them, for summarizers that give no ratings."""
    ranked: list[object] = []
    for n in range(1, len(document.sentences) + 1):
        ranked += [s for s in summarizer(document, n) if s not in ranked]
    return ranked


# ---------------------------------------------------------------- the gate and the speed


def _gate_lines() -> list[str]:
    """Count what the gate accepts of the fixture: paraphrases that it should, traps that it must not."""
    accepted, total = Counter[str](), Counter[str]()
    for file in sorted(GATE_FIXTURE.glob("*.jsonl")):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            article = _article(row)
            pairs = [(f"paraphrases ({row['written']})", sentence) for sentence in row["paraphrases"]]
            pairs += [(f"traps: {kind}", sentence) for kind, sentence in row["traps"]]
            for kind, sentence in pairs:
                total[kind] += 1
                accepted[kind] += not check(sentence, article)
    return [
        "",
        "the gate accepts",
        *(f"  {kind.ljust(24)}{accepted[kind]:4d} of {total[kind]:4d}" for kind in sorted(total)),
    ]


def _article(row: dict[str, Any]) -> Article:
    given = row["article"]
    return Article(
        id="a",
        source_url="https://one.example/feed.xml",
        publisher="one.example",
        title=given["title"],
        summary=given["summary"],
        text=given["text"],
        lang=row["lang"],
        published_at=datetime.fromisoformat(given["published"]),
    )


def _speed_lines() -> list[str]:
    """Time stories of three articles, and one of many long ones, made of the fixture's sentences."""
    rows = [json.loads(s) for f in sorted(GATE_FIXTURE.glob("*.jsonl")) for s in f.read_text("utf-8").splitlines()]
    sentences = [s for row in rows if row["lang"] == "en" for s in split(row["article"]["text"], "en")]
    small = [_made(n, 3, 4, sentences) for n in range(N_MADE)]
    began = time.process_time()
    for reports in small:
        summarise(reports)
    rate = N_MADE / max(time.process_time() - began, 1e-9)
    large = _made(0, N_LARGE, N_SENTENCES, sentences)
    began = time.process_time()
    summarise(large)
    seconds = time.process_time() - began
    return [
        "",
        f"{rate:.0f} stories of 3 short articles a second",
        f"{seconds:.2f} s for a story of {N_LARGE} articles of {N_SENTENCES} sentences",
    ]


def _made(seed: int, n_articles: int, n_sentences: int, sentences: Sequence[str]) -> list[Report]:
    def text(n: int) -> str:
        at = (seed * 7 + n * 3) % len(sentences)
        return " ".join([*sentences, *sentences][at : at + n_sentences])

    return [
        Report(
            article=Article(
                id=f"a{n}",
                source_url=f"https://p{n}.example/feed.xml",
                publisher=f"p{n}.example",
                title=f"Title {n} of story {seed}",
                text=text(n),
                lang="en",
            )
        )
        for n in range(n_articles)
    ]


# ---------------------------------------------------------------- figures


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
