"""Undoing a leaving: on the page that says it worked, for half an hour, and no more than what that leaving took."""

import re
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters.consents import ConsentBook
from functions.adapters.proof import item_of
from functions.adapters.wordings import Wordings
from functions.domain.consent import Act, ConsentRecord, Purpose, fold
from functions.domain.leaving import UNDO_MINUTES
from functions.domain.tokens import Power, sign_short
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, Reader, World, an_id, ring, world

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "List-Unsubscribe=One-Click"
Page = dict[str, str]


@pytest.fixture
def sent(platform: Platform) -> World:
    return world(platform)


def subscribed(sent: World, *more: str, **stored: Any) -> Reader:
    """Somebody with proof of what they are on."""
    lists = {sent.list_id: "n0000001", **{name: f"n{n:07}" for n, name in enumerate(more, 2)}}
    reader = sent.reader(newsletter=lists, **stored)
    for name, id_ in lists.items():
        granted = ConsentRecord(id_, reader.id, Purpose.NEWSLETTER, Act.GRANTED, 1, "w", "h", "nl", "import", "staff", name)
        sent.put("consents", item_of(granted))
    return reader


def form_on(page: Reply, button: str) -> Page:
    """The hidden fields of the form with this button."""
    form = next(each for each in re.findall(r"<form.*?</form>", page.text, re.S) if f'name="{button}"' in each)
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}


def post(web: Client, reader: Reader, fields: Page) -> Reply:
    return web.post(reader.unsubscribe, urlencode(fields), Content_Type=FORM)


def leave(web: Client, reader: Reader, scope: str = "list") -> Reply:
    """Over the page, as a browser does."""
    page = web.get(f"{reader.unsubscribe}?language=nl")
    reply = post(web, reader, {**form_on(page, "scope"), "scope": scope})
    assert reply.status == 200
    return reply


def undo(web: Client, reader: Reader, page: Reply) -> Reply:
    return post(web, reader, form_on(page, "undo"))


def offers_undo(page: Reply) -> bool:
    return 'name="undo"' in page.text


def test_one_button_puts_a_list_back_with_a_record_of_its_own(sent: World, web: Client) -> None:
    reader = subscribed(sent, "utrecht", grants=EVERY_GRANT)
    page = leave(web, reader)
    assert "Zet “Landelijk nieuws” weer aan" in page.text and "30 minuten" in page.text
    reply = undo(web, reader, page)
    assert reply.status == 200 and "weer aangemeld" in reply.text and "/s/" in reply.text
    assert reader.stored["newsletter"].keys() == {sent.list_id, "utrecht"}
    assert reader.stored["grants"] == EVERY_GRANT
    left, back = reader.records[-2:]
    assert (back["act"], back["list"], back["source"], back["wording"]) == (
        "granted",
        sent.list_id,
        "undo",
        "unsubscribe-3.undo_list.informal",
    )
    assert back["proof"]["undoes"] == left["proof"]["leaving"]
    assert reader.stored["newsletter"][sent.list_id] == back["id"]


@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_the_hash_in_the_proof_is_of_the_words_on_the_page(sent: World, web: Client, language: str) -> None:
    reader = subscribed(sent)
    fields = {**form_on(web.get(f"{reader.unsubscribe}?language={language}"), "scope"), "scope": "everything"}
    page = post(web, reader, fields)
    undo(web, reader, page)
    record = reader.records[-1]
    shown = re.search(r'<h2 id="undo">(.*?)</h2>\s*<p>(.*?)</p>.*?name="undo" value="yes">(.*?)</button>', page.text, re.S)
    assert shown
    words = [unescape(text) for text in shown.groups()]
    voice = (record["wording"].rpartition(".")[2], record["language"])
    assert voice == ("informal", language)
    assert record["wording_sha256"] == sha256("\n".join(words).encode()).hexdigest()
    assert Wordings("x").has("unsubscribe-3", "undo_everything")


def test_after_everything_the_newsletters_come_back_and_nothing_else(sent: World, web: Client) -> None:
    reader = subscribed(sent, "utrecht", grants=EVERY_GRANT, topics={"care"}, clicks={"a.0.k.1"})
    page = leave(web, reader, "everything")
    assert reader.suppression["reason"] == "unsubscribed"
    assert undo(web, reader, page).status == 200
    stored = reader.stored
    assert stored["newsletter"].keys() == {sent.list_id, "utrecht"}
    assert (stored["grants"], reader.suppression) == ({}, {})
    assert not stored.keys() & {"topics", "clicks", "tags"}
    assert (
        fold(ConsentBook(sent.platform.aws.dynamodb, "supporters", "consents", "suppressions").records(reader.id)).newsletter
        == (stored["newsletter"])
    )


def test_a_list_that_was_left_before_stays_left(sent: World, web: Client) -> None:
    reader = subscribed(sent, "utrecht")
    leave(web, reader)
    undo(web, reader, leave(web, reader, "everything"))
    assert reader.stored["newsletter"].keys() == {"utrecht"}


@pytest.mark.parametrize("scope", ["list", "everything"])
def test_twice_is_as_once_for_leaving_and_for_undoing(sent: World, web: Client, scope: str) -> None:
    reader = subscribed(sent, "utrecht")
    fields = {**form_on(web.get(reader.unsubscribe), "scope"), "scope": scope}
    pages = [post(web, reader, fields) for _ in range(2)]
    assert all(map(offers_undo, pages))  # a double click shows the second answer
    replies = [undo(web, reader, page) for page in (*pages, pages[0])]
    assert [reply.status for reply in replies] == [200] * 3
    assert replies[0].body == replies[1].body == replies[2].body
    assert [record["act"] for record in reader.records].count("withdrawn") == 1
    assert sum(record["source"] == "undo" for record in reader.records) == (1 if scope == "list" else 2)
    assert sent.done.left == 0


def test_too_late_is_said_kindly_and_puts_nothing_back(sent: World, web: Client, platform: Platform) -> None:
    reader = subscribed(sent)
    page = leave(web, reader, "everything")
    platform.clock.advance(UNDO_MINUTES * 60)
    try:
        reply = undo(web, reader, page)
    finally:
        platform.clock.advance(-UNDO_MINUTES * 60)
    assert reply.status == 410 and f"/join/{sent.list_id}" in reply.text
    assert reader.stored["newsletter"] == {} and reader.suppression["reason"] == "unsubscribed"


def test_a_later_no_wins_over_an_earlier_undo(sent: World, web: Client) -> None:
    reader = subscribed(sent, "utrecht")
    first = leave(web, reader)
    leave(web, reader, "everything")
    assert undo(web, reader, first).status == 410
    assert reader.stored["newsletter"] == {} and reader.suppression["reason"] == "unsubscribed"
    again = subscribed(sent)
    page = leave(web, again)
    undo(web, again, page)
    web.post(again.unsubscribe, ONE_CLICK, Content_Type=FORM)
    assert undo(web, again, page).status == 410
    assert again.stored["newsletter"] == {}


@pytest.mark.parametrize("reason", ["bounced", "complained", "never_mail", "erased", "unsubscribed"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_else_bars_an_address_is_never_undone(sent: World, web: Client, reason: str, when: str) -> None:
    reader = subscribed(sent)
    bar = {"address_hash": f"hash-of-{reader.id}", "reason": reason, "at": 1, "source": "ses"}
    if when == "before":
        sent.put("suppressions", bar)
        page = leave(web, reader, "everything")
        assert not offers_undo(page)
    else:
        page = leave(web, reader, "everything")
        sent.put("suppressions", bar)
        assert undo(web, reader, page).status == 410
    assert reader.suppression == bar
    assert reader.stored["newsletter"] == {}


def test_who_got_the_mail_forwarded_cannot_undo_what_the_supporter_did(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    leave(web, reader)
    assert not offers_undo(leave(web, reader))  # from a page of their own
    assert not offers_undo(post(web, reader, {"scope": "list", "wording": "unsubscribe-3"}))
    assert not offers_undo(web.get(reader.unsubscribe))
    other = subscribed(sent)
    stolen = leave(web, other)
    assert undo(web, reader, stolen).status == 410
    assert reader.stored["newsletter"] == other.stored["newsletter"] == {}


def test_a_get_and_forged_or_foreign_tokens_undo_nothing(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    fields = form_on(leave(web, reader), "undo")
    assert web.get(f"{reader.unsubscribe}?{urlencode(fields)}").status == 200
    fresh = sign_short(ring(), Power.FRESH, reader.id, 4_000_000_000)
    for token in (fields["left"][:-1], fresh, reader.unsubscribe.removeprefix("/u/"), "x"):
        assert post(web, reader, {**fields, "left": token}).status == 404
    unknown = sign_short(ring(), Power.LEFT, an_id(), 4_000_000_000)
    assert post(web, reader, {**fields, "left": unknown}).status == 410
    assert web.get(f"/m/{fields['left']}").status == web.get(f"/k/{fields['left']}").status == 404
    assert reader.stored["newsletter"] == {}


def test_a_yes_to_words_nobody_published_is_asked_anew(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    fields = form_on(leave(web, reader), "undo")
    for version in ("unsubscribe-2", "choices-2", "unsubscribe-9", ""):
        reply = post(web, reader, {**fields, "wording": version})
        assert reply.status == 422 and offers_undo(reply)
    assert reader.stored["newsletter"] == {}
    assert undo(web, reader, reply).status == 200


def test_the_mail_programs_button_and_who_is_gone_are_offered_nothing(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    assert not offers_undo(web.post(reader.unsubscribe, ONE_CLICK, Content_Type=FORM))
    assert "proof" not in reader.records[-1]
    assert not offers_undo(leave(web, sent.reader(state="erased")))


def test_erased_meanwhile_stays_erased(sent: World, web: Client) -> None:
    reader = subscribed(sent)
    page = leave(web, reader)
    sent.put("supporters", {"supporter": reader.id, "state": "erased", "created": 1, "updated": 1, "version": 9})
    assert undo(web, reader, page).status == 410
    assert reader.stored["state"] == "erased"


def test_who_undoes_it_is_not_counted_as_one_who_left(sent: World, web: Client) -> None:
    reader, other = subscribed(sent), subscribed(sent)
    page = leave(web, reader)
    leave(web, other)
    assert sent.done.left == 2
    undo(web, reader, page)
    undo(web, reader, page)
    assert sent.done.left == 1


def test_leaving_works_when_what_follows_does_not(sent: World, web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    reader = subscribed(sent)
    fields = {**form_on(web.get(reader.unsubscribe), "scope"), "scope": "list"}
    monkeypatch.setattr(ConsentBook, "records", broken)
    reply = post(web, reader, fields)
    assert reply.status == 200 and not offers_undo(reply)
    assert reader.stored["newsletter"] == {}
