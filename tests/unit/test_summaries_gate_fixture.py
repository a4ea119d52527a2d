"""The gate on the fixture of paraphrases and traps in ``tests/golden/gate``.

Every line holds one article with sentences that it supports and sentences that it does not, each trap with its kind.
``written`` says whether a line was written before or after the gate's answers to it were seen. All texts are our own;
places and companies are invented.
"""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from aggregator.model import Article
from aggregator.summaries.gate import check
from tests.builders import article

FOLDER = Path(__file__).parent.parent / "golden" / "gate"
ROWS = [json.loads(line) for file in sorted(FOLDER.glob("*.jsonl")) for line in file.read_text("utf-8").splitlines()]
MIN_RECALL = 0.7


def evidence(row: dict[str, dict[str, str]]) -> Article:
    given = row["article"]
    return article(
        title=given["title"],
        summary=given["summary"],
        text=given["text"],
        lang=row["lang"],
        published_at=datetime.fromisoformat(given["published"]),
    )


TRAPS = [(row, kind, sentence) for row in ROWS for kind, sentence in row["traps"]]


@pytest.mark.parametrize(
    ("row", "sentence"), [(row, sentence) for row, _, sentence in TRAPS], ids=[f"{k}: {s[:60]}" for _, k, s in TRAPS]
)
def test_no_trap_is_accepted(row: dict[str, dict[str, str]], sentence: str) -> None:
    assert check(sentence, evidence(row)).reasons


@pytest.mark.parametrize("written", ["before", "after"])
def test_most_paraphrases_are_accepted(written: str) -> None:
    pairs = [(row, sentence) for row in ROWS if row["written"] == written for sentence in row["paraphrases"]]
    missed = [sentence for row, sentence in pairs if check(sentence, evidence(row)).reasons]
    assert len(missed) <= (1 - MIN_RECALL) * len(pairs), missed


def test_every_sentence_of_an_article_is_accepted() -> None:
    for row in ROWS:
        for sentence in row["article"]["text"].split(". "):
            assert check(sentence.rstrip(".") + ".", evidence(row)).is_supported, sentence


def test_the_fixture_is_as_large_and_as_wide_as_promised() -> None:
    assert sum(len(row["paraphrases"]) for row in ROWS) >= 80
    assert len(TRAPS) >= 60
    assert len({row["lang"] for row in ROWS}) >= 3
    kinds = Counter(kind for _, kind, _ in TRAPS)
    assert set(kinds) == {
        "number",
        "unit",
        "name",
        "date",
        "negation",
        "modality",
        "quote",
        "subject",
        "direction",
        "added",
    }
    before = sum(len(row["paraphrases"]) + len(row["traps"]) for row in ROWS if row["written"] == "before")
    assert before >= 0.45 * sum(len(row["paraphrases"]) + len(row["traps"]) for row in ROWS)
