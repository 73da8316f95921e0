"""The election calendar over the API and in deliveries: a second person in the last month, nobody mailed in a silence."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import templates
from functions.deliver import mailing as delivering
from functions.deliver import watch
from functions.domain.calendar import Calendar
from functions.domain.consent import Purpose
from local.client import Client, Reply
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import a_supporter, an_edition, fields, ok, problem, set_up
from tests.stored import Stored

EVERYONE = {"everyone": True}
HOUR_S, DAY_S = 3600, 86_400
ALL = {purpose: f"g-{purpose}" for purpose in Purpose if purpose is not Purpose.NEWSLETTER}
Say = Callable[..., None]


@pytest.fixture
def elections(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Say when the poll is and when silence is, in seconds from the platform's now."""
    now = empty_platform.clock.now()

    def moment(after_s: float) -> str:
        return (datetime.fromtimestamp(now, UTC) + timedelta(seconds=after_s)).isoformat()

    def say(poll_s: float, *silences: tuple[float, float]) -> None:
        periods = [{"from": moment(start), "to": moment(end)} for start, end in silences]
        body = {"name": "Council", "country": "NL", "polling_days": [moment(poll_s)[:10]], "silence": periods}
        calendar = Calendar.from_json({"elections": [body]})
        monkeypatch.setattr(templates, "calendar", lambda: calendar)

    return say


@pytest.fixture
def ready(empty_platform: Platform, staff: Client) -> tuple[str, str]:
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    a_supporter(staff)
    id_ = an_edition(staff)
    return id_, ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]


def send(staff: Client, ready: tuple[str, str], key: str = "k1", **more: object) -> Reply:
    edition, version = ready
    body = {"version": version, "audience": EVERYONE, **more}
    return staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key=key)


def another(platform: Platform) -> Client:
    return Client(platform.url, platform.staff_token("sender", subject="bert"))


def test_a_personalised_send_in_the_last_month_waits_for_a_second_person(
    platform: Platform, elections: Say, staff: Client, ready: tuple[str, str]
) -> None:
    elections(10 * DAY_S)
    taken = ok(send(staff, ready), 202)
    assert taken["state"] == "requested"
    assert "second person" in taken["waits_for"]
    platform.drain()
    platform.invoke("tend_sends", {})
    platform.drain()
    path = f"/v1/sends/{taken['send']}"
    waiting = ok(staff.get(path))
    assert (waiting["state"], waiting["planned"], platform.outbox.mails()) == ("requested", 0, [])
    assert problem(staff.post(f"{path}/approve"), 403)["type"].endswith("second-person")
    assert problem(staff.post(f"{path}/resume"), 409)["type"].endswith("approval")
    ok(another(platform).post(f"{path}/approve"))
    platform.drain()
    assert len(platform.outbox.mails(to="jan@example.org")) == 1
    assert ok(staff.get(path))["approval"]["by"] == "bert"
    ok(another(platform).post(f"{path}/approve"))  # again does no harm
    approved = [e for e in ok(staff.get(f"/v1/audit?object=send%23{taken['send']}"))["entries"] if e["action"] == "send.approved"]
    assert [entry["actor"] for entry in approved] == ["bert"]


def test_a_send_in_staffs_order_for_everybody_needs_nobody_else(
    platform: Platform, elections: Say, staff: Client, ready: tuple[str, str]
) -> None:
    elections(10 * DAY_S)
    taken = ok(send(staff, ready, comparison=1), 202)
    assert taken["waits_for"] is None
    problem(another(platform).post(f"/v1/sends/{taken['send']}/approve"), 409)
    platform.drain()
    assert len(platform.outbox.mails()) == 1


def test_long_before_an_election_nobody_else_is_asked(
    platform: Platform, elections: Say, staff: Client, ready: tuple[str, str]
) -> None:
    elections(100 * DAY_S)
    assert ok(send(staff, ready), 202)["waits_for"] is None


def test_a_send_that_would_mail_in_a_silence_is_refused_with_its_name(
    platform: Platform, elections: Say, staff: Client, ready: tuple[str, str]
) -> None:
    elections(2 * DAY_S, (DAY_S, 3 * DAY_S))
    begins = int((platform.clock.now() + 2 * DAY_S) * 1000)
    refused = problem(send(staff, ready, start_at=begins), 409)
    assert refused["type"].endswith("silence")
    assert "the silence of 'Council'" in refused["detail"]
    ok(send(staff, ready, comparison=1), 202)  # through before it begins


def test_a_vote_reminder_goes_out_in_a_silence_and_is_the_same_for_everybody(
    platform: Platform, elections: Say, staff: Client, ready: tuple[str, str]
) -> None:
    elections(HOUR_S, (-HOUR_S, DAY_S))
    problem(send(staff, ready), 409)
    jan = a_supporter(staff)
    assert fields(send(staff, ready, vote_reminder=True, audience={"supporters": [jan]})) == {"vote_reminder"}
    assert fields(send(staff, ready, vote_reminder=True, comparison=0.5)) == {"comparison"}
    ok(send(staff, ready, vote_reminder=True), 202)
    platform.drain()
    assert len(platform.outbox.mails(to="jan@example.org")) == 1


def test_a_vote_reminder_chooses_for_nobody_and_follows_nobody(platform: Platform, elections: Say) -> None:
    elections(HOUR_S, (-HOUR_S, DAY_S))
    stored, edition = Stored(platform), a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(4)])
    stored.edition(edition)
    stored.supporter("person01", grants=ALL)
    stored.supporter("person02")
    stored.send(edition, terms={"vote_reminder": True}, personal=False)
    platform.drain()
    rows = stored.rows("messages")
    assert {(row["selection"], row["links"], row["pixel"], row["picks"]) for row in rows} == {
        ("editorial", "shared", False, rows[0]["picks"])
    }


def test_a_send_under_way_pauses_by_itself_when_a_silence_begins(
    platform: Platform, elections: Say, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "THREADS", 1)
    monkeypatch.setattr(watch, "LOOK_AGAIN_MS", 0)
    elections(DAY_S, (HOUR_S, DAY_S))
    stored, edition = Stored(platform), a_compiled_edition([a_block("blok-1", topics=("care",))])
    stored.edition(edition)
    for n in range(20):
        stored.supporter(f"person{n:02d}")
    taken: list[str] = []

    def outcome(address: str) -> Outcome | None:
        taken.append(address)
        if len(taken) == 5:
            platform.clock.advance(HOUR_S + 1)
        return None

    platform.account.outcome = outcome
    stored.send(edition, personal=False)
    platform.drain()
    reached = len(platform.outbox.mails())
    assert 5 <= reached < 20
    platform.clock.advance(200)  # so that what is open is nudged again
    platform.invoke("tend_sends", {})
    platform.drain()
    shown = ok(staff.get("/v1/sends/sendsend"))
    assert (shown["state"], shown["open"]) == ("paused", 20 - reached)
    assert "the silence of 'Council'" in shown["reason"]
    assert problem(staff.post("/v1/sends/sendsend/resume"), 409)["type"].endswith("silence")
    platform.clock.advance(DAY_S)
    ok(staff.post("/v1/sends/sendsend/resume"))
    platform.drain()
    assert sorted(mail.address for mail in platform.outbox.mails()) == [f"person{n:02d}@example.org" for n in range(20)]


def test_a_personalised_send_that_runs_into_the_last_month_pauses_until_it_is_approved(
    platform: Platform, elections: Say, staff: Client
) -> None:
    elections(10 * DAY_S)
    stored, edition = Stored(platform), a_compiled_edition([a_block("blok-1", topics=("care",))])
    stored.edition(edition)
    stored.supporter("person01")
    stored.send(edition, personal=True)  # as it was asked for before: nobody had to approve it
    platform.drain()
    platform.invoke("tend_sends", {})
    platform.drain()
    shown = ok(staff.get("/v1/sends/sendsend"))
    assert (shown["state"], platform.outbox.mails()) == ("paused", [])
    assert "second person" in shown["approval"]["why"]
    ok(another(platform).post("/v1/sends/sendsend/approve"))
    ok(staff.post("/v1/sends/sendsend/resume"))
    platform.drain()
    assert len(platform.outbox.mails()) == 1


def test_the_calendar_is_shown_with_what_holds_now(elections: Say, staff: Client) -> None:
    elections(10 * DAY_S, (-HOUR_S, HOUR_S))
    shown: dict[str, Any] = ok(staff.get("/v1/calendar"))
    assert [election["name"] for election in shown["elections"]] == ["Council"]
    assert shown["last_month"] == "Council"
    assert "Council" in shown["silence"]


def test_a_calendar_that_is_wrong_says_so_and_nothing_is_sent(
    platform: Platform, staff: Client, ready: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "calendar", lambda: Calendar.from_json({"elections": [{"name": "?"}]}))
    assert "elections[0].polling_days" in problem(send(staff, ready), 409)["detail"]
