"""A send whose mails come back, or are reported as spam, stops by itself and says why."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from functions.adapters.sends import Chunk
from functions.domain import breaker
from functions.domain.assembly import CompiledEdition
from functions.domain.send import ChunkState
from functions.plan_send import step as planning
from functions.tend_sends import breaking
from functions.tend_sends.breaking import COUNT_AGAIN_S, COUNT_FOR_S, COUNTS_PER_ROUND, LOOK_AT_REST_S, lateness
from local.client import Client
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import ok
from tests.stored import Stored

SEND = "/v1/sends/sendsend"
EVERYBODY = [f"person{n:02d}" for n in range(40)]
Judge = Callable[[int], Outcome | None]


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Forty supporters in four chunks, for whom ten known outcomes are enough."""
    monkeypatch.setattr(planning, "CHUNK_SIZE", 10)
    for name, value in {"ENOUGH": 10, "BOUNCES": 3}.items():
        monkeypatch.setattr(breaker, name, value)
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    for id_ in EVERYBODY:
        on_platform.supporter(id_)
    return on_platform


@pytest.fixture
def half_way(platform: Platform, stored: Stored, edition: CompiledEdition) -> Iterator[Callable[[Judge], None]]:
    """Have the first two chunks mailed, with these outcomes by the number of the mail, and SES's reports come in."""

    def mail(judge: Judge) -> None:
        platform.account.outcome = _numbered(judge)
        with platform.functions.replaced("deliver", lambda event, context: None):  # every nudge gets lost
            stored.send(edition, audience={"supporters": EVERYBODY})
            platform.drain()
        for number in ("00000", "00001"):
            platform.send_message("deliver", {"send": "sendsend", "chunk": number})
        platform.drain()
        for chunk in stored.rows("chunks"):
            if chunk["state"] == "open":  # nobody else nudges them meanwhile
                stored.put("chunks", chunk | {"nudged": int(platform.clock.now()) + 10_000})
        assert sum(mailed(platform).values()) == 20

    yield mail
    platform.account.outcome = None


def _numbered(judge: Judge) -> Callable[[str], Outcome | None]:
    """Chunk by chunk: the outcome of person07 is that of number 7."""
    return lambda address: judge(int(address.removeprefix("person")[:2]))


def minutes(platform: Platform, count: int = 3) -> None:
    for _ in range(count):
        platform.clock.advance(61)
        platform.invoke("tend_sends", {})
        platform.drain()


def mailed(platform: Platform) -> Counter[str]:
    return Counter(mail.address for mail in platform.outbox.mails())


def bouncing(number: int) -> Outcome | None:
    return Outcome.BOUNCED if number % 4 == 0 else None


def test_too_many_bounces_stop_it_and_say_so_in_numbers(
    platform: Platform, staff: Client, half_way: Callable[[Judge], None]
) -> None:
    half_way(bouncing)
    minutes(platform)
    report = ok(staff.get(SEND))
    assert (report["state"], report["open"]) == ("stopped", 20)
    assert report["reason"].startswith("5 of the 20 mails whose outcome is known (25 %) came back for good")
    assert sum(mailed(platform).values()) == 20


def test_complaints_stop_it_too(platform: Platform, staff: Client, half_way: Callable[[Judge], None]) -> None:
    half_way(lambda number: Outcome.COMPLAINED if number < 3 else None)
    platform.clock.advance(3600)  # complaints take a while
    platform.drain()
    minutes(platform)
    assert "3 of the 20" in ok(staff.get(SEND))["reason"]


@pytest.mark.parametrize("outcome", [Outcome.MAILBOX_FULL, Outcome.SUPPRESSED_BY_ACCOUNT, Outcome.OUT_OF_OFFICE, None])
def test_what_ses_does_not_hold_against_us_stops_nothing(
    platform: Platform, staff: Client, half_way: Callable[[Judge], None], outcome: Outcome | None
) -> None:
    half_way(lambda number: outcome)
    minutes(platform)
    assert ok(staff.get(SEND))["state"] == "sending"


def test_staff_let_it_go_on_and_what_they_have_seen_does_not_stop_it_again(
    platform: Platform, stored: Stored, staff: Client, half_way: Callable[[Judge], None]
) -> None:
    half_way(lambda number: bouncing(number) if number < 20 else None)
    minutes(platform)
    assert ok(staff.get(SEND))["state"] == "stopped"
    platform.clock.advance(60)
    ok(staff.post(f"{SEND}/resume"))
    platform.drain()
    minutes(platform)
    report = ok(staff.get(SEND))
    assert (report["state"], report["reason"], report["messages"]["bounced"]) == ("ended", None, 5)
    assert set(mailed(platform).values()) == {1}


def resume_and_lose_the_nudges(platform: Platform, staff: Client) -> None:
    with platform.functions.replaced("deliver", lambda event, context: None):
        ok(staff.post(f"{SEND}/resume"))
        platform.drain()


def test_it_stops_again_when_what_is_mailed_since_comes_back_too(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client, half_way: Callable[[Judge], None]
) -> None:
    half_way(bouncing)
    minutes(platform)
    platform.clock.advance(60)
    resume_and_lose_the_nudges(platform, staff)
    minutes(platform)
    assert ok(staff.get(SEND))["state"] == "sending", "nothing is mailed since"
    platform.send_message("deliver", {"send": "sendsend", "chunk": "00002"})
    platform.drain()
    minutes(platform)
    report = ok(staff.get(SEND))
    assert (report["state"], report["open"]) == ("stopped", 10)
    assert report["reason"].startswith("3 of the 10")


def test_a_pause_after_it_makes_nobody_forget_what_was_mailed_since(
    platform: Platform, staff: Client, half_way: Callable[[Judge], None]
) -> None:
    half_way(bouncing)
    minutes(platform)
    platform.clock.advance(60)
    resume_and_lose_the_nudges(platform, staff)
    platform.send_message("deliver", {"send": "sendsend", "chunk": "00002"})
    platform.drain()
    platform.clock.advance(60)
    with platform.functions.replaced("deliver", lambda event, context: None):
        ok(staff.post(f"{SEND}/pause"))
        ok(staff.post(f"{SEND}/resume"))
        platform.drain()
    minutes(platform)
    assert ok(staff.get(SEND))["reason"].startswith("3 of the 10")


def days(platform: Platform, seconds: int = 86_400) -> None:
    platform.clock.advance(seconds)
    minutes(platform)
    platform.clock.advance(20 * 60)  # a send at rest is looked at each quarter of an hour
    minutes(platform)


def test_what_is_mailed_since_of_a_chunk_begun_before_it_is_judged_too(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    """Fifteen a day: a chunk and a half. What comes back on the second day are the mails of the other half."""
    platform.account.outcome = _numbered(lambda n: Outcome.BOUNCED if n in (0, 4, 8, 12, 15, 16, 17, 18) else None)
    stored.send(edition, audience={"supporters": EVERYBODY}, terms={"spread": {"per_day": 15}})
    platform.drain()
    days(platform, 0)
    assert ok(staff.get(SEND))["reason"].startswith("4 of the 15")
    ok(staff.post(f"{SEND}/resume"))
    platform.drain()
    minutes(platform)
    assert (ok(staff.get(SEND))["state"], sum(mailed(platform).values())) == ("sending", 15)
    days(platform)
    report = ok(staff.get(SEND))
    assert (report["state"], report["open"]) == ("stopped", 10)
    assert report["reason"].startswith("4 of the 15")
    platform.account.outcome = None


def test_a_warm_up_whose_first_day_comes_back_has_no_second(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    platform.account.outcome = _numbered(lambda n: Outcome.BOUNCED)
    stored.send(edition, audience={"supporters": EVERYBODY}, terms={"spread": {"warm_up": [12, 24, 40]}})
    platform.drain()
    days(platform)
    assert (ok(staff.get(SEND))["state"], sum(mailed(platform).values())) == ("stopped", 12)
    platform.account.outcome = None


def test_while_it_is_paused_staff_see_what_comes_back(platform: Platform, staff: Client, half_way: Callable[[Judge], None]) -> None:
    half_way(lambda number: Outcome.COMPLAINED if number < 3 else None)
    ok(staff.post(f"{SEND}/pause"))
    platform.clock.advance(3600)
    platform.drain()
    platform.clock.advance(LOOK_AT_REST_S - platform.clock.now() % LOOK_AT_REST_S + 1)  # the fifth minute
    platform.invoke("tend_sends", {})
    report = ok(staff.get(SEND))
    assert (report["state"], report["messages"]["complained"]) == ("paused", 3)


def test_a_round_counts_a_few_chunks_the_latest_in_need_first(
    platform: Platform, stored: Stored, half_way: Callable[[Judge], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaking, "COUNTS_PER_ROUND", 1)
    half_way(lambda number: None)
    platform.clock.advance(61)
    before = {row["chunk"]: row["counted"] for row in stored.rows("chunks") if "counted" in row}
    platform.invoke("tend_sends", {})
    after = {row["chunk"]: row["counted"] for row in stored.rows("chunks") if "counted" in row}
    assert len(before) == 2
    assert sum(after[number] != counted for number, counted in before.items()) == 1


def chunk(visited: int, counted: int, lease_until: int = 0) -> Chunk:
    state = ChunkState.DONE
    return Chunk("00000", 500, "key", state, counts={"sent": 500}, visited=visited, counted=counted, lease_until=lease_until)


def test_counts_grow_old_with_their_chunk() -> None:
    assert lateness(chunk(visited=1_000, counted=1_000), 1_000 + COUNT_AGAIN_S) == 1
    assert lateness(chunk(visited=1_000, counted=1_000 + 3_600), 1_000 + 3_600 + COUNT_AGAIN_S) < 0.1
    assert lateness(chunk(visited=1_000, counted=1_000, lease_until=9_000), 2_000) == 0
    assert lateness(chunk(visited=1_000, counted=1_000), 1_001 + COUNT_FOR_S) == 0


def test_a_chunk_is_counted_a_few_dozen_times_whatever_the_pace() -> None:
    """In a send of ten hours; each count of 500 rows is about 60 read units (benchmarks/cost.py)."""
    times, counted = 0, 0
    for now_s in range(60, 36_000, 60):
        if lateness(chunk(visited=1, counted=counted or 1), now_s) >= 1:
            times, counted = times + 1, now_s
    assert 10 < times < 40
    assert COUNTS_PER_ROUND <= 20
