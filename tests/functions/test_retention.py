"""What is kept, and no longer: a journey through time. The platform deletes nothing by itself here, as DynamoDB may take days,
so what is not seen any more is what reading leaves out.
"""

import json
from collections.abc import Iterator

import pytest

from functions.adapters import aws, clock
from functions.adapters.audit import Act, Audit
from functions.adapters.erasing import Cleaning
from functions.adapters.events import Events, to_item
from functions.adapters.ledger import Ledger
from functions.adapters.messages import Messages
from functions.domain import retention
from functions.domain.consent import MailSettings, Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.letter import Recipe
from functions.domain.selection import decode_picks
from functions.domain.supporter import FormOfAddress
from functions.domain.tokens import Power, sign_short
from infra.description import DEPLOYMENT
from local.client import Client
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, Reader, World, ring, world

DAY_S = 86_400
MONTH_S = 30 * DAY_S


@pytest.fixture
def sent(platform: Platform) -> Iterator[World]:
    yield world(platform)
    platform.clock.reset()


def mailed(sent: World) -> Reader:
    """A reader with a mail and a click, written as deliveries and redirects write them."""
    reader, now = sent.reader(grants=EVERY_GRANT), int(clock.now() * 1000)
    key = {"chunk": {"S": f"{sent.send}#00000"}, "supporter": {"S": reader.id}}
    aws.dynamodb().delete_item(TableName="messages", Key=key)
    recipe = Recipe(decode_picks("0e"), MailSettings(), "nl", FormOfAddress.INFORMAL, "Beste Sam,")
    assert Ledger(aws.dynamodb(), "messages").claim(f"{sent.send}#00000", reader.id, recipe, "v1", now)
    grants = {Purpose.CLICK_MEASUREMENT: EVERY_GRANT["click_measurement"]}
    event = Event(reader.id, "r1", EventKind.CLICKED, sent.send, 0, sent.edition, now, Verdict.HUMAN, grants)
    sent.put("events", to_item(event))
    return reader


def told(web: Client, reader: Reader, part: str) -> int:
    token = sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + 1500)
    return len(json.loads(web.get(f"/m/{token}/export.json").text)[part])


def test_clicks_and_mails_are_told_for_13_months_and_no_longer(sent: World, platform: Platform, web: Client, staff: Client) -> None:
    reader = mailed(sent)
    assert 12 * MONTH_S < retention.EVENTS_S <= retention.MESSAGES_S <= 14 * MONTH_S
    platform.clock.advance(retention.EVENTS_S - DAY_S)
    assert (told(web, reader, "events"), told(web, reader, "messages")) == (1, 1)
    platform.clock.advance(retention.MESSAGES_S - retention.EVENTS_S + 2 * DAY_S)
    assert (told(web, reader, "events"), told(web, reader, "messages")) == (0, 0)
    assert Events(aws.dynamodb(), "events").of(reader.id) == []
    assert Messages(aws.dynamodb(), "messages").find(sent.send, reader.id) is None
    assert json.loads(staff.get(f"/v1/supporters/{reader.id}/messages").text)["messages"] == []
    assert len(reader.events) == 1  # stored all the while


def test_a_click_on_a_mail_that_is_kept_no_longer_leads_on_and_records_nothing(
    sent: World, platform: Platform, web: Client
) -> None:
    reader = mailed(sent)
    platform.clock.advance(retention.MESSAGES_S + DAY_S)
    assert web.get(reader.link(0)).status == 302
    platform.drain()
    assert len(reader.events) == 1


def test_the_audit_log_is_shown_for_three_years(sent: World, platform: Platform) -> None:
    audit, now = Audit("audit"), int(clock.now() * 1000)
    audit.write(Act(now, "somebody", "supporter.read", "supporter#AAAAAAA1"))
    platform.clock.advance(retention.AUDIT_S - DAY_S)
    assert len(audit.of_object("supporter#AAAAAAA1")[0]) == 1
    platform.clock.advance(2 * DAY_S)
    assert audit.of_object("supporter#AAAAAAA1") == ([], None)


def test_erasing_reaches_what_has_expired_and_is_still_stored(sent: World, platform: Platform) -> None:
    reader = mailed(sent)
    platform.clock.advance(retention.MESSAGES_S + DAY_S)
    Cleaning(aws.dynamodb(), "catalogue", "events", "messages").clean(reader.id)
    assert "greeting" not in reader.row
    assert reader.events == []


def test_every_table_that_forgets_has_an_end_that_is_named_in_one_place() -> None:
    named = {"events": "EVENTS_S", "totals": "TOTALS_S", "messages": "MESSAGES_S", "audit": "AUDIT_S", "signups": "SIGN_UPS_DAYS"}
    forgetting = {table.name for table in DEPLOYMENT.tables if table.expires}
    assert forgetting - {"limits", "pace"} == named.keys()  # a limit ends with its own window, a send's pace some time after it
    assert all(getattr(retention, name) for name in named.values())
