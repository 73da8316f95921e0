"""Trigger: the schedule, each minute.

Promise: no chunk stays open because a queue message was lost, and no send stays "sending" when all is settled.
Writes: nudges to the plan and deliver queues, counts of chunks, the end of a send with its report, what came of its goal,
its public record; once a day, on which lists clicks foretell clicks; what an erasure left to do; takes from profiles what has
had its time.
On failure: the next minute does it again; every step may be done twice.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from functions.adapters import aws, clock, templates
from functions.adapters.editions import Content
from functions.adapters.erasing import Cleaning
from functions.adapters.fading import Fading
from functions.adapters.ledger import Ledger
from functions.adapters.nudges import Nudges
from functions.adapters.observability import logger
from functions.adapters.pace import Pace
from functions.adapters.records import Records
from functions.adapters.reports import Reports
from functions.adapters.sends import Sends
from functions.adapters.settings import load
from functions.adapters.tastes import Judge
from functions.adapters.topics import Topics
from functions.adapters.totals import Totals
from functions.tend_sends.goals import Goals
from functions.tend_sends.recording import Recorder
from functions.tend_sends.step import Tender


@dataclass(frozen=True)
class Settings:
    catalogue_table: str
    sends_table: str
    chunks_table: str
    messages_table: str
    pace_table: str
    totals_table: str
    supporters_table: str
    consents_table: str
    events_table: str
    plan_queue_url: str
    deliver_queue_url: str
    content_bucket: str


@cache
def _settings() -> Settings:
    return load(Settings)


@cache
def judge() -> Judge:
    s = _settings()
    return Judge(aws.dynamodb(), s.catalogue_table, s.supporters_table)


@cache
def wiring() -> Tender:
    s = _settings()
    sends = Sends(aws.dynamodb(), s.sends_table, s.chunks_table)
    content = Content(aws.s3(), s.content_bucket)
    reports = Reports(aws.dynamodb(), s.sends_table, sends)
    return Tender(
        sends,
        Ledger(aws.dynamodb(), s.messages_table),
        Nudges(aws.sqs(), s.plan_queue_url, s.deliver_queue_url),
        Pace(aws.dynamodb(), s.pace_table),
        reports,
        Goals(sends, reports, Totals(aws.dynamodb(), s.totals_table), content),
        Recorder(
            sends,
            Records(aws.dynamodb(), s.catalogue_table, aws.s3(), s.content_bucket),
            content,
            templates.theme(),
            Topics(aws.dynamodb(), s.catalogue_table).taxonomy,
        ),
    )


@cache
def cleaning() -> Cleaning:
    s = _settings()
    return Cleaning(aws.dynamodb(), s.catalogue_table, s.events_table, s.messages_table, s.consents_table)


@cache
def fading() -> Fading:
    s = _settings()
    taxonomy = Topics(aws.dynamodb(), s.catalogue_table).taxonomy
    return Fading(aws.dynamodb(), s.catalogue_table, s.supporters_table, taxonomy)


def handle(event: dict[str, Any], context: Any) -> None:
    now_ms = int(clock.now() * 1000)
    done: dict[str, int] = {}
    try:
        done |= wiring().tend(now_ms)
    finally:  # neither waits for what is wrong with the other
        done["erasures finished"] = cleaning().tend(now_ms)
        done["profiles tidied"] = fading().visit(now_ms)
        done["lists judged"] = judge().judge(now_ms)  # last: no mail waits for it
        if any(done.values()):
            logger("tend_sends").info("tended", extra=done)
