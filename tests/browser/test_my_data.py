"""My data in a browser without JavaScript: seen, taken along, erased."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from functions.adapters import clock
from functions.domain.click import click_token
from functions.domain.supporter import LANGUAGES
from functions.domain.tokens import Power, sign_short
from local.platform import Platform
from tests.browser.conftest import keep
from tests.builders import a_block, a_compiled_edition
from tests.functions.readers import EVERY_GRANT, Reader, World, ring, world
from tests.stored import REQUESTED_AT, Stored


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_with_its_evidence_is_sound_in_every_language(
    sent: World, platform: Platform, sound: Callable[[str], None], visit: Callable[[str], Page], language: str
) -> None:
    stored, who = Stored(platform), f"evident{language[0]}"
    edition = a_compiled_edition([a_block(f"{t}{n}", topics=(t,), title=f"Over {t}") for t in ("care", "climate") for n in (1, 2)])
    edition = replace(edition, show=2)
    stored.edition(edition)
    clicks = {click_token(f"send{n:04d}", 0, "bibiai", REQUESTED_AT - n * 86_400_000) for n in range(1, 5)}
    stored.supporter(who, grants={"observed_interest": "g1"}, clicks=clicks)
    stored.send(edition, f"evident{language[0]}", audience={"supporters": [who]})
    platform.drain()
    token = sign_short(ring(), Power.FRESH, who, int(clock.now()) + 1500)
    sound(f"/m/{token}/mails/evident{language[0]}?language={language}")
    sound(f"/m/{token}/mails/AAAAAAAB?language={language}")
    page = visit(f"/m/{token}/data?language={language}")
    page.locator("a[href*='/mails/']").click()
    assert page.locator("#left-out").is_visible()
    keep(page, f"one-mail-{language}")


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
