import os

import pytest

from functions.adapters import aws
from functions.adapters.mailer import Outcome, Sender
from functions.adapters.notices import Notice, Notices
from functions.adapters.pages import Voice
from functions.domain.supporter import LANGUAGES, FormOfAddress
from local.platform import Platform

SENDER = Sender("Noor de Wit", "noor@example.org", "noor@example.org", "achterban")
LINK = Notice("fresh-link", "https://example.org/m/token", {"minutes": "30"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FormOfAddress)
def test_a_notice_says_the_same_as_html_and_as_text(platform: Platform, language: str, form: FormOfAddress) -> None:
    subject, html, text = Notices(aws.ses(), "https://example.org").make(LINK, Voice(language, form))
    assert subject and "{" not in subject + text
    assert LINK.url in html and LINK.url in text
    assert "30 minut" in html and "30 minut" in text


def test_what_people_wrote_is_escaped_and_stays_in_one_subject_line(platform: Platform) -> None:
    notice = Notice("fresh-link", LINK.url, {"minutes": "<b>1</b>\r\nBcc: x@example.org"})
    _, html, _ = Notices(aws.ses(), "").make(notice, Voice("en", FormOfAddress.INFORMAL))
    assert "<b>1</b>" not in html


def test_a_notice_goes_out_untracked_and_says_that_a_machine_wrote_it(platform: Platform) -> None:
    sender = Sender(SENDER.name, SENDER.address, SENDER.reply_to, os.environ["CONFIGURATION_SET"])
    answer = Notices(aws.ses(), "").send(LINK, Voice("nl", FormOfAddress.FORMAL), "jan@example.org", sender)
    assert answer.outcome is Outcome.ACCEPTED
    (kept,) = platform.outbox.mails(notice="fresh-link")
    assert kept.tags == {"notice": "fresh-link"}
    assert b"Auto-Submitted: auto-generated" in kept.path.read_bytes()
