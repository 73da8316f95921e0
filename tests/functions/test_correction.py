"""A correction mail: to exactly those whom the faulty send reached, and of them to those who may still be mailed."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from functions.plan_send import step as planning
from local.client import Client, Reply
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.functions.party import LIST, a_supporter, an_edition, fields, ok, problem, set_up


@pytest.fixture
def people(empty_platform: Platform, staff: Client) -> dict[str, str]:
    """Name -> supporter, all on the list; the mailbox of "full" is full."""
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    empty_platform.account.outcome = lambda address: Outcome.MAILBOX_FULL if address.startswith("full") else None
    return {name: a_supporter(staff, f"{name}@example.org") for name in ("anna", "ben", "carla", "dirk", "full")}


def request(staff: Client, audience: object, key: str = "k1", edition: str = "", **more: object) -> Reply:
    edition = edition or an_edition(staff, name="rectificatie")
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    return staff.post(f"/v1/editions/{edition}/sends", {"version": version, "audience": audience, **more}, Idempotency_Key=key)


def sent(platform: Platform, staff: Client, audience: object, **more: str) -> str:
    """A send that has come to rest."""
    id_: str = ok(request(staff, audience, **more), 202)["send"]
    rest(platform)
    return id_


def rest(platform: Platform) -> None:
    for _ in range(2):
        platform.drain()
        platform.clock.advance(61)
        platform.invoke("tend_sends", {})
    platform.drain()


def mails(platform: Platform) -> Counter[str]:
    return Counter(mail.address.split("@")[0] for mail in platform.outbox.mails())


def test_a_correction_reaches_those_who_got_the_faulty_mail_but_for_those_who_left(
    platform: Platform, staff: Client, people: dict[str, str]
) -> None:
    faulty = sent(platform, staff, {"supporters": [people[name] for name in ("anna", "ben", "carla", "full")]})
    a_supporter(staff, "new@example.org")
    ok(staff.post("/v1/suppressions/imports", "address,reason\nben@example.org,unsubscribed\n", Content_Type="text/csv"))
    told = ok(staff.post(f"/v1/editions/{an_edition(staff)}/dry-runs", {"audience": {"got": faulty}}))
    assert (told["recipients"], told["skipped"], told["exact"]) == (2, {"suppressed": 1}, True)
    before = mails(platform)
    correction = ok(staff.get(f"/v1/sends/{sent(platform, staff, {'got': faulty})}"))
    assert mails(platform) - before == Counter(["anna", "carla"])
    assert (correction["got"], correction["state"], correction["planned"]) == (faulty, "ended", 3)
    assert correction["messages"]["skipped:suppressed"] == 1


def test_a_correction_is_planned_chunk_by_chunk_and_part_by_part(
    platform: Platform, staff: Client, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CHUNK_SIZE", 2)
    monkeypatch.setattr(planning, "PART", 1)
    faulty = sent(platform, staff, {"supporters": list(people.values())})
    assert ok(staff.get(f"/v1/sends/{faulty}"))["chunks"] == 3
    platform.faults.duplicate_messages = 5
    before = mails(platform)
    correction = sent(platform, staff, {"got": faulty})
    assert mails(platform) - before == Counter(["anna", "ben", "carla", "dirk"])
    assert ok(staff.get(f"/v1/sends/{correction}"))["planned"] == 4


def test_a_send_is_corrected_on_its_own_list_after_it_has_come_to_rest(
    platform: Platform, staff: Client, people: dict[str, str]
) -> None:
    later = ok(request(staff, {"everyone": True}, start_at="2099-01-01T09:00:00+01:00"), 202)["send"]
    early = problem(request(staff, {"got": later}), 409)
    assert "cancel it, or wait" in early["detail"]
    assert [error["field"] for error in early["errors"]] == ["audience.got"]
    ok(staff.put("/v1/lists/utrecht", LIST))
    assert fields(request(staff, {"got": later}, edition=an_edition(staff, list="utrecht"))) == {"audience.got"}
    assert fields(request(staff, {"got": "AAAAAAAA"})) == {"audience.got"}
    assert fields(staff.post(f"/v1/editions/{an_edition(staff)}/dry-runs", {"audience": {"got": "AAAAAAAA"}})) == {"audience.got"}
    ok(staff.post(f"/v1/sends/{later}/cancel"))
    rest(platform)
    nobody = problem(request(staff, {"got": later}), 422)
    assert nobody["errors"] == [{"field": "audience", "reason": f"nobody: send {later} reached nobody"}]
    starts = datetime.fromtimestamp(platform.clock.now() + 3600, UTC).isoformat()
    at_last = ok(request(staff, {"got": later}, start_at=starts), 202)["send"]
    platform.clock.advance(3700)
    rest(platform)
    assert ok(staff.get(f"/v1/sends/{at_last}"))["reason"] == f"send {later} reached nobody"


def test_one_correction_serves_two_sends_of_one_edition_and_nobody_gets_it_twice(
    platform: Platform, staff: Client, people: dict[str, str]
) -> None:
    edition = an_edition(staff)
    first = sent(platform, staff, {"supporters": [people["anna"], people["ben"]]}, edition=edition)
    second = sent(platform, staff, {"supporters": [people["carla"]]}, edition=edition, key="k2")
    other = sent(platform, staff, {"supporters": [people["anna"]]})
    assert fields(request(staff, {"got": first}, edition=edition, key="k3"), 409) == {"audience"}
    correction, before = an_edition(staff, name="rectificatie"), mails(platform)
    sent(platform, staff, {"got": first}, edition=correction)
    sent(platform, staff, {"got": second}, edition=correction, key="k2")
    assert mails(platform) - before == Counter(["anna", "ben", "carla"])
    for again in ({"got": first}, {"got": other}, {"everyone": True}, {"supporters": [people["dirk"]]}):
        assert fields(request(staff, again, edition=correction, key="k3"), 409) == {"audience"}


def test_a_correction_waits_while_the_faulty_send_is_on_its_way_again(
    platform: Platform, staff: Client, people: dict[str, str]
) -> None:
    faulty = sent(platform, staff, {"supporters": [people["anna"], people["ben"]]})
    at = int(platform.clock.now() * 1000) + 600_000
    correction = ok(request(staff, {"got": faulty}, start_at=at), 202)["send"]
    platform.aws.dynamodb.update_item(  # as when staff have some of it mailed again
        TableName="sends",
        Key={"send": {"S": faulty}},
        UpdateExpression="SET #state = :sending REMOVE ended_at",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":sending": {"S": "sending"}},
    )
    platform.clock.advance(700)
    before = mails(platform)
    platform.send_message("plan", {"send": correction, "part": 0})
    platform.drain()
    assert ok(staff.get(f"/v1/sends/{correction}"))["planned"] == 0
    rest(platform)
    assert mails(platform) - before == Counter(["anna", "ben"])
