"""What SES's reports change: one message's row, and the addresses that must not be mailed again."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters.items import Item, item, plain, typed
from functions.adapters.messages import Messages
from functions.domain.consent import SuppressionReason
from functions.domain.feedback import is_soft_bounce
from functions.domain.send import MessageState
from functions.domain.transient import Mailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Row:
    """A message as feedback sees it. Times are epoch ms."""

    state: MessageState
    ses_id: str | None = None
    sent_at: int | None = None
    delivered_at: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Move:
    """Whether a message was changed. If not, how it is instead (`now`); None when there is none, or no more."""

    done: bool
    now: Row | None = None


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
            ProjectionExpression="#state, ses_id, sent_at, delivered_at, reason",
            ExpressionAttributeNames={"#state": "state"},
        ).get("Item")
        return _row(found)

    def move(self, chunk: str, supporter: str, was: MessageState, values: dict[str, Any]) -> Move:
        """Write these attributes if the message is still in that state."""
        try:
            self._client.update_item(
                TableName=self._messages,
                Key={"chunk": {"S": chunk}, "supporter": {"S": supporter}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression="#state = :was",
                ExpressionAttributeNames={f"#{name}": name for name in (*values, "state")},
                ExpressionAttributeValues={f":{name}": typed(value) for name, value in values.items()} | {":was": {"S": was.value}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            there: Any = error.response
            return Move(False, _row(there.get("Item")))
        return Move(True)

    def mailed(self, supporter: str, address_hash: str) -> list[Mailed]:
        """What became of every mail to a supporter that is still kept; soft bounces at this address alone."""
        rows = Messages(self._client, self._messages).of(supporter)
        return [_mailed(row, address_hash) for row in rows]

    def address_hash(self, supporter: str) -> str | None:
        """The hash of the supporter's address. None for one who is unknown or erased."""
        found = self._client.get_item(
            TableName=self._supporters, Key={"supporter": {"S": supporter}}, ProjectionExpression="address_hash"
        ).get("Item")
        return found["address_hash"]["S"] if found and "address_hash" in found else None

    def suppress(self, address_hash: str, reason: SuppressionReason, at_ms: int, source: str = "ses") -> bool:
        """Suppress the address. False when it was already: the first reason stays."""
        try:
            self._client.put_item(
                TableName=self._suppressions,
                Item=item({"address_hash": address_hash, "reason": reason.value, "at": at_ms, "source": source}),
                ConditionExpression="attribute_not_exists(address_hash)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _row(found: Any) -> Row | None:
    if not found:
        return None
    stored = plain(found)
    times = (stored.get("ses_id"), stored.get("sent_at"), stored.get("delivered_at"))
    return Row(MessageState(stored["state"]), *times, stored.get("reason", ""))


def _mailed(row: Item, address_hash: str) -> Mailed:
    state, at_this_address = MessageState(row["state"]), row.get("bounced_to") == address_hash
    return Mailed(
        send=row["chunk"].partition("#")[0],
        at=row["at"],
        delivered="delivered_at" in row or state in (MessageState.DELIVERED, MessageState.COMPLAINED),
        soft=state is MessageState.BOUNCED and at_this_address and is_soft_bounce(row.get("reason", "")),
    )
