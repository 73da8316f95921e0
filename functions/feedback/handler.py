"""Trigger: the feedback queue: SES's events, through SNS, up to 10 at a time.

Promise: a message's state is what SES last had to say that weighs most; whoever bounced for good or complained is never
mailed again; an event of a kind we do not know is counted and let go.
Writes: the state, times and SES id of messages; suppressions.
On failure: the reports that failed return to the queue; after five times to its dead-letter queue.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions.adapters import aws, keys
from functions.adapters.observability import publish
from functions.adapters.reported import Reported
from functions.adapters.settings import load
from functions.domain.feedback import read_feedback
from functions.feedback.step import note, ses_event


@dataclass(frozen=True)
class Settings:
    messages_table: str
    suppressions_table: str
    supporters_table: str
    keys_secret: str


@cache
def _settings() -> Settings:
    return load(Settings)


def wiring() -> tuple[Reported, bytes]:
    s = _settings()
    tables = Reported(aws.dynamodb(), s.messages_table, s.suppressions_table, s.supporters_table)
    return tables, keys.load(s.keys_secret).address_key


def handle(event: dict[str, Any], context: Any) -> Any:
    counts: Counter[str] = Counter()
    messages, address_key = wiring()

    def one(record: SQSRecord) -> None:
        feedback = read_feedback(ses_event(record.body))
        note(messages, address_key, feedback)
        counts[feedback.kind] += 1

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=one, processor=processor, context=context)
    publish("feedback", counts)
    return answer
