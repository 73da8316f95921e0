"""When somebody last opened a mail: kept under a consent whose words say what for, and no longer than it stands."""

import json
from dataclasses import replace
from typing import Any

import pytest

from functions.adapters import clock
from functions.adapters.pages import Voice
from functions.adapters.wordings import Wordings
from functions.domain.consent import OPENS_CHOOSE, EventKind, Purpose
from functions.domain.event import Event, Verdict
from functions.domain.retention import LAST_OPEN_S
from functions.domain.supporter import LANGUAGES, FormOfAddress
from functions.domain.tokens import Power, sign_short
from local.client import Client
from local.platform import Platform
from tests.functions.readers import BROWSER, Reader, World, ring, world
from tests.functions.test_derive import clicked, records

PIXEL = "g-pixel"
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def a_reader(sent: World, wording: str = "choices-3.open_pixel.informal", **more: Any) -> Reader:
    reader = sent.reader(grants={"open_pixel": PIXEL}, **more)
    proof = {"purpose": "open_pixel", "act": "granted", "at": 1, "wording_sha256": "0", "language": "nl", "source": "choices-page"}
    key = {"supporter": reader.id, "record": f"1#{PIXEL}", "id": PIXEL}
    sent.put("consents", {**key, **proof, "wording": wording, "actor": "supporter"})
    return reader


def opened(reader: Reader, n: int = 0, ago_ms: int = MINUTE_MS, **more: Any) -> Event:
    grants = {Purpose.OPEN_PIXEL: PIXEL}
    nothing: dict[str, Any] = {"n": None, "entry": None, "slot": None, "topics": (), "shown": ""}
    at = int(clock.now() * 1000) - ago_ms
    return replace(clicked(reader, n), **{"kind": EventKind.OPENED, "grants": grants, "at": at, **nothing, **more})


def test_the_newest_open_is_kept_whatever_order_the_stream_has(sent: World, platform: Platform) -> None:
    reader = a_reader(sent)
    events = [opened(reader, n, ago) for n, ago in enumerate((3 * MINUTE_MS, MINUTE_MS, 2 * MINUTE_MS))]
    for _ in range(2):
        platform.invoke("derive", records(*events))
    assert reader.stored["opened_at"] == events[1].at
    assert reader.stored["version"] == 1
    assert reader.stored.keys().isdisjoint({"clicks", "tags"})


def test_over_http_an_open_is_kept_and_goes_with_the_consent(sent: World, platform: Platform, web: Client) -> None:
    reader = a_reader(sent)
    web.get(f"/o/{reader.token}", **{"User-Agent": BROWSER})
    platform.drain()
    assert reader.stored["opened_at"] > reader.stored["created"] - 1
    said = "wording=choices-3&language=nl&form=informal&open_pixel=no"
    assert web.post(reader.choices, said, Content_Type="application/x-www-form-urlencoded").status == 200
    assert "opened_at" not in reader.stored


@pytest.mark.parametrize("wording", ["choices-1.open_pixel.informal", "choices-2.open_pixel.formal", ""])
def test_a_yes_to_counting_alone_is_no_yes_to_choosing(sent: World, platform: Platform, wording: str) -> None:
    reader = a_reader(sent, wording)
    platform.invoke("derive", records(opened(reader)))
    assert "opened_at" not in reader.stored


@pytest.mark.parametrize(
    "more",
    [
        {"verdict": Verdict.MACHINE},
        {"verdict": Verdict.UNSURE},
        {"grants": {Purpose.OPEN_PIXEL: "g-of-before"}},
        {"kind": EventKind.CLICKED, "grants": {Purpose.CLICK_MEASUREMENT: "g"}},
        {"ago_ms": (LAST_OPEN_S + 60) * 1000},
    ],
)
def test_what_is_not_an_open_of_a_person_under_the_grant_that_stands_is_not_kept(
    sent: World, platform: Platform, more: dict[str, Any]
) -> None:
    reader = a_reader(sent)
    platform.invoke("derive", records(opened(reader, **more)))
    assert "opened_at" not in reader.stored


def test_nobody_too_young_and_nothing_below_the_ceiling(sent: World, platform: Platform, setting: Any) -> None:
    young, reader = a_reader(sent, too_young=True), a_reader(sent)
    platform.invoke("derive", records(opened(young)))
    setting("CEILING", "declared")
    platform.invoke("derive", records(opened(reader)))
    assert young.stored.keys().isdisjoint({"opened_at"}) and reader.stored.keys().isdisjoint({"opened_at"})


def test_after_thirteen_months_it_is_told_to_nobody_and_deleted(empty_platform: Platform, web: Client) -> None:
    made = world(empty_platform)
    empty_platform.aws.dynamodb.delete_item(TableName="sends", Key={"send": {"S": made.send}})
    now_ms = int(empty_platform.clock.now() * 1000)
    old, new = a_reader(made, opened_at=now_ms - (LAST_OPEN_S + 60) * 1000), a_reader(made, opened_at=now_ms - 1000)
    told = []
    for reader in (old, new):
        token = sign_short(ring(), Power.FRESH, reader.id, now_ms // 1000 + 600)
        told.append(json.loads(web.get(f"/m/{token}/export.json").text)["last_opened"])
        assert "Laatst geopende mail" in web.get(f"/m/{token}/data").text
    assert told == [None, now_ms - 1000]
    empty_platform.invoke("tend_sends", {})
    assert "opened_at" not in old.stored
    assert new.stored["opened_at"] == now_ms - 1000


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_allow_it_say_so(language: str) -> None:
    wordings, says = Wordings("Partij"), {"nl": "welke mails", "en": "which mails", "fr": "choisir les courriels"}
    for version in ("choices-1", "choices-2", "choices-3"):
        text = wordings.questions(version, Voice(language, FormOfAddress.FORMAL))[Purpose.OPEN_PIXEL].text
        assert (says[language] in text) == (version in OPENS_CHOOSE)
