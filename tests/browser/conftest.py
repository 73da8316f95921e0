"""The pages in a real browser: Debian's Chromium, driven by Playwright. `make browser` runs these, `make test` does not.

`visit`   opens a path without JavaScript, as somebody would; asserts that no request leaves the site and nothing is stored.
`sound`   asserts that axe-core finds no violation of WCAG 2.2 A or AA on a path: in light, in dark, and on a phone;
`sound_as_it_is` does so on a page that no path leads to, as an answer to a form.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from local.platform import Platform

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
LOOKS = ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}})
# No looking around in the background: on a machine without internet each such attempt is an error.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    found = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    if not found:
        pytest.exit("No Chromium here. Install one (Debian: apt-get install chromium), or name it in CHROMIUM.", 2)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def person(browser: Browser, platform: Platform) -> Iterator[BrowserContext]:
    """A browser of somebody without JavaScript. At the end: nothing was asked of another site, nothing was left in theirs."""
    context = browser.new_context(java_script_enabled=False, base_url=platform.url, locale="nl-NL")
    elsewhere: list[str] = []
    context.on("request", lambda request: elsewhere.append(request.url) if _away(request.url, platform.url) else None)
    yield context
    assert elsewhere == []
    assert context.cookies() == []
    context.close()


@pytest.fixture
def visit(person: BrowserContext) -> Callable[[str], Page]:
    def opened(path: str) -> Page:
        page = person.new_page()
        page.goto(path)
        return page

    return opened


@pytest.fixture
def sound(browser: Browser, platform: Platform) -> Callable[[str], None]:
    def checked(path: str) -> None:
        for look in LOOKS:
            context = browser.new_context(base_url=platform.url, **look)
            page = context.new_page()
            page.goto(path)
            wrong = _wrong(page)
            context.close()
            assert wrong == [], (path, look)

    return checked


@pytest.fixture
def sound_as_it_is(browser: Browser) -> Callable[[Page], None]:
    def checked(answer: Page) -> None:
        html = answer.content()
        for look in LOOKS:
            context = browser.new_context(**look)
            page = context.new_page()
            page.set_content(html)
            wrong = _wrong(page)
            context.close()
            assert wrong == [], (answer.title(), look)

    return checked


def _wrong(page: Page) -> list[object]:
    """What axe finds, and whether one has to scroll sideways."""
    found = Axe().run(page, options=RULES).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*((v["id"], [node["html"] for node in v["nodes"]]) for v in found), *(["scrolls sideways"] if wide else [])]


def _away(url: str, site: str) -> bool:
    return urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != urlsplit(site).netloc


def keep(page: Page, name: str) -> None:
    """A picture of the page, for people, in the folder that ACHTERBAN_PICTURES names."""
    if folder := os.environ.get("ACHTERBAN_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
