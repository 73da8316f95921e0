"""What SES's reports change: one message's row, and the addresses that must not be mailed again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters.items import item, plain, typed
from functions.domain.consent import SuppressionReason
from functions.domain.send import MessageState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Row:
    """A message as feedback sees it. Times are epoch ms."""

    state: MessageState
    ses_id: str | None = None
    sent_at: int | None = None
    delivered_at: int | None = None


class Reported:
    """The tables `messages`, `suppressions` and (to find an address hash) `supporters`."""

    def __init__(self, client: "DynamoDBClient", messages: str, suppressions: str, supporters: str) -> None:
        self._client, self._messages, self._suppressions, self._supporters = client, messages, suppressions, supporters

    def row(self, chunk: str, supporter: str) -> Row | None:
        """Read consistently. None when there is none, or no more."""
        found = self._client.get_item(
            TableName=self._messages,
            Key={"chunk": {"S": chunk}, "supporter": {"S": supporter}},
            ConsistentRead=True,
            ProjectionExpression="#state, ses_id, sent_at, delivered_at",
            ExpressionAttributeNames={"#state": "state"},
        ).get("Item")
        if not found:
            return None
        stored = plain(found)
        return Row(MessageState(stored["state"]), stored.get("ses_id"), stored.get("sent_at"), stored.get("delivered_at"))

    def move(self, chunk: str, supporter: str, was: MessageState, values: dict[str, Any]) -> bool:
        """Write these attributes if the message is still in that state. False when it is not."""
        try:
            self._client.update_item(
                TableName=self._messages,
                Key={"chunk": {"S": chunk}, "supporter": {"S": supporter}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression="#state = :was",
                ExpressionAttributeNames={f"#{name}": name for name in (*values, "state")},
                ExpressionAttributeValues={f":{name}": typed(value) for name, value in values.items()} | {":was": {"S": was.value}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def address_hash(self, supporter: str) -> str | None:
        """The hash of the supporter's address. None for one who is unknown or erased."""
        found = self._client.get_item(
            TableName=self._supporters, Key={"supporter": {"S": supporter}}, ProjectionExpression="address_hash"
        ).get("Item")
        return found["address_hash"]["S"] if found and "address_hash" in found else None

    def suppress(self, address_hash: str, reason: SuppressionReason, at_ms: int) -> bool:
        """Suppress the address. False when it was already: the first reason stays."""
        try:
            self._client.put_item(
                TableName=self._suppressions,
                Item=item({"address_hash": address_hash, "reason": reason.value, "at": at_ms, "source": "ses"}),
                ConditionExpression="attribute_not_exists(address_hash)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
