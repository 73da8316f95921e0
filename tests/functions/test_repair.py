"""A link of a sent edition is amended by two people, and every mail already out leads there."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from local.client import Client
from local.platform import Platform
from tests.functions.party import a_supporter, an_edition, fields, ok, problem, set_up
from tests.functions.readers import BROWSER, World, world

NEW = "https://www.example.org/stemmen"
UTM = "utm_source=partijvoormorgen&utm_medium=email&utm_campaign=week-48&utm_content=climate"


@pytest.fixture
def anna(platform: Platform) -> Client:
    return Client(platform.url, platform.staff_token("editor", subject="anna"))


@pytest.fixture
def ben(platform: Platform) -> Client:
    return Client(platform.url, platform.staff_token("sender", subject="ben"))


@pytest.fixture
def edition(empty_platform: Platform, staff: Client) -> str:
    """An edition that went out to somebody with personal links and to somebody with shared ones."""
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    a_supporter(staff, "shared@example.org")
    personal = a_supporter(staff, "personal@example.org")
    empty_platform.aws.dynamodb.update_item(
        TableName="supporters",
        Key={"supporter": {"S": personal}},
        UpdateExpression="SET grants = :g",
        ExpressionAttributeValues={":g": {"M": {"click_measurement": {"S": "grant002"}}}},
    )
    id_ = an_edition(staff)
    version = ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]
    body = {"version": version, "audience": {"everyone": True}}
    ok(staff.post(f"/v1/editions/{id_}/sends", body, Idempotency_Key="k1"), 202)
    empty_platform.drain()
    return id_


def link(platform: Platform, reader: str, n: int) -> str:
    """The address in this reader's mail that has this number."""
    (mail,) = platform.outbox.mails(to=f"{reader}@example.org")
    (found,) = set(re.findall(rf'href="([^"]*/[cl]/[^"/]*/{n})"', mail.html))
    return str(found)


def follow(web: Client, path: str) -> str:
    reply = web.get(path, User_Agent=BROWSER)
    assert reply.status == 302
    return reply.headers["location"]


def number(staff: Client, edition: str, block: str = "climate") -> int:
    links = ok(staff.get(f"/v1/editions/{edition}/amendments"))["links"]
    return next(int(shown["n"]) for shown in links if shown["block"] == block)


def propose(who: Client, edition: str, n: int, url: str = NEW, reason: str = "The page has moved.") -> Any:
    return ok(who.post(f"/v1/editions/{edition}/amendments", {"n": n, "url": url, "reason": reason}), 201)


def decide(who: Client, edition: str, id_: str, word: str = "approve") -> Any:
    return ok(who.post(f"/v1/editions/{edition}/amendments/{id_}/{word}"))


def test_an_approved_amendment_leads_the_mails_already_out_to_the_new_place_within_a_minute(
    platform: Platform, web: Client, edition: str, anna: Client, ben: Client
) -> None:
    n = number(anna, edition)
    paths = {reader: link(platform, reader, n) for reader in ("personal", "shared")}
    assert "/c/" in paths["personal"] and "/l/" in paths["shared"]
    old = f"https://party.example/climate?{UTM}"
    assert {follow(web, path) for path in paths.values()} == {old}  # now the tracker remembers
    proposed = propose(anna, edition, n)
    assert (proposed["state"], proposed["old"], proposed["new"]) == ("proposed", old, f"{NEW}?{UTM}")
    platform.clock.advance(60)
    assert {follow(web, path) for path in paths.values()} == {old}
    assert decide(ben, edition, proposed["id"])["state"] == "approved"
    platform.clock.advance(60)
    assert {follow(web, path) for path in paths.values()} == {f"{NEW}?{UTM}"}
    other = number(anna, edition, "care")
    assert follow(web, link(platform, "shared", other)).startswith("https://party.example/care")
    assert web.head(paths["shared"]).headers["location"] == f"{NEW}?{UTM}"
    assert web.get(f"/l/{edition}/999").status == 404


def test_an_amendment_is_undone_by_another(platform: Platform, web: Client, edition: str, anna: Client, ben: Client) -> None:
    n = number(anna, edition)
    decide(ben, edition, propose(anna, edition, n)["id"])
    back = propose(anna, edition, n, "https://party.example/climate", "It was right after all.")
    assert (back["old"], back["new"]) == (f"{NEW}?{UTM}", f"https://party.example/climate?{UTM}")
    decide(ben, edition, back["id"])
    platform.clock.advance(60)
    assert follow(web, f"/l/{edition}/{n}") == f"https://party.example/climate?{UTM}"
    shown = ok(anna.get(f"/v1/editions/{edition}/amendments"))
    assert [(a["state"], a["proposed_by"], a["decided_by"]) for a in shown["amendments"]] == [("approved", "anna", "ben")] * 2
    assert {shown["links"][n][name] for name in ("url", "leads_to")} == {f"https://party.example/climate?{UTM}"}


def test_it_takes_two_people_of_whom_the_second_may_send(
    staff_as: Callable[..., Client], platform: Platform, edition: str, anna: Client, ben: Client
) -> None:
    n = number(ben, edition)
    proposed = propose(ben, edition, n)
    path = f"/v1/editions/{edition}/amendments/{proposed['id']}"
    own = problem(ben.post(f"{path}/approve"), 403)
    assert own["type"].endswith("second-person")
    admin_ben = Client(platform.url, platform.staff_token("admin", subject="ben"))
    problem(admin_ben.post(f"{path}/approve"), 403)  # a second role is not a second person
    assert problem(anna.post(f"{path}/approve"), 403)["type"].endswith("missing-role")
    problem(staff_as("auditor").post(f"/v1/editions/{edition}/amendments", {"n": n, "url": NEW, "reason": "x"}), 403)
    assert decide(staff_as("sender"), edition, proposed["id"])["state"] == "approved"


def test_saying_the_same_twice_changes_nothing(edition: str, anna: Client, ben: Client, staff: Client) -> None:
    n = number(anna, edition)
    proposed = propose(anna, edition, n)
    assert propose(anna, edition, n) == proposed
    approved = decide(ben, edition, proposed["id"])
    assert decide(ben, edition, proposed["id"]) == approved
    assert propose(anna, edition, n) == approved
    problem(ben.post(f"/v1/editions/{edition}/amendments/{proposed['id']}/reject"), 409)
    entries = ok(staff.get(f"/v1/audit?object=edition%23{edition}"))["entries"]
    amended = [e for e in entries if e["action"].startswith("edition.amendment")]
    assert [(e["action"], e["actor"]) for e in amended] == [
        ("edition.amendment-proposed", "anna"),
        ("edition.amendment-approved", "ben"),
    ]
    assert all((e["detail"]["old"], e["detail"]["new"]) == (proposed["old"], proposed["new"]) for e in amended)


def test_what_is_rejected_or_withdrawn_never_counts(edition: str, anna: Client, ben: Client) -> None:
    n = number(anna, edition)
    for who, state in ((anna, "withdrawn"), (ben, "rejected")):
        proposed = propose(anna, edition, n)
        assert decide(who, edition, proposed["id"], "reject")["state"] == state
        assert decide(who, edition, proposed["id"], "reject")["state"] == state
        problem(ben.post(f"/v1/editions/{edition}/amendments/{proposed['id']}/approve"), 409)
    problem(ben.post(f"/v1/editions/{edition}/amendments/AAAAAAAA/approve"), 404)


def test_only_links_of_sent_editions_are_amended_and_only_to_where_the_party_may_lead(
    staff: Client, edition: str, anna: Client, ben: Client
) -> None:
    path, n = f"/v1/editions/{edition}/amendments", number(anna, edition)
    assert fields(anna.post(path, {"n": 999, "url": NEW, "reason": "x"})) == {"n"}
    for url in ("http://www.example.org/", "https://evil.example/", "https://example.org@evil.example/", "https://127.0.0.1/"):
        assert fields(anna.post(path, {"n": n, "url": url, "reason": "x"})) == {"url"}
    refused = problem(anna.post(path, {"n": n, "url": "https://evil.example/", "reason": "x"}), 422)
    assert "must be on example.org or partijvoormorgen.example" in refused["detail"]
    problem(anna.post(path, {"n": n, "url": f"https://party.example/climate?{UTM}", "reason": "x"}), 409)
    unsent = an_edition(staff)
    assert (
        "was not sent"
        in problem(anna.post(f"/v1/editions/{unsent}/amendments", {"n": n, "url": NEW, "reason": "x"}), 409)["detail"]
    )
    problem(anna.get("/v1/editions/AAAAAAAA/amendments"), 404)


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def amended(sent: World, n: int, was: str, url: str) -> None:
    body = f'{{"links": {{"{n}": {{"was": "{was}", "url": "{url}"}}}}}}'
    key = f"editions/{sent.edition}/amendments.json"
    sent.platform.aws.s3.put_object(Bucket=sent.platform.resources.bucket, Key=key, Body=body.encode())


def test_a_click_on_an_amended_link_is_counted_as_one_on_that_link(sent: World, web: Client, setting: Any) -> None:
    amended(sent, 2, "https://party.example/2?topic=café", NEW)
    sent.platform.clock.advance(60)
    reader = sent.reader(grants={"observed_interest": "g"})
    assert follow(web, reader.link(2)) == NEW
    (event,) = reader.events
    assert (event["n"], event["entry"], event["topics"]) == (2, 2, ["w", "k"])
    before = sent.clicks_on(2)
    assert follow(web, f"/l/{sent.edition}/2") == NEW
    assert sent.clicks_on(2) == before + 1


def test_a_link_that_is_another_one_in_this_version_is_not_amended(sent: World, web: Client) -> None:
    amended(sent, 1, "https://party.example/of-another-version", NEW)
    sent.platform.clock.advance(60)
    assert follow(web, f"/l/{sent.edition}/1") == "https://party.example/1?topic=caf%C3%A9"


def test_when_amendments_cannot_be_read_the_reader_gets_where_the_link_led_before(sent: World, web: Client, setting: Any) -> None:
    amended(sent, 3, "https://party.example/3?topic=café", NEW)
    sent.platform.clock.advance(60)
    assert follow(web, f"/l/{sent.edition}/3") == NEW
    key = f"editions/{sent.edition}/amendments.json"
    sent.platform.aws.s3.put_object(Bucket=sent.platform.resources.bucket, Key=key, Body=b"[broken")
    sent.platform.clock.advance(60)
    assert follow(web, f"/l/{sent.edition}/3") == NEW  # as it was last known
    setting("CEILING", "observed")  # a new process, which knows nothing
    assert follow(web, f"/l/{sent.edition}/3") == "https://party.example/3?topic=caf%C3%A9"
    assert "amended links" in sent.platform.logs.read("track")
