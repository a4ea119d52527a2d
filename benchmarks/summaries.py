"""Print what summaries look like over sets of stories beside baselines of the same length, and what the gate accepts.

    python -m benchmarks.summaries [DIR [FILE[:WORDS] ...]]

DIR holds ``*.jsonl`` files, one story a line, as ``aggregator summarize`` reads them; a line may carry a human
"summary" and "headline", then the likeness of our words to those is printed: ROUGE-1, -2 and -L for ours and for Lead,
LexRank and TextRank over the same sentences and as many words. ``:110`` cuts both sides at 110 words. It needs the
extra ``bench`` (sumy, rouge-score); without it a coarser F1 of stems stands beside Lead alone. Without DIR only the
gate is measured, on the fixture of the tests and the citations judged by hand, and the speed on made stories.
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

JUDGED = Path(__file__).parent / "judged_citations.jsonl"
GATE_FIXTURE = Path(__file__).parent.parent / "tests" / "golden" / "gate"
N_MADE, N_LARGE, N_SENTENCES = 200, 50, 30  # small stories to time; articles of a large one and sentences of each
MANY_ARTICLES = 6  # from which on a story is wanted in three or four sections
SHAPES = (
    ("stories", "stories"),
    ("stories/s", "rate"),
    ("words", "words"),
    ("sections", "sections"),
    ("headed", "headed"),
    ("% of 3-4 sections, 6+ articles", "parted"),
    ("% headed but the opening, 6+", "stated"),
    ("sentences", "sentences"),
    ("cites/sentence", "citations"),
    ("sources cited", "cited"),
    ("dropped", "dropped"),
)
WRITERS = ("ours", "lead", "lexrank", "textrank")
Baseline = Callable[[Sequence[Report], int], str]
Scorer = Callable[[str, str], dict[str, float]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every file and print one table, a column a file; then the gate and the speed."""
    parser = argparse.ArgumentParser(description="Measure extractive summaries.")
    parser.add_argument("folder", type=Path, nargs="?", help="folder with *.jsonl sets of stories")
    parser.add_argument("names", nargs="*", help="only these files of it")
    given = parser.parse_args(arguments)
    if given.folder:
        names = given.names or sorted(file.name for file in given.folder.glob("*.jsonl"))
        results = {}
        for name in names:
            file, _, n_words = name.partition(":")
            results[Path(file).stem] = measure(given.folder / file, n_words=int(n_words or 0))
        _print(results)
    for line in (*_gate_lines(), *_judged_lines(), *_speed_lines()):
        print(line)


def _print(results: dict[str, dict[str, float]]) -> None:
    width = max(map(len, results), default=8) + 4
    metrics = list(dict.fromkeys(key[1:] for each in results.values() for key in each if key[0] == "="))
    rows = [*SHAPES, *((key, "=" + key) for key in metrics)]
    print(" " * 32 + "".join(name.rjust(width) for name in results))
    for label, key in rows:
        cells = (f"{figures[key]:.2f}" if key in figures else "-" for figures in results.values())
        print(label.ljust(32) + "".join(cell.rjust(width) for cell in cells))
    for name, figures in results.items():
        behind = [
            f"{metric} of {writer}"
            for key in figures
            if key.endswith(" ours") and "headline" not in key
            for metric in (key[1:].removesuffix(" ours"),)
            for writer in WRITERS[1:]
            if figures.get(f"={metric} {writer}", 0.0) >= figures[key]
        ]
        print(f"{name}: " + (f"not above {', '.join(behind)}" if behind else "above every baseline in every measure"))


def measure(file: Path, *, n_words: int = 0) -> dict[str, float]:
    """Summarise every story of a file; the time counts summarising only, not reading."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    stories = [(row, read_story(row)[1]) for row in rows]
    stories = [(row, reports) for row, reports in stories if reports]
    began = time.process_time()
    told = [(row, reports, summarise(reports)) for row, reports in stories]
    seconds = time.process_time() - began
    figures = {"stories": float(len(told)), "rate": len(told) / max(seconds, 1e-9)}
    figures |= _averages([_shape(summary) for _, _, summary in told])
    baselines, scorer = _baselines(), _scorer()
    return figures | _averages(
        [_likeness(row, reports, summary, baselines, scorer, n_words) for row, reports, summary in told]
    )


def _shape(summary: Summary) -> dict[str, float]:
    sentences = [sentence for section in summary.sections for sentence in section.sentences]
    cited = {n for sentence in sentences for n in sentence.citations}
    n_headed = sum(bool(section.heading) for section in summary.sections)
    is_parted = 3 <= len(summary.sections) <= 4
    large = {
        "parted": 100.0 * is_parted,
        "stated": 100.0 * (is_parted and n_headed >= len(summary.sections) - 1),
    }
    return (large if len(summary.sources) >= MANY_ARTICLES else {}) | {
        "words": float(sum(len(sentence.text.split()) for sentence in sentences)),
        "sections": float(len(summary.sections)),
        "headed": float(n_headed),
        "sentences": float(len(sentences)),
        "citations": statistics.fmean(len(sentence.citations) for sentence in sentences),
        "cited": len(cited) / len(summary.sources),
        "dropped": float(len(summary.dropped)),
    }


def _likeness(
    row: dict[str, object],
    reports: Sequence[Report],
    summary: Summary,
    baselines: dict[str, Baseline],
    scorer: Scorer,
    n_words: int,
) -> dict[str, float]:
    """Compare with the human texts of a story, where it has them; all writers have as many words as ours."""
    figures: dict[str, float] = {}
    human, headline = row.get("summary"), row.get("headline")
    if isinstance(human, str) and human:
        ours = " ".join(sentence.text for section in summary.sections for sentence in section.sentences)
        length = len(ours.split())
        texts = {"ours": ours} | {name: baseline(reports, length) for name, baseline in baselines.items()}
        for name, text in texts.items():
            for metric, value in scorer(_cut(human, n_words), _cut(text, n_words)).items():
                figures[f"={metric} {name}"] = value
    if isinstance(headline, str) and headline:
        for metric, value in scorer(headline, summary.headline).items():
            figures[f"=headline {metric} ours"] = value
    return figures


def _cut(text: str, n_words: int) -> str:
    return " ".join(text.split()[:n_words]) if n_words else text


def _scorer() -> Scorer:
    """Give ROUGE where it can be had, else the F1 of stems (1) and of neighbouring stems (2)."""
    try:
        rouge = importlib.import_module("rouge_score.rouge_scorer")
    except ImportError:
        print("rouge-score is not installed: a coarser F1 of stems")
        return lambda human, text: {"F1": _f1(human, text, 1), "F2": _f1(human, text, 2)}
    found = rouge.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)

    def score(human: str, text: str) -> dict[str, float]:
        return {f"R{key[5:]}": 100 * value.fmeasure for key, value in found.score(human, text).items()}

    return score


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
                accepted[kind] += check(sentence, article).is_supported
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


def _judged_lines() -> list[str]:
    """Count the verdicts on extra citations that were read one by one; the texts are not ours and stay out."""
    rows = [json.loads(line) for line in JUDGED.read_text(encoding="utf-8").splitlines()]
    full = sum(row["verdict"] == "full" for row in rows)
    return ["", f"{full} of {len(rows)} extra citations drawn at random are fully supported, judged by hand"]


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
        f"{_n_unsteady([*small[:20], large])} of 21 of them differ when their articles come in another order",
    ]


def _n_unsteady(stories: Sequence[Sequence[Report]]) -> int:
    """Count the stories that are told otherwise when their articles come in another order."""
    return sum(summarise(reports) != summarise(tuple(reversed(reports))) for reports in stories)


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
