"""Throwing away what the platform holds, for a test that wants a clean start. Keys and settings stay."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from infra.description import Deployment, Table
from local.aws import Clients
from local.resources import Resources

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def empty(description: Deployment, resources: Resources, aws: Clients) -> None:
    for url in resources.queue_urls.values():
        aws.sqs.purge_queue(QueueUrl=url)
    for table in description.tables:
        _empty_table(table, aws.dynamodb)
    _empty_bucket(resources.bucket, aws)


def _empty_table(table: Table, dynamodb: "DynamoDBClient") -> None:
    requests = [{"DeleteRequest": {"Key": key}} for key in _keys(table, dynamodb)]
    for start in range(0, len(requests), 25):
        dynamodb.batch_write_item(RequestItems={table.name: requests[start : start + 25]})  # type: ignore[dict-item]


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
