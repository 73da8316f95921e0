"""Nobody gets more mails than the party, the send, or they themselves allow; who is passed over is named."""

import os
from collections.abc import Sequence
from typing import Any

import pytest

from functions.adapters import aws, keys, templates
from functions.adapters.audience import Audience
from functions.adapters.frequency import Frequency, how_many_capped
from functions.adapters.items import Item
from functions.adapters.messages import Messages
from functions.adapters.sends import Sends
from functions.domain.assembly import CompiledEdition
from functions.domain.cap import DAY_MS, Cap
from functions.domain.habits import Habits
from functions.domain.tokens import Power, sign_short
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import a_supporter, an_edition, fields, ok, set_up
from tests.stored import LIST, Stored

WEEKLY = {"mails": 2, "days": 7}
ANN, BOB = "annannan", "bobbobbo"


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition) -> Stored:
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    for id_ in (ANN, BOB):
        on_platform.supporter(id_)
    return on_platform


def before(stored: Stored, send: str, days: float, states: dict[str, str], **fields: Any) -> None:
    """A send that ended so many days ago, with the states of its messages."""
    at = int(stored.platform.clock.now() * 1000 - days * DAY_MS)
    kept = {"send": send, "edition": "e", "edition_version": "v", "list": LIST, "audience": {"everyone": True}}
    stored.put("sends", {**kept, "state": "ended", "requested_at": at, "planned_at": at, "ended_at": at, **fields})
    for supporter, state in states.items():
        row = {"chunk": f"{send}#00000", "supporter": supporter, "state": state, "at": at, "expires": 4_000_000_000}
        stored.put("messages", row)


def outcome(stored: Stored, send: str = "sendsend") -> dict[str, str]:
    """Supporter -> state or reason, in one send."""
    stored.platform.drain()
    rows = (row for row in stored.rows("messages") if row["chunk"].startswith(f"{send}#"))
    return {row["supporter"]: row.get("reason", row["state"]) for row in rows}


def test_who_had_as_many_mails_as_the_cap_allows_is_passed_over_by_name(
    stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    before(stored, "before01", 6, {ANN: "delivered", BOB: "delivered"})
    before(stored, "before02", 3, {ANN: "sent"})
    before(stored, "before03", 8, {BOB: "delivered"})  # too long ago
    stored.send(edition, terms={"cap": WEEKLY})
    assert outcome(stored) == {ANN: "capped", BOB: "delivered"}
    assert ok(staff.get("/v1/sends/sendsend"))["messages"]["skipped:capped"] == 1


def test_a_cap_counts_back_from_the_moment_of_mailing(stored: Stored, edition: CompiledEdition, platform: Platform) -> None:
    for n, days in enumerate((0, 1, 1, 6)):  # days since the one before
        platform.clock.advance(days * DAY_MS / 1000 + 60)
        stored.send(edition, f"send000{n}", terms={"cap": WEEKLY})
        platform.drain()
        platform.invoke("tend_sends", {})
    found = [outcome(stored, f"send000{n}")[ANN] for n in range(4)]
    platform.clock.reset()
    assert found == ["delivered", "delivered", "capped", "delivered"]


@pytest.mark.parametrize(
    ("state", "then"),
    [
        ("claimed", "capped"),
        ("unknown", "capped"),
        ("delayed", "capped"),
        ("bounced", "delivered"),
        ("skipped", "delivered"),
        ("failed", "delivered"),
        ("waiting", "delivered"),
    ],
)
def test_a_mail_counts_when_they_got_it_or_may_have(stored: Stored, edition: CompiledEdition, state: str, then: str) -> None:
    before(stored, "before01", 1, {ANN: state})
    stored.send(edition, audience={"supporters": [ANN]}, terms={"cap": {"mails": 1, "days": 7}})
    assert outcome(stored) == {ANN: then}


def test_a_send_without_a_cap_passes_nobody_over(stored: Stored, edition: CompiledEdition) -> None:
    for n in range(3):
        before(stored, f"before0{n}", 1, {ANN: "delivered"})
    stored.send(edition, terms={"cap": "none"})
    assert outcome(stored) == {ANN: "delivered", BOB: "delivered"}


def test_what_a_supporter_asked_for_holds_whatever_the_send_says(stored: Stored, edition: CompiledEdition) -> None:
    before(stored, "before01", 20, {ANN: "delivered", BOB: "delivered"})
    stored.supporter(ANN, at_most={"mails": 1, "days": 30})
    stored.send(edition, terms={"cap": "none"})
    assert outcome(stored) == {ANN: "capped", BOB: "delivered"}
    before(stored, "before02", 1, {BOB: "delivered"})
    stored.supporter(BOB, at_most={"mails": 10, "days": 7})  # wider than the send's: that one holds
    stored.send(edition, "another0", terms={"cap": {"mails": 1, "days": 2}})
    assert outcome(stored, "another0") == {ANN: "capped", BOB: "capped"}


def test_a_correction_reaches_those_who_got_what_was_wrong(stored: Stored, edition: CompiledEdition) -> None:
    before(stored, "before01", 1, {ANN: "delivered"}, chunk_count=1)
    stored.supporter(ANN, at_most={"mails": 1, "days": 30})
    stored.send(edition, audience={"got": "before01"})
    assert outcome(stored) == {ANN: "delivered"}


def test_mails_to_staff_for_trial_do_not_count(stored: Stored, edition: CompiledEdition) -> None:
    before(stored, "before01", 1, {ANN: "delivered"}, test=True)
    stored.send(edition, audience={"supporters": [ANN]}, terms={"cap": {"mails": 1, "days": 7}})
    assert outcome(stored) == {ANN: "delivered"}


def test_a_long_history_costs_no_more_reads(stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(20):
        before(stored, f"before{n:02d}", 10 + n, {ANN: "delivered", BOB: "delivered"})
    before(stored, "recent01", 1, {ANN: "delivered"})
    read: list[Sequence[str]] = []
    rows = Messages.rows

    def told(self: Messages, supporter: str, chunks: Sequence[str]) -> list[Item]:
        read.append(chunks)
        return rows(self, supporter, chunks)

    monkeypatch.setattr(Messages, "rows", told)
    stored.send(edition, terms={"cap": {"mails": 1, "days": 7}})
    assert outcome(stored) == {ANN: "capped", BOB: "delivered"}
    assert read == [["recent01#00000"]]


def test_how_many_a_cap_would_pass_over_can_be_asked_beforehand(stored: Stored) -> None:
    before(stored, "before01", 1, {ANN: "delivered"})
    stored.supporter(BOB, at_most={"mails": 1, "days": 1})
    sends = Sends(aws.dynamodb(), "sends", "chunks")
    now = int(stored.platform.clock.now() * 1000)
    audience = Audience(aws.dynamodb(), "supporters", "suppressions")

    def asked(cap: Cap | None) -> int:
        return how_many_capped(audience, Frequency(Messages(aws.dynamodb(), "messages"), sends), [ANN, BOB, "nobodyat"], cap, now)

    assert asked(Cap(1, 7)) == 1
    assert asked(None) == 0
    before(stored, "before02", 0.5, {BOB: "sent"})
    assert asked(Cap(1, 7)) == 2
    assert asked(None) == 1


@pytest.fixture
def ready(empty_platform: Platform, staff: Client) -> tuple[str, str]:
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    a_supporter(staff)
    id_ = an_edition(staff)
    return id_, ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]


def ask(staff: Client, ready: tuple[str, str], **terms: object) -> Any:
    body = {"version": ready[1], "audience": {"everyone": True}, **terms}
    return staff.post(f"/v1/editions/{ready[0]}/sends", body, Idempotency_Key="k1")


@pytest.mark.parametrize(("said", "kept"), [(None, WEEKLY), ({"mails": 9, "days": 1}, {"mails": 9, "days": 1}), ("none", "none")])
def test_the_partys_own_cap_holds_where_a_send_says_nothing(
    ready: tuple[str, str], staff: Client, monkeypatch: pytest.MonkeyPatch, said: object, kept: object
) -> None:
    monkeypatch.setattr(templates, "habits", lambda: Habits(frequency_cap=Cap.of(WEEKLY)))
    id_ = ok(ask(staff, ready, cap=said), 202)["send"]
    assert ok(staff.get(f"/v1/sends/{id_}"))["terms"]["cap"] == kept
    (entry,) = [e for e in ok(staff.get(f"/v1/audit?object=send%23{id_}"))["entries"] if e["action"] == "send.requested"]
    assert entry["detail"].get("cap") == ("none" if said == "none" else None)


@pytest.mark.parametrize("cap", ["never", {"mails": 0, "days": 7}, {"mails": 2}, {"mails": 2, "days": 400}, 3])
def test_a_cap_that_is_none_is_refused_with_its_field(ready: tuple[str, str], staff: Client, cap: object) -> None:
    assert all(name.startswith("cap") for name in fields(ask(staff, ready, cap=cap)))


def test_who_asked_for_a_pause_is_passed_over_by_name_until_it_ends(
    stored: Stored, edition: CompiledEdition, platform: Platform, web: Client, staff: Client
) -> None:
    now = platform.clock.now()
    stored.supporter(BOB, paused_until=int(now * 1000) - 1)
    page = f"/m/{sign_short(keys.load(os.environ['KEYS_SECRET']).keyring, Power.FRESH, ANN, int(now) + 600)}"
    form = "do=pause&how=1&language=nl&form=informal"
    assert web.post(page, form, Content_Type="application/x-www-form-urlencoded").status == 200
    stored.send(edition)
    assert outcome(stored) == {ANN: "paused", BOB: "delivered"}
    assert ok(staff.get("/v1/sends/sendsend"))["messages"]["skipped:paused"] == 1
    platform.clock.advance(8 * DAY_MS / 1000)
    stored.send(edition, "sendlate")
    assert outcome(stored, "sendlate") == {ANN: "delivered", BOB: "delivered"}
