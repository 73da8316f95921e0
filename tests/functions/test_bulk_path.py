"""The bulk path in a send: many mails in a call, every one with an end of its own, and no claim left open."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.adapters.bulk_mailer import BulkMailer
from functions.adapters.ledger import Ledger
from functions.adapters.mailer import Answer, Batch, Outcome, SingleMailer
from functions.deliver import handler
from functions.deliver.step import deliver
from functions.deliver.turns import Turns
from functions.deliver.visit import Desk
from functions.domain.assembly import CompiledEdition
from local.platform import Platform
from local.ses.mail import Mail, SesError
from tests.builders import a_block, a_compiled_edition
from tests.stored import Stored


@pytest.fixture(scope="module")
def edition() -> CompiledEdition:
    return a_compiled_edition([a_block(f"blok-{n}", topics=("care",)) for n in range(8)])


@pytest.fixture
def stored(
    empty_platform: Platform, edition: CompiledEdition, setting: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> Stored:
    setting("BULK_PATH", "proven")
    monkeypatch.setattr(Turns, "most", 50)
    on_platform = Stored(empty_platform)
    on_platform.edition(edition)
    return on_platform


def people(stored: Stored, count: int) -> list[str]:
    return [stored.supporter(f"person{n:02d}") for n in range(count)]


def states(stored: Stored) -> Counter[str]:
    return Counter(row["state"] for row in stored.rows("messages"))


def posted(monkeypatch: pytest.MonkeyPatch, kind: type[BulkMailer] | type[SingleMailer]) -> list[int]:
    """How many mails each call carries, as it is made."""
    sizes: list[int] = []
    post: Callable[[Any, Batch], list[Answer]] = kind.post

    def noted(self: Any, batch: Batch) -> list[Answer]:
        sizes.append(len(batch.mails))
        return post(self, batch)

    monkeypatch.setattr(kind, "post", noted)
    return sizes


def test_many_mails_go_in_one_call_and_each_has_its_own_id(
    stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, singles = posted(monkeypatch, BulkMailer), posted(monkeypatch, SingleMailer)
    people(stored, 12)
    stored.send(edition)
    stored.platform.drain()
    assert (sum(sizes), len(sizes), singles) == (12, 1, [])
    assert len({row["ses_id"] for row in stored.rows("messages")}) == 12
    assert states(stored) == {"delivered": 12}


def test_a_stage_that_did_not_prove_it_sends_one_by_one(
    stored: Stored, edition: CompiledEdition, setting: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    setting("BULK_PATH", "off")
    sizes, singles = posted(monkeypatch, BulkMailer), posted(monkeypatch, SingleMailer)
    people(stored, 3)
    stored.send(edition)
    stored.platform.drain()
    assert (sizes, singles) == ([], [1, 1, 1])


def test_whom_ses_throttles_within_a_call_is_tried_again_and_the_others_are_not(
    stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, capture = posted(monkeypatch, BulkMailer), stored.platform.capture
    admit, refused = capture.admit, Counter[str]()

    def once(mail: Mail) -> None:
        refused[mail.to[0]] += 1
        if refused[mail.to[0]] == 1 and mail.to[0].startswith("person0"):
            raise SesError("TooManyRequestsException", "Maximum sending rate exceeded.")
        admit(mail)

    monkeypatch.setattr(capture, "admit", once)
    people(stored, 14)
    stored.send(edition)
    stored.platform.drain()
    assert sizes == [14, 10]
    assert len(stored.platform.outbox.mails()) == 14
    assert states(stored) == {"delivered": 14}


def test_when_the_day_is_full_in_mid_call_the_send_stops_and_the_rest_waits(
    stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    admitted: list[Mail] = []

    def four(mail: Mail) -> None:
        if len(admitted) == 4:
            raise SesError("LimitExceededException", "Daily message quota exceeded.")
        admitted.append(mail)

    monkeypatch.setattr(stored.platform.capture, "admit", four)
    people(stored, 9)
    stored.send(edition)
    stored.platform.drain()
    assert states(stored) == {"delivered": 4, "waiting": 5}
    [send] = stored.rows("sends")
    assert (send["state"], send["reason"]) == ("stopped", "ACCOUNT_DAILY_QUOTA_EXCEEDED")


def test_no_claim_stays_open_when_time_ends(stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def throttled(self: BulkMailer, batch: Batch) -> list[Answer]:
        over.set()
        return [Answer(Outcome.THROTTLED, reason="ACCOUNT_THROTTLED")] * len(batch.mails)

    def until_then(desk: Desk, send: str, chunk: str, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> str:
        return deliver(desk, send, chunk, now_ms, lambda: not over.is_set())

    monkeypatch.setattr(BulkMailer, "post", throttled)
    monkeypatch.setattr(handler, "deliver", until_then)
    people(stored, 70)
    stored.send(edition)
    stored.platform.drain()
    assert over.is_set()
    assert set(states(stored)) == {"waiting"}


def test_whom_somebody_else_claimed_meanwhile_is_left_out_of_the_call(
    stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = posted(monkeypatch, BulkMailer)
    monkeypatch.setattr(Ledger, "states", lambda *_: {})  # read before the other one claimed
    people(stored, 5)
    stored.put("messages", {"chunk": "sendsend#00000", "supporter": "person02", "state": "sent", "at": 0, "expires": 2_000_000_000})
    stored.send(edition)
    stored.platform.drain()
    assert sizes == [4]
    assert sorted(mail.address[:8] for mail in stored.platform.outbox.mails()) == ["person00", "person01", "person03", "person04"]


def test_a_claim_that_cannot_be_written_lets_those_before_it_wait(
    stored: Stored, edition: CompiledEdition, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = Ledger.claim

    def broken(self: Ledger, chunk: str, supporter: str, *rest: Any) -> bool:
        if supporter == "person03":
            monkeypatch.setattr(Ledger, "claim", claim)
            raise EndpointConnectionError(endpoint_url="https://dynamodb.invalid")
        return claim(self, chunk, supporter, *rest)

    monkeypatch.setattr(Ledger, "claim", broken)
    people(stored, 6)
    stored.send(edition)
    stored.platform.drain()  # the nudge comes back
    assert states(stored) == {"delivered": 6}
    assert len(stored.platform.outbox.mails()) == 6
