"""SES v2 on this machine, without the HTTP: accepts or refuses a mail as SES does, keeps it, and reports what became of it."""

import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.utils import parseaddr
from typing import Any

from local.ses import checks, events
from local.ses.mail import Mail, SesError, bad_request
from local.ses.outbox import Outbox
from local.ses.outcome import Decide, Outcome, simulated
from local.ses.publisher import Publisher

VIRUS = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"


@dataclass
class Account:
    """What a test or a demo may set about the SES account. `verified` None = every identity."""

    configuration_sets: Collection[str]
    max_rate: float = 500.0  # per second; told, and held only when `enforce_rate`
    max_24h: float = 1_000_000.0  # recipients; -1 = no limit
    enforce_rate: bool = False
    sending_enabled: bool = True
    suspended: bool = False
    verified: Collection[str] | None = None
    broken_mail_from: Collection[str] = ()  # sender domains whose MAIL FROM domain SES no longer finds
    delivery_delay_s: float = 2.0
    outcome: Decide | None = None  # what becomes of mail to an address; None = the simulator's rules, else delivered
    suppressed: set[str] = field(default_factory=set)  # the account's own list


class Capture:
    """`accept(request) -> message id`; raises SesError. `mails` are in `outbox`."""

    def __init__(self, outbox: Outbox, publisher: Publisher, account: Account, now: Callable[[], float]) -> None:
        self.outbox, self.publisher, self.account, self._now = outbox, publisher, account, now
        self._lock = threading.Lock()
        self._room, self._room_at = account.max_rate, time.monotonic()
        self.throttled = 0  # mails dropped because they came too fast

    def accept(self, request: Mapping[str, Any]) -> str:
        """One SendEmail request."""
        mail = self.mail(request)
        self.admit(mail)
        self.send(mail)
        return mail.message_id

    def mail(self, request: Mapping[str, Any]) -> Mail:
        """The checked mail of a SendEmail request, not yet sent."""
        content = request.get("Content") or {}
        kinds = [kind for kind in ("Simple", "Raw", "Template") if content.get(kind) is not None]
        if len(kinds) != 1:
            raise bad_request("Content: exactly one of Simple, Raw and Template is required.")
        if kinds == ["Template"]:
            raise bad_request("Content.Template is not there on this machine: use Simple, or SendBulkEmail with inline content.")
        common: dict[str, Any] = {
            "message_id": f"0102{int(self._now() * 1000):012x}-{uuid.uuid4()}-000000",
            "at": self._now(),
            "reply_to": tuple(request.get("ReplyToAddresses") or ()),
            "tags": checks.tags(request.get("EmailTags")),
            "configuration_set": checks.configuration_set(request.get("ConfigurationSetName"), self.account.configuration_sets),
        }
        for reply_to in common["reply_to"]:
            checks.address(reply_to, "ReplyToAddresses")
        mail = _simple(request, content["Simple"], common) if kinds == ["Simple"] else _raw(request, content["Raw"], common)
        checks.size(mail.text, mail.html, mail.raw)
        return mail

    def admit(self, mail: Mail) -> None:
        """Whether the account may send this now. Which code a full day gets is from memory, not from a document."""
        account, sender = self.account, parseaddr(mail.source)[1]
        if account.suspended:
            raise SesError("AccountSuspendedException", "The account's ability to send email has been permanently restricted.")
        if not account.sending_enabled:
            raise SesError("SendingPausedException", "Email sending is currently paused for this account.")
        if sender.rpartition("@")[2] in account.broken_mail_from:
            raise SesError("MailFromDomainNotVerifiedException", "The sending domain's MAIL FROM domain is not verified.")
        checks.identities([sender], account.verified)
        if account.max_24h >= 0 and self.outbox.sent_since(self._now() - 24 * 3600) + len(mail.recipients) > account.max_24h:
            raise SesError("LimitExceededException", "Daily message quota exceeded.")
        if account.enforce_rate and not self._within_rate(len(mail.recipients)):
            raise SesError("TooManyRequestsException", "Maximum sending rate exceeded.")

    def send(self, mail: Mail) -> None:
        """Keep the mail and plan its events. Without a configuration set SES reports nothing."""
        self.outbox.add(mail)
        if mail.configuration_set is None:
            return
        planned = [(mail.at, events.send(mail))]
        for outcome, recipients in self._outcomes(mail).items():
            planned += events.history(mail, recipients, outcome, self.account.delivery_delay_s)
        self.publisher.add(planned)

    def fail_to_render(self, mail: Mail, reason: str) -> None:
        """SES accepts a bulk mail whose template lacks a value, sends nothing, and says so in an event only."""
        if mail.configuration_set is not None:
            self.publisher.add([(mail.at, events.rendering_failure(mail, reason))])

    def _outcomes(self, mail: Mail) -> dict[Outcome, list[str]]:
        found: dict[Outcome, list[str]] = {}
        for recipient in mail.recipients:
            address = parseaddr(recipient)[1]
            found.setdefault(self._outcome(mail, address), []).append(address)
        return found

    def _outcome(self, mail: Mail, address: str) -> Outcome:
        if VIRUS in (mail.text or "") or VIRUS in (mail.html or ""):
            return Outcome.REJECTED
        decided = simulated(address)
        if decided is not None:
            return decided  # the simulator's addresses never get onto the account's list
        if address.lower() in self.account.suppressed:
            return Outcome.SUPPRESSED_BY_ACCOUNT
        outcome = (self.account.outcome(address) if self.account.outcome else None) or Outcome.DELIVERED
        if outcome in (Outcome.BOUNCED, Outcome.COMPLAINED):
            self.account.suppressed.add(address.lower())
        return outcome

    def _within_rate(self, recipients: int) -> bool:
        """A bucket that fills with `max_rate` a second and may go below zero by one mail, as SES's does."""
        with self._lock:
            moment = time.monotonic()
            self._room = min(self.account.max_rate, self._room + (moment - self._room_at) * self.account.max_rate)
            self._room_at = moment
            if self._room < 1:
                self.throttled += recipients
                return False
            self._room -= recipients
            return True

    def quota(self) -> dict[str, Any]:
        """The answer of GetAccount."""
        account = self.account
        return {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "SHUTDOWN" if account.suspended else "HEALTHY",
            "ProductionAccessEnabled": True,
            "SendQuota": {
                "Max24HourSend": account.max_24h,
                "MaxSendRate": account.max_rate,
                "SentLast24Hours": float(self.outbox.sent_since(self._now() - 24 * 3600)),
            },
            "SendingEnabled": account.sending_enabled,
            "SuppressionAttributes": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
        }


def _simple(request: Mapping[str, Any], simple: Mapping[str, Any], common: Mapping[str, Any]) -> Mail:
    source = request.get("FromEmailAddress")
    checks.address(source, "FromEmailAddress")
    to, cc, bcc = checks.recipients(request.get("Destination"))
    body = simple.get("Body") or {}
    if body.get("Text") is None and body.get("Html") is None:
        raise bad_request("Body: at least one of Text and Html is required.")
    return Mail(
        source=str(source),
        to=to,
        cc=cc,
        bcc=bcc,
        subject=checks.content(simple.get("Subject"), "Subject"),
        text=checks.content(body["Text"], "Body.Text") if body.get("Text") is not None else None,
        html=checks.content(body["Html"], "Body.Html") if body.get("Html") is not None else None,
        headers=checks.headers(simple.get("Headers")),
        **common,
    )


def _raw(request: Mapping[str, Any], raw: Mapping[str, Any], common: Mapping[str, Any]) -> Mail:
    import base64
    import binascii

    try:
        data = base64.b64decode(raw.get("Data") or "", validate=True)
    except (binascii.Error, ValueError):
        raise bad_request("Raw.Data is not base64.") from None
    message = message_from_bytes(data, policy=policy.SMTP)
    source = request.get("FromEmailAddress") or str(message.get("From", ""))
    checks.address(source, "From")
    given = request.get("Destination") or {f"{k}Addresses": _listed(message.get(k)) for k in ("To", "Cc", "Bcc")}
    to, cc, bcc = checks.recipients(given)
    mail = Mail(source=source, to=to, cc=cc, bcc=bcc, subject=str(message.get("Subject", "")), raw=data, **common)
    return replace(mail, headers=tuple((name, str(value)) for name, value in message.items()))


def _listed(header: Any) -> list[str]:
    return [str(address) for address in header.addresses] if header is not None else []
