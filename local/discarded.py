"""Lambda's on-failure destination for streams in S3: the whole event, with why it was given up.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from local.context import arn

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SHARD = "shardId-00000000000000000000-00000000"  # the emulator has one


def keep(s3: "S3Client", bucket: str, prefix: str, function: str, event: dict[str, Any], condition: str, invocations: int) -> str:
    """Write the event under `prefix` and the function's name (AWS: the event source's id); returns the key.

    `condition` is RetryAttemptsExhausted or RecordAgeExceeded."""
    records = event["Records"]
    now = datetime.now(UTC)
    body = {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": arn(function),
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "DDBStreamBatchInfo": {
            "shardId": SHARD,
            "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
            "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _arrival(records[0]),
            "approximateArrivalOfLastRecord": _arrival(records[-1]),
            "batchSize": len(records),
            "streamArn": records[0]["eventSourceARN"],
        },
        "payload": json.dumps(event),
    }
    key = f"{prefix}{function}/{SHARD}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(body).encode(), ContentType="application/json")
    return key


def _arrival(record: dict[str, Any]) -> str:
    moment = datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
