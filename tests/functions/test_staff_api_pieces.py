"""What there may be many of comes in pieces, and all the pieces together are all there is, each once."""

from typing import Any

import pytest

from functions.staff_api import things
from local.client import Client
from local.platform import Platform
from tests.functions.party import a_supporter, ok, set_up
from tests.stored import Stored


@pytest.fixture(autouse=True)
def small_pieces(empty_platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(things, "PIECE", 2)


def all_of(staff: Client, path: str, name: str, most: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        answer = ok(staff.get(f"{path}?after={after}"))
        assert len(answer[name]) <= most
        found, after = [*found, *answer[name]], answer["next_after"]
    return found


def test_sends_come_newest_first(platform: Platform, staff: Client) -> None:
    ids = [f"send000{n}" for n in range(5)]
    for n, id_ in enumerate(ids):
        row = {"edition": "e", "edition_version": "v", "list": "national", "state": "sending", "requested_at": 1000 + n // 2}
        Stored(platform).put("sends", {"send": id_, **row, "audience": {"everyone": True}})
    found = [each["send"] for each in all_of(staff, "/v1/sends", "sends", 2)]
    assert (sorted(found), found[0], set(found[1:3])) == (ids, ids[4], {ids[2], ids[3]})


def test_imports_come_newest_first(platform: Platform, staff: Client) -> None:
    set_up(staff)
    body = {"list": "national", "source": "crm", "upload": True}
    made = {ok(staff.post("/v1/imports", body), 202)["import"] for _ in range(5)}
    found = all_of(staff, "/v1/imports", "imports", 2)
    assert len(found) == 5
    assert {each["import"] for each in found} == made
    assert [each["requested_at"] for each in found] == sorted((each["requested_at"] for each in found), reverse=True)


def test_segments_come_by_id(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.adapters.catalogue.PAGE", 1)
    for id_ in ("c", "a", "b"):
        ok(staff.put(f"/v1/segments/{id_}", {"segment": {"field": "language", "is": "nl"}}))
    assert [each["id"] for each in all_of(staff, "/v1/segments", "segments", 1)] == ["a", "b", "c"]


def test_requests_come_most_urgent_first_also_when_one_is_closed_in_between(staff: Client) -> None:
    set_up(staff)
    supporter = a_supporter(staff)
    days = ("2026-01-03", "2026-01-01", "2026-01-02", "2026-01-04", "2026-01-05")
    made = {
        day: ok(staff.post("/v1/requests", {"kind": "access", "supporter": supporter, "received": day}))["request"] for day in days
    }
    first = ok(staff.get("/v1/requests"))
    assert [each["received"] for each in first["requests"]] == ["2026-01-01", "2026-01-02"]
    ok(staff.post(f"/v1/requests/{made['2026-01-02']}/close", {"note": "answered by letter"}))
    second = ok(staff.get(f"/v1/requests?after={first['next_after']}"))
    assert [each["received"] for each in second["requests"]] == ["2026-01-03", "2026-01-04"]
    assert second["overdue"] == first["overdue"] - 1
    last = ok(staff.get(f"/v1/requests?after={second['next_after']}"))
    assert [each["received"] for each in last["requests"]] == ["2026-01-05", "2026-01-02"]
    assert last["next_after"] is None
