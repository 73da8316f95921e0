"""The demonstration's own checks must be able to fail: each is fed mails and ledgers that were tampered with."""

from dataclasses import replace

import pytest

from functions.domain.slots import escaped
from local.demo.checks import Untracked, all_final, nobody_twice, selections_differ, suppressed_stay_out, untracked_alike
from local.demo.mailbox import Mail, read_mail

HTML = """<html><body><p>{greeting}</p>
<a href="https://mail.example.org/{links}/0"><img src="https://mail.example.org/pictures/a-600.jpg" alt="a"></a>
<h2>One</h2><a href="https://mail.example.org/{links}/0">Read</a>
<h2>Two</h2><a href="https://mail.example.org/{links}/1">Read</a>
<a href="https://mail.example.org/s/S{who}">Choices</a> <a href="https://mail.example.org/u/U{who}">Stop</a>{pixel}</body></html>"""
TEXT = "{greeting}\n\nOne: https://mail.example.org/{links}/0\nStop: https://mail.example.org/u/U{who}\n"
EML = """From: Noor <noor@party.example>\r
To: {who}@example.org\r
Reply-To: reply@party.example\r
Subject: =?utf-8?q?Caf=C3=A9?= for Jan\r
MIME-Version: 1.0\r
List-Unsubscribe: <https://mail.example.org/u/U{who}>\r
Content-Type: multipart/alternative; boundary="b"\r
\r
\r
--b\r
Content-Type: text/plain; charset="utf-8"\r
Content-Transfer-Encoding: 8bit\r
\r
{text}\r
--b\r
Content-Type: text/html; charset="utf-8"\r
Content-Transfer-Encoding: quoted-printable\r
\r
{html}\r
--b--\r
"""


def mail(who: str, greeting: str = "Beste Jan,", links: str = "l/edition1", pixel: str = "") -> Mail:
    values = {"who": who, "greeting": greeting, "links": links, "pixel": pixel}
    html = HTML.format(**{**values, "greeting": escaped(greeting)}).replace("=", "=3D")
    return read_mail(EML.format(who=who, text=TEXT.format(**values), html=html).encode(), f"{who}.eml")


def untracked(who: str, greeting: str = "Beste Jan,") -> Untracked:
    return Untracked("send-1", "nl", "informal", greeting, mail(who, greeting), {0: 0, 1: 1}, (0, 1))


def test_a_mail_is_read_as_its_reader_sees_it() -> None:
    seen = mail("tom")
    assert (seen.to, seen.subject, seen.sender) == ("tom@example.org", "Café for Jan", "Noor <noor@party.example>")
    assert [(link.n, link.personal) for link in seen.links] == [(0, False), (1, False)]
    assert (seen.pixel, seen.tracked) == (None, False)
    assert seen.choices.endswith("/s/Stom") and seen.unsubscribe.endswith("/u/Utom") == seen.list_unsubscribe.endswith("/u/Utom")
    assert seen.text.startswith("Beste Jan,")


def test_mails_that_differ_in_greeting_and_page_tokens_alone_are_alike() -> None:
    check = untracked_alike([untracked("jan"), untracked("an", "Beste Ann-Sofie & Co,"), untracked("piet", "Beste O'Brien,")])
    assert check.ok, check.found
    assert "3 mails in 1 group" in check.found


@pytest.mark.parametrize(
    ("tampered", "why"),
    [
        (mail("eve", pixel='<img src="https://mail.example.org/o/T0ken" alt="">'), "pixel"),
        (mail("eve", links="c/T0ken"), "personal link"),
        (replace(mail("eve"), text="Hello /c/T0ken/1"), "personal link"),
        (replace(mail("eve"), html=mail("eve").html.replace("Two", "Another")), "HTML"),
        (replace(mail("eve"), text=mail("eve").text + "PS"), "plain text"),
        (replace(mail("eve"), subject="For you"), "Subject"),
        (replace(mail("eve"), links=mail("eve").links[::-1]), "staff's order"),
    ],
)
def test_a_tampered_mail_is_found(tampered: Mail, why: str) -> None:
    check = untracked_alike([untracked("jan"), replace(untracked("eve"), mail=tampered)])
    assert not check.ok
    assert why in check.found


def test_no_mail_to_look_at_is_no_proof() -> None:
    assert not untracked_alike([]).ok


def test_a_second_mail_a_second_row_and_a_mail_nobody_booked_are_found() -> None:
    once = [("send-1", "a"), ("send-1", "b"), ("send-2", "a")]
    assert nobody_twice(once, once).ok
    assert "two messages" in nobody_twice([*once, ("send-1", "b")], once).found
    assert not nobody_twice(once, [*once, ("send-2", "a")]).ok
    assert "does not know" in nobody_twice(once, once[1:]).found


def test_a_planned_message_without_a_row_or_still_open_is_found() -> None:
    planned = {"send-1": ["a", "b"]}
    assert all_final(planned, {("send-1", "a"): "delivered", ("send-1", "b"): "skipped"}).ok
    assert "no row" in all_final(planned, {("send-1", "a"): "delivered"}).found
    assert "claimed" in all_final(planned, {("send-1", "a"): "delivered", ("send-1", "b"): "claimed"}).found
    assert not all_final({}, {}).ok


def test_a_mail_to_a_suppressed_address_is_found() -> None:
    assert suppressed_stay_out(["Gone@example.org"], {"jan@example.org"}).ok
    assert not suppressed_stay_out(["Gone@example.org"], {"gone@example.org"}).ok


def test_too_few_selections_are_found() -> None:
    assert selections_differ(str(n) for n in range(50)).ok
    assert not selections_differ(["0.1", "0.2", "0.1"]).ok
