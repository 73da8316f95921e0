"""View in browser: the very bytes that SES got, made again from the ledger; looking at it tells nobody anything."""

import os
import re
from collections.abc import Iterator

import pytest

from functions.adapters import keys
from functions.domain.consent import Purpose
from functions.domain.tokens import Key, Keyring, KeyState, Power, sign_page
from local.client import Client
from local.platform import Platform
from local.ses.outbox import Captured
from tests.builders import a_block, a_compiled_edition
from tests.functions.readers import BROWSER
from tests.stored import Stored

ALL = {purpose: f"g-{purpose}" for purpose in Purpose if purpose is not Purpose.NEWSLETTER}
DAY_S = 86_400


@pytest.fixture(scope="module")
def sent(platform: Platform) -> Iterator[Stored]:
    """Three mails: the same for all, by declared topics, by clicks with personal links and a pixel; one of them formal."""
    platform.reset()
    stored = Stored(platform)
    edition = a_compiled_edition([a_block(f"blok-{n}", topics=(t,)) for n, t in enumerate(["care", "climate", "housing"] * 4)])
    stored.edition(edition)
    stored.supporter("editoria", name="Zoë & <Co>")
    stored.supporter("declared", grants={"declared_topics": "g1"}, topics={"care"}, form="formal")
    stored.supporter("observed", grants=ALL, topics={"care"})
    stored.send(edition)
    platform.drain()
    yield stored
    platform.reset()


def mail_to(stored: Stored, supporter: str) -> Captured:
    (mail,) = stored.platform.outbox.mails(to=f"{supporter}@example.org")
    return mail


def bytes_of(mail: Captured) -> bytes:
    """The HTML as SES got it; in the outbox it lies as MIME, where lines end in CR LF."""
    return str(mail.html).replace("\r\n", "\n").encode()


def view_of(mail: Captured) -> str:
    (path,) = {found[0] for found in re.finditer(r"/s/[\w-]{44}/view", str(mail.html))}
    return path


@pytest.mark.parametrize("supporter", ["editoria", "declared", "observed"])
def test_the_mail_in_a_browser_is_byte_for_byte_what_ses_got(sent: Stored, web: Client, supporter: str) -> None:
    mail = mail_to(sent, supporter)
    reply = web.get(view_of(mail))
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert reply.body == bytes_of(mail)


def test_after_a_rotation_the_mail_is_still_the_same(sent: Stored, web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    held = keys.load(os.environ["KEYS_SECRET"])
    retired = tuple(Key(key.id, key.secret, KeyState.RETIRED) for key in held.keyring.keys)
    rotated = keys.Keys(Keyring((*retired, Key(9, b"another secret of thirty-two b.."))), held.address_key)
    mail = mail_to(sent, "observed")
    monkeypatch.setattr(keys, "load", lambda secret: rotated)
    reply = web.get(view_of(mail))
    assert reply.body == bytes_of(mail)


def test_its_links_are_those_of_the_mail(sent: Stored, web: Client) -> None:
    mail = mail_to(sent, "observed")
    link = re.findall(r"/c/[\w-]{36}/\d+", web.get(view_of(mail)).text)[0]
    assert web.get(link, **{"User-Agent": BROWSER}).status == 302
    sent.platform.drain()
    assert [event["kind"] for event in sent.rows("events")] == ["clicked"]


def test_looking_at_it_fetches_no_pixel_and_runs_nothing(sent: Stored, web: Client) -> None:
    reply = web.get(view_of(mail_to(sent, "observed")))
    policy = reply.headers["content-security-policy"]
    assert "/o/" in reply.text
    assert f"img-src {sent.platform.public_url}/pictures/;" in policy
    for rule in ("default-src 'none'", "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "script" not in policy
    assert (reply.headers["cache-control"], reply.headers["referrer-policy"]) == ("no-store", "no-referrer")


def test_it_is_there_as_long_as_the_ledger_keeps_it(sent: Stored, web: Client) -> None:
    path = view_of(mail_to(sent, "declared"))
    for page in (path, path.replace("/view", "/why")):
        assert web.get(page).status == 200
        sent.platform.clock.advance(401 * DAY_S)
        reply = web.get(page)
        sent.platform.clock.advance(-401 * DAY_S)
        assert reply.status == 410
        assert "Deze mail hebben we niet meer" in reply.text
        assert path.removesuffix("/view") in reply.text


def test_a_link_that_is_none_opens_nothing(sent: Stored, web: Client) -> None:
    path = view_of(mail_to(sent, "declared"))
    (unsubscribing,) = re.findall(r"/u/([\w-]{44})", str(mail_to(sent, "declared").html))[:1]
    for token in (path.split("/")[2][:-1], unsubscribing, "nonsense", "tes"):
        for page in ("view", "why"):
            assert web.get(f"/s/{token}/{page}").status == 404


def test_a_link_that_came_from_no_mail_of_a_send_says_so_kindly(sent: Stored, web: Client) -> None:
    token = sign_page(keys.load(os.environ["KEYS_SECRET"]).keyring, Power.CHOICES, "declared", "TGFuZGVs")
    assert web.get(f"/s/{token}/view").status == 410
