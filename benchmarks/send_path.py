"""The whole way of a mail, from recipient to SES's answer: `python -m benchmarks.send_path`.

Each way makes the mail and hands it over TLS to a stub on this machine (benchmarks/stub.py) that takes anything. What counts is
the CPU time of this process (user and system, TLS included), not of the stub: emails per second per core. The ways take turns
in one run; ratios are medians of rounds. Waiting for a real SES is not in it.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from benchmarks import figures, stub
from benchmarks.assembly import Contest, Recipient
from functions.adapters import aws
from functions.adapters.bulk_mailer import BulkMailer
from functions.adapters.mailer import Mail, Outcome, Sender, SingleMailer, headers_of
from functions.domain.assembly import Assembled
from functions.domain.letter import FilledLetter, Letter
from tests.builders import PUBLIC_URL

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

ROUNDS, OURS_PER_ROUND, NAIVE_PER_ROUND = 45, 60, 10  # 60: four full bulk calls
N1, N2, O1 = "N1 MJML per recipient, EmailMessage, Raw", "N2 MJML per recipient, Simple", "O1 joined, boto3 SendEmail as it comes"
SINGLE, BULK = "ours, SendEmail", "ours, SendBulkEmail"
TARGETS = {(BULK, N1): 28, (BULK, N2): 8, (BULK, O1): 4.8, (SINGLE, N1): 6, (SINGLE, N2): 1.7, (SINGLE, O1): None}
SUBJECT = "Een plan voor iedereen"
SENDER = Sender("Noor van Dam", "noor@partijvoormorgen.example", "noor@partijvoormorgen.example", "achterban")
Way = Callable[[Sequence[Recipient]], None]


class Course:
    """The ways of sending the same edition to the same recipients. `client` is as it comes, `own` as a send makes it."""

    def __init__(self, client: "SESV2Client", own: "SESV2Client") -> None:
        self.contest = Contest()
        self._client, self._mailer, self._bulk = client, SingleMailer(own), BulkMailer(own)

    def ways(self) -> dict[str, tuple[Way, int]]:
        return {
            N1: (self.raw, NAIVE_PER_ROUND),
            N2: (self.simple(self.contest.naive_each_link), NAIVE_PER_ROUND),
            O1: (self.simple(self.contest.ours_page_tokens), OURS_PER_ROUND),
            SINGLE: (self.single, OURS_PER_ROUND),
            BULK: (self.bulk, OURS_PER_ROUND),
        }

    def raw(self, recipients: Sequence[Recipient]) -> None:
        for to in recipients:
            html, text = _parts(self.contest.naive_each_link(to))
            message = EmailMessage(policy=SMTP)
            message["From"], message["To"], message["Subject"] = formataddr((SENDER.name, SENDER.address)), _address(to), SUBJECT
            message["Reply-To"] = SENDER.reply_to
            for header in headers_of(_unsubscribe(to)):
                message[header["Name"]] = header["Value"]
            message.set_content(text.decode())
            message.add_alternative(html.decode(), subtype="html")
            self._send(to, {"Raw": {"Data": message.as_bytes()}})

    def simple(self, make: Callable[[Recipient], object]) -> Way:
        def send(recipients: Sequence[Recipient]) -> None:
            for to in recipients:
                html, text = _parts(make(to))
                body = {"Html": {"Data": html.decode()}, "Text": {"Data": text.decode()}}
                headers = headers_of(_unsubscribe(to))
                self._send(to, {"Simple": {"Subject": {"Data": SUBJECT}, "Body": body, "Headers": headers}})

        return send

    def single(self, recipients: Sequence[Recipient]) -> None:
        for to in recipients:
            answer = self._mailer.send(self._ours(to), _address(to), SENDER, _tags(to))
            assert answer.outcome is Outcome.ACCEPTED, answer

    def bulk(self, recipients: Sequence[Recipient]) -> None:
        for batch in self._bulk.pack((Mail(self._filled(to), _address(to), _tags(to)) for to in recipients), SENDER):
            answers = self._bulk.post(batch)
            assert {a.outcome for a in answers} == {Outcome.ACCEPTED}, answers

    def _ours(self, to: Recipient) -> Letter:
        return _letter(to, *_parts(self.contest.ours_page_tokens(to)))

    def _filled(self, to: Recipient) -> FilledLetter:
        return FilledLetter(SUBJECT, self.contest.ours_filled(to), _unsubscribe(to))

    def _send(self, to: Recipient, content: Any) -> None:
        self._client.send_email(
            FromEmailAddress=formataddr((SENDER.name, SENDER.address)),
            ReplyToAddresses=[SENDER.reply_to],
            Destination={"ToAddresses": [_address(to)]},
            ConfigurationSetName=SENDER.configuration_set,
            EmailTags=[{"Name": name, "Value": value} for name, value in _tags(to).items()],
            Content=content,
        )


def _parts(made: object) -> tuple[bytes, bytes]:
    assert isinstance(made, tuple)
    html, text = Assembled(*made)
    return html, text


def _letter(to: Recipient, html: bytes, text: bytes) -> Letter:
    return Letter(SUBJECT, html, text, _unsubscribe(to))


def _unsubscribe(to: Recipient) -> str:
    return f"{PUBLIC_URL}/u/{to.supporter}{'u' * 44}"


def _address(to: Recipient) -> str:
    return f"{to.supporter.lower().replace('_', 'x').replace('-', 'y')}@example.org"


def _tags(to: Recipient) -> dict[str, str]:
    return {"send": "c2VuZDAw", "chunk": "00012", "supporter": to.supporter}


def _timed(way: Way, recipients: Sequence[Recipient]) -> float:
    """Microseconds of CPU per mail."""
    start = time.process_time_ns()
    way(recipients)
    return (time.process_time_ns() - start) / 1000 / len(recipients)


def clients_of(url: str, certificate: Path) -> "tuple[SESV2Client, SESV2Client]":
    session = boto3.Session("stub", "stub", region_name="eu-west-1")
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    client, own = (
        session.client("sesv2", endpoint_url=url, verify=str(certificate), config=config.merge(Config(proxies={})))
        for config in (once, aws.ONCE)
    )
    return client, own


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """The figures as kept in bench.json. AssertionError when a mail is not accepted."""
    with tempfile.TemporaryDirectory() as folder, stub.running(Path(folder)) as url:
        course = Course(*clients_of(url, Path(folder) / stub.CERTIFICATE))
        ways, recipients = course.ways(), course.contest.recipients
        times: dict[str, list[float]] = {name: [] for name in ways}
        for way, _ in ways.values():
            way(recipients[:2])  # connections, caches
        turns = list(ways.items())
        for number in range(rounds):
            for name, (way, count) in turns if number % 2 else reversed(turns):  # nobody always comes after the same one
                times[name].append(_timed(way, recipients[:count]))
    medians = {name: statistics.median(found) for name, found in times.items()}
    return {
        "rounds": rounds,
        "microseconds_per_mail": {name: round(found, 1) for name, found in medians.items()},
        "mails_per_second_per_core": {name: round(1e6 / found) for name, found in medians.items()},
        "ratios": {
            f"{ours} / {theirs[:2]}": figures.ratio(times[theirs], times[ours], target)
            for (ours, theirs), target in TARGETS.items()
        },
    }


def main() -> None:
    found = run()
    figures.keep("send path", found)
    print("CPU per mail, from recipient to SES's answer over TLS (median)      microseconds   mails/s/core")
    for name, microseconds in found["microseconds_per_mail"].items():
        print(f"  {name:65} {microseconds:12.1f} {found['mails_per_second_per_core'][name]:14,}")
    figures.print_ratios(found["ratios"])
    print(f"\nwritten to {figures.OUT}")


if __name__ == "__main__":
    main()
