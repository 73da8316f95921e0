"""Before a send: how many it would reach, how long SES takes, what it costs, and whether it fits today's quota."""

from typing import Any

import pytest

from functions.adapters import census
from functions.adapters.proof import item_of
from functions.domain.consent import Act, ConsentRecord, Purpose
from functions.domain.quota import Quota
from functions.staff_api import expecting
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import a_supporter, an_edition, fields, ok, problem, set_up
from tests.stored import Stored

EVERYONE = {"everyone": True}
FEW = "fewer than 10"
NL, GREEN = {"field": "language", "is": "nl"}, {"field": "topic_declared", "is": "climate"}
DAY_MS = 86_400_000


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


@pytest.fixture
def stored(platform: Platform) -> Stored:
    return Stored(platform)


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


def test_a_dry_run_leaves_out_who_takes_a_break(platform: Platform, staff: Client, edition: str) -> None:
    jan = a_supporter(staff)
    platform.aws.dynamodb.update_item(
        TableName="supporters",
        Key={"supporter": {"S": jan}},
        UpdateExpression="SET paused_until = :until",
        ExpressionAttributeValues={":until": {"N": str(int(platform.clock.now() * 1000) + DAY_MS)}},
    )
    for audience in (EVERYONE, {"supporters": [jan]}):
        told = ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": audience}))
        assert told["skipped"]["paused"] == 1


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


def test_minutes_follow_from_rate_and_number() -> None:
    assert Quota(500.0, 1e6, 0).minutes(1_000_000) == 33.3


def dry_run(staff: Client, edition: str, audience: object = EVERYONE, **more: object) -> Any:
    return ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": audience, **more}))


def test_a_dry_run_tells_the_price_on_both_plans_of_ses_with_our_own_share(staff: Client, edition: str) -> None:
    told = dry_run(staff, edition)["cost"]
    assert (told["ses_a_la_carte"], told["ses_essentials"], told["platform"]) == (0.0, 0.0, 0.0)  # three mails
    assert told["priced_on"]
    assert told["metered_on"]


def test_a_dry_run_for_a_segment_hides_small_groups(platform: Platform, staff: Client, edition: str) -> None:
    platform.account.max_rate = 1.0
    ok(staff.put("/v1/segments/dutch", {"segment": NL}))
    told = dry_run(staff, edition, {"segment": "dutch"})
    assert (told["recipients"], told["skipped"], told["exact"]) == (FEW, {"bounced": FEW}, True)
    assert (told["left_out"], told["minutes"]) == ({"people": FEW}, 0.2)  # as if ten
    for n in range(9):
        a_supporter(staff, f"more{n}@example.org")
    told = dry_run(staff, edition, {"segment": "dutch"})
    assert (told["recipients"], told["skipped"]) == (12, {"bounced": FEW})
    counted = [e for e in ok(staff.get("/v1/audit?object=segment%23dutch"))["entries"] if e["action"] == "segment.counted"]
    assert len(counted) == 2


def test_a_dry_run_for_a_segment_says_how_many_did_not_let_us_ask(staff: Client, edition: str) -> None:
    for n in range(7):
        a_supporter(staff, f"more{n}@example.org")
    ok(staff.put("/v1/segments/green", {"segment": GREEN}))
    told = dry_run(staff, edition, {"segment": "green"})
    assert (told["recipients"], told["left_out"]) == (FEW, {"people": 11, "declared_topics": 11})


def test_of_a_large_list_a_segment_is_reckoned_from_a_part(
    staff: Client, edition: str, monkeypatch: pytest.MonkeyPatch, stored: Stored
) -> None:
    for n in range(40):
        stored.supporter(f"person{n:02d}", lists=("national",), attributes={"about": {"value": "x" * 60_000, "source": "import"}})
    ok(staff.put("/v1/segments/dutch", {"segment": NL}))
    monkeypatch.setattr(expecting, "COUNTED", 1)  # a page of 1 MB
    told = dry_run(staff, edition, {"segment": "dutch"})
    assert told["exact"] is False
    assert 30 <= told["recipients"] <= 45


def test_a_dry_run_counts_who_had_as_many_mails_as_the_cap_allows(platform: Platform, staff: Client, edition: str) -> None:
    jan = a_supporter(staff)
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    body = {"version": version, "audience": {"supporters": [jan]}}
    ok(staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key="k1"), 202)
    platform.drain()
    told = dry_run(staff, an_edition(staff), cap={"mails": 1, "days": 7})
    assert (told["recipients"], told["skipped"]) == (2, {"bounced": 1, "capped": 1, "no_newsletter_consent": 1})
    assert dry_run(staff, an_edition(staff))["recipients"] == 3


def test_a_dry_run_of_a_mail_that_asks_leaves_out_who_may_not_be_asked(platform: Platform, staff: Client, edition: str) -> None:
    jan = a_supporter(staff)
    at = int(platform.clock.now() * 1000)
    refused = ConsentRecord(
        "r1", jan, Purpose.DECLARED_TOPICS, Act.REFUSED, at, "choices-1", "h", "nl", "choices-page", "supporter"
    )
    Stored(platform).put("consents", item_of(refused))
    plain, asks = dry_run(staff, edition), dry_run(staff, edition, request="ask")
    assert (plain["recipients"], "not_to_be_asked" in plain["skipped"]) == (3, False)
    assert (asks["recipients"], asks["skipped"]["not_to_be_asked"]) == (2, 1)
    assert dry_run(staff, edition, request="reminder")["recipients"] == 0, "nobody got the first one"


def test_a_dry_run_for_a_correction_counts_those_who_got_it(platform: Platform, staff: Client, edition: str) -> None:
    faulty = ok(send(staff, edition), 202)["send"]
    platform.drain()
    platform.invoke("tend_sends", {})
    told = dry_run(staff, an_edition(staff), {"got": faulty})
    assert (told["recipients"], told["skipped"]) == (3, {})


def test_a_dry_run_tells_when_a_send_would_be_through(platform: Platform, staff: Client, edition: str) -> None:
    platform.account.max_rate = 1.0
    starts = int(platform.clock.now() + 3600) * 1000
    told = dry_run(staff, edition, start_at=starts)
    assert told["through_at"] == starts + 60_000  # to the minute
    assert dry_run(staff, edition, start_at=starts, spread={"per_day": 1})["through_at"] == starts + 2 * DAY_MS + 60_000
    assert dry_run(staff, edition, seed={"people": 1})["through_at"] is None  # staff look in between


def test_a_dry_run_that_does_not_fit_says_what_would(platform: Platform, staff: Client, edition: str) -> None:
    platform.account.max_24h = 2.0
    told = dry_run(staff, edition)
    assert told["fits_today"] is False
    assert told["offers"]
    assert dry_run(staff, edition, spread=told["offers"][0]["spread"])["fits_today"] is True


def test_what_other_sends_are_about_to_mail_is_not_left(platform: Platform, staff: Client, edition: str) -> None:
    platform.account.max_24h = 200.0
    ok(send(staff, edition, seed={"people": 1}, start_at=None), 202)
    platform.drain()
    gone = len(platform.outbox.mails())
    assert dry_run(staff, an_edition(staff))["quota_left"] <= 200 - gone


def test_a_dry_run_is_refused_on_terms_on_which_no_send_can_be(platform: Platform, staff: Client, edition: str) -> None:
    asked = {"audience": EVERYONE, "window": {"from": "08:00", "to": "08:00"}}
    assert fields(staff.post(f"/v1/editions/{edition}/dry-runs", asked)) == {"window"}
