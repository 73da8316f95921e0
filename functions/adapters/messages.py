"""One message of one send, for staff who ask about it."""

from typing import TYPE_CHECKING

from functions.adapters.items import Item, item, plain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Messages:
    """The table `messages`, found by supporter."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def find(self, send: str, supporter: str) -> Item | None:
        """The ledger's row, as it is stored; None when this supporter has none in this send."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_supporter",
            KeyConditionExpression="supporter = :s",
            ExpressionAttributeValues={":s": {"S": supporter}},
        )
        chunks = [row["chunk"]["S"] for page in pages for row in page["Items"]]
        chunk = next((key for key in chunks if key.startswith(f"{send}#")), None)
        if chunk is None:
            return None
        key = item({"chunk": chunk, "supporter": supporter})
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return plain(found) if found else None
