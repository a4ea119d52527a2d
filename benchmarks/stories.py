"""Measure clustering: quality on labelled streams, how it depends on batches, and speed.

    python benchmarks/stories.py DIRECTORY|FILE.jsonl ... [--encoder use|e5] [--batch 25] [--worst 3] [--batches]
        [--baseline]
    python benchmarks/stories.py --speed [--encoder use|e5]

A labelled stream has one article a line, ``id title summary text? source url published lang story``, in stream order.
Prints a table (BCubed precision, recall and F1, pairwise F1, candidate recall, articles a second of CPU time).
``--worst`` adds the over- and under-merged stories that cost most pairs, to be read; ``--batches`` the BCubed F1 in
batches of 1, 10, 100 and all, and whether shuffling within batches changes anything; ``--baseline`` the best that
TF-IDF reaches: an article joins the story of the nearest live article above a threshold, which is chosen for each
stream with its labels in hand. If a file ``NAME_pairs.tsv`` stands beside ``NAME.jsonl``, its pairs of different events
that look alike are counted. ``--speed`` makes a stream of its own and measures articles a second and memory among
1,000 to 100,000 live articles.
"""

import argparse
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aggregator.model import Article, LiveStory
from aggregator.stories.candidates import Group, Index, candidates, is_within
from aggregator.stories.cluster import WINDOW, Clusterer
from aggregator.stories.encoder import ENCODERS, Encoder, content_hash
from aggregator.stories.features import document
from aggregator.stories.meaning import Meaning
from aggregator.stories.stream import BATCH, cluster_stream, read_article

WINDOW_HOURS = WINDOW / timedelta(hours=1)


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
        f"  {result.precision:.3f} {result.recall:.3f} {result.f1:.4f}  {result.pair_f1:.4f}"
        f"  {candidate_recall(articles, gold, encoder):.4f} {len(gold) / seconds:8.0f}"
    )
    for line in look_alikes(file.with_name(f"{file.stem}_pairs.tsv"), gold, found):
        print(line)
    for line in worst(gold, found, {article.id: article.title for article in articles}, limit=limit):
        print(line)
    return result


def candidate_recall(articles: Sequence[Article], gold: Mapping[str, str], encoder: Encoder | None) -> float:
    """Return the share of articles whose story is among the candidates, of those whose story is live.

    The stream runs with the true stories, so that no wrong decision hides what the search finds.
    """
    meaning = Meaning(encoder, {}) if encoder else None
    index, groups = Index(meaning), dict[str, Group]()
    n_asked = n_found = 0
    for start in range(0, len(articles), BATCH):
        batch = [document(each) for each in sorted(articles[start : start + BATCH], key=lambda a: (a.at, a.id))]
        _let_rest(index, groups)
        for each in batch:
            index.rarity.add(each)
        if meaning:
            meaning.add([each.article for each in batch])
        index.refresh([each.id for each in batch])
        for each in batch:
            group = groups.get(gold[each.id])
            if group and is_within(each, group, WINDOW_HOURS):
                n_asked += 1
                n_found += any(one.group is group for one in candidates(index, each, window_hours=WINDOW_HOURS))
            group = groups.setdefault(gold[each.id], Group(id=gold[each.id], born=(0.0, len(groups), each.id)))
            index.insert(each, group)
    return n_found / n_asked if n_asked else 1.0


def _let_rest(index: Index, groups: dict[str, Group]) -> None:
    newest = max((group.last for group in groups.values() if group.last is not None), default=None)
    for id_, group in list(groups.items()):
        if newest is not None and group.last is not None and group.last < newest - WINDOW_HOURS:
            index.remove(group.members.values())
            del groups[id_]


def look_alikes(file: Path, gold: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """Say how many of the pairs of labels that look alike share no story; empty: there is no such file."""
    if not file.is_file():
        return []
    stories: dict[str, set[str]] = defaultdict(set)
    for id_, label in gold.items():
        stories[label].add(found[id_])
    pairs = [line.split("\t")[:2] for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    joined = [f"{one} and {other}" for one, other in pairs if stories[one] & stories[other]]
    told = f"  pairs of different events that look alike: {len(pairs) - len(joined)} of {len(pairs)} kept apart"
    return [told + (f"; joined: {'; '.join(joined)}" if joined else "")]


def measure_batches(file: Path, encoder: Encoder | None) -> None:
    """Print how the figures depend on the size of batches, and whether the order within one matters."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    gold = {str(record["id"]): str(record["story"]) for record in records}
    articles = [read_article(record, n) for n, record in enumerate(records)]
    figures = {
        size: score(gold, cluster_stream(articles, batch=size, encoder=encoder)).f1
        for size in (1, 10, BATCH, 100, len(articles))
    }
    chance = random.Random(1)
    shuffled: list[Article] = []
    for start in range(0, len(articles), BATCH):
        some = articles[start : start + BATCH]
        shuffled += chance.sample(some, len(some))
    same = cluster_stream(articles, encoder=encoder) == cluster_stream(shuffled, encoder=encoder)
    told = " ".join(f"{size}: {f1:.4f}" for size, f1 in figures.items())
    spread = max(figures.values()) - min(figures.values())
    print(f"  batches of {told}; spread {spread:.4f}; shuffled within batches: {'identical' if same else 'DIFFERENT'}")


def measure_baseline(file: Path) -> None:
    """Print the best BCubed F1 of TF-IDF with a threshold that knows the labels."""
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    gold = {str(record["id"]): str(record["story"]) for record in records}
    articles = [read_article(record, n) for n, record in enumerate(records)]
    best = max((score(gold, _by_threshold(articles, n / 100)).f1, n) for n in range(8, 48, 4))
    print(f"  TF-IDF at its best threshold .{best[1]:02}: B3 F1 {best[0]:.4f}")


def _by_threshold(articles: Sequence[Article], threshold: float) -> dict[str, str]:
    index, groups, found_in = Index(), dict[str, Group](), dict[str, str]()
    for start in range(0, len(articles), BATCH):
        batch = [document(each) for each in articles[start : start + BATCH]]
        _let_rest(index, groups)
        for each in batch:
            index.rarity.add(each)
        index.refresh()
        for each in batch:
            found = candidates(index, each, window_hours=WINDOW_HOURS)
            nearest = max(found, key=lambda one: one.best, default=None)
            if nearest is None or nearest.best < threshold:
                groups[each.id] = Group(id=each.id, born=(0.0, len(groups), each.id))
                index.insert(each, groups[each.id])
            else:
                index.insert(each, nearest.group)
            found_in[each.id] = index.group_by_document[each.id].id
    return found_in


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


def measure_speed(n_live: int, encoder: Encoder | None, *, n_new: int = 500, batch: int = BATCH) -> None:
    """Place new articles among live ones; print articles a second, memory, and what building the clusterer takes."""
    made = made_articles(n_live + n_new)
    live = [
        LiveStory(id=f"s{i:08}", minted_at=made[i].at, articles=tuple(made[i : i + 3])) for i in range(0, n_live, 3)
    ]
    vectors: dict[str, bytes] = {}
    if encoder:  # the time to encode is told apart: vectors are kept
        chance = random.Random(2)
        vectors = {content_hash(each, encoder): chance.randbytes(encoder.n_dimensions) for each in made}
    before = _resident()
    started = time.process_time()
    clusterer = Clusterer(live, encoder=encoder, vectors=vectors)
    built = time.process_time()
    memory = _resident() - before
    new = made[-n_new:]
    for i in range(0, len(new), batch):
        clusterer.place(new[i : i + batch])
    seconds = time.process_time() - built
    print(
        f"{n_live:7} live articles: {n_new / seconds:6.0f} articles/s, built in {built - started:.2f} s,"
        f" {memory / n_live / 1024:.1f} KB an article beside the article itself",
        flush=True,
    )


def _resident() -> int:
    """Return the resident memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="labelled streams, or directories of them")
    parser.add_argument("--batch", type=int, default=BATCH, help="articles of one build")
    parser.add_argument("--worst", type=int, default=0, help="how many of the worst stories to show")
    parser.add_argument("--batches", action="store_true", help="show how the size of batches matters")
    parser.add_argument("--baseline", action="store_true", help="show the best that TF-IDF reaches")
    parser.add_argument("--speed", action="store_true", help="measure speed on a stream of its own")
    parser.add_argument(
        "--encoder", choices=sorted(ENCODERS), nargs="?", const="use", help="let meaning count, too; its time counts"
    )
    asked = parser.parse_args(arguments)
    encoder = ENCODERS[asked.encoder]() if asked.encoder else None
    if asked.speed or not asked.paths:
        for n_live in (1_000, 10_000, 50_000, 100_000):
            measure_speed(n_live, encoder, batch=asked.batch)
    files = [file for path in asked.paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if files:
        print("stream          articles labels stories B3: P     R     F1    pair F1  cand. R   art./s")
        results = []
        for file in files:
            results.append(measure(file, batch=asked.batch, limit=asked.worst, encoder=encoder))
            if asked.batches:
                measure_batches(file, encoder)
            if asked.baseline:
                measure_baseline(file)
        print(f"macro mean of {len(results)} streams: B3 F1 {sum(each.f1 for each in results) / len(results):.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
