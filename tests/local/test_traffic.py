"""Every write of this process is noted, so the platform asks only about what was touched, and forgets nothing that was."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.adapters import aws
from infra.description import DEPLOYMENT
from local.platform import Platform
from local.traffic import Traffic, writes


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "things"),
    [
        ("dynamodb", "PutItem", {"TableName": "sends"}, ["table:sends"]),
        ("dynamodb", "UpdateItem", {"TableName": "sends"}, ["table:sends"]),
        ("dynamodb", "DeleteItem", {"TableName": "sends"}, ["table:sends"]),
        ("dynamodb", "BatchWriteItem", {"RequestItems": {"sends": [], "chunks": []}}, ["table:sends", "table:chunks"]),
        (
            "dynamodb",
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "sends"}}, {"ConditionCheck": {"TableName": "chunks"}}]},
            ["table:sends", "table:chunks"],
        ),
        ("dynamodb", "Query", {"TableName": "sends"}, []),
        ("sqs", "SendMessage", {"QueueUrl": "http://127.0.0.1:1/000000000000/plan"}, ["queue:plan"]),
        ("sqs", "SendMessageBatch", {"QueueUrl": "http://127.0.0.1:1/000000000000/plan"}, ["queue:plan"]),
        ("sqs", "ChangeMessageVisibilityBatch", {"QueueUrl": "http://127.0.0.1:1/000000000000/plan"}, ["queue:plan"]),
        ("sqs", "ReceiveMessage", {"QueueUrl": "http://127.0.0.1:1/000000000000/plan"}, []),
        ("sqs", "DeleteMessageBatch", {"QueueUrl": "http://127.0.0.1:1/000000000000/plan"}, []),
        ("sns", "PublishBatch", {"TopicArn": "arn"}, ["queue:feedback"]),
    ],
)
def test_a_call_is_a_write_to_what_it_may_change(
    service: str, operation: str, parameters: dict[str, Any], things: list[str]
) -> None:
    assert list(writes(service, operation, parameters)) == things


def test_every_write_that_a_lambda_may_make_is_known() -> None:
    of_dynamodb = {
        action.partition(":")[2] for f in DEPLOYMENT.functions for g in f.grants for action in g.actions if "dynamodb" in action
    }
    reads = {"GetItem", "BatchGetItem", "Query", "Scan", "DescribeTable", "ConditionCheckItem"}
    parameters = {"TableName": "sends", "RequestItems": {"sends": []}}
    assert {name for name in of_dynamodb - reads if not list(writes("dynamodb", name, parameters))} == set()


def test_a_write_of_a_handlers_client_counts_also_when_it_is_refused(platform: Platform) -> None:
    traffic = Traffic()
    client = aws.dynamodb()
    traffic.listen(client)
    client.get_item(TableName="sends", Key={"send": {"S": "abc"}})
    assert traffic.written("table:sends") == 0
    with pytest.raises(ClientError):
        client.update_item(
            TableName="sends",
            Key={"send": {"S": "abc"}},
            UpdateExpression="SET a = :a",
            ConditionExpression="attribute_exists(send)",
            ExpressionAttributeValues={":a": {"S": "a"}},
        )
    assert (traffic.written("table:sends"), traffic.written("table:chunks")) == (1, 0)


def test_what_was_written_once_is_gone_after_the_next_reset_and_the_one_after_it(empty_platform: Platform) -> None:
    for table in ("sends", "limits"):
        key = {"send": {"S": "abc"}} if table == "sends" else {"limit": {"S": "abc"}}
        for _ in range(2):
            empty_platform.aws.dynamodb.put_item(TableName=table, Item=key)
            empty_platform.reset()
            assert empty_platform.aws.dynamodb.scan(TableName=table)["Count"] == 0


def test_a_queue_that_was_empty_is_asked_about_after_the_next_message(empty_platform: Platform) -> None:
    seen: list[Any] = []
    with empty_platform.functions.replaced("import_supporters", lambda event, context: seen.append(event)):
        for n in (1, 2):
            empty_platform.drain()
            empty_platform.send_message("import", {"n": n})
            empty_platform.drain()
            assert len(seen) == n
