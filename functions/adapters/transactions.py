"""All or nothing over several items of DynamoDB, where somebody else may have been first; and one item that they may be at."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


_WAIT_S, _LONGEST_WAIT_S = 0.02, 0.5  # at first, twice as long each time: a transaction takes some hundredths of a second


def written(client: "DynamoDBClient", items: Sequence[Any]) -> bool:
    """Write them all. False when a condition failed, or another transaction was at one of them: read again, then repeat."""
    try:
        client.transact_write_items(TransactItems=items)
    except ClientError as error:
        reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
        if reasons & {"ConditionalCheckFailed", "TransactionConflict"}:
            return False
        raise
    return True


def updated(client: "DynamoDBClient", **asked: Any) -> bool:
    """Update an item that transactions change too. False when the condition does not hold.

    While a transaction is at the item DynamoDB refuses the write, and the SDK does not try that again.
    """
    wait_s = _WAIT_S
    while True:
        try:
            client.update_item(**asked)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ConditionalCheckFailedException":
                return False
            if code != "TransactionConflictException" or wait_s > _LONGEST_WAIT_S:
                raise
            time.sleep(wait_s)
            wait_s *= 2
        else:
            return True
