"""A month for each request about somebody's data, counted when it is looked at."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from functions.adapters import clock
from functions.domain.rights import days_left, due
from local.client import Client
from local.platform import Platform
from tests.functions.party import a_supporter, fields, ok, problem, set_up


@pytest.fixture
def supporter(empty_platform: Platform, staff: Client) -> Iterator[str]:
    set_up(staff)
    yield a_supporter(staff)
    empty_platform.clock.reset()


def today() -> date:
    return datetime.fromtimestamp(clock.now(), UTC).date()


def note(staff: Client, supporter: str, kind: str = "access", ago: int = 0) -> dict[str, Any]:
    body = {"kind": kind, "supporter": supporter, "received": (today() - timedelta(days=ago)).isoformat()}
    noted: dict[str, Any] = ok(staff.post("/v1/requests", body))
    return noted


@pytest.mark.parametrize(
    ("received", "last"),
    [
        ((2026, 1, 15), (2026, 2, 15)),
        ((2026, 1, 31), (2026, 2, 28)),
        ((2028, 1, 31), (2028, 2, 29)),
        ((2026, 12, 31), (2027, 1, 31)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last(received: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert due(date(*received)) == date(*last)
    assert days_left(date(*received), date(*last)) == 0


def test_a_request_runs_out_without_anybody_tending_it(platform: Platform, staff: Client, supporter: str) -> None:
    old, new = note(staff, supporter, "access", ago=20), note(staff, supporter, "erase")
    assert (new["overdue"], new["days_left"]) == (False, (due(today()) - today()).days)
    platform.clock.advance(15 * 86_400)
    listed = ok(staff.get("/v1/requests"))
    assert [each["request"] for each in listed["requests"]] == [old["request"], new["request"]]
    assert (listed["overdue"], listed["requests"][0]["overdue"], listed["requests"][0]["days_left"] < 0) == (1, True, True)
    closed = ok(staff.post(f"/v1/requests/{old['request']}/close", {"note": "answered by letter"}))
    assert (closed["closed"], closed["overdue"], closed["days_left"]) == (today().isoformat(), False, None)
    problem(staff.post(f"/v1/requests/{old['request']}/close", {"note": "again"}), 409)
    assert [each["request"] for each in ok(staff.get("/v1/requests?open=true"))["requests"]] == [new["request"]]


def test_a_request_is_about_a_supporter_came_already_and_names_nobody(staff: Client, supporter: str) -> None:
    later = (today() + timedelta(days=2)).isoformat()
    assert fields(staff.post("/v1/requests", {"kind": "access", "supporter": supporter, "received": later})) == {"received"}
    body = {"kind": "access", "supporter": "AAAAAAA8", "received": today().isoformat()}
    assert fields(staff.post("/v1/requests", body)) == {"supporter"}
    noted = note(staff, supporter)
    problem(staff.post(f"/v1/requests/{noted['request']}/close", {"note": "mailed jan@example.org"}), 422)
    problem(staff.post("/v1/requests/AAAAAAA8/close", {"note": "answered"}), 404)
    entries = ok(staff.get(f"/v1/audit?object=supporter%23{supporter}"))["entries"]
    assert [entry["action"] for entry in entries if entry["action"].startswith("request.")] == ["request.noted"]
