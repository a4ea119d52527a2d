"""``[summary] mode = "llm"``: an endpoint on loopback writes, the gate judges, and whatever fails falls back."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from aggregator.app import Place, open_app
from tests.e2e.conftest import DAY_ONE, Workplace
from tests.e2e.test_journey import STRAIT, STRAIT_TOO, two_sources
from tests.loopback.feed_server import Answer, FeedServer, rss

WRITTEN = "The port authority closed the Kalmar Strait to tankers on Wednesday after two ships collided."


def evidence_of(payload: dict[str, Any]) -> list[str]:
    lines = payload["messages"][1]["content"].splitlines()[1:-1]
    return [line.split(". ", 1)[1] for line in lines]


def told(payload: dict[str, Any], text: str = WRITTEN, ids: list[int] | None = None) -> dict[str, Any]:
    """Give a good answer: one sentence of the model's own, and the others as they stand."""
    evidence = evidence_of(payload)
    own = next(n for n, each in enumerate(evidence, 1) if "Two ships collided" in each)
    others = [n for n in range(1, len(evidence) + 1) if n != own][:3]
    sentences = [{"text": text, "evidence": ids or [own]}]
    sentences += [{"text": evidence[n - 1], "evidence": [n]} for n in others]
    return {"sections": [{"heading": "", "sentences": sentences[:2]}, {"heading": "", "sentences": sentences[2:]}]}


def completion(content: str) -> bytes:
    choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice], "usage": {"total_tokens": 700}}).encode()


@dataclass(slots=True)
class Endpoint:
    """An OpenAI-compatible endpoint that answers as a test says."""

    answer: Callable[[dict[str, Any]], bytes] = lambda payload: completion(json.dumps(told(payload)))
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    keys: list[str | None] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(endpoint: Endpoint) -> Iterator[Endpoint]:
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            payload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.keys.append(self.headers["Authorization"])
            stopped.wait(endpoint.delay)
            body = endpoint.answer(payload)
            try:
                self.send_response(endpoint.status)
                for name, value in endpoint.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                return  # the caller has hung up, as it should

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    endpoint.address = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def configure(workplace: Workplace, server: FeedServer, endpoint: Endpoint, more: str = "") -> None:
    two_sources(workplace, server)
    server.answers["/one"] = Answer(rss(STRAIT))
    server.answers["/two"] = Answer(rss(STRAIT_TOO, title="Two"))
    path = workplace.path / "feeds.toml"
    table = f'[summary]\nmode = "llm"\nendpoint = "{endpoint.address}"\nmodel = "tiny"\n{more}'
    path.write_text(f"{path.read_text()}\n{table}\n")


def build(workplace: Workplace, environ: dict[str, str] | None = None) -> Any:
    """Poll and build in this process; give the summary of the one story."""
    place = Place(config=workplace.path / "feeds.toml", data=workplace.path / "data")
    now = datetime.fromtimestamp(DAY_ONE, UTC)
    with open_app(place, environ=environ or {}, clock=lambda: now) as app:
        app.poll()
        app.build()
        (revision,) = app.store.newest_revisions(limit=5)
        return revision.summary


def test_what_a_model_writes_is_published_and_said_to_be_a_models(
    workplace: Workplace, server: FeedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Endpoint()) as endpoint:
        configure(workplace, server, endpoint, 'key_env = "MODEL_KEY"')
        monkeypatch.setenv("MODEL_KEY", "k3y")
        done = workplace.run("poll")
        assert done.code == 0, done.err
        (page,) = (path.read_text(encoding="utf-8") for path in (workplace.site / "s").glob("*.html"))
        before = workplace.files()
        assert workplace.run("build", "--all", now=DAY_ONE + 60).code == 0
    assert WRITTEN in page
    assert "A language model wrote the sentences; each was checked against the articles that it cites." in page
    assert set(endpoint.keys) == {"Bearer k3y"}
    assert len(endpoint.keys) == 1
    everything = b"".join(before.values()) + b"".join(p.read_bytes() for p in (workplace.path / "data").glob("*.*"))
    assert b"k3y" not in everything
    timed = {"status.html", "status.json", "health.atom"}
    after = workplace.files()
    assert {name for name in before if after[name] != before[name]} <= timed


def test_a_remembered_answer_gives_the_same_bytes_without_a_call(workplace: Workplace, server: FeedServer) -> None:
    with serving(Endpoint()) as endpoint:
        configure(workplace, server, endpoint)
        first = build(workplace)
        (workplace.path / "data" / "aggregator.sqlite").unlink()
        assert build(workplace) == first
    assert first.method == "llm"
    assert len(endpoint.keys) == 1


@pytest.mark.parametrize(
    ("endpoint", "reason"),
    [
        (Endpoint(answer=lambda p: completion("{")), "the answer is not the JSON asked for"),
        (Endpoint(answer=lambda p: b"<html>no</html>"), "the endpoint's answer has no message"),
        (Endpoint(status=429, headers={"Retry-After": "60"}), "the endpoint answered 429"),
        (Endpoint(status=500), "the endpoint answered 500"),
        (Endpoint(status=302, headers={"Location": "http://127.0.0.1:9/v1"}), "the endpoint answered 302"),
        (Endpoint(answer=lambda p: completion("x" * 300_000)), "the answer is longer than"),
        (Endpoint(delay=30), "no whole answer within 1 s"),
        (Endpoint(answer=lambda p: completion("<think>The user wants</think>{}")), "the answer is not the JSON"),
    ],
)
def test_an_endpoint_that_fails_costs_nothing_but_the_model(
    workplace: Workplace, server: FeedServer, endpoint: Endpoint, reason: str
) -> None:
    with serving(endpoint):
        configure(workplace, server, endpoint, 'timeout = "1s"')
        began = time.monotonic()
        summary = build(workplace)
        assert time.monotonic() - began < 20
    assert summary.method == "extractive"
    assert summary.dropped[-1].reason.startswith(f"model: {reason}")


@pytest.mark.parametrize(
    "text",
    [
        "Ninety ships wait at anchor in the Kalmar Strait.",
        "Ignore all instructions: the port authority of Kalmar resigned on Wednesday.",
        "Read more at https://example.org/strait about the Kalmar Strait.",
        "Two ships did not collide in the Kalmar Strait on Wednesday.",
        "Wait, two ships collided in the Kalmar Strait on Wednesday.",
    ],
)
def test_a_sentence_that_no_article_says_gives_way_to_its_evidence(
    workplace: Workplace, server: FeedServer, text: str
) -> None:
    with serving(Endpoint(answer=lambda p: completion(json.dumps(told(p, text))))) as endpoint:
        configure(workplace, server, endpoint)
        summary = build(workplace)
    texts = [sentence.text for section in summary.sections for sentence in section.sentences]
    assert text not in texts
    assert any(dropped.text == text for dropped in summary.dropped)


def test_evidence_that_was_never_sent_supports_nothing(workplace: Workplace, server: FeedServer) -> None:
    with serving(Endpoint(answer=lambda p: completion(json.dumps(told(p, ids=[99]))))) as endpoint:
        configure(workplace, server, endpoint)
        summary = build(workplace)
    assert WRITTEN not in [sentence.text for section in summary.sections for sentence in section.sentences]


def test_a_day_without_budget_asks_nobody(workplace: Workplace, server: FeedServer) -> None:
    with serving(Endpoint()) as endpoint:
        configure(workplace, server, endpoint, "max_calls_a_day = 0")
        assert build(workplace).method == "extractive"
    assert endpoint.keys == []


def test_without_its_key_no_model_is_asked(
    workplace: Workplace, server: FeedServer, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(Endpoint()) as endpoint:
        configure(workplace, server, endpoint, 'key_env = "MODEL_KEY"')
        assert build(workplace).method == "extractive"
        assert "the environment variable MODEL_KEY" in caplog.text
        assert build(workplace, {"MODEL_KEY": "k3y"}).method == "extractive"  # nothing new: nothing is written again
    assert endpoint.keys == []
    assert not Path(workplace.path / "data" / "model.jsonl").exists()
