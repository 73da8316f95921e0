"""What has had its time goes from the profile of somebody who clicks no more."""

import json
from typing import Any

import pytest

from functions.adapters.fading import AGAIN_MS
from functions.domain.interest import click_token
from functions.domain.retention import LEARNED_CLICKS_S
from functions.domain.tokens import Power, sign_short
from local.client import Client
from local.platform import Platform
from tests.functions.readers import Reader, World, an_id, ring, world

OBSERVED = {"observed_interest": "g"}
DAY_S = 86_400


@pytest.fixture
def sent(empty_platform: Platform) -> World:
    made = world(empty_platform)
    empty_platform.aws.dynamodb.delete_item(TableName="sends", Key={"send": {"S": made.send}})  # nothing to tend
    return made


def clicked(sent: World, days_ago: int, **more: Any) -> Reader:
    """A reader with three clicks on climate so long ago, and the tag that came of them."""
    at = int(sent.platform.clock.now() - days_ago * DAY_S) * 1000
    clicks = {click_token(an_id(), 0, "kizizizi", at + n) for n in range(3)}
    return sent.reader(clicks=clicks, tags=[{"topic": "climate", "since": at}], **{"grants": OBSERVED, **more})


def told(web: Client, reader: Reader) -> int:
    token = sign_short(ring(), Power.FRESH, reader.id, int(reader.world.platform.clock.now()) + 600)
    return len(json.loads(web.get(f"/m/{token}/export.json").text)["clicks"])


def test_after_two_years_clicks_are_told_to_nobody_and_deleted(sent: World, platform: Platform, web: Client) -> None:
    old, new = clicked(sent, LEARNED_CLICKS_S // DAY_S + 1), clicked(sent, 10)
    assert (told(web, old), told(web, new)) == (0, 3)
    platform.invoke("tend_sends", {})
    assert old.stored.keys().isdisjoint({"clicks"}) and old.stored["tags"] == []
    assert len(new.stored["clicks"]) == 3 and [tag["topic"] for tag in new.stored["tags"]] == ["climate"]


def test_a_tag_goes_once_its_clicks_have_faded_though_they_are_still_kept(sent: World, platform: Platform) -> None:
    reader = clicked(sent, 600)
    platform.invoke("tend_sends", {})
    assert reader.stored["tags"] == [] and len(reader.stored["clicks"]) == 3


def test_a_round_is_made_each_week(sent: World, platform: Platform) -> None:
    platform.invoke("tend_sends", {})
    reader = clicked(sent, 800)
    platform.clock.advance(3600)
    platform.invoke("tend_sends", {})
    assert len(reader.stored["clicks"]) == 3
    platform.clock.advance(AGAIN_MS / 1000)
    platform.invoke("tend_sends", {})
    assert "clicks" not in reader.stored


def test_the_version_stays_and_somebody_who_withdrew_is_left_alone(sent: World, platform: Platform) -> None:
    reader, gone = clicked(sent, 800), sent.reader(grants={}, tags=[])
    before = gone.stored
    platform.invoke("tend_sends", {})
    assert reader.stored["version"] == 1
    assert gone.stored == before
