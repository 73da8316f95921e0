"""Whom a click or open came from, read at that moment: what they allow now, and the message it came from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.adapters import clock
from functions.adapters.consents import consents_of
from functions.adapters.items import plain
from functions.domain.consent import Consents
from functions.domain.retention import live
from functions.domain.send import chunk_key
from functions.domain.tokens import MessageRef

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class NotReadError(Exception):
    """The table answered, and not to all of the question."""


@dataclass(frozen=True)
class Recipient:
    """`picks` as the ledger keeps them; `arrived_at` in epoch ms: delivered, or else sent, or else claimed."""

    consents: Consents
    picks: str
    arrived_at: int


class Recipients:
    """Raw reads of `supporters`, `messages` and `sends`: this is the redirect's path."""

    def __init__(self, client: "DynamoDBClient", supporters: str, messages: str, sends: str) -> None:
        self._client, self._supporters, self._messages, self._sends = client, supporters, messages, sends
        self._versions: dict[str, tuple[str, str]] = {}

    def edition(self, send: str) -> tuple[str, str] | None:
        """Edition and version of a send; they never change, so they are kept. None when there is no such send."""
        if send not in self._versions:
            found = self._client.get_item(
                TableName=self._sends, Key={"send": {"S": send}}, ProjectionExpression="edition, edition_version"
            ).get("Item")
            if not found:
                return None
            self._versions[send] = (found["edition"]["S"], found["edition_version"]["S"])
        return self._versions[send]

    def recipient(self, ref: MessageRef) -> Recipient | None:
        """One consistent read of both items. None when either is gone: nothing may be recorded then.

        NotReadError when DynamoDB leaves one of them out twice, as it may under load.
        """
        wanted: dict[str, Any] = {
            self._supporters: {
                "Keys": [{"supporter": {"S": ref.supporter}}],
                "ProjectionExpression": "supporter, grants, too_young",
                "ConsistentRead": True,
            },
            self._messages: {
                "Keys": [{"chunk": {"S": chunk_key(ref.send, ref.chunk)}, "supporter": {"S": ref.supporter}}],
                "ProjectionExpression": "picks, #at, sent_at, delivered_at, expires",
                "ExpressionAttributeNames": {"#at": "at"},
            },
        }
        found = self._read(wanted)
        supporters, messages = found.get(self._supporters), found.get(self._messages)
        if not supporters or not messages:
            return None
        message = plain(messages[0])
        if not live(message, clock.now()):
            return None
        arrived = message.get("delivered_at") or message.get("sent_at") or message["at"]
        return Recipient(consents_of(plain(supporters[0])), message.get("picks", ""), arrived)

    def _read(self, wanted: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.batch_get_item(RequestItems=wanted)
        found = dict(answer["Responses"])
        if left := answer.get("UnprocessedKeys"):
            again = self._client.batch_get_item(RequestItems=left)
            found |= {table: items for table, items in again["Responses"].items() if items}
            if again.get("UnprocessedKeys"):
                raise NotReadError("DynamoDB left out what was asked for")
        return found
