"""Staff pause, resume and call off a send while it is under way: nobody is lost, nobody is mailed twice."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from functions.deliver import step as delivering
from functions.deliver import watch
from functions.domain.assembly import CompiledEdition
from functions.plan_send import step as planning
from local.client import Client, Reply
from local.platform import Platform
from local.ses.outcome import Outcome
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import ok, problem
from tests.stored import Stored

SEND = "/v1/sends/sendsend"
EVERYBODY = [f"person{n:02d}" for n in range(40)]


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """Forty supporters, small chunks, and deliveries that look at the send before each mail."""
    monkeypatch.setattr(planning, "CHUNK_SIZE", 10)
    monkeypatch.setattr(delivering, "THREADS", 2)
    monkeypatch.setattr(watch, "LOOK_AGAIN_MS", 0)
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    for id_ in EVERYBODY:
        on_platform.supporter(id_)
    return on_platform


def at_mail(platform: Platform, number: int, do: Callable[[], Any]) -> None:
    """Have `do` done while SES takes the mail of this number; the others wait for that."""
    taken: list[str] = []
    one_by_one = threading.Lock()

    def outcome(address: str) -> Outcome | None:
        with one_by_one:
            taken.append(address)
            if len(taken) == number:
                do()
        return None

    platform.account.outcome = outcome


def say(staff: Client, word: str) -> Reply:
    return staff.post(f"{SEND}/{word}")


def minutes(platform: Platform, count: int = 4) -> None:
    """Let everything come to rest, with the rounds of some minutes."""
    for _ in range(count):
        platform.drain()
        platform.clock.advance(61)
        platform.invoke("tend_sends", {})
    platform.drain()


def states(stored: Stored) -> Counter[str]:
    return Counter(row["state"] + (f":{row['reason']}" if row["state"] == "skipped" else "") for row in stored.rows("messages"))


def mailed(platform: Platform) -> Counter[str]:
    return Counter(mail.address for mail in platform.outbox.mails())


def test_a_pause_stops_a_send_on_its_way_and_resuming_reaches_the_others_once(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    at_mail(platform, 12, lambda: ok(say(staff, "pause")))
    stored.send(edition)
    minutes(platform)
    reached = mailed(platform)
    assert 12 <= sum(reached.values()) < 40
    report = ok(staff.get(SEND))
    assert (report["state"], report["planned"], report["open"]) == ("paused", 40, 40 - sum(reached.values()))
    assert ok(say(staff, "resume"))["state"] == "sending"
    platform.drain()  # the request itself nudged: no round is needed to go on
    assert mailed(platform) == Counter(f"{id_}@example.org" for id_ in EVERYBODY)
    minutes(platform, 1)
    assert ok(staff.get(SEND))["state"] == "ended"
    assert states(stored) == {"delivered": 40}


def test_a_cancelled_send_names_everybody_it_did_not_reach(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    at_mail(platform, 12, lambda: ok(say(staff, "cancel")))
    stored.send(edition)
    minutes(platform)
    reached = sum(mailed(platform).values())
    assert 12 <= reached < 40
    assert states(stored) == {"delivered": reached, "skipped:send_cancelled": 40 - reached}
    report = ok(staff.get(SEND))
    assert (report["state"], report["open"], report["messages"]["skipped:send_cancelled"]) == ("cancelled", 0, 40 - reached)
    assert report["ended_at"]
    assert not [chunk for chunk in stored.rows("chunks") if chunk["state"] == "open"]


def test_a_send_cancelled_while_it_is_planned_comes_to_rest(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "PART", 1)
    at_mail(platform, 1, lambda: ok(say(staff, "cancel")))
    stored.send(edition, audience={"supporters": EVERYBODY})
    minutes(platform)
    report = ok(staff.get(SEND))
    assert (report["state"], report["open"]) == ("cancelled", 0)
    assert sum(states(stored).values()) == report["planned"]
    assert max(mailed(platform).values()) == 1


def test_a_send_paused_before_it_began_is_planned_and_mails_nobody(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    stored.send(edition, state="paused")
    minutes(platform)
    assert (ok(staff.get(SEND))["planned"], ok(staff.get(SEND))["state"]) == (40, "paused")
    assert not platform.outbox.mails()
    ok(say(staff, "resume"))
    minutes(platform)
    assert states(stored) == {"delivered": 40}


def test_a_send_that_ses_stopped_goes_on_when_staff_say_so(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    platform.account.sending_enabled = False
    stored.send(edition)
    minutes(platform)
    assert ok(staff.get(SEND))["reason"] == "SendingPausedException"
    platform.account.sending_enabled = True
    ok(say(staff, "resume"))
    assert ok(staff.get(SEND))["reason"] is None
    minutes(platform)
    assert states(stored) == {"delivered": 40}
    assert set(mailed(platform).values()) == {1}


def test_the_same_word_twice_is_said_once(stored: Stored, edition: CompiledEdition, staff: Client) -> None:
    stored.send(edition, state="paused")
    for word, state in (("pause", "paused"), ("cancel", "cancelled"), ("cancel", "cancelled")):
        assert ok(say(staff, word))["state"] == state
    said = [entry["action"] for entry in ok(staff.get("/v1/audit?object=send%23sendsend"))["entries"]]
    assert said == ["send.cancelled"]


@pytest.mark.parametrize(
    ("state", "word"),
    [(s, w) for s in ("ended", "cancelled") for w in ("pause", "resume", "cancel") if (s, w) != ("cancelled", "cancel")],
)
def test_a_word_that_comes_too_late_is_refused(
    stored: Stored, edition: CompiledEdition, staff: Client, state: str, word: str
) -> None:
    stored.send(edition, state=state, planned_at=1, ended_at=1)
    assert state in problem(say(staff, word), 409)["detail"]


def test_only_a_sender_pauses(stored: Stored, staff_as: Callable[..., Client]) -> None:
    problem(staff_as("editor").post(f"{SEND}/pause"), 403)
    problem(staff_as("sender").post(f"{SEND}/pause"), 404)
