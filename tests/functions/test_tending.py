"""A round of each minute: what it counts again and nudges, how much of it at once, and that no send holds up another."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.sends import Send
from functions.domain.assembly import CompiledEdition
from functions.plan_send import step as planning
from functions.tend_sends import step
from functions.tend_sends.step import COUNT_AGAIN_S, COUNT_FOR_S, count_again_after_s
from local.client import Client
from local.functions import FunctionError
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.stored import Stored


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Twenty supporters, two in a chunk."""
    monkeypatch.setattr(planning, "CHUNK_SIZE", 2)
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    for n in range(20):
        on_platform.supporter(f"person{n:02d}")
    return on_platform


def a_round(platform: Platform, after_s: int = 61) -> None:
    platform.clock.advance(after_s)
    platform.invoke("tend_sends", {})


def test_counts_are_fresh_while_reports_pour_in_and_seldom_made_when_they_trickle() -> None:
    times, counted = 0, 0
    for age in range(0, COUNT_FOR_S, 60):
        if age - counted > count_again_after_s(age):
            times, counted = times + 1, age
    assert count_again_after_s(3600) == COUNT_AGAIN_S
    assert 20 < times < 45
    assert COUNT_FOR_S - counted <= COUNT_FOR_S // 4


def test_a_round_counts_so_many_chunks_of_all_sends_and_the_next_ones_the_others(
    platform: Platform, stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "COUNTS_PER_ROUND", 8)
    for send in ("send0001", "send0002"):
        stored.send(edition, send)
        platform.drain()
    a_round(platform)
    assert {row["state"] for row in stored.rows("sends")} == {"ended"}
    before = {(row["send"], row["chunk"]): row["counted"] for row in stored.rows("chunks")}
    again: list[int] = []
    for _ in range(3):
        a_round(platform, COUNT_AGAIN_S + 61 if not again else 61)
        again.append(sum(row["counted"] > before[row["send"], row["chunk"]] for row in stored.rows("chunks")))
    assert again == [8, 16, 20]
    assert {row["report"]["delivered"] for row in stored.rows("sends")} == {20}


def test_a_round_nudges_so_many_chunks_and_the_next_one_the_others(
    platform: Platform, stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "NUDGES_PER_ROUND", 4)
    nudged: list[int] = []
    with platform.functions.replaced("deliver", lambda event, context: None):  # every nudge gets lost
        stored.send(edition)
        platform.drain()
        for _ in range(3):
            a_round(platform, 125)
            platform.drain()
            nudged.append(sum("nudged" in row for row in stored.rows("chunks")))
    assert nudged == [4, 8, 10]
    a_round(platform, 125)
    platform.drain()
    assert len(platform.outbox.mails()) == 8


def test_what_is_wrong_with_one_send_holds_up_no_other(
    platform: Platform, stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    sends = ("send0001", "send0002", "send0003")
    with platform.functions.replaced("deliver", lambda event, context: None):  # every nudge gets lost
        for send in sends:
            stored.send(edition, send)
            platform.drain()

    def unreadable(send: Send, now_ms: int) -> None:
        if send.id != "send0002":
            raise KeyError("polling_days")

    monkeypatch.setattr(step, "held", unreadable)
    with pytest.raises(FunctionError, match=r"some sends could not be tended \(2 sub-exceptions\)"):
        a_round(platform)
    platform.drain()
    assert Counter(mail.tags["send"] for mail in platform.outbox.mails()) == {"send0002": 20}


def tables_read(platform: Platform) -> Counter[str]:
    """From which tables a round reads, and how often."""
    read: Counter[str] = Counter()
    client = aws.dynamodb()

    def note(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        if model.name in ("GetItem", "Query", "Scan"):
            read[params["TableName"]] += 1

    client.meta.events.register("before-parameter-build.dynamodb", note)
    try:
        a_round(platform)
    finally:
        client.meta.events.unregister("before-parameter-build.dynamodb", note)
    return read


def test_what_ended_long_ago_costs_a_round_nothing(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    a_round(platform, COUNT_FOR_S)
    none = tables_read(platform)
    for send in ("send0001", "send0002"):
        stored.send(edition, send)
        platform.drain()
    a_round(platform)
    assert {row["state"] for row in stored.rows("sends")} == {"ended"}
    a_round(platform, COUNT_FOR_S - 120)
    assert all("tended" in row for row in stored.rows("sends")), "reports still come in"
    a_round(platform, 121)
    assert not any("tended" in row for row in stored.rows("sends"))
    assert tables_read(platform) == none


def test_a_send_of_a_time_without_the_index_is_taken_up(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    with platform.functions.replaced("deliver", lambda event, context: None):  # every nudge gets lost
        stored.send(edition)
        platform.drain()
    [row] = stored.rows("sends")
    stored.put("sends", {name: kept for name, kept in row.items() if name != "tended"})
    a_round(platform, 125)
    platform.drain()
    a_round(platform)
    [row] = stored.rows("sends")
    assert (len(platform.outbox.mails()), row["state"]) == (20, "ended")


def test_a_send_is_looked_at_until_the_day_of_its_goal_has_passed(
    platform: Platform, stored: Stored, edition: CompiledEdition
) -> None:
    day = datetime.fromtimestamp(platform.clock.now() + COUNT_FOR_S + 5 * 86_400, UTC).date().isoformat()
    goal = {"metric": "delivered", "target": 20, "by": day, "owner": "Noor"}
    stored.send(edition, terms={"goal": goal})
    platform.drain()
    for days in (4, 5, 1):
        assert all("tended" in row for row in stored.rows("sends"))
        a_round(platform)
        a_round(platform, days * 86_400)
    a_round(platform)
    [row] = stored.rows("sends")
    assert ("tended" in row, row["goal_noted"]) == (False, 20)


def test_who_is_mailed_after_all_long_after_the_end_is_mailed_also_when_the_nudge_gets_lost(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    lost = {"chunk": "sendsend#00000", "supporter": "person00", "state": "claimed", "at": 1, "expires": 2_000_000_000}
    stored.put("messages", lost)
    stored.send(edition)
    platform.drain()
    a_round(platform)
    a_round(platform, COUNT_FOR_S)
    a_round(platform)
    assert "tended" not in stored.rows("sends")[0]
    with platform.functions.replaced("deliver", lambda event, context: None):
        assert staff.post("/v1/sends/sendsend/unknown", {"do": "resend"}).status == 200
        platform.drain()
    a_round(platform, 300)
    platform.drain()
    assert len(platform.outbox.mails(to="person00@example.org")) == 1
