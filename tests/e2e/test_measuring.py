"""``summarize`` and ``verify`` as a user runs them, and what their ``--explain`` tells."""

import argparse
import json
import socket

import pytest

from aggregator.commands import measuring
from tests.e2e.conftest import Workplace

ARTICLES = [
    {
        "title": "Dam above Norfield gives way",
        "source": "Herald",
        "url": "https://herald.example/1",
        "published": "2026-01-12T08:00:00Z",
        "text": "The old dam above Norfield gave way on Monday and flooded 240 houses. Rescue crews from Westerley "
        "reached the valley by boat. Read more on our website.",
    },
    {
        "title": "Norfield dam breaks",
        "source": "Ledger",
        "url": "https://ledger.example/1",
        "published": "2026-01-12T09:00:00Z",
        "text": "The old dam above Norfield gave way on Monday and flooded 240 houses. Trains between Norfield and "
        "Westerley will not run until Friday.",
    },
]
STORY = {"id": "s1", "articles": ARTICLES}
CLAIMS = [
    {"id": "yes", "article": ARTICLES[0], "sentence": "Crews from Westerley reached the valley by boat."},
    {"id": "same", "article": ARTICLES[0], "sentence": "Rescue crews from Westerley reached the valley by boat."},
    {"id": "no", "article": ARTICLES[0], "sentence": "Crews from Westerley reached the valley by train."},
]


def write(place: Workplace, name: str, rows: list[object]) -> str:
    (place.path / name).write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return name


def test_summarize_prints_a_summary_a_line(workplace: Workplace) -> None:
    done = workplace.run("summarize", write(workplace, "stories.jsonl", [STORY, {**STORY, "id": 2}]))
    assert done.code == 0, done.err
    first, second = map(json.loads, done.out.splitlines())
    assert (first["id"], second["id"]) == ("s1", "2")
    assert first["updated"] == "Updated (2 articles)"
    assert first["sections"][0]["sentences"][0]["citations"] == [1, 2]
    assert "explain" not in first


def test_summarize_says_where_a_record_is_wrong(workplace: Workplace) -> None:
    done = workplace.run("summarize", write(workplace, "stories.jsonl", [STORY, {"id": "empty", "articles": []}]))
    assert done.code == 1
    assert "stories.jsonl:2" in done.err


def test_verify_prints_a_verdict_a_line(workplace: Workplace) -> None:
    done = workplace.run("verify", write(workplace, "claims.jsonl", list(CLAIMS)))
    assert done.code == 0, done.err
    verdicts = {row["id"]: row for row in map(json.loads, done.out.splitlines())}
    assert {name: row["supported"] for name, row in verdicts.items()} == {"yes": True, "same": True, "no": False}
    assert verdicts["no"]["reasons"]


def test_summarize_explains_itself(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    file = workplace.path / write(workplace, "stories.jsonl", [STORY])
    assert measuring.summarize(argparse.Namespace(file=file, explain=True)) == 0
    told = json.loads(capsys.readouterr().out)["explain"]
    taken = {row["text"]: row for row in told["taken"]}
    dam = taken["The old dam above Norfield gave way on Monday and flooded 240 houses."]
    assert dam["because"].startswith("choice 1")
    assert [citation["how"] for citation in dam["citations"]] == ["stands in the article word for word"] * 2
    left_out = {row["text"]: row["reason"] for row in told["left_out"]}
    assert left_out["Read more on our website."] == "unfit: not news"
    assert "all of its words are told already" in left_out.values()


def test_verify_explains_itself(workplace: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    file = workplace.path / write(workplace, "claims.jsonl", list(CLAIMS))
    assert measuring.verify(argparse.Namespace(file=file, explain=True)) == 0
    told = [json.loads(line)["explain"] for line in capsys.readouterr().out.splitlines()]
    nearest = "Rescue crews from Westerley reached the valley by boat."
    assert told == [
        {"how": "every check passed", "nearest": nearest, "words": 1.0},
        {"how": "stands in the article word for word"},
        {"how": "refused", "nearest": nearest, "words": pytest.approx(0.8)},
    ]


def test_summarize_with_a_model_says_who_wrote(workplace: Workplace) -> None:
    """The model's endpoint is closed here: the summary is the extractive one, and says why."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    (workplace.path / "feeds.toml").write_text(
        'feeds = ["https://one.example/feed.xml"]\n\n[summary]\nmode = "llm"\nmodel = "small"\n'
        f'endpoint = "http://127.0.0.1:{port}/v1"\n',
        encoding="utf-8",
    )
    more = [
        {
            **ARTICLES[1],
            "url": "https://post.example/1",
            "text": "Engineers had warned of cracks. Two farms lost cattle.",
        }
    ]
    story = {"id": "s1", "articles": ARTICLES + more}
    done = workplace.run("summarize", write(workplace, "stories.jsonl", [story]), "--mode", "llm")
    assert done.code == 0, done.err
    line = json.loads(done.out)
    assert line["method"] == "extractive"
    assert any(each["reason"].startswith("model:") for each in line["dropped"])


def test_summarize_with_a_model_needs_one(workplace: Workplace) -> None:
    (workplace.path / "feeds.toml").write_text('feeds = ["https://one.example/feed.xml"]\n', encoding="utf-8")
    done = workplace.run("summarize", write(workplace, "stories.jsonl", [STORY]), "--mode", "llm")
    assert done.code == 1
    assert "no model writes" in done.err
