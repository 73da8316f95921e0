"""Throwing away what the platform holds, for a test that wants a clean start. Keys and settings stay."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from infra.description import Deployment, Table
from local.aws import Clients
from local.resources import DEAD, Resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Emptying:
    """`written` counts the writes to a table or queue (local/traffic.py): what got none since the last time is empty."""

    def __init__(self, description: Deployment, resources: Resources, aws: Clients, written: Callable[[str], int]) -> None:
        self._description, self._resources, self._aws, self._written = description, resources, aws, written
        self._before: dict[str, int] = {}

    def empty(self) -> None:
        for queue in self._description.queues:
            self._if_written(f"queue:{queue.name}", partial(self._purge, queue.name))
        for table in self._description.tables:
            self._if_written(f"table:{table.name}", partial(_empty_table, table, self._aws.dynamodb))
        _empty_bucket(self._resources.bucket, self._aws)

    def _if_written(self, thing: str, forget: Callable[[], int]) -> None:
        """`forget` says how many writes it made itself: whatever else comes meanwhile is for the next time."""
        seen = self._written(thing)
        if self._before.get(thing) != seen:
            self._before[thing] = seen + forget()

    def _purge(self, queue: str) -> int:
        for name in (queue, queue + DEAD):
            self._aws.sqs.purge_queue(QueueUrl=self._resources.queue_urls[name])
        return 0


def _empty_table(table: Table, dynamodb: "DynamoDBClient") -> int:
    """Returns in how many calls."""
    requests = [{"DeleteRequest": {"Key": key}} for key in _keys(table, dynamodb)]
    starts = range(0, len(requests), 25)
    for start in starts:
        dynamodb.batch_write_item(RequestItems={table.name: requests[start : start + 25]})  # type: ignore[dict-item]
    return len(starts)


def _keys(table: Table, dynamodb: "DynamoDBClient") -> Iterator[dict[str, Any]]:
    names = {"#k": table.key, **({"#s": table.sort} if table.sort else {})}
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table.name, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
    )
    for page in pages:
        yield from page["Items"]


def _empty_bucket(bucket: str, aws: Clients) -> None:
    for page in aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        found = [{"Key": item["Key"]} for item in page.get("Contents", [])]
        if found:
            aws.s3.delete_objects(Bucket=bucket, Delete={"Objects": found})  # type: ignore[typeddict-item]
