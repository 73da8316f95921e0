"""A send that asked for a pace: all of its deliveries together hold to it, and it is in the way of no other send."""

import os
from collections import Counter

import pytest

from functions.adapters import aws
from functions.adapters.pace import Pace, now_ms
from functions.deliver.turns import LAPSE_MS
from functions.domain.assembly import CompiledEdition
from functions.domain.pace import BURST_MS, Priority
from functions.plan_send import step as planning
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import a_supporter, an_edition, fields, ok, set_up
from tests.stored import Stored

PEOPLE = [f"person{n:02d}" for n in range(24)]
EVERYONE = {"everyone": True}


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch) -> Stored:
    monkeypatch.setattr(planning, "CHUNK_SIZE", 8)
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    for id_ in PEOPLE:
        on_platform.supporter(id_)
    return on_platform


def mailed(platform: Platform) -> Counter[tuple[str, str]]:
    return Counter((mail.tags["send"], mail.tags["supporter"]) for mail in platform.outbox.mails())


def minutes(platform: Platform, count: int) -> None:
    for _ in range(count):
        platform.clock.advance(121)
        platform.invoke("tend_sends", {})
        platform.drain()


def test_its_deliveries_share_its_pace(
    platform: Platform, stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "chunks_a_round", lambda pace: 3)  # all at once
    stored.send(edition, terms={"pace": 8.0})
    platform.drain()
    assert mailed(platform) == Counter(("sendsend", id_) for id_ in PEOPLE)
    times = sorted(mail.at for mail in platform.outbox.mails())
    assert times[-1] - times[0] >= (len(times) - 1) / 8 - (3 * BURST_MS + LAPSE_MS) / 1000
    assert {row["account"] for row in stored.rows("pace")} == {"ses", "send#sendsend"}


def test_a_send_without_a_pace_pays_nothing_for_it(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    stored.send(edition)
    platform.drain()
    assert len(mailed(platform)) == len(PEOPLE)
    assert [row["account"] for row in stored.rows("pace")] == ["ses"]


def test_two_lambdas_share_one_bucket_and_leave_the_account_to_others(stored: Stored) -> None:
    account = Pace(aws.dynamodb(), os.environ["PACE_TABLE"], aws.ses())
    account.take(1, 1, Priority.NORMAL)
    one, other = (account.of_send("sendsend", 0.5, account.look()) for _ in range(2))
    first, second = one.take(1, 9, Priority.NORMAL), other.take(1, 9, Priority.NORMAL)
    assert len(first.moments) == 1
    assert not second.moments
    assert 0 < second.again_ms <= 2_000
    assert len(account.take(1, 100, Priority.NORMAL).moments) == 100
    assert account.look().free_at < now_ms() + 1_000


def test_only_what_is_mailed_in_a_minute_is_nudged_and_a_pause_holds(
    platform: Platform, stored: Stored, staff: Client, edition: CompiledEdition
) -> None:
    stored.send(edition, terms={"pace": 5.0})
    platform.drain()
    assert {row["chunk"] for row in stored.rows("messages")} == {"sendsend#00000"}
    ok(staff.post("/v1/sends/sendsend/pause"), 200)
    minutes(platform, 1)
    assert len(mailed(platform)) == 8
    ok(staff.post("/v1/sends/sendsend/resume"), 200)
    minutes(platform, 3)
    assert mailed(platform) == Counter(("sendsend", id_) for id_ in PEOPLE)
    assert [row["state"] for row in stored.rows("sends")] == ["ended"]


def test_a_dry_run_the_send_and_the_audit_log_tell_it(empty_platform: Platform, staff: Client) -> None:
    empty_platform.account.max_rate = 10.0
    set_up(staff)
    for name in ("jan", "noor", "fatima"):
        a_supporter(staff, f"{name}@example.org")
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    id_ = an_edition(staff)
    for pace, takes in ((0.1, 0.5), (50, 0.0)):
        told = ok(staff.post(f"/v1/editions/{id_}/dry-runs", {"audience": EVERYONE, "pace": pace}))
        assert (told["rate"], told["pace"], told["minutes"]) == (10.0, pace, takes)
    body = {"version": ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"], "audience": EVERYONE, "pace": 12.5}
    for wrong in (0, -1, 1_001, "fast"):
        assert fields(staff.post(f"/v1/editions/{id_}/sends", body | {"pace": wrong}, Idempotency_Key="k")) == {"pace"}
    send = ok(staff.post(f"/v1/editions/{id_}/sends", body, Idempotency_Key="k"), 202)["send"]
    assert ok(staff.get(f"/v1/sends/{send}"))["terms"]["pace"] == 12.5
    [entry] = [e for e in ok(staff.get("/v1/audit"))["entries"] if e["action"] == "send.requested"]
    assert entry["detail"]["pace"] == 12.5
