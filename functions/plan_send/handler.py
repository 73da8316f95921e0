"""Trigger: the plan queue, one message {"send", "part"} at a time.

Promise: everybody who gave consent for the list when their part was read is in exactly one chunk, once;
for a segment: everybody of them who matched, under the consent and the ceiling that held;
for a correction: everybody whom the faulty send reached or may have reached.
Writes: the send (state, part, cursor), chunks, and the ids of each chunk to the content bucket.
On failure: the message returns to the queue; the part is planned whole or not at all.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, clock
from functions.adapters.audience import Audience
from functions.adapters.ceilings import Ceilings
from functions.adapters.editions import Content
from functions.adapters.ledger import Ledger
from functions.adapters.named import Named
from functions.adapters.nudges import Nudges
from functions.adapters.observability import logger
from functions.adapters.pace import Pace
from functions.adapters.quotas import Quotas
from functions.adapters.sends import Sends
from functions.adapters.settings import load
from functions.plan_send.step import Planner


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    catalogue_table: str
    sends_table: str
    chunks_table: str
    messages_table: str
    pace_table: str
    plan_queue_url: str
    deliver_queue_url: str
    content_bucket: str
    ceiling: str


@cache
def wiring() -> Planner:
    s = load(Settings)
    return Planner(
        Sends(aws.dynamodb(), s.sends_table, s.chunks_table),
        Audience(aws.dynamodb(), s.supporters_table),
        Ledger(aws.dynamodb(), s.messages_table),
        Content(aws.s3(), s.content_bucket),
        Nudges(aws.sqs(), s.plan_queue_url, s.deliver_queue_url),
        Pace(aws.dynamodb(), s.pace_table),
        Ceilings(aws.dynamodb(), s.catalogue_table, s.ceiling),
        Quotas(aws.ses()),
        Named(aws.s3(), s.content_bucket),
    )


def handle(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        asked = json.loads(record["body"])
        done = wiring().plan(asked["send"], asked["part"], int(clock.now() * 1000))
        logger("plan_send").info(done, extra={"send": asked["send"], "part": asked["part"]})
