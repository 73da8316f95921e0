"""Trigger: the deliver queue, one nudge {"send", "chunk"} at a time.

Promise: everybody in the chunk ends in the ledger as sent, skipped (why), failed (why) or unknown; nobody is mailed twice.
Writes: message rows, the chunk's lease, state and counts; a fatal refusal by SES stops the send.
On failure: what was claimed stays claimed and is named by the next visit; the nudge returns to the queue.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, clock, keys
from functions.adapters.audience import Audience
from functions.adapters.bulk_mailer import BulkMailer
from functions.adapters.ceilings import Ceilings
from functions.adapters.consents import ConsentBook
from functions.adapters.editions import Content
from functions.adapters.ledger import Ledger
from functions.adapters.mailer import SingleMailer
from functions.adapters.messages import Messages
from functions.adapters.observability import logger
from functions.adapters.pace import Pace
from functions.adapters.sends import Sends
from functions.adapters.settings import load
from functions.adapters.topics import Topics
from functions.deliver.step import deliver
from functions.deliver.visit import Desk

# Time to settle what is under way before Lambda ends us: SES may take its whole time-out for a mail that was let go just before.
SPARE_MS = 30_000


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    consents_table: str
    suppressions_table: str
    catalogue_table: str
    sends_table: str
    chunks_table: str
    messages_table: str
    pace_table: str
    content_bucket: str
    keys_secret: str
    configuration_set: str
    public_url: str
    ceiling: str
    bulk_path: str


@cache
def _settings() -> Settings:
    return load(Settings)


@cache
def _pace() -> Pace:
    return Pace(aws.dynamodb(), _settings().pace_table, aws.ses())


@cache
def _ceilings() -> Ceilings:
    s = _settings()
    return Ceilings(aws.dynamodb(), s.catalogue_table, s.ceiling)


@cache
def _content() -> Content:
    return Content(aws.s3(), _settings().content_bucket)


@cache
def _topics() -> Topics:
    return Topics(aws.dynamodb(), _settings().catalogue_table)


def wiring() -> Desk:
    s = _settings()
    return Desk(
        Sends(aws.dynamodb(), s.sends_table, s.chunks_table),
        Audience(aws.dynamodb(), s.supporters_table, s.suppressions_table),
        _content(),
        Ledger(aws.dynamodb(), s.messages_table),
        Messages(aws.dynamodb(), s.messages_table),
        BulkMailer(aws.ses()) if s.bulk_path == "proven" else SingleMailer(aws.ses()),
        _pace(),
        _topics(),
        keys.load(s.keys_secret).keyring,
        _ceilings(),
        ConsentBook(aws.dynamodb(), s.supporters_table, s.consents_table, s.suppressions_table),
        s.public_url,
        s.configuration_set,
    )


def handle(event: dict[str, Any], context: Any) -> None:
    for record in event["Records"]:
        asked = json.loads(record["body"])
        done = deliver(
            wiring(),
            asked["send"],
            asked["chunk"],
            lambda: int(clock.now() * 1000),
            lambda: context.get_remaining_time_in_millis() > SPARE_MS,
        )
        logger("deliver").info(done, extra={"send": asked["send"], "chunk": asked["chunk"]})
