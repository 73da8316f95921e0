"""Forms behind a token may be posted often, and not without end; leaving may be posted always."""

from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock, gate
from functions.domain.tokens import Power, sign_short
from local.client import Client, Reply
from local.platform import Platform
from tests.functions.readers import EVERY_GRANT, World, an_id, ring, world

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = "List-Unsubscribe=One-Click"
KEPT = "laatste is niet bewaard"


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


@pytest.fixture(autouse=True)
def two_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "POSTS", 2)


def post(web: Client, path: str, **fields: str) -> Reply:
    return web.post(path, urlencode({"language": "nl", "form": "informal", **fields}), Content_Type=FORM)


def test_choices_are_refused_kindly_and_stopping_them_never(sent: World, web: Client) -> None:
    reader = sent.reader(grants=EVERY_GRANT)
    answers = {"wording": "choices-2", "click_measurement": "yes"}
    replies = [post(web, reader.choices, **answers) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, 200, 429]
    assert KEPT in replies[2].text and 0 < int(replies[2].headers["retry-after"]) <= 3600
    assert web.get(reader.choices).status == 200
    assert post(web, reader.choices, wording="choices-2", stop="everything").status == 200
    assert reader.stored["grants"] == {}


@pytest.mark.parametrize(("language", "words"), [("en", "Please wait a while"), ("fr", "Un peu de patience")])
def test_the_page_speaks_as_the_form_did(sent: World, web: Client, language: str, words: str) -> None:
    reader = sent.reader()
    replies = [post(web, reader.choices, language=language) for _ in range(3)]
    assert replies[2].status == 429 and words in replies[2].text


def test_another_mail_of_the_same_supporter_has_its_own_count(sent: World, web: Client) -> None:
    reader = sent.reader()
    assert [post(web, reader.choices).status for _ in range(3)] == [422, 422, 429]
    sent.send, before = an_id(), sent.send
    try:
        assert post(web, reader.choices).status == 422
    finally:
        sent.send = before


def test_leaving_is_never_refused_by_button_nor_by_mail_program(sent: World, web: Client) -> None:
    reader = sent.reader()
    assert [post(web, reader.unsubscribe).status for _ in range(3)] == [422, 422, 429]
    for _ in range(4):
        assert web.post(reader.unsubscribe, ONE_CLICK, Content_Type=FORM).status == 200
        for scope in ("list", "everything"):
            assert post(web, reader.unsubscribe, scope=scope, wording="unsubscribe-2").status == 200
    assert reader.stored["newsletter"] == {}


def test_while_the_limits_do_not_answer_every_form_is_taken_and_the_log_says_so(
    sent: World, web: Client, setting: Any, caplog: pytest.LogCaptureFixture
) -> None:
    reader = sent.reader()
    setting("LIMITS_TABLE", "no-such-table")
    answers = {"wording": "choices-2", "click_measurement": "yes"}
    assert [post(web, reader.choices, **answers).status for _ in range(3)] == [200] * 3
    assert [post(web, reader.unsubscribe).status for _ in range(3)] == [422] * 3
    assert web.post(reader.unsubscribe, ONE_CLICK, Content_Type=FORM).status == 200
    assert reader.stored["newsletter"] == {}
    assert {record.message for record in caplog.records if record.levelname == "ERROR"} == {"not limited"}


def test_a_sign_up_is_confirmed_or_refused_by_its_own_count(sent: World, web: Client) -> None:
    token, until = an_id(), int(clock.now()) + 600
    sent.put(
        "signups",
        {
            "signup": token,
            "list": sent.list_id,
            "state": "waiting",
            "at": 1,
            "language": "nl",
            "form": "informal",
            "wording": "choices-2",
            "expires": until,
        },
    )
    path = f"/k/{sign_short(ring(), Power.CONFIRM, token, until)}"
    replies = [post(web, path, other="x") for _ in range(3)]
    assert replies[2].status == 429 and KEPT in replies[2].text
