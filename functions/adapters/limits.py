"""How often somebody may do something: counts in windows of time, in the table `limits`, which forgets them by itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Limits:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def first(self, what: str, who: str, now_s: int, until_s: int) -> bool:
        """Whether this is the first one, to be remembered until then. `who` as below."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item={"limit": {"S": f"{what}#{who}"}, "n": {"N": "1"}, "expires": {"N": str(until_s)}},
                ConditionExpression="attribute_not_exists(#expires) OR #expires <= :now",
                ExpressionAttributeNames={"#expires": "expires"},
                ExpressionAttributeValues={":now": {"N": str(now_s)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def forget(self, what: str, who: str) -> None:
        """As if the first one had not been. Repeating it is safe."""
        self._client.delete_item(TableName=self._table, Key={"limit": {"S": f"{what}#{who}"}})

    def allow(self, what: str, who: str, most: int, within_s: int, now_s: int) -> bool:
        """Count this one. False when it is one more than `most` in the window of `within_s` seconds that `now_s` lies in.

        `who` is opaque: an id or a keyed hash, never an address or a token.
        """
        window = now_s // within_s
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"limit": {"S": f"{what}#{who}#{within_s}#{window}"}},
                UpdateExpression="ADD #n :one SET #expires = :expires",
                ConditionExpression="attribute_not_exists(#n) OR #n < :most",
                ExpressionAttributeNames={"#n": "n", "#expires": "expires"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(most)},
                    ":expires": {"N": str((window + 1) * within_s)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
