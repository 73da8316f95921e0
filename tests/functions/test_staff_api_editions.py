"""Editions: written, prepared, looked at as anyone, tested on staff."""

import re

import pytest

from local.client import Client, Reply
from local.platform import Platform
from tests.functions.party import a_supporter, an_edition, block, edition, fields, ok, problem, set_up

STAFF = "staff@example.org"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def party(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)


def ok_page(reply: Reply) -> str:
    assert reply.status == 200
    return reply.text


def prepare(staff: Client, id_: str) -> str:
    version: str = ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]
    return version


def test_the_same_request_with_the_same_key_makes_one_edition(staff: Client) -> None:
    first, again = (ok(staff.post("/v1/editions", edition(), Idempotency_Key="week 48"), 201) for _ in range(2))
    assert first == again
    other = staff.post("/v1/editions", edition(name="week-49"), Idempotency_Key="week 48")
    assert fields(other, 409) == {"Idempotency-Key"}
    assert len(ok(staff.get("/v1/editions"))["editions"]) == 1


def test_what_does_not_exist_is_named(staff: Client) -> None:
    body = edition(list="moon", entries=[{"block": "climate"}, {"block": "mars"}])
    assert fields(staff.post("/v1/editions", body)) == {"list", "entries[1].block"}
    problem(staff.get("/v1/editions/AAAAAAAA"), 404)
    problem(staff.post("/v1/editions/AAAAAAAA/prepare"), 404)


def test_preparing_compiles_and_the_same_content_is_the_same_version(staff: Client) -> None:
    id_ = an_edition(staff)
    prepared = ok(staff.post(f"/v1/editions/{id_}/prepare"))
    assert 5_000 < prepared["max_bytes"] < 90_000
    assert prepared["warnings"] == []
    assert {link["block"] for link in prepared["links"]} >= {"climate", "care", "housing"}
    assert ok(staff.post(f"/v1/editions/{id_}/prepare")) == prepared
    assert ok(staff.get(f"/v1/editions/{id_}"))["prepared"] == prepared["version"]
    ok(staff.put("/v1/blocks/care", block("care", title="Anders")))
    assert prepare(staff, id_) != prepared["version"]


def test_an_edition_in_a_language_that_a_block_lacks_is_refused_naming_the_block(staff: Client) -> None:
    id_ = an_edition(staff, languages=["nl", "fr"])
    assert fields(staff.post(f"/v1/editions/{id_}/prepare")) >= {"subject.fr", "blocks.care.texts.fr", "lists.national.names.fr"}


def test_an_edition_that_gmail_would_cut_is_refused(staff: Client) -> None:
    for name in ("climate", "care", "housing", "more"):
        ok(staff.put(f"/v1/blocks/{name}", block("care", text="Een heel lang verhaal, lang. " * 680)))
    ok(staff.post(f"/v1/editions/{an_edition(staff, show=2)}/prepare"))
    long = an_edition(staff, show=4, entries=[{"block": name} for name in ("climate", "care", "housing", "more")])
    refused = problem(staff.post(f"/v1/editions/{long}/prepare"), 422)
    assert refused["errors"][0]["field"] == "show"
    assert "102 KB" in refused["errors"][0]["reason"]


def test_an_unknown_layout_is_refused(staff: Client) -> None:
    assert fields(staff.post(f"/v1/editions/{an_edition(staff, layout='fancy')}/prepare")) == {"layout"}


def test_a_preview_shows_the_mail_and_its_links_lead_nowhere(staff: Client) -> None:
    id_ = an_edition(staff)
    html = staff.get(f"/v1/editions/{id_}/preview?language=en")
    assert html.headers["content-type"].startswith("text/html")
    assert "Over climate" in html.text
    assert 'href="#' in html.text
    assert "/c/" not in html.text
    text = staff.get(f"/v1/editions/{id_}/preview?language=nl&format=text")
    assert text.headers["content-type"].startswith("text/plain")
    assert "Fijn dat je leest." in text.text


def test_a_preview_as_a_supporter_is_their_own_mail_and_is_in_the_audit_log(staff: Client) -> None:
    id_ = an_edition(staff)
    jan = a_supporter(staff, language="en")
    shown = ok(staff.get(f"/v1/editions/{id_}/preview?supporter={jan}&format=json"))
    assert (shown["language"], shown["greeting"], shown["subject"]) == ("en", "Dear Jan,", "This week")
    assert shown["settings"] == {"selection": "editorial", "links": "shared", "pixel": "none"}
    assert [(p["block"], p["because"]) for p in shown["picks"]] == [("climate", "staff's order"), ("care", "staff's order")]
    entries = ok(staff.get(f"/v1/audit?object=supporter%23{jan}"))["entries"]
    assert [(e["action"], e["detail"]) for e in entries][-1] == ("supporter.previewed", {"edition": f"edition#{id_}"})


def test_a_preview_selects_by_what_the_supporter_allows(platform: Platform, staff: Client) -> None:
    id_, jan = an_edition(staff, show=1), a_supporter(staff)
    platform.aws.dynamodb.update_item(
        TableName="supporters",
        Key={"supporter": {"S": jan}},
        UpdateExpression="SET grants = :grants, topics = :topics",
        ExpressionAttributeValues={":grants": {"M": {"declared_topics": {"S": "GGGGGGGG"}}}, ":topics": {"SS": ["housing"]}},
    )
    shown = ok(staff.get(f"/v1/editions/{id_}/preview?supporter={jan}&format=json"))
    assert shown["settings"]["selection"] == "declared"
    assert [(p["block"], p["because"]) for p in shown["picks"]] == [("housing", "a topic they ticked")]


def test_a_preview_as_nobody_known_or_in_no_language_of_it_is_refused(staff: Client) -> None:
    id_ = an_edition(staff, languages=["nl"])
    problem(staff.get(f"/v1/editions/{id_}/preview?supporter=AAAAAAAA"), 404)
    assert fields(staff.get(f"/v1/editions/{id_}/preview?language=en")) == {"language"}
    assert fields(staff.get(f"/v1/editions/{id_}/preview?format=pdf")) == {"format"}


def test_a_test_mail_goes_to_staff_alone_marked_and_counted_nowhere(platform: Platform, staff: Client) -> None:
    id_ = an_edition(staff)
    assert fields(staff.post(f"/v1/editions/{id_}/test-sends", {"to": [STAFF, "jan@example.org"]})) == {"to[1]"}
    assert not platform.outbox.mails()
    assert ok(staff.post(f"/v1/editions/{id_}/test-sends", {"to": [STAFF], "language": "en"})) == {"sent": [STAFF], "failed": []}
    (mail,) = platform.outbox.mails(to=STAFF)
    assert mail.subject == "[TEST] This week"
    platform.drain()
    assert platform.aws.dynamodb.scan(TableName="messages")["Count"] == 0
    assert platform.aws.dynamodb.scan(TableName="sends")["Count"] == 0
    assert f"/l/{id_}/" in mail.html
    assert "/c/" not in mail.html
    assert "/o/" not in mail.html


def test_a_preview_leads_nowhere(staff: Client) -> None:
    shown = staff.get(f"/v1/editions/{an_edition(staff)}/preview?language=nl").text
    own = re.findall(r'href="(?!https://party\.example)([^"]*)"', shown)
    assert own
    assert all(address.startswith(("#", "mailto:")) for address in own)


def test_a_test_mail_as_a_supporter_is_theirs_but_for_what_could_be_followed(
    platform: Platform, staff: Client, web: Client
) -> None:
    id_, jan = an_edition(staff), a_supporter(staff, language="en")
    ok(staff.post(f"/v1/editions/{id_}/test-sends", {"to": [STAFF], "supporter": jan}))
    (mail,) = platform.outbox.mails(to=STAFF)
    assert "Dear Jan," in mail.html
    ways_out = {f"/{page}" for page in re.findall(r'href="https?://[^/"]+/([usa]/test[^"?]*)', mail.html)}
    assert ways_out >= {"/u/test", "/s/test", "/s/test/why", "/s/test/view"}
    for way in ways_out:
        assert "This is a test mail" in ok_page(web.get(way, Accept_Language="en"))
    assert "proefmail" in ok_page(web.post("/u/test", "List-Unsubscribe=One-Click", Content_Type=FORM))
    assert ok(staff.get(f"/v1/supporters/{jan}"))["newsletter"] == ["national"]
