"""Whoever was erased is not mailed again: by no retry, no second send, no correction, no import, no request of staff."""

import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.deliver import mailing
from functions.domain.erasure import SWEEP_AFTER_MS
from functions.domain.tokens import Power, sign_short
from local.client import Client
from local.platform import Platform
from tests.functions.party import a_supporter, an_edition, import_csv, ok, problem, set_up
from tests.functions.readers import ring

NAMES = ("anna", "ben", "carla", "dirk")


@pytest.fixture
def people(empty_platform: Platform, staff: Client) -> dict[str, str]:
    """Name -> supporter, all on the list."""
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    return {name: a_supporter(staff, f"{name}@example.org", external_id=f"crm-{name}") for name in NAMES}


def erase(staff: Client, supporter: str) -> Any:
    return ok(staff.post(f"/v1/supporters/{supporter}/erase", {"reason": "letter 17"}))


def request(staff: Client, audience: object, edition: str = "") -> str:
    edition = edition or an_edition(staff)
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    body = {"version": version, "audience": audience}
    made: str = ok(staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key="k"), 202)["send"]
    return made


def rest(platform: Platform) -> None:
    for _ in range(2):
        platform.drain()
        platform.clock.advance(61)
        platform.invoke("tend_sends", {})
    platform.drain()


def mails(platform: Platform, name: str) -> int:
    return len(platform.outbox.mails(to=f"{name}@example.org"))


def test_staff_erase_with_a_reason_that_is_audited_and_names_nobody(staff: Client, staff_as: Any, people: dict[str, str]) -> None:
    path = f"/v1/supporters/{people['anna']}/erase"
    problem(staff_as("editor", "sender", "auditor").post(path, {"reason": "letter 17"}), 403)
    problem(staff.post(path, {}), 422)
    problem(staff.post(path, {"reason": "anna@example.org asked"}), 422)
    problem(staff.post("/v1/supporters/AAAAAAA8/erase", {"reason": "letter 17"}), 404)
    gone = erase(staff, people["anna"])
    assert erase(staff, people["anna"]) == gone
    shown = ok(staff.get(f"/v1/supporters/{people['anna']}"))
    assert (shown["state"], shown["address"], shown["name"], shown["newsletter"]) == ("erased", "", "", [])
    problem(staff.post("/v1/supporters/search", {"address": "anna@example.org"}), 404)
    problem(staff.post("/v1/supporters/search", {"external_id": "crm-anna"}), 404)
    entries = ok(staff.get(f"/v1/audit?object=supporter%23{people['anna']}"))["entries"]
    assert [e["detail"] for e in entries if e["action"] == "supporter.erased"] == [{"reason": "letter 17"}] * 2


def test_a_send_under_way_skips_who_was_erased_since_it_was_planned(
    platform: Platform, staff: Client, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    real = mailing.mail_all

    def first_erase(visit: Any, ids: Any) -> None:
        if not held:
            held.append(erase(staff, people["ben"])["receipt"])
        real(visit, ids)

    monkeypatch.setattr("functions.deliver.step.mail_all", first_erase)
    send = request(staff, {"everyone": True})
    rest(platform)
    assert held
    assert [mails(platform, name) for name in NAMES] == [1, 0, 1, 1]
    shown = ok(staff.get(f"/v1/sends/{send}"))
    assert (shown["state"], shown["planned"], shown["messages"]["skipped:erased"]) == ("ended", 4, 1)


def test_a_mail_claimed_while_they_were_being_erased_loses_its_greeting_a_few_minutes_later(
    platform: Platform, staff: Client, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mailing._claimed
    done: list[Any] = []

    def erased_just_before(visit: Any, batch: Any, recipes: Any) -> Any:
        if not done:
            done.append(erase(staff, people["anna"]))
        return real(visit, batch, recipes)

    monkeypatch.setattr(mailing, "_claimed", erased_just_before)
    send = request(staff, {"supporters": [people["anna"]]})
    platform.drain()
    key = {"chunk": {"S": f"{send}#00000"}, "supporter": {"S": people["anna"]}}
    row = platform.aws.dynamodb.get_item(TableName="messages", Key=key)["Item"]
    assert row["greeting"]["S"]  # it was read before, so the mail is as it was
    platform.clock.advance(SWEEP_AFTER_MS / 1000 + 1)
    platform.invoke("tend_sends", {})
    row = platform.aws.dynamodb.get_item(TableName="messages", Key=key)["Item"]
    assert "greeting" not in row
    assert "picks" not in row


def test_no_import_brings_them_back_under_their_address_or_their_id(
    platform: Platform, staff: Client, people: dict[str, str]
) -> None:
    erase(staff, people["anna"])
    for row in ("anna@example.org,crm-anna", "Anna@Example.org,", "anna.new@example.org,crm-anna"):
        result = import_csv(platform, staff, f"e-mail,external_id\n{row}\nnew@example.org,crm-new\n")
        assert result["suppressed"] == 1, row
    for body in ({"address": "anna@example.org"}, {"address": "other@example.org", "external_id": "crm-anna"}):
        assert ok(staff.post("/v1/supporters", {**body, "newsletter": {"lists": ["national"]}}))["outcome"] == "suppressed"
    request(staff, {"everyone": True})
    rest(platform)
    assert [mails(platform, name) for name in ("anna", "anna.new", "other", "new", "ben")] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_staff_and_queues_do_after_it_the_erased_stay_unmailed(
    platform: Platform, staff: Client, people: dict[str, str], seed: int
) -> None:
    """A property, played in a random order: retries, sends again, corrections, imports, reports of SES."""
    dice = random.Random(seed)
    faulty = request(staff, {"everyone": True})
    rest(platform)
    before = {name: mails(platform, name) for name in NAMES}
    erased = dice.sample(NAMES, 2)
    for name in erased:
        erase(staff, people[name])
    csv = "e-mail,external_id\n" + "".join(f"{name}@example.org,crm-{name}\n" for name in NAMES)

    def again() -> None:
        for n in range(2):
            platform.send_message("deliver", {"send": faulty, "chunk": f"{n:05d}"})
            platform.send_message("plan", {"send": faulty, "part": n})

    acts: list[Callable[[], Any]] = [
        again,
        lambda: request(staff, {"got": faulty}, an_edition(staff, name="rectificatie")),
        lambda: request(staff, {"supporters": [people[name] for name in NAMES]}),
        lambda: import_csv(platform, staff, csv),
        lambda: request(staff, {"everyone": True}),
        lambda: [a_supporter(staff, f"{name}@example.org") for name in NAMES if name not in erased],
    ]
    platform.faults.duplicate_messages = 3
    for act in dice.sample(acts, len(acts)):
        act()
        rest(platform)
    for name in NAMES:
        assert (mails(platform, name) > before[name]) is (name not in erased), name


def test_links_in_mails_already_out_still_lead_on_and_record_nothing(
    platform: Platform, staff: Client, web: Client, people: dict[str, str]
) -> None:
    request(staff, {"everyone": True})
    rest(platform)
    (mail,) = platform.outbox.mails(to="carla@example.org")
    path = f"/m/{sign_short(ring(), Power.FRESH, people['carla'], int(platform.clock.now()) + 900)}/data"
    assert web.post(path, urlencode({"do": "erase-now"}), Content_Type="application/x-www-form-urlencoded").status == 200
    links = set(re.findall(re.escape(platform.url) + r"(/[lc]/[^\s\"]+)", mail.html))
    assert links
    assert {web.get(link).status for link in links} == {302}
    platform.drain()
    found = platform.aws.dynamodb.query(
        TableName="events", KeyConditionExpression="supporter = :s", ExpressionAttributeValues={":s": {"S": people["carla"]}}
    )
    assert found["Items"] == []
