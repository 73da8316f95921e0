"""What SES took is on disk before it answers, and a long send does not fill the memory."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.ses import outbox
from local.ses.mail import Mail
from local.ses.outbox import Outbox


def a_mail(n: int) -> Mail:
    return Mail(
        message_id=f"0102{n:012x}",
        at=1_790_000_000.0 + n,
        source="Partij <p@example.org>",
        to=(f"Ánna <anna{n}@example.org>",),
        cc=(),
        bcc=(),
        subject=f"Nummer {n}",
        text="Dag",
        html=None,
        headers=(),
        raw=None,
        reply_to=(),
        tags={"send": "s"},
        configuration_set=None,
    )


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until it is set no mail is written."""
    there = threading.Event()

    def later(mail: Mail) -> bytes:
        there.wait(20)
        return b"Subject: written\r\n\r\nDag\r\n"

    monkeypatch.setattr(outbox, "to_bytes", later)
    yield there
    there.set()


def test_a_kill_forgets_no_mail_that_ses_took_but_perhaps_its_text(tmp_path: Path, slow_disk: threading.Event) -> None:
    killed = Outbox(tmp_path)
    killed.start()
    killed.add(a_mail(1))
    after = Outbox(tmp_path)
    after.start()
    [mail] = after.mails(send="s")
    assert (mail.address, mail.subject, str(mail.message["Subject"])) == ("anna1@example.org", "Nummer 1", "Nummer 1")
    assert "Its text was lost" in mail.text
    slow_disk.set()
    killed.stop()
    after.stop()


def test_who_sends_faster_than_mails_are_written_waits(
    tmp_path: Path, slow_disk: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AHEAD", 1)
    box = Outbox(tmp_path)
    box.start()
    added: list[int] = []

    def add() -> None:
        for n in range(5):
            box.add(a_mail(n))
            added.append(n)

    sender = threading.Thread(target=add)
    sender.start()
    sender.join(0.5)
    assert len(added) < 4
    slow_disk.set()
    sender.join(20)
    assert [mail.subject for mail in box.mails()] == [f"Nummer {n}" for n in range(5)]
    box.stop()
    assert len(box.mails()) == 5  # and may still be read
