"""Log lines: one line each, nothing that drives a terminal, nothing secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from aggregator.logs import masked, set_up_logging


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("https://user:secret@one.example/feed", "https://***@one.example/feed"),
        ("https://token@one.example/", "https://***@one.example/"),
        ("https://one.example/a@b", "https://one.example/a@b"),
        ("mail a@one.example", "mail a@one.example"),
        ("sent Authorization: Basic dTpw", "sent Authorization: ***"),
        ("{'Cookie': 'sid=1'}", "{'Cookie': ***"),
        ("GET /feed?api_key=abc123&n=2", "GET /feed?api_key=***&n=2"),
        ("https://one.example/?access_token=abc", "https://one.example/?access_token=***"),
        ("a monkey=3 is no key", "a monkey=3 is no key"),
        ("nothing at all", "nothing at all"),
    ],
)
def test_secrets_are_masked(given: str, expected: str) -> None:
    assert masked(given) == expected
    assert masked(masked(given)) == masked(given)


@pytest.fixture(params=["text", "json"])
def said(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", stream)
    set_up_logging(request.param)
    yield stream
    root.handlers[:], root.level = before, level


def test_no_line_drives_a_terminal_or_gives_a_secret_away(said: io.StringIO) -> None:
    log = logging.getLogger("aggregator.test")
    log.warning("%s failed", "https://user:hunter2@one.example/\x1b]0;owned\x07\x9b31m\u202e\r")
    try:
        raise ValueError("password=hunter2")
    except ValueError:
        log.exception("a bug")
    written = said.getvalue()
    assert "hunter2" not in written
    assert not {char for char in written if not char.isprintable()} - {"\n"}
    if written.startswith("{"):
        assert [json.loads(line)["level"] for line in written.splitlines()] == ["warning", "error"]
