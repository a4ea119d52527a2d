"""Measure clustering: quality on labelled streams, and speed.

    python benchmarks/stories.py DIRECTORY|FILE.jsonl ... [--batch 25] [--worst 3] [--encoder] [--speed]

A labelled stream has one article a line, ``id title summary text? source url published lang story``, in stream order.
Prints a table (BCubed precision, recall and F1, pairwise F1, articles a second), and the worst over- and under-merged
stories of each stream: those that cost most pairs. ``--speed`` makes its own stream instead and measures how fast
articles are placed among 1,000 and 10,000 live stories.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import Article, LiveStory
from aggregator.stories.cluster import Clusterer
from aggregator.stories.encoder import Encoder, UseEncoder
from aggregator.stories.stream import BATCH, cluster_stream, read_article


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a clustering compares with the labels, each 0..1."""

    precision: float
    recall: float
    f1: float
    pair_f1: float


def score(gold: Mapping[str, str], found: Mapping[str, str]) -> Score:
    """Compare two clusterings of the same articles.

    Source: Bagga and Baldwin 1998 (BCubed), averaged over articles; pairs of articles in one story.
    """
    both = Counter((gold[each], found[each]) for each in gold)
    labels, stories = Counter(gold.values()), Counter(found[each] for each in gold)
    n_articles = len(gold) or 1
    precision = sum(n * n / stories[story] for (_, story), n in both.items()) / n_articles
    recall = sum(n * n / labels[label] for (label, _), n in both.items()) / n_articles
    pairs = _pairs(both.values())
    return Score(
        precision=precision,
        recall=recall,
        f1=_f1(precision, recall),
        pair_f1=2 * pairs / ((_pairs(labels.values()) + _pairs(stories.values())) or 1),
    )


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def worst(gold: Mapping[str, str], found: Mapping[str, str], titles: Mapping[str, str], *, limit: int) -> list[str]:
    """Describe the stories that cost most wrong pairs, and the labels that cost most missing ones."""
    lines = []
    for kind, groups, other in (("over-merged", found, gold), ("under-merged", gold, found)):
        members: dict[str, list[str]] = defaultdict(list)
        for each in gold:
            members[groups[each]].append(each)
        cost = {
            key: _pairs([len(held)]) - _pairs(Counter(other[each] for each in held).values())
            for key, held in members.items()
        }
        for key in sorted(cost, key=lambda key: (-cost[key], key))[:limit]:
            if cost[key]:
                parts = Counter(other[each] for each in members[key])
                lines.append(f"  {kind} {key}: {cost[key]} pairs, {len(members[key])} articles, {len(parts)} parts")
                lines += [
                    f"      {n:4} {_title_of(part, members[key], other, titles)}" for part, n in parts.most_common(4)
                ]
    return lines


def _title_of(part: str, held: Sequence[str], other: Mapping[str, str], titles: Mapping[str, str]) -> str:
    return next(titles[each] for each in held if other[each] == part)[:100]


def measure(file: Path, *, batch: int, limit: int, encoder: Encoder | None) -> Score:
    """Cluster one labelled stream, print its line and its worst stories."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    gold = {str(record["id"]): str(record["story"]) for record in records}
    started = time.process_time()
    articles = [read_article(record, n) for n, record in enumerate(records)]
    found = cluster_stream(articles, batch=batch, encoder=encoder)
    seconds = time.process_time() - started
    result = score(gold, found)
    print(
        f"{file.stem:15} {len(gold):6} {len(set(gold.values())):5} {len(set(found.values())):6}"
        f"  {result.precision:.3f} {result.recall:.3f} {result.f1:.4f}  {result.pair_f1:.4f} {len(gold) / seconds:8.0f}"
    )
    for line in worst(gold, found, {article.id: article.title for article in articles}, limit=limit):
        print(line)
    return result


def made_articles(n: int, *, seed: int = 1) -> list[Article]:
    """Make articles over five days, three to a story, with the word frequencies of news without its stop-words."""
    chance = random.Random(seed)
    vocabulary = [f"w{i}" for i in range(30_000)]
    weights = [1 / (i + 100) for i in range(len(vocabulary))]
    made = []
    for i in range(n):
        if i % 3 == 0:
            subject = chance.choices(vocabulary, weights, k=25)
        words = chance.sample(subject, 12) + chance.choices(vocabulary, weights, k=25)
        at = datetime(2026, 1, 10, tzinfo=UTC) + timedelta(hours=96 * i / n)
        record = {
            "id": f"a{i}",
            "title": " ".join(words[4:14]).title(),
            "summary": " ".join(words),
            "url": f"https://p{i % 50}.example/{i}",
            "published": at.isoformat(),
            "lang": "en",
        }
        made.append(read_article(record, i))
    return made


def measure_speed(n_live: int, *, n_new: int = 500, batch: int = BATCH) -> None:
    """Place new articles among live stories, print articles a second, and what building the clusterer takes."""
    made = made_articles(3 * n_live + n_new)
    live = [
        LiveStory(id=f"s{i:08}", minted_at=made[i].at, articles=tuple(made[i : i + 3])) for i in range(0, 3 * n_live, 3)
    ]
    started = time.process_time()
    clusterer = Clusterer(live)
    built = time.process_time()
    new = made[3 * n_live :]
    for i in range(0, len(new), batch):
        clusterer.place(new[i : i + batch])
    seconds = time.process_time() - built
    print(f"{n_live:6} live stories: {n_new / seconds:6.0f} articles/s, built in {built - started:.2f} s")


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="labelled streams, or directories of them")
    parser.add_argument("--batch", type=int, default=BATCH, help="articles of one build")
    parser.add_argument("--worst", type=int, default=0, help="how many of the worst stories to show")
    parser.add_argument("--speed", action="store_true", help="measure speed on a stream of its own")
    parser.add_argument("--encoder", action="store_true", help="let meaning count, too; encoding is in the time")
    asked = parser.parse_args(arguments)
    encoder = UseEncoder() if asked.encoder else None
    if asked.speed or not asked.paths:
        for n_live in (1_000, 10_000):
            measure_speed(n_live, batch=asked.batch)
    files = [file for path in asked.paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if files:
        print("stream          articles labels stories B3: P     R     F1    pair F1   art./s")
        results = [measure(file, batch=asked.batch, limit=asked.worst, encoder=encoder) for file in files]
        print(f"macro mean of {len(results)} streams: B3 F1 {sum(each.f1 for each in results) / len(results):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
