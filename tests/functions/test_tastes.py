"""Once a day, of each list: do clicks foretell clicks? Where they do not, nobody is told what theirs would mean."""

import json
from collections.abc import Iterator, Mapping

import pytest

from functions.adapters.tastes import Judge, Tastes
from functions.domain.interest import click_token
from functions.domain.tokens import Power, sign_short
from local.client import Client
from local.platform import Platform
from tests.functions.readers import World, an_id, ring, world

OBSERVED = {"observed_interest": "g"}
DAY_MS = 86_400_000
EIGHT = "kizizizizizizizi"


@pytest.fixture
def sent(empty_platform: Platform) -> World:
    made = world(empty_platform)
    empty_platform.aws.dynamodb.delete_item(TableName="sends", Key={"send": {"S": made.send}})  # nothing to tend
    return made


def judged(sent: World) -> dict[str, float]:
    body: dict[str, dict[str, float]] = json.loads(sent.get("catalogue", {"kind": "taste", "id": "lists"})["body"])
    return body["z"]


def readers(sent: World, slots: list[tuple[str, int]], people: int = 40, consents: Mapping[str, str] = OBSERVED) -> Iterator[str]:
    """People who clicked these slots (what was shown, which slot), the last one yesterday."""
    now = int(sent.platform.clock.now() * 1000)
    for _ in range(people):
        days = range(len(slots), 0, -1)
        clicks = {click_token(an_id(), slot, shown, now - day * DAY_MS) for day, (shown, slot) in zip(days, slots, strict=True)}
        yield sent.reader(grants=consents, clicks=clicks).id


def mine(sent: World, reader: str) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader, int(sent.platform.clock.now()) + 600)}"


def test_people_who_stick_to_what_they_like_can_be_told_so(sent: World, platform: Platform, web: Client) -> None:
    likes = list(readers(sent, [(EIGHT, 0)] * 4, 35)) + list(readers(sent, [("zikikiki", 0)] * 4, 5))
    platform.invoke("tend_sends", {})
    assert judged(sent)[sent.list_id] > 0
    assert 'id="interest-climate"' in web.get(mine(sent, likes[0])).text


def test_where_clicks_say_nothing_about_people_nobody_is_told_anything(sent: World, platform: Platform, web: Client) -> None:
    fickle = list(readers(sent, [(EIGHT, 0)] * 4 + [(EIGHT, 3)]))  # always climate, and in the end never
    platform.invoke("tend_sends", {})
    assert judged(sent)[sent.list_id] < -2
    page = web.get(mine(sent, fickle[0])).text
    assert 'id="interest-' not in page and "Nog niets" in page


def test_a_list_is_judged_once_a_day(sent: World, platform: Platform) -> None:
    list(readers(sent, [(EIGHT, 0)] * 3, 2))
    platform.invoke("tend_sends", {})
    first = sent.get("catalogue", {"kind": "taste", "id": "lists"})
    platform.clock.advance(3600)
    platform.invoke("tend_sends", {})
    assert sent.get("catalogue", {"kind": "taste", "id": "lists"}) == first
    platform.clock.advance(86_400)
    platform.invoke("tend_sends", {})
    assert sent.get("catalogue", {"kind": "taste", "id": "lists"})["version"] == 2


def test_clicks_that_may_not_teach_are_not_judged_by(sent: World, platform: Platform) -> None:
    list(readers(sent, [(EIGHT, 0)] * 4 + [(EIGHT, 3)], consents={}))
    assert Judge(platform.aws.dynamodb, "catalogue", "supporters").judge(int(platform.clock.now() * 1000)) == 0
    assert judged(sent) == {}


def test_somebody_on_a_list_that_does_not_mislead_is_told() -> None:
    tastes = Tastes({"theme": -3.0, "national": 1.0}, 0)
    assert tastes.mislead(["theme"])
    assert not tastes.mislead(["theme", "national"])
    assert not tastes.mislead(["new"])
    assert not tastes.mislead([])
