"""A fresh link: mailed to the supporter's own address, gone in half an hour, and telling nobody who is known here."""

import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock, keys
from functions.adapters.notices import Notices
from functions.domain.supporter import address_hash
from functions.domain.tokens import FRESH_MINUTES, Power, sign_short
from functions.my import fresh as step
from functions.my.desk import PER_HOUR
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import Reader, World, an_id, ring, world

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(step, "EVEN_S", 0.0)
    yield


def post(web: Client, path: str, **fields: str) -> Reply:
    return web.post(path, urlencode(fields), Content_Type=FORM)


def known(sent: World, **more: Any) -> Reader:
    """A reader who can be found by their address."""
    reader = sent.reader(**more)
    hashed = address_hash(keys.load(os.environ["KEYS_SECRET"]).address_key, address(reader))
    sent.put("identities", {"identity": f"a#{hashed}", "supporter": reader.id})
    sent.put("supporters", {**reader.stored, "address_hash": hashed})
    return reader


def address(reader: Reader) -> str:
    return str(reader.stored["address"])


def token(reader: Reader) -> str:
    return reader.choices.removeprefix("/s/")


def mails(platform: Platform, reader: Reader) -> list[str]:
    """The texts of the links mailed to this reader."""
    return [mail.text for mail in platform.outbox.mails(to=address(reader))]


def link(platform: Platform, reader: Reader) -> str:
    """The path of the newest link."""
    (found,) = re.findall(r"/m/[A-Za-z0-9_-]{36}", mails(platform, reader)[-1])
    return str(found)


def short(reader: Reader, seconds: int) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + seconds)}"


def test_a_button_in_the_mails_own_page_mails_a_link_that_opens(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    page = web.get(reader.choices).text
    assert f'name="t" value="{token(reader)}"' in page and 'action="/fresh"' in page
    reply = post(web, "/fresh", t=token(reader), language="nl", form="informal")
    assert reply.status == 200 and "Kijk in je mail" in reply.text
    assert f"{FRESH_MINUTES} minuten" in mails(platform, reader)[-1]
    assert web.get(link(platform, reader)).status == 200


def test_the_page_never_shows_the_address(sent: World, web: Client) -> None:
    reader = known(sent)
    replies = [web.get(f"/fresh?t={token(reader)}"), post(web, "/fresh", t=token(reader)), web.get(short(reader, -1))]
    assert all(address(reader) not in reply.text for reply in replies)


def test_a_get_mails_nothing(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    assert web.get(f"/fresh?t={token(reader)}").status == 200
    assert web.get(f"/fresh?t={token(reader)}&address={address(reader)}").status == 200
    assert web.head(f"/fresh?t={token(reader)}").body == b""
    assert mails(platform, reader) == []


def test_one_may_ask_in_another_language_and_stays_oneself(sent: World, web: Client) -> None:
    reader = known(sent)
    page = web.get(f"/fresh?t={token(reader)}&language=fr").text
    assert '<html lang="fr">' in page and token(reader) in page
    assert f'href="?t={token(reader)}&amp;language=en"' in page


def test_a_link_that_ended_says_so_and_offers_a_new_one(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    ended = short(reader, -1)
    for reply in (web.get(ended), post(web, ended, pause="week")):
        assert reply.status == 410 and "Deze link is verlopen" in reply.text
        assert "Sam" not in reply.text
    assert post(web, "/fresh", t=ended.removeprefix("/m/")).status == 200
    assert web.get(link(platform, reader)).status == 200


def test_a_known_and_an_unknown_address_get_the_same_answer(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent, language="fr", form="formal")
    yes = post(web, "/fresh", address=address(reader).upper(), language="nl", form="formal")
    no = post(web, "/fresh", address=f"{an_id()}-nobody@example.org", language="nl", form="formal")
    assert (yes.status, yes.headers, yes.body) == (no.status, {**no.headers, "date": yes.headers["date"]}, no.body)
    assert "Votre" in platform.outbox.mails(to=address(reader))[-1].subject
    assert web.get(link(platform, reader)).status == 200


def test_an_error_while_mailing_tells_nobody_that_the_address_is_known(
    sent: World, web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no words")

    reader = known(sent)
    monkeypatch.setattr(Notices, "send", broken)
    yes = post(web, "/fresh", address=address(reader), language="en")
    no = post(web, "/fresh", address=f"{an_id()}@example.org", language="en")
    assert (yes.status, yes.body) == (no.status, no.body) == (200, no.body)


def test_whoever_types_too_often_learns_nothing_and_mails_nobody(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    replies = [post(web, "/fresh", address=address(reader), language="en") for _ in range(PER_HOUR + 2)]
    assert len({reply.body for reply in replies}) == 1
    assert len(mails(platform, reader)) == PER_HOUR


def test_whoever_types_somebodys_address_all_day_does_not_lock_them_out(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    for _ in range(PER_HOUR + 1):
        post(web, "/fresh", address=address(reader))
    assert post(web, "/fresh", t=token(reader)).status == 200
    assert len(mails(platform, reader)) == PER_HOUR + 1


def test_a_supporter_gets_a_few_links_an_hour_from_their_own_mails(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    for _ in range(PER_HOUR):
        assert post(web, "/fresh", t=token(reader)).status == 200
    reply = post(web, "/fresh", t=token(reader))
    assert reply.status == 429 and "Even wachten" in reply.text
    assert len(mails(platform, reader)) == PER_HOUR


def test_a_machine_that_fills_in_everything_mails_nothing(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    page = web.get("/fresh").text
    assert 'name="website"' in page
    filled = post(web, "/fresh", address=address(reader), website="https://spam.example", language="en")
    honest = post(web, "/fresh", address=f"{an_id()}@example.org", language="en")
    assert filled.body == honest.body
    assert mails(platform, reader) == []


@pytest.mark.parametrize("typed", ["", "nobody", "a@b", "a@example.org\r\nBcc: x@example.org", "x" * 400, '"><script>@a.nl'])
def test_what_is_no_address_is_asked_for_again_and_not_run(web: Client, typed: str) -> None:
    reply = post(web, "/fresh", address=typed, language="en")
    assert reply.status == 422 and "not a complete email address" in reply.text
    assert "<script" not in reply.text


def test_somebody_who_left_may_still_ask_what_is_held_of_them(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent, newsletter={})
    sent.put("suppressions", {"address_hash": reader.stored["address_hash"], "reason": "unsubscribed", "at": 1, "source": "s"})
    assert post(web, "/fresh", t=token(reader)).status == 200
    assert len(mails(platform, reader)) == 1


@pytest.mark.parametrize("reason", ["bounced", "complained", "never_mail", "erased"])
def test_an_address_that_must_not_be_mailed_is_not(sent: World, web: Client, platform: Platform, reason: str) -> None:
    reader = known(sent)
    sent.put("suppressions", {"address_hash": reader.stored["address_hash"], "reason": reason, "at": 1, "source": "s"})
    assert "kunnen dit adres niet mailen" in post(web, "/fresh", t=token(reader)).text
    assert "Check your mail" in post(web, "/fresh", address=address(reader), language="en").text
    assert mails(platform, reader) == []


def test_forged_and_foreign_tokens_open_nothing(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    confirming = sign_short(ring(), Power.CONFIRM, reader.id, int(clock.now()) + 600)
    good = short(reader, 600)
    forged = good[:-1] + ("A" if good[-1] != "A" else "B")
    erased = known(sent, state="erased")
    for path in (forged, good[:-1], f"/m/{confirming}", f"/m/{token(reader)}", f"/m/{reader.token}", short(erased, 600)):
        for reply in (web.get(path), post(web, path, name="Eve")):
            assert reply.status == 404 and "Deze link werkt niet" in reply.text
        assert post(web, "/fresh", t=path.removeprefix("/m/")).status in ((200,) if path.endswith(token(reader)) else (404,))
    assert reader.stored["name"] == "Sam"


def test_the_link_is_nobody_elses(sent: World, web: Client) -> None:
    mine, other = known(sent, name="Mine"), known(sent, name="Other")
    assert "Other" not in web.get(short(mine, 600)).text
    assert "Mine" not in web.get(short(other, 600)).text
