"""Everything that is held about one supporter, table by table, as it is stored: for whoever asks about themselves.

What has expired is not in it, though DynamoDB may take days to delete it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, item, plain
from functions.adapters.messages import BATCH, Messages
from functions.domain.retention import live

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Holding:
    """Plain items. `looked` are entries of the audit log about this supporter."""

    supporter: Item
    identities: Sequence[Item]
    consents: Sequence[Item]
    suppressions: Sequence[Item]
    messages: Sequence[Item]
    events: Sequence[Item]
    looked: Sequence[Item]


@dataclass(frozen=True)
class Tables:
    """Their names in this deployment."""

    supporters: str
    identities: str
    consents: str
    suppressions: str
    messages: str
    events: str
    audit: str


class Held:
    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client, self._tables = client, tables

    def of(self, supporter: str, hashes: Sequence[str], now_s: int) -> Holding:
        """`hashes`: beside that of the address, under which a suppression of this person may stand."""
        t = self._tables
        [stored] = self._get(t.supporters, [{"supporter": supporter}]) or [{}]
        names = [f"a#{stored['address_hash']}"] if stored.get("address_hash") else []
        names += [f"x#{stored['external_id']}"] if stored.get("external_id") else []
        known = [h for h in dict.fromkeys((stored.get("address_hash", ""), *hashes)) if h]
        return Holding(
            stored,
            self._get(t.identities, [{"identity": name} for name in names]),
            self._query(t.consents, "supporter", supporter),
            self._get(t.suppressions, [{"address_hash": h} for h in known]),
            _kept(Messages(self._client, t.messages).of(supporter), now_s),
            _kept(self._query(t.events, "supporter", supporter), now_s),
            _kept(self._looked(supporter), now_s),
        )

    def _looked(self, supporter: str) -> list[Item]:
        keys = self._query(self._tables.audit, "object", f"supporter#{supporter}", IndexName="by_object", ConsistentRead=False)
        wanted = [{"day": key["day"], "entry": key["entry"]} for key in keys]
        found = [row for at in range(0, len(wanted), BATCH) for row in self._get(self._tables.audit, wanted[at : at + BATCH])]
        return sorted(found, key=lambda row: str(row["entry"]))

    def _get(self, table: str, keys: list[Item]) -> list[Item]:
        rows: list[Item] = []
        request: Any = {table: {"Keys": [item(key) for key in keys], "ConsistentRead": True}} if keys else {}
        while request:  # what DynamoDB leaves unread for now comes back as UnprocessedKeys
            answer = self._client.batch_get_item(RequestItems=request)
            rows += [plain(row) for row in answer["Responses"].get(table, [])]
            request = answer.get("UnprocessedKeys", {})
        return rows

    def _query(self, table: str, key: str, value: str, **more: Any) -> list[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=table,
            KeyConditionExpression="#k = :v",
            ExpressionAttributeNames={"#k": key},
            ExpressionAttributeValues={":v": {"S": value}},
            **{"ConsistentRead": True, **more},
        )
        return [plain(found) for page in pages for found in page["Items"]]


def _kept(rows: Sequence[Item], now_s: int) -> list[Item]:
    return [row for row in rows if live(row, now_s)]
