"""Signing up and confirming, in a browser without JavaScript."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from functions.domain.supporter import LANGUAGES
from functions.join import form as step
from local.platform import Platform
from tests.browser.conftest import keep
from tests.functions.readers import World, an_id, world


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(step, "EVEN_S", 0.0)
    yield


def an_address() -> str:
    return f"{an_id().lower().strip('_-')}x@example.org"


def confirmation(platform: Platform, address: str) -> str:
    (found,) = re.findall(r"/k/[A-Za-z0-9_-]{36}", platform.outbox.mails(to=address)[-1].text)
    return str(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_sound_in_every_language(
    sent: World, platform: Platform, sound: Callable[[str], None], visit: Callable[[str], Page], language: str
) -> None:
    address = an_address()
    form = f"/join/{sent.list_id}?language={language}"
    page = visit(form)
    page.locator("input[name=address]").fill(address)
    page.locator("input[name=name]").fill("Noor")
    page.locator("input[name=click_measurement]").first.check()
    page.locator("form.steps button[type=submit]").click()
    link = confirmation(platform, address)
    sound(form)
    sound(link)
    page.goto(link)
    page.get_by_role("button").click()
    sound(link)  # confirmed before


def test_somebody_joins_and_chooses_topics_on_the_way(sent: World, platform: Platform, visit: Callable[[str], Page]) -> None:
    address = an_address()
    page = visit(f"/join/{sent.list_id}?language=en")
    assert page.locator("input:checked").count() == 0
    keep(page, "join")
    page.get_by_role("button").click()
    assert "not a complete email address" in page.inner_text("main")
    keep(page, "join-wrong")
    page.get_by_label("Your email address").fill(address)
    page.get_by_label("Your name").fill("Noor")
    page.get_by_label("Yes, choose by my topics").check()
    page.get_by_label("Klimaat").check()
    page.get_by_role("button").click()
    assert "Check your mail" in page.inner_text("h1")
    keep(page, "join-sent")
    page.goto(confirmation(platform, address))
    assert "Klimaat" in page.inner_text("main")
    keep(page, "join-confirm")
    page.get_by_role("button").click()
    assert "You are signed up" in page.inner_text("h1")
    keep(page, "join-confirmed")
    page.get_by_role("link", name="Choose what you want to read about").click()
    page.locator("button[name=stop]").wait_for()


def test_who_is_too_young_is_asked_nothing_more(sent: World, visit: Callable[[str], Page]) -> None:
    page = visit(f"/join/{sent.list_id}?language=en")
    assert page.locator(".more").is_visible()
    page.get_by_label("I am younger than 17").check()
    assert not page.locator(".more").is_visible()
