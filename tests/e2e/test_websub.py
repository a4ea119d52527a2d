"""A hub pushes: the daemon, and cron beside a server, take it up; the article is in a story of the next build."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.conftest import DAY_ONE, Workplace
from tests.e2e.test_journey import HOUR, STRAIT, STRAIT_TOO, free_port
from tests.loopback.feed_server import rss
from tests.loopback.hub_server import Hub, Page, call, running_hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as running:
        running.verifies = "at once"
        running.lease = 10 * 86400
        yield running


def pushed_source(workplace: Workplace, hub: Hub) -> int:
    """Write a feeds.toml with one source that names the hub; give the port on which hubs are answered."""
    port = free_port()
    link = f'<{hub.url}>; rel="hub", <{hub.base}/feed>; rel="self"'
    hub.pages["/feed"] = Page(rss(STRAIT), headers=[("Link", link)])
    workplace.write_config(f"{hub.base}/feed", extra=f'websub = true\nbase_url = "http://127.0.0.1:{port}/"')
    return port


@contextmanager
def running(workplace: Workplace, *args: str, now: int | None) -> Iterator[subprocess.Popen[str]]:
    environ = workplace.environ(now or 0)
    if now is None:
        del environ["AGGREGATOR_NOW"]
    log = workplace.path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(workplace.command(*args), cwd=workplace.path, env=environ, stderr=stderr, text=True)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)
    assert "Traceback" not in log.read_text()


def wait_for(what: str, is_there: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)  # a process of its own has no event that a test could wait for


def log_of(workplace: Workplace) -> str:
    return (workplace.path / "log").read_text()


def page_holds(path: Path, text: str) -> bool:
    return path.exists() and text in path.read_text(encoding="utf-8")


def test_the_daemon_subscribes_and_a_push_is_in_a_story_soon(workplace: Workplace, hub: Hub) -> None:
    port = pushed_source(workplace, hub)
    with running(workplace, "run", "--port", str(port), now=None):
        wait_for("the hub's confirmation", lambda: "confirmed, lease until" in log_of(workplace))
        assert [answered.status for answered in hub.confirmed] == [200]
        assert page_holds(workplace.site / "index.html", "Kalmar Strait closed")
        n_polls = len(hub.gets)
        assert hub.publish(rss(STRAIT_TOO)).status == 204
        assert hub.publish(rss(STRAIT_TOO), secret="not ours").status == 204
        wait_for("the second article", lambda: page_holds(workplace.site / "top.articles.atom", STRAIT_TOO[1]))
        assert len(hub.gets) == n_polls, "pushed, not polled"
        (shown,) = json.loads(workplace.run("status", "--json", now=int(time.time())).out)["sources"]
        assert shown["hub"].startswith("pushed by 127.0.0.1, lease until")
    secret = hub.last["hub.secret"]
    assert secret not in log_of(workplace)
    assert not any(secret.encode() in body for body in workplace.files().values())


def test_what_is_pushed_between_two_cron_runs_is_taken_up_by_the_next(workplace: Workplace, hub: Hub) -> None:
    port = pushed_source(workplace, hub)
    with running(workplace, "serve", "--port", str(port), now=DAY_ONE):
        wait_for("the server", lambda: "serving" in log_of(workplace))
        assert workplace.run("poll").code == 0
        assert hub.asked == [], "a source that was never polled names no hub yet"
        assert workplace.run("poll", now=DAY_ONE + 60).code == 0
        assert [answered.status for answered in hub.confirmed] == [200]
        assert hub.publish(rss(STRAIT_TOO)).status == 204
    assert len(list((workplace.path / "data" / "inbox").iterdir())) == 2, "a confirmation and a delivery wait"
    done = workplace.run("poll", now=DAY_ONE + 600)
    assert done.out.startswith("polled 0:")
    assert page_holds(workplace.site / "top.articles.atom", STRAIT_TOO[1])
    assert list((workplace.path / "data" / "inbox").iterdir()) == []
    status = json.loads(workplace.run("status", "--json", now=DAY_ONE + 600).out)
    assert status["articles"] == 2
    assert status["stories"] == 1
    (shown,) = status["sources"]
    assert shown["hub"].startswith("pushed by 127.0.0.1, lease until 2026-01-24")
    assert shown["reason"] == "pushed by its hub"
    assert workplace.run("poll", now=DAY_ONE + 2 * HOUR).out.startswith("polled 0:"), "polls wait while it is pushed"
    online = json.loads(workplace.run("check", "--online", "--json", now=DAY_ONE + 2 * HOUR).out)
    assert (online["sources"][0]["status"], online["sources"][0]["hub"]) == ("ok", shown["hub"])


def test_a_hub_is_unsubscribed_when_websub_is_switched_off(workplace: Workplace, hub: Hub) -> None:
    port = pushed_source(workplace, hub)
    with running(workplace, "serve", "--port", str(port), now=DAY_ONE):
        wait_for("the server", lambda: "serving" in log_of(workplace))
        for minute in range(3):
            workplace.run("poll", now=DAY_ONE + 60 * minute)
        workplace.write_config(f"{hub.base}/feed")
        workplace.run("poll", now=DAY_ONE + 300)
        assert [form["hub.mode"] for _, form in hub.asked] == ["subscribe", "unsubscribe"]
        assert [answered.status for answered in hub.confirmed] == [200, 200]
        workplace.run("poll", now=DAY_ONE + 360)
        assert call("POST", hub.last["hub.callback"], rss(STRAIT_TOO)).status == 410


def test_websub_without_an_address_that_hubs_can_reach_is_a_warning(workplace: Workplace, hub: Hub) -> None:
    (workplace.path / "feeds.toml").write_text(f'feeds = ["{hub.base}/feed"]\n[settings]\nwebsub = true\n')
    done = workplace.run("check")
    assert done.code == 0
    assert "hubs cannot reach base_url" in done.out + done.err
