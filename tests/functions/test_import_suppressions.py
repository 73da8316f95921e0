"""Suppressions of any size go the way of an import: uploaded, taken in by parts, reported row by row."""

from typing import Any

import pytest

from functions.adapters.suppressions import Suppressions
from functions.domain.consent import SuppressionReason
from functions.import_supporters import looking
from functions.staff_api.wiring import wiring
from local.client import Client
from local.platform import Platform
from tests.functions.party import fields, ok, problem, upload_csv

PATH = "/v1/suppressions/imports"
CSV = (
    "E-mail;Reden\na@example.org;uitgeschreven\nb@example.org;bounced\nnope;klacht\nc@example.org;klacht\n"
    "d@example.org;zomaar\nA@example.org;bounced\ne@example.org;never mail\n"
)


@pytest.fixture(autouse=True)
def small_parts(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "PART", 2)


def imported(platform: Platform, staff: Client, csv: str = CSV) -> Any:
    return upload_csv(platform, staff, ok(staff.post(PATH, {"upload": True})), csv)


def reasons(*addresses: str) -> list[str | None]:
    hashes = [wiring().supporters.hash(address) for address in addresses]
    found = Suppressions("suppressions").reasons(hashes)
    return [found.get(hashed) for hashed in hashes]


def test_good_rows_are_suppressed_bad_ones_reported_and_the_first_row_of_an_address_counts(
    platform: Platform, staff: Client
) -> None:
    ok(staff.post(PATH, "address,reason\nb@example.org,complained\n", Content_Type="text/csv"))
    status = imported(platform, staff)
    assert (status["kind"], status["list"], status["state"]) == ("suppressions", None, "done")
    assert (status["rows"], status["imported"], status["unchanged"], status["rejected"]) == (7, 3, 2, 2)
    assert [(r["row"], r["column"]) for r in status["rejections"]] == [(4, "E-mail"), (6, "Reden")]
    assert reasons("a@example.org", "b@example.org", "d@example.org") == ["unsubscribed", "complained", None]


def test_what_comes_twice_changes_nothing_and_reports_the_same(platform: Platform, staff: Client) -> None:
    first = imported(platform, staff)
    for offset in (0, CSV.index("a@"), CSV.index("nope")):
        platform.send_message("import", {"import": first["import"], "offset": offset, "row": 2})
    platform.drain()
    assert ok(staff.get(f"/v1/imports/{first['import']}")) == first
    again = imported(platform, staff)
    assert (again["imported"], again["unchanged"], again["rejected"]) == (0, 5, 2)


def test_a_part_that_stopped_half_way_reports_its_rows_as_the_first_time() -> None:
    suppressions = Suppressions("suppressions")
    read = {wiring().supporters.hash(f"p{n}@example.org"): SuppressionReason.BOUNCED for n in range(3)}
    assert [suppressions.add(read, "import:IIIIIIII", at, once=True) for at in (1, 2)] == [3, 3]
    assert [suppressions.add(read, source, 3, once=True) for source in ("import:JJJJJJJJ", "staff")] == [0, 0]


def test_the_first_send_waits_until_such_a_file_was_taken_in(platform: Platform, staff: Client) -> None:
    asked = ok(staff.post(PATH, {"upload": True}))
    problem(staff.post(f"/v1/imports/{asked['import']}/start"), 409)
    assert not wiring().settling.settled()
    assert upload_csv(platform, staff, asked, CSV)["state"] == "done"
    assert wiring().settling.settled()


@pytest.mark.parametrize("csv", ["naam,reden\nJan,klacht\n", "address,reason\n", "address,reason\nnope,bounced\n"])
def test_a_file_without_a_good_row_settles_nothing(platform: Platform, staff: Client, csv: str) -> None:
    status = imported(platform, staff, csv)
    assert status["state"] == "refused"
    assert "none_exist" in status["reason"] or "Found: naam, reden" in status["reason"]
    assert not wiring().settling.settled()


@pytest.mark.parametrize("body", [{}, {"upload": True, "none_exist": True}])
def test_one_of_the_two_is_asked(staff: Client, body: dict[str, bool]) -> None:
    assert fields(staff.post(PATH, body)) == {"body"}
