"""Answers to polls: a button gives them, everybody counts once, and what is kept is kept under its own consent."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest

from functions.adapters import clock, gate
from functions.adapters.totals import Totals
from functions.domain.edition import Answer, BlockKind
from functions.domain.supporter import LANGUAGES
from functions.domain.tokens import Power, sign_short
from local.client import Client, Reply
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import ok
from tests.functions.readers import BROWSER, ring
from tests.stored import Stored

FORM = "application/x-www-form-urlencoded"
ANSWERS = ("Meer treinen", "Goedkoper {voor jou|voor u}", "Weet ik niet & <x>")


@pytest.fixture(scope="module")
def sent(platform: Platform) -> Iterator[Stored]:
    platform.reset()
    stored = Stored(platform)
    polls = [
        a_block("trein", BlockKind.POLL, title="Wat eerst?", answers=tuple(Answer(text) for text in ANSWERS)),
        a_block("bus", BlockKind.POLL, title="En de bus?", answers=(Answer("Ja"), Answer("Nee"))),
    ]
    edition = a_compiled_edition([a_block(), *polls])
    stored.edition(edition)
    for n in range(14):
        stored.supporter(f"person{n:02d}", form="formal" if n == 13 else "informal")
    stored.send(edition)
    platform.drain()
    yield stored
    platform.reset()


def links(stored: Stored, supporter: str) -> list[str]:
    (mail,) = stored.platform.outbox.mails(to=f"{supporter}@example.org")
    return list(dict.fromkeys(re.findall(r"/a/[\w-]{44}/\d+", str(mail.html))))


def give(web: Client, path: str, n: int, *, keep: bool = False) -> Reply:
    asked = {"answer": str(n), "wording": "answers-1", "language": "nl", "form": "informal", **({"keep": "yes"} if keep else {})}
    return web.post(path, urlencode(asked), Content_Type=FORM)


def forget(web: Client, path: str) -> Reply:
    return web.post(path, urlencode({"forget": "yes", "language": "nl", "form": "informal"}), Content_Type=FORM)


def counted(stored: Stored) -> dict[int, int]:
    return {n: count for n, count in Totals(stored.platform.aws.dynamodb, "totals").of_send("sendsend").answers.items() if count}


def kept(stored: Stored, supporter: str) -> list[tuple[str, str]]:
    stored.platform.drain()
    found = [event for event in stored.rows("events") if event["supporter"] == supporter]
    return [(event["extra"]["question"], event["extra"]["answer"]) for event in found]


def grants(stored: Stored, supporter: str) -> Any:
    return next(row for row in stored.rows("supporters") if row["supporter"] == supporter)["grants"]


def heading(reply: Reply) -> str:
    assert reply.status == 200, reply.text
    return unescape(re.findall(r"<h1>(.*?)</h1>", reply.text)[0])


def test_each_answer_has_a_link_of_its_own_in_the_mail(sent: Stored) -> None:
    assert [int(link.rpartition("/")[2]) for link in links(sent, "person00")] == [0, 1, 2, 3, 4]
    (mail,) = sent.platform.outbox.mails(to="person13@example.org")
    assert "Goedkoper voor u" in str(mail.html)
    assert "/a/" in str(mail.text)


def test_the_page_shows_the_answer_that_was_clicked_and_ticks_nothing_else(sent: Stored, web: Client) -> None:
    page = web.get(links(sent, "person00")[1]).text
    assert "Wat eerst?" in page
    assert re.findall(r'value="(\d)" checked', page) == ["1"]
    assert page.count(" checked") == 1
    assert "Weet ik niet &amp; &lt;x&gt;" in page
    assert "En de bus?" not in page


def test_a_scanner_answers_nothing(sent: Stored, web: Client) -> None:
    before = counted(sent)
    for path in links(sent, "person01") * 3:
        assert web.get(path, **{"User-Agent": BROWSER}).status == 200
        assert web.head(path).body == b""
    assert (counted(sent), kept(sent, "person01")) == (before, [])
    assert not [row for row in sent.rows("limits") if row["limit"].startswith("answered")]


def test_without_consent_an_answer_is_a_number_and_counts_once(sent: Stored, web: Client) -> None:
    path, before = links(sent, "person02")[0], counted(sent)
    assert heading(give(web, path, 0)) == "Dank je wel, je antwoord telt mee"
    assert heading(give(web, path, 1)) == "Uit deze mail is al geantwoord"
    assert counted(sent) == {**before, 0: before.get(0, 0) + 1}
    assert kept(sent, "person02") == []
    assert "answers" not in grants(sent, "person02")
    assert not [row for row in sent.rows("limits") if "person02" in str(row) or "sendsend" in str(row)]


def test_with_consent_it_is_kept_and_a_later_one_takes_its_place(sent: Stored, web: Client) -> None:
    path, before = links(sent, "person03")[2], counted(sent)
    assert heading(give(web, path, 2, keep=True)) == "Dank je wel, je antwoord is bewaard"
    assert kept(sent, "person03") == [("Wat eerst?", "Weet ik niet & <x>")]
    assert heading(give(web, path, 1, keep=True)) == "Dank je wel, je antwoord is bewaard"
    assert kept(sent, "person03") == [("Wat eerst?", "Goedkoper voor jou")]
    assert counted(sent) == {**before, 1: before.get(1, 0) + 1}
    granted = [row for row in sent.rows("consents") if row["supporter"] == "person03"]
    assert [(row["purpose"], row["act"], row["wording"]) for row in granted] == [("answers", "granted", "answers-1.keep.informal")]
    (event,) = [event for event in sent.rows("events") if event["supporter"] == "person03"]
    assert event["grants"] == {"answers": grants(sent, "person03")["answers"]}
    assert not event["topics"], "an answer is not an interest"


def test_what_was_kept_can_be_taken_back_and_is_no_longer_counted(sent: Stored, web: Client) -> None:
    train, bus = links(sent, "person04")[0], links(sent, "person04")[3]
    before = counted(sent)
    give(web, train, 0, keep=True)
    give(web, bus, 3, keep=True)
    assert len(kept(sent, "person04")) == 2
    assert heading(forget(web, train)) == "Je bewaarde antwoorden zijn gewist"
    assert kept(sent, "person04") == []
    assert "answers" not in grants(sent, "person04")
    assert counted(sent) == {**before, 3: before.get(3, 0) + 1}, "the other poll's stays as a number without a name"
    assert heading(give(web, train, 1)) == "Dank je wel, je antwoord telt mee"


def test_an_answer_given_without_a_name_after_a_kept_one_is_not_kept(sent: Stored, web: Client) -> None:
    path, before = links(sent, "person05")[0], counted(sent)
    give(web, path, 0, keep=True)
    give(web, path, 1)
    assert kept(sent, "person05") == []
    assert counted(sent) == {**before, 1: before.get(1, 0) + 1}


def test_somebody_too_young_is_not_asked_to_let_an_answer_be_kept_and_it_is_a_number(sent: Stored, web: Client) -> None:
    path, before = links(sent, "person11")[0], counted(sent)
    assert 'name="keep"' in web.get(path).text
    sent.supporter("person11", too_young=True, grants={"answers": "before"})
    assert not {'name="keep"', 'name="forget"'} & set(re.findall(r'name="\w+"', web.get(path).text))
    assert heading(give(web, path, 0, keep=True)) == "Dank je wel, je antwoord telt mee"
    assert counted(sent) == {**before, 0: before.get(0, 0) + 1}
    assert (kept(sent, "person11"), [row for row in sent.rows("consents") if row["supporter"] == "person11"]) == ([], [])
    assert heading(forget(web, path)) == "Je bewaarde antwoorden zijn gewist", "what was allowed before can be taken back"
    assert grants(sent, "person11") == {}


def test_my_mail_shows_what_is_kept_and_forgets_it_on_one_button(sent: Stored, web: Client) -> None:
    token = sign_short(ring(), Power.FRESH, "person10", int(clock.now()) + 900)
    assert "Je antwoorden op vragen" not in web.get(f"/m/{token}").text
    give(web, links(sent, "person10")[3], 3, keep=True)
    page = web.get(f"/m/{token}").text
    assert "<dt>En de bus?</dt><dd>Ja</dd>" in page
    assert {"?language=nl", "?language=en", "?language=fr"} == set(re.findall(r'href="(\?[^"]*)"', page)), "no answer in an address"
    said = web.post(f"/m/{token}", urlencode({"do": "answers", "language": "nl", "form": "informal"}), Content_Type=FORM)
    assert "Je bewaarde antwoorden zijn gewist." in said.text
    assert "<dt>En de bus?</dt>" not in said.text
    assert kept(sent, "person10") == []
    assert [row["act"] for row in sent.rows("consents") if row["supporter"] == "person10"] == ["granted", "withdrawn"]


def test_the_page_is_the_same_whoever_looks_and_whatever_was_answered(sent: Stored, web: Client) -> None:
    give(web, links(sent, "person06")[0], 0, keep=True)
    shown = [re.sub(r"/a/[\w-]{44}", "", web.get(links(sent, who)[0]).text) for who in ("person06", "person07")]
    assert shown[0] == shown[1]


def test_stopping_everything_takes_kept_answers_along(sent: Stored, web: Client) -> None:
    path = links(sent, "person08")[0]
    give(web, path, 0, keep=True)
    choices = path.rpartition("/")[0].replace("/a/", "/s/")
    stop = {"stop": "everything", "wording": "choices-3", "language": "nl", "form": "informal"}
    assert web.post(choices, urlencode(stop), Content_Type=FORM).status == 200
    assert kept(sent, "person08") == []
    assert "answers" not in grants(sent, "person08")


def test_what_is_no_answer_of_this_mail_is_not_given(sent: Stored, web: Client) -> None:
    path, before = links(sent, "person09")[0], counted(sent)
    for number in ("5", "99", "-1", "01", "x"):
        assert web.get(f"{path.rpartition('/')[0]}/{number}").status == 404
    reply = give(web, path, 3)  # of the other poll
    assert re.findall(r'value="(\d)" checked', reply.text) == ["0"]
    assert give(web, path.replace("/a/", "/a/A"), 0).status == 404
    assert counted(sent) == before


def test_a_report_shows_an_answer_from_ten_up(sent: Stored, web: Client, staff: Client) -> None:
    for n in range(14):
        give(web, links(sent, f"person{n:02d}")[4], 4 if n else 3)
    report = ok(staff.get("/v1/sends/sendsend"))["report"]
    assert [(row["block"], row["answer"]) for row in report["answers"]] == [
        *(("trein", text) for text in ("Meer treinen", "Goedkoper voor u", "Weet ik niet & <x>")),
        *(("bus", text) for text in ("Ja", "Nee")),
    ]
    assert [row["given"] for row in report["answers"]][3:] == [None, counted(sent)[4]]
    assert counted(sent)[4] >= 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_asks_in_every_language(sent: Stored, web: Client, language: str) -> None:
    page = web.get(f"{links(sent, 'person13')[0]}?language={language}").text
    assert f'<html lang="{language}">' in page
    assert '<legend lang="nl">Wat eerst?</legend>' in page
    assert not re.findall(r"\{[a-z]+\}", re.sub(r"<style>.*?</style>", "", page, flags=re.S))


def test_answers_are_refused_kindly_when_they_come_without_end(sent: Stored, web: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = links(sent, "person12")[0]
    give(web, path, 1)
    monkeypatch.setattr(gate, "POSTS", 1)
    before = counted(sent)
    reply = give(web, path, 0)
    assert (reply.status, counted(sent)) == (429, before) and "niet bewaard" in reply.text
    assert forget(web, path).status == 200
    assert web.get(path).status == 200
