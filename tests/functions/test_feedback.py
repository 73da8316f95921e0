"""What SES reports, through SNS and the feedback queue."""

import json
import os
from copy import deepcopy
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters import keys
from functions.domain.feedback import FeedbackKind, read_feedback
from functions.domain.supporter import address_hash
from functions.feedback.step import ses_event
from local.platform import Platform
from tests.functions.readers import Reader, World, an_id, payload, world

AT = "2026-03-10T10:00:05.000Z"
AT_MS = 1773136805000
# https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
DETAILS: dict[str, dict[str, Any]] = {
    "Send": {"send": {}},
    "Delivery": {"delivery": {"timestamp": AT, "processingTimeMillis": 5000, "recipients": [], "smtpResponse": "250 ok"}},
    "DeliveryDelay": {"deliveryDelay": {"timestamp": AT, "delayType": "MailboxFull"}},
    "Bounce": {"bounce": {"timestamp": AT, "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": []}},
    "Complaint": {"complaint": {"timestamp": AT, "complaintFeedbackType": "abuse", "complainedRecipients": []}},
    "Reject": {"reject": {"reason": "Bad content"}},
    "Rendering Failure": {"failure": {"errorMessage": "Attribute missing", "templateName": "none"}},
}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def report(reader: Reader, kind: str, **details: Any) -> dict[str, Any]:
    """One SES event about the reader's message. `details` go into its own part."""
    made = deepcopy(DETAILS.get(kind, {}))
    for part in made.values():
        part |= details
    tags = {"send": [reader.world.send], "chunk": ["00000"], "supporter": [reader.id], "ses:configuration-set": ["achterban"]}
    mail = {
        "timestamp": "2026-03-10T10:00:00.000Z",
        "messageId": "0107018d-example",
        "destination": [f"{reader.id.lower()}@example.org"],
        "headersTruncated": False,
        "headers": [{"name": "List-Unsubscribe", "value": "<https://mail.example.org/u/secret-token>"}],
        "commonHeaders": {"subject": "Beste Sam,"},
        "tags": tags,
    }
    return {"eventType": kind, "mail": mail, **made}


def batch(*reports: dict[str, Any] | str, bare: bool = False) -> dict[str, Any]:
    """The queue's payload: each report in its SNS envelope, or bare (raw message delivery)."""
    queue: dict[str, Any] = payload("sqs_sns")
    (pattern,) = queue["Records"]
    queue["Records"] = []
    for number, each in enumerate(reports):
        record = deepcopy(pattern)
        text = each if isinstance(each, str) else json.dumps(each)
        record["messageId"] = f"message-{number}"
        record["body"] = text if bare else json.dumps({**record["body"], "Message": text})
        queue["Records"].append(record)
    return queue


def suppression(reader: Reader) -> dict[str, Any]:
    """Of the address that was mailed, as SES named it."""
    hashed = address_hash(keys.load(os.environ["KEYS_SECRET"]).address_key, f"{reader.id.lower()}@example.org")
    return reader.world.get("suppressions", {"address_hash": hashed})


OK: dict[str, Any] = {"batchItemFailures": []}


def test_a_delivery_settles_the_message_with_its_time(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    reader.message(state="claimed")
    assert platform.invoke("feedback", batch(report(reader, "Delivery"), report(reader, "Send"))) == OK
    row = reader.row
    assert (row["state"], row["delivered_at"], row["ses_id"]) == ("delivered", AT_MS, "0107018d-example")
    assert row["sent_at"] < AT_MS


@pytest.mark.parametrize("bare", [False, True], ids=["in an SNS envelope", "bare"])
def test_a_report_twice_changes_nothing(sent: World, platform: Platform, bare: bool) -> None:
    reader = sent.reader()
    reader.message()
    reports = batch(*(report(reader, kind) for kind in DETAILS), bare=bare)
    assert platform.invoke("feedback", reports) == OK
    row, suppressed = reader.row, suppression(reader)
    platform.invoke("feedback", reports)
    assert (reader.row, suppression(reader)) == (row, suppressed)


def test_the_order_of_reports_does_not_matter(sent: World, platform: Platform) -> None:
    ends = set()
    for order in permutations(["Send", "Delivery", "Complaint", "DeliveryDelay"]):
        reader = sent.reader()
        reader.message()
        platform.invoke("feedback", batch(*(report(reader, kind) for kind in order)))
        ends.add((reader.row["state"], reader.row["delivered_at"], suppression(reader)["reason"]))
    assert ends == {("complained", AT_MS, "complained")}


@pytest.mark.parametrize(
    ("kind", "details", "state", "reason"),
    [
        ("Bounce", {}, "bounced", "bounced"),
        ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}, "bounced", None),
        ("Bounce", {"bounceType": "Undetermined"}, "bounced", None),
        ("Bounce", {"bounceSubType": "Suppressed"}, "bounced", "bounced"),
        ("Bounce", {"bounceSubType": "OnAccountSuppressionList"}, "bounced", "bounced"),
        ("Complaint", {"complaintSubType": "OnAccountSuppressionList"}, "bounced", "complained"),
        ("Complaint", {}, "complained", "complained"),
        ("Complaint", {"complaintFeedbackType": "not-spam"}, "sent", None),
        ("Reject", {}, "rejected", None),
        ("Rendering Failure", {}, "failed", None),
        ("DeliveryDelay", {}, "delayed", None),
    ],
)
def test_what_each_report_does(
    sent: World, platform: Platform, kind: str, details: dict[str, Any], state: str, reason: str | None
) -> None:
    reader = sent.reader()
    reader.message()
    platform.invoke("feedback", batch(report(reader, kind, **details)))
    assert reader.row["state"] == state
    assert suppression(reader).get("reason") == reason


def test_a_bounce_for_good_outweighs_one_for_now_in_either_order(sent: World, platform: Platform) -> None:
    for_now = {"bounceType": "Transient", "bounceSubType": "MailboxFull"}
    for details in ([for_now, {}], [{}, for_now], [for_now, {}, {}, for_now]):
        reader = sent.reader()
        reader.message()
        platform.invoke("feedback", batch(*(report(reader, "Bounce", **each) for each in details)))
        assert (reader.row["state"], reader.row["reason"]) == ("bounced", "Permanent/General")


def soft(reader: Reader, send: str, day: int, **details: Any) -> dict[str, Any]:
    """A soft bounce of a mail to the reader in another send, so many days before the last, with its row."""
    at = AT_MS - day * 86_400_000
    row = {"chunk": f"{send}#00000", "supporter": reader.id, "state": "sent", "ses_id": "x", "sent_at": at, "at": at}
    reader.world.put("messages", {**row, "expires": 4_000_000_000})
    made = report(reader, "Bounce", bounceType="Transient", bounceSubType="MailboxFull", **details)
    made["mail"]["tags"]["send"] = [send]
    return made


def test_an_address_whose_mails_came_back_three_times_is_left_alone(sent: World, platform: Platform) -> None:
    for order in permutations(range(3)):
        reader = Reader(sent, an_id())
        bounces = [soft(reader, f"softsen{n}", 50 - 20 * n) for n in order]
        platform.invoke("feedback", batch(*bounces[:2], *bounces[:2]))
        assert suppression(reader) == {}, "twice is not enough, however often it is told"
        platform.invoke("feedback", batch(bounces[2]))
        assert (suppression(reader)["reason"], suppression(reader)["source"]) == ("bounced", "ses, repeatedly")


def test_a_report_that_came_back_after_its_row_was_written_still_counts(
    sent: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    from functions.adapters.reported import Reported

    reader = Reader(sent, an_id())
    bounces = [soft(reader, f"softsen{n}", n) for n in range(3)]
    platform.invoke("feedback", batch(*bounces[:2]))
    with monkeypatch.context() as dying:
        dying.setattr(Reported, "mailed", lambda *_: 1 / 0)
        assert platform.invoke("feedback", batch(bounces[2]))["batchItemFailures"]
    assert platform.invoke("feedback", batch(bounces[2])) == OK
    assert suppression(reader)["reason"] == "bounced"


def test_an_out_of_office_reply_or_another_address_brings_nobody_nearer_to_silence(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    bounces = [soft(reader, f"softsen{n}", n) for n in range(3)]
    bounces[0]["mail"]["destination"] = ["before@example.org"]  # where they were mailed until they moved
    for_long = soft(reader, "softsenx", 70)
    away = report(reader, "Bounce", bounceType="Transient", bounceSubType="General")
    platform.invoke("feedback", batch(*bounces, for_long, report(reader, "Delivery"), away))
    assert reader.row["state"] == "delivered"
    assert suppression(reader) == {}


def test_the_first_reason_of_a_suppression_stays(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    reader.message()
    platform.invoke("feedback", batch(report(reader, "Bounce")))
    platform.invoke("feedback", batch(report(reader, "Complaint")))
    assert (reader.row["state"], suppression(reader)["reason"]) == ("complained", "bounced")


def test_a_bounce_without_an_address_suppresses_the_supporters_own(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    bounce = report(reader, "Bounce")
    bounce["mail"]["destination"] = []
    platform.invoke("feedback", batch(bounce))
    assert reader.suppression["reason"] == "bounced"


def test_a_complaint_about_a_message_no_longer_kept_still_suppresses(sent: World, platform: Platform) -> None:
    nobody = Reader(sent, an_id())
    assert platform.invoke("feedback", batch(report(nobody, "Complaint"), report(nobody, "Delivery"))) == OK
    assert suppression(nobody)["reason"] == "complained"
    assert nobody.row == {}


def test_what_we_do_not_know_is_let_go(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    before = reader.row
    odd = batch(report(reader, "Subscription"), report(reader, "Sharpened"), "Successfully validated SNS topic.", "[]", "{}")
    assert platform.invoke("feedback", odd) == OK
    assert platform.invoke("feedback", batch("not JSON", '"text"', '{"Message": 1}', bare=True)) == OK
    assert reader.row == before


def test_a_report_about_a_skipped_message_is_of_another_mail(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    reader.message(state="skipped")
    before = reader.row
    platform.invoke("feedback", batch(report(reader, "Delivery")))
    assert reader.row == before


def test_one_report_that_fails_does_not_hold_up_the_others(
    sent: World, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = sent.reader(), sent.reader()
    for reader in (good, bad):
        reader.message()
    from functions.adapters.reported import Reported

    move = Reported.move

    def failing(self: Reported, chunk: str, supporter: str, *rest: Any) -> Any:
        if supporter == bad.id:
            raise TimeoutError
        return move(self, chunk, supporter, *rest)

    monkeypatch.setattr(Reported, "move", failing)
    answer = platform.invoke("feedback", batch(report(bad, "Delivery"), report(good, "Delivery")))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-0"}]}
    assert (good.row["state"], bad.row["state"]) == ("delivered", "sent")


def test_neither_log_nor_table_holds_an_address_or_a_token(sent: World, platform: Platform) -> None:
    reader = sent.reader()
    reader.message()
    platform.invoke("feedback", batch(*(report(reader, kind) for kind in DETAILS)))
    kept = f"{reader.row} {suppression(reader)} {platform.logs.read('feedback')}"
    assert "example.org" not in kept
    assert "secret-token" not in kept
    assert "Sam" not in kept


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.dictionaries(
    st.sampled_from(["Message", "eventType", "mail", "bounce", "tags", "send", "destination", "x"]), inner, max_size=4
) | st.lists(inner, max_size=3), max_leaves=12))  # fmt: skip
def test_no_body_whatever_breaks_the_reading(body: Any) -> None:
    assert read_feedback(ses_event(json.dumps(body))).kind in FeedbackKind
