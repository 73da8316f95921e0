"""SES's event payloads: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.consent import SuppressionReason
from functions.domain.feedback import (
    Automated,
    FeedbackKind,
    is_fresh_hard_bounce,
    is_soft_bounce,
    read_feedback,
    suppression_for,
)
from functions.domain.send import MessageFact

PAYLOADS = Path(__file__).parents[1] / "payloads" / "ses"


def payload(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return body


# Per documented payload: kind, what it says about the message, whether the address is mailed again, reason, time.
CONTRACT = {
    "send": (FeedbackKind.SEND, MessageFact.SES_SEND, None, "", 1795338000125),
    "delivery": (FeedbackKind.DELIVERY, MessageFact.SES_DELIVERY, None, "", 1795338001402),
    "delivery_delay": (FeedbackKind.DELAY, MessageFact.SES_DELAY, None, "TransientCommunicationFailure", 1795339800000),
    "bounce_permanent": (
        FeedbackKind.BOUNCE_PERMANENT,
        MessageFact.SES_BOUNCE_PERMANENT,
        SuppressionReason.BOUNCED,
        "Permanent/General",
        1795338003669,
    ),
    "bounce_suppressed": (
        FeedbackKind.SUPPRESSED,
        MessageFact.SES_BOUNCE_PERMANENT,
        SuppressionReason.BOUNCED,
        "Permanent/OnAccountSuppressionList",
        1795338003669,
    ),
    "bounce_transient": (
        FeedbackKind.BOUNCE_TRANSIENT,
        MessageFact.SES_BOUNCE_TRANSIENT,
        None,
        "Transient/MailboxFull",
        1795338003669,
    ),
    "bounce_undetermined": (
        FeedbackKind.BOUNCE_TRANSIENT,
        MessageFact.SES_BOUNCE_TRANSIENT,
        None,
        "Undetermined/Undetermined",
        1795338003669,
    ),
    "complaint": (FeedbackKind.COMPLAINT, MessageFact.SES_COMPLAINT, SuppressionReason.COMPLAINED, "abuse", 1795342542000),
    "complaint_not_spam": (FeedbackKind.NOT_SPAM, None, None, "not-spam", 1795342542000),
    "reject": (FeedbackKind.REJECT, MessageFact.SES_REJECT, None, "Bad content", 1795338000125),
    "rendering_failure": (
        FeedbackKind.RENDERING_FAILURE,
        MessageFact.SES_RENDERING_FAILURE,
        None,
        "Attribute 'html' is not present in the rendering data.",
        1795338000125,
    ),
    "open": (FeedbackKind.OPEN, None, None, "", 1795339219652),
    "click": (FeedbackKind.CLICK, None, None, "", 1795339285570),
    "subscription": (FeedbackKind.SUBSCRIPTION, None, None, "", 1795340400000),
}


@pytest.mark.parametrize("name", CONTRACT)
def test_every_documented_payload_is_read(name: str) -> None:
    kind, fact, suppression, reason, at = CONTRACT[name]
    feedback = read_feedback(payload(name))
    assert (feedback.kind, feedback.fact, feedback.reason, feedback.at) == (kind, fact, reason, at)
    assert suppression_for(feedback) is suppression
    assert (feedback.send, feedback.chunk, feedback.supporter) == ("send0001", 12, "support1")
    assert feedback.message_id.startswith("0102019abc3f1e2d-")
    assert feedback.address == "anna@lezers.example"


def test_on_the_accounts_own_list_for_a_complaint_is_a_mail_that_came_back() -> None:
    body = payload("complaint")
    body["complaint"] |= {"complaintSubType": "OnAccountSuppressionList", "complaintFeedbackType": None}
    feedback = read_feedback(body)
    assert (feedback.kind, feedback.fact) == (FeedbackKind.SUPPRESSED, MessageFact.SES_BOUNCE_PERMANENT)
    assert (feedback.reason, suppression_for(feedback)) == ("Complaint/OnAccountSuppressionList", SuppressionReason.COMPLAINED)


@pytest.mark.parametrize(
    ("reason", "fresh", "soft"),
    [
        ("Permanent/General", True, False),
        ("Permanent/NoEmail", True, False),
        ("Permanent/Suppressed", True, False),  # on SES's global list: in our bounce rate all the same
        ("Permanent/OnAccountSuppressionList", False, False),
        ("Complaint/OnAccountSuppressionList", False, False),
        ("Transient/General", False, True),
        ("Transient/MailboxFull", False, True),
        ("Undetermined/Undetermined", False, True),
        ("Transient/MessageTooLarge", False, False),
        ("Transient/ContentRejected", False, False),
        ("Transient/AttachmentRejected", False, False),
        ("", False, False),
    ],
)
def test_which_bounces_ses_holds_against_us_and_which_tell_of_a_mailbox(reason: str, fresh: bool, soft: bool) -> None:
    assert (is_fresh_hard_bounce(reason), is_soft_bounce(reason)) == (fresh, soft)


@pytest.mark.parametrize("name", ["open", "click"])
@pytest.mark.parametrize(
    ("said", "read"),
    [("Likely", Automated.LIKELY), ("Unlikely", Automated.UNLIKELY), ("Perhaps", Automated.UNSAID), (None, Automated.UNSAID)],
)
def test_an_open_or_click_counts_for_nobody_whatever_ses_says_of_machines(name: str, said: str | None, read: Automated) -> None:
    body = payload(name)
    if said:
        body[name]["isBotEvent"] = said
    feedback = read_feedback(body)
    assert (feedback.automated, feedback.fact, suppression_for(feedback)) == (read, None, None)


def test_every_payload_file_has_its_contract() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(CONTRACT)


@pytest.mark.parametrize("name", CONTRACT)
def test_headers_are_dropped_and_the_representation_names_nobody(name: str) -> None:
    feedback = read_feedback(payload(name))
    assert "headers" not in feedback.raw["mail"]
    assert "commonHeaders" not in feedback.raw["mail"]
    assert "List-Unsubscribe" not in json.dumps(feedback.raw)
    assert "anna" not in repr(feedback)


def test_the_raw_payload_stays_as_it_was() -> None:
    body = payload("complaint")
    before = json.dumps(body)
    read_feedback(body)
    assert json.dumps(body) == before


@pytest.mark.parametrize("spelling", ["Rendering Failure", "RENDERING_FAILURE", "renderingFailure"])
def test_all_of_ses_spellings_are_one_kind(spelling: str) -> None:
    assert read_feedback(payload("rendering_failure") | {"eventType": spelling}).kind is FeedbackKind.RENDERING_FAILURE


def test_a_notification_reads_as_an_event() -> None:
    body = payload("bounce_permanent")
    body["notificationType"] = body.pop("eventType")
    assert read_feedback(body).kind is FeedbackKind.BOUNCE_PERMANENT


def test_a_kind_that_ses_adds_tomorrow_is_unknown_and_says_nothing() -> None:
    feedback = read_feedback(payload("send") | {"eventType": "Teleported"})
    assert (feedback.kind, feedback.fact, suppression_for(feedback)) == (FeedbackKind.UNKNOWN, None, None)
    assert feedback.raw["eventType"] == "Teleported"


def test_a_mail_without_our_tags_names_no_message() -> None:
    body = payload("bounce_permanent")
    for tag in ("send", "chunk", "supporter"):
        del body["mail"]["tags"][tag]
    feedback = read_feedback(body)
    assert (feedback.send, feedback.chunk, feedback.supporter) == (None, None, None)


def test_a_mail_to_several_addresses_suppresses_by_none_of_them() -> None:
    body = payload("complaint")
    body["mail"]["destination"].append("bert@lezers.example")
    assert read_feedback(body).address is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(
    kind=st.sampled_from(["Bounce", "Complaint", "Delivery", "Send", ""]) | JSON,
    mail=JSON | st.fixed_dictionaries({"tags": JSON, "destination": JSON, "timestamp": JSON}),
    details=JSON,
)
def test_nothing_that_arrives_makes_it_raise(kind: object, mail: object, details: object) -> None:
    read_feedback({"eventType": kind, "mail": mail, "bounce": details, "complaint": details, "delivery": details})
