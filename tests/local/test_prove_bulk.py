"""The proof that bulk calls change no mail, tried against the SES of this machine: it finds equal what is, and every change."""

from pathlib import Path

import pytest

from local.environment import CONFIGURATION_SET
from local.platform import Platform
from local.prove_bulk import differences, letters, main

ARGUMENTS = ["--to", "reader@example.org", "--from", "news@partijvoormorgen.example", "--configuration-set"]


@pytest.fixture
def received(empty_platform: Platform) -> list[Path]:
    """The two mails as they arrive."""
    assert main([*ARGUMENTS, CONFIGURATION_SET]) == 0
    return [mail.path for mail in empty_platform.outbox.mails(to="reader@example.org")]


def test_what_arrives_both_ways_is_the_same_and_the_command_says_what_to_write(
    received: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(received) == 2
    assert main(["--compare", *map(str, received)]) == 0
    assert '"bulk_path": {"proven": "YYYY-MM-DD"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        (b"&lt;", b"<", "text/html"),
        (b"{{h}}", b"", "text/"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b"", "List-Unsubscribe-Post"),
        (b"Reply-To: ", b"X-Was-Reply-To: ", "Reply-To"),
        (b"From the start", b">From the start", "text/plain"),
    ],
)
def test_each_change_on_the_way_is_named(received: list[Path], before: bytes, after: bytes, named: str) -> None:
    one, two = (path.read_bytes() for path in received)
    assert before in two
    assert any(found.startswith(named) for found in differences(one, two.replace(before, after)))


def test_a_change_that_both_mails_share_is_found_too(received: list[Path]) -> None:
    one, two = (path.read_bytes().replace(b"Voorstel 7:", b"Voorstel 8:") for path in received)
    found = list(differences(one, two))
    assert len(found) == 2 and all("what was sent" in line for line in found)


def test_a_mail_that_ses_does_not_take_proves_nothing(empty_platform: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ARGUMENTS, "no-such-set"]) == 1
    said = capsys.readouterr().out
    assert "NotFoundException" in said and "CONFIGURATION_SET_NOT_FOUND" in said and "nothing is proven" in said


def test_the_letter_is_the_same_each_time_and_tries_template_and_data_alike() -> None:
    (letter, filled), again = letters(), letters()
    assert (letter, filled.subject, filled.filling.shell) == (again[0], again[1].subject, again[1].filling.shell)
    assert 30_000 < len(letter.html) < 100_000
    assert filled.filling.shell.html.count("❤️".encode()) == 2 and "❤️".encode() in b"".join(filled.filling.data)
