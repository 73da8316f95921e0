"""What anybody may read: the policy and the records of sends."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from functions.domain.supporter import LANGUAGES
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.stored import Stored


@pytest.fixture
def sent(empty_platform: Platform) -> None:
    stored, edition = Stored(empty_platform), a_compiled_edition([a_block("blok", topics=("care",))])
    stored.edition(edition)
    for n in range(12):
        stored.supporter(f"person{n:02d}", grants={"declared_topics": "g-topics"}, topics={"care"})
    stored.send(edition)
    empty_platform.drain()
    for _ in range(2):
        empty_platform.invoke("tend_sends", {})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_and_the_records_are_sound(sent: None, sound: Callable[[str], None], language: str) -> None:
    for path in ("/policy", "/transparency", "/transparency/sendsend"):
        sound(f"{path}?language={language}")


def test_from_the_policy_to_the_record_of_a_mail(sent: None, visit: Callable[[str], Page]) -> None:
    page = visit("/policy?language=en")
    page.get_by_role("link", name="All records").click()
    page.locator("main li a").first.click()
    assert "political advertising" in page.locator(".lead").inner_text()
