"""A campaign's sends from end to end, over the staff API alone: what staff see and say, and what arrives in the outbox."""

import re
from collections import Counter
from typing import Any

import pytest

from local.client import Client
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.functions.party import an_edition, ok, problem, set_up
from tests.functions.readers import BROWSER
from tests.stored import Stored

PEOPLE = 240
HOUR_S, DAY_S = 3_600, 86_400
EVERYONE = {"everyone": True}


@pytest.fixture
def party(empty_platform: Platform, staff: Client) -> Platform:
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    stored = Stored(empty_platform)
    for n in range(PEOPLE):
        stored.supporter(f"perso{n:03d}", lists=("national",), address=f"person{n}@example.org")
    return empty_platform


def prepared(staff: Client, **changes: Any) -> tuple[str, str]:
    edition = an_edition(staff, **changes)
    return edition, ok(staff.post(f"/v1/editions/{edition}/prepare"))["version"]


def minutes(platform: Platform, count: int) -> None:
    for _ in range(count):
        platform.drain()
        platform.clock.advance(61)
        platform.invoke("tend_sends", {})
    platform.drain()


def mailed(platform: Platform, send: str) -> int:
    """How many this send mailed, each once."""
    addresses = Counter(mail.address for mail in platform.outbox.mails(send=send))
    assert set(addresses.values()) <= {1}
    return len(addresses)


def shown(staff: Client, send: str) -> Any:
    return ok(staff.get(f"/v1/sends/{send}"))


def say(staff: Client, send: str, word: str) -> None:
    ok(staff.post(f"/v1/sends/{send}/{word}"))


def a_first_send(platform: Platform, staff: Client) -> tuple[str, str]:
    """Dry run, a quota that is too small, then: scheduled, a seed batch, two days, a pause in between. Edition and send."""
    edition, version = prepared(staff)
    looked = ok(staff.post(f"/v1/editions/{edition}/dry-runs", {"audience": EVERYONE}))
    assert (looked["recipients"], looked["fits_today"]) == (PEOPLE, True)
    assert platform.outbox.mails() == []

    path, platform.account.max_24h = f"/v1/editions/{edition}/sends", 100.0
    body = {"version": version, "audience": EVERYONE}
    refused = problem(staff.post(path, body, Idempotency_Key="monday"), 409)
    assert any("spread" in offer for offer in refused["offers"])
    platform.account.max_24h = 100_000.0

    at = int((platform.clock.now() + HOUR_S) * 1000)
    course = {"start_at": at, "seed": {"people": 20}, "spread": {"per_day": 150}}
    send = ok(staff.post(path, body | course, Idempotency_Key="tuesday"), 202)["send"]
    minutes(platform, 2)
    assert (shown(staff, send)["state"], mailed(platform, send)) == ("requested", 0)

    platform.clock.advance(HOUR_S)
    minutes(platform, 8)
    assert (shown(staff, send)["state"], mailed(platform, send)) == ("paused", 20)
    say(staff, send, "resume")
    minutes(platform, 3)
    assert (shown(staff, send)["state"], mailed(platform, send)) == ("sending", 150)

    say(staff, send, "pause")
    platform.clock.advance(DAY_S)
    minutes(platform, 3)
    assert (shown(staff, send)["state"], mailed(platform, send)) == ("paused", 150)
    say(staff, send, "resume")
    minutes(platform, 3)
    platform.clock.advance(HOUR_S)  # an ended send is counted again each quarter of an hour
    minutes(platform, 1)
    report = shown(staff, send)
    assert (report["state"], report["open"], mailed(platform, send)) == ("ended", 0, PEOPLE)
    assert report["messages"]["delivered"] == PEOPLE
    return edition, send


def a_repair(platform: Platform, web: Client, edition: str, send: str) -> None:
    """A link of the mails that are out, amended by two people."""
    anna = Client(platform.url, platform.staff_token("editor", subject="anna"))
    ben = Client(platform.url, platform.staff_token("sender", subject="ben"))
    mail = platform.outbox.mails(send=send)[0]
    links = ok(anna.get(f"/v1/editions/{edition}/amendments"))["links"]
    n = next(link["n"] for link in links if link["block"] == "climate")
    (url,) = set(re.findall(rf'href="([^"]*/l/[^"/]*/{n})"', mail.html))
    wrong = {"n": n, "url": "https://www.example.org/stemmen", "reason": "The page has moved."}
    amendment = ok(anna.post(f"/v1/editions/{edition}/amendments", wrong), 201)["id"]
    problem(anna.post(f"/v1/editions/{edition}/amendments/{amendment}/approve"), 403)
    ok(ben.post(f"/v1/editions/{edition}/amendments/{amendment}/approve"))
    platform.clock.advance(60)
    reply = web.get(url, User_Agent=BROWSER)
    assert reply.status == 302
    assert reply.headers["location"].startswith("https://www.example.org/stemmen")


def a_send_that_bounces(platform: Platform, staff: Client) -> str:
    """The circuit breaker stops it, and staff call it off."""
    edition, version = prepared(staff, name="week-49")
    platform.account.outcome = lambda address: Outcome.BOUNCED
    body = {"version": version, "audience": EVERYONE, "spread": {"per_day": 150}}
    send: str = ok(staff.post(f"/v1/editions/{edition}/sends", body, Idempotency_Key="k"), 202)["send"]
    minutes(platform, 12)
    stopped = shown(staff, send)
    assert (stopped["state"], mailed(platform, send)) == ("stopped", 150)
    assert stopped["reason"].startswith("150 of the 150 mails whose outcome is known (100 %) came back for good")
    platform.account.outcome = None
    say(staff, send, "cancel")
    minutes(platform, 4)
    report = shown(staff, send)
    assert (report["state"], report["open"]) == ("cancelled", 0)
    assert report["messages"]["skipped:send_cancelled"] == PEOPLE - 150
    return send


def test_a_campaign_sends_holds_spreads_stops_repairs_and_corrects(party: Platform, staff: Client, web: Client) -> None:
    edition, first = a_first_send(party, staff)
    a_repair(party, web, edition, first)
    a_send_that_bounces(party, staff)

    correction, version = prepared(staff, name="correction")
    body = {"version": version, "audience": {"got": first}}
    send = ok(staff.post(f"/v1/editions/{correction}/sends", body, Idempotency_Key="k"), 202)["send"]
    minutes(party, 3)
    report = shown(staff, send)
    # Those whose mail came back meanwhile are suppressed, by name.
    assert (report["state"], report["planned"], mailed(party, send)) == ("ended", PEOPLE, PEOPLE - 150)
    assert report["messages"]["skipped:suppressed"] == 150
