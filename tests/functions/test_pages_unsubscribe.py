"""Leaving: by the page's buttons and by the mail program's own (RFC 8058), over HTTP on the local platform."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.forms import fields, one
from functions.adapters.replies import read_request
from functions.domain.tokens import NO_SEND
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, Reader, World, an_id, http_event, world

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "List-Unsubscribe=One-Click"
MULTIPART = (
    'multipart/form-data; boundary="----b"',
    ('------b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n------b--\r\n'),
)


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def leave(web: Client, reader: Reader, scope: str) -> Reply:
    posted = urlencode({"scope": scope, "wording": "unsubscribe-2", "language": "nl", "form": "informal"})
    return web.post(reader.unsubscribe, posted, Content_Type=FORM)


def two_lists(sent: World, **more: Any) -> Reader:
    return sent.reader(newsletter={sent.list_id: "n1", "utrecht": "n2"}, **more)


def test_the_page_offers_this_list_or_everything_and_changes_nothing(sent: World, web: Client) -> None:
    reader = sent.reader()
    before = reader.stored
    reply = web.get(reader.unsubscribe)
    assert reply.status == 200
    assert "Stop “Landelijk nieuws”" in reply.text
    assert "Stop alle mails" in reply.text
    assert (reader.stored, reader.records) == (before, [])


@pytest.mark.parametrize(("content_type", "body"), [(FORM, ONE_CLICK), MULTIPART], ids=["urlencoded", "multipart"])
def test_the_mail_programs_own_button_leaves_this_list(sent: World, web: Client, content_type: str, body: str) -> None:
    reader = two_lists(sent)
    for _ in range(2):
        reply = web.post(reader.unsubscribe, body, Content_Type=content_type)
        assert reply.status == 200
        assert not reply.headers.keys() & {"location", "set-cookie"}
    assert reader.stored["newsletter"] == {"utrecht": "n2"}
    (record,) = reader.records
    assert (record["purpose"], record["act"], record["list"]) == ("newsletter", "withdrawn", sent.list_id)
    assert (record["source"], record["wording"]) == ("one-click", "unsubscribe-3.one_click.informal")
    assert reader.suppression == {}


def test_leaving_this_list_leaves_the_others(sent: World, web: Client) -> None:
    reader = two_lists(sent, grants=EVERY_GRANT)
    reply = leave(web, reader, "list")
    assert reply.status == 200
    assert "“Landelijk nieuws” komt niet meer" in reply.text
    assert reader.stored["newsletter"] == {"utrecht": "n2"}
    assert reader.stored["grants"] == EVERY_GRANT
    before = (reader.stored, reader.records)
    leave(web, reader, "list")
    assert (reader.stored, reader.records) == before


def test_leaving_everything_suppresses_the_address_and_forgets_what_was_learned(sent: World, web: Client) -> None:
    reader = two_lists(sent, grants=EVERY_GRANT, clicks={"a.0.k.1"}, tags=[{"topic": "care", "since": 1}], topics={"care"})
    reader.observed("click_measurement")
    reply = leave(web, reader, "everything")
    assert reply.status == 200
    stored = reader.stored
    assert (stored["newsletter"], stored["grants"]) == ({}, {})
    assert not stored.keys() & {"clicks", "tags", "topics"}
    assert reader.events == []
    assert reader.suppression["reason"] == "unsubscribed"
    assert {record["act"] for record in reader.records} == {"withdrawn"}
    assert [record["purpose"] for record in reader.records].count("newsletter") == 1
    before = (stored, reader.records, reader.suppression)
    assert leave(web, reader, "everything").status == 200
    assert (reader.stored, reader.records, reader.suppression) == before


def test_who_leaves_by_a_mail_is_counted_once_for_its_send(platform: Platform, web: Client) -> None:
    own = world(platform)
    reader = own.reader(newsletter={own.list_id: "n1", "utrecht": "n2"})
    web.get(reader.unsubscribe)
    assert own.done.left == 0
    for scope in ("list", "list", "everything", "everything"):
        assert leave(web, reader, scope).status == 200
    assert own.done.left == 1
    assert web.post(own.reader().unsubscribe, ONE_CLICK, Content_Type=FORM).status == 200
    leave(web, own.reader(), "everything")
    assert own.done.left == 3
    kept = [shard for n in range(10) for shard in own.query("totals", "link", f"{own.send}/{n}")]
    assert all(shard.keys() == {"link", "shard", "people", "expires"} for shard in kept)  # no trace of a person


def test_who_left_already_or_comes_from_no_mail_is_not_counted(platform: Platform, web: Client) -> None:
    own = world(platform)
    leave(web, own.reader(newsletter={}), "list")
    own.send = NO_SEND
    before = own.done.left
    leave(web, own.reader(), "list")
    assert own.done.left == before


def test_leaving_that_cannot_be_counted_is_leaving_all_the_same(sent: World, web: Client, setting: Any) -> None:
    reader = sent.reader()
    setting("TOTALS_TABLE", "no-such-table")
    assert leave(web, reader, "list").status == 200
    assert reader.stored["newsletter"] == {}


def test_everything_can_still_follow_after_this_list(sent: World, web: Client) -> None:
    reader = sent.reader()
    page = leave(web, reader, "list").text
    assert "Toch ook alle andere mails stoppen?" in page
    assert f'<a href="/join/{sent.list_id}?language=nl">Opnieuw aanmelden</a>' in page
    assert reader.suppression == {}
    leave(web, reader, "everything")
    assert reader.suppression["reason"] == "unsubscribed"


def test_the_first_reason_of_a_suppression_stays(sent: World, web: Client) -> None:
    reader = sent.reader()
    sent.put("suppressions", {"address_hash": f"hash-of-{reader.id}", "reason": "complained", "at": 1, "source": "ses"})
    leave(web, reader, "everything")
    assert reader.suppression == {"address_hash": f"hash-of-{reader.id}", "reason": "complained", "at": 1, "source": "ses"}


def test_somebody_who_is_gone_is_answered_as_everybody(sent: World, web: Client) -> None:
    gone, erased = Reader(sent, an_id()), sent.reader(state="erased")
    for reader in (gone, erased):
        assert web.get(reader.unsubscribe).status == 200
        assert leave(web, reader, "everything").status == 200
        assert web.post(reader.unsubscribe, ONE_CLICK, Content_Type=FORM).status == 200
        assert reader.records == []


def test_when_staff_have_the_list_no_more_every_list_is_left(sent: World, web: Client) -> None:
    other = World(sent.platform, send=sent.send)
    reader = other.reader(newsletter={"utrecht": "n2"})
    assert "deze nieuwsbrief" not in web.get(reader.unsubscribe).text
    assert web.post(reader.unsubscribe, ONE_CLICK, Content_Type=FORM).status == 200
    assert reader.stored["newsletter"] == {}


def test_a_post_that_asks_for_nothing_is_asked_what_it_wants(sent: World, web: Client) -> None:
    reader = sent.reader()
    for body in ("", "scope=nothing", "List-Unsubscribe=Maybe", "scope=" + "x" * 20_000):
        reply = web.post(reader.unsubscribe, body, Content_Type=FORM)
        assert reply.status == 422
        assert "Stop alle mails" in reply.text
    assert reader.stored["newsletter"] == {sent.list_id: "n1"}


def test_a_forged_link_unsubscribes_nobody(sent: World, web: Client) -> None:
    reader = sent.reader()
    for path in (reader.unsubscribe[:-2], reader.choices.replace("/s/", "/u/"), f"/u/{reader.token}"):
        assert web.post(path, ONE_CLICK, Content_Type=FORM).status == 404
    assert reader.stored["newsletter"] == {sent.list_id: "n1"}


def test_a_page_that_stood_open_while_the_words_were_renewed_still_unsubscribes(sent: World, web: Client) -> None:
    reader = sent.reader()
    posted = urlencode({"scope": "list", "wording": "unsubscribe-0", "language": "de", "form": "?"})
    assert web.post(reader.unsubscribe, posted, Content_Type=FORM).status == 200
    assert reader.stored["newsletter"] == {}


@given(
    body=st.binary(max_size=300) | st.just(MULTIPART[1].encode()),
    kind=st.sampled_from([FORM, MULTIPART[0], "multipart/form-data", "text/plain", ""]) | st.text(max_size=30),
)
def test_no_body_whatever_breaks_the_reading_of_a_form(body: bytes, kind: str) -> None:
    event = http_event("POST /u/{token}", {"token": "x"})
    event["headers"]["content-type"] = kind
    event["body"] = body.decode("latin-1")
    assert isinstance(one(fields(read_request(event)), "scope"), str)
