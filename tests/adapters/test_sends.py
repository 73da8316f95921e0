"""Sends and chunks, where a part of the plan is written at the same moment."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.adapters import transactions
from functions.adapters.items import item
from functions.adapters.sends import TENDED, Chunk, Send, Sends
from functions.domain.send import SendFact, SendState
from tests.functions.memory import Dynamo, refusal

STORED = {
    "send": "sendsend",
    "edition": "e1",
    "edition_version": "v1",
    "list": "national",
    "state": "planning",
    "audience": {"everyone": True},
    "requested_at": 0,
    "part": 1,
    "cursor": "there",
}


class Busy(Dynamo):
    """DynamoDB, in which a transaction is at the item for the next so many writes."""

    conflicts = 0

    def update_item(self, **asked: Any) -> dict[str, Any]:
        if self.conflicts:
            self.conflicts -= 1
            raise refusal("TransactionConflictException")
        return super().update_item(**asked)


@pytest.fixture
def dynamo(monkeypatch: pytest.MonkeyPatch) -> Busy:
    monkeypatch.setattr(transactions, "_WAIT_S", 0.001)
    monkeypatch.setattr(transactions, "_LONGEST_WAIT_S", 0.01)
    dynamo = Busy()
    dynamo.tables["sends"]["sendsend",] = item(STORED)
    return dynamo


@pytest.fixture
def sends(dynamo: Busy) -> Sends:
    return Sends(dynamo, "sends", "chunks")  # type: ignore[arg-type]


def the_send(sends: Sends) -> Send:
    found = sends.get("sendsend")
    assert found is not None
    return found


def test_a_pause_waits_for_the_part_that_is_being_frozen(dynamo: Busy, sends: Sends) -> None:
    dynamo.conflicts = 3
    assert sends.note(the_send(sends), SendFact.PAUSED) is SendState.PAUSED
    assert the_send(sends).state is SendState.PAUSED


def test_what_stays_in_the_way_is_raised(dynamo: Busy, sends: Sends) -> None:
    dynamo.conflicts = 100
    with pytest.raises(ClientError, match="TransactionConflictException"):
        sends.note(the_send(sends), SendFact.PAUSED)


def test_a_part_is_frozen_once(sends: Sends) -> None:
    before = the_send(sends)
    assert sends.add_part(before, [Chunk("00000", 2, "key")], "further")
    assert not sends.add_part(before, [Chunk("00000", 2, "other key")], "further")
    assert (the_send(sends).part, the_send(sends).planned, the_send(sends).cursor) == (2, 2, "further")


def ended(dynamo: Busy) -> None:
    dynamo.tables["sends"]["sendsend",] = item(STORED | {"state": "ended", "ended_at": 9, "tended": TENDED})


def test_a_send_left_to_rest_is_tended_again_after_any_fact(dynamo: Busy, sends: Sends) -> None:
    ended(dynamo)
    assert [send.id for send in sends.tended()] == ["sendsend"]
    assert sends.rest(the_send(sends))
    assert list(sends.tended()) == []
    assert sends.note(the_send(sends), SendFact.REOPENED, ended_at=None) is SendState.SENDING
    assert [send.id for send in sends.tended()] == ["sendsend"]


def test_a_send_that_was_moved_since_it_was_read_is_not_left_to_rest(dynamo: Busy, sends: Sends) -> None:
    ended(dynamo)
    before = the_send(sends)
    sends.note(before, SendFact.REOPENED, ended_at=None)
    assert not sends.rest(before)
    sends.note(the_send(sends), SendFact.FINISHED, ended_at=10)
    assert not sends.rest(before), "it ended anew, and its counts are young"
    assert [send.id for send in sends.tended()] == ["sendsend"]
