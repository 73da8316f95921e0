"""The mail of those who allow nothing: the same bytes for all, whatever is stored of them. Regulation (EU) 2024/900 art. 18(3)."""

import re
from collections.abc import Callable

import pytest

from functions.adapters import clock
from functions.domain.interest import click_token
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.stored import Stored

TOPICS = ["care", "climate", "housing"]
_OWN = re.compile(r"/[us]/[A-Za-z0-9_-]{44}")  # the links by which one leaves and chooses


@pytest.mark.parametrize("path", ["off", "proven"])
def test_who_allows_nothing_gets_the_very_bytes_that_everybody_gets(
    empty_platform: Platform, path: str, setting: Callable[[str, str], None]
) -> None:
    """Also somebody of whom clicks, tags and topics are still stored, by whatever mistake, without a consent that covers them."""
    setting("BULK_PATH", path)
    stored = Stored(empty_platform)
    edition = a_compiled_edition(
        [a_block(f"blok-{n}", topics=(t,)) for n, t in enumerate(["care", "climate", "housing"] * 2)], show=3
    )
    stored.edition(edition)
    clicked = {click_token("send0000", 0, "a0b0c0", int(clock.now() * 1000) - n * 86_400_000) for n in range(9)}
    stored.supporter("person01")
    stored.supporter("person02", clicks=clicked, tags=[{"topic": "climate", "since": 1}], topics={"climate"})
    stored.supporter("person03", grants={"open_pixel": "grant009"})
    stored.send(edition)
    empty_platform.drain()
    mails = {mail.address: mail for mail in empty_platform.outbox.mails()}
    plain, known, measured = (mails[f"person0{n}@example.org"] for n in (1, 2, 3))
    assert _OWN.sub("", plain.html) == _OWN.sub("", known.html)
    assert _OWN.sub("", plain.text) == _OWN.sub("", known.text)
    assert plain.message["Subject"] == known.message["Subject"]
    assert not re.search(r"/[co]/", plain.html + plain.text)
    without_pixel = re.sub(r"<img[^>]*/o/[^>]*>", "", measured.html)
    assert without_pixel != measured.html
    assert _OWN.sub("", without_pixel) == _OWN.sub("", plain.html)  # a pixel is all that one consent adds
