"""Supporters and suppressions: who is known, who must not be mailed, and who looked."""

from collections.abc import Callable

import pytest

from local.client import Client
from local.platform import Platform
from tests.functions.party import a_supporter, fields, ok, problem, set_up

CSV = {"Content_Type": "text/csv"}


@pytest.fixture(autouse=True)
def party(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)


def test_a_supporter_is_found_by_address_and_by_external_id(staff: Client) -> None:
    made = a_supporter(staff, "Jan@Example.org", external_id="7", attributes={"region": "Utrecht"})
    for search in ({"address": "jan@example.org"}, {"external_id": "7"}):
        found = ok(staff.post("/v1/supporters/search", search))
        assert (found["supporter"], found["newsletter"], found["purposes"]) == (made, ["national"], [])
    assert ok(staff.get(f"/v1/supporters/{made}"))["attributes"] == {"region": {"value": "Utrecht", "source": "staff"}}


def test_creating_twice_changes_nothing_and_other_words_change_only_those(staff: Client) -> None:
    made = a_supporter(staff, external_id="7")
    before = ok(staff.get(f"/v1/supporters/{made}"))
    again = ok(staff.post("/v1/supporters", {"address": "JAN@example.org", "newsletter": {"lists": ["national"]}}))
    assert again == {"supporter": made, "outcome": "unchanged", "left": []}
    assert ok(staff.get(f"/v1/supporters/{made}")) == before
    assert ok(staff.post("/v1/supporters", {"address": "jan@example.org", "language": "fr"}))["outcome"] == "updated"
    after = ok(staff.get(f"/v1/supporters/{made}"))
    assert {k for k in before if before[k] != after[k]} == {"language", "updated", "version"}


def test_a_stage_is_kept_with_its_source_and_read_back(staff: Client) -> None:
    made = a_supporter(staff)
    assert ok(staff.get(f"/v1/supporters/{made}"))["stage"] is None
    for stage in ("member", "volunteer"):
        assert ok(staff.post("/v1/supporters", {"address": "jan@example.org", "stage": stage}))["outcome"] == "updated"
        assert ok(staff.get(f"/v1/supporters/{made}"))["stage"] == {"value": stage, "source": "staff"}


def test_staff_grant_the_newsletter_at_most_and_the_proof_is_kept(staff: Client) -> None:
    made = a_supporter(staff, newsletter={"lists": ["national"], "proof": {"consent_source": "market stall"}})
    (record,) = ok(staff.get(f"/v1/supporters/{made}"))["consents"]
    assert (record["purpose"], record["source"], record["actor"]) == ("newsletter", "staff", "local-staff")
    assert record["proof"] == {"consent_source": "market stall"}
    assert fields(staff.post("/v1/supporters", {"address": "jan@example.org", "grants": ["open_pixel"]})) == {"grants"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, {"address"}),
        ({"address": "jan"}, {"address"}),
        ({"address": "jan@example.org", "language": "de"}, {"language"}),
        ({"address": "jan@example.org", "stage": "fan"}, {"stage"}),
        ({"address": "jan@example.org", "newsletter": {"lists": ["moon"]}}, {"newsletter.lists[0]"}),
        ({"address": "jan@example.org", "attributes": {"Big Name": "x"}}, {"attributes.Big Name"}),
    ],
)
def test_what_is_not_right_is_named(staff: Client, body: object, named: set[str]) -> None:
    assert fields(staff.post("/v1/supporters", body)) == named


def test_an_external_id_of_somebody_else_is_a_conflict(staff: Client) -> None:
    a_supporter(staff, external_id="7")
    a_supporter(staff, "noor@example.org")
    assert fields(staff.post("/v1/supporters", {"address": "noor@example.org", "external_id": "7"}), 409) == {"external_id"}


def test_every_look_at_a_profile_is_in_the_audit_log_without_address_or_name(staff: Client) -> None:
    made = a_supporter(staff, "jan.jansen@example.org")
    ok(staff.get(f"/v1/supporters/{made}"))
    ok(staff.post("/v1/supporters/search", {"address": "jan.jansen@example.org"}))
    problem(staff.get("/v1/supporters/AAAAAAAA"), 404)
    problem(staff.post("/v1/supporters/search", {"external_id": "nobody"}), 404)
    log = staff.get("/v1/audit")
    looks = [(e["action"], e["object"]) for e in ok(log)["entries"] if e["action"] in ("supporter.read", "supporter.searched")]
    person = f"supporter#{made}"
    assert looks[:2] == [("supporter.read", person), ("supporter.searched", person)]
    assert looks[2:] == [("supporter.read", "supporter#AAAAAAAA"), ("supporter.searched", "supporter#")]
    assert "jan" not in log.text.lower()
    about = [e["action"] for e in ok(staff.get(f"/v1/audit?object=supporter%23{made}"))["entries"]]
    assert about == ["supporter.created", "supporter.read", "supporter.searched"]


def test_an_auditor_reads_the_log_and_nobody_else_but_an_admin(staff_as: Callable[..., Client]) -> None:
    ok(staff_as("auditor").get("/v1/audit"))
    problem(staff_as("editor", "sender").get("/v1/audit"), 403)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20261101"])
def test_a_day_that_is_none_is_refused(staff: Client, day: str) -> None:
    assert fields(staff.get(f"/v1/audit?day={day}")) == {"day"}


def test_the_log_of_a_day_without_entries_is_empty(staff: Client) -> None:
    assert ok(staff.get("/v1/audit?day=2001-01-01")) == {"entries": [], "next_after": None}


def test_suppressions_are_taken_once_and_the_first_reason_stays(staff: Client) -> None:
    csv = "E-mail;Reden\na@example.org;uitgeschreven\nb@example.org;bounced\nnope;klacht\n"
    taken = ok(staff.post("/v1/suppressions/imports", csv, **CSV))
    assert (taken["rows"], taken["added"], taken["unchanged"], taken["rejected"]) == (3, 2, 0, 1)
    assert taken["rejections"] == [{"row": 4, "column": "E-mail", "reason": "no @ in the address"}]
    again = ok(staff.post("/v1/suppressions/imports", csv.replace("uitgeschreven", "klacht"), **CSV))
    assert (again["added"], again["unchanged"]) == (0, 2)
    assert ok(staff.post("/v1/supporters", {"address": "a@example.org"})) == {
        "supporter": None,
        "outcome": "suppressed",
        "left": [],
    }


def test_somebody_already_known_is_shown_as_suppressed(staff: Client) -> None:
    made = a_supporter(staff)
    ok(staff.post("/v1/suppressions/imports", "address,reason\njan@example.org,never mail\n", **CSV))
    assert ok(staff.get(f"/v1/supporters/{made}"))["suppressed"] == "never_mail"


def test_suppressions_come_as_hashes_too(platform: Platform, staff: Client) -> None:
    from functions.staff_api.wiring import wiring

    hashed = wiring().supporters.hash("a@example.org")
    assert ok(staff.post("/v1/suppressions/imports", f"address_hash,reason\n{hashed},complained\n", **CSV))["added"] == 1
    assert ok(staff.post("/v1/supporters", {"address": "A@example.org"}))["outcome"] == "suppressed"


@pytest.mark.parametrize(
    ("csv", "named"),
    [
        ("naam,reden\nJan,klacht\n", {"body"}),
        ("address,reason\n", set()),
        ("", {"body"}),
        ("address,reason\na@example.org,because\n", {"row 2, reason"}),
    ],
)
def test_a_file_without_a_good_row_settles_nothing(staff: Client, csv: str, named: set[str]) -> None:
    refused = problem(staff.post("/v1/suppressions/imports", csv, **CSV), 422)
    assert {e["field"] for e in refused.get("errors", [])} == named


def test_many_suppressions_at_once_are_all_taken_though_some_were_known(staff: Client) -> None:
    one = "address,reason\na70@example.org,complained\n"
    many = "address,reason\n" + "".join(f"a{n}@example.org,bounced\n" for n in range(250))
    assert ok(staff.post("/v1/suppressions/imports", one, **CSV))["added"] == 1
    assert ok(staff.post("/v1/suppressions/imports", many, **CSV))["added"] == 249


def test_that_there_is_nobody_to_suppress_is_confirmed_by_a_yes_alone(staff: Client) -> None:
    assert fields(staff.post("/v1/suppressions/imports", {"none_exist": False})) == {"none_exist"}
    assert ok(staff.post("/v1/suppressions/imports", {"none_exist": True})) == {"confirmed": True}
    problem(staff.post("/v1/suppressions/imports", "<xml/>", Content_Type="application/xml"), 415)
