"""My data: everything that is held about one, and of nobody else, to see and to take along."""

import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock, keys
from functions.domain.click import click_token
from functions.domain.supporter import LANGUAGES, address_hash
from functions.domain.tokens import Power, sign_short
from infra.description import DEPLOYMENT
from local.client import Client
from local.platform import Platform
from tests.functions.readers import BROWSER, EVERY_GRANT, Reader, World, ring, world

# Which part of the file tells of which table. A table that holds people and is not here fails the test.
TOLD = {
    "supporters": "profile",
    "identities": "known_as",
    "consents": "consents",
    "suppressions": "suppressions",
    "messages": "messages",
    "events": "events",
}
# Who asked to sign up and has not confirmed is no supporter yet; it is gone within days.
NOT_YET = {"signups"}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def own(reader: Reader, page: str) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) + 1500)}/{page}"


def known(sent: World, mark: str) -> Reader:
    """A reader about whom there is something in every table, marked so that it can be told whose it is."""
    reader = sent.reader(
        grants=EVERY_GRANT,
        name=f"Name-{mark}",
        external_id=f"crm-{mark}",
        attributes={"region": {"value": f"Region-{mark}", "source": "import"}},
        stage={"value": "volunteer", "source": "import"},
        sources={"name": "supporter"},
        clicks={click_token(f"send-{mark}", 0, "kizi", int(clock.now()) * 1000)},
        tags=[{"topic": "climate", "since": 1}],
        topics={"care"},
        later=f"Later-{mark}",
    )
    key = keys.load(os.environ["KEYS_SECRET"]).address_key
    hashed = address_hash(key, str(reader.stored["address"]))
    sent.put("supporters", {**reader.stored, "address_hash": hashed})
    sent.put("suppressions", {"address_hash": hashed, "reason": "bounced", "at": 1, "source": f"ses-{mark}"})
    for identity in (f"a#{hashed}", f"x#crm-{mark}"):
        sent.put("identities", {"identity": identity, "supporter": reader.id})
    record: dict[str, Any] = {
        "purpose": "newsletter",
        "act": "granted",
        "at": 1,
        "wording": f"w-{mark}",
        "list": sent.list_id,
        "source": "staff",
    }
    record |= {"id": mark, "wording_sha256": "0", "language": "nl", "actor": "staff"}
    sent.put("consents", {"supporter": reader.id, "record": f"1#{mark}", **record})
    reader.observed("observed_interest", request=f"request-{mark}")
    reader.message(greeting=f"Beste {mark},", version="v1")
    return reader


def test_every_table_that_holds_people_is_told_of(sent: World, web: Client) -> None:
    assert {table.name for table in DEPLOYMENT.tables if table.holds_people} - NOT_YET == TOLD.keys()
    reader, other = known(sent, "mine"), known(sent, "theirs")
    reply = web.get(own(reader, "export.json"))
    assert reply.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    told = json.loads(reply.text)
    assert all(told[part] for part in TOLD.values())
    for value in ("Name-mine", "Region-mine", "crm-mine", "Later-mine", "ses-mine", "w-mine", "request-mine", "Beste mine,"):
        assert value in reply.text
    assert "theirs" not in reply.text
    assert other.id not in reply.text
    stored = reader.stored
    for name, value in stored.items():
        assert not isinstance(value, str) or value in reply.text, name


def test_each_field_has_its_source_and_each_block_its_reason(sent: World, web: Client) -> None:
    told = json.loads(web.get(own(known(sent, "a"), "export.json")).text)
    assert told["profile"]["name"] == {"value": "Name-a", "source": "supporter"}
    assert told["profile"]["address"]["source"] == "staff"
    assert told["profile"]["region"] == {"value": "Region-a", "source": "import"}
    assert told["profile"]["stage"] == {"value": "volunteer", "source": "import"}
    assert told["messages"][0]["blocks"][0] == {"block": "block-0", "reason": "order"}
    assert told["clicks"][0]["topic"] == "climate"


def test_an_attribute_named_as_a_field_is_told_beside_it(sent: World, web: Client) -> None:
    reader = known(sent, "twice")
    sent.put("supporters", {**reader.stored, "attributes": {"stage": {"value": "Kanaal-twice", "source": "import"}}})
    told = json.loads(web.get(own(reader, "export.json")).text)["profile"]
    assert (told["stage"]["value"], told["attr_stage"]["value"]) == ("volunteer", "Kanaal-twice")


def test_they_see_that_staff_looked_and_not_who(sent: World, web: Client, staff: Client) -> None:
    reader = known(sent, "looked")
    assert staff.get(f"/v1/supporters/{reader.id}").status == 200
    assert staff.get("/v1/supporters/" + known(sent, "unseen").id).status == 200
    told = json.loads(web.get(own(reader, "export.json")).text)["looked_at"]
    assert [entry.keys() for entry in told] == [{"at", "action"}]
    assert told[0]["action"] == "supporter.read"
    assert "Bekeken" in web.get(own(reader, "data")).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["informal", "formal"])
def test_the_page_shows_it_readably(sent: World, web: Client, language: str, form: str) -> None:
    reader = known(sent, "page")
    sent.put("supporters", {**reader.stored, "form": form})
    reply = web.get(own(reader, "data") + f"?language={language}")
    assert reply.status == 200
    assert {"nl": "vrijwilliger", "en": "volunteer", "fr": "bénévole"}[language] in reply.text
    for value in ("Name-page", "Region-page", "block-0", "crm-page"):
        assert value in reply.text
    assert "{" not in reply.text.partition("<main")[2]


def test_what_has_expired_is_not_told_though_it_is_still_stored(sent: World, web: Client) -> None:
    reader = known(sent, "old")
    for table in ("events", "messages"):
        rows = reader.events if table == "events" else [reader.row]
        for row in rows:
            sent.put(table, {**row, "expires": int(clock.now()) - 1})
    told = json.loads(web.get(own(reader, "export.json")).text)
    assert (told["events"], told["messages"]) == ([], [])


def test_without_a_fresh_link_nobody_sees_anything(sent: World, web: Client) -> None:
    reader = known(sent, "shut")
    ended = sign_short(ring(), Power.FRESH, reader.id, int(clock.now()) - 1)
    for page in ("data", "export.json"):
        assert web.get(f"/m/{ended}/{page}").status == 410
        assert web.get(f"/m/{reader.choices.removeprefix('/s/')}/{page}").status == 404
        assert "Name-shut" not in web.get(f"/m/{ended}/{page}").text


def test_one_button_stops_what_is_learned_and_another_stops_all(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT)
    page: Any = web.get(own(reader, "data")).text
    assert 'value="stop"' in page
    assert 'value="everything"' in page
    mail = own(reader, "data").removesuffix("/data")
    headers = {"Content_Type": "application/x-www-form-urlencoded", "User_Agent": BROWSER}
    said = {"language": "nl", "form": "informal"}
    assert web.post(mail, urlencode({"do": "stop", **said}), **headers).status == 200
    assert (reader.stored["grants"], bool(reader.stored["newsletter"])) == ({}, True)
    assert web.post(mail, urlencode({"do": "leave", "list": "everything", **said}), **headers).status == 200
    assert reader.stored["newsletter"] == {}
