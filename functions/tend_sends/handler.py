"""Trigger: the schedule, each minute.

Promise: no chunk stays open because a queue message was lost, and no send stays "sending" when all is settled.
Writes: nudges to the plan and deliver queues, counts of chunks, the end of a send with its report.
On failure: the next minute does it again; every step may be done twice.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, clock
from functions.adapters.ledger import Ledger
from functions.adapters.nudges import Nudges
from functions.adapters.observability import logger
from functions.adapters.pace import Pace
from functions.adapters.sends import Sends
from functions.adapters.settings import load
from functions.tend_sends.step import Tender


@dataclass(frozen=True)
class Settings:
    sends_table: str
    chunks_table: str
    messages_table: str
    pace_table: str
    plan_queue_url: str
    deliver_queue_url: str


@cache
def wiring() -> Tender:
    s = load(Settings)
    return Tender(
        Sends(aws.dynamodb(), s.sends_table, s.chunks_table),
        Ledger(aws.dynamodb(), s.messages_table),
        Nudges(aws.sqs(), s.plan_queue_url, s.deliver_queue_url),
        Pace(aws.dynamodb(), s.pace_table),
    )


def handle(event: dict[str, Any], context: Any) -> None:
    done = wiring().tend(int(clock.now() * 1000))
    if any(done.values()):
        logger("tend_sends").info("tended", extra=done)
