"""Why do I see this? What was decided for one mail, told by kind of reason, and what the law asks to say with it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from functions.domain.click import click_token, encode_shown
from functions.domain.selection import Reason, decode_picks
from functions.domain.supporter import LANGUAGES
from functions.domain.why import KINDS, about
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition, a_taxonomy
from tests.functions.readers import BROWSER
from tests.stored import REQUESTED_AT, Stored

TITLES = {"care": "De huisarts om de hoek", "climate": "Wat {je|u} zelf kunt doen", "housing": "Een huis & een thuis"}
CLICKS = {
    click_token(f"send000{n}", 0, encode_shown([("c", 0.05), ("b", 0.05), ("a", 0.05)]), REQUESTED_AT - n * 604_800_000)
    for n in range(1, 5)
}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> Iterator[Stored]:
    platform.reset()
    stored = Stored(platform)
    edition = a_compiled_edition([a_block(t, topics=(t,), title=title) for t, title in TITLES.items()], show=2)
    stored.edition(edition)
    stored.supporter("editoria")
    stored.supporter("declared", grants={"declared_topics": "g1"}, topics={"climate"}, form="formal")
    stored.supporter("observed", grants={"observed_interest": "g2"}, clicks=CLICKS)
    topics = json.dumps(a_taxonomy().to_json())
    stored.put("catalogue", {"kind": "topics", "id": "topics", "body": topics, "version": 1, "updated": 1})
    stored.put("catalogue", {"kind": "list", "id": "landelijk", "body": json.dumps(a_list()), "version": 1, "updated": 1})
    stored.send(edition)
    segment = {"all": [{"field": "region", "is": "Utrecht"}, {"field": "language", "is": "nl"}]}
    stored.supporter(
        "utrechts", grants={"declared_topics": "g1"}, attributes={"region": {"value": "Utrecht", "source": "supporter"}}
    )
    stored.send(edition, "segmente", audience={"segment": "utrecht", "expression": json.dumps(segment)}, comparison=1)
    stored.send(edition, "namednam", audience={"supporters": ["editoria"]})
    for _ in range(2):  # one round ends the sends, the next keeps their records
        platform.drain()
        platform.invoke("tend_sends", {})
    stored.send(edition, "correcte", audience={"got": "namednam"})
    platform.drain()
    yield stored
    platform.reset()


def a_list() -> dict[str, Any]:
    words = {"names": {"nl": "Landelijk nieuws"}, "sender_name": "Noor", "sender_address": "noor@x.example"}
    return {"id": "landelijk", "code": "TGFuZGVs", "reply_to": "noor@x.example", **words}


def mail_of(stored: Stored, supporter: str, send: str = "sendsend") -> Any:
    (mail,) = (m for m in stored.platform.outbox.mails(to=f"{supporter}@example.org") if m.tags["send"] == send)
    return mail


def path_of(stored: Stored, supporter: str, send: str = "sendsend") -> str:
    found: list[str] = re.findall(r"/s/[\w-]{44}/why", mail_of(stored, supporter, send).html)
    return found[-1]


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.S))).split())


def reasons(html: str) -> list[tuple[str, str]]:
    return [
        (unescape(title), unescape(why)) for title, why in re.findall(r"<li><strong[^>]*>(.*?)</strong> <span>(.*?)</span>", html)
    ]


def test_where_nothing_was_chosen_it_says_no_more_than_that(sent: Stored, web: Client) -> None:
    page = web.get(path_of(sent, "editoria")).text
    assert "De redactie koos de stukken in deze mail en hun volgorde, niet apart voor jou." in text(page)
    said = "De redactie zette dit hier."
    assert reasons(page) == [("De huisarts om de hoek", said), ("Wat je zelf kunt doen", said)]
    assert "dezelfde stukken" not in page, "two others of this send got theirs chosen"
    assert "Politieke reclame" not in page
    assert "Geen, behalve je abonnement." in page


@pytest.mark.parametrize(("supporter", "said"), [("declared", "U koos dit thema."), ("observed", "Je las hierover.")])
def test_each_block_has_the_reason_that_was_stored(sent: Stored, web: Client, supporter: str, said: str) -> None:
    page = web.get(path_of(sent, supporter)).text
    row = next(row for row in sent.rows("messages") if row["supporter"] == supporter)
    picks = decode_picks(row["picks"])
    titles = [title.replace("{je|u}", "u" if supporter == "declared" else "je") for title in TITLES.values()]
    told = reasons(page)
    assert [title for title, _ in told] == [titles[pick.index] for pick in picks]
    assert said in [why for _, why in told]
    assert len(told) == 2


@pytest.mark.parametrize("supporter", ["declared", "observed"])
def test_a_chosen_mail_carries_the_indication_and_the_page_what_article_19_asks(sent: Stored, web: Client, supporter: str) -> None:
    mail = mail_of(sent, supporter)
    assert "Politieke reclame" in mail.html
    page = text(web.get(path_of(sent, supporter)).text)
    for said in (
        "politieke reclame van Partij voor Morgen",
        "Wie kreeg deze mail? Iedereen op ‘Landelijk nieuws’",
        "Welke gegevens gebruikten we daarvoor?",
        "Met welk doel? Om vooraan te zetten",
        "De redactie schreef 3 stukken; 2 daarvan",
        "Kunstmatige intelligentie? Nee. Het is een berekening met vaste regels (versie 1).",
        "Wanneer? ",
        "Aan hoeveel mensen? Aan minder dan 10.",
        "Ons beleid",
        "Het verslag van deze verzending",
        "wissen",
    ):
        assert said in page, said


def test_it_leads_to_the_policy_and_to_the_public_record(sent: Stored, web: Client) -> None:
    page = web.get(path_of(sent, "declared")).text
    for path in re.findall(r'href="(/(?:policy|transparency)/[^"]*)"', page):
        assert web.get(path).status == 200
    assert "/transparency/sendsend?" in page


def test_a_mail_to_a_segment_says_so_though_its_blocks_are_in_staffs_order(sent: Stored, web: Client) -> None:
    mail = mail_of(sent, "utrechts", "segmente")
    row = next(row for row in sent.rows("messages") if row["supporter"] == "utrechts" and row["chunk"].startswith("segmente"))
    assert row["selection"] == "editorial"
    assert "Politieke reclame, jou gestuurd op basis van gegevens" in mail.html
    page = text(web.get(path_of(sent, "utrechts", "segmente")).text)
    assert "gekozen op: je taal, je regio" in page
    assert "Utrecht" not in page, "which region may be nobody's to know whom the mail was forwarded to"


@pytest.mark.parametrize(
    ("send", "who", "data"),
    [
        ("namednam", "Mensen op ‘Landelijk nieuws’ die ons team zelf heeft uitgezocht.", "Waarop ons team de mensen uitzocht"),
        ("correcte", "die een eerdere mail van ons kregen, of misschien kregen.", "dat we je die eerdere mail stuurden"),
    ],
)
def test_of_a_mail_that_did_not_go_to_all_it_says_no_more_than_it_knows(
    sent: Stored, web: Client, send: str, who: str, data: str
) -> None:
    everyone, page = (text(web.get(path_of(sent, "editoria", each)).text) for each in ("sendsend", send))
    assert "Wie hem kreeg ook niet, behalve van je abonnement" in everyone
    assert "Wie hem kreeg ook niet" not in page
    assert "Geen, behalve je abonnement." not in page
    assert "Hij ging niet naar iedereen; hieronder staat wie hem kregen." in page
    assert who in page and data in page
    assert "Voor de stukken: geen." in page


def test_whoever_gets_it_forwarded_sees_the_kind_of_reason_alone(sent: Stored, web: Client) -> None:
    page = web.get(path_of(sent, "observed")).text
    for secret in ("observed@example.org", "Jan", "Klimaat", "send0001", "4 keer"):
        assert secret not in page


def test_a_mail_whose_edition_is_kept_no_longer_has_a_page_that_says_so(sent: Stored, web: Client) -> None:
    row = next(row for row in sent.rows("messages") if row["supporter"] == "declared")
    sent.put("messages", {**row, "version": "gone"})
    for path in (path_of(sent, "declared"), path_of(sent, "declared").replace("/why", "/view")):
        reply = web.get(path)
        assert (reply.status, "Deze mail hebben we niet meer" in reply.text) == (410, True)
    sent.put("messages", row)


def test_looking_changes_nothing(sent: Stored, web: Client) -> None:
    before = {table: sent.rows(table) for table in ("supporters", "events", "consents", "messages", "totals")}
    for supporter in ("editoria", "observed"):
        assert web.get(path_of(sent, supporter), **{"User-Agent": BROWSER}).status == 200
        assert web.head(path_of(sent, supporter)).body == b""
    sent.platform.drain()
    assert {table: sent.rows(table) for table in before} == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("supporter", ["editoria", "declared", "observed"])
def test_it_is_said_in_every_language_with_nothing_left_open(sent: Stored, web: Client, supporter: str, language: str) -> None:
    page = web.get(f"{path_of(sent, supporter)}?language={language}")
    assert page.status == 200
    assert f'<html lang="{language}">' in page.text
    assert '<strong lang="nl">' in page.text
    assert not re.findall(r"\{[a-z]*\}", re.sub(r"<style>.*?</style>", "", page.text, flags=re.S))


def test_every_stored_reason_has_words() -> None:
    assert {reason.value for reason in Reason} == KINDS.keys()


@pytest.mark.parametrize(("people", "told"), [(0, None), (9, None), (10, 10), (128, 130), (1_249, 1_200), (987_654, 990_000)])
def test_numbers_of_people_are_rounded_and_never_under_ten(people: int, told: int | None) -> None:
    assert about(people) == told
