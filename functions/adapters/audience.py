"""Supporters as a send reads them: scanned once to freeze the audience, then read fresh, 100 at a time, to deliver."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters.consents import consents_of
from functions.adapters.items import Item, plain
from functions.domain.cap import Cap, cap_of
from functions.domain.hours import ATTRIBUTE
from functions.domain.matching import Sieve, Sifted, View
from functions.domain.segment import Expression, asked
from functions.domain.supporter import Attribute, FormOfAddress, Supporter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# What a segment's field reads of a supporter, beside their grants.
COLUMNS = {
    "language": "language",
    "region": "attributes",
    "attribute": "attributes",
    "stage": "stage",
    "topic_declared": "topics",
    "interest_tag": "tags",
    "engagement": "clicks",
    "clicked_within_days": "clicks",
    "opened_within_days": "opened_at",
    "joined_before": "created",
    "joined_after": "created",
}
BATCH = 100  # keys in one BatchGetItem (DynamoDB limit)


@dataclass(frozen=True)
class Reader:
    """A supporter read for delivery, with the address to write to and its keyed hash; for a segment, with what it may ask."""

    supporter: Supporter
    address_hash: str
    erased: bool
    view: View | None = None
    timezone: str = ""  # IANA name; "": not known
    at_most: Cap | None = None  # what they asked for
    paused_until: int | None = None  # epoch ms, what they asked for


@dataclass(frozen=True)
class Page:
    """Ids of supporters who gave consent for a list, and where the scan goes on ("" at its end)."""

    ids: tuple[str, ...]
    cursor: str


class Audience:
    """Reads the tables `supporters` and `suppressions`."""

    def __init__(self, client: "DynamoDBClient", supporters_table: str, suppressions_table: str = "") -> None:
        self._client, self._supporters, self._suppressions = client, supporters_table, suppressions_table

    def scan(self, mailing_list: str, cursor: str) -> Page:
        """One page (at most 1 MB read) of the scan for everyone with `newsletter` consent for this list."""
        rows, last = self._scan(mailing_list, cursor, ())
        return Page(tuple(row["supporter"]["S"] for row in rows), last)

    def sift(self, mailing_list: str, cursor: str, sieve: Sieve) -> tuple[Sifted, str]:
        """The same page as `scan` reads, through a segment; and where the scan goes on ("" at its end).

        Only what the segment's fields need leaves the table.
        """
        rows, last = self._scan(mailing_list, cursor, columns(sieve.expression))
        return sieve.sift((row["supporter"]["S"], view_of(plain(row))) for row in rows), last

    def _scan(self, mailing_list: str, cursor: str, more: Sequence[str]) -> tuple[list[dict[str, Any]], str]:
        start: dict[str, Any] = {"ExclusiveStartKey": json.loads(cursor)} if cursor else {}
        found = self._client.scan(
            TableName=self._supporters,
            ProjectionExpression=", ".join(["supporter", *(f"#{column}" for column in more)]),
            FilterExpression="attribute_exists(newsletter.#list) AND #state = :active",
            ExpressionAttributeNames={"#list": mailing_list, "#state": "state", **{f"#{column}": column for column in more}},
            ExpressionAttributeValues={":active": {"S": "active"}},
            ConsistentRead=True,
            **start,
        )
        last = found.get("LastEvaluatedKey")
        return found["Items"], json.dumps(last) if last else ""

    def read(self, ids: Sequence[str], views: bool = False) -> dict[str, Reader]:
        """At most 100 supporters as they are now. Who is gone is not in the answer. `views`: with what a segment may ask."""
        keys = [{"supporter": {"S": supporter}} for supporter in ids]
        return {row["supporter"]["S"]: _reader(plain(row), views) for row in self._batch(self._supporters, keys)}

    def suppressed(self, hashes: Sequence[str]) -> frozenset[str]:
        """Which of at most 100 address hashes must not be mailed."""
        return frozenset(self.suppressions(hashes))

    def suppressions(self, hashes: Sequence[str]) -> dict[str, str]:
        """Why they must not be mailed: address hash -> reason, of at most 100."""
        keys = [{"address_hash": {"S": h}} for h in dict.fromkeys(hashes) if h]  # who was erased has none
        return {row["address_hash"]["S"]: row["reason"]["S"] for row in self._batch(self._suppressions, keys)}

    def _batch(self, table: str, keys: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        request: Any = {table: {"Keys": list(keys), "ConsistentRead": True}} if keys else {}
        while request:  # what DynamoDB leaves unread for now comes back as UnprocessedKeys
            answer = self._client.batch_get_item(RequestItems=request)
            rows += answer["Responses"].get(table, [])
            request = answer.get("UnprocessedKeys", {})
        return rows


def _reader(row: Item, views: bool) -> Reader:
    return Reader(
        supporter_of(row),
        row.get("address_hash", ""),
        row.get("state") == "erased",
        view_of(row) if views else None,
        row.get("attributes", {}).get(ATTRIBUTE, {}).get("value", ""),
        cap_of(row.get("at_most")),
        row.get("paused_until"),
    )


def supporter_of(row: Item) -> Supporter:
    """The domain's supporter from a plain item of the table."""
    return Supporter(
        id=row["supporter"],
        address=row.get("address", ""),
        language=row.get("language", ""),
        name=row.get("name", ""),
        form=FormOfAddress(row.get("form", "informal")),
        external_id=row.get("external_id"),
        consents=consents_of(row),
        topics=row.get("topics", frozenset()),
        clicks=row.get("clicks", frozenset()),
        muted=row.get("muted", frozenset()),
    )


def columns(expression: Expression) -> tuple[str, ...]:
    """The attributes of the table that a segment needs."""
    needed = {"grants", "too_young", *(COLUMNS[test.field] for test in asked(expression))}
    return tuple(sorted(needed | {"muted"} if "tags" in needed else needed))


def view_of(row: Item) -> View:
    """What a segment may ask, from a plain item of the table; an attribute that was not read is as if it were not there."""
    return View(
        language=row.get("language", ""),
        joined=row.get("created", 0),
        attributes={name: Attribute(a["value"], a["source"]) for name, a in row.get("attributes", {}).items()},
        stage=Attribute(**row["stage"]) if row.get("stage") else None,
        consents=consents_of(row),
        topics=row.get("topics", frozenset()),
        tags=frozenset(tag["topic"] for tag in row.get("tags") or ()) - row.get("muted", frozenset()),
        clicks=row.get("clicks", frozenset()),
        opened=row.get("opened_at"),
    )
