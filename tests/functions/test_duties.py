"""The party's duties over the API: the sign-off of topics, the yearly risk assessment, questions with their deadlines."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from functions.adapters import clock, templates
from functions.domain.calendar import Calendar
from functions.staff_api import electing, wiring
from local.client import Client
from local.platform import Platform
from tests.functions.party import TOPICS, a_supporter, an_edition, fields, ok, problem, set_up

SIGN_OFF = "/v1/topics/sign-off"


def another(platform: Platform, role: str = "editor") -> Client:
    return Client(platform.url, platform.staff_token(role, subject="bert"))


def day(ago: int = 0) -> str:
    return (datetime.fromtimestamp(clock.now(), UTC) - timedelta(days=ago)).date().isoformat()


def moment(hours_ago: float) -> str:
    return (datetime.fromtimestamp(clock.now(), UTC) - timedelta(hours=hours_ago)).isoformat()


def test_another_person_signs_the_topics_and_any_change_needs_a_new_sign_off(empty_platform: Platform, staff: Client) -> None:
    ok(staff.put("/v1/topics", TOPICS))
    version = ok(staff.get("/v1/topics"))["version"]
    signing = {"version": version, "neutral": True}
    assert problem(staff.post(SIGN_OFF, signing), 403)["type"].endswith("second-person")
    assert fields(another(empty_platform).post(SIGN_OFF, {**signing, "neutral": False})) == {"neutral"}
    assert problem(another(empty_platform).post(SIGN_OFF, {**signing, "version": version + 1}), 409)
    signed = ok(another(empty_platform).post(SIGN_OFF, signing))
    assert (signed["signed_by"], signed["needed"]) == ("bert", False)
    assert ok(another(empty_platform).post(SIGN_OFF, signing)) == signed
    ok(staff.put("/v1/topics", TOPICS))  # the same again
    assert ok(staff.get(SIGN_OFF))["signed_by"] == "bert"
    more = {"topics": [*TOPICS["topics"], {"id": "water", "code": "r", "names": {"nl": "Water"}}]}
    ok(staff.put("/v1/topics", more))
    now = ok(staff.get(SIGN_OFF))
    assert (now["signed_by"], now["signed_at"]) == (None, None)
    assert now["taxonomy"] != signed["taxonomy"]


def test_a_topic_that_says_what_people_are_is_refused_with_the_reason(empty_platform: Platform, staff: Client) -> None:
    refused = problem(staff.put("/v1/topics", {"topics": [{"id": "moslims", "code": "m", "names": {"nl": "Moslims"}}]}), 422)
    assert "religion" in refused["errors"][0]["reason"]
    ok(staff.put("/v1/topics", TOPICS))


def test_where_the_stage_asks_for_it_nothing_personalised_goes_out_before_the_topics_are_signed(
    empty_platform: Platform, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    a_supporter(staff)
    edition = an_edition(staff)
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    real = wiring.wiring()
    strict = dataclasses.replace(real, settings=dataclasses.replace(real.settings, taxonomy_signed="needed"))
    monkeypatch.setattr(electing, "wiring", lambda: strict)
    body = {"version": version, "audience": {"everyone": True}}
    path = f"/v1/editions/{edition}/sends"
    assert problem(staff.post(path, body, Idempotency_Key="k1"), 409)["type"].endswith("not-signed")
    ok(another(empty_platform).post(SIGN_OFF, {"version": ok(staff.get("/v1/topics"))["version"], "neutral": True}))
    ok(staff.post(path, body, Idempotency_Key="k1"), 202)


def test_the_yearly_risk_assessment_is_asked_for_until_it_is_recorded(empty_platform: Platform, staff: Client) -> None:
    assert "no risk assessment" in ok(staff.get("/v1/duties"))["risk_assessment"]["warning"]
    made = {"reference": "board 2025-14", "url": "https://www.party.example/risks"}
    ok(staff.post("/v1/risk-assessments", {"date": day(ago=400), **made}))
    assert "400 days ago" in ok(staff.get("/v1/duties"))["risk_assessment"]["warning"]
    ok(staff.post("/v1/risk-assessments", {"date": day(ago=1), **made}))
    assert ok(staff.post("/v1/risk-assessments", {"date": day(ago=1), **made}))["changed"] is False
    due = ok(staff.get("/v1/duties"))["risk_assessment"]
    assert (due["warning"], due["days_left"], due["url"]) == (None, 364, made["url"])
    assert fields(staff.post("/v1/risk-assessments", {"date": day(ago=-2), **made})) == {"date"}
    assert fields(staff.post("/v1/risk-assessments", {"date": day(), **made, "url": "http://x"})) == {"url"}


def test_a_question_has_a_deadline_until_it_is_answered(empty_platform: Platform, staff: Client) -> None:
    asked = {"received": moment(hours_ago=1), "from": "AP", "kind": "authority", "reference": "z2026-1"}
    taken = ok(staff.post("/v1/questions", asked))
    assert taken["due"] > taken["received"] + 8 * 86_400_000
    assert taken["late"] is False
    assert ok(staff.post("/v1/questions", asked))["question"] == taken["question"]
    old = ok(staff.post("/v1/questions", {**asked, "received": moment(hours_ago=24 * 30)}))
    assert old["late"] is True
    assert old["hours_left"] < 0
    listed = ok(staff.get("/v1/duties"))["questions"]
    assert [question["question"] for question in listed] == [old["question"], taken["question"]]
    path = f"/v1/questions/{old['question']}/answered"
    assert fields(staff.post(path, {"answered": moment(hours_ago=24 * 40)})) == {"answered"}
    done = ok(staff.post(path, {"answered": moment(hours_ago=0)}))
    assert (done["hours_left"], done["late"]) == (None, True)
    assert ok(staff.get("/v1/duties"))["questions"][-1]["question"] == old["question"]
    problem(staff.post("/v1/questions/nosuchid/answered", {"answered": moment(0)}), 404)
    assert fields(staff.post("/v1/questions", {**asked, "received": moment(hours_ago=-5)})) == {"received"}
    assert fields(staff.post("/v1/questions", {**asked, "received": "0001-01-01T00:00:00Z"})) == {"received"}


def test_in_the_last_month_a_question_has_48_hours(
    empty_platform: Platform, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar = Calendar.from_json({"elections": [{"name": "Council", "country": "NL", "polling_days": [day(ago=-10)]}]})
    monkeypatch.setattr(templates, "calendar", lambda: calendar)
    taken = ok(staff.post("/v1/questions", {"received": moment(hours_ago=1), "from": "CvdM", "kind": "authority"}))
    assert taken["due"] == taken["received"] + 48 * 3_600_000
    assert taken["hours_left"] in (46, 47)
    assert ok(staff.get("/v1/duties"))["last_month"] == "Council"


def test_an_auditor_reads_the_duties_and_records_nothing(empty_platform: Platform) -> None:
    auditor = another(empty_platform, "auditor")
    assert ok(auditor.get("/v1/duties"))["topics_signed"] is False
    problem(auditor.post("/v1/risk-assessments", {"date": day(), "reference": "x", "url": "https://x.example"}), 403)


def test_who_looked_at_one_persons_profile_is_in_the_audit_log(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)
    jan = a_supporter(staff)
    ok(Client(empty_platform.url, empty_platform.staff_token("admin", subject="carla")).get(f"/v1/supporters/{jan}"))
    entries = ok(staff.get(f"/v1/audit?object=supporter%23{jan}"))["entries"]
    assert ("carla", "supporter.read") in {(entry["actor"], entry["action"]) for entry in entries}
