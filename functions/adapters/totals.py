"""Clicks on links that are the same for everybody: numbers per link, without a person, an address or an agent."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 10  # one item takes 1,000 writes a second (DynamoDB limit)
RETENTION_S = 396 * 86_400  # 13 months, as events


class Totals:
    """The table `totals`: a link is "<edition>#<n>"."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def count(self, edition: str, n: int, request: str, now_s: int) -> None:
        """Add one click. The request's id spreads the writes over the shards and is not kept."""
        self._client.update_item(
            TableName=self._table,
            Key={"link": {"S": f"{edition}#{n}"}, "shard": {"S": str(crc32(request.encode()) % SHARDS)}},
            UpdateExpression="ADD clicks :one SET expires = if_not_exists(expires, :expires)",
            ExpressionAttributeValues={":one": {"N": "1"}, ":expires": {"N": str(now_s + RETENTION_S)}},
        )

    def clicks(self, edition: str, links: Iterable[int]) -> dict[int, int]:
        """How often each of these links was followed. A report shows them from 10 up."""
        return {n: self._sum(f"{edition}#{n}") for n in links}

    def _sum(self, link: str) -> int:
        shards = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#link = :link",
            ProjectionExpression="clicks",
            ExpressionAttributeNames={"#link": "link"},
            ExpressionAttributeValues={":link": {"S": link}},
        )["Items"]
        return sum(int(shard["clicks"]["N"]) for shard in shards)
