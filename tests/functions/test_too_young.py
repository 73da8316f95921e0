"""Who says to be too young gets what everybody gets: held to at assembly, at click and open, when deriving, and on the pages."""

from urllib.parse import urlencode

import pytest

from functions.adapters.audience import Audience, view_of
from functions.adapters.events import to_item
from functions.domain.consent import Ceiling, MailSettings, Purpose, mail_settings, within
from local.client import Client
from local.platform import Platform
from tests.functions.readers import BROWSER, EVERY_GRANT, Reader, World, world
from tests.functions.test_derive import clicked

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.fixture
def young(sent: World) -> Reader:
    """Everything is allowed here, but for the age."""
    return sent.reader(grants=EVERY_GRANT, too_young=True)


def test_at_assembly(young: Reader, platform: Platform) -> None:
    read = Audience(platform.aws.dynamodb, "supporters").read([young.id])[young.id].supporter
    assert read.consents.grants and mail_settings(read.consents, Ceiling.OBSERVED) == MailSettings()


def test_when_recipients_are_chosen(young: Reader) -> None:
    assert within(view_of(young.stored).consents, Ceiling.OBSERVED) == {}


def test_at_click_and_open(young: Reader, web: Client) -> None:
    assert web.get(young.link(0), **{"User-Agent": BROWSER}).status == 302
    assert web.get(f"/o/{young.token}", **{"User-Agent": BROWSER}).status == 200
    assert young.events == []


def test_when_deriving(young: Reader, sent: World, platform: Platform) -> None:
    sent.put("events", to_item(clicked(young, grants={Purpose.OBSERVED_INTEREST: EVERY_GRANT["observed_interest"]})))
    platform.drain()
    assert "clicks" not in young.stored and "tags" not in young.stored
    assert young.events == []


def test_the_choices_page_asks_nothing_and_takes_no_yes(young: Reader, web: Client) -> None:
    page = web.get(young.choices).text
    assert 'type="radio"' not in page
    web.post(young.choices, urlencode({"wording": "choices-3", "open_pixel": "yes"}), Content_Type=FORM)
    assert young.records == []
