"""All or nothing over several items of DynamoDB, where somebody else may have been first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


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
