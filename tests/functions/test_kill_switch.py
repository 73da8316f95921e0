"""Personalisation off, for everybody at once: at assembly, at clicks and opens, and when deriving."""

from collections.abc import Iterator

import pytest

from functions.adapters import clock
from functions.adapters.ceilings import KEPT_S
from functions.domain.consent import Purpose
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import ok, problem
from tests.functions.readers import BROWSER, EVERY_GRANT, world
from tests.stored import Stored

SWITCH = "/v1/switches/personalisation"
ALL = {purpose: f"g-{purpose}" for purpose in Purpose if purpose is not Purpose.NEWSLETTER}


@pytest.fixture(autouse=True)
def switched_on_again(platform: Platform) -> Iterator[None]:
    yield
    platform.reset()


@pytest.fixture
def stored(empty_platform: Platform) -> Stored:
    return Stored(empty_platform)


def say(platform: Platform, role: str, on: bool) -> None:
    staff = Client(platform.url, platform.staff_token(role))
    ok(staff.put(SWITCH, {"on": on, "reason": "the authority asked"}))
    platform.clock.advance(KEPT_S + 1)


def test_every_mail_is_editorial_while_it_is_off(stored: Stored) -> None:
    edition = a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(4)])
    stored.edition(edition)
    stored.supporter("person01", grants=ALL)
    say(stored.platform, "sender", on=False)
    stored.send(edition)
    stored.platform.drain()
    (row,) = stored.rows("messages")
    assert (row["selection"], row["links"], row["pixel"]) == ("editorial", "shared", False)


def test_old_links_work_and_record_nothing_while_it_is_off(empty_platform: Platform) -> None:
    web = Client(empty_platform.url)
    reader = world(empty_platform).reader(grants=EVERY_GRANT)
    say(empty_platform, "sender", on=False)
    assert web.get(reader.link(2), **{"User-Agent": BROWSER}).status == 302
    assert web.get(f"/o/{reader.token}", **{"User-Agent": BROWSER}).status == 200
    empty_platform.drain()
    assert reader.events == []
    say(empty_platform, "admin", on=True)
    assert web.get(reader.link(2), **{"User-Agent": BROWSER}).status == 302
    empty_platform.drain()
    assert [event["kind"] for event in reader.events] == ["clicked"]


def test_only_an_admin_switches_it_on_again(empty_platform: Platform) -> None:
    sender = Client(empty_platform.url, empty_platform.staff_token("sender"))
    before = int(clock.now() * 1000)
    assert ok(sender.get(SWITCH))["on"] is True
    ok(sender.put(SWITCH, {"on": False, "reason": "a mistake in the topics"}))
    problem(sender.put(SWITCH, {"on": True, "reason": "mended"}), 403)
    shown = ok(sender.get(SWITCH))
    assert (shown["on"], shown["reason"]) == (False, "a mistake in the topics")
    assert shown["updated"] >= before
