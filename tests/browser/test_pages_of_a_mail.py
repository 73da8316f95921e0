"""What a mail leads to: choices, leaving and coming back, in a browser without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from functions.adapters import gate
from functions.adapters.proof import item_of
from functions.domain.consent import Act, ConsentRecord, Purpose
from functions.domain.supporter import LANGUAGES
from local.platform import Platform
from tests.functions.readers import Reader, World, world


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_sound_in_every_language(sent: World, sound: Callable[[str], None], language: str) -> None:
    reader = sent.reader()
    for path in (reader.choices, reader.unsubscribe, "/s/forged", "/u/test"):
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


def on_the_list(sent: World) -> Reader:
    """Somebody with the proof of it."""
    reader = sent.reader()
    granted = ConsentRecord("n1", reader.id, Purpose.NEWSLETTER, Act.GRANTED, 1, "w", "h", "nl", "import", "staff", sent.list_id)
    sent.put("consents", item_of(granted))
    return reader


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_leaves_the_list_says_why_and_takes_it_back(
    sent: World, visit: Callable[[str], Page], sound_as_it_is: Callable[[Page], None], language: str
) -> None:
    reader = on_the_list(sent)
    page = visit(f"{reader.unsubscribe}?language={language}")
    assert reader.stored["newsletter"]
    page.get_by_role("button").first.click()
    assert not reader.stored["newsletter"]
    sound_as_it_is(page)
    page.locator("input[name=why]").first.check()
    page.locator("button[name=tell]").click()
    sound_as_it_is(page)
    page.locator("button[name=undo]").click()
    assert reader.stored["newsletter"].keys() == {sent.list_id}
    sound_as_it_is(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_that_has_sent_too_many_forms_asks_to_wait(
    sent: World,
    visit: Callable[[str], Page],
    sound_as_it_is: Callable[[Page], None],
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    monkeypatch.setattr(gate, "POSTS", 1)
    reader = sent.reader()
    for _ in range(2):
        page = visit(f"{reader.choices}?language={language}")
        page.locator("main form button[type=submit]").first.click()
    assert page.locator("main h1").count() == 1 and "429" not in page.title()
    sound_as_it_is(page)
