"""What a round of the schedule remembers until the next: one item of the table `catalogue`, beside staff's own things."""

import json
from typing import TYPE_CHECKING, Any

from functions.adapters.items import item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Memo:
    """The item of this kind and id."""

    def __init__(self, client: "DynamoDBClient", catalogue: str, kind: str, id_: str) -> None:
        self._client, self._table, self._key = client, catalogue, item({"kind": kind, "id": id_})

    def read(self) -> dict[str, Any]:
        """What was written last; nothing before that."""
        found = self._client.get_item(TableName=self._table, Key=self._key, ProjectionExpression="body").get("Item")
        return dict(json.loads(found["body"]["S"])) if found else {}

    def write(self, now_ms: int, **body: Any) -> None:
        """Remember this, as JSON, instead of what was there."""
        self._client.update_item(
            TableName=self._table,
            Key=self._key,
            UpdateExpression="SET body = :body, updated = :now ADD version :one",
            ExpressionAttributeValues=item({":body": json.dumps(body), ":now": now_ms, ":one": 1}),
        )
