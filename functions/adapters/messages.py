"""The messages of one supporter, over all sends."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from functions.adapters import clock
from functions.adapters.items import Item, item, plain
from functions.domain.retention import live

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 100  # keys in one BatchGetItem (DynamoDB limit)


class Messages:
    """The table `messages`, found by supporter."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def find(self, send: str, supporter: str) -> Item | None:
        """The ledger's row, as it is stored; None when this supporter has none in this send."""
        chunk = next((key for key in self.chunks(supporter) if key.startswith(f"{send}#")), None)
        if chunk is None:
            return None
        key = item({"chunk": chunk, "supporter": supporter})
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        row = plain(found) if found else {}
        return row if row and live(row, clock.now()) else None

    def of(self, supporter: str, expired: bool = False) -> list[Item]:
        """All rows of a supporter that are still kept, in no order. Read consistently, once the index knows them.

        `expired`: also those that DynamoDB has yet to delete.
        """
        rows, now_s = self.rows(supporter, self.chunks(supporter), consistent=True), clock.now()
        return [row for row in rows if expired or live(row, now_s)]

    def rows(self, supporter: str, chunks: Sequence[str], consistent: bool = False) -> list[Item]:
        """The rows of a supporter in these chunks, in no order."""
        keys = [item({"chunk": chunk, "supporter": supporter}) for chunk in chunks]
        rows: list[Item] = []
        for start in range(0, len(keys), BATCH):
            rows += self._read(keys[start : start + BATCH], consistent)
        return rows

    def _read(self, keys: list[dict[str, Any]], consistent: bool) -> list[Item]:
        rows: list[Item] = []
        request: Any = {self._table: {"Keys": keys, "ConsistentRead": consistent}}
        while request:  # what DynamoDB leaves unread for now comes back as UnprocessedKeys
            answer = self._client.batch_get_item(RequestItems=request)
            rows += [plain(row) for row in answer["Responses"].get(self._table, [])]
            request = answer.get("UnprocessedKeys", {})
        return rows

    def chunks(self, supporter: str) -> list[str]:
        """The chunks ("<send>#<number>") in which this supporter has a row, of all sends kept. One query, of keys alone."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_supporter",
            KeyConditionExpression="supporter = :s",
            ExpressionAttributeValues={":s": {"S": supporter}},
        )
        return [row["chunk"]["S"] for page in pages for row in page["Items"]]
