"""Mail comes at an hour that suits where the supporter lives: nobody is lost, nobody is woken."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from functions.adapters import templates
from functions.domain.assembly import CompiledEdition
from functions.domain.habits import Habits
from functions.domain.hours import Hours
from local.client import Client
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.functions.party import LIST, a_supporter, an_edition, fields, import_csv, ok, problem, set_up
from tests.stored import Stored

WINDOW = {"from": "08:00", "to": "21:00"}
QUIET = {"from": "22:00", "to": "07:00"}
TERMS = {"window": WINDOW, "timezone": "Europe/Amsterdam"}
MINUTE = 61
CURACAO = {"timezone": {"value": "America/Curacao", "source": "import"}}


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(3)])


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition) -> Iterator[Stored]:
    """Three supporters at home and two on Curaçao, five hours behind in winter; their clock stands still unless moved."""
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    for n in range(3):
        on_platform.supporter(f"home{n:04d}")
    for n in range(2):
        on_platform.supporter(f"isle{n:04d}", attributes=CURACAO)
    yield on_platform
    empty_platform.clock.reset()


def it_is(platform: Platform, text: str) -> None:
    """Set the clock to this moment in Amsterdam, and stop it there."""
    platform.clock.set(moment(text))
    platform.clock.run_at(0)


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Amsterdam")).timestamp())


def mailed(platform: Platform) -> Counter[str]:
    return Counter(mail.address[:4] for mail in platform.outbox.mails())


def round_of(platform: Platform) -> None:
    """A minute later, with all that comes of it."""
    platform.clock.advance(MINUTE)
    platform.invoke("tend_sends", {})
    platform.drain()


def chunk(stored: Stored) -> dict[str, Any]:
    (found,) = stored.rows("chunks")
    return found


def test_each_is_mailed_when_the_window_opens_where_they_live(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    it_is(platform, "2027-01-20T03:00")
    stored.send(edition, terms=TERMS)
    platform.drain()
    assert not platform.outbox.mails()
    assert not stored.rows("messages")
    assert (chunk(stored)["state"], chunk(stored)["not_before"]) == ("open", moment("2027-01-20T08:00"))
    it_is(platform, "2027-01-20T08:00")
    round_of(platform)
    assert mailed(platform) == {"home": 3}
    assert chunk(stored)["not_before"] == moment("2027-01-20T13:00")
    it_is(platform, "2027-01-20T13:00")
    round_of(platform)
    assert mailed(platform) == {"home": 3, "isle": 2}
    round_of(platform)
    assert stored.rows("sends")[0]["state"] == "ended"


def test_before_the_next_opening_no_round_nudges_the_chunk(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    it_is(platform, "2027-01-20T03:00")
    stored.send(edition, terms=TERMS)
    platform.drain()
    for _ in range(4):
        round_of(platform)
    assert "nudged" not in chunk(stored)
    assert stored.rows("sends")[0]["state"] == "sending"


def test_who_is_awake_is_mailed_at_once_and_the_window_may_close_before_the_others(
    platform: Platform, stored: Stored, edition: CompiledEdition
) -> None:
    it_is(platform, "2027-01-20T22:30")  # 17:30 on Curaçao
    stored.send(edition, terms=TERMS)
    platform.drain()
    assert mailed(platform) == {"isle": 2}
    assert chunk(stored)["not_before"] == moment("2027-01-21T08:00")


def test_quiet_hours_hold_a_send_without_a_window(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    it_is(platform, "2027-01-20T23:00")
    stored.send(edition, terms={"quiet": QUIET, "timezone": "Europe/Amsterdam"})
    platform.drain()
    assert mailed(platform) == {"isle": 2}
    it_is(platform, "2027-01-21T07:00")
    round_of(platform)
    assert mailed(platform) == {"home": 3, "isle": 2}


def test_a_chunk_with_somebody_left_for_another_reason_is_visited_again_at_once(
    platform: Platform, stored: Stored, edition: CompiledEdition
) -> None:
    it_is(platform, "2027-01-20T22:30")
    platform.account.sending_enabled = False
    stored.send(edition, terms=TERMS)
    platform.drain()
    assert stored.rows("sends")[0]["state"] == "stopped"
    assert chunk(stored)["not_before"] == 0


def test_a_cancelled_send_names_those_who_were_waiting_for_their_hour(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    it_is(platform, "2027-01-20T22:30")
    stored.send(edition, terms=TERMS)
    platform.drain()
    stored.put("sends", stored.rows("sends")[0] | {"state": "cancelled"})  # as if the nudge of the request itself was lost
    round_of(platform)
    found = Counter(row["supporter"][:4] + " " + row.get("reason", "") for row in stored.rows("messages"))
    assert found == {"isle ": 2, "home send_cancelled": 3}


def test_resuming_by_night_wakes_nobody(platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client) -> None:
    it_is(platform, "2027-01-20T03:00")
    stored.send(edition, terms=TERMS)
    platform.drain()
    ok(staff.post("/v1/sends/sendsend/pause"))
    ok(staff.post("/v1/sends/sendsend/resume"))
    platform.drain()
    assert not platform.outbox.mails()
    assert chunk(stored)["not_before"] == moment("2027-01-20T08:00")


def test_a_supporter_who_moved_is_mailed_by_their_new_clock(platform: Platform, stored: Stored, edition: CompiledEdition) -> None:
    it_is(platform, "2027-01-20T03:00")
    stored.send(edition, audience={"supporters": ["isle0000"]}, terms=TERMS)
    platform.drain()
    stored.supporter("isle0000", attributes={"timezone": {"value": "Asia/Tokyo", "source": "supporter"}})
    assert chunk(stored)["not_before"] == moment("2027-01-20T13:00")
    it_is(platform, "2027-01-20T13:00")  # 21:00 in Tokyo: just too late
    round_of(platform)
    assert not platform.outbox.mails()
    assert chunk(stored)["not_before"] == moment("2027-01-21T00:00")


def test_a_seed_batch_waits_for_its_hour_and_what_follows_it_for_theirs(
    platform: Platform, stored: Stored, edition: CompiledEdition, staff: Client
) -> None:
    it_is(platform, "2027-01-20T03:00")
    home = [f"home{n:04d}" for n in range(3)]
    stored.send(edition, audience={"supporters": home}, terms=TERMS | {"seed": {"people": 2}})
    platform.drain()
    round_of(platform)
    assert not platform.outbox.mails()
    it_is(platform, "2027-01-20T20:59")
    round_of(platform)  # 21:00 by then
    assert not platform.outbox.mails()
    it_is(platform, "2027-01-21T08:00")
    for _ in range(3):
        round_of(platform)
    assert mailed(platform) == {"home": 2}
    assert stored.rows("sends")[0]["state"] == "paused"
    it_is(platform, "2027-01-21T23:00")
    ok(staff.post("/v1/sends/sendsend/resume"))
    platform.drain()
    assert mailed(platform) == {"home": 2}
    it_is(platform, "2027-01-22T08:00")
    for _ in range(3):
        round_of(platform)
    assert mailed(platform) == {"home": 3}
    assert stored.rows("sends")[0]["state"] == "ended"


@pytest.fixture
def ready(empty_platform: Platform, staff: Client) -> tuple[str, str]:
    set_up(staff)
    ok(staff.post("/v1/suppressions/imports", {"none_exist": True}))
    a_supporter(staff)
    id_ = an_edition(staff)
    return id_, ok(staff.post(f"/v1/editions/{id_}/prepare"))["version"]


@pytest.fixture
def quiet_party(monkeypatch: pytest.MonkeyPatch) -> None:
    """A party with quiet hours, which the shipped example has not."""
    monkeypatch.setattr(templates, "habits", lambda: Habits("Europe/Amsterdam", Hours.of(QUIET)))


def ask(staff: Client, ready: tuple[str, str], **terms: object) -> Any:
    body = {"version": ready[1], "audience": {"everyone": True}, **terms}
    return staff.post(f"/v1/editions/{ready[0]}/sends", body, Idempotency_Key="k1")


def test_a_send_keeps_the_hours_that_hold_for_it(quiet_party: None, ready: tuple[str, str], staff: Client) -> None:
    id_ = ok(ask(staff, ready, window=WINDOW), 202)["send"]
    assert ok(staff.get(f"/v1/sends/{id_}"))["terms"] == {"window": WINDOW, "quiet": QUIET, "timezone": "Europe/Amsterdam"}


def test_an_urgent_send_goes_out_at_any_hour_and_the_audit_log_says_so(
    quiet_party: None, platform: Platform, ready: tuple[str, str], staff: Client
) -> None:
    it_is(platform, "2027-01-20T03:00")
    id_ = ok(ask(staff, ready, window="any"), 202)["send"]
    platform.drain()
    assert len(platform.outbox.mails()) == 1
    (said,) = [e for e in ok(staff.get(f"/v1/audit?object=send%23{id_}"))["entries"] if e["action"] == "send.requested"]
    assert said["detail"]["window"] == "any"
    platform.clock.reset()


def test_a_test_mail_to_staff_ignores_the_hour(
    quiet_party: None, platform: Platform, ready: tuple[str, str], staff: Client
) -> None:
    it_is(platform, "2027-01-20T03:00")
    sent = ok(staff.post(f"/v1/editions/{ready[0]}/test-sends", {"to": ["staff@example.org"]}))["sent"]
    platform.clock.reset()
    assert sent == ["staff@example.org"]


@pytest.mark.parametrize(
    "window",
    [
        "sometimes",
        {"from": "8:00", "to": "21:00"},
        {"from": "08:00"},
        {"from": "08:00", "to": "08:00"},
        {"from": "23:00", "to": "05:00"},
    ],
)
def test_a_window_that_is_none_is_refused_with_its_field(
    quiet_party: None, ready: tuple[str, str], staff: Client, window: object
) -> None:
    assert all(name.startswith("window") for name in fields(ask(staff, ready, window=window)))


def test_nothing_is_sent_while_the_partys_own_settings_are_wrong(
    ready: tuple[str, str], staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "habits", lambda: Habits.from_json({"timezone": "Amsterdam"}))
    assert "Europe/Amsterdam" in problem(ask(staff, ready), 409)["detail"]


def test_the_example_party_mails_at_any_hour() -> None:
    assert templates.habits() == Habits("Europe/Amsterdam")


def test_a_file_tells_time_zones_and_a_wrong_one_is_named_with_row_and_column(empty_platform: Platform, staff: Client) -> None:
    ok(staff.put("/v1/lists/national", LIST))
    status = import_csv(empty_platform, staff, "email,tijdzone\njan@example.org,America/Curacao\nann@example.org,Willemstad\n")
    (rejected,) = status["rejections"]
    assert (rejected["row"], rejected["column"]) == (3, "tijdzone")
    assert "such as Europe/Amsterdam" in rejected["reason"]
    found = ok(staff.post("/v1/supporters/search", {"address": "jan@example.org"}))
    assert found["attributes"] == {"timezone": {"value": "America/Curacao", "source": "import"}}


def test_staff_tell_a_supporters_time_zone_by_its_iana_name(empty_platform: Platform, staff: Client) -> None:
    id_ = a_supporter(staff, lists=(), attributes={"timezone": "America/Curacao"})
    assert ok(staff.get(f"/v1/supporters/{id_}"))["attributes"]["timezone"]["source"] == "staff"
    reply = staff.post("/v1/supporters", {"address": "ann@example.org", "attributes": {"timezone": "Willemstad"}})
    assert fields(reply) == {"attributes.timezone"}
