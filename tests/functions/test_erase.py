"""Erased is erased: nobody can find or mail them, a crash leaves nothing half done, and what stays tells of nobody."""

import os
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import aws, clock, keys
from functions.adapters.erasing import Cleaning, Erasing, Tables
from functions.domain.erasure import PROOF, ROW, SWEEP_AFTER_MS, TOMBSTONE
from functions.domain.supporter import address_hash
from functions.domain.tokens import Power, sign_short
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, Reader, World, ring, world

FORM = "application/x-www-form-urlencoded"
TABLES = Tables("supporters", "identities", "suppressions", "catalogue", "events", "messages")


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def address_key() -> bytes:
    return keys.load(os.environ["KEYS_SECRET"]).address_key


def known(sent: World, **more: Any) -> Reader:
    """A reader about whom there is something in every table."""
    reader = sent.reader(grants=EVERY_GRANT, clicks={"c"}, tags=[{"topic": "climate", "since": 1}], topics={"care"}, **more)
    hashed = address_hash(address_key(), str(reader.stored["address"]))
    sent.put("supporters", {**reader.stored, "address_hash": hashed, "external_id": f"crm-{reader.id}", "later": "added"})
    for identity in (f"a#{hashed}", f"x#crm-{reader.id}"):
        sent.put("identities", {"identity": identity, "supporter": reader.id})
    proof = {"consent_source": "stand in Utrecht"}
    record = {name: "x" for name in PROOF if name not in ("supporter", "at")}
    sent.put("consents", {**record, "supporter": reader.id, "at": 1, "purpose": "newsletter", "act": "granted", "proof": proof})
    reader.observed("observed_interest")
    reader.message(greeting="Beste Sam,", bounced_to=hashed, version="v1", send_name="later added")
    return reader


def page(reader: Reader) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + 1500)}/data"


def press(web: Client, reader: Reader, act: str) -> Reply:
    return web.post(page(reader), urlencode({"do": act, "language": "nl", "form": "informal"}), Content_Type=FORM)


def identities(reader: Reader, hashed: str) -> list[dict[str, Any]]:
    return [reader.world.get("identities", {"identity": i}) for i in (f"a#{hashed}", f"x#crm-{reader.id}")]


def nothing_personal(reader: Reader, before: dict[str, Any]) -> None:
    """What is kept, and nothing else; the proof's columns of an import go with the next round."""
    assert reader.stored.keys() <= TOMBSTONE
    assert reader.stored["state"] == "erased"
    assert reader.events == []
    assert reader.row.keys() <= ROW
    assert identities(reader, before["address_hash"]) == [{}, {}]
    assert reader.world.get("suppressions", {"address_hash": before["address_hash"]})["reason"] == "erased"


def test_everything_goes_but_what_totals_and_proof_need(sent: World, web: Client, platform: Platform) -> None:
    reader = known(sent)
    before = reader.stored
    reply = press(web, reader, "erase-now")
    assert reply.status == 200
    nothing_personal(reader, before)
    assert len(reader.records) == 1
    receipt = reader.stored["receipt"]
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", receipt)
    assert receipt in reply.text
    (mail,) = platform.outbox.mails(to=before["address"])
    assert receipt in mail.text


def test_a_look_and_the_first_button_erase_nothing(sent: World, web: Client) -> None:
    reader = known(sent)
    before = reader.stored
    assert "/data" not in web.get(page(reader)).text.split("<main")[0]
    web.head(page(reader))
    assert 'value="erase-now"' in press(web, reader, "erase").text
    assert 'value="erase-now"' not in web.get(page(reader)).text
    assert reader.stored == before


def test_the_receipt_shows_again_while_the_link_works_and_nothing_is_mailed_twice(
    sent: World, web: Client, platform: Platform
) -> None:
    reader = known(sent)
    address = reader.stored["address"]
    press(web, reader, "erase-now")
    once = reader.stored
    for reply in (press(web, reader, "erase-now"), web.get(page(reader))):
        assert (reply.status, once["receipt"] in reply.text) == (200, True)
    assert reader.stored == once
    assert len(platform.outbox.mails(to=address)) == 1
    ended = sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) - 1)
    for path in (f"/m/{ended}/data", f"/m/{ended}", page(reader).removesuffix("/data"), reader.choices):
        assert web.get(path).status == 404


@pytest.mark.parametrize("reason", ["bounced", "complained", "never_mail"])
def test_a_closed_address_gets_no_receipt_by_mail_and_keeps_its_first_reason(
    sent: World, web: Client, platform: Platform, reason: str
) -> None:
    reader = known(sent)
    hashed, address = reader.stored["address_hash"], reader.stored["address"]
    sent.put("suppressions", {"address_hash": hashed, "reason": reason, "at": 1, "source": "ses"})
    assert press(web, reader, "erase-now").status == 200
    assert platform.outbox.mails(to=address) == []
    assert sent.get("suppressions", {"address_hash": hashed})["reason"] == reason


class DiesError(Exception):
    """As a Lambda that is ended between two calls."""


class DyingAfter:
    """DynamoDB, until so many writes are done."""

    def __init__(self, writes: int) -> None:
        self._client, self._left = aws.dynamodb(), writes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in ("transact_write_items", "delete_item", "update_item"):
            return found

        def dying(**arguments: Any) -> Any:
            if self._left == 0:
                raise DiesError(name)
            self._left -= 1
            return found(**arguments)

        return dying


@pytest.mark.parametrize("writes", range(3))
def test_a_crash_leaves_nobody_half_erased_and_the_same_again_finishes(sent: World, writes: int) -> None:
    reader = known(sent)
    sent.platform.drain()  # else what is derived from the event may delete it first, and there is a write less
    before, now = reader.stored, int(clock.now() * 1000)
    dying: Any = DyingAfter(writes)
    with pytest.raises(DiesError):
        Erasing(dying, TABLES, address_key()).erase(reader.id, "supporter", now)
    if writes == 0:
        assert reader.stored == before
    else:  # the first write is the erasure itself
        assert reader.stored.keys() <= TOMBSTONE
        assert identities(reader, before["address_hash"]) == [{}, {}]
    erased = Erasing(aws.dynamodb(), TABLES, address_key()).erase(reader.id, "supporter", now + 1000)
    assert erased is not None
    assert erased.at == (now if writes else now + 1000)
    nothing_personal(reader, before)


def test_the_minutes_round_finishes_what_broke_off_and_what_was_on_its_way(sent: World) -> None:
    reader = known(sent)
    before = reader.stored
    dying: Any = DyingAfter(1)
    with pytest.raises(DiesError):
        Erasing(dying, TABLES, address_key()).erase(reader.id, "supporter", int(clock.now() * 1000))
    assert reader.row["greeting"] == "Beste Sam,"
    tending = Cleaning(aws.dynamodb(), "catalogue", "events", "messages", "consents")
    tending.tend(reader.stored["erased_at"] + SWEEP_AFTER_MS - 1)
    assert reader.row["greeting"] == "Beste Sam,"
    tending.tend(reader.stored["erased_at"] + SWEEP_AFTER_MS)
    nothing_personal(reader, before)
    assert all(record.keys() <= PROOF for record in reader.records)
    assert len(reader.records) == 1
    assert sent.get("catalogue", {"kind": "erasure", "id": reader.id}) == {}


def test_somebody_else_who_writes_meanwhile_is_not_overwritten(sent: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = known(sent)
    client = aws.dynamodb()
    erasing = Erasing(client, TABLES, address_key())
    real: Any = client.transact_write_items
    done: list[bool] = []

    def late(**arguments: Any) -> Any:
        if not done:
            done.append(True)
            sent.put("supporters", {**reader.stored, "version": 2, "external_id": "crm-new"})
        return real(**arguments)

    class Late:
        def __getattr__(self, name: str) -> Any:
            return late if name == "transact_write_items" else getattr(client, name)

    slow: Any = Late()
    assert Erasing(slow, TABLES, address_key()).erase(reader.id, "staff", int(clock.now() * 1000)) is not None
    assert reader.stored["version"] == 3
    assert erasing.erase("AAAAAAA8", "staff", 1) is None
