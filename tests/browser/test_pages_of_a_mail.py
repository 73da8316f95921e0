"""What a mail leads to: choices and leaving, in a browser without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from functions.domain.supporter import LANGUAGES
from local.platform import Platform
from tests.functions.readers import World, world


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_sound_in_every_language(sent: World, sound: Callable[[str], None], language: str) -> None:
    reader = sent.reader()
    for path in (reader.choices, reader.unsubscribe, "/s/forged"):
        sound(f"{path}?language={language}")


def test_somebody_chooses_topics_and_takes_it_back(sent: World, visit: Callable[[str], Page]) -> None:
    reader = sent.reader()
    page = visit(f"{reader.choices}?language=en")
    page.get_by_label("Yes, choose by my topics").check()
    page.get_by_label("Klimaat").check()
    page.get_by_role("button", name="Save").click()
    assert "declared_topics" in reader.stored["grants"]
    page.goto(f"{reader.choices}?language=en")
    page.locator("button[name=stop]").click()
    assert reader.stored["grants"] == {}


def test_somebody_leaves_the_list(sent: World, visit: Callable[[str], Page]) -> None:
    reader = sent.reader()
    page = visit(reader.unsubscribe)
    assert reader.stored["newsletter"]
    page.get_by_role("button").first.click()
    assert not reader.stored["newsletter"]
