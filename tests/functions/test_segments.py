"""Segments over the API, and a send to one: who matches, who is left out because consent is missing, and nothing changes later."""

import json
from typing import Any

import pytest

from functions.domain.click import DAY_S, click_token
from functions.plan_send import handler as plan_send
from functions.plan_send import step as planning
from functions.staff_api.routes import segments
from functions.staff_api.wiring import now_ms
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import LIST, a_supporter, an_edition, fields, ok, problem, set_up
from tests.stored import Stored

FEW = "fewer than 10"
TOLD, SEEN = {"declared_topics": "grant002"}, {"observed_interest": "grant003"}
NL = {"field": "language", "is": "nl"}
UTRECHT = {"field": "region", "is": "Utrecht"}
CLIMATE = {"field": "topic_declared", "is": "climate"}


@pytest.fixture(autouse=True)
def party(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)


@pytest.fixture
def stored(platform: Platform) -> Stored:
    return Stored(platform)


def put(staff: Client, expression: object, id_: str = "green", **more: object) -> Reply:
    return staff.put(f"/v1/segments/{id_}", {"segment": expression, **more})


def count(staff: Client, id_: str = "green", mailing_list: str = "national") -> Any:
    return ok(staff.post(f"/v1/segments/{id_}/count", {"list": mailing_list}))


def people(stored: Stored, letter: str, many: int, **more: Any) -> list[str]:
    return [stored.supporter(f"person{letter}{n}", lists=("national",), **more) for n in range(many)]


def ready(staff: Client, **more: object) -> tuple[str, str]:
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    id_ = an_edition(staff, **more)
    return id_, ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]


def ask(staff: Client, edition: tuple[str, str], segment: str = "green", key: str = "k1") -> Reply:
    body = {"version": edition[1], "audience": {"segment": segment}}
    return staff.post(f"/v1/editions/{edition[0]}/sends", body, Idempotency_Key=key)


def told(*topics: str) -> dict[str, Any]:
    return {"grants": TOLD, "topics": frozenset(topics)}


def mailed(platform: Platform) -> list[str]:
    return sorted(mail.address for mail in platform.outbox.mails())


def test_a_segment_is_put_read_and_put_back(staff: Client) -> None:
    rule = {"all": [NL, {"not": CLIMATE}, {"field": "engagement", "at_least": 2.5}]}
    assert ok(put(staff, rule, title="Not yet green")) == {"id": "green", "version": 1, "changed": True}
    read = ok(staff.get("/v1/segments/green"))
    assert (read["segment"], read["title"]) == (rule, "Not yet green")
    assert ok(staff.put("/v1/segments/green", read))["changed"] is False
    assert [segment["id"] for segment in ok(staff.get("/v1/segments"))["segments"]] == ["green"]
    ok(put(staff, NL))
    late = problem(staff.put("/v1/segments/green", read), 409)
    assert late["type"].endswith("changed-meanwhile")
    assert late["errors"] == [{"field": "version", "reason": "is 1, and the segment is at version 2 by now"}]


def test_a_mistake_is_a_problem_with_its_path(staff: Client) -> None:
    wrong = {"all": [NL, {"field": "shoe_size", "is": "44"}, {"field": "topic_declared", "is": "tax"}]}
    found = problem(put(staff, wrong), 422)
    assert {error["field"] for error in found["errors"]} == {"segment.all[1].field", "segment.all[2].is"}
    assert "no topic 'tax'" in json.dumps(found)
    assert fields(put(staff, [NL])) == {"segment"}
    assert fields(staff.put("/v1/segments/green", {})) == {"segment"}
    assert problem(staff.get("/v1/segments/green"), 404)


def test_a_count_shows_no_group_under_ten(staff: Client, stored: Stored) -> None:
    ok(put(staff, CLIMATE))
    people(stored, "A", 10, **told("climate"))
    people(stored, "B", 9, **told("care"))
    people(stored, "C", 9, topics=frozenset({"climate"}))  # ticked once; that consent stands no more
    found = count(staff)
    assert {name: found[name] for name in ("matched", "not_matched", "left_out", "missing", "estimate", "looked_at")} == {
        "matched": 10,
        "not_matched": FEW,
        "left_out": FEW,
        "missing": {"declared_topics": FEW},
        "estimate": False,
        "looked_at": None,
    }
    people(stored, "D", 1, topics=frozenset({"climate"}))
    assert (count(staff)["left_out"], count(staff)["missing"]) == (10, {"declared_topics": 10})
    assert found["categories"] == ["declared topics"]


def test_a_count_is_among_those_on_the_list_and_in_the_audit_log(staff: Client, stored: Stored) -> None:
    ok(put(staff, NL))
    people(stored, "A", 12)
    ok(staff.put("/v1/lists/utrecht", LIST))
    assert count(staff)["matched"] == 12
    assert count(staff, mailing_list="utrecht")["matched"] == FEW
    counted = [e for e in ok(staff.get("/v1/audit"))["entries"] if e["action"] == "segment.counted"]
    assert sorted(e["detail"]["list"] for e in counted) == ["national", "utrecht"]
    problem(staff.post("/v1/segments/green/count", {"list": "nowhere"}), 404)
    problem(staff.post("/v1/segments/blue/count", {"list": "national"}), 404)


def test_a_count_of_part_of_the_list_says_that_it_is_an_estimate(
    staff: Client, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(put(staff, NL))
    for n in range(12):  # 3 MB: more than one page of a scan
        people(stored, chr(65 + n), 1, name="x" * 250_000)
    monkeypatch.setattr(segments, "COUNTED", 1)
    found = count(staff)
    assert (found["estimate"], found["looked_at"]) == (True, 0)


def test_a_send_reaches_who_matches_and_says_how_many_were_left_out(platform: Platform, staff: Client, stored: Stored) -> None:
    ok(put(staff, {"any": [CLIMATE, {"field": "interest_tag", "is": "climate"}]}))
    ticked = people(stored, "A", 2, **told("climate"))
    seen = people(stored, "B", 1, grants=SEEN, tags=[{"topic": "climate", "since": 1}])
    people(stored, "C", 1, grants=TOLD | SEEN, topics=frozenset({"care"}))
    people(stored, "D", 9)
    people(stored, "E", 5, **told("care"))
    send = ok(ask(staff, ready(staff)), 202)["send"]
    platform.drain()
    platform.invoke("tend_sends", {})
    report = ok(staff.get(f"/v1/sends/{send}"))
    assert mailed(platform) == sorted([*ticked, *seen])
    assert (report["state"], report["planned"]) == ("ended", 3)
    assert report["left_out"] == {"people": 14, "declared_topics": FEW, "observed_interest": 14}
    assert report["segment"]["version"] == 1


def test_not_reaches_nobody_whose_consent_is_missing(platform: Platform, staff: Client, stored: Stored) -> None:
    ok(put(staff, {"not": CLIMATE}))
    people(stored, "A", 1, **told("climate"))
    others = people(stored, "B", 1, **told("care"))
    people(stored, "C", 3)
    ok(ask(staff, ready(staff)), 202)
    platform.drain()
    assert mailed(platform) == others


def test_every_field_is_read_for_a_send(platform: Platform, staff: Client, stored: Stored) -> None:
    at = now_ms() - 5 * DAY_S * 1000
    clicks = frozenset(click_token(f"send000{n}", 0, "c", at) for n in range(3))
    everything = {
        "region": UTRECHT,
        "branch": {"field": "attribute", "name": "branch", "in": ["zuid", "noord"]},
        "stage": {"field": "stage", "at_least": "member"},
        "topic": CLIMATE,
        "tag": {"field": "interest_tag", "is": "care"},
        "engaged": {"field": "engagement", "at_least": 2.0},
        "clicked": {"field": "clicked_within_days", "is": 6},
        "opened": {"field": "opened_within_days", "is": 6},
        "joined": {"all": [NL, {"field": "joined_after", "is": "2025-01-01"}, {"field": "joined_before", "is": "2025-02-01"}]},
    }
    all_of_it = people(
        stored,
        "A",
        10,
        grants=TOLD | SEEN | {"open_pixel": "grant004"},
        opened_at=at,
        attributes={"region": {"value": "Utrecht", "source": "import"}, "branch": {"value": "Zuid", "source": "supporter"}},
        stage={"value": "volunteer", "source": "import"},
        topics=frozenset({"climate"}),
        tags=[{"topic": "care", "since": 1}],
        clicks=clicks,
        created=1_736_000_000_000,
    )
    people(stored, "B", 1, grants=TOLD | SEEN | {"open_pixel": "grant004"}, opened_at=at - 30 * DAY_S * 1000)
    for id_, rule in everything.items():
        ok(put(staff, rule, id_))
        assert (count(staff, id_)["matched"], count(staff, id_)["not_matched"]) == (10, FEW), id_
    ok(ask(staff, ready(staff), "engaged"), 202)
    platform.drain()
    assert mailed(platform) == sorted(all_of_it)


def test_a_segment_changed_after_the_request_changes_nothing(platform: Platform, staff: Client, stored: Stored) -> None:
    ok(put(staff, {"field": "language", "is": "nl"}))
    dutch = people(stored, "A", 2)
    people(stored, "B", 2, language="en")
    edition = ready(staff)
    send = ok(ask(staff, edition), 202)["send"]
    ok(put(staff, {"field": "language", "is": "en"}))
    assert ok(ask(staff, edition), 202)["send"] == send
    platform.drain()
    assert mailed(platform) == dutch
    assert ok(staff.get(f"/v1/sends/{send}"))["segment"] == {"id": "green", "version": 1, "segment": NL}
    assert fields(ask(staff, edition, key="k2"), 409) == {"audience"}


def test_a_send_to_nobody_known_to_match_is_refused(staff: Client, stored: Stored) -> None:
    ok(put(staff, CLIMATE))
    people(stored, "A", 3)
    edition = ready(staff)
    assert fields(ask(staff, edition)) == {"audience.segment"}
    assert fields(ask(staff, edition, "blue")) == {"audience.segment"}


def test_an_observed_field_matches_nobody_under_a_lower_ceiling(staff: Client, stored: Stored, setting: Any) -> None:
    ok(put(staff, {"field": "interest_tag", "is": "climate"}))
    people(stored, "A", 10, grants=SEEN, tags=[{"topic": "climate", "since": 1}])
    assert count(staff)["matched"] == 10
    setting("CEILING", "declared")
    assert (count(staff)["matched"], count(staff)["missing"]) == (FEW, {"observed_interest": 10})


def test_a_segment_of_many_parts_has_everybody_who_matches_once(
    platform: Platform, staff: Client, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PAGES", 1)
    ok(put(staff, {"any": [CLIMATE, {"field": "language", "is": "en"}]}))
    wanted = [people(stored, chr(65 + n), 1, name="x" * 250_000, language="en")[0] for n in range(10)]
    people(stored, "Z", 3)
    send = ok(ask(staff, ready(staff)), 202)["send"]
    platform.drain()
    assert len(platform.outbox.mails()) == len(set(mailed(platform))) == len(wanted)
    row = next(row for row in stored.rows("sends") if row["send"] == send)
    assert row["part"] > 1
    assert row["left_out"] == {"people": 3, "declared_topics": 3}


def test_a_supporter_is_found_by_what_an_import_said_of_them(platform: Platform, staff: Client, stored: Stored) -> None:
    ok(put(staff, UTRECHT))
    a_supporter(staff, attributes={"region": "Utrecht"})  # as staff wrote it: not told by the person
    for row in stored.rows("supporters"):
        stored.put("supporters", row | {"grants": TOLD})
    assert fields(ask(staff, ready(staff))) == {"audience.segment"}


def test_who_withdraws_before_delivery_is_skipped_by_name(platform: Platform, staff: Client, stored: Stored) -> None:
    ok(put(staff, {"any": [CLIMATE, {"field": "language", "is": "en"}]}))
    stays, english = people(stored, "A", 1, **told("climate")), people(stored, "B", 1, language="en")
    people(stored, "C", 1, **told("climate"))
    edition = ready(staff)
    send = ok(ask(staff, edition), 202)["send"]
    run_plan(platform, send)
    stored.supporter("personC0", lists=("national",))  # withdrawn: no grant, no topics
    stored.supporter("personB0", lists=("national",), language="en")
    platform.drain()
    assert mailed(platform) == sorted([*stays, *english])
    skipped = {row["supporter"]: row["reason"] for row in stored.rows("messages") if row["state"] == "skipped"}
    assert skipped == {"personC0": "no_segment_consent"}


def run_plan(platform: Platform, send: str) -> None:
    """Plan, and leave the chunks where they are."""
    plan_send.handle({"Records": [{"body": json.dumps({"send": send, "part": 0})}]}, None)
