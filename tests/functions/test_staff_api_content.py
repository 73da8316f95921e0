"""Topics, lists, layouts, blocks, pictures: what staff write, and what they are told when it is not right."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

from local.client import Client
from local.platform import Platform
from tests.functions.party import LIST, TOPICS, block, fields, ok, problem, set_up


@pytest.fixture(autouse=True)
def party(empty_platform: Platform, staff: Client) -> None:
    set_up(staff)


def audited(staff: Client, action: str) -> list[str]:
    return [e["object"] for e in ok(staff.get("/v1/audit"))["entries"] if e["action"] == action]


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/topics", TOPICS), ("/v1/lists/national", LIST), ("/v1/blocks/climate", block("climate"))]
)
def test_putting_the_same_again_changes_nothing(staff: Client, path: str, body: object) -> None:
    before, entries = ok(staff.get(path)), len(ok(staff.get("/v1/audit"))["entries"])
    assert ok(staff.put(path, body)) == {"id": before["id"], "version": 1, "changed": False}
    assert ok(staff.get(path)) == before
    assert len(ok(staff.get("/v1/audit"))["entries"]) == entries


@pytest.mark.parametrize("path", ["/v1/topics", "/v1/lists/national", "/v1/blocks/climate"])
def test_what_was_read_can_be_put_back(staff: Client, path: str) -> None:
    read = ok(staff.get(path))
    assert ok(staff.put(path, read))["changed"] is False


def test_two_people_at_once_do_not_overwrite_each_other(staff: Client) -> None:
    read = ok(staff.get("/v1/lists/national"))
    assert ok(staff.put("/v1/lists/national", {**read, "sender_name": "Anna"}))["version"] == 2
    assert "version 2" in problem(staff.put("/v1/lists/national", {**read, "sender_name": "Bea"}), 409)["detail"]


def test_every_change_is_in_the_audit_log_by_actor_and_object(staff: Client) -> None:
    assert "block#climate" in audited(staff, "block.written")
    entries = ok(staff.get("/v1/audit?object=list%23national"))["entries"]
    assert [(e["actor"], e["action"], e["detail"]) for e in entries] == [("local-staff", "list.written", {"version": 1})]


def test_a_list_keeps_its_code_for_good(staff: Client) -> None:
    code = ok(staff.get("/v1/lists/national"))["code"]
    ok(staff.put("/v1/lists/national", {**LIST, "sender_name": "Anna"}))
    assert ok(staff.get("/v1/lists/national"))["code"] == code
    assert fields(staff.put("/v1/lists/national", {**LIST, "code": "AAAAAAAA"})) == {"code"}


def test_a_topic_keeps_its_code_for_good(staff: Client) -> None:
    topics = [{**TOPICS["topics"][0], "code": "x"}, *TOPICS["topics"][1:]]
    refused = problem(staff.put("/v1/topics", {"topics": topics}), 422)
    assert refused["errors"] == [{"field": "topics", "reason": "topic 'climate': its code is 'c' for good"}]
    assert fields(staff.put("/v1/topics", {"topics": TOPICS["topics"][1:]})) == {"topics"}


def test_an_address_that_cannot_be_mailed_is_refused(staff: Client) -> None:
    assert fields(staff.put("/v1/lists/national", {**LIST, "reply_to": "nobody"})) == {"reply_to"}


@pytest.mark.parametrize("domain", ["party.example", "evilpartijvoormorgen.example", "partijvoormorgen.example.org"])
def test_a_sender_outside_the_deployments_domain_is_refused(staff: Client, domain: str) -> None:
    refused = problem(staff.put("/v1/lists/national", {**LIST, "sender_address": f"noor@{domain}"}), 422)
    assert [error["field"] for error in refused["errors"]] == ["sender_address"]
    assert "must be at partijvoormorgen.example or a subdomain of it" in refused["detail"]


def test_a_sender_at_a_subdomain_is_fine(staff: Client) -> None:
    ok(staff.put("/v1/lists/utrecht", {**LIST, "sender_address": "noor@Utrecht.PartijVoorMorgen.example"}))


@pytest.mark.parametrize("name", ["Noor\r\nBcc: all@party.example", "Noor\x00van Dam", "Noor\u2028van Dam"])
def test_who_signs_is_one_line_since_it_stands_in_the_header(staff: Client, name: str) -> None:
    assert fields(staff.put("/v1/lists/national", {**LIST, "sender_name": name})) == {"sender_name"}


def test_a_block_about_an_unknown_topic_is_refused(staff: Client) -> None:
    refused = problem(staff.put("/v1/blocks/war", block("war")), 422)
    assert refused["errors"] == [{"field": "topics[0]", "reason": "there is no topic 'war'"}]


def test_a_block_that_is_not_complete_names_what_is_missing(staff: Client) -> None:
    assert fields(staff.put("/v1/blocks/climate", block("climate", title=""))) == {"texts.nl.title", "texts.en.title"}
    assert fields(staff.put("/v1/blocks/climate", {**block("climate"), "picture": "A" * 16})) >= {"picture"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Lees [meer](http://localhost/x).", "http://localhost/x: this is not a web address"),
        ("Zie ![een boom](boom.jpg).", "no picture stands in a text: a block has one of its own, `picture`"),
    ],
)
def test_a_text_that_no_edition_would_take_is_refused_when_it_is_put(staff: Client, text: str, reason: str) -> None:
    refused = problem(staff.put("/v1/blocks/climate", block("climate", text=text)), 422)
    assert {"field": "texts.nl.text", "reason": reason} in refused["errors"]
    ok(staff.put("/v1/blocks/climate", block("climate", text="Lees [meer](https://example.org) of [mail](mailto:a@example.org).")))


def test_an_address_that_is_wrong_twice_over_is_named_once(staff: Client) -> None:
    refused = problem(staff.put("/v1/blocks/climate", block("climate", button="Lees", url="ftp://example.org")), 422)
    assert [e["field"] for e in refused["errors"]] == ["texts.nl.url", "texts.en.url"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"kind": "article"}, {"topics", "texts"}),
        ({**block("climate"), "kind": "essay"}, {"kind"}),
        ({**block("climate"), "colour": "red"}, {"colour"}),
        ({**block("climate"), "topics": "climate"}, {"topics"}),
        ({**block("climate"), "texts": {"de": {}}}, {"texts.de"}),
    ],
)
def test_a_body_of_the_wrong_shape_names_the_field(staff: Client, body: object, named: set[str]) -> None:
    assert fields(staff.put("/v1/blocks/climate", body)) == named


@pytest.mark.parametrize("body", ["{", "[]", '"text"', "", "null", "{" * 3000, b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(staff: Client, body: str | bytes) -> None:
    assert staff.put("/v1/topics", body, Content_Type="application/json").status in (400, 422)


def test_another_media_type_is_refused(staff: Client) -> None:
    problem(staff.put("/v1/topics", "topics", Content_Type="text/plain"), 415)


def test_a_layout_that_does_not_check_gets_line_and_column(staff: Client) -> None:
    refused = problem(staff.put("/v1/layouts/plain", {"mjml": "<mjml>\n  <mj-bdy>\n  </mj-bdy>\n</mjml>"}), 422)
    assert any(e["field"] == "mjml" and e["reason"].startswith("line 2, column 3") for e in refused["errors"])


def test_the_layout_that_ships_can_be_read_and_put_under_another_name(staff: Client) -> None:
    shipped = ok(staff.get("/v1/layouts/newsletter"))
    assert ok(staff.put("/v1/layouts/ours", {"mjml": shipped["mjml"]}))["changed"] is True
    assert ok(staff.get("/v1/layouts/ours"))["mjml"] == shipped["mjml"]
    problem(staff.get("/v1/layouts/nothing"), 404)


def test_more_blocks_than_an_answer_holds_come_in_pieces(staff: Client) -> None:
    pages = "\u20ac" * 20_000  # three bytes each, and six in an answer
    for n in range(36):
        ok(staff.put(f"/v1/blocks/long-{n:02}", block("climate", text=pages)))
    found, answer = [], ok(staff.get("/v1/blocks"))
    while True:
        found += [each["id"] for each in answer["blocks"]]
        if answer["next_after"] is None:
            break
        answer = ok(staff.get(f"/v1/blocks?after={answer['next_after']}"))
    assert found == sorted({"climate", "care", "housing", *(f"long-{n:02}" for n in range(36))})
    assert ok(staff.get("/v1/editions")) == {"editions": [], "next_after": None}


def jpeg(width: int = 800, height: int = 420) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "JPEG")
    return out.getvalue()


def test_a_picture_is_resized_served_from_the_own_domain_and_kept_once(platform: Platform, staff: Client, web: Client) -> None:
    made = ok(staff.post("/v1/pictures", jpeg(), Content_Type="image/jpeg"), 201)
    assert (made["width"], made["height"]) == (800, 420)
    assert made["url"] == f"{platform.public_url}/pictures/{made['picture']}-1200.jpg"
    assert web.get(f"/pictures/{made['picture']}-600.jpg").headers["content-type"] == "image/jpeg"
    assert ok(staff.post("/v1/pictures", jpeg(), Content_Type="image/jpeg"), 201) == made
    assert audited(staff, "picture.written") == [f"picture#{made['picture']}"]
    with_picture = {**block("climate", alt="Groen"), "picture": made["picture"]}
    assert ok(staff.put("/v1/blocks/climate", with_picture))["version"] == 2


@pytest.mark.parametrize(
    ("body", "says"), [(b"no picture", "no JPEG"), (b"", "no JPEG"), (jpeg()[:500], "damaged"), (jpeg(100, 100), "blurred")]
)
def test_what_is_no_picture_is_refused_with_the_reason(staff: Client, body: bytes, says: str) -> None:
    refused = problem(staff.post("/v1/pictures", body, Content_Type="image/jpeg"), 422)
    assert refused["errors"][0]["field"] == "body"
    assert says in refused["errors"][0]["reason"]


def test_a_picture_too_large_for_the_api_is_refused_before_it_is_read(staff: Client) -> None:
    assert fields(staff.post("/v1/pictures", b"x" * 4_000_001, Content_Type="image/jpeg"), 413) == {"body"}


def test_a_list_has_a_welcome_in_every_language_it_has_a_subject_for(staff: Client, staff_as: Callable[..., Client]) -> None:
    ok(staff.put("/v1/lists/greeting", LIST))
    assert staff.get("/v1/lists/greeting/welcome").status == 404
    welcome = {"subject": {"nl": "Welkom"}, "text": {"nl": "Fijn dat je **meeleest**."}}
    assert ok(staff_as("editor").put("/v1/lists/greeting/welcome", welcome))["changed"]
    assert not ok(staff.put("/v1/lists/greeting/welcome", welcome))["changed"]
    assert ok(staff.get("/v1/lists/greeting/welcome"))["text"] == welcome["text"]
    assert fields(staff.put("/v1/lists/greeting/welcome", {**welcome, "subject": {"fr": "Bienvenue"}})) == {"text"}
    assert staff.put("/v1/lists/nowhere/welcome", welcome).status == 404
    ok(staff.put("/v1/lists/greeting/welcome", {"subject": {}, "text": {}}))
