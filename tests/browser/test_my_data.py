"""My data in a browser without JavaScript: seen, taken along, erased."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from functions.adapters import clock
from functions.domain.supporter import LANGUAGES
from functions.domain.tokens import Power, sign_short
from local.platform import Platform
from tests.browser.conftest import keep
from tests.functions.readers import EVERY_GRANT, Reader, World, ring, world


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def data(reader: Reader) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + 1500)}/data"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_sound_in_every_language(sent: World, sound: Callable[[str], None], language: str) -> None:
    reader = sent.reader(grants=EVERY_GRANT, topics={"care"})
    reader.message(version="v1")
    sound(f"{data(reader)}?language={language}")


def test_somebody_takes_everything_along_and_has_it_erased(sent: World, visit: Callable[[str], Page], platform: Platform) -> None:
    reader = sent.reader(grants=EVERY_GRANT, topics={"care"})
    reader.message(version="v1")
    page = visit(f"{data(reader)}?language=nl")
    keep(page, "my-data")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download het bestand").click()
    assert json.loads(Path(waiting.value.path()).read_text("utf-8"))["profile"]["name"]["value"] == "Sam"
    page.get_by_role("button", name="Ik wil alles laten wissen").click()
    keep(page, "erase")
    assert reader.stored["state"] == "active"
    page.get_by_role("button", name="Ja, wis alles nu").click()
    keep(page, "erased")
    assert reader.stored["state"] == "erased"
    assert page.get_by_text(reader.stored["receipt"]).is_visible()
    assert len(platform.outbox.mails(to=f"{reader.id.lower()}@example.org")) == 1
