"""One supporter from sign-up to erasure, in each language, in a browser without JavaScript. Axe looks at each page on the way.

The mail is opened in the browser as it left. Its links are followed, to where they lead and no further: no request leaves the site.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route

from functions.adapters import clock
from functions.adapters.renderer import compile_edition
from functions.adapters.templates import theme
from functions.domain.assembly import CompiledEdition
from functions.domain.supporter import LANGUAGES
from infra.description import DEPLOYMENT
from local.client import Client
from local.platform import Platform
from tests.browser.conftest import RULES, keep
from tests.builders import a_block, a_mailing_list, a_taxonomy, an_edition
from tests.functions.party import ok
from tests.functions.readers import BROWSER, an_id
from tests.stored import LIST, Stored

SUBJECTS = ("climate", "care", "housing", "care", "housing", "care", "housing")  # the climate is one block of seven
DAY_S = 86_400
ARTICLES = "https://www.partijvoormorgen.example/"


def there(path: str) -> bool:
    """Whether the deployment has this page."""
    return any(route.path == path for function in DEPLOYMENT.functions for route in function.routes)


@pytest.fixture(scope="module")
def party(platform: Platform) -> Iterator[CompiledEdition]:
    platform.reset()
    stored, list_ = Stored(platform), a_mailing_list()
    ok(Client(platform.url, platform.staff_token("admin")).put("/v1/topics", a_taxonomy().to_json()))
    stored.put("catalogue", {"kind": "list", "id": LIST, "body": json.dumps(list_.to_json()), "version": 1, "updated": 1})
    blocks = [a_block(f"blok-{n}", topics=(topic,), languages=LANGUAGES) for n, topic in enumerate(SUBJECTS)]
    offered = {block.id: block for block in blocks}
    compiled = compile_edition(an_edition(offered, LANGUAGES), offered, list_, a_taxonomy(), theme(), platform.public_url)
    stored.edition(compiled)
    yield compiled
    platform.reset()


@pytest.fixture
def reading(browser: Browser, platform: Platform) -> Iterator[BrowserContext]:
    """A browser with an ordinary name, without JavaScript. Where a link of a mail leads is shown, not fetched."""
    context = browser.new_context(java_script_enabled=False, base_url=platform.url, locale="nl-NL", user_agent=BROWSER)
    asked: list[str] = []

    def follow(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        route.fulfill(content_type="text/html", body=f"<title>away</title><p>{answer.status} {answer.headers.get('location')}</p>")

    context.on("request", lambda request: asked.append(request.url))
    context.route("**/c/*/*", follow)
    yield context
    assert {url for url in asked if url.startswith("http") and not url.startswith(platform.url)} == set()
    assert context.cookies() == []
    context.close()


@pytest.fixture
def copies(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(offline=True)
    yield context
    context.close()


class Person:
    """Somebody at their screen."""

    def __init__(
        self, platform: Platform, reading: BrowserContext, copies: BrowserContext, edition: CompiledEdition, language: str
    ) -> None:
        self.platform, self.stored, self.edition, self.language = platform, Stored(platform), edition, language
        self.address = f"robin-{language}-{an_id().strip('_-').lower()}@example.org"
        self.page: Page = reading.new_page()
        self._copy: Page = copies.new_page()
        self._web = Client(platform.url)

    @property
    def row(self) -> dict[str, Any]:
        (found,) = [row for row in self.stored.rows("supporters") if row["supporter"] == self.id]
        return found

    def events(self) -> list[dict[str, Any]]:
        self.platform.drain()
        return [event for event in self.stored.rows("events") if event["supporter"] == self.id]

    def look(self, name: str) -> None:
        """The page in front of them is sound, and speaks their language. Axe is a script, so it reads a copy of the page."""
        assert self.page.locator("html").get_attribute("lang") == self.language
        self._copy.set_content(self.page.content())
        found = Axe().run(self._copy, options=RULES).response["violations"]
        assert not found, (name, [(v["id"], [node["html"] for node in v["nodes"]]) for v in found])
        keep(self.page, f"journey-{self.language}-{name}")

    def go(self, path: str, name: str) -> None:
        self.page.goto(path)
        self.look(name)

    def press(self, selector: str, name: str) -> None:
        self.page.locator(selector).first.click()
        self.look(name)

    # the journey

    def signs_up(self) -> None:
        if there("/join/{list}"):
            self.go(f"/join/{LIST}?language={self.language}", "join")
            assert self.page.locator("input:checked:not([name=address_as])").count() == 0  # nothing is ticked in advance
            self.page.locator("#address").fill(self.address)
            self.page.locator("#name").fill("Robin")
            for purpose in ("observed_interest", "click_measurement", "open_pixel"):
                self.page.locator(f"input[name={purpose}][value=yes]").check()
            self.press("main form button[type=submit]", "joining")
            assert self._known() is None
            self.go(self._link("k"), "confirm")
            assert self._known() is None  # to look is not to confirm
            self.press("button[name=confirm]", "confirmed")
        else:
            grants = {purpose: f"g-{purpose}" for purpose in ("observed_interest", "click_measurement", "open_pixel")}
            self.stored.supporter(an_id(), address=self.address, language=self.language, name="Robin", grants=grants)
        self.platform.drain()
        self.id = str(self._known())
        assert self.row["grants"].keys() == {"observed_interest", "click_measurement", "open_pixel"}
        assert self.row["language"] == self.language

    def gets_a_mail(self) -> str:
        """The mail as it left, an hour before it is read."""
        self.stored.send(self.edition, an_id(), audience={"supporters": [self.id]}, requested_at=int(clock.now() * 1000))
        self.platform.drain()
        self.platform.clock.advance(3600)
        return str(self.platform.outbox.mails(to=self.address)[-1].html)

    def follows_the_climate(self, mail: str) -> None:
        self.page.set_content(mail)
        link = self.page.locator(f'a[href$="/{self._climate(mail)}"]').first
        with self.page.context.expect_page() as opened:
            link.click()
        assert f"302 {ARTICLES}" in opened.value.inner_text("p")
        opened.value.close()

    def asks_for_their_own_page(self, mail: str) -> None:
        self.go(f"{self._in(mail, 's')}?language={self.language}", "choices")
        self.press("form[action='/fresh'] button", "fresh")
        self.go(f"{self._link('m')}?language={self.language}", "my-mail")

    def sees_and_removes_the_interest(self) -> None:
        topic = next(t for t in a_taxonomy().topics if t.id == "climate")
        shown = self.page.locator("section.interest", has=self.page.locator("#interest-climate"))
        assert topic.name(self.language) in shown.inner_text()
        assert re.search(r"\b3\b", shown.inner_text())  # the evidence: three clicks
        self.press("section.interest:has(#interest-climate) button[name=word][value=no]", "interest-removed")
        assert self.page.locator("#interest-climate").count() == 0
        assert (self.row.get("clicks"), self.row.get("tags") or None, self.row["muted"]) == (None, None, {"climate"})

    def sees_why(self, mail: str) -> None:
        choices = self._in(mail, "s")
        self.go(f"{choices}/why?language={self.language}", "why")
        assert self.page.locator("ol.reasons li").count() == len(SUBJECTS)
        self.page.goto(f"{choices}/view")
        assert self.page.locator("a[href*='/c/']").count() >= len(SUBJECTS)

    def withdraws(self, mail: str) -> None:
        self.go(f"{self._in(mail, 's')}?language={self.language}", "choices-again")
        self.press("button[name=stop]", "stopped")
        assert self.row["grants"] == {}
        assert self.events() == []

    def takes_their_data_along(self) -> None:
        """My mail is open in front of them, or was half an hour ago: they ask once more."""
        self.go(f"{self._link('m')}/data?language={self.language}", "my-data")
        found = self._web.get(f"{self._link('m')}/export.json")
        assert found.status == 200
        assert self.address in found.text

    def is_erased(self) -> None:
        self.go(f"{self._link('m')}/data?language={self.language}", "my-data-again")
        self.press("form:has(input[name=do][value=erase]) button", "erase")
        assert self._known() == self.id  # asked once more first
        self.press("form:has(input[name=do][value=erase-now]) button", "erased")
        self.platform.drain()
        assert self.address not in json.dumps(self.stored.rows("supporters"), default=str)
        assert self.events() == []

    def _known(self) -> str | None:
        return next((row["supporter"] for row in self.stored.rows("supporters") if row.get("address") == self.address), None)

    def _link(self, power: str) -> str:
        """The newest link of this power in their mailbox."""
        self.platform.drain()
        for mail in reversed(self.platform.outbox.mails(to=self.address)):
            if found := re.search(rf"/{power}/[A-Za-z0-9_-]{{36}}", mail.text):
                return found[0]
        raise AssertionError(f"no mail with a link of power {power}")

    def _in(self, mail: str, power: str) -> str:
        (found, *_) = re.findall(rf"/{power}/[A-Za-z0-9_-]{{44}}", mail)
        return str(found)

    def _climate(self, mail: str) -> int:
        """The number of the first block's link in a mail of this language."""
        numbers = [int(n) for n in re.findall(r'/c/[A-Za-z0-9_-]{36}/(\d+)"', mail)]
        return next(n for n in numbers if self.edition.links[n].entry == 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_sign_up_to_erasure(
    party: CompiledEdition, reading: BrowserContext, copies: BrowserContext, platform: Platform, language: str
) -> None:
    robin = Person(platform, reading, copies, party, language)
    robin.signs_up()
    for _ in range(3):
        mail = robin.gets_a_mail()
        robin.follows_the_climate(mail)
        platform.clock.advance(DAY_S)
    assert {event["kind"] for event in robin.events()} >= {"clicked", "opened"}
    assert len(robin.row["clicks"]) == 3
    robin.asks_for_their_own_page(mail)
    robin.sees_and_removes_the_interest()
    robin.sees_why(mail)
    robin.withdraws(mail)
    robin.follows_the_climate(mail)
    assert robin.events() == []
    if there("/m/{token}/export.json"):
        robin.takes_their_data_along()
    if there("/m/{token}/data"):
        robin.is_erased()
        robin.follows_the_climate(mail)
        assert robin.events() == []
