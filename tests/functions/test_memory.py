"""DynamoDB in memory does to the send path's adapters what the platform's does: same answers, same items."""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from functions.adapters import aws
from functions.adapters.items import item, plain
from functions.adapters.ledger import Ledger
from functions.adapters.reported import Reported
from functions.adapters.sends import Chunk, Send, Sends
from functions.domain.consent import MailSettings, SuppressionReason
from functions.domain.letter import Recipe
from functions.domain.send import ChunkState, MessageFact, MessageState, SendFact
from functions.domain.supporter import FormOfAddress
from local.platform import Platform
from tests.functions.memory import Dynamo, Expression
from tests.stored import REQUESTED_AT

SEND, KEY = "sendsend", "sendsend#00000"
NOW = 4_000_000_000_000  # epoch ms, in 2096: the emulator deletes each minute what has expired, and the memory does not
RECIPE = Recipe((), MailSettings(), "nl", FormOfAddress.INFORMAL, "Beste Jan,")
Step = Callable[[Any], Any]


class Both:
    """The adapters over one client."""

    def __init__(self, client: Any) -> None:
        self.client = client
        tables = {
            name: os.environ[f"{name.upper()}_TABLE"] for name in ("sends", "chunks", "messages", "suppressions", "supporters")
        }
        self.ledger = Ledger(client, tables["messages"])
        self.sends = Sends(client, tables["sends"], tables["chunks"])
        self.reported = Reported(client, tables["messages"], tables["suppressions"], tables["supporters"])
        asked = {"send": SEND, "edition": "e", "edition_version": "v", "list": "l", "state": "requested", "audience": {}}
        client.put_item(TableName=tables["sends"], Item=item(asked | {"requested_at": REQUESTED_AT}))

    @property
    def send(self) -> Send:
        found = self.sends.get(SEND)
        assert found
        return found

    def chunk(self, number: str) -> Chunk:
        return next((c for c in self.sends.chunks(SEND) if c.number == number), Chunk(number, 1, "k"))

    def items(self) -> list[dict[str, Any]]:
        """Everything that is stored now, without what each claim makes up for itself."""
        kept = [
            {name: held for name, held in plain(row).items() if name != "claim"}
            for table in ("sends", "chunks", "messages", "suppressions")
            for row in self.client.scan(TableName=os.environ[f"{table.upper()}_TABLE"])["Items"]
        ]
        return sorted(kept, key=repr)


def a_step(chance: random.Random) -> Step:
    who, number = chance.choice(["person00", "person01"]), chance.choice(["00000", "00001"])
    now, was, fact = NOW + chance.randint(0, 3), chance.choice(list(MessageState)), chance.choice(list(MessageFact))
    part = chance.randint(0, 1)
    steps: list[Step] = [
        lambda both: both.ledger.claim(KEY, who, RECIPE, "v", now),
        lambda both: both.ledger.skip(KEY, who, "suppressed", now),
        lambda both: both.ledger.note(KEY, who, was, fact, now, reason="x"),
        lambda both: both.ledger.counts(KEY),
        lambda both: both.ledger.states(KEY),
        lambda both: both.reported.row(KEY, who),
        lambda both: both.reported.move(KEY, who, was, {"state": fact.value[:5] and was.value, "delivered_at": now}),
        lambda both: both.reported.suppress(who, SuppressionReason.BOUNCED, now),
        lambda both: both.sends.note(both.send, chance_fact),
        lambda both: both.sends.add_part(both.send, [Chunk(f"{part:05d}", 1, "k", state=ChunkState.OPEN)], "more"),
        lambda both: both.sends.lease(SEND, number, now, now + 2),
        lambda both: both.sends.release(SEND, number, now + 2),
        lambda both: both.sends.reopen(SEND, number, now, now + 1),
        lambda both: both.sends.finish(SEND, number, {"sent": 1}, now),
        lambda both: both.sends.recount(SEND, both.chunk(number), {"sent": 2}, now),
        lambda both: both.sends.nudged(SEND, number, now),
    ]
    chance_fact = chance.choice(list(SendFact))
    return chance.choice(steps)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_steps_give_the_same_answers_and_items(empty_platform: Platform, seed: int) -> None:
    memory, real = Both(Dynamo()), Both(aws.dynamodb())
    chance = random.Random(seed)
    for _ in range(120):
        step = a_step(chance)
        assert step(memory) == step(real)
    assert memory.items() == real.items()
    assert len(memory.items()) > 3


@pytest.mark.parametrize("text", ["a = :a AND begins_with(b, :a)", "a BETWEEN :a AND :a", "a = :a b"])
def test_what_it_does_not_know_it_refuses(text: str) -> None:
    with pytest.raises((AssertionError, KeyError, IndexError)):
        Expression(text, {"ExpressionAttributeValues": {":a": {"S": "a"}}}, {"a": {"S": "a"}}).holds()
