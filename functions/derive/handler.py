"""Trigger: the stream of the events table, up to 100 records of one shard.

Promise: every human click that observed_interest covers is in the supporter's profile once, and the interest tags follow
from it; so is the time of the last open that open_pixel covers with words that say what for; a withdrawal wins over anything
that was still on its way.
An event that no consent covers any more is deleted. Below the ceiling `observed` nothing is learned.
Writes: clicks and tags of supporters, never their version; deletes events.
On failure: the records that failed are reported and tried again; what fails five times goes whole to the content bucket.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from functions.adapters import aws, clock
from functions.adapters.ceilings import Ceilings
from functions.adapters.events import Events, from_item
from functions.adapters.items import plain
from functions.adapters.observability import publish
from functions.adapters.profile import Profiles
from functions.adapters.settings import load
from functions.adapters.topics import Topics
from functions.derive.step import learn


@dataclass(frozen=True)
class Settings:
    supporters_table: str
    consents_table: str
    catalogue_table: str
    events_table: str
    ceiling: str


@cache
def wiring() -> tuple[Profiles, Events, Topics, Ceilings]:
    s = load(Settings)
    client = aws.dynamodb()
    return (
        Profiles(client, s.supporters_table, s.consents_table),
        Events(client, s.events_table),
        Topics(client, s.catalogue_table),
        Ceilings(client, s.catalogue_table, s.ceiling),
    )


def handle(event: dict[str, Any], context: Any) -> Any:
    outcomes: Counter[str] = Counter()
    profiles, events, topics, ceilings = wiring()

    def one(record: DynamoDBRecord) -> None:
        # Expiry and erasure, which the stream's filter keeps out; what was recorded is never changed.
        if record.raw_event["eventName"] == "INSERT":
            seen = from_item(plain(record.raw_event["dynamodb"]["NewImage"]))
            outcomes[learn(profiles, events, topics.taxonomy(), ceilings.now(), seen, clock.now())] += 1

    processor = BatchProcessor(event_type=EventType.DynamoDBStreams, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event=event, record_handler=one, processor=processor, context=context)
    publish("derive", outcomes)
    return answer
