"""What SES reports about a mail, normalised at the edge: a closed set of kinds, UNKNOWN for the rest, the payload kept.

Payloads as in the Amazon SES developer guide, "Contents of event data in Amazon SES". They come unordered and repeated.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from functions.domain.consent import SuppressionReason
from functions.domain.ids import is_id
from functions.domain.send import MessageFact


class FeedbackKind(StrEnum):
    SEND = "send"
    DELIVERY = "delivery"
    DELAY = "delay"
    BOUNCE_PERMANENT = "bounce_permanent"
    BOUNCE_TRANSIENT = "bounce_transient"  # and what SES could not determine: no reason to never mail again
    SUPPRESSED = "suppressed"  # SES did not try: the address is on the account's own list since an earlier bounce or complaint
    COMPLAINT = "complaint"
    NOT_SPAM = "not_spam"  # a report that takes the mail out of the spam folder: the opposite of a complaint
    REJECT = "reject"
    RENDERING_FAILURE = "rendering_failure"
    OPEN = "open"  # SES's own tracking is off; should it be on by mistake, it is not ours to count
    CLICK = "click"
    SUBSCRIPTION = "subscription"
    UNKNOWN = "unknown"


class Automated(StrEnum):
    """SES's own word (`isBotEvent`, since August 2026) on whether a machine opened or clicked. No word is not "unlikely"."""

    LIKELY = "likely"
    UNLIKELY = "unlikely"
    UNSAID = "unsaid"


_FACTS: Mapping[FeedbackKind, MessageFact] = {
    FeedbackKind.SEND: MessageFact.SES_SEND,
    FeedbackKind.DELIVERY: MessageFact.SES_DELIVERY,
    FeedbackKind.DELAY: MessageFact.SES_DELAY,
    FeedbackKind.BOUNCE_PERMANENT: MessageFact.SES_BOUNCE_PERMANENT,
    FeedbackKind.BOUNCE_TRANSIENT: MessageFact.SES_BOUNCE_TRANSIENT,
    FeedbackKind.SUPPRESSED: MessageFact.SES_BOUNCE_PERMANENT,
    FeedbackKind.COMPLAINT: MessageFact.SES_COMPLAINT,
    FeedbackKind.REJECT: MessageFact.SES_REJECT,
    FeedbackKind.RENDERING_FAILURE: MessageFact.SES_RENDERING_FAILURE,
}

# SES spells the same event differently per destination; here without blanks, in lower case. Value: where its details are.
_PARTS: Mapping[str, tuple[FeedbackKind, str]] = {
    "send": (FeedbackKind.SEND, "send"),
    "delivery": (FeedbackKind.DELIVERY, "delivery"),
    "deliverydelay": (FeedbackKind.DELAY, "deliveryDelay"),
    "bounce": (FeedbackKind.BOUNCE_TRANSIENT, "bounce"),
    "complaint": (FeedbackKind.COMPLAINT, "complaint"),
    "reject": (FeedbackKind.REJECT, "reject"),
    "renderingfailure": (FeedbackKind.RENDERING_FAILURE, "failure"),
    "open": (FeedbackKind.OPEN, "open"),
    "click": (FeedbackKind.CLICK, "click"),
    "subscription": (FeedbackKind.SUBSCRIPTION, "subscription"),
}


_CHUNK = re.compile(r"[0-9]{1,5}")
_ON_OUR_LIST = "OnAccountSuppressionList"  # a subtype of bounces, and of complaints
# These say something about the mail, not about the mailbox.
_OF_THE_MAIL = frozenset({"MessageTooLarge", "ContentRejected", "AttachmentRejected"})


@dataclass(frozen=True)
class SesFeedback:
    """One report. `send`, `chunk`, `supporter` come from our message tags: None when the mail is not ours or unmarked.

    `at`: epoch ms of what happened, 0 when SES gave no time. `address`: the one recipient, None when there are more.
    `reason`: SES's own words ("Permanent/General", "abuse"). `automated` is about opens and clicks, which count for nobody here
    whatever it says: SES's tracking is off, ours asks for consent. `raw`: the payload without the mail's headers.
    """

    kind: FeedbackKind
    message_id: str
    send: str | None
    chunk: int | None
    supporter: str | None
    at: int
    reason: str = ""
    automated: Automated = Automated.UNSAID
    address: str | None = field(default=None, repr=False)
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def fact(self) -> MessageFact | None:
        """What it says about the message; None when nothing."""
        return _FACTS.get(self.kind)

    @property
    def is_soft(self) -> bool:
        """A bounce that tells of the mailbox and may pass: full, unreachable. Not one about the mail's size or content."""
        return self.kind is FeedbackKind.BOUNCE_TRANSIENT and is_soft_bounce(self.reason)


def read_feedback(payload: Mapping[str, Any]) -> SesFeedback:
    """Read one SES event. Never raises: what is missing or odd becomes None, "" or UNKNOWN.

    The mail's headers are dropped: they carry the unsubscribe token and the name.
    """
    mail = _mapping(payload.get("mail"))
    kind, part = _PARTS.get(_spelling(payload), (FeedbackKind.UNKNOWN, ""))
    details = _mapping(payload.get(part))
    kind, reason = _refined(kind, details)
    chunk = _tag(mail, "chunk")
    return SesFeedback(
        kind=kind,
        message_id=str(mail.get("messageId") or ""),
        send=_id_tag(mail, "send"),
        chunk=int(chunk) if chunk and _CHUNK.fullmatch(chunk) else None,
        supporter=_id_tag(mail, "supporter"),
        at=_milliseconds(details.get("timestamp")) or _milliseconds(mail.get("timestamp")),
        reason=reason,
        automated=_automated(kind, details),
        address=_only(mail.get("destination")),
        raw={**payload, "mail": {k: v for k, v in mail.items() if k not in ("headers", "commonHeaders")}},
    )


def suppression_for(feedback: SesFeedback) -> SuppressionReason | None:
    """Why the address must not be mailed again, or None. One full mailbox or out-of-office reply is no reason (transient.py)."""
    if feedback.kind is FeedbackKind.SUPPRESSED:  # what put it on SES's list holds for ours
        complained = not feedback.reason.startswith("Permanent/")
        return SuppressionReason.COMPLAINED if complained else SuppressionReason.BOUNCED
    if feedback.kind is FeedbackKind.BOUNCE_PERMANENT:
        return SuppressionReason.BOUNCED
    return SuppressionReason.COMPLAINED if feedback.kind is FeedbackKind.COMPLAINT else None


def is_soft_bounce(reason: str) -> bool:
    """Of a bounce's reason: whether it tells of a mailbox that could not take the mail for now."""
    kind, _, sub = reason.partition("/")
    return kind in ("Transient", "Undetermined") and sub not in _OF_THE_MAIL


def is_fresh_hard_bounce(reason: str) -> bool:
    """Of a bounce's reason: whether SES counts it in the account's bounce rate.

    It counts what a server refused for good and what is on SES's global list, not what is on the account's own list
    (AWS knowledge centre, "Do bounces from the Amazon SES suppression list affect my daily sending quota?").
    """
    kind, _, sub = reason.partition("/")
    return kind == "Permanent" and sub != _ON_OUR_LIST


def _spelling(payload: Mapping[str, Any]) -> str:
    # Feedback notifications, which an identity may still have switched on, say notificationType.
    name = payload.get("eventType") or payload.get("notificationType") or ""
    return str(name).replace(" ", "").replace("_", "").lower()


def _refined(kind: FeedbackKind, details: Mapping[str, Any]) -> tuple[FeedbackKind, str]:
    if kind is FeedbackKind.BOUNCE_TRANSIENT:
        return _bounce(str(details.get("bounceType", "")), str(details.get("bounceSubType", "")))
    if kind is FeedbackKind.COMPLAINT:
        if details.get("complaintSubType") == _ON_OUR_LIST:  # accepted, and then not even offered to the server
            return FeedbackKind.SUPPRESSED, f"Complaint/{_ON_OUR_LIST}"
        reason = str(details.get("complaintFeedbackType") or details.get("complaintSubType") or "")
        return (FeedbackKind.NOT_SPAM if reason == "not-spam" else kind), reason
    return kind, str(details.get("reason") or details.get("delayType") or details.get("errorMessage") or "")


def _bounce(type_: str, sub: str) -> tuple[FeedbackKind, str]:
    kind = FeedbackKind.BOUNCE_TRANSIENT
    if type_ == "Permanent":
        kind = FeedbackKind.SUPPRESSED if sub == _ON_OUR_LIST else FeedbackKind.BOUNCE_PERMANENT
    return kind, f"{type_}/{sub}"


def _automated(kind: FeedbackKind, details: Mapping[str, Any]) -> Automated:
    if kind not in (FeedbackKind.OPEN, FeedbackKind.CLICK):
        return Automated.UNSAID
    said = str(details.get("isBotEvent") or "").lower()
    return Automated(said) if said in (Automated.LIKELY, Automated.UNLIKELY) else Automated.UNSAID


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _tag(mail: Mapping[str, Any], name: str) -> str | None:
    return _only(_mapping(mail.get("tags")).get(name))


def _only(values: object) -> str | None:
    return values[0] if isinstance(values, list) and len(values) == 1 and isinstance(values[0], str) else None


def _id_tag(mail: Mapping[str, Any], name: str) -> str | None:
    value = _tag(mail, name)
    return value if is_id(value) else None


def _milliseconds(timestamp: object) -> int:
    try:
        moment = datetime.fromisoformat(str(timestamp))
    except ValueError:
        return 0
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
