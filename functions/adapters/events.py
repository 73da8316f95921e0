"""Observed acts, one item per request: `events`, by supporter and time. Gone after 13 months, or when no consent covers them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from functions.adapters import clock
from functions.adapters.items import Item, item, plain
from functions.domain.consent import Purpose
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.retention import live

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Events:
    """The table `events`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def record(self, event: Event) -> bool:
        """Put it. False when it is there already: the same request makes the same key."""
        try:
            self._client.put_item(
                TableName=self._table, Item=item(to_item(event)), ConditionExpression="attribute_not_exists(supporter)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def delete(self, event: Event) -> None:
        """Delete one. Repeating it is safe."""
        self._client.delete_item(TableName=self._table, Key=item({"supporter": event.supporter, "event": event.key}))

    def of(self, supporter: str) -> list[Event]:
        """Everything recorded of one supporter that has not expired, oldest first."""
        stored, now_s = map(plain, self._query(supporter)), clock.now()
        return [from_item(found) for found in stored if live(found, now_s)]

    def forget(self, supporter: str, standing: Collection[str]) -> int:
        """Delete what none of the standing grants (record ids) permits any more; returns how many. Repeating it is safe."""
        gone = 0
        for found in self._query(supporter, ProjectionExpression="supporter, event, grants"):
            if not set(plain(found)["grants"].values()) & set(standing):
                self._client.delete_item(TableName=self._table, Key={"supporter": found["supporter"], "event": found["event"]})
                gone += 1
        return gone

    def unlearn(self, supporter: str, standing: Collection[str], grant: str, topics: Collection[str] | None = None) -> int:
        """Delete what of all standing grants this one alone permits, of these topics (codes; None: of all). Returns how many."""
        gone = 0
        for found in self._query(supporter, ProjectionExpression="supporter, event, grants, topics"):
            event = plain(found)
            about = topics is None or (event["topics"] and event["topics"][0] in topics)
            if about and set(event["grants"].values()) & set(standing) <= {grant}:
                self._client.delete_item(TableName=self._table, Key={"supporter": found["supporter"], "event": found["event"]})
                gone += 1
        return gone

    def _query(self, supporter: str, **more: str) -> list[Mapping[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="supporter = :s",
            ExpressionAttributeValues={":s": {"S": supporter}},
            ConsistentRead=True,
            **more,  # type: ignore[arg-type]
        )
        return [found for page in pages for found in page["Items"]]


def to_item(event: Event) -> Item:
    """The event as it is stored; what it does not have is left out."""
    return {
        "supporter": event.supporter,
        "event": event.key,
        "kind": event.kind.value,
        "send": event.send,
        "chunk": event.chunk,
        "edition": event.edition,
        "n": event.n,
        "entry": event.entry,
        "slot": event.slot,
        "topics": list(event.topics),
        "at": event.at,
        "delay_s": event.delay_s,
        "verdict": event.verdict.value,
        "reasons": list(event.reasons),
        "shown": event.shown or None,
        "grants": {purpose.value: grant for purpose, grant in event.grants.items()},
        "extra": dict(event.extra) or None,
        "expires": event.expires,
    }


def from_item(stored: Item) -> Event:
    """An event as it was stored. KeyError or ValueError when it is none."""
    return Event(
        supporter=stored["supporter"],
        id=stored["event"].partition("#")[2],
        kind=EventKind(stored["kind"]),
        send=stored["send"],
        chunk=stored["chunk"],
        edition=stored["edition"],
        at=stored["at"],
        verdict=Verdict(stored["verdict"]),
        grants={Purpose(purpose): grant for purpose, grant in stored["grants"].items()},
        reasons=tuple(stored["reasons"]),
        n=stored.get("n"),
        entry=stored.get("entry"),
        slot=stored.get("slot"),
        topics=tuple(stored["topics"]),
        delay_s=stored.get("delay_s"),
        shown=stored.get("shown", ""),
        extra=stored.get("extra", {}),
    )
