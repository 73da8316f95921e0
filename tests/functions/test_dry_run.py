"""Before a send: how many it would reach, how long SES takes, what it costs, and whether it fits today's quota."""

import pytest

from functions.adapters import census
from functions.domain.quota import Quota, price
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import a_supporter, an_edition, fields, ok, problem, set_up

EVERYONE = {"everyone": True}


@pytest.fixture
def edition(empty_platform: Platform, staff: Client) -> str:
    """Four on the list, of whom one is suppressed; and one who is not on it."""
    set_up(staff)
    suppressed = "address,reason\ngone@example.org,bounced\n"
    for name in ("jan", "noor", "fatima"):
        a_supporter(staff, f"{name}@example.org")
    a_supporter(staff, "gone@example.org")
    ok(staff.post("/v1/suppressions/imports", suppressed, Content_Type="text/csv"))
    a_supporter(staff, "elsewhere@example.org", lists=())
    return an_edition(staff)


def send(staff: Client, edition: str, **more: object) -> Reply:
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    body = {"version": version, "audience": EVERYONE, **more}
    return staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key="k1")


def test_a_dry_run_tells_how_many_and_why_not_the_others(platform: Platform, staff: Client, edition: str) -> None:
    platform.account.max_rate, platform.account.max_24h = 1.0, 200.0
    told = ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": EVERYONE}))
    assert (told["recipients"], told["exact"]) == (3, True)
    assert told["skipped"] == {"no_newsletter_consent": 1, "bounced": 1}
    assert (told["rate"], told["minutes"]) == (1.0, 0.1)
    assert (told["quota_left"], told["fits_today"]) == (200, True)
    assert not platform.outbox.mails()
    assert ok(staff.get("/v1/sends"))["sends"] == []


def test_a_dry_run_for_named_supporters_decides_as_a_delivery_would(staff: Client, edition: str) -> None:
    jan, stranger = a_supporter(staff), a_supporter(staff, "elsewhere@example.org", lists=())
    told = ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": {"supporters": [jan, stranger, "AAAAAAAA"]}}))
    assert (told["recipients"], told["skipped"]) == (1, {"no_newsletter_consent": 1, "unknown_supporter": 1})


def test_of_a_large_table_the_first_pages_stand_for_all_and_that_is_said(
    staff: Client, edition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(census, "PAGES", 1)
    monkeypatch.setattr(census, "PAGE", 2)
    told = ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": EVERYONE}))
    assert told["exact"] is False
    assert told["recipients"] + sum(told["skipped"].values()) in (4, 5, 6)  # five, rounded by kind


def test_a_send_that_does_not_fit_todays_quota_is_refused_with_the_numbers(platform: Platform, staff: Client, edition: str) -> None:
    platform.account.max_24h = 2.0
    refused = send(staff, edition)
    assert fields(refused, 409) == {"audience"}
    assert "3 mails are more than the 2 that SES still takes" in problem(refused, 409)["detail"]
    platform.account.max_24h = 3.0
    ok(send(staff, edition), 202)
    platform.drain()
    assert len(platform.outbox.mails()) == 3
    told = ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": EVERYONE}))
    assert (told["quota_left"], told["fits_today"]) == (0, False)


def test_an_account_without_a_limit_takes_everything() -> None:
    assert Quota(14.0, -1, 9e9).left is None
    assert Quota(14.0, -1, 9e9).fits(10_000_000)


def test_minutes_and_price_follow_from_rate_and_number() -> None:
    assert Quota(500.0, 1e6, 0).minutes(1_000_000) == 33.3
    assert price(1_000_000) == 100.0
    assert price(3) == 0.0
