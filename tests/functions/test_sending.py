"""Plan, deliver, tend: from a send that staff asked for to one mail each, and every other outcome named."""

import os
from collections import Counter
from collections.abc import Callable

import pytest

from functions.adapters import aws
from functions.adapters.sends import Sends
from functions.domain.assembly import CompiledEdition
from functions.domain.send import SendFact, SendState
from functions.plan_send import step as planning
from local.platform import Platform
from tests.builders import a_block, a_compiled_edition
from tests.stored import Stored


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=(topic,)) for n, topic in enumerate(["care", "climate", "housing"] * 4)])


@pytest.fixture
def path(request: pytest.FixtureRequest, setting: Callable[[str, str], None]) -> None:
    """How mails are handed to SES, as a stage sets it; one by one where a test does not say."""
    setting("BULK_PATH", getattr(request, "param", "off"))


both_paths = pytest.mark.parametrize("path", ["off", "proven"], indirect=True)


@pytest.fixture
def stored(empty_platform: Platform, edition: CompiledEdition, path: None) -> Stored:
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    return on_platform


def people(stored: Stored, count: int) -> list[str]:
    return [stored.supporter(f"person{n:02d}") for n in range(count)]


def states(stored: Stored) -> Counter[str]:
    return Counter(row["state"] for row in stored.rows("messages"))


def end(stored: Stored) -> dict[str, object]:
    """Let everything come to rest, tend once, and return the only send."""
    stored.platform.drain()
    stored.platform.invoke("tend_sends", {})
    return stored.rows("sends")[0]


@both_paths
def test_everybody_who_gave_consent_gets_one_mail(stored: Stored, edition: CompiledEdition) -> None:
    addresses = people(stored, 12)
    stored.supporter("elsewher", lists=("utrecht",))
    stored.send(edition)
    send = end(stored)
    assert sorted(m.address for m in stored.platform.outbox.mails()) == sorted(addresses)
    assert (send["state"], send["planned"]) == ("ended", 12)
    assert states(stored) == {"delivered": 12}


@both_paths
def test_a_mail_carries_its_unsubscribe_headers_and_opaque_tags_only(stored: Stored, edition: CompiledEdition) -> None:
    address = stored.supporter("person01", name="Jan")
    stored.send(edition)
    end(stored)
    mail = stored.platform.outbox.mails(to=address)[0]
    message = mail.message
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith(f"<{stored.platform.public_url}/u/")
    assert message["Reply-To"] == "noor@partijvoormorgen.example"
    assert {name: mail.tags[name] for name in ("send", "chunk", "supporter")} == {
        "send": "sendsend",
        "chunk": "00000",
        "supporter": "person01",
    }
    assert "Jan" in mail.html


def test_who_allows_nothing_more_gets_shared_links_no_pixel_and_staffs_order(stored: Stored, edition: CompiledEdition) -> None:
    first, second = stored.supporter("person01"), stored.supporter("person02")
    stored.send(edition)
    end(stored)
    html = [stored.platform.outbox.mails(to=a)[0].html for a in (first, second)]
    assert all("/l/" in h and "/c/" not in h and "/o/" not in h for h in html)
    assert {row["picks"] for row in stored.rows("messages")} == {"0e.1e.2e.3e.4e.5e.6e.7e"}


@both_paths
def test_personal_links_and_the_pixel_each_need_their_own_consent(stored: Stored, edition: CompiledEdition) -> None:
    clicks = stored.supporter("person01", grants={"click_measurement": "grant002"})
    opens = stored.supporter("person02", grants={"open_pixel": "grant003"})
    stored.send(edition)
    end(stored)
    html = stored.platform.outbox.mails(to=clicks)[0].html
    assert "/c/" in html and "/o/" not in html
    html = stored.platform.outbox.mails(to=opens)[0].html
    assert "/l/" in html and "/o/" in html


def test_a_suppressed_an_erased_and_a_withdrawn_supporter_are_skipped_by_name(stored: Stored, edition: CompiledEdition) -> None:
    stored.suppress(stored.supporter("person01"), "bounced")
    stored.supporter("person02", state="erased")
    stored.supporter("person03", lists=())
    everybody = ["person01", "person02", "person03", "unknown0"]
    stored.send(edition, audience={"supporters": everybody})
    end(stored)
    assert not stored.platform.outbox.mails()
    assert {row["supporter"]: row["reason"] for row in stored.rows("messages")} == {
        "person01": "suppressed",
        "person02": "erased",
        "person03": "no_newsletter_consent",
        "unknown0": "unknown_supporter",
    }


@both_paths
def test_queue_messages_that_come_twice_mail_nobody_twice(stored: Stored, edition: CompiledEdition) -> None:
    people(stored, 10)
    stored.platform.faults.duplicate_messages = 5
    stored.send(edition)
    stored.platform.send_message("plan", {"send": "sendsend", "part": 0})
    end(stored)
    stored.platform.send_message("deliver", {"send": "sendsend", "chunk": "00000"})
    stored.platform.drain()
    assert len(stored.platform.outbox.mails()) == 10


@both_paths
def test_what_ses_throttles_is_sent_later_and_once(stored: Stored, edition: CompiledEdition) -> None:
    people(stored, 5)
    stored.platform.faults.ses_throttles = 3
    stored.send(edition)
    end(stored)
    assert states(stored) == {"delivered": 5}
    assert len(stored.platform.outbox.mails()) == 5


@both_paths
def test_a_lost_answer_is_never_mailed_again_and_settled_by_sess_own_event(stored: Stored, edition: CompiledEdition) -> None:
    people(stored, 4)
    stored.platform.faults.ses_lost_responses = 2
    stored.send(edition)
    end(stored)
    assert len(stored.platform.outbox.mails()) == 4
    assert states(stored) == {"delivered": 4}


@both_paths
def test_a_claim_left_open_by_a_crash_becomes_unknown_and_is_not_mailed(stored: Stored, edition: CompiledEdition) -> None:
    people(stored, 2)
    claimed = {"chunk": "sendsend#00000", "supporter": "person00", "state": "claimed", "at": 0, "expires": 2_000_000_000}
    stored.put("messages", claimed)
    stored.send(edition)
    end(stored)
    assert {row["supporter"]: row["state"] for row in stored.rows("messages")} == {"person00": "unknown", "person01": "delivered"}


@both_paths
def test_a_mail_that_ses_refuses_stops_no_other(stored: Stored, edition: CompiledEdition) -> None:
    stored.supporter("person01", address="not an address")
    good = stored.supporter("person02")
    stored.send(edition)
    end(stored)
    assert [m.address for m in stored.platform.outbox.mails()] == [good]
    assert {row["supporter"]: row["state"] for row in stored.rows("messages")} == {"person01": "failed", "person02": "delivered"}


@both_paths
def test_when_ses_refuses_everything_the_send_stops_and_says_why(stored: Stored, edition: CompiledEdition) -> None:
    people(stored, 6)
    stored.platform.account.sending_enabled = False
    stored.send(edition)
    send = end(stored)
    assert send["state"] == "stopped" and send["reason"]
    assert set(states(stored)) <= {"waiting"}
    assert not stored.platform.outbox.mails()


def test_a_send_to_nobody_stops_and_says_so(stored: Stored, edition: CompiledEdition) -> None:
    stored.send(edition)
    send = end(stored)
    assert (send["state"], send["reason"]) == ("stopped", "nobody on this list gave consent for the newsletter")


def test_a_lost_nudge_is_given_again(stored: Stored, edition: CompiledEdition) -> None:
    people(stored, 3)
    stored.send(edition, state="requested")
    stored.platform.drain()
    fields = {"send": "other000", "state": "requested"}
    stored.put("sends", stored.rows("sends")[0] | fields | {"part": 0, "planned": 0, "chunk_count": 0})
    row = next(r for r in stored.rows("sends") if r["send"] == "other000")
    row.pop("planned_at")
    stored.put("sends", row)
    stored.platform.invoke("tend_sends", {})
    stored.platform.drain()
    assert len(stored.platform.outbox.mails()) == 6


def test_an_audience_of_many_parts_has_everybody_once(
    stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "CHUNK_SIZE", 3)
    monkeypatch.setattr(planning, "PART", 2)
    everybody = [f"person{n:02d}" for n in range(20)]
    people(stored, 20)
    stored.send(edition, audience={"supporters": everybody})
    send = end(stored)
    assert (send["planned"], send["chunk_count"], send["part"]) == (20, 7, 4)
    assert Counter(row["supporter"] for row in stored.rows("messages")) == Counter(everybody)


@both_paths
def test_a_comparison_gives_part_of_those_who_may_be_selected_for_staffs_order(stored: Stored, edition: CompiledEdition) -> None:
    for n in range(30):
        stored.supporter(f"person{n:02d}", grants={"observed_interest": f"grant0{n:02d}"} if n % 2 else {})
    stored.send(edition, comparison=0.5)
    end(stored)
    arms = Counter(row["arm"] for row in stored.rows("messages"))
    assert arms[""] == 15
    assert arms["selected"] > 2 and arms["editorial"] > 2
    assert all(row["selection"] == "editorial" for row in stored.rows("messages") if row["arm"] != "selected")


def test_a_stop_counts_also_when_the_send_moved_meanwhile(stored: Stored, edition: CompiledEdition) -> None:
    stored.send(edition, state="planning", planned_at=1)
    sends = Sends(aws.dynamodb(), os.environ["SENDS_TABLE"], os.environ["CHUNKS_TABLE"])
    seen = sends.get("sendsend")
    assert seen is not None
    sends.note(seen, SendFact.PLANNED)
    assert sends.note(seen, SendFact.STOPPED, reason="AccountSuspendedException") is SendState.STOPPED
