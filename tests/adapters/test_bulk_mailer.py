"""Bulk calls: the same mails as single calls, an answer for each, and never more in one call than SES takes."""

import json
import re
from dataclasses import replace
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters import aws, bulk_mailer, mailer
from functions.adapters.bulk_mailer import BulkMailer, pack
from functions.adapters.mailer import Answer, Batch, Mail, Outcome, Sender, SingleMailer
from functions.domain.assembly import CompiledLanguage, assemble, fill
from functions.domain.filling import WHOLE
from functions.domain.letter import FilledLetter, Letter
from functions.domain.quoting import quoted
from local.environment import CONFIGURATION_SET
from local.platform import Platform
from local.ses import bulk as bulk_calls
from local.ses.capture import Capture
from local.ses.mail import SesError
from tests.builders import PUBLIC_URL, a_block, a_compiled_edition, some_slots

SENDER = Sender("Noor van Dam – Zoë", "noor@partijvoormorgen.example", "antwoord@partijvoormorgen.example", CONFIGURATION_SET)


def a_mail(n: int, html: str = "<p>Dag</p>", text: str = "Dag", subject: str = "Een plan") -> Mail:
    letter = Letter(subject, html.encode(), text.encode(), f"https://mail.example.org/u/token{n}")
    return Mail(letter, f"person{n:02d}@example.org", {"send": "sendsend", "chunk": "00000", "supporter": f"person{n:02d}"})


def as_letter(mail: Mail) -> Letter:
    assert isinstance(mail.letter, Letter)
    return mail.letter


def sent(batches: list[Batch]) -> list[Answer]:
    bulk = BulkMailer(aws.ses())
    return [answer for batch in batches for answer in bulk.post(batch)]


AWKWARD = [
    '<a href="https://x.example/?a=1&amp;b={{h}}">\n\t"Zoë" \\ O\'Brien</a>',
    'één\r\ntwee \x0b drie \u2028 ❤️ {{s}} &lt; < \\n \\" \\u00e9',
    "x" * 60_000,
]


def test_a_bulk_mail_arrives_as_the_same_bytes_as_a_single_one(empty_platform: Platform) -> None:
    mails = [a_mail(n, html, html[::-1], 'Zoë\'s "plan" \\ {{t}}') for n, html in enumerate(AWKWARD)]
    single = SingleMailer(aws.ses())
    assert all(single.send(as_letter(m), m.to, SENDER, m.tags).outcome is Outcome.ACCEPTED for m in mails)
    assert [a.outcome for a in sent(list(pack(mails, SENDER)))] == [Outcome.ACCEPTED] * len(mails)
    for mail in mails:
        pair = empty_platform.outbox.mails(to=mail.to)
        parts = [(m.html, m.text, m.message.items(), m.tags) for m in pair]
        assert len(pair) == 2
        assert (parts[0][0], parts[0][1], parts[0][3]) == (parts[1][0], parts[1][1], parts[1][3])
        assert same_headers(parts[0][2]) == same_headers(parts[1][2])


def same_headers(items: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without what differs from mail to mail: ids, times, and boundaries."""
    return [(name, str(value)) for name, value in items if name.lower() not in ("message-id", "date", "content-type")]


def test_each_mail_has_its_own_unsubscribe_address_and_an_answer_of_its_own(empty_platform: Platform) -> None:
    mails = [a_mail(0), a_mail(1)._replace(to="not an address"), a_mail(2)]
    answers = sent(list(pack(mails, SENDER)))
    assert [a.outcome for a in answers] == [Outcome.ACCEPTED, Outcome.FAILED, Outcome.ACCEPTED]
    assert answers[1].reason == "INVALID_PARAMETER"
    for n in (0, 2):
        [mail] = empty_platform.outbox.mails(to=f"person{n:02d}@example.org")
        assert mail.message["List-Unsubscribe"] == f"<https://mail.example.org/u/token{n}>"
        assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.message_id == answers[n].ses_id


def test_a_call_that_ses_throttles_may_be_tried_again_and_a_lost_answer_may_not(empty_platform: Platform) -> None:
    [batch] = pack([a_mail(n) for n in range(3)], SENDER)
    bulk = BulkMailer(aws.ses())
    empty_platform.faults.ses_throttles = 1
    assert {a.outcome for a in bulk.post(batch)} == {Outcome.THROTTLED}
    assert not empty_platform.outbox.mails()
    empty_platform.faults.ses_lost_responses = 1
    assert {a.outcome for a in bulk.post(batch)} == {Outcome.LOST}
    assert len(empty_platform.outbox.mails()) == 3


def test_an_account_that_may_not_send_answers_so_for_every_mail(empty_platform: Platform) -> None:
    empty_platform.account.sending_enabled = False
    answers = sent(list(pack([a_mail(0), a_mail(1)], SENDER)))
    assert [(a.outcome, a.reason) for a in answers] == [(Outcome.FATAL, "ACCOUNT_SENDING_PAUSED")] * 2


class Strict:
    """SES, that refuses a call as a whole for one mail in it, and says not for which."""

    def __init__(self, platform: Platform, monkeypatch: pytest.MonkeyPatch, bad: str, code: str = "BadRequestException") -> None:
        self.calls: list[int] = []
        answer = bulk_calls.send

        def strict(capture: Capture, request: dict[str, Any], size: int) -> dict[str, Any]:
            entries = request["BulkEmailEntries"]
            self.calls.append(len(entries))
            if any(bad in entry["Destination"]["ToAddresses"] for entry in entries):
                raise SesError(code if len(entries) == 1 else "BadRequestException", "Illegal address")
            return answer(capture, request, size)

        monkeypatch.setattr(bulk_calls, "send", strict)


def test_a_call_that_is_refused_for_one_mail_in_it_fails_no_other(
    empty_platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = Strict(empty_platform, monkeypatch, "person01@example.org")
    answers = sent(list(pack([a_mail(n) for n in range(3)], SENDER)))
    assert [a.outcome for a in answers] == [Outcome.ACCEPTED, Outcome.FAILED, Outcome.ACCEPTED]
    assert strict.calls == [3, 1, 1, 1]
    assert [mail.to for mail in empty_platform.outbox.mails()] == [("person00@example.org",), ("person02@example.org",)]
    assert [mail.message_id for mail in empty_platform.outbox.mails()] == [answers[0].ses_id, answers[2].ses_id]


@pytest.mark.parametrize(
    ("code", "outcome"), [("SendingPausedException", Outcome.FATAL), ("TooManyRequestsException", Outcome.THROTTLED)]
)
def test_when_one_by_one_ses_takes_no_more_the_others_wait(
    empty_platform: Platform, monkeypatch: pytest.MonkeyPatch, code: str, outcome: Outcome
) -> None:
    strict = Strict(empty_platform, monkeypatch, "person01@example.org", code)
    answers = sent(list(pack([a_mail(n) for n in range(4)], SENDER)))
    assert [a.outcome for a in answers] == [Outcome.ACCEPTED, outcome, Outcome.THROTTLED, Outcome.THROTTLED]
    assert strict.calls == [4, 1, 1]


def test_no_call_is_larger_than_ses_takes_and_nobody_is_left_out() -> None:
    mails = [a_mail(n % 100, "x" * (n * 997 % 60_000)) for n in range(120)]
    batches = list(pack(mails, SENDER))
    assert [m for batch in batches for m in batch.mails] == mails
    for batch in batches:
        assert batch.body is not None and len(batch.body) <= bulk_mailer.MOST_BYTES and len(batch.mails) <= bulk_mailer.MOST_ENTRIES
        assert len(json.loads(batch.body)["BulkEmailEntries"]) == len(batch.mails)


def test_a_letter_too_long_for_a_bulk_call_is_named_and_stops_no_other(empty_platform: Platform) -> None:
    answers = sent(list(pack([a_mail(0), a_mail(1, "x" * 262_144), a_mail(2)], SENDER)))
    assert sorted(a.outcome for a in answers) == sorted([Outcome.ACCEPTED, Outcome.FAILED, Outcome.ACCEPTED])
    assert len(empty_platform.outbox.mails()) == 2


def test_every_status_that_ses_knows_has_a_meaning() -> None:
    model = botocore.session.get_session().get_service_model("sesv2")
    known = model.shape_for("BulkEmailStatus").metadata["enum"]
    assert set(known) == set(bulk_mailer._STATUS) and len(known) == 14


@pytest.mark.parametrize("status", ["", "SOMETHING_NEW"])
def test_a_status_nobody_knows_is_a_lost_answer(status: str) -> None:
    assert bulk_mailer._answer({"Status": status}).outcome is Outcome.LOST


@given(st.text(st.characters(codec="utf-8")))
def test_quoting_is_read_back_as_it_was(text: str) -> None:
    assert json.loads(b'"' + quoted(text.encode()) + b'"') == text
    assert json.loads(json.loads(b'"\\"' + quoted(text.encode(), depth=2) + b'\\""')) == text
    assert not re.search(rb"[\x00-\x1f]", quoted(text.encode()))


def a_language(**texts: str) -> CompiledLanguage:
    """One block of an article, twice; `texts` go into its shell or its fragment."""
    compiled = a_compiled_edition([a_block(f"blok-{n}", title='De "echte" \\ huisarts') for n in range(3)]).languages["nl"]
    return replace(compiled, **{name: getattr(compiled, name) + text for name, text in texts.items()})


@pytest.mark.parametrize("pixel", [None, f"{PUBLIC_URL}/o/token"])
@pytest.mark.parametrize("greeting", ["Beste Jan,", 'Beste Jan "de \\" O\'Brien & <Zoë>,'])
@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        ({}, True),
        ({"html_head": "<style>@media print{.a{b:c}}</style>\\n", "text_tail": ' "quoted" \\ back } '}, True),
        ({"html_head": "<p>{{h}} of {{hlink}}</p>"}, False),  # would be taken for a slot
        ({"text_head": "{{"}, False),
        ({"html_head": "{"}, False),  # stands right before the blocks' slot
    ],
)
def test_a_mail_that_fills_a_template_is_the_same_mail(
    empty_platform: Platform, texts: dict[str, str], shared: bool, greeting: str, pixel: str | None
) -> None:
    compiled, slots = a_language(**texts), some_slots(greeting=greeting, pixel_url=pixel)
    plain, filling = assemble(compiled, (2, 0), slots), fill(compiled, (2, 0), slots)
    assert (filling.shell is not WHOLE) is shared
    letter = FilledLetter(greeting, filling, f"{PUBLIC_URL}/u/token")
    [answer] = sent(list(pack([a_mail(0)._replace(letter=letter)], SENDER)))
    assert answer.outcome is Outcome.ACCEPTED
    [mail] = empty_platform.outbox.mails()
    assert [part.replace("\r\n", "\n").strip() for part in (mail.html, mail.text)] == [p.decode().strip() for p in plain]
    assert mail.message["Subject"] == greeting


def test_what_all_mails_of_a_language_share_goes_into_a_call_once_and_languages_never_share_one() -> None:
    first, second = a_language(), a_language(html_tail="<p>fr</p>")
    mails = [
        a_mail(n)._replace(letter=FilledLetter("s", fill(first if n % 3 else second, (0, 1), some_slots()), f"{PUBLIC_URL}/u/t{n}"))
        for n in range(30)
    ]
    batches = list(pack(mails, SENDER))
    assert sorted(len(batch.mails) for batch in batches) == [10, 20]
    for batch in batches:
        assert batch.body is not None
        shells = {letter.filling.shell for letter in (m.letter for m in batch.mails) if isinstance(letter, FilledLetter)}
        assert len(shells) == 1
        html = json.loads(batch.body)["DefaultContent"]["Template"]["TemplateContent"]["Html"]
        assert html.count("<!doctype") == 1 and batch.body.count(b"<!doctype") == 1


@pytest.mark.parametrize("awkward", AWKWARD)
def test_a_single_mail_written_as_json_by_hand_is_what_any_json_writer_would_write(awkward: str) -> None:
    mail = a_mail(0, awkward, awkward[::-1], awkward[:50])
    read = json.loads(mailer._body(as_letter(mail), mail.to, SENDER, mail.tags))
    simple = read["Content"]["Simple"]
    assert simple["Body"] == {
        "Html": {"Data": awkward, "Charset": "UTF-8"},
        "Text": {"Data": awkward[::-1], "Charset": "UTF-8"},
    }
    assert (simple["Subject"]["Data"], read["Destination"]) == (awkward[:50], {"ToAddresses": [mail.to]})
    assert [h["Value"] for h in simple["Headers"]] == ["<https://mail.example.org/u/token0>", "List-Unsubscribe=One-Click"]
    assert read["ConfigurationOverrides"] == mailer.TRACKING_OFF
