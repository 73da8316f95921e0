"""The suppression of one's own address, as one's own later act may end it: read, and taken away in a transaction."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from functions.adapters.items import plain, typed
from functions.domain.consent import SuppressionReason

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Suppressed(NamedTuple):
    reason: SuppressionReason
    at: int  # epoch ms


class Lifting:
    """The table `suppressions`, read consistently."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def suppressed(self, hashed: str) -> Suppressed | None:
        key = {"address_hash": {"S": hashed}}
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        stored = plain(found) if found else None
        return Suppressed(SuppressionReason(stored["reason"]), int(stored["at"])) if stored else None

    def lifting(self, hashed: str, held: Suppressed) -> Mapping[str, Any]:
        """The write that takes away this suppression and no other."""
        return {
            "Delete": {
                "TableName": self._table,
                "Key": {"address_hash": typed(hashed)},
                "ConditionExpression": "#reason = :reason AND #at = :at",
                "ExpressionAttributeNames": {"#reason": "reason", "#at": "at"},
                "ExpressionAttributeValues": {":reason": typed(held.reason.value), ":at": typed(held.at)},
            }
        }
