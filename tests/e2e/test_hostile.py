"""A poll of our own hostile feeds (:mod:`.hostile_cases`), twice: each is read or refused, and harms only itself."""

import json
import re
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks.alone import run_alone
from tests.active import active_parts
from tests.e2e.conftest import DAY_ONE, Workplace
from tests.e2e.hostile_cases import INNER_HOST, Case, cases

OTHER_HOST = "127.0.1.250"  # another origin, which may be asked but gets no secret
MAX_PEAK = 300_000  # kB; an unpacked bomb or a grown tree would take more
ATOM = "{http://www.w3.org/2005/Atom}"
NAMES = [each.name for each in cases("/f", 1)]
UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\U000e0000-\U000e007f]"
)


class Listener:
    """Serves one case on an address of its own; keeps what it was asked."""

    def __init__(self, host: str, port: int, serve: Any) -> None:
        self.asked: list[bytes] = []
        self._serve = serve
        self._listening = socket.create_server((host, port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(30)
            self.asked.append(connection.recv(65_536))
            self._serve(connection, len(self.asked) - 1)

    def stop(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@dataclass(slots=True)
class Attacked:
    """What two polls left."""

    place: Workplace
    url_of: dict[str, str]
    listeners: dict[str, Listener]
    statuses: list[dict[str, dict[str, Any]]] = field(default_factory=list)
    log: str = ""
    peak: int = 0
    seconds: float = 0

    def output(self) -> dict[str, str]:
        given = self.place.files()
        return {name: body.decode("utf-8") for name, body in given.items() if not name.endswith(".png")}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    path = tmp_path_factory.mktemp("own-hostile")
    secret = path / "secret.txt"
    secret.write_text("FILE-SECRET")
    forbidden = Listener(
        INNER_HOST, 0, lambda connection, n: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nINNER-SECRET")
    )
    port = forbidden.port
    listeners = {"forbidden": forbidden, "other": Listener(OTHER_HOST, port, forbidden._serve)}
    attacked = Attacked(place=Workplace(path), url_of={}, listeners=listeners)
    lines = [
        '[settings]\nallow_hosts = ["127.0.1.0/24"]\nencoder = "none"\n[defaults]\ntimeout = "3s"\nmax_bytes = "1MB"'
    ]
    for n, case in enumerate(cases(str(secret), port), 1):
        listeners[case.name] = Listener(f"127.0.1.{n}", port, case.serve)
        attacked.url_of[case.name] = f"http://127.0.1.{n}:{port}/feed"
        auth = '\nauth_env = "HOSTILE_AUTH"' if case.auth else ""
        lines.append(f'[[feeds]]\nurl = "{attacked.url_of[case.name]}"\nname = "{case.name}"{auth}')
    (path / "feeds.toml").write_text("\n".join(lines))
    try:
        for n_hours in (0, 48):
            _poll(attacked, DAY_ONE + n_hours * 3600)
        yield attacked
    finally:
        for each in listeners.values():
            each.stop()


def _poll(attacked: Attacked, now: int) -> None:
    place = attacked.place
    begin = time.monotonic()
    with (place.path / "log").open("w+") as log:
        environ = place.environ(now, HOSTILE_AUTH="user:hunter2-secret")
        used = run_alone(place.command("poll", "--force"), cwd=place.path, env=environ, stdout=log, stderr=log)
        log.seek(0)
        attacked.log += log.read()
    attacked.seconds = max(attacked.seconds, time.monotonic() - begin)
    attacked.peak = max(attacked.peak, used.peak)
    assert used.code == 0, attacked.log[-3000:]
    said = json.loads(place.run("status", "--json", now=now).out)
    attacked.statuses.append({each["name"]: each for each in said["sources"]})


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, attacked: Attacked) -> Case:
    found = cases(str(attacked.place.path / "secret.txt"), attacked.listeners["forbidden"].port)
    return next(each for each in found if each.name == request.param)


def test_it_is_read_or_refused_in_words_and_stays_within_bounds(case: Case, attacked: Attacked) -> None:
    first, second = (status[case.name] for status in attacked.statuses)
    if case.says:
        assert not first["ok"]
        assert case.says in first["error"] + " "
        assert len(first["error"]) < 500
    if case.keeps:
        assert first["ok"], first["error"]
        assert stored(attacked, f"KEEP-{case.name}"), "what is good of it is kept"
        assert second["articles"] == first["articles"], "asked again it is not more"
    assert "internal error" not in (first["error"] or "") + (second["error"] or "")
    assert second["articles"] <= case.at_most
    assert (first["seconds"] or 0) < 10
    assert len(attacked.listeners[case.name].asked) <= 2 * 7, "redirects are counted"


def stored(attacked: Attacked, words: str) -> int:
    with closing(sqlite3.connect(attacked.place.path / "data" / "aggregator.sqlite")) as conn:
        found = conn.execute("SELECT count(*) FROM articles a JOIN texts t ON t.article_n = a.n "
                             "WHERE instr(a.title || t.summary || t.content || t.text, ?)", (words,))  # fmt: skip
        return int(found.fetchone()[0])


# ---------------------------------------------------------------- all together


def test_the_poll_is_bounded_in_time_and_memory(attacked: Attacked) -> None:
    assert attacked.peak < MAX_PEAK
    assert attacked.seconds < 240, "15 s where nothing else runs"


def test_what_is_forbidden_was_never_asked_and_no_secret_left(attacked: Attacked) -> None:
    assert attacked.listeners["forbidden"].asked == []
    other = b"".join(attacked.listeners["other"].asked).lower()
    assert other, "the other origin was asked, or the case shows nothing"
    assert b"authorization" not in other
    assert b"authorization" in b"".join(attacked.listeners["credentials"].asked).lower()
    everything = "".join(attacked.output().values()) + attacked.log + database(attacked)
    for secret in ("INNER-SECRET", "FILE-SECRET", "hunter2-secret", "ZEBRAFALL", "dXNlcjpodW50ZXI"):
        assert secret not in everything
    for name, listener in attacked.listeners.items():
        asked = b"".join(listener.asked)
        assert b"canary=1" not in asked, f"a cookie came back to {name}"


def database(attacked: Attacked) -> str:
    with closing(sqlite3.connect(attacked.place.path / "data" / "aggregator.sqlite")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return "\n".join(conn.iterdump())


class Page(HTMLParser):
    """Notes what a page would run, load from elsewhere or obey."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "object", "embed", "base", "frame", "math", "template", "noscript", "marquee"):
            self.found.append(f"<{tag}>")
        if tag == "script" and not re.fullmatch(r"(?:\.\./)*site\.js", given.get("src", "")):
            self.found.append(f"script {given}")
        for name, value in given.items():
            if name.startswith("on") or name in ("srcdoc", "formaction", "ping"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "cite", "xlink:href") and re.match(
                r"\s*(?!https?:|mailto:)[a-z-]+:", value, re.IGNORECASE
            ):
                self.found.append(f"{tag} {name}={value[:60]}")
            if name in ("src", "srcset", "style") and "canary" in value:
                self.found.append(f"{tag} {name}={value[:60]}")


def test_no_page_runs_loads_or_obeys_anything_of_it(attacked: Attacked) -> None:
    pages = {name: text for name, text in attacked.output().items() if name.endswith(".html")}
    assert len(pages) > len(NAMES) / 2
    for name, text in pages.items():
        page = Page()
        page.feed(text)
        assert page.found == [], name
        assert "content-security-policy" in text.lower(), name


def test_every_feed_is_sound_and_its_html_harmless(attacked: Attacked) -> None:
    feeds = {name: text for name, text in attacked.output().items() if name.endswith((".atom", ".rss", ".opml"))}
    assert {"top.atom", "top.rss", "top.articles.atom", "health.atom"} <= feeds.keys()
    for name, text in feeds.items():
        root = ElementTree.fromstring(text)
        assert "<!DOCTYPE" not in text
        for part in root.iter():
            if part.get("type") == "html":
                assert active_parts(part.text or "") == [], name
            assert not re.match(r"(?!https?:|mailto:|tag:|urn:)[a-z]+:", part.get("href", ""), re.IGNORECASE), name
    for name in ("top.json", "status.json"):
        json.loads(attacked.output()[name])


def test_no_character_that_steers_is_in_any_output_or_log_line(attacked: Attacked) -> None:
    for name, text in attacked.output().items():
        assert not UNWANTED.search(text), name
    assert not UNWANTED.search(attacked.log)
    assert "Traceback" not in attacked.log


def test_no_file_has_a_name_from_a_feed(attacked: Attacked) -> None:
    names = [path.name for path in Path(attacked.place.path).rglob("*")]
    assert not [name for name in names if "PWNED" in name or UNWANTED.search(name)]
    expected = re.compile(r"(?:s/[0-9a-z]{10}\.\w+|archive/[\w.-]+|top/(?:archive|digest)/[\w.-]+|[\w.-]+)\Z")
    assert [name for name in attacked.output() if not expected.match(name)] == []


def test_nobody_takes_over_the_article_of_another_or_the_future(attacked: Attacked) -> None:
    with closing(sqlite3.connect(attacked.place.path / "data" / "aggregator.sqlite")) as conn:
        titles = [
            title
            for (title,) in conn.execute(
                "SELECT title FROM articles WHERE source_url = ?", (attacked.url_of["victim"],)
            )
        ]
        latest = conn.execute("SELECT max(at) FROM articles").fetchone()[0]
        waits = [each for (each,) in conn.execute("SELECT due_at FROM sources")]
    assert titles == ["KEEP-victim headline"]
    assert latest <= (DAY_ONE + 48 * 3600) * 1_000_000
    assert max(waits) <= (DAY_ONE + 10 * 24 * 3600) * 1_000_000, "no server can silence itself for years"
    for entry in ElementTree.fromstring(attacked.output()["top.atom"]).iter(f"{ATOM}entry"):
        assert (entry.findtext(f"{ATOM}updated") or "") <= "2026-01-16T13"


def test_a_flood_leaves_half_of_an_output_to_others(attacked: Attacked) -> None:
    entries = attacked.output()["top.atom"].split("<entry>")[1:]
    told_by = [{url.split("/")[2] for url in re.findall(r'<link rel="via" href="([^"]+)"', each)} for each in entries]
    assert any(told_by)
    n_flood = sum(hosts == {"f.example"} for hosts in told_by)
    pages = [text for name, text in attacked.output().items() if name.startswith("s/")]
    n_others = sum(bool(set(re.findall(r'href="https://([\w-]+\.example)/', page)) - {"f.example"}) for page in pages)
    assert 0 < n_flood <= max(len(entries) / 2, len(entries) - n_others), "only places that nobody else wants"
    assert attacked.statuses[0]["flood"]["articles"] == 1000


def test_what_a_machine_would_obey_or_evaluate_is_printed_as_it_is(attacked: Attacked) -> None:
    assert stored(attacked, "{{7*7}}")
    everything = "".join(attacked.output().values())
    assert "{{7*7}}" in everything
    assert "<class" not in everything


def test_asking_for_media_is_left_to_readers(attacked: Attacked) -> None:
    assert all(asked.startswith(b"GET /feed ") for asked in attacked.listeners["ssrf-media"].asked)
