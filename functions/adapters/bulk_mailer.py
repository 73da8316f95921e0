"""Many mails to SES in one call, and what came of each as a value.

SendBulkEmail fills a template per entry. Ours is the edition's shell with slots (`{{h}}`), so that every supporter gets the very
bytes that SendEmail would send them. Quotas and price count recipients all the same; what is saved is CPU and waiting.

Whether SES leaves the slots' values alone (no escaping) is to be proven in a real account before a stage turns this on:
`python -m local.prove_bulk`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from email.utils import formataddr
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.mailer import TRACKING_OFF, Answer, Batch, Mail, Outcome, Sender, headers_of, meaning_of, unanswered
from functions.adapters.ready_body import accept, carrying
from functions.domain.assembly import CompiledEdition
from functions.domain.filling import Shell, fill_whole
from functions.domain.letter import Addresses, FilledLetter, Letter, Recipe, make_filled_letter
from functions.domain.quoting import needs_quoting, quoted

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import SendBulkEmailRequestTypeDef

# SES developer guide, "Using templates to send personalized email", and the limits in the service model (botocore, sesv2).
MOST_ENTRIES = 50
MOST_BYTES = 1_000_000  # of a request with its template in it
MOST_DATA = 262_144  # characters of one entry's template data
TOO_LONG = "too long for a bulk call"

# SES v2 API reference, BulkEmailEntryResult: all fourteen. A status is an answer: every one but SUCCESS says that this mail
# was not taken.
_STATUS: Mapping[str, Outcome] = {
    "SUCCESS": Outcome.ACCEPTED,
    "MESSAGE_REJECTED": Outcome.FAILED,
    "MAIL_FROM_DOMAIN_NOT_VERIFIED": Outcome.FATAL,
    "CONFIGURATION_SET_NOT_FOUND": Outcome.FATAL,
    "TEMPLATE_NOT_FOUND": Outcome.FATAL,
    "ACCOUNT_SUSPENDED": Outcome.FATAL,
    "ACCOUNT_THROTTLED": Outcome.THROTTLED,
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": Outcome.FATAL,
    "INVALID_SENDING_POOL_NAME": Outcome.FATAL,
    "ACCOUNT_SENDING_PAUSED": Outcome.FATAL,
    "CONFIGURATION_SET_SENDING_PAUSED": Outcome.FATAL,
    "INVALID_PARAMETER": Outcome.FAILED,
    "TRANSIENT_FAILURE": Outcome.THROTTLED,  # "a temporary issue": not taken, may be tried again
    "FAILED": Outcome.FAILED,
}
# What botocore insists on before it makes a call; the batch's body takes its place.
_NO_PARAMETERS: "SendBulkEmailRequestTypeDef" = {"DefaultContent": {}, "BulkEmailEntries": [{"Destination": {}}]}
_CONTENT = (
    b',"DefaultContent":{"Template":{"TemplateContent":{"Subject":"{{s}}","Html":"%b","Text":"%b"},"TemplateData":"{}"}}'
    b',"BulkEmailEntries":['
)
# What stands around an entry's template data: address, tags, unsubscribe address. Written out, as a quarter of an entry's time
# went into writing it member by member.
_AROUND = (
    b'{"Destination":{"ToAddresses":["%b"]},"ReplacementTags":[%b],"ReplacementHeaders":'
    + json.dumps(headers_of("%b"), separators=(",", ":")).encode()
    + b',"ReplacementEmailContent":{"ReplacementTemplate":{"ReplacementTemplateData":"{\\"s\\":\\"%b\\",'
)
_TAG = b'{"Name":"%b","Value":"%b"}'


class BulkMailer:
    """SendBulkEmail behind the seam `mailer.Mailer`."""

    most = MOST_ENTRIES

    def __init__(self, client: "SESV2Client") -> None:
        self._client = client
        accept(client, "SendBulkEmail")

    def write(self, edition: CompiledEdition, recipe: Recipe, addresses: Addresses) -> FilledLetter:
        return make_filled_letter(edition, recipe, addresses)

    def pack(self, mails: Iterable[Mail], sender: Sender, room: Callable[[], int] | None = None) -> Iterator[Batch]:
        return pack(mails, sender, room or (lambda: MOST_ENTRIES))

    def post(self, batch: Batch) -> list[Answer]:
        """What the call as a whole met, every mail of it met; but a call that SES refuses is tried again mail by mail."""
        if batch.body is None:
            return [Answer(Outcome.FAILED, reason=TOO_LONG)] * len(batch.mails)
        return self._post(batch, batch.body) or list(self._one_by_one(batch, batch.body))

    def _post(self, batch: Batch, body: bytes) -> list[Answer]:
        """None at all when SES refused the call because of something in it, and there are several mails in it."""
        try:
            with carrying(body):
                found = self._client.send_bulk_email(**_NO_PARAMETERS)["BulkEmailEntryResults"]
        except ClientError as error:
            answer = meaning_of(error)
            return [] if answer.outcome is Outcome.FAILED and len(batch.mails) > 1 else [answer] * len(batch.mails)
        except BotoCoreError as error:
            return [unanswered(error)] * len(batch.mails)
        if len(found) != len(batch.mails):  # results name no recipient: without one for each, whose they are is a guess
            return [Answer(Outcome.LOST, reason="results do not pair")] * len(batch.mails)
        return [_answer(result) for result in found]

    def _one_by_one(self, batch: Batch, body: bytes) -> Iterator[Answer]:
        """SES took none of them, and does not say which one it is about. Whoever it is not asked for any more waits."""
        whole, answer = json.loads(body), Answer(Outcome.FAILED)
        for mail, entry in zip(batch.mails, whole["BulkEmailEntries"], strict=True):
            if answer.outcome in (Outcome.ACCEPTED, Outcome.FAILED):
                [answer] = self._post(Batch((mail,), None), json.dumps({**whole, "BulkEmailEntries": [entry]}).encode())
                yield answer
            else:
                yield Answer(Outcome.THROTTLED, reason=answer.reason)


def pack(mails: Iterable[Mail], sender: Sender, room_now: Callable[[], int] = lambda: MOST_ENTRIES) -> Iterator[Batch]:
    """Batches within SES's limits, as full as they go, at most `room_now()` mails in each.

    A call has one shell, so that mails in two languages never share one; within a shell the order is that given.
    """
    calls: dict[Shell, _Call] = {}
    for mail in mails:
        shell, entry = _entry(mail)
        call = calls.get(shell) or calls.setdefault(shell, _Call(sender, shell))
        length = sum(map(len, entry))
        if not entry or length > call.room:
            yield Batch((mail,), None)
            continue
        if call.mails and (len(call.mails) >= min(MOST_ENTRIES, room_now()) or call.size + length > call.room):
            yield call.closed()
        call.mails.append(mail)
        call.pieces += entry
        call.size += length
    for call in calls.values():
        if call.mails:
            yield call.closed()


class _Call:
    """A call that is being filled. `room` is for entries, in bytes."""

    def __init__(self, sender: Sender, shell: Shell) -> None:
        self._start, self._end = _frame(sender, shell)
        self.room = MOST_BYTES - len(self._start) - len(self._end)
        self._clear()

    def _clear(self) -> None:
        self.mails: list[Mail] = []
        self.pieces = [self._start]
        self.size = 0

    def closed(self) -> Batch:
        """What is in it, joined once: each copy of a megabyte costs as much as the assembly of its mails."""
        self.pieces[-1] = self.pieces[-1].removesuffix(b",")
        batch = Batch(tuple(self.mails), b"".join((*self.pieces, self._end)))
        self._clear()
        return batch


def _frame(sender: Sender, shell: Shell) -> tuple[bytes, bytes]:
    """What stands around the entries of every call."""
    request = {
        "FromEmailAddress": formataddr((sender.name, sender.address)),
        "ReplyToAddresses": [sender.reply_to],
        "ConfigurationSetName": sender.configuration_set,
        "ConfigurationOverrides": TRACKING_OFF,
    }
    return json.dumps(request).encode().removesuffix(b"}") + _CONTENT % (shell.html, shell.text), b"]}"


def _entry(mail: Mail) -> tuple[Shell, Sequence[bytes]]:
    """One entry as JSON with a comma after it, in pieces; none when its template data is longer than SES takes."""
    letter = mail.letter
    shell, data = fill_whole(letter.html, letter.text) if isinstance(letter, Letter) else letter.filling
    subject = letter.subject.encode()
    subject = quoted(subject, depth=2) if needs_quoting(subject) else subject
    if sum(map(len, data)) + len(subject) + 20 > MOST_DATA:  # in bytes; the limit is in characters
        written = b'"{\\"s\\":\\"%b\\",%b}"' % (subject, b"".join(data))
        if len(json.loads(written)) > MOST_DATA:
            return shell, ()
    to, url = _in_json(mail.to), _in_json(letter.unsubscribe_url)
    tags = b",".join([_TAG % (_in_json(name), _in_json(value)) for name, value in mail.tags.items()])
    return shell, [_AROUND % (to, tags, url, subject), *data, b'}"}}},']


def _in_json(text: str) -> bytes:
    raw = text.encode()
    return quoted(raw) if needs_quoting(raw) else raw


def _answer(result: Mapping[str, object]) -> Answer:
    status = str(result.get("Status", ""))
    outcome = _STATUS.get(status, Outcome.LOST)  # a status of tomorrow: nobody knows
    return (
        Answer(outcome, ses_id=str(result.get("MessageId", ""))) if outcome is Outcome.ACCEPTED else Answer(outcome, reason=status)
    )
