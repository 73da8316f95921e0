"""A captured mail as MIME bytes, the way SES would put it on the wire. Written by hand for speed: it runs beside the send."""

import binascii
from collections.abc import Iterator
from email.header import Header
from email.utils import formatdate

from local.ses.mail import Mail

DOMAIN = "eu-west-1.amazonses.com"


def to_bytes(mail: Mail) -> bytes:
    """Text and HTML as alternatives, quoted-printable, lines ended with CRLF."""
    if mail.raw is not None:
        return mail.raw
    bodies = [(kind, text) for kind, text in (("plain", mail.text), ("html", mail.html)) if text is not None]
    if len(bodies) == 1:
        return _lines(_head(mail)) + _body(*bodies[0])
    boundary = f"----={mail.message_id}"
    start = [*_head(mail), f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    parts = b"".join(f"\r\n--{boundary}\r\n".encode() + _body(kind, text) for kind, text in bodies)
    return _lines(start) + parts + f"\r\n--{boundary}--\r\n".encode()


def header_pairs(mail: Mail) -> Iterator[tuple[str, str]]:
    """The headers of the mail in order, unencoded."""
    yield "From", mail.source
    yield "To", ", ".join(mail.to)
    if mail.cc:
        yield "Cc", ", ".join(mail.cc)
    if mail.reply_to:
        yield "Reply-To", ", ".join(mail.reply_to)
    yield "Subject", mail.subject
    yield "Date", formatdate(mail.at)
    yield "Message-ID", f"<{mail.message_id}@{DOMAIN}>"
    yield "MIME-Version", "1.0"
    yield from mail.headers


def _head(mail: Mail) -> Iterator[str]:
    for name, value in header_pairs(mail):
        plain = " ".join(value.split("\n")) if "\n" in value else value
        yield f"{name}: " + (plain if plain.isascii() else Header(plain, "utf-8", header_name=name).encode(linesep="\r\n"))


def _body(kind: str, text: str) -> bytes:
    head = [f'Content-Type: text/{kind}; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable", ""]
    encoded = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True)
    return _lines(head) + encoded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _lines(lines: "Iterator[str] | list[str]") -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
