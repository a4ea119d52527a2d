"""Every page and every entry under the checkers of others: vnu (HTML and CSS) and axe-core (accessibility).

Both come from npm, pinned with their hashes in ``tests/node``; ``.ci/run`` installs them. Where they or a browser are
absent, these tests say so and are left out.
"""

import html
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from playwright.sync_api import Browser, Page

from aggregator.outputs.pages.pages import Pages
from aggregator.web.server import Server, make_app
from tests.e2e.conftest import CHROMIUM, Workplace
from tests.e2e.test_demo import nara
from tests.golden.outputs_sample import RANKED, SITE, STORY
from tests.unit.test_outputs_pages import every_page

NODE = Path(__file__).parents[1] / "node" / "node_modules"
VNU = NODE / "vnu-jar" / "build" / "dist" / "vnu.jar"
AXE = NODE / "axe-core" / "axe.min.js"
JSON_FEED_SCHEMA = Path(__file__).parents[3] / "shared" / "suites" / "schemas" / "jsonfeed-1.1.schema.json"
ATOM = "{http://www.w3.org/2005/Atom}"
INSTALL = "npm ci --ignore-scripts --prefix tests/node"

needs_vnu = pytest.mark.skipif(
    not VNU.exists() or shutil.which("java") is None, reason=f"no vnu here ({INSTALL}; and a Java)"
)
needs_axe = pytest.mark.skipif(not AXE.exists() or CHROMIUM is None, reason=f"no axe-core or chromium here ({INSTALL})")


# ---------------------------------------------------------------- vnu


def entry_pages(site: Path) -> Iterator[tuple[str, str]]:
    """Give the HTML of every entry of every Atom feed as a page of its own; entries that repeat it, once."""
    seen = set()
    for feed in sorted(site.rglob("*.atom")):
        for content in ET.parse(feed).getroot().iter(f"{ATOM}content"):
            body = content.text or ""
            if content.get("type") == "html" and body not in seen:
                seen.add(body)
                yield f"entry-{len(seen)}.html", as_page(body)


def as_page(body: str) -> str:
    """Set the HTML of an entry into what a reader shows around it, a headline of the first level among it."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An entry</title></head>'
        f"<body><h1>An entry</h1>{body}</body></html>"
    )


def complaints(folder: Path) -> list[str]:
    """Return what vnu says of all HTML below a folder: errors and warnings, not its hints."""
    done = subprocess.run(
        ["java", "-jar", VNU, "--skip-non-html", "--format", "json", folder],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{Path(each['url']).name}: {each['message']}: {each.get('extract', '')!r}"
        for each in messages
        if each["type"] == "error" or each.get("subType") == "warning"
    ]


@needs_vnu
def test_vnu_finds_nothing_in_any_page_or_entry(demo: Workplace, tmp_path: Path) -> None:
    shutil.copytree(demo.site, tmp_path / "site", ignore=lambda _, names: [n for n in names if n.endswith(".eml")])
    (tmp_path / "made").mkdir()
    for name, page in every_page():
        (tmp_path / "made" / f"{name.replace(' ', '-')}.html").write_text(page, encoding="utf-8")
    n_entries = 0
    for name, page in entry_pages(demo.site):
        (tmp_path / "made" / name).write_text(page, encoding="utf-8")
        n_entries += 1
    assert n_entries > 60
    assert complaints(tmp_path) == []


# ---------------------------------------------------------------- axe-core


@pytest.fixture(scope="module")
def address(demo: Workplace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the demo, and beside it pages that it has no case of: a mixed page in Arabic and Japanese, empty ones."""
    folder = tmp_path_factory.mktemp("axe") / "site"
    shutil.copytree(demo.site, folder)
    pages = Pages(SITE)
    (folder / "s" / "sample.html").write_bytes(pages.story(STORY))
    (folder / "sample.html").write_bytes(pages.index(RANKED, n_sources=2, n_answering=2))
    (folder / "empty.html").write_bytes(pages.index([], n_sources=3, n_answering=3))
    (folder / "nothing.html").write_bytes(pages.feeds([], []))
    server = Server(make_app(folder), host="127.0.0.1", port=0)
    yield server.start().rstrip("/")
    server.stop()


def page_types(demo: Workplace) -> list[str]:
    """Name one page of each type, and one story each in Arabic and Japanese."""
    stories = sorted((demo.site / "s").glob("*.html"))
    by_lang = {lang: next(p for p in stories if f'<h1 lang="{lang}"' in p.read_text("utf-8")) for lang in ("ar", "ja")}
    digest = min((demo.site / "top" / "digest").glob("*.html"))
    return [
        "index.html", "sample.html", "empty.html", "feeds.html", "nothing.html", "status.html", "archive/index.html",
        "archive/2026-01-14.html", f"top/digest/{digest.name}", "s/sample.html", f"s/{nara(demo)[1].name}",
        *(f"s/{path.name}" for path in by_lang.values()),
    ]  # fmt: skip


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@pytest.mark.browser
@needs_axe
@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_type(
    browser: Browser, address: str, demo: Workplace, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    found = {}
    for name in page_types(demo):
        page.goto(f"{address}/{name}")
        found[name] = violations(page)
    page.goto(f"{address}/index.html")
    for key, name in (("/", "search"), ("?", "keys")):
        page.keyboard.press(key)
        page.locator("dialog[open]").wait_for()
        found[name] = violations(page)
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="hidden")  # no key acts behind one that is still open
    context.close()
    assert {name: lines for name, lines in found.items() if lines} == {}


# ---------------------------------------------------------------- schemas


@pytest.mark.shared
@pytest.mark.skipif(not JSON_FEED_SCHEMA.exists(), reason="the schema of JSON Feed stands beside the project")
def test_every_json_feed_of_the_demo_fits_its_schema(demo: Workplace) -> None:
    schema = json.loads(JSON_FEED_SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)(schema)
    feeds = [path for path in sorted(demo.site.glob("*.json")) if path.name != "status.json"]
    assert feeds
    for feed in feeds:
        body = json.loads(feed.read_text(encoding="utf-8"))
        assert [error.message for error in validator.iter_errors(body)] == [], feed.name


def test_the_lock_of_the_node_packages_names_no_host_and_has_every_hash() -> None:
    lock = (NODE.parent / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: each for name, each in json.loads(lock)["packages"].items() if name}
    assert packages
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not re.search(r"https?://", html.unescape(lock))
