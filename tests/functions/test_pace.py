"""One bucket for all that mail: two sends share it, throttles slow it, and the higher priority goes first."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from functions.adapters import aws
from functions.adapters.pace import Pace, now_ms
from functions.deliver import turns
from functions.domain.assembly import CompiledEdition
from functions.domain.pace import BURST_MS, Bucket, Priority, rate
from functions.plan_send import step as planning
from local.client import Client
from local.faultlab.run import Lab, lab
from local.faultlab.wire import Fault
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import problem
from tests.stored import Stored

PEOPLE = [f"person{n:02d}" for n in range(24)]
LATER = 86_400_000.0


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


def a_pace() -> Pace:
    """As another Lambda would have it."""
    return Pace(aws.dynamodb(), os.environ["PACE_TABLE"], aws.ses())


def hold(stored: Stored, priority: Priority, until: float) -> None:
    """Have sends of a priority mail until then, or be done."""
    a_pace().announce(priority)
    [row] = stored.rows("pace")
    stored.put("pace", row | {"version": row["version"] + 1_000, "holds": {priority.value: until}})


def mailed(platform: Platform) -> Counter[tuple[str, str]]:
    return Counter((mail.tags["send"], mail.tags["supporter"]) for mail in platform.outbox.mails())


def minutes(platform: Platform, count: int = 3) -> None:
    for _ in range(count):
        platform.drain()
        platform.clock.advance(121)
        platform.invoke("tend_sends", {})
    platform.drain()


def test_two_sends_at_once_share_the_accounts_rate(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    platform.account.max_rate, platform.account.enforce_rate = 40.0, True
    for send in ("sendonee", "sendtwoo"):
        stored.send(edition, send)
    minutes(platform)
    assert mailed(platform) == Counter((send, id_) for send in ("sendonee", "sendtwoo") for id_ in PEOPLE)
    times = sorted(mail.at for mail in platform.outbox.mails())
    assert times[-1] - times[0] >= (len(times) - 1) / 40 - (BURST_MS + turns.LAPSE_MS) / 1000
    assert {row["state"] for row in stored.rows("sends")} == {"ended"}


def test_throttles_slow_everybody_and_lose_nobody(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    platform.faults.ses_throttles = 5
    stored.send(edition)
    minutes(platform)
    assert mailed(platform) == Counter(("sendsend", id_) for id_ in PEOPLE)
    bucket = a_pace().look()
    assert 0 < bucket.slow < bucket.most == platform.account.max_rate
    assert rate(bucket, bucket.slowed_at + 60_000) == bucket.most


def test_what_one_lambda_learns_the_others_know(platform: Platform, stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = a_pace(), a_pace()
    asked, quota = list[int](), platform.capture.quota

    def counted() -> dict[str, object]:
        asked.append(1)
        return quota()

    monkeypatch.setattr(platform.capture, "quota", counted)
    first, second = one.take(1, 9, Priority.NORMAL), other.take(1, 9, Priority.NORMAL)
    assert len(asked) == 1
    assert (len(first.moments), len(second.moments)) == (9, 9)
    assert first.moments[-1] < second.moments[0]
    one.slow_down()
    assert rate(other.look(), now_ms()) < platform.account.max_rate


def test_a_lower_priority_waits_for_a_higher_one_without_burning_time(
    platform: Platform, stored: Stored, edition: CompiledEdition
) -> None:
    hold(stored, Priority.NORMAL, now_ms() + LATER)
    stored.send(edition, "lowlowlo", terms={"priority": "low"})
    stored.send(edition, "highhigh", terms={"priority": "high"})
    minutes(platform, 1)
    assert mailed(platform) == Counter(("highhigh", id_) for id_ in PEOPLE)
    assert not [row for row in stored.rows("messages") if row["chunk"].startswith("lowlowlo")]
    hold(stored, Priority.NORMAL, 0)
    minutes(platform)
    assert mailed(platform) == Counter((send, id_) for send in ("lowlowlo", "highhigh") for id_ in PEOPLE)


def test_a_visit_that_is_overtaken_leaves_its_chunk_open_and_no_claim(
    platform: Platform, stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "YIELD_MS", 100.0)
    monkeypatch.setattr(planning, "CHUNK_SIZE", 24)
    platform.account.max_rate = 8.0  # two mails in a block, and ten ahead at most
    taken: list[str] = []

    def overtake(address: str) -> Outcome | None:
        taken.append(address)
        if len(taken) == 3:
            hold(stored, Priority.HIGH, now_ms() + LATER)
        return None

    platform.account.outcome = overtake
    stored.send(edition)
    minutes(platform, 1)
    reached = mailed(platform)
    assert 3 <= sum(reached.values()) < len(PEOPLE)
    assert not [row for row in stored.rows("messages") if row["state"] in ("claimed", "unknown")]
    assert [row["nudged"] for row in stored.rows("chunks") if row["state"] == "open" and "nudged" in row].count(0)
    platform.account.outcome, platform.account.max_rate = None, 500.0
    hold(stored, Priority.HIGH, 0)
    minutes(platform)
    assert mailed(platform) == Counter(("sendsend", id_) for id_ in PEOPLE)


@pytest.fixture
def six(empty_platform: Platform) -> Iterator[Lab]:
    with lab(empty_platform, 6) as six:
        yield six


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.LOST])
@pytest.mark.parametrize("what", ["GetItem pace", "UpdateItem pace"])
def test_while_the_bucket_does_not_answer_mails_wait_and_go_once_later(six: Lab, what: str, fault: Fault) -> None:
    result = six.run(lambda call: fault if call.what == what and call.nth < 10 else None)
    assert result.faults
    assert not result.wrong
    assert (result.mails, result.duplicates, result.unknown_before) == (6, 0, 0)


def test_only_three_priorities_are_known(stored: Stored, staff: Client) -> None:
    body = {"version": "v", "audience": {"everyone": True}, "priority": "urgent"}
    found = problem(staff.post("/v1/editions/abcdefgh/sends", body, **{"Idempotency-Key": "k"}), 422)
    assert [error["field"] for error in found["errors"]] == ["priority"]


def test_an_empty_bucket_is_what_a_table_that_does_not_answer_shows(stored: Stored) -> None:
    pace = Pace(aws.dynamodb(), "no-such-table")
    assert pace.look() == Bucket()
    pace.announce(Priority.HIGH)
    pace.slow_down()
    assert stored.rows("pace") == []
