"""Fit the weights of the clustering decision, and cross-validate them.

    python benchmarks/train_stories.py DIRECTORY [--encoder use|e5] [--write] [--version trees-5]

Writes ``weights.py`` and ``weights_use.py``; with ``--encoder e5`` only ``weights_e5.py``: words alone are the same.

Needs numpy, lightgbm with scikit-learn, and the encoder; the project itself never imports the first two without the
last: run it in an environment of its own with the project
on ``PYTHONPATH``. DIRECTORY holds labelled streams (see ``stories.py``). All randomness has fixed seeds.

Recipe. Pairs of article and live story are drawn by running each stream with the true stories, save that every fifth
article starts a fragment of its own. To these come streams of recurring templates, made here in words of our own (same
words, another event), and small streams: articles of the labelled streams that share a name, moved into one day, some
of one event, most of several. Each stream counts with the square root of its pairs. The trees are monotone in what must
only help or only harm. Cross-validation: stories are halved by a hash; fitted on the pairs of one half, scored (BCubed)
on the articles of the other half while the whole stream runs.
"""

import argparse
import random
import sys
import textwrap
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from aggregator.model import EPOCH, Article
from aggregator.stories import cluster, decision
from aggregator.stories.candidates import Group, Index, candidates
from aggregator.stories.cluster import WINDOW, Clusterer
from aggregator.stories.decision import Decide
from aggregator.stories.encoder import ENCODERS, Encoder
from aggregator.stories.evidence import NO_MEANING, Evidence, weigh
from aggregator.stories.features import Document, document
from aggregator.stories.meaning import Meaning
from aggregator.stories.stream import BATCH
from benchmarks.templates import Stream, labelled, listed, template_stream

Branch = tuple[int, float, "Node", "Node"]  # feature, threshold, where to go up to it, where to go above
Node = float | Branch
Pairs = tuple[
    np.ndarray, np.ndarray, np.ndarray
]  # evidence (n, 40), is one story (n,), half of the article's story (n,)
N_FRAGMENTS = 0.2
# Cosine of neighbours in meaning while pairs are drawn, for each encoder: "e5-small", drawn from its own .3 on, knows
# too little of what to refuse (xling B3 F1 .912 for .921, mean of three seeds).
MIN_NEIGHBOUR = 0.25
MIN_COSINE = 0.06  # of the pairs to learn from; with all that are candidates xling falls from .89 to .87, kite to .87


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """An encoder, or none, and the vectors that it made."""

    encoder: Encoder | None = None
    vectors: MutableMapping[str, bytes] = field(default_factory=dict)


NO_ENCODING = Encoding()
MEANT = Evidence._fields.index("meant_best")


N_TEMPLATE_STREAMS = 6  # of each of two lengths
N_SMALL_STREAMS = 60  # of each labelled stream and half
# Each stream counts with the square root of its pairs; macro B3 F1 of the six by the power -.5, -.75, -1: .900, .902,
# .900, of all at once .875, .849. Of twelve languages there is one small stream, and no other says what crosses them.
STREAM_WEIGHTS = {"xling": 4.0}
SIZE = {"n_estimators": 120, "num_leaves": 16, "learning_rate": 0.08, "min_child_samples": 40}
HELPS = listed(
    "best,top,mean,centroid,title,coverage,anchor_coverage,anchor_shared,shared_mass,rarest,number_match,n_shared,core,"
    "doc_rare,near_rare,both_rare,story_rare,numbers,contrast,margin,meant_best,meant_top,meant_mean,meant_margin,meant_near,second"
)
HARMS = ["unshared", "nearest_unshared", "number_conflict", "gap", "numbers_clash", "anchors_clash"]
HEADER = '''"""{note}
"""

from collections.abc import Sequence

MODEL = "{version}"


# Generated. One statement a tree: code takes 7 us where walking a structure took 31, and subscripts 12.
# Features are numbered as in Evidence.
# fmt: off
def score(e: Sequence[float]) -> float:
    """Return the sum of all trees for evidence ``e``: the log odds that article and story belong together."""
{trees}
    return s
'''

# ---------------------------------------------------------------- streams


def small_streams(stream: Stream, *, half: int, n: int, seed: int) -> Iterator[Stream]:
    """Draw small streams of one half of the stories: articles that share a name, moved into one day."""
    chance = random.Random(seed)
    articles, gold = stream
    documents = [document(each) for each in articles if half_of(gold[each.id]) == half]
    by_term: dict[str, list[Document]] = defaultdict(list)
    by_story: dict[str, list[Document]] = defaultdict(list)
    for each in documents:
        by_story[gold[each.id]].append(each)
        for term in each.terms:
            by_term[term].append(each)
    anchors = {term for each in documents for term in each.anchors}
    shared = sorted(
        term
        for term, held in by_term.items()
        if not term[0].isdigit()
        and len({gold[each.id] for each in held}) >= 4
        and len(held) <= max(30, len(documents) // 8)
    )
    named = [term for term in shared if term in anchors] or shared
    for _ in range(n if shared else 0):
        pool = list(by_term[chance.choice(named if chance.random() < 0.8 else shared)])
        chance.shuffle(pool)
        by_label = {gold[each.id]: each for each in reversed(pool)}
        drawn = [each for label, each in by_label.items() if label in list(by_label)[: chance.randint(3, 8)]]
        for each in list(drawn):
            if chance.random() < 0.4:
                others = by_story[gold[each.id]]
                drawn += chance.sample(others, min(len(others), chance.randint(1, 5)))
        drawn += chance.sample(documents, min(len(documents), chance.randint(0, 8)))
        unique = list({each.id: each.article for each in drawn}.values())
        yield _in_one_day(unique, chance), gold


def _in_one_day(articles: Sequence[Article], chance: random.Random) -> list[Article]:
    if chance.random() < 0.15:
        return [replace(each, published_at=None, first_seen_at=EPOCH) for each in articles]
    day = datetime(2026, 3, 2, 6, tzinfo=UTC)
    moments = [day + timedelta(hours=chance.uniform(0, 16)) for _ in articles]
    moved = [replace(each, published_at=at, first_seen_at=at) for each, at in zip(articles, moments, strict=True)]
    return sorted(moved, key=lambda each: (each.at, each.id))


def half_of(story: str) -> int:
    """Return the half, 0 or 1, that a story belongs to."""
    return zlib.crc32(f"x{story}".encode()) % 2


# ---------------------------------------------------------------- pairs


def pairs(stream: Stream, *, seed: int = 0, encoding: Encoding = NO_ENCODING) -> Pairs:
    """Run a stream with its true stories, some in fragments, and keep what each article was compared with."""
    chance = random.Random(seed)
    articles, gold = stream
    meaning = Meaning(encoding.encoder, encoding.vectors, floor=MIN_NEIGHBOUR) if encoding.encoder else None
    index, groups, window = Index(meaning), dict[str, Group](), WINDOW / timedelta(hours=1)
    of_story: dict[str, list[Group]] = defaultdict(list)
    evidence, same, half = [], [], []
    newest: float | None = None
    for start in range(0, len(articles), BATCH):
        batch = [document(each) for each in sorted(articles[start : start + BATCH], key=lambda a: (a.at, a.id))]
        for group in list(groups.values()):
            if newest is not None and group.last is not None and group.last < newest - window:
                index.remove(group.members.values())
                del groups[group.id]
        for each in batch:
            index.rarity.add(each)
            newest = max((h for h in (newest, each.hours) if h is not None), default=None)
        if meaning:
            meaning.add([each.article for each in batch])
        index.refresh([each.id for each in batch])
        for each in batch:
            found = candidates(index, each, window_hours=window, min_cosine=MIN_COSINE)
            for candidate in found:
                rival = max((other.best for other in found if other is not candidate), default=0.0)
                meant_rival = max((other.meant_top for other in found if other is not candidate), default=0.0)
                evidence.append(weigh(index, each, candidate, rival=rival, meant_rival=meant_rival))
                same.append(gold[next(iter(candidate.group.members))] == gold[each.id])
                half.append(half_of(gold[each.id]))
            live = [group for group in of_story[gold[each.id]] if group.id in groups]
            if live and chance.random() > N_FRAGMENTS:
                group = chance.choice(live) if chance.random() < 0.3 else max(live, key=lambda g: len(g.members))
            else:
                group = Group(id=each.id, born=(0.0, len(groups), each.id))
                groups[each.id] = group
                of_story[gold[each.id]].append(group)
            index.insert(each, group)
    shape = (len(evidence), len(Evidence._fields))
    return np.array(evidence, dtype=float).reshape(shape), np.array(same, dtype=int), np.array(half, dtype=int)


def all_pairs(streams: Mapping[str, Stream], *, encoding: Encoding = NO_ENCODING) -> dict[str, Pairs]:
    """Draw the pairs of labelled, template and small streams; half -1 belongs to both halves."""
    drawn = {name: pairs(stream, encoding=encoding) for name, stream in streams.items()}
    for seed in range(N_TEMPLATE_STREAMS):
        for hours in (10.0, 240.0):
            x, y, half = pairs(template_stream(seed, hours=hours), encoding=encoding)
            drawn[f"templates {seed} {hours:.0f}"] = (x, y, half * 0 - 1)
    for name, stream in streams.items():
        if name.startswith(("hard", "mixed", "xling")):
            continue
        for part in (0, 1):
            seed = zlib.crc32(f"{name}{part}".encode())
            small = [
                pairs(s, seed=i, encoding=encoding)
                for i, s in enumerate(small_streams(stream, half=part, n=N_SMALL_STREAMS, seed=seed))
            ]
            if small:
                x, y, _ = (np.concatenate(each) for each in zip(*small, strict=True))
                drawn[f"small {name} {part}"] = (x, y, np.full(len(y), part))
    return drawn


# ---------------------------------------------------------------- fitting


def fit(drawn: Mapping[str, Pairs], *, half: int | None = None, encoded: bool = False) -> tuple[Node, ...]:
    """Fit the trees on all pairs, or on those of one half of the stories; ``encoded``: on those compared by meaning."""
    chosen = []
    for name, (x, y, halves) in drawn.items():
        kept = np.full(len(y), True) if half is None else (halves == half) | (halves == -1)
        if encoded:
            kept &= x[:, MEANT] != NO_MEANING
        if kept.any():
            chosen.append(
                (x[kept], y[kept], np.full(int(kept.sum()), STREAM_WEIGHTS.get(name, 1.0) * kept.sum() ** -0.5))
            )
    x, y, weight = (np.concatenate(each) for each in zip(*chosen, strict=True))
    model = lightgbm.LGBMClassifier(
        **SIZE,
        monotone_constraints=[int(name in HELPS) - int(name in HARMS) for name in Evidence._fields],
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.7,
        reg_lambda=2,
        random_state=1,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )
    model.fit(x, y, sample_weight=weight / weight.mean())
    return tuple(_node(tree["tree_structure"]) for tree in model.booster_.dump_model()["tree_info"])


def _node(dumped: Mapping[str, Any]) -> Node:
    if "leaf_value" in dumped:
        return float(f"{dumped['leaf_value']:.4g}")
    threshold = float(f"{dumped['threshold']:.5g}")
    return (int(dumped["split_feature"]), threshold, _node(dumped["left_child"]), _node(dumped["right_child"]))


def _compiled(trees: Sequence[Node]) -> Callable[[Sequence[float]], float]:
    made: dict[str, Any] = {}
    exec(f"def score(e):\n{statements(trees)}\n    return s", made)  # our own text
    compiled: Callable[[Sequence[float]], float] = made["score"]
    return compiled


def decide_by(trees: Sequence[Node], encoded_trees: Sequence[Node] = ()) -> Decide:
    """Return the decision that these trees make, by the code that would be written."""
    by_words, by_both = _compiled(trees), _compiled(encoded_trees)
    return lambda evidence: decision.blended(evidence, by_words=by_words, by_both=by_both)


def written(node: Node) -> str:
    """Write a tree as an expression over ``e0``, ``e1``, ..."""
    if not isinstance(node, tuple):
        return f"{node:.4g}"
    return f"({written(node[2])} if e{node[0]} <= {node[1]:.5g} else {written(node[3])})"


def statement(node: Node) -> str:
    """Write a tree as the statement that adds it."""
    return _filled(f"s += {written(node)}")


def statements(trees: Sequence[Node]) -> str:
    """Write what adds up trees: features become local variables first, which are read twice as fast."""
    asked = set[int]().union(*map(_features, trees))
    names = ", ".join(f"e{n}" if n in asked else "_" for n in range(len(Evidence._fields)))
    return "\n".join([_filled(f"({names}) = e"), "    s = 0.0", *map(statement, trees)])


def _features(node: Node) -> set[int]:
    return {node[0]} | _features(node[2]) | _features(node[3]) if isinstance(node, tuple) else set()


def _filled(line: str) -> str:
    return textwrap.fill(line, 112, initial_indent=" " * 4, subsequent_indent=" " * 8)


def cross_validated(
    stream: Stream, decide_for: Callable[[int], Decide], *, encoding: Encoding = NO_ENCODING
) -> tuple[float, float, float]:
    """Return BCubed precision, recall and F1 of the articles of each half, placed by the decision of the other half."""
    articles, gold = stream
    result = (0.0, 0.0, 0.0)
    for half in (0, 1):
        clusterer = Clusterer(encoder=encoding.encoder, vectors=encoding.vectors, decide=decide_for(1 - half))
        found, successor = dict[str, str](), dict[str, str]()
        for start in range(0, len(articles), BATCH):
            placed = clusterer.place(articles[start : start + BATCH])
            found |= {each.article_id: each.story_id for each in placed.memberships}
            successor |= {merge.retired_id: merge.story_id for merge in placed.merges}
        for id_, story_id in found.items():
            while story_id in successor:
                story_id = successor[story_id]
            found[id_] = story_id
        both, labels = Counter((gold[id_], found[id_]) for id_ in gold), Counter(gold.values())
        stories, scored = Counter(found.values()), [id_ for id_ in gold if half_of(gold[id_]) == half]
        precision = sum(both[gold[id_], found[id_]] / stories[found[id_]] for id_ in scored) / len(scored)
        recall = sum(both[gold[id_], found[id_]] / labels[gold[id_]] for id_ in scored) / len(scored)
        f1 = 2 * precision * recall / (precision + recall)
        result = (result[0] + precision / 2, result[1] + recall / 2, result[2] + f1 / 2)
    return result


def written_weights(target: Path, trees: Sequence[Node], *, version: str, encoder: str = "") -> None:
    """Write a module of weights; its docstring stays and is to be read again."""
    note = target.read_text(encoding="utf-8").split('"""')[1].rstrip("\n")
    named = f'{version}"\nENCODER = "{encoder}' if encoder else version
    target.write_text(HEADER.format(note=note, version=named, trees=statements(trees)), encoding="utf-8")
    print(f"{target} written: {cluster.BY_WORDS=}, {cluster.WITH_MEANING=}, {cluster.MERGE=}; read its docstring again")


def main(arguments: Sequence[str]) -> int:
    """Cross-validate without and with the encoder, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--encoder", choices=sorted(ENCODERS), default="use")
    parser.add_argument("--write", action="store_true", help="write the modules of weights")
    parser.add_argument("--version", default="trees-5", help="their MODEL")
    asked = parser.parse_args(arguments)
    streams = {file.stem: labelled(file) for file in sorted(asked.directory.glob("*.jsonl"))}
    encoder = ENCODERS[asked.encoder]()
    encoding = Encoding(encoder=encoder)
    drawn = all_pairs({name: stream for name, stream in streams.items() if name != "xling"})
    drawn_encoded = all_pairs(streams, encoding=encoding)
    halves = [fit(drawn, half=half) for half in (0, 1)]
    halves_encoded = [fit(drawn_encoded, half=half, encoded=True) for half in (0, 1)]
    by_words = [decide_by(trees) for trees in halves]
    by_both = [decide_by(*trees) for trees in zip(halves, halves_encoded, strict=True)]
    print("cross-validated B3      words: P     R     F1    with encoder: P     R     F1")
    for name, stream in streams.items():
        figures = (
            *cross_validated(stream, by_words.__getitem__),
            *cross_validated(stream, by_both.__getitem__, encoding=encoding),
        )
        print(f"{name:27}" + " ".join(f"{figure:.3f}" for figure in figures), flush=True)
    if asked.write:
        room = Path(decision.__file__).parent
        if asked.encoder == "use":
            written_weights(room / "weights.py", fit(drawn), version=asked.version)
        trees, name = fit(drawn_encoded, encoded=True), encoder.name
        target = room / f"weights_{asked.encoder}.py"
        written_weights(target, trees, version=f"{asked.version}+{name}", encoder=name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
