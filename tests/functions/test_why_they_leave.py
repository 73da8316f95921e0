"""Who leaves may say why, and need not: a number of the list, once for each leaving, and of nobody."""

from typing import Any

import pytest

from functions.adapters.totals import Totals
from functions.domain.leaving import UNDO_MINUTES, Reason
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import ok, problem
from tests.functions.readers import Reader, World, an_id, world
from tests.functions.test_undo import FORM, ONE_CLICK, Page, form_on, leave, offers_undo, post, subscribed, undo


@pytest.fixture
def sent(platform: Platform) -> World:
    return world(platform)


def tell(web: Client, reader: Reader, page: Reply, reason: str) -> Reply:
    fields = form_on(page, "tell")
    return post(web, reader, {**{name: value for name, value in fields.items() if name != "why"}, **chosen(reason)})


def chosen(reason: str) -> Page:
    return {"why": reason} if reason else {}


def counted(sent: World) -> dict[str, int]:
    return {reason: n for reason, n in Totals(sent.platform.aws.dynamodb, "totals").reasons(sent.list_id).items() if n}


def test_a_reason_is_asked_after_leaving_with_nothing_ticked_and_no_field_for_words(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    assert 'name="why"' not in web.get(reader.unsubscribe).text
    page = leave(web, reader).text
    assert page.count('type="radio" name="why"') == len(Reason) == 5
    assert " checked" not in page and "<textarea" not in page and 'type="text"' not in page
    assert counted(sent) == {}


@pytest.mark.parametrize("scope", ["list", "everything"])
def test_a_reason_counts_once_for_each_leaving_and_leads_to_nobody(sent: World, web: Client, scope: str) -> None:
    reader = subscribed(sent)
    page = leave(web, reader, scope)
    replies = [tell(web, reader, page, reason) for reason in ("too_many", "too_many", "disagree")]
    assert {reply.status for reply in replies} == {200} and "Dank je wel" in replies[0].text
    assert 'name="why"' not in replies[0].text and offers_undo(replies[0])
    assert ("ook alle andere mails stoppen" in replies[0].text) == (scope == "list")
    assert counted(sent) == {"too_many": 1}
    rows = [row for n in range(10) for row in sent.query("totals", "link", f"list:{sent.list_id}/{n}")]
    assert [row.keys() for row in rows] == [{"link", "shard", "people", "expires"}]
    assert "why" not in str(reader.records) and "too_many" not in str(reader.records)
    kept = [row for row in sent.platform.aws.dynamodb.scan(TableName="limits")["Items"] if row["limit"]["S"].startswith("why#")]
    leaving = next(record for record in reader.records if record["source"] == "unsubscribe-page")["proof"]["leaving"]
    assert kept and reader.id not in str(kept) and leaving not in str(kept)


def test_undo_still_works_after_a_reason_and_after_none(sent: World, web: Client) -> None:
    for reason in ("not_for_me", ""):
        reader = subscribed(sent)
        page = tell(web, reader, leave(web, reader), reason)
        assert page.status == 200
        undo(web, reader, page)
        assert reader.stored["newsletter"].keys() == {sent.list_id}
    assert counted(sent) == {"not_for_me": 1}


def test_what_is_no_reason_or_comes_too_late_or_from_no_page_is_not_counted(sent: World, web: Client, platform: Platform) -> None:
    reader = subscribed(sent)
    page = leave(web, reader)
    tell(web, reader, page, "because <b>Sam</b>")
    fields = form_on(page, "tell")
    assert post(web, reader, {**fields, "why": "other", "left": an_id()}).status == 404
    assert web.get(f"{reader.unsubscribe}?why=other&left={fields['left']}").status == 200
    platform.clock.advance(UNDO_MINUTES * 60)
    try:
        assert tell(web, reader, page, "other").status == 410
    finally:
        platform.clock.advance(-UNDO_MINUTES * 60)
    assert counted(sent) == {}


def test_nobody_is_asked_who_left_before_or_by_the_mail_programs_button(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    assert 'name="why"' not in web.post(reader.unsubscribe, ONE_CLICK, Content_Type=FORM).text
    assert 'name="why"' not in leave(web, reader).text


def test_a_reason_that_cannot_be_counted_does_not_show(sent: World, web: Client, setting: Any) -> None:
    reader = subscribed(sent)
    page = leave(web, reader)
    setting("TOTALS_TABLE", "no-such-table")
    assert tell(web, reader, page, "other").status == 200


def test_staff_see_reasons_from_ten_up(sent: World, staff: Client) -> None:
    totals = Totals(sent.platform.aws.dynamodb, "totals")
    for n in range(28):
        reason = Reason.TOO_MANY if n < 12 else Reason.OTHER if n < 21 else Reason.DISAGREE
        totals.count_reason(sent.list_id, reason, f"request-{n}", 1_800_000_000 + n % 2 * 40 * 86_400)
    told = ok(staff.get(f"/v1/lists/{sent.list_id}/leaving"))
    few = "fewer than 10"
    assert told == {
        "list": sent.list_id,
        "said": 28,
        "reasons": {"too_many": 12, "not_for_me": few, "not_signed_up": few, "disagree": few, "other": few},
    }
    problem(staff.get("/v1/lists/no-such-list/leaving"), 404)
