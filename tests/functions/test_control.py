"""Staff pause, resume and call off a send while it is under way: nobody is lost, nobody is mailed twice."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import functions.deliver.handler
from functions.adapters.sends import Send
from functions.deliver import mailing as delivering
from functions.deliver import streak, watch
from functions.deliver.streak import Streak
from functions.deliver.turns import Turns
from functions.domain.assembly import CompiledEdition
from functions.plan_send import step as planning
from functions.staff_api.routes import unknown as deciding
from local.client import Client, Reply
from local.platform import Platform
from local.ses import bulk
from local.ses.mail import SesError
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


def test_who_leaves_while_a_slow_send_is_on_its_way_is_not_mailed(
    platform: Platform, stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CHUNK_SIZE", 40)
    monkeypatch.setattr(Turns, "most", 1)  # a slow account, where a hundred mails take minutes

    def leave() -> None:
        for id_ in EVERYBODY[30:]:
            stored.suppress(f"{id_}@example.org")

    at_mail(platform, 1, leave)
    stored.send(edition, audience={"supporters": EVERYBODY})
    minutes(platform)
    assert states(stored) == {"delivered": 30, "skipped:suppressed": 10}


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


def test_a_send_with_a_start_time_freezes_its_audience_then_and_not_before(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    stored.send(edition, start_at=int((platform.clock.now() + 200) * 1000))
    minutes(platform, 2)
    assert (ok(staff.get(SEND))["state"], ok(staff.get(SEND))["planned"]) == ("requested", 0)
    stored.supporter("latecome")
    minutes(platform, 3)
    assert (ok(staff.get(SEND))["state"], ok(staff.get(SEND))["planned"]) == ("ended", 41)
    assert states(stored) == {"delivered": 41}


def test_a_pause_before_the_start_time_does_not_bring_it_forward(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    stored.send(edition, start_at=int((platform.clock.now() + 200) * 1000))
    ok(say(staff, "pause"))
    minutes(platform, 1)
    ok(say(staff, "resume"))
    minutes(platform, 1)
    assert not platform.outbox.mails()
    minutes(platform, 3)
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


@pytest.fixture
def one_visit_at_a_time(platform: Platform) -> Iterator[None]:
    """Each visit counts for itself, and as many as are at work at once may all meet what stops the send."""
    at_work = threading.Lock()

    def alone(event: Any, context: Any) -> Any:
        with at_work:
            return functions.deliver.handler.handle(event, context)

    with platform.functions.replaced("deliver", alone):
        yield


@pytest.mark.usefixtures("one_visit_at_a_time")
@pytest.mark.parametrize(("path", "reason"), [("off", "MessageRejected"), ("proven", "MESSAGE_REJECTED")])
def test_when_mail_after_mail_is_refused_the_send_stops_and_the_others_wait(
    platform: Platform,
    stored: Stored,
    edition: CompiledEdition,
    staff: Client,
    setting: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    reason: str,
) -> None:
    """As when the sender's domain lost its verification: SES says that of each mail, not of the account."""
    setting("BULK_PATH", path)
    monkeypatch.setattr(streak, "IN_A_ROW", 3)
    platform.account.verified = frozenset({"elsewhere.example"})
    stored.send(edition)
    minutes(platform)
    found, refused = ok(staff.get(SEND)), states(stored)["failed"]
    assert found["state"] == "stopped"
    assert found["reason"].startswith("no mail got through, ") and found["reason"].endswith(f" times in a row: {reason}")
    assert 3 <= refused < 40
    platform.account.verified = None
    ok(say(staff, "resume"))
    minutes(platform)
    assert states(stored) == {"failed": refused, "delivered": 40 - refused}


@pytest.mark.usefixtures("one_visit_at_a_time")
@pytest.mark.parametrize("path", ["off", "proven"])
def test_while_ses_does_not_answer_the_send_stops_before_everybody_is_unknown(
    platform: Platform,
    stored: Stored,
    edition: CompiledEdition,
    staff: Client,
    setting: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    setting("BULK_PATH", path)
    monkeypatch.setattr(streak, "IN_A_ROW", 3)
    monkeypatch.setattr(Turns, "most", 2)

    def down(mail: Any) -> None:
        raise SesError("InternalFailure", "Try again later.")

    monkeypatch.setattr(SesError, "status", 500)
    monkeypatch.setattr(platform.capture, "admit" if path == "off" else "mail", down)
    monkeypatch.setitem(bulk.STATUS, "InternalFailure", "SOMETHING_NEW")  # in a bulk call it is said mail by mail
    stored.send(edition)
    minutes(platform)
    found, unknown = ok(staff.get(SEND)), states(stored)["unknown"]
    assert found["state"] == "stopped" and found["reason"].startswith("no mail got through, ")
    assert 3 <= unknown < 40
    monkeypatch.undo()
    setting("BULK_PATH", path)
    ok(say(staff, "resume"))
    minutes(platform)
    assert states(stored) == {"unknown": unknown, "delivered": 40 - unknown}


def test_a_mail_that_ses_takes_begins_the_count_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streak, "IN_A_ROW", 2)
    seen = Streak()
    assert not seen.missed("BadRequestException")
    seen.ended()
    assert not seen.missed("BadRequestException")
    assert seen.missed("BadRequestException") == "no mail got through, 2 times in a row: BadRequestException"


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


@pytest.fixture
def unknown(platform: Platform, stored: Stored, edition: CompiledEdition) -> list[str]:
    """An ended send in two chunks of which a delivery died between the claim and the answer of three mails."""
    lost = [EVERYBODY[0], EVERYBODY[1], EVERYBODY[12]]
    for id_ in lost:
        chunk = f"sendsend#0000{EVERYBODY.index(id_) // 10}"
        stored.put("messages", {"chunk": chunk, "supporter": id_, "state": "claimed", "at": 1, "expires": 2_000_000_000})
    stored.send(edition, audience={"supporters": EVERYBODY})
    minutes(platform)
    return lost


def test_who_may_or_may_not_have_been_mailed_is_listed(staff: Client, unknown: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    report = ok(staff.get(SEND))
    assert (report["state"], report["messages"]["unknown"]) == ("ended", 3)
    listed = ok(staff.get(f"{SEND}/unknown"))
    assert [row["supporter"] for row in listed["unknown"]] == unknown
    assert listed["unknown"][0]["reason"] == "no answer kept"
    assert listed["next_after"] is None
    monkeypatch.setattr(deciding, "ENOUGH", 1)
    first = ok(staff.get(f"{SEND}/unknown"))
    assert [row["supporter"] for row in first["unknown"]] == unknown[:2]
    assert [r["supporter"] for r in ok(staff.get(f"{SEND}/unknown?after={first['next_after']}"))["unknown"]] == unknown[2:]


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_what_a_dead_visit_left_is_listed_while_the_send_is_at_rest_too(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client, state: str
) -> None:
    stored.send(edition, audience={"supporters": EVERYBODY}, state=state)
    platform.drain()
    now_s = int(platform.clock.now())
    chunk = next(row for row in stored.rows("chunks") if row["chunk"] == "00001")
    stored.put("chunks", chunk | {"began": now_s, "lease_until": now_s + 150})
    row = {"chunk": "sendsend#00001", "supporter": "person12", "state": "claimed", "at": 1, "expires": 2_000_000_000}
    stored.put("messages", row)
    minutes(platform, 2)
    assert ok(staff.get(f"{SEND}/unknown"))["unknown"] == [], "the visit may still be at it"
    minutes(platform, 6)
    assert [row["supporter"] for row in ok(staff.get(f"{SEND}/unknown"))["unknown"]] == ["person12"]
    assert (ok(staff.get(SEND))["state"], ok(staff.get(SEND))["open"]) == (state, 39)
    ok(say(staff, "resume"))
    minutes(platform)
    assert states(stored) == {"delivered": 39, "unknown": 1}


def test_staff_may_have_them_mailed_after_all_and_nobody_else(
    platform: Platform, stored: Stored, staff: Client, unknown: list[str]
) -> None:
    before = mailed(platform)
    assert sum(before.values()) == 37
    assert ok(staff.post(f"{SEND}/unknown", {"do": "resend"})) == {"decided": 3, "more": False}
    minutes(platform)
    assert mailed(platform) - before == Counter(f"{id_}@example.org" for id_ in unknown)
    assert ok(staff.get(SEND))["state"] == "ended"
    assert states(stored) == {"delivered": 40}
    assert ok(staff.post(f"{SEND}/unknown", {"do": "resend"}))["decided"] == 0
    minutes(platform)
    assert sum(mailed(platform).values()) == 40


def test_who_is_to_be_mailed_after_all_is_mailed_also_when_the_send_ends_at_that_moment(
    platform: Platform, stored: Stored, staff: Client, unknown: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = stored.rows("sends")[0]
    stored.put("sends", {name: kept for name, kept in ended.items() if name != "ended_at"} | {"state": "sending"})
    go_on = deciding._go_on

    def ends_first(send: Send) -> None:
        stored.put("sends", ended)  # by a round that read the chunks before they were opened again
        go_on(send)

    monkeypatch.setattr(deciding, "_go_on", ends_first)
    assert ok(staff.post(f"{SEND}/unknown", {"do": "resend"}))["decided"] == 3
    minutes(platform)
    assert sum(mailed(platform).values()) == 40
    assert (ok(staff.get(SEND))["state"], ok(staff.get(SEND))["open"]) == ("ended", 0)


def test_staff_may_leave_it_at_that(platform: Platform, stored: Stored, staff: Client, unknown: list[str]) -> None:
    assert ok(staff.post(f"{SEND}/unknown", {"do": "leave", "supporters": unknown[:1]}))["decided"] == 1
    minutes(platform)
    assert sum(mailed(platform).values()) == 37
    assert states(stored) == {"delivered": 37, "unknown": 2, "failed": 1}
    assert ok(staff.get(SEND))["messages"]["failed:left by staff"] == 1
    said = [e for e in ok(staff.get("/v1/audit?object=send%23sendsend"))["entries"] if e["action"] == "send.unknown-leave"]
    assert [entry["detail"]["supporters"] for entry in said] == [unknown[:1]]


def test_who_unsubscribed_since_is_not_mailed_after_all(
    platform: Platform, stored: Stored, staff: Client, unknown: list[str]
) -> None:
    stored.suppress(f"{unknown[0]}@example.org")
    ok(staff.post(f"{SEND}/unknown", {"do": "resend"}))
    minutes(platform)
    assert states(stored) == {"delivered": 39, "skipped:suppressed": 1}


def test_while_a_delivery_is_at_work_nothing_is_decided_for_its_chunk(
    platform: Platform, stored: Stored, staff: Client, unknown: list[str]
) -> None:
    chunk = next(row for row in stored.rows("chunks") if row["chunk"] == "00000")
    stored.put("chunks", chunk | {"state": "open", "lease_until": int(platform.clock.now()) + 100})
    assert ok(staff.post(f"{SEND}/unknown", {"do": "resend"})) == {"decided": 1, "more": True}


def test_nobody_is_mailed_after_all_in_a_cancelled_send(stored: Stored, edition: CompiledEdition, staff: Client) -> None:
    stored.send(edition, state="cancelled", ended_at=1)
    problem(staff.post(f"{SEND}/unknown", {"do": "resend"}), 409)
