"""Whether SES changes a mail on its way through SendBulkEmail: `python -m local.prove_bulk --help`. This one calls real AWS."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.bulk_mailer import BulkMailer
from functions.adapters.mailer import Answer, Mail, Mailer, Outcome, Sender, SingleMailer
from functions.domain.assembly import CompiledLanguage, Slots, assemble, fill, subject_line
from functions.domain.filling import WHOLE
from functions.domain.letter import FilledLetter, Letter

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

HELP = """\
Bulk calls fill a template: what all mails share, with slots for the rest. They rely on SES leaving the template alone and
putting the values in as they are. AWS does not say so anywhere, so it is proven once per account before a stage gets its
`bulk_path`:

  1. python -m local.prove_bulk --to you@yourparty.eu --from news@yourparty.eu --configuration-set NAME --region eu-central-1
     sends one awkward mail twice, by SendEmail and by SendBulkEmail. Credentials as for any AWS command; in the sandbox,
     --to must be verified. NAME is the stack's output ConfigurationSetName.
  2. Save both mails as you received them ("download original", "show source"): one.eml and two.eml, in any order.
  3. python -m local.prove_bulk --compare one.eml two.eml
     compares them with each other and with what was sent, and says what to write into cdk.json when all is equal.

Ends with 1 when anything differs. Try it at two providers: one that reads the mail as SES made it is enough, two are better.
"""
URL = "https://example.org/u/proof?a=1&b=%7B%7Bh%7D%7D"
# Each line is something that a template engine, an escaper, a line-wrapper or a mail server has been known to change.
_LINES = (
    '<!--[if mso]><table role="presentation"><tr><td style="width:600px"><![endif]-->',
    "<style>@media only screen and (max-width:480px){.a{width:100%!important}}.b{color:#123}</style>",
    "<p>&amp; &lt; &gt; &quot; &#39; &nbsp; a < b, c > d & e \"double\" 'single' `back`</p>",
    "<p>{{h}} {{s}} {{ t }} {{{h}}} {{#if a}}b{{/if}} {{&h}} {{!note}} { {h} } }} {{</p>",
    r"<p>back\slash \n \t \" \\ é C:\new $1 ${h} %s %7B #set($a=1) [[h]]</p>",
    "<p>Zoë, café, Ĳsland, 中文, ❤️ 👩‍💻, \u00a0no-break, \u2028 line separator, \u00ad soft hyphen, \u200b nothing</p>",
    "<p>tab\there, two  spaces, = at the end =</p>",
    ".",
    "From the start of a line",
    f'<a href="{URL}">one</a>' + "<span>a line of more than 998 characters</span>" * 40,
)


def _edition() -> CompiledLanguage:
    """Awkward lines where an edition has its shell, which becomes the template, and where it has blocks, which become data."""
    blocks = [f'<p class="n{n}">Voorstel {n}: iedereen doet mee, zo werkt een buurt al heel lang.</p>' for n in range(500)]
    shell = "\n".join(line for line in _LINES if "{{" not in line)
    return CompiledLanguage(
        language="nl",
        subject='Proof: @@GREETING@@ {{s}} "plan" & more',
        html_head=f'<!doctype html><html><body>\n{shell}\n<p>@@GREETING@@</p><p><a href="@@LINK@@/0">0</a></p>',
        html_fragments=("\n".join((*_LINES, *blocks, '<a href="@@LINK@@/1">1</a>')),),
        html_tail=f'{shell}\n<a href="@@CHOICES@@">c</a> <a href="@@UNSUBSCRIBE@@">u</a> @@PIXEL@@</body></html>',
        text_head=f"{shell}\n@@GREETING@@ @@LINK@@/0\n",
        text_fragments=("\n".join((*_LINES, "@@LINK@@/1\n")),),
        text_tail=f"{shell}\n@@CHOICES@@ @@UNSUBSCRIBE@@\nend\n",
    )


def letters() -> tuple[Letter, FilledLetter]:
    """One mail in both forms, the same bytes each time, about as large as a mail is."""
    edition, slots = _edition(), Slots(URL, "informal", "Zoë's <\"O'Brien\\\"> & co,", URL, URL, f"{URL}&pixel")
    subject, made = subject_line(edition, slots), assemble(edition, [0], slots)
    filling = fill(edition, [0], slots)
    assert filling.shell is not WHOLE
    return Letter(subject, made.html, made.text, URL), FilledLetter(subject, filling, URL)


def send(client: "SESV2Client", to: str, sender: Sender) -> Iterator[tuple[str, Answer]]:
    """Send the letter both ways: the way's name, and SES's answer."""
    letter, filled = letters()
    ways: dict[str, tuple[Mailer, Letter | FilledLetter]] = {
        "SendEmail": (SingleMailer(client), letter),
        "SendBulkEmail": (BulkMailer(client), filled),
    }
    for name, (mailer, written) in ways.items():
        [batch] = mailer.pack([Mail(written, to, {"proof": name})], sender)
        yield name, mailer.post(batch)[0]


def differences(one: bytes, two: bytes) -> Iterator[str]:
    """What of two received mails is not the same, or not what was sent. Transfer encodings and line ends are not the mail's own."""
    (letter, _), mails = letters(), [_read(one), _read(two)]
    sent = {"html": letter.html.decode(), "plain": letter.text.decode()}
    for kind, text in sent.items():
        parts = [_part(mail, kind) for mail in mails]
        yield from _unequal(f"text/{kind}: the first and the second", *parts)
        for which, part in zip(("first", "second"), parts, strict=True):
            yield from _unequal(f"text/{kind}: what was sent and the {which}", _plain(text), part)
    for header in ("From", "To", "Reply-To", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post"):
        yield from _unequal(f"{header}: the first and the second", *(str(mail.get(header, "")).strip() for mail in mails))
    if str(mails[0].get("Subject", "")) != letter.subject:
        yield f"Subject: not the one that was sent: {mails[0].get('Subject')!r}"
    kinds = [[part.get_content_type() for part in mail.walk()] for mail in mails]
    if kinds[0] != kinds[1]:
        yield f"parts: {kinds[0]} and {kinds[1]}"


def unsigned(mail: bytes) -> bool:
    """Whether none of its DKIM signatures covers both unsubscribe headers. False as well for a mail without a signature."""
    signed = [str(value).lower().replace(" ", "") for value in _read(mail).get_all("DKIM-Signature", [])]
    return bool(signed) and not any("list-unsubscribe" in s and "list-unsubscribe-post" in s for s in signed)


def _read(mail: bytes) -> EmailMessage:
    read = message_from_bytes(mail, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def _part(mail: EmailMessage, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == f"text/{kind}":
            raw = part.get_payload(decode=True)
            assert isinstance(raw, bytes)
            return _plain(raw.decode(part.get_content_charset() or "utf-8", "backslashreplace"))
    return ""


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip("\n")


def _unequal(what: str, one: str, two: str) -> Iterator[str]:
    if one == two:
        return
    at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    around = slice(max(0, at - 20), at + 40)
    yield f"{what} differ from character {at} on:\n    {one[around]!r}\n    {two[around]!r}"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    return _compare(*options.compare) if options.compare else _send(options)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.prove_bulk", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--to", metavar="ADDRESS", help="an inbox whose mails you can save as received")
    parser.add_argument("--from", dest="sender", metavar="ADDRESS", help="below the stage's sender domain")
    parser.add_argument("--configuration-set", metavar="NAME", help="the stack's own: with it come SES's reports")
    parser.add_argument("--region", help="of the stage")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("ONE.eml", "TWO.eml"), help="compare what arrived")
    options = parser.parse_args(arguments)
    if not options.compare and not (options.to and options.sender and options.configuration_set):
        parser.error("--to, --from and --configuration-set, or --compare")
    return options


def _send(options: argparse.Namespace) -> int:
    import boto3

    from functions.adapters.aws import ONCE

    client = boto3.client("sesv2", region_name=options.region, config=ONCE)
    sender = Sender("Proof – Zoë", options.sender, options.sender, options.configuration_set)
    taken = True
    try:
        for way, answer in send(client, options.to, sender):
            taken = taken and answer.outcome is Outcome.ACCEPTED
            print(f"{way:14} {answer.outcome}  {answer.ses_id or answer.reason}")
    except (BotoCoreError, ClientError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(
        "\nSES took both. That is not yet the proof: a template that SES cannot fill is taken too, never arrives, and is reported\n"
        "as an event of type 'Rendering Failure' (log group of the Lambda `feedback`, or the configuration set's SNS topic).\n"
        "Save both mails as received; then: python -m local.prove_bulk --compare one.eml two.eml"
        if taken
        else "\nSES did not take both: nothing is proven. Leave `bulk_path` out of cdk.json."
    )
    return 0 if taken else 1


def _compare(one: Path, two: Path) -> int:
    mails = one.read_bytes(), two.read_bytes()
    found = list(differences(*mails))
    for path, mail in zip((one, two), mails, strict=True):
        if unsigned(mail):
            print(f"note: no DKIM signature in {path} covers both unsubscribe headers (RFC 8058 asks for it)")
    if found:
        print("\n".join(found))
        print("\nThe mails are not the same. Leave `bulk_path` out of cdk.json: SendEmail changes nothing, so it stays right.")
        return 1
    print(
        "The same, and what was sent: subject, senders, unsubscribe headers, every character of both parts.\n"
        "Keep both files; then, in cdk.json for this stage:\n"
        '  "bulk_path": {"proven": "YYYY-MM-DD", "reference": "where they are kept"}'
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
