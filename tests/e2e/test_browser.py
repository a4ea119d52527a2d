"""The pages in a real browser: Debian's chromium, phone and desktop, light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from aggregator.web.server import Server, make_app
from tests.e2e.conftest import CHROMIUM, Workplace
from tests.e2e.test_demo import HEADLINE, nara

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (apt-get install chromium)"),
]

SIZES = {"phone": (390, 844), "small": (320, 568), "desktop": (1440, 900)}


@pytest.fixture(scope="module")
def address(demo: Workplace) -> Iterator[str]:
    server = Server(make_app(demo.site), host="127.0.0.1", port=0)
    yield server.start().rstrip("/")
    server.stop()


def open_page(browser: Browser, url: str, size: str = "desktop", scheme: str = "light") -> tuple[Page, list[str]]:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: trouble.append(request.url) if not request.url.startswith(url[:17]) else None)
    page.goto(url)
    return page, trouble


def page_names(demo: Workplace) -> list[str]:
    return [
        "/", "/feeds.html", "/status.html", "/archive/index.html", "/archive/2026-01-14.html",
        f"/s/{nara(demo)[1].name}",
    ]  # fmt: skip


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_or_complains(
    browser: Browser, address: str, demo: Workplace, size: str, scheme: str
) -> None:
    for name in page_names(demo):
        page, trouble = open_page(browser, address + name, size, scheme)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
        assert page.locator("h1").count() == 1
        assert trouble == [], name
        page.context.close()


def test_from_the_front_page_to_a_source_line_and_back(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, address + "/")
    page.get_by_role("link", name=HEADLINE).first.click()
    assert page.locator("h1").inner_text() == HEADLINE
    assert page.locator("h2, h3").count() >= 3
    page.get_by_role("link", name="1").first.click()
    assert "#source-1" in page.url or "#s1" in page.url
    page.context.close()


def test_text_has_contrast_in_both_schemes(browser: Browser, address: str, demo: Workplace) -> None:
    for scheme in ("light", "dark"):
        page, _ = open_page(browser, f"{address}/s/{nara(demo)[1].name}", scheme=scheme)
        ratios = page.evaluate(
            """() => {
                const lum = ([r, g, b]) => [r, g, b].map(v => v / 255)
                    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
                const rgb = css => css.match(/[\\d.]+/g).map(Number);
                const paper = element => {
                    for (let e = element; e; e = e.parentElement) {
                        const [r, g, b, a = 1] = rgb(getComputedStyle(e).backgroundColor);
                        if (a > 0) return [r, g, b];
                    }
                    return [255, 255, 255];
                };
                return [...document.querySelectorAll("h1, h2, h3, p, li, a, time, td, th")]
                    .filter(e => e.innerText && e.innerText.trim() && e.getClientRects().length)
                    .map(e => {
                        const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(paper(e))].sort((x, y) => y - x);
                        return [(a + .05) / (b + .05), e.tagName, e.innerText.slice(0, 40)];
                    });
            }"""
        )
        assert ratios
        poor = [each for each in ratios if each[0] < 4.5]
        assert poor == [], scheme
        page.context.close()


def test_the_story_page_is_light(demo: Workplace) -> None:
    assert nara(demo)[1].stat().st_size < 60_000


def test_search_finds_stories_without_their_accents(browser: Browser, address: str) -> None:
    page, trouble = open_page(browser, address + "/archive/2026-01-14.html")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill("kustenbote MERROW")
    found = page.locator("#found a")
    found.first.wait_for()
    assert "Merrow" in found.first.inner_text()
    assert " January 2026 · " in page.locator("#found .meta").first.inner_text()
    page.get_by_role("searchbox").fill("merrow zzqq")
    page.get_by_text("Nothing found").wait_for()
    page.get_by_role("searchbox").fill("kustenbote MERROW")
    found.first.wait_for()
    found.first.click()
    page.wait_for_url("**/s/*.html")
    assert trouble == []
    page.context.close()


def test_keys_lead_through_the_stories_and_say_what_they_do(browser: Browser, address: str) -> None:
    page, _ = open_page(browser, address + "/")
    focused = "document.activeElement.textContent"
    headlines = page.locator("main article h2 a").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate(focused) == headlines[1]
    page.keyboard.press("k")
    assert page.evaluate(focused) == headlines[0]
    page.keyboard.press("?")
    assert page.locator("dialog[open]").inner_text().startswith("Keys")
    page.keyboard.press("j")  # no key acts behind a dialog
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_url("**/s/*.html")
    page.keyboard.press("u")
    page.wait_for_url("**/index.html")
    page.context.close()


def test_without_a_script_nothing_is_missing(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "/")
    assert page.locator("button, input, dialog").count() == 0
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="Wednesday 14").click()
    page.get_by_role("link", name="15 January").first.click()
    assert page.locator("h1").inner_text() == "Thursday, 15 January 2026"
    context.close()


def test_a_group_of_citations_stays_on_one_line(browser: Browser, address: str, demo: Workplace) -> None:
    for width in range(320, 480, 9):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(f"{address}/s/{nara(demo)[1].name}")
        parted = page.evaluate(
            """() => [...document.querySelectorAll(".cite:not(.many)")].filter(e =>
                new Set([...e.children].map(a => Math.round(a.getBoundingClientRect().top))).size > 1).length"""
        )
        assert parted == 0, width
        context.close()


@pytest.mark.parametrize(("width", "letters"), [(640, 100), (320, 100), (1280, 200)])
def test_at_twice_the_size_nothing_is_cut_off_or_scrolls_sideways(
    browser: Browser, address: str, demo: Workplace, width: int, letters: int
) -> None:
    """1280 px at 200 % zoom leave 640, at 400 % 320 (WCAG 1.4.10); and some only set their letters twice as large."""
    context = browser.new_context(viewport={"width": width, "height": 450})
    page = context.new_page()
    for name in page_names(demo):
        page.goto(address + name)
        page.evaluate("letters => { document.documentElement.style.fontSize = `${letters}%` }", letters)
        cut = page.evaluate(
            """() => [...document.querySelectorAll("body *")].filter(e => {
                const box = e.getBoundingClientRect();
                const isShown = box.width && e.innerText && !e.closest(".aside");
                return isShown && box.right > document.documentElement.clientWidth + 1;
            }).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert cut == [], name
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, name
    context.close()


def test_the_first_paint_waits_for_nothing_but_the_page_itself(browser: Browser, address: str, demo: Workplace) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.route("**/site.js", lambda route: None)  # never answered: no paint may wait for it
    page.route("**/icon.svg", lambda route: None)
    name = f"/s/{nara(demo)[1].name}"
    page.goto(address + name, wait_until="commit")
    page.evaluate(
        """() => new Promise(done => {
            const look = () => performance.getEntriesByName("first-contentful-paint").length
                ? done() : requestAnimationFrame(look);
            look();
        })"""
    )
    assert set(asked) <= {name, "/site.js", "/icon.svg"}
    assert page.evaluate("document.styleSheets.length") == 1
    context.close()


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_nothing_moves_while_a_page_loads(browser: Browser, address: str, demo: Workplace, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.add_init_script(
        """window.moved = [];
        new PerformanceObserver(list => moved.push(...list.getEntries().map(e => e.value)))
            .observe({type: "layout-shift", buffered: true});"""
    )
    for name in page_names(demo):
        page.goto(address + name, wait_until="networkidle")
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("moved") == [], name
    context.close()


def test_every_story_page_is_light(demo: Workplace) -> None:
    heaviest = max((demo.site / "s").glob("*.html"), key=lambda path: path.stat().st_size)
    assert heaviest.stat().st_size < 60_000, heaviest
