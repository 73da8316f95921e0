"""The JSON that SES publishes about a mail.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and ...-sns-examples.html
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from local.aws import ACCOUNT, REGION
from local.ses.mail import Mail
from local.ses.mime import header_pairs
from local.ses.outcome import Outcome

Event = dict[str, Any]
MTA = "mta.example.com"
HEADERS_BYTES = 10_000  # "headersTruncated" beyond 10 KB
COMPLAINT_S = 60.0  # from delivery to complaint or automatic answer


def history(mail: Mail, recipients: Sequence[str], outcome: Outcome, delay_s: float) -> Iterator[tuple[float, Event]]:
    """What SES reports about the mail to `recipients`, each with its time (epoch seconds), earliest first."""
    sent, there, later = mail.at, mail.at + delay_s, mail.at + delay_s + COMPLAINT_S
    match outcome:
        case Outcome.DELAYED:
            yield there, _delay(mail, recipients, there)
            yield later, _delivery(mail, recipients, later)
        case Outcome.BOUNCED:
            yield there, _bounce(mail, recipients, there, "Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown")
        case Outcome.MAILBOX_FULL:
            yield there, _bounce(mail, recipients, there, "Transient", "MailboxFull", "4.2.2", "smtp; 452 4.2.2 mailbox full")
        case Outcome.OUT_OF_OFFICE:
            yield there, _delivery(mail, recipients, there)
            yield later, _bounce(mail, recipients, later, "Transient", "General", None, None)
        case Outcome.COMPLAINED:
            yield there, _delivery(mail, recipients, there)
            yield later, _complaint(mail, recipients, later)
        case Outcome.SUPPRESSED:
            reason = "Amazon SES has suppressed sending to this address because it has a recent history of bouncing"
            yield sent, _bounce(mail, recipients, sent, "Permanent", "Suppressed", "5.1.1", reason)
        case Outcome.SUPPRESSED_BY_ACCOUNT:
            reason = "Amazon SES did not send the message to this address because it is on the suppression list for your account"
            yield sent, _bounce(mail, recipients, sent, "Permanent", "OnAccountSuppressionList", "5.1.1", reason)
        case Outcome.REJECTED:
            yield sent, _event("Reject", mail, {"reject": {"reason": "Bad content"}})
        case _:
            yield there, _delivery(mail, recipients, there)


def send(mail: Mail) -> Event:
    return _event("Send", mail, {"send": {}})


def rendering_failure(mail: Mail, message: str) -> Event:
    return _event("Rendering Failure", mail, {"failure": {"errorMessage": message, "templateName": "inline"}})


def _delivery(mail: Mail, recipients: Sequence[str], at: float) -> Event:
    detail = {
        "timestamp": stamp(at),
        "processingTimeMillis": int((at - mail.at) * 1000),
        "recipients": list(recipients),
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": MTA,
    }
    return _event("Delivery", mail, {"delivery": detail}, {"ses:outgoing-ip": ["192.0.2.0"]})


def _bounce(mail: Mail, recipients: Sequence[str], at: float, kind: str, sub: str, status: str | None, code: str | None) -> Event:
    extra = {"action": "failed", "status": status, "diagnosticCode": code} if status else {}
    detail = {
        "feedbackId": _feedback_id(),
        "bounceType": kind,
        "bounceSubType": sub,
        "bouncedRecipients": [{"emailAddress": recipient, **extra} for recipient in recipients],
        "timestamp": stamp(at),
        "reportingMTA": f"dns; {MTA}",
    }
    return _event("Bounce", mail, {"bounce": detail})


def _complaint(mail: Mail, recipients: Sequence[str], at: float) -> Event:
    detail = {
        "feedbackId": _feedback_id(),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": recipient} for recipient in recipients],
        "timestamp": stamp(at),
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": stamp(at),
    }
    return _event("Complaint", mail, {"complaint": detail})


def _delay(mail: Mail, recipients: Sequence[str], at: float) -> Event:
    delayed = {"status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to remote host"}
    detail = {
        "timestamp": stamp(at),
        "delayType": "TransientCommunicationFailure",
        "expirationTime": stamp(at + 14 * 3600),
        "delayedRecipients": [{"emailAddress": recipient, **delayed} for recipient in recipients],
    }
    return _event("DeliveryDelay", mail, {"deliveryDelay": detail})


def _event(kind: str, mail: Mail, detail: Event, tags: dict[str, list[str]] | None = None) -> Event:
    pairs, truncated = _headers(mail)
    source = parseaddr(mail.source)[1]
    common: dict[str, Any] = {"from": [mail.source], "to": list(mail.to), "messageId": mail.message_id, "subject": mail.subject}
    if mail.reply_to:
        common["replyTo"] = list(mail.reply_to)
    own = {
        "ses:configuration-set": [mail.configuration_set or ""],
        "ses:source-ip": ["192.0.2.0"],
        "ses:from-domain": [source.rpartition("@")[2]],
        "ses:caller-identity": ["local"],
        "ses:operation": ["SendEmail"],
    }
    described = {
        "timestamp": stamp(mail.at),
        "source": mail.source,
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{source}",
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": list(mail.recipients),
        "headersTruncated": truncated,
        "headers": pairs,
        "commonHeaders": common,
        "tags": {**own, **{name: [value] for name, value in mail.tags.items()}, **(tags or {})},
    }
    return {"eventType": kind, "mail": described, **detail}


def _headers(mail: Mail) -> tuple[list[dict[str, str]], bool]:
    pairs: list[dict[str, str]] = []
    size = 0
    for name, value in header_pairs(mail):
        size += len(name) + len(value)
        if size > HEADERS_BYTES:
            return pairs, True
        pairs.append({"name": name, "value": value})
    return pairs, False


def stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _feedback_id() -> str:
    return f"0102{uuid.uuid4().hex[:12]}-{uuid.uuid4()}-000000"
