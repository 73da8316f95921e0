"""Mails to SES, and what came of each as a value. The seam behind which SendEmail and SendBulkEmail are the same to a send.

SES has no idempotency key: a lost answer must never be retried (see `Outcome.LOST`). An explicit throttle means that
SES dropped the mail, so it may be tried again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import formataddr
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
)

from functions.adapters.ready_body import accept, carrying
from functions.domain.assembly import CompiledEdition
from functions.domain.letter import Addresses, FilledLetter, Letter, Recipe, make_letter
from functions.domain.quoting import quoted

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import ConfigurationOverridesTypeDef, MessageHeaderTypeDef, SendEmailRequestTypeDef


class Outcome(StrEnum):
    ACCEPTED = "accepted"  # SES has it
    THROTTLED = "throttled"  # SES has it not, for certain (it says so, or was never reached): try again later
    FAILED = "failed"  # this mail will never be accepted
    FATAL = "fatal"  # no mail of this send will be accepted now
    LOST = "lost"  # no answer: it may have gone out


@dataclass(frozen=True)
class Answer:
    """`ses_id` when accepted, else `reason`: SES's error code, never its message (that can name an address)."""

    outcome: Outcome
    ses_id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Sender:
    """Who signs. `reply_to` is the list's own address, so that answers reach a person."""

    name: str
    address: str
    reply_to: str
    configuration_set: str


class Mail(NamedTuple):
    """One letter for one supporter. `tags` hold opaque ids alone (SES allows [A-Za-z0-9_-])."""

    letter: Letter | FilledLetter
    to: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Batch:
    """Mails that fit one call, in order. `body` is the whole request; None when the only mail in it is too long for any."""

    mails: tuple[Mail, ...]
    body: bytes | None


class Mailer(Protocol):
    """A way to hand mails to SES. A send packs, waits, claims, and posts batch by batch."""

    most: int  # mails in one call

    def write(self, edition: CompiledEdition, recipe: Recipe, addresses: Addresses) -> Letter | FilledLetter:
        """The letter in the form this way takes it."""

    def pack(self, mails: Iterable[Mail], sender: Sender, room: Callable[[], int] | None = None) -> Iterator[Batch]:
        """Batches within SES's limits, as full as they go, in the order given; at most as many in each as `room` then says.

        Any part of a batch is one batch again.
        """

    def post(self, batch: Batch) -> list[Answer]:
        """Hand one batch to SES: an answer per mail, in order."""


# SES v2 API reference, SendEmail, "Errors"; code -> what it means for this mail.
_MEANING: Mapping[str, Outcome] = {
    "TooManyRequestsException": Outcome.THROTTLED,
    "ThrottlingException": Outcome.THROTTLED,
    "Throttling": Outcome.THROTTLED,
    "LimitExceededException": Outcome.FATAL,  # the daily quota
    "AccountSuspendedException": Outcome.FATAL,
    "SendingPausedException": Outcome.FATAL,
    "MailFromDomainNotVerifiedException": Outcome.FATAL,
    "NotFoundException": Outcome.FATAL,  # the configuration set
    "RequestExpired": Outcome.FATAL,  # this machine's clock; the other errors about who we are come with a 403
    "MessageRejected": Outcome.FAILED,
    "BadRequestException": Outcome.FAILED,
}


# Under whichever code it comes (the API of SES v1 says it as a throttle): waiting a second does not help.
_DAY_IS_FULL = "daily message quota exceeded"


# SES would count clicks and opens of everybody by itself: who allows what is not its to know.
TRACKING_OFF: "ConfigurationOverridesTypeDef" = {
    "Tracking": {"OpenTrackingEnabled": "DISABLED", "ClickTrackingEnabled": "DISABLED"}
}


# No connection was made, so no request left this machine.
NOT_REACHED = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)


_HTML, _TEXT = b'{"Html": {"Charset": "UTF-8", "Data": "', b'"}, "Text": {"Charset": "UTF-8", "Data": "'


class SingleMailer:
    """SendEmail, one recipient per call (SES reports per message, so one message is one person)."""

    most = 1

    def __init__(self, client: "SESV2Client") -> None:
        self._client = client
        accept(client, "SendEmail")

    def write(self, edition: CompiledEdition, recipe: Recipe, addresses: Addresses) -> Letter:
        return make_letter(edition, recipe, addresses)

    def pack(self, mails: Iterable[Mail], sender: Sender, room: Callable[[], int] | None = None) -> Iterator[Batch]:
        for mail in mails:
            assert isinstance(mail.letter, Letter)
            yield Batch((mail,), _body(mail.letter, mail.to, sender, mail.tags))

    def post(self, batch: Batch) -> list[Answer]:
        assert batch.body is not None
        return [self._post(batch.body)]

    def send(self, letter: Letter, to: str, sender: Sender, tags: Mapping[str, str]) -> Answer:
        """Hand one letter to SES by itself, outside any send."""
        return self._post(_body(letter, to, sender, tags))

    def _post(self, body: bytes) -> Answer:
        try:
            with carrying(body):
                return Answer(Outcome.ACCEPTED, ses_id=self._client.send_email(Content={})["MessageId"])
        except ClientError as error:
            return meaning_of(error)
        except BotoCoreError as error:
            return unanswered(error)


def unanswered(error: BotoCoreError) -> Answer:
    """No answer came: time-out, connection closed, and nobody knows; unless there was no connection to begin with."""
    outcome = Outcome.THROTTLED if isinstance(error, NOT_REACHED) else Outcome.LOST
    return Answer(outcome, reason=type(error).__name__)


def meaning_of(error: ClientError) -> Answer:
    """What an error of SES means for the mail that caused it."""
    code = error.response["Error"]["Code"]
    if _DAY_IS_FULL in error.response["Error"].get("Message", "").lower():
        return Answer(Outcome.FATAL, reason=code)
    return Answer(_MEANING.get(code) or _of_status(error.response["ResponseMetadata"]["HTTPStatusCode"]), reason=code)


def _of_status(status: int) -> Outcome:
    """Of a code we do not know."""
    if status == 429:
        return Outcome.THROTTLED
    if status in (401, 403):  # our key, token, signature or rights: no other mail fares better
        return Outcome.FATAL
    # A 5xx can come after SES took the mail, and so can a 408; any other 4xx is about this request.
    return Outcome.LOST if status >= 500 or status == 408 else Outcome.FAILED


def headers_of(unsubscribe_url: str) -> "list[MessageHeaderTypeDef]":
    """RFC 8058: both headers, exactly so; an https address of our own that needs no cookie and no log-in."""
    return [
        {"Name": "List-Unsubscribe", "Value": f"<{unsubscribe_url}>"},
        {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
    ]


def _body(letter: Letter, to: str, sender: Sender, tags: Mapping[str, str]) -> bytes:
    """The request as JSON. The mail itself comes last, quoted by hand: it is ten times as long as all the rest."""
    around: SendEmailRequestTypeDef = {
        "FromEmailAddress": formataddr((sender.name, sender.address)),
        "ReplyToAddresses": [sender.reply_to],
        "Destination": {"ToAddresses": [to]},
        "ConfigurationSetName": sender.configuration_set,
        "EmailTags": [{"Name": name, "Value": value} for name, value in tags.items()],
        "ConfigurationOverrides": TRACKING_OFF,
        "Content": {
            "Simple": {
                "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                "Headers": headers_of(letter.unsubscribe_url),
                "Body": {},
            }
        },
    }
    start = json.dumps(around).encode().removesuffix(b"{}}}}")
    html, text = quoted(letter.html), quoted(letter.text)
    return b"".join((start, _HTML, html, _TEXT, text, b'"}}}}}'))
