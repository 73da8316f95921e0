"""Clicks, shared links and the pixel, over HTTP on the local platform."""

import os
import subprocess
import sys
from base64 import b64decode
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.replies import PIXEL, read_request
from functions.domain.consent import Ceiling
from functions.domain.tokens import Key, Keyring, KeyState, Power, sign_message, sign_page
from functions.track.step import Desk, follow, follow_shared, opened
from local.client import Client
from local.platform import Platform
from tests.functions.readers import BROWSER, SHELL, World, an_id, http_event, ring, world

OBSERVED = {"observed_interest": "g-observed"}
MEASURED = {"click_measurement": "g-measured"}


@pytest.fixture(scope="module")
def sent(platform: Platform) -> World:
    return world(platform)


def test_a_click_under_consent_redirects_and_is_recorded_with_what_permits_it(sent: World, web: Client) -> None:
    reader = sent.reader(grants={**OBSERVED, **MEASURED})
    reply = web.get(reader.link(2), **{"User-Agent": BROWSER})
    assert (reply.status, reply.headers["location"], reply.body) == (302, "https://party.example/2?topic=caf%C3%A9", b"")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    (event,) = reader.events
    assert event["kind"] == "clicked"
    assert (event["send"], event["chunk"], event["edition"]) == (sent.send, 0, sent.edition)
    assert (event["n"], event["entry"], event["slot"], event["topics"]) == (2, 2, 2, ["w", "k"])
    assert (event["verdict"], event["reasons"]) == ("human", [])
    assert event["grants"] == {**OBSERVED, **MEASURED}
    assert event["shown"][::2] == "kzw-"
    assert 3599 < event["delay_s"] < 3700
    assert event["expires"] > event["at"] // 1000 + 390 * 86_400


def test_neither_address_nor_agent_is_kept(sent: World, web: Client) -> None:
    reader = sent.reader(grants=MEASURED)
    web.get(reader.link(0), **{"User-Agent": "Peculiar/1.0 (reader)"})
    (event,) = reader.events
    assert "Peculiar" not in str(event)
    assert "127.0.0.1" not in str(event)


def test_a_click_without_consent_redirects_and_leaves_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants={"open_pixel": "g", "declared_topics": "g2"})
    assert web.get(reader.link(0)).status == 302
    assert reader.events == []


def test_an_old_link_after_withdrawal_redirects_and_leaves_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=OBSERVED)
    web.get(reader.link(0))
    sent.platform.drain()  # a click that is derived only after the withdrawal is deleted then
    before = reader.events
    sent.reader(reader.id, grants={})
    assert web.get(reader.link(1)).status == 302
    assert (len(before), reader.events) == (1, before)


def test_a_lowered_ceiling_keeps_the_redirect_and_records_nothing(sent: World, web: Client, setting: Any) -> None:
    reader = sent.reader(grants={**OBSERVED, **MEASURED})
    setting("CEILING", "declared")
    assert web.get(reader.link(0)).status == 302
    assert [event["grants"] for event in reader.events] == [MEASURED]
    setting("CEILING", "editorial")
    assert web.get(reader.link(1)).status == 302
    assert len(reader.events) == 1


def test_the_same_request_twice_is_one_event(sent: World, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    event = http_event("GET /c/{token}/{n}", {"token": reader.token, "n": "0"})
    first = platform.invoke("track", event)
    before = reader.events
    assert platform.invoke("track", event) == first
    assert reader.events == before
    assert len(before) == 1


def test_a_click_is_counted_for_the_report_only_under_the_consent_for_counting(platform: Platform, web: Client) -> None:
    own = world(platform)
    learns, counts = own.reader(grants=OBSERVED), own.reader(grants=MEASURED)
    for reader in (learns, counts, own.reader(grants={})):
        assert web.get(reader.link(1), **{"User-Agent": BROWSER}).status == 302
    assert (len(learns.events), len(counts.events)) == (1, 1)
    assert own.done.clicks == {1: 1}
    kept = [shard for n in range(10) for shard in own.query("totals", "link", f"{own.send}/{n}")]
    assert [shard.keys() for shard in kept] == [{"link", "shard", "clicks", "expires"}]  # no trace of a person


def test_a_machines_click_is_not_counted_for_the_report(platform: Platform, web: Client) -> None:
    own = world(platform)
    reader = own.reader(grants=MEASURED)
    assert web.get(reader.link(0), **{"User-Agent": "Barracuda Sentinel"}).status == 302
    assert web.head(reader.link(0)).status == 302
    assert (len(reader.events), own.done.clicks) == (1, {})


def test_the_same_request_twice_is_counted_once(platform: Platform) -> None:
    own = world(platform)
    event = http_event("GET /c/{token}/{n}", {"token": own.reader(grants=MEASURED).token, "n": "0"})
    event["headers"]["user-agent"] = BROWSER
    for _ in range(2):
        assert platform.invoke("track", event)["statusCode"] == 302
    assert own.done.clicks == {0: 1}


def test_a_click_that_cannot_be_counted_is_recorded_and_redirects(sent: World, web: Client, setting: Any) -> None:
    reader = sent.reader(grants=MEASURED)
    setting("TOTALS_TABLE", "no-such-table")
    assert web.get(reader.link(0), **{"User-Agent": BROWSER}).status == 302
    assert len(reader.events) == 1


def test_a_click_within_seconds_of_delivery_is_kept_as_a_machines(sent: World, web: Client, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    reader.message(delivered_at=int(platform.clock.now() * 1000) - 2000)
    assert web.get(reader.link(0), **{"User-Agent": BROWSER}).status == 302
    (event,) = reader.events
    assert (event["verdict"], event["reasons"]) == ("machine", ["too_fast"])


def test_a_link_of_the_shell_belongs_to_no_block(sent: World, web: Client) -> None:
    reader = sent.reader(grants=OBSERVED)
    assert web.get(reader.link(SHELL), **{"User-Agent": BROWSER}).headers["location"] == "https://party.example/"
    (event,) = reader.events
    assert event["topics"] == []
    assert "slot" not in event


def test_a_link_that_was_not_in_the_mail_redirects_and_leaves_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=OBSERVED)
    assert web.get(reader.link(4)).status == 302
    assert reader.events == []


def test_a_head_request_redirects_and_leaves_nothing(sent: World, web: Client) -> None:
    reader = sent.reader(grants=OBSERVED)
    assert web.head(reader.link(0)).status == 302
    assert reader.events == []


def test_when_the_message_is_no_longer_kept_neither_is_a_click(sent: World, web: Client, platform: Platform) -> None:
    reader = sent.reader(grants=OBSERVED)
    platform.aws.dynamodb.delete_item(
        TableName="messages", Key={"chunk": {"S": f"{sent.send}#00000"}, "supporter": {"S": reader.id}}
    )
    assert web.get(reader.link(0)).status == 302
    assert reader.events == []


def _foreign(sent: World) -> dict[str, str]:
    reader = sent.reader(grants=OBSERVED)
    other = Keyring((Key(1, b"another deployment's secret key!"),))
    token = reader.token
    return {
        "forged": f"/c/{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/0",
        "cut short": f"/c/{token[:-1]}/0",
        "of another deployment": f"/c/{sign_message(other, sent.send, 0, reader.id)}/0",
        "of another power": f"/c/{sign_page(ring(), Power.CHOICES, reader.id, sent.list_code)}/0",
        "of a send there never was": f"/c/{sign_message(ring(), an_id(), 0, reader.id)}/0",
        "out of range": f"/c/{token}/6",
        "with a leading zero": f"/c/{token}/00",
        "negative": f"/c/{token}/-1",
        "in other digits": f"/c/{token}/{quote('٢')}",
        "huge": f"/c/{token}/{'9' * 400}",
        "shared, of no edition": f"/l/{an_id()}/0",
        "shared, out of range": f"/l/{sent.edition}/99",
        "shared, no id": "/l/..%2f..%2fx/0",
    }


def test_a_link_that_is_not_ours_gets_a_plain_404_and_leaves_nothing(sent: World, web: Client) -> None:
    sent.platform.drain()  # what earlier tests clicked may still be derived, and deleted where consent ended
    before = _event_count(sent)
    for kind, path in _foreign(sent).items():
        reply = web.get(path)
        assert (kind, reply.status) == (kind, 404)
        assert "location" not in reply.headers
        assert "Deze link werkt niet" in reply.text
        assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert _event_count(sent) == before


def _event_count(sent: World) -> int:
    return sent.platform.aws.dynamodb.scan(TableName="events", Select="COUNT", ConsistentRead=True)["Count"]


def test_a_revoked_key_opens_nothing_and_a_retired_one_still_does() -> None:
    secret = b"a secret of at least sixteen bytes"
    signing = Key(2, b"the secret that signs nowadays....")
    token = sign_message(Keyring((Key(1, secret),)), an_id(), 0, an_id())
    event = http_event("GET /c/{token}/{n}", {"token": token, "n": "0"})
    for state, asked in ((KeyState.RETIRED, 1), (KeyState.REVOKED, 0)):
        sends: list[str] = []
        desk = _desk(Keyring((Key(1, secret, state), signing)), people=SimpleNamespace(edition=sends.append))
        assert follow(desk, read_request(event))["statusCode"] == 404
        assert len(sends) == asked


def test_a_click_that_cannot_be_recorded_still_redirects(sent: World, web: Client, setting: Any) -> None:
    reader = sent.reader(grants=OBSERVED)
    setting("EVENTS_TABLE", "no-such-table")
    assert web.get(reader.link(0)).status == 302
    setting("SUPPORTERS_TABLE", "no-such-table-either")
    assert web.get(reader.link(0)).status == 302
    logged = sent.platform.logs.read("track")
    assert "not recorded" in logged
    assert reader.token not in logged


def test_a_shared_link_is_counted_without_a_person(sent: World, web: Client) -> None:
    before = sent.clicks_on(0)
    for _ in range(3):
        reply = web.get(f"/l/{sent.edition}/0", **{"User-Agent": BROWSER})
        assert (reply.status, reply.headers["location"]) == (302, "https://party.example/0?topic=caf%C3%A9")
    assert sent.clicks_on(0) == before + 3
    shards = sent.query("totals", "link", f"{sent.edition}#0")
    assert all(shard.keys() == {"link", "shard", "clicks", "expires"} for shard in shards)


def test_what_calls_itself_a_scanner_is_not_counted(sent: World, web: Client) -> None:
    assert web.head(f"/l/{sent.edition}/1").status == 302
    assert web.get(f"/l/{sent.edition}/1", **{"User-Agent": "Barracuda Sentinel"}).status == 302
    assert sent.clicks_on(1) == 0


def test_the_links_of_staffs_test_mail_lead_somewhere_and_count_nothing(sent: World, web: Client, platform: Platform) -> None:
    edition, bucket = an_id(), platform.resources.bucket
    source = {"Bucket": bucket, "Key": f"editions/{sent.edition}/v1.json"}
    platform.aws.s3.copy_object(Bucket=bucket, Key=f"editions/{edition}/tested.json", CopySource=source)  # type: ignore[arg-type]
    assert web.get(f"/l/{edition}/0", **{"User-Agent": BROWSER}).status == 302
    assert sent.query("totals", "link", f"{edition}#0") == []


def test_a_shared_link_that_cannot_be_counted_still_redirects(sent: World, web: Client, setting: Any) -> None:
    setting("TOTALS_TABLE", "no-such-table")
    assert web.get(f"/l/{sent.edition}/0").status == 302


def test_the_pixel_is_recorded_only_under_its_own_consent(sent: World, web: Client) -> None:
    without = sent.reader(grants={**OBSERVED, **MEASURED})
    with_it = sent.reader(grants={"open_pixel": "g-open"})
    for reader in (without, with_it):
        reply = web.get(f"/o/{reader.token}", **{"User-Agent": BROWSER})
        assert (reply.status, reply.body, reply.headers["content-type"]) == (200, PIXEL, "image/gif")
        assert reply.headers["cache-control"] == "no-store"
    assert without.events == []
    (event,) = with_it.events
    assert (event["kind"], event["grants"], event["verdict"]) == ("opened", {"open_pixel": "g-open"}, "human")
    assert "n" not in event


def test_a_mail_opened_through_gmails_proxy_is_a_persons(sent: World, web: Client) -> None:
    reader = sent.reader(grants={"open_pixel": "g-open"})
    agent = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
    web.get(f"/o/{reader.token}", **{"User-Agent": agent})
    (event,) = reader.events
    assert (event["verdict"], event["reasons"]) == ("human", ["proxied"])


def test_the_pixel_is_a_picture_whatever_happens(sent: World, web: Client, setting: Any) -> None:
    assert len(PIXEL) == 43
    assert web.get("/o/nonsense").body == PIXEL
    reader = sent.reader(grants={"open_pixel": "g-open"})
    path = f"/o/{reader.token}"
    setting("EVENTS_TABLE", "no-such-table")
    assert web.get(path).body == PIXEL
    setting("KEYS_SECRET", "no-such-secret")
    reply = web.get(path)
    assert (reply.status, reply.body) == (200, PIXEL)


def test_where_a_link_leads_may_be_unknown_for_a_minute(sent: World, web: Client, setting: Any) -> None:
    reader = sent.reader(grants=OBSERVED)
    setting("SENDS_TABLE", "no-such-table")
    reply = web.get(reader.link(0))
    assert (reply.status, reply.headers["retry-after"]) == (503, "60")


class _Nothing:
    """A place where nothing is found and nothing may be written."""

    def version(self, edition: str, version: str) -> None: ...
    def sent(self, edition: str) -> None: ...
    def tested(self, edition: str) -> None: ...
    def edition(self, send: str) -> None: ...


def _desk(keyring: Keyring, people: Any = None) -> Desk:
    nothing: Any = _Nothing()

    def failed(what: str, error: Exception) -> None:
        raise AssertionError(what) from error

    return Desk(nothing, people or nothing, nothing, nothing, keyring, Ceiling.OBSERVED, failed)


@given(
    token=st.text(max_size=60),
    n=st.text(max_size=8),
    method=st.sampled_from(["GET", "HEAD"]),
    headers=st.dictionaries(st.sampled_from(["user-agent", "accept-language", "sec-gpc"]), st.text(max_size=80)),
)
def test_no_input_whatever_breaks_the_tracker(token: str, n: str, method: str, headers: dict[str, str]) -> None:
    desk = _desk(Keyring((Key(1, b"a secret of at least sixteen bytes"),)))
    event = http_event(f"{method} /c/{{token}}/{{n}}", {"token": token, "edition": token, "n": n})
    event["headers"] = headers
    request = read_request(event)
    assert follow(desk, request)["statusCode"] == 404
    assert follow_shared(desk, request)["statusCode"] == 404
    assert b64decode(opened(desk, request)["body"]) == PIXEL


def test_the_tracker_imports_nothing_heavy_before_it_answers() -> None:
    heavy = ("aws_lambda_powertools", "pynamodb", "jinja2", "pydantic", "mjml", "PIL")
    code = f"import sys, functions.track.handler; print([m for m in {heavy!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert ran.stdout.strip() == "[]"
