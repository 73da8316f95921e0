"""One mail of one's own, behind the fresh link: what each block rested on, and what was left out."""

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

import pytest

from functions.adapters import clock
from functions.domain.click import DAY_S, click_token, encode_shown
from functions.domain.supporter import LANGUAGES
from functions.domain.tokens import Power, sign_short
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition, a_taxonomy
from tests.functions.readers import ring
from tests.functions.test_why import a_list, path_of, reasons, text
from tests.stored import Stored

TITLES = {"care": "De huisarts om de hoek", "climate": "Wat {je|u} zelf kunt doen", "housing": "Een huis & een thuis", "": "Dank"}
SHOWN = encode_shown([("b", 0.05), ("b", 0.05), ("a", 0.05), ("c", 0.05), ("b", 0.05), ("b", 0.05)])
FORM = "application/x-www-form-urlencoded"


def at_ms(days_ago: float) -> int:
    return int((clock.now() - days_ago * DAY_S) * 1000)


def clicks(*days_ago: float) -> set[str]:
    return {click_token(f"send{n:04d}", 2, SHOWN, at_ms(days)) for n, days in enumerate(days_ago)}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> Iterator[Stored]:
    platform.reset()
    stored = Stored(platform)
    blocks = [a_block(t or "dank", topics=(t or "care",), title=title) for t, title in TITLES.items()]
    edition = a_compiled_edition(blocks, show=2)
    stored.edition(edition)
    topics = json.dumps(a_taxonomy().to_json())
    stored.put("catalogue", {"kind": "topics", "id": "topics", "body": topics, "version": 1, "updated": 1})
    stored.put("catalogue", {"kind": "list", "id": "landelijk", "body": json.dumps(a_list()), "version": 1, "updated": 1})
    stored.supporter("editoria")
    stored.supporter("declared", grants={"declared_topics": "g1"}, topics={"climate"}, form="formal")
    grants = {"observed_interest": "g2", "open_pixel": "g3"}
    for who in ("observed", "forgotte"):
        stored.supporter(who, grants=grants, clicks=clicks(10, 20, 30, 40))
    for who, purpose, days in (("declared", "declared_topics", 50), ("observed", "observed_interest", 60)):
        allowed(stored, who, purpose, days)
    stored.send(edition, requested_at=at_ms(1))
    platform.drain()
    yield stored
    platform.reset()


def allowed(stored: Stored, who: str, purpose: str, days_ago: float) -> None:
    words = {"wording": "w", "wording_sha256": "0", "language": "nl", "source": "my-mail", "actor": "supporter"}
    row = {
        "supporter": who,
        "record": f"{at_ms(days_ago)}#r",
        "id": "r",
        "purpose": purpose,
        "act": "granted",
        "at": at_ms(days_ago),
    }
    stored.put("consents", {**row, **words})


def fresh(who: str) -> str:
    return f"/m/{sign_short(ring(), Power.FRESH, who, int(clock.now()) + 1500)}"


def page(web: Client, who: str, send: str = "sendsend", language: str = "nl") -> str:
    reply = web.get(f"{fresh(who)}/mails/{send}?language={language}")
    assert reply.status == 200
    return reply.text


def test_an_observed_block_tells_of_the_clicks_it_rested_on(sent: Stored, web: Client) -> None:
    told = text(page(web, "observed"))
    assert "Je klikken op Klimaat vóór deze mail: 4, de eerste op" in told
    assert "Van de mails waarin je klikte, hadden er 4 dit thema, met samen 4 stukken erover." in told
    assert re.search(r"ongeveer \d,\d keer zo vaak op klikte als een gemiddelde lezer", told)
    assert "Dat we daarop kiezen, mocht van je sinds" in told
    assert "Het kan zijn dat er sindsdien klikken zijn gewist" not in told
    assert "Zat erin, want dat stond je toe." in told


def test_later_clicks_are_no_evidence_and_clicks_that_went_are_said_to_be_gone(sent: Stored, web: Client) -> None:
    row = next(row for row in sent.rows("supporters") if row["supporter"] == "forgotte")
    sent.put("supporters", {**row, "clicks": clicks(0.1, 0.2)})
    told = text(page(web, "forgotte"))
    assert "Je las hierover. De klikken waarop dit berustte, bewaren we niet meer." in told
    assert "Je klikken op" not in told


def test_a_declared_block_tells_which_topic_and_since_when_that_was_allowed(sent: Stored, web: Client) -> None:
    told = text(page(web, "declared"))
    assert "U koos dit thema. U had toen aangekruist: Klimaat. Dat we daarop kiezen, mocht van u sinds" in told
    row = next(row for row in sent.rows("supporters") if row["supporter"] == "declared")
    sent.put("supporters", {**row, "topics": {"care"}})
    assert "U had toen aangekruist: Klimaat. Nu is dat niet meer aangekruist." in text(page(web, "declared"))
    sent.put("supporters", row)


@pytest.mark.parametrize("who", ["editoria", "declared", "observed"])
def test_every_block_of_the_edition_is_either_in_the_mail_or_left_out_for_a_reason(sent: Stored, web: Client, who: str) -> None:
    shown, left = page(web, who).split('id="left-out"')
    titles = [title.replace("{je|u}", "u" if who == "declared" else "je") for title in TITLES.values()]
    assert sorted(title for title, _ in [*reasons(shown), *reasons(left)]) == sorted(titles)
    assert (len(reasons(shown)), len(reasons(left))) == (2, 2)
    if who == "editoria":
        assert {why for _, why in reasons(left)} == {"Het staat later in de volgorde van de redactie, en de mail was vol."}
        assert "In de volgorde van de redactie is het stuk 1 van 4." in shown


def test_a_topic_that_is_switched_off_is_named_as_such(sent: Stored, web: Client) -> None:
    row = next(row for row in sent.rows("supporters") if row["supporter"] == "observed")
    sent.put("supporters", {**row, "muted": {"care"}})
    left = dict(reasons(page(web, "observed").split('id="left-out"')[1]))
    sent.put("supporters", row)
    assert left["Dank"] == "Je hebt dit thema uitgezet. Was dat toen al zo, dan telden je klikken er niet voor mee."


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["editoria", "declared", "observed", "forgotte"])
def test_it_is_said_in_every_language_with_nothing_left_open(sent: Stored, web: Client, who: str, language: str) -> None:
    html = page(web, who, language=language)
    assert f'<html lang="{language}">' in html
    assert '<strong lang="nl">' in html
    assert not re.findall(r"\{[a-z_]*\}", re.sub(r"<style>.*?</style>", "", html, flags=re.S))


def test_nobody_sees_another_s_mail_nor_any_without_a_fresh_link(sent: Stored, web: Client) -> None:
    sent.supporter("latecome")
    for path in (f"{fresh('latecome')}/mails/sendsend", f"{fresh('observed')}/mails/AAAAAAAB", f"{fresh('observed')}/mails/x"):
        reply = web.get(path)
        assert (reply.status, "Deze mail hebben we niet meer" in reply.text) == (410, True)
        assert re.search(r'href="/m/[\w-]{36}/data', reply.text), "and it leads back"
    ended = sign_short(ring(), Power.FRESH, "observed", int(clock.now()) - 1)
    assert web.get(f"/m/{ended}/mails/sendsend").status == 410
    choices = path_of(sent, "observed").split("/")[2]
    assert web.get(f"/m/{choices}/mails/sendsend").status == 404


def test_a_mail_whose_edition_is_gone_is_a_kind_page(sent: Stored, web: Client) -> None:
    send = next(row for row in sent.rows("sends") if row["send"] == "sendsend")
    message = next(row for row in sent.rows("messages") if row["supporter"] == "editoria")
    sent.put("sends", {**send, "send": "goneGONE"})
    sent.put("messages", {**message, "chunk": "goneGONE#00000", "version": "gone"})
    assert web.get(f"{fresh('editoria')}/mails/goneGONE").status == 410


def test_my_data_and_why_do_i_see_this_lead_there(sent: Stored, web: Client) -> None:
    data = web.get(f"{fresh('observed')}/data").text
    [path] = re.findall(r'href="(/m/[\w-]+/mails/sendsend)\?language=nl"', data)
    assert web.get(path).status == 200
    asked = path_of(sent, "observed")
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', web.get(asked).text))
    assert form["to"] == "mail"
    assert web.post("/fresh", urlencode(form), Content_Type=FORM).status == 200
    mails = sent.platform.outbox.mails(to="observed@example.org")
    [link] = {found for mail in mails for found in re.findall(r"/m/[\w-]{36}/mails/[\w-]{8}", unescape(str(mail.html)))}
    assert "Waarom stond dit in je mail?" in text(web.get(link).text)


def test_looking_changes_nothing(sent: Stored, web: Client) -> None:
    before = {table: sent.rows(table) for table in ("supporters", "events", "consents", "messages", "totals")}
    page(web, "observed")
    assert web.head(f"{fresh('observed')}/mails/sendsend").body == b""
    assert {table: sent.rows(table) for table in before} == before
