"""What the description says there is, made in the emulator: tables, queues, the feedback topic, the bucket, the keys."""

import base64
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.description import Deployment, Queue, Table
from local.aws import Clients
from local.ministack import CannotStartError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef

BUCKET = "achterban-content"
TOPIC = "feedback"
SECRET = "keys"  # noqa: S105 - its name
DEAD = "-dead"


@dataclass(frozen=True)
class Resources:
    """Names as the emulator knows them. Tables and the secret are called as in the description."""

    tables: tuple[str, ...]
    queue_urls: dict[str, str]  # also `<name>-dead`
    topic_arn: str
    bucket: str = BUCKET
    secret: str = SECRET


def make(description: Deployment, aws: Clients) -> Resources:
    """Make what is missing and keep what is there, with what it holds."""
    present = set(aws.dynamodb.list_tables()["TableNames"])
    for table in description.tables:
        if table.name in present:
            _must_match(table, aws)
        else:
            make_table(table, aws)
    urls: dict[str, str] = {}
    for queue in description.queues:
        urls |= make_queue(queue, aws)
    _make_bucket(aws)
    _make_keys(aws)
    return Resources(tuple(t.name for t in description.tables), urls, _make_topic(urls["feedback"], aws))


def definition(table: Table) -> "CreateTableInputTypeDef":
    """The CreateTable call of a described table. Every key is a string."""

    def schema(key: str, sort: str | None) -> list[dict[str, str]]:
        sorted_by = [{"AttributeName": sort, "KeyType": "RANGE"}] if sort else []
        return [{"AttributeName": key, "KeyType": "HASH"}, *sorted_by]

    keys = {table.key, table.sort, *(i.key for i in table.indexes), *(i.sort for i in table.indexes)} - {None}
    call: dict[str, Any] = {
        "TableName": table.name,
        "KeySchema": schema(table.key, table.sort),
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in sorted(filter(None, keys))],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if table.indexes:
        call["GlobalSecondaryIndexes"] = [
            {"IndexName": i.name, "KeySchema": schema(i.key, i.sort), "Projection": {"ProjectionType": "KEYS_ONLY"}}
            for i in table.indexes
        ]
    if table.stream:
        call["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return call  # type: ignore[return-value]


def make_table(table: Table, aws: Clients) -> None:
    aws.dynamodb.create_table(**definition(table))
    if table.expires:
        aws.dynamodb.update_time_to_live(
            TableName=table.name, TimeToLiveSpecification={"Enabled": True, "AttributeName": table.expires}
        )


def _must_match(table: Table, aws: Clients) -> None:
    """A new index is added to what was kept, as CloudFormation does; other keys are another table."""
    found = aws.dynamodb.describe_table(TableName=table.name)["Table"]
    wanted = definition(table)
    indexes = {i["IndexName"]: i["KeySchema"] for i in found.get("GlobalSecondaryIndexes", [])}
    wanted_indexes = {i["IndexName"]: i for i in wanted.get("GlobalSecondaryIndexes", [])}
    stream = bool(found.get("StreamSpecification", {}).get("StreamEnabled"))
    same = all(name in wanted_indexes and wanted_indexes[name]["KeySchema"] == keys for name, keys in indexes.items())
    if not same or (found["KeySchema"], stream) != (wanted["KeySchema"], table.stream):
        raise CannotStartError(
            f"The table {table.name} kept from before has other keys than now. Remove the data folder to start anew."
        )
    for name in wanted_indexes.keys() - indexes.keys():
        aws.dynamodb.update_table(
            TableName=table.name,
            AttributeDefinitions=wanted["AttributeDefinitions"],
            # A table's index and a new one have the same fields, and types of different names.
            GlobalSecondaryIndexUpdates=[{"Create": wanted_indexes[name]}],  # type: ignore[typeddict-item]
        )


def make_queue(queue: Queue, aws: Clients) -> dict[str, str]:
    """The queue and its dead-letter queue; returns both URLs by name."""
    dead = _queue(queue.name + DEAD, aws)
    aws.sqs.set_queue_attributes(QueueUrl=dead, Attributes={"MessageRetentionPeriod": str(14 * 24 * 3600)})
    dead_arn = queue_arn(dead, aws)
    redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": queue.max_receives})
    attributes = {"VisibilityTimeout": str(queue.visibility_s), "RedrivePolicy": redrive}
    url = _queue(queue.name, aws)
    # Set apart, so that a changed description reaches a queue that was kept.
    aws.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
    return {queue.name: url, queue.name + DEAD: dead}


def _queue(name: str, aws: Clients) -> str:
    # The emulator knows a queue by a URL with its own port, which differs from start to start: making a queue that was kept
    # would make a second, empty one.
    try:
        return aws.sqs.get_queue_url(QueueName=name)["QueueUrl"]
    except aws.sqs.exceptions.QueueDoesNotExist:
        return aws.sqs.create_queue(QueueName=name)["QueueUrl"]


def queue_arn(url: str, aws: Clients) -> str:
    return aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _make_topic(feedback_url: str, aws: Clients) -> str:
    """SES's events go to this topic and arrive in the queue inside SNS's envelope (no raw delivery), as deployed."""
    topic = aws.sns.create_topic(Name=TOPIC)["TopicArn"]
    if not aws.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        aws.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn(feedback_url, aws))
    return topic


def _make_bucket(aws: Clients) -> None:
    if BUCKET not in [b["Name"] for b in aws.s3.list_buckets()["Buckets"]]:
        aws.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


def _make_keys(aws: Clients) -> None:
    """Random on the first start, kept afterwards: tokens in mails of yesterday still open."""
    if SECRET in [s["Name"] for s in aws.secrets.list_secrets()["SecretList"]]:
        return
    body = {"keys": [{"id": 1, "secret": _random_key(), "state": "signing"}], "address_key": _random_key()}
    aws.secrets.create_secret(Name=SECRET, SecretString=json.dumps(body))


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
