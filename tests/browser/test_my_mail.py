"""From a mail to one's own page, in a browser without JavaScript: the link by mail, an interest removed, a break taken."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from functions.adapters import clock
from functions.domain.interest import click_token
from functions.domain.supporter import LANGUAGES
from functions.domain.tokens import Power, sign_short
from local.platform import Platform
from tests.browser.conftest import keep
from tests.functions.readers import EVERY_GRANT, Reader, World, an_id, ring, world

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def link(reader: Reader, seconds: int = 1500) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + seconds)}"


def reads_climate(sent: World) -> Reader:
    now = int(clock.now() * 1000)
    clicks = {click_token(an_id(), 0, "kizizizizizizizi", now - day * DAY_MS) for day in (1, 8, 15)}
    return sent.reader(grants=EVERY_GRANT, topics={"care"}, muted={"europe"}, clicks=clicks)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_sound_in_every_language(sent: World, sound: Callable[[str], None], language: str) -> None:
    reader = reads_climate(sent)
    token = reader.choices.removeprefix("/s/")
    for path in (link(reader), link(sent.reader()), link(reader, -1), "/fresh?", f"/fresh?t={token}&"):
        sound(f"{path}{'' if '?' in path else '?'}language={language}")


def test_somebody_asks_for_a_link_and_settles_their_mail(sent: World, visit: Callable[[str], Page], platform: Platform) -> None:
    reader = reads_climate(sent)
    page = visit(f"{reader.choices}?language=en")
    page.get_by_role("button", name="Mail me the link").click()
    assert "Check your mail" in page.inner_text("h1")
    [mail] = platform.outbox.mails(to=reader.stored["address"])
    [path] = re.findall(r"/m/[A-Za-z0-9_-]{36}", mail.text)
    page.goto(f"{path}?language=en")
    keep(page, "my-mail")
    page.get_by_role("button", name="No, remove it").click()
    assert "“Klimaat” is gone" in page.inner_text("[role=status]")
    page.get_by_label("2 weeks").check()
    page.get_by_role("button", name="Start the break").click()
    assert "You get no mail until" in page.inner_text("[role=status]")
    page.get_by_label("Your name").fill("Robin")
    page.get_by_label("Formal (u, vous)").check()
    page.locator("form:has(#name)").get_by_role("button").click()
    assert (reader.stored["name"], reader.stored["form"], reader.stored["muted"]) == ("Robin", "formal", {"climate", "europe"})
    keep(page, "my-mail-changed")
