"""Take the pictures of the README from the demo: ``make pictures``.

Needs a chromium on the path, the development packages, ``data/demo/site`` as ``aggregator demo --once`` leaves it, and
fonts for what the demo tells in (Debian: fonts-noto-cjk, fonts-sil-charis): without, Japanese is a row of boxes.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from aggregator.web.server import Server, make_app

HERE = Path(__file__).parent
SITE = HERE.parent / "data" / "demo" / "site"
STORY = "Seoul-Tokyo Leaders Hold Second Nara Summit"


def main() -> int:
    """Write the pictures beside this file."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    stories = [path for path in sorted((SITE / "s").glob("*.html")) if f">{STORY}" in path.read_text(encoding="utf-8")]
    if chromium is None or not stories:
        print("needs chromium, and the demo: aggregator demo --once --no-serve", file=sys.stderr)
        return 1
    with Server(make_app(SITE), port=0) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, page_file, width, height in (
            ("story", f"s/{stories[0].name}", 1200, 1010),
            ("front", "", 1200, 1010),
        ):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
            page.goto(address + page_file)
            page.screenshot(path=HERE / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
