"""What staff see of a send: everybody planned is accounted for; of what people did, nothing that could tell of one."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.adapters.sends import Sends
from functions.adapters.totals import Totals
from functions.domain.send import MessageState
from local.client import Client, Reply
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.functions.party import a_supporter, an_edition, fields, ok, set_up
from tests.functions.readers import BROWSER

EVERYONE = {"everyone": True}
DAY_S = 86_400
AFTER_S = 1_000  # a finished send is counted again after a quarter of an hour
OUTCOMES = {
    "gone@example.org": Outcome.BOUNCED,
    "full@example.org": Outcome.MAILBOX_FULL,
    "cross@example.org": Outcome.COMPLAINED,
}


@pytest.fixture(autouse=True)
def party(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))


def send(staff: Client, edition: str, **more: Any) -> Reply:
    version = ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]
    body = {"version": version, "audience": EVERYONE, **more}
    return staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key="k1")


def sent(platform: Platform, staff: Client, **more: Any) -> str:
    """A send of an edition, ended, and counted again once its reports are in."""
    id_: str = ok(send(staff, an_edition(staff), **more), 202)["send"]
    settle(platform)
    return id_


def settle(platform: Platform) -> None:
    platform.drain()
    platform.invoke("tend_sends", {})
    platform.clock.advance(AFTER_S)
    platform.invoke("tend_sends", {})


def report(staff: Client, id_: str) -> Any:
    return ok(staff.get(f"/v1/sends/{id_}"))["report"]


def test_everybody_planned_is_accounted_for(platform: Platform, staff: Client) -> None:
    platform.account.outcome = OUTCOMES.get
    for address in ("jan@example.org", "noor@example.org", "stop@example.org", *OUTCOMES):
        a_supporter(staff, address)
    ok(staff.post("/v1/suppressions/imports", "address,reason\nstop@example.org,never_mail\n", Content_Type="text/csv"))
    id_ = sent(platform, staff)
    found = report(staff, id_)
    assert (found["planned"], found["open"], found["unknown"], found["failed"]) == (6, 0, 0, 0)
    assert (found["skipped"], found["skipped_by"]) == (1, {"suppressed": 1})
    assert (found["sent"], found["delivered"], found["complained"], found["rejected"]) == (5, 3, 1, 0)
    assert (found["bounced"], found["on_its_way"]) == ({"permanent": 1, "transient": 1}, 0)
    assert (found["rates"]["delivered"], found["rates"]["bounced"], found["rates"]["complained"]) == (0.6, 0.4, 0.3333)
    assert sum(n for state, n in ok(staff.get(f"/v1/sends/{id_}"))["messages"].items() if state in set(MessageState)) == 6


def test_a_report_of_an_ended_send_is_kept_and_renewed_as_reports_come_in(
    platform: Platform, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_supporter(staff)
    id_ = ok(send(staff, an_edition(staff)), 202)["send"]
    settle(platform)
    with monkeypatch.context() as without:
        without.setattr(Sends, "chunks", None)  # one read of one row tells
        first = report(staff, id_)
    assert first["delivered"] == 1
    platform.aws.dynamodb.update_item(
        TableName="messages",
        Key={"chunk": {"S": f"{id_}#00000"}, "supporter": {"S": a_supporter(staff)}},
        UpdateExpression="SET #state = :complained",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":complained": {"S": "complained"}},
    )
    platform.clock.advance(AFTER_S)
    platform.invoke("tend_sends", {})
    after = report(staff, id_)
    assert (after["complained"], after["delivered"]) == (1, 1)
    assert after["counted_at"] > first["counted_at"]


def test_a_report_of_a_send_that_is_not_planned_yet_is_all_zeros(staff: Client) -> None:
    a_supporter(staff)
    id_ = ok(send(staff, an_edition(staff), start_at="2099-01-01T09:00:00+01:00"), 202)["send"]
    found = report(staff, id_)
    assert (found["planned"], found["open"], found["sent"], found["rates"]["delivered"]) == (0, 0, 0, None)
    assert found["goal"] is None


def unsubscribe_url(platform: Platform, address: str) -> str:
    header = platform.outbox.mails(to=address)[0].message["List-Unsubscribe"]
    return str(urlsplit(header.strip("<>")).path)


def test_who_left_by_a_mail_of_the_send_is_told_from_ten_up(platform: Platform, staff: Client, web: Client) -> None:
    addresses = [f"reader{n}@example.org" for n in range(12)]
    for address in addresses:
        a_supporter(staff, address)
    id_ = sent(platform, staff)
    for address in addresses[:9]:
        assert web.post(
            unsubscribe_url(platform, address), "List-Unsubscribe=One-Click", Content_Type="application/x-www-form-urlencoded"
        )
    assert (report(staff, id_)["unsubscribed"], report(staff, id_)["rates"]["unsubscribed"]) == ("fewer than 10", None)
    for address in addresses[8:10]:  # the first of them for the second time
        web.post(unsubscribe_url(platform, address), "List-Unsubscribe=One-Click", Content_Type="application/x-www-form-urlencoded")
    assert (report(staff, id_)["unsubscribed"], report(staff, id_)["rates"]["unsubscribed"]) == (10, 0.8333)


def click(platform: Platform, send_id: str, edition: str, n: int, shared: int = 0, personal: int = 0) -> None:
    totals = Totals(platform.aws.dynamodb, "totals")
    now_s = int(platform.clock.now())
    for request in range(shared):
        totals.count(edition, n, str(request), now_s)
    for request in range(personal):
        totals.count_personal(send_id, n, str(request), now_s)


def test_clicks_on_a_link_are_told_from_ten_up_and_their_sum_does_not_tell_the_rest(platform: Platform, staff: Client) -> None:
    a_supporter(staff)
    id_ = sent(platform, staff)
    edition = ok(staff.get(f"/v1/sends/{id_}"))["edition"]
    click(platform, id_, edition, 0, shared=12, personal=3)
    click(platform, id_, edition, 1, shared=9, personal=11)
    found = ok(staff.get(f"/v1/sends/{id_}"))
    assert [(link["clicks"], link["personal_clicks"]) for link in found["links"][:2]] == [(12, None), (None, 11)]
    assert (found["report"]["shared_clicks"], found["report"]["personal_clicks"]) == (12, 11)


def test_a_shared_link_that_is_followed_reaches_the_report(platform: Platform, staff: Client, web: Client) -> None:
    a_supporter(staff)
    id_ = sent(platform, staff)
    edition = ok(staff.get(f"/v1/sends/{id_}"))["edition"]
    for _ in range(10):
        assert web.get(f"/l/{edition}/0", **{"User-Agent": BROWSER}).status == 302
    assert report(staff, id_)["shared_clicks"] == 10


def a_goal(platform: Platform, **stated: Any) -> dict[str, Any]:
    tomorrow = datetime.fromtimestamp(platform.clock.now() + DAY_S, UTC).date().isoformat()
    return {"metric": "delivered", "target": 2, "by": tomorrow, "owner": "Noor", **stated}


def test_a_goal_is_answered_and_is_on_time_by_what_was_there_when_its_day_had_passed(
    platform: Platform, staff: Client, staff_as: Callable[..., Client]
) -> None:
    a_supporter(staff)
    id_ = sent(platform, staff, goal=a_goal(platform))
    answer = report(staff, id_)["goal"]
    assert (answer["metric"], answer["target"], answer["owner"]) == ("delivered", 2, "Noor")
    assert (answer["standing"], answer["on_time"], answer["value"], answer["value_by"]) == ("open", None, 1, None)
    platform.clock.advance(3 * DAY_S)
    platform.invoke("tend_sends", {})
    answer = report(staff_as("auditor"), id_)["goal"]
    assert (answer["standing"], answer["on_time"], answer["value"], answer["value_by"]) == ("missed", False, 1, 1)


def test_clicks_of_a_goal_that_come_after_its_day_come_late(platform: Platform, staff: Client) -> None:
    a_supporter(staff)
    id_ = sent(platform, staff, goal=a_goal(platform, metric="clicks_on:climate", target=20))
    edition = ok(staff.get(f"/v1/sends/{id_}"))["edition"]
    links = ok(staff.get(f"/v1/sends/{id_}"))["links"]
    n = next(link["n"] for link in links if link["block"] == "climate")
    click(platform, id_, edition, n, shared=11, personal=3)
    assert report(staff, id_)["goal"]["value"] == 11
    platform.clock.advance(3 * DAY_S)
    platform.invoke("tend_sends", {})
    click(platform, id_, edition, n, shared=9)
    platform.invoke("tend_sends", {})
    answer = report(staff, id_)["goal"]
    assert (answer["standing"], answer["on_time"], answer["value"], answer["value_by"]) == ("late", False, 20, 11)


def test_a_goal_that_is_reached_before_its_day_is_on_time(platform: Platform, staff: Client) -> None:
    a_supporter(staff)
    id_ = sent(platform, staff, goal=a_goal(platform, target=1))
    answer = report(staff, id_)["goal"]
    assert (answer["standing"], answer["on_time"]) == ("reached", True)


def test_a_goal_that_cannot_be_answered_is_refused_by_its_field(platform: Platform, staff: Client) -> None:
    a_supporter(staff)
    edition = an_edition(staff)
    for stated, field in (
        ({"metric": "opens", "target": 10}, "goal.metric"),
        ({"metric": "clicks_on:doorbells", "target": 10}, "goal.metric"),
        ({"metric": "clicks", "target": 3}, "goal.target"),
        ({"target": 0}, "goal.target"),
        ({"by": "2020-01-01"}, "goal.by"),
        ({"by": "soon"}, "goal.by"),
        ({"owner": " "}, "goal.owner"),
        ({"opens": 1}, "goal.opens"),
    ):
        assert fields(send(staff, edition, goal=a_goal(platform, **stated))) == {field}
    assert ok(staff.get("/v1/sends"))["sends"] == []


def test_a_report_is_a_page_to_pass_on_without_script_or_third_parties(platform: Platform, staff: Client) -> None:
    a_supporter(staff)
    id_ = sent(platform, staff, goal=a_goal(platform, target=1, owner="<b>Noor</b>"))
    edition = ok(staff.get(f"/v1/sends/{id_}"))["edition"]
    click(platform, id_, edition, 0, shared=1_234)
    reply = staff.get(f"/v1/sends/{id_}/report")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    for shown in ("week-48", "Reached, on time.", "&lt;b&gt;Noor", "1,234", "fewer than 10", "<svg"):
        assert shown in reply.text
    for never in ("<script", 'src="', "<link", "url(", "<b>Noor"):
        assert never not in reply.text
    assert staff.get("/v1/sends/AAAAAAAA/report").status == 404


def test_the_page_of_a_send_that_is_not_planned_yet_says_so(staff: Client) -> None:
    a_supporter(staff)
    id_ = ok(send(staff, an_edition(staff), start_at="2099-01-01T09:00:00+01:00"), 202)["send"]
    page = staff.get(f"/v1/sends/{id_}/report").text
    assert "Requested, asked for by" in page
    assert "no links yet" in page
