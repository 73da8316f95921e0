"""How a send is released over time: a seed batch first, spread over days, and what fits SES's quota."""

from collections import Counter
from typing import Any

import pytest

from functions.deliver import step as delivering
from functions.plan_send import step as planning
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import an_edition, fields, ok, problem, set_up
from tests.stored import Stored

EVERYONE = {"everyone": True}
DAY_S = 86_400


@pytest.fixture
def stored(empty_platform: Platform, staff: Client, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Forty supporters in chunks of ten, planned in parts of two chunks."""
    monkeypatch.setattr(planning, "CHUNK_SIZE", 10)
    monkeypatch.setattr(planning, "PART", 2)
    monkeypatch.setattr(delivering, "THREADS", 2)
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    on_platform = Stored(empty_platform)
    for n in range(40):
        on_platform.supporter(f"person{n:02d}", lists=("national",))
    return on_platform


def ask(staff: Client, key: str = "k1", **more: Any) -> Reply:
    edition = an_edition(staff)
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    body = {"version": version, "audience": EVERYONE, **more}
    return staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key=key)


def asked(staff: Client, **more: Any) -> str:
    return str(ok(ask(staff, **more), 202)["send"])


def minutes(platform: Platform, count: int = 3) -> None:
    """Let everything come to rest, with the rounds of some minutes."""
    for _ in range(count):
        platform.drain()
        platform.clock.advance(61)
        platform.invoke("tend_sends", {})
    platform.drain()


def a_day(platform: Platform) -> None:
    platform.clock.advance(DAY_S)
    minutes(platform)


def mailed(platform: Platform) -> int:
    """How many were mailed, each once."""
    addresses = Counter(mail.address for mail in platform.outbox.mails())
    assert set(addresses.values()) <= {1}
    return len(addresses)


def shown(staff: Client, send: str) -> Any:
    return ok(staff.get(f"/v1/sends/{send}"))


def test_a_seed_batch_goes_out_at_once_then_the_send_holds_until_staff_say_so(
    platform: Platform, stored: Stored, staff: Client
) -> None:
    send = asked(staff, seed={"share": 0.11})
    platform.drain()  # no minute's round is needed for the first mail
    assert mailed(platform) == 5
    minutes(platform, 8)  # in which its reports come in
    report = shown(staff, send)
    assert (report["state"], report["planned"], report["open"], report["messages"]) == ("paused", 40, 35, {"delivered": 5})
    assert report["reason"].startswith("seed batch is out: 5 of 40")
    a_day(platform)
    assert mailed(platform) == 5
    ok(staff.post(f"/v1/sends/{send}/resume"))
    platform.drain()
    assert mailed(platform) == 40
    minutes(platform)
    report = shown(staff, send)
    assert (report["state"], report["open"], report["reason"]) == ("ended", 0, None)


def test_a_send_cancelled_after_its_seed_batch_names_everybody_else(platform: Platform, stored: Stored, staff: Client) -> None:
    send = asked(staff, seed={"people": 12})
    minutes(platform, 8)
    ok(staff.post(f"/v1/sends/{send}/cancel"))
    minutes(platform)
    report = shown(staff, send)
    assert (report["state"], report["open"]) == ("cancelled", 0)
    assert report["messages"] == {"delivered": 12, "skipped": 28, "skipped:send_cancelled": 28}
    assert mailed(platform) == 12


def test_a_pause_before_the_seed_batch_is_out_does_not_let_the_others_through(
    platform: Platform, stored: Stored, staff: Client
) -> None:
    platform.account.sending_enabled = False
    send = asked(staff, seed={"people": 3})
    minutes(platform)
    assert shown(staff, send)["state"] == "stopped"
    platform.account.sending_enabled = True
    ok(staff.post(f"/v1/sends/{send}/resume"))
    minutes(platform)
    assert (shown(staff, send)["state"], mailed(platform)) == ("paused", 3)


def test_a_send_spread_over_days_goes_on_by_itself(platform: Platform, stored: Stored, staff: Client) -> None:
    send = asked(staff, spread={"per_day": 15})
    minutes(platform)
    report = shown(staff, send)
    assert (report["state"], mailed(platform), report["open"]) == ("sending", 15, 25)
    assert (report["course"]["released"], report["course"]["day"]) == (15, 1)
    platform.clock.advance(DAY_S - 600)
    minutes(platform)
    assert mailed(platform) == 15
    platform.clock.set(report["course"]["more_at"] / 1000 + 1)
    minutes(platform)
    assert mailed(platform) == 30
    a_day(platform)
    assert mailed(platform) == 40
    assert (shown(staff, send)["state"], shown(staff, send)["open"]) == ("ended", 0)


def test_chunks_that_wait_for_their_day_are_not_nudged(platform: Platform, stored: Stored, staff: Client) -> None:
    asked(staff, spread={"per_day": 15})
    minutes(platform, 8)
    chunks = sorted(stored.rows("chunks"), key=lambda chunk: str(chunk["chunk"]))
    assert [(chunk["state"], chunk["first"]) for chunk in chunks] == [("done", 0), ("open", 10), ("open", 20), ("open", 30)]
    assert [chunk.get("nudged", 0) for chunk in chunks[2:]] == [0, 0]
    before = chunks[1].get("nudged", 0)
    minutes(platform, 5)
    assert sorted(stored.rows("chunks"), key=lambda chunk: str(chunk["chunk"]))[1].get("nudged", 0) == before


def test_a_warm_up_rises_from_day_to_day_and_a_pause_saves_nothing_up(platform: Platform, stored: Stored, staff: Client) -> None:
    send = asked(staff, spread={"warm_up": [2, 4, 8]})
    minutes(platform)
    assert mailed(platform) == 2
    ok(staff.post(f"/v1/sends/{send}/pause"))
    for _ in range(3):
        a_day(platform)
    assert mailed(platform) == 2
    ok(staff.post(f"/v1/sends/{send}/resume"))
    for day in (6, 14, 22, 30, 38, 40):
        minutes(platform)
        assert mailed(platform) == day
        platform.clock.advance(DAY_S)
    assert shown(staff, send)["state"] == "ended"


def test_a_seed_batch_and_a_spread_go_together(platform: Platform, stored: Stored, staff: Client) -> None:
    send = asked(staff, seed={"people": 4}, spread={"per_day": 18})
    minutes(platform)
    assert (mailed(platform), shown(staff, send)["state"]) == (4, "paused")
    ok(staff.post(f"/v1/sends/{send}/resume"))
    minutes(platform)
    assert (mailed(platform), shown(staff, send)["state"]) == (18, "sending")
    a_day(platform)
    assert mailed(platform) == 36
    a_day(platform)
    assert (mailed(platform), shown(staff, send)["state"]) == (40, "ended")


def test_a_send_cancelled_in_mid_spread_names_who_was_never_released(platform: Platform, stored: Stored, staff: Client) -> None:
    send = asked(staff, spread={"per_day": 15})
    minutes(platform)
    a_day(platform)
    ok(staff.post(f"/v1/sends/{send}/cancel"))
    minutes(platform)
    report = shown(staff, send)
    assert (report["state"], report["open"], report["messages"]["skipped:send_cancelled"]) == ("cancelled", 0, 10)
    assert mailed(platform) == 30


def test_a_planner_that_dies_before_it_releases_is_made_good_by_the_next_round(
    platform: Platform, stored: Stored, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning.Planner, "_release", lambda *_: None)
    asked(staff, spread={"per_day": 15})
    minutes(platform)
    assert mailed(platform) == 15


def test_who_is_unknown_in_a_spread_send_is_mailed_again_before_the_next_day(
    platform: Platform, stored: Stored, staff: Client
) -> None:
    send = asked(staff, spread={"per_day": 15})
    minutes(platform)
    row = next(row for row in stored.rows("messages") if row["chunk"].endswith("#00000"))
    stored.put("messages", row | {"state": "unknown"})
    chunk = next(chunk for chunk in stored.rows("chunks") if chunk["chunk"] == "00000")
    stored.put("chunks", chunk | {"counts": {"delivered": 9, "unknown": 1}})
    assert ok(staff.post(f"/v1/sends/{send}/unknown", {"do": "resend"})) == {"decided": 1, "more": False}
    minutes(platform)
    assert len(platform.outbox.mails()) == 16
    assert Counter(row["state"] for row in stored.rows("messages")) == {"delivered": 15}


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({"seed": {}}, {"seed"}),
        ({"seed": {"share": 0.1, "people": 3}}, {"seed"}),
        ({"seed": {"share": 1}}, {"seed.share"}),
        ({"seed": {"people": 0}}, {"seed.people"}),
        ({"seed": {"percent": 1}}, {"seed.percent"}),
        ({"spread": {"per_day": 0}}, {"spread.per_day"}),
        ({"spread": {"per_day": 5, "warm_up": [5]}}, {"spread"}),
        ({"spread": {"warm_up": []}}, {"spread.warm_up"}),
        ({"spread": {"warm_up": [50, 500, 400]}}, {"spread.warm_up"}),
        ({"spread": {"warm_up": [50, "many"]}}, {"spread.warm_up[1]"}),
    ],
)
def test_what_is_wrong_with_a_course_is_named(stored: Stored, staff: Client, terms: Any, named: set[str]) -> None:
    assert fields(ask(staff, **terms)) == named


def test_a_send_that_does_not_fit_is_offered_ways_that_do(platform: Platform, stored: Stored, staff: Client) -> None:
    platform.account.max_24h = 20.0
    refused = problem(ask(staff), 409)
    assert refused["type"] == "urn:achterban:problem:over-quota"
    even = refused["offers"][0]
    assert (even["spread"], even["days"]) == ({"per_day": 18}, 3)
    edition = an_edition(staff)
    assert ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": EVERYONE}))["offers"] == refused["offers"]
    send = asked(staff, spread=even["spread"])
    for day in (18, 36, 40):
        minutes(platform)
        assert mailed(platform) == day
        platform.clock.advance(DAY_S)
    assert shown(staff, send)["state"] == "ended"
    assert not platform.dead_letters("deliver")


def test_a_spread_must_fit_today_and_every_day(platform: Platform, stored: Stored, staff: Client) -> None:
    platform.account.max_24h = 20.0
    assert fields(ask(staff, spread={"per_day": 21}), 409) == {"spread"}
    assert fields(ask(staff, spread={"warm_up": [10, 30]}), 409) == {"spread"}
    ok(ask(staff, spread={"warm_up": [10, 20]}), 202)


def test_what_other_sends_are_about_to_mail_is_not_there_for_this_one(platform: Platform, stored: Stored, staff: Client) -> None:
    platform.account.max_24h = 70.0
    platform.account.sending_enabled = False
    first = asked(staff)
    minutes(platform)
    assert shown(staff, first)["state"] == "stopped"
    on = next(row for row in stored.rows("sends"))
    stored.put("sends", on | {"state": "sending"})
    refused = problem(ask(staff, key="k2"), 409)
    assert "40 that other sends are mailing" in refused["detail"]
    assert refused["offers"][0]["spread"]["warm_up"][0] == 30


def test_a_scheduled_send_is_asked_to_fit_a_whole_day(platform: Platform, stored: Stored, staff: Client) -> None:
    platform.account.max_24h = 20.0
    at = int(platform.clock.now() + 600) * 1000
    refused = problem(ask(staff, start_at=at), 409)
    assert "20 that SES takes in a day" in refused["detail"]
    ok(ask(staff, start_at=at, spread=refused["offers"][0]["spread"]), 202)


def test_a_scheduled_send_that_does_not_fit_when_its_time_comes_mails_nobody_and_says_why(
    platform: Platform, stored: Stored, staff: Client
) -> None:
    send = asked(staff, start_at=int(platform.clock.now() + 600) * 1000)
    platform.account.max_24h = 20.0
    platform.clock.advance(601)
    minutes(platform)
    report = shown(staff, send)
    assert (report["state"], report["planned"], report["open"]) == ("paused", 40, 40)
    assert report["reason"].startswith("over quota: 40 mails are more than the 20")
    assert mailed(platform) == 0
    platform.account.max_24h = 50.0
    ok(staff.post(f"/v1/sends/{send}/resume"))
    minutes(platform)
    assert (shown(staff, send)["state"], mailed(platform)) == ("ended", 40)


def test_staff_spread_what_turned_out_too_much_for_a_day(platform: Platform, stored: Stored, staff: Client) -> None:
    send = asked(staff, start_at=int(platform.clock.now() + 600) * 1000)
    platform.account.max_24h = 20.0
    platform.clock.advance(601)
    minutes(platform)
    assert fields(staff.put(f"/v1/sends/{send}/spread", {"per_day": 21}), 409) == {"spread"}
    assert fields(staff.put(f"/v1/sends/{send}/spread", {"warm_up": [9, 8]})) == {"warm_up"}
    ok(staff.put(f"/v1/sends/{send}/spread", {"per_day": 18}))
    ok(staff.post(f"/v1/sends/{send}/resume"))
    problem(staff.put(f"/v1/sends/{send}/spread", {"per_day": 5}), 409)
    for day in (18, 36, 40):
        minutes(platform)
        assert mailed(platform) == day
        platform.clock.advance(DAY_S)
    assert shown(staff, send)["state"] == "ended"


def test_a_send_that_ses_stopped_in_mid_day_goes_on_spread(platform: Platform, stored: Stored, staff: Client) -> None:
    platform.account.sending_enabled = False
    send = asked(staff)
    minutes(platform)
    assert shown(staff, send)["state"] == "stopped"
    platform.account.sending_enabled = True
    ok(staff.put(f"/v1/sends/{send}/spread", {"per_day": 25}))
    ok(staff.post(f"/v1/sends/{send}/resume"))
    minutes(platform)
    assert mailed(platform) == 25
    a_day(platform)
    assert mailed(platform) == 40
