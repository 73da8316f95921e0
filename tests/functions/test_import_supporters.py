"""Importing supporters: good rows go in, bad rows are reported, the same file again changes nothing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.consents import Change, ConsentBook, Standing
from functions.adapters.ids import new_id
from functions.adapters.imports import Imports
from functions.domain.consent import ConsentAnswer, Purpose, changes
from functions.import_supporters import looking
from functions.staff_api.request import LARGEST_BODY
from local.client import Client
from local.platform import Platform
from tests.functions.party import LIST, a_supporter, fields, import_csv, ok, problem, upload_csv

CSV = "e-mail;naam;taal;regio;lidnummer;toestemming_op\nnoor@example.org;Noor;nl;Utrecht;1;2025-03-01\njan@example.org;Jan;en;;2;\n"


@pytest.fixture(autouse=True)
def lists(empty_platform: Platform, staff: Client) -> None:
    ok(staff.put("/v1/lists/national", LIST))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(looking, "PART", 3)
    yield


def find(staff: Client, address: str) -> dict[str, Any]:
    found: dict[str, Any] = ok(staff.post("/v1/supporters/search", {"address": address}))
    return found


def withdraw(supporter: str, list_: str, platform: Platform) -> None:
    """As the supporter's own page does it."""
    no = ConsentAnswer(Purpose.NEWSLETTER, False, "unsubscribe", "", list_)

    def decide(standing: Standing, at: int) -> Change:
        records = changes(
            standing.consents,
            [no],
            supporter=supporter,
            at=at,
            language="nl",
            source="page",
            actor="supporter",
            new_id=new_id,
        )
        return Change(records)

    book = ConsentBook(aws.dynamodb(), "supporters", "consents", "suppressions")
    book.change(supporter, decide, int(platform.clock.now() * 1000) + 1)


def test_good_rows_become_supporters_with_newsletter_consent_at_most(platform: Platform, staff: Client) -> None:
    status = import_csv(platform, staff, CSV)
    assert (status["state"], status["rows"], status["imported"], status["rejected"]) == ("done", 2, 2, 0)
    noor = find(staff, "noor@example.org")
    assert (noor["newsletter"], noor["purposes"], noor["language"]) == (["national"], [], "nl")
    assert noor["attributes"] == {"region": {"value": "Utrecht", "source": "import"}}


def test_the_proof_columns_are_kept_with_the_consent_record(platform: Platform, staff: Client) -> None:
    status = import_csv(platform, staff, CSV)
    (record,) = find(staff, "noor@example.org")["consents"]
    assert record["proof"] == {"consent_at": "2025-03-01"}
    assert record["source"] == f"import:{status['import']}"
    assert (record["purpose"], record["act"], record["list"]) == ("newsletter", "granted", "national")


def test_the_same_file_again_changes_nothing(platform: Platform, staff: Client) -> None:
    import_csv(platform, staff, CSV)
    before = [find(staff, a) for a in ("noor@example.org", "jan@example.org")]
    again = import_csv(platform, staff, CSV)
    assert (again["imported"], again["updated"], again["unchanged"]) == (0, 0, 2)
    assert [find(staff, a) for a in ("noor@example.org", "jan@example.org")] == before


def test_a_queue_message_that_comes_twice_changes_nothing_and_reports_the_same(platform: Platform, staff: Client) -> None:
    status = import_csv(platform, staff, CSV)
    plan = platform.aws.s3.get_object(Bucket=platform.resources.bucket, Key=f"imports/{status['import']}/plan.json")
    assert b'"start":' in plan["Body"].read()
    before = find(staff, "noor@example.org")
    for offset in (0, CSV.index("noor@")):
        platform.send_message("import", {"import": status["import"], "offset": offset, "row": 2})
    platform.drain()
    assert ok(staff.get(f"/v1/imports/{status['import']}")) == status
    assert find(staff, "noor@example.org") == before


def test_a_part_that_stopped_half_way_reports_its_rows_as_the_first_time(
    platform: Platform, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, failures = Imports.put_report, [RuntimeError("the Lambda ended here")]

    def ended_once(self: Imports, *arguments: object) -> object:
        if failures:
            raise failures.pop()
        return put(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Imports, "put_report", ended_once)
    status = import_csv(platform, staff, CSV)
    assert not failures
    assert (status["state"], status["imported"], status["unchanged"]) == ("done", 2, 0)


def test_each_bad_row_is_reported_with_number_column_and_reason(platform: Platform, staff: Client) -> None:
    status = import_csv(
        platform,
        staff,
        "email,taal,lijst\n"
        "good@example.org,nl,\n"
        "no-address,nl,\n"
        "\n"
        "x@example.org,klingon,\n"
        "y@example.org,nl,moon\n"
        "GOOD@example.org,nl,\n"
        'z@example.org,"nl,\n'
        "last@example.org,fr,\n",
    )
    assert (status["rows"], status["imported"], status["rejected"]) == (7, 2, 5)
    found = [(r["row"], r["column"], r["reason"]) for r in status["rejections"]]
    assert found[0] == (3, "email", "no @ in the address")
    assert found[1][:2] == (5, "taal")
    assert found[2][:2] == (6, "lijst")
    assert found[3] == (7, "email", "same address as row 2")
    assert found[4][0] == 8
    assert "quote" in found[4][2]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_spreadsheets_of_every_kind_are_read(platform: Platform, staff: Client, encoding: str) -> None:
    csv = "email\tname\nzoe@example.org\tZoë\n".encode(encoding)
    reply = staff.post("/v1/imports?list=national&source=crm", csv, Content_Type="application/octet-stream")
    platform.drain()
    assert ok(staff.get(f"/v1/imports/{ok(reply, 202)['import']}"))["imported"] == 1
    assert find(staff, "zoe@example.org")["name"] == "Zoë"


def test_a_wrong_header_refuses_the_whole_file_naming_the_columns(platform: Platform, staff: Client) -> None:
    status = import_csv(platform, staff, "naam,telefoon\nJan,1\n")
    assert (status["state"], status["imported"]) == ("refused", 0)
    assert "no column with the address. Found: naam, telefoon" in status["reason"]


def test_a_suppressed_address_stays_out(platform: Platform, staff: Client) -> None:
    ok(staff.post("/v1/suppressions/imports", "address,reason\nNoor@Example.org,unsubscribed\n", Content_Type="text/csv"))
    status = import_csv(platform, staff, CSV)
    assert (status["imported"], status["suppressed"]) == (1, 1)
    problem(staff.post("/v1/supporters/search", {"address": "noor@example.org"}), 404)


def test_somebody_who_unsubscribed_does_not_come_back_under_a_new_address(platform: Platform, staff: Client) -> None:
    import_csv(platform, staff, CSV)
    ok(staff.post("/v1/suppressions/imports", "address,reason\nnoor@example.org,unsubscribed\n", Content_Type="text/csv"))
    status = import_csv(platform, staff, CSV.replace("noor@example.org", "noor@new.example.org"))
    assert (status["suppressed"], status["unchanged"]) == (1, 1)
    problem(staff.post("/v1/supporters/search", {"address": "noor@new.example.org"}), 404)


def test_a_new_address_for_a_known_external_id_moves_the_supporter(platform: Platform, staff: Client) -> None:
    import_csv(platform, staff, CSV)
    before = find(staff, "noor@example.org")["supporter"]
    status = import_csv(platform, staff, CSV.replace("noor@example.org", "noor@new.example.org"))
    assert status["updated"] == 1
    assert find(staff, "noor@new.example.org")["supporter"] == before
    assert import_csv(platform, staff, "email\nnoor@example.org\n")["imported"] == 1  # the old address is free again


def test_an_address_and_an_external_id_of_two_people_are_not_mixed(platform: Platform, staff: Client) -> None:
    import_csv(platform, staff, CSV)
    status = import_csv(platform, staff, "email,id\nnoor@example.org,2\n")
    assert [(r["row"], r["column"]) for r in status["rejections"]] == [(2, "external_id")]


def test_an_import_does_not_grant_again_what_was_withdrawn(platform: Platform, staff: Client) -> None:
    supporter = a_supporter(staff, "noor@example.org")
    withdraw(supporter, "national", platform)
    status = import_csv(platform, staff, CSV)
    assert (status["left"], status["imported"]) == (1, 1)
    assert find(staff, "noor@example.org")["newsletter"] == []


@pytest.mark.usefixtures("small_parts")
def test_a_large_file_is_taken_in_by_parts(platform: Platform, staff: Client) -> None:
    rows = "".join(f'p{n}@example.org,"P\n{n}"\n' for n in range(10))
    status = import_csv(platform, staff, f"email,name\n{rows}p1@example.org,Again\nnope,\n")
    assert (status["state"], status["rows"], status["imported"], status["rejected"]) == ("done", 12, 10, 2)
    assert [(r["row"], r["reason"]) for r in status["rejections"]] == [(12, "same address as row 3"), (13, "no @ in the address")]


def test_a_file_too_large_for_a_body_is_uploaded_and_then_started(platform: Platform, staff: Client) -> None:
    asked = ok(staff.post("/v1/imports", {"list": "national", "source": "crm", "upload": True}), 202)
    problem(staff.post(f"/v1/imports/{asked['import']}/start"), 409)
    assert upload_csv(platform, staff, asked, CSV)["imported"] == 2
    ok(staff.post(f"/v1/imports/{asked['import']}/start"), 202)  # starting twice changes nothing
    platform.drain()
    assert ok(staff.get(f"/v1/imports/{asked['import']}"))["imported"] == 2


def test_bad_requests_name_the_field(staff: Client) -> None:
    assert fields(staff.post("/v1/imports?list=moon&source=crm", CSV, Content_Type="text/csv")) == {"list"}
    assert fields(staff.post("/v1/imports?list=national", CSV, Content_Type="text/csv")) == {"source"}
    assert fields(staff.post("/v1/imports", {"list": "national", "upload": True})) == {"source"}
    assert fields(staff.post("/v1/imports?list=national&source=x", b"x" * 4_500_001, Content_Type="text/csv"), 413) == {"body"}
    problem(staff.post("/v1/imports?list=national&source=x", "<xml/>", Content_Type="application/xml"), 415)
    problem(staff.get("/v1/imports/AAAAAAAA"), 404)


@pytest.mark.parametrize("media", ["text/csv", "application/octet-stream"])
def test_as_many_bytes_as_the_description_says_reach_the_lambda_in_base64_too(staff: Client, media: str) -> None:
    path, row = "/v1/imports?list=national&source=x", b"noor@example.org;Noor;nl;Utrecht\n"
    ok(staff.post(path, (row * 200_000)[:LARGEST_BODY], Content_Type=media), 202)
    refused = problem(staff.post(path, (row * 200_000)[: LARGEST_BODY + 1], Content_Type=media), 413)
    assert "ask for an upload" in refused["detail"]


def test_only_an_admin_imports(staff_as: Callable[..., Client]) -> None:
    refused = problem(staff_as("editor", "sender", "auditor").post("/v1/imports?list=national&source=x", CSV), 403)
    assert "admin" in refused["detail"]
