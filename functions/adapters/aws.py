"""AWS clients, one per service and process, made on first use.

Endpoints come from botocore's own settings (AWS_ENDPOINT_URL...), so the local platform needs no code of its own here.
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
import botocore
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

# Of its own accord botocore puts its user agent together anew for each call, twice: a sixth of a millisecond.
_COMMON = Config(user_agent=f"Achterban Boto3/{boto3.__version__} Botocore/{botocore.__version__}", max_pool_connections=32)
_PATIENT = _COMMON.merge(Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=3, read_timeout=10))
# Addresses to upload to are signed by this client. In regions older than 2014, Ireland among them, botocore would sign those the
# old way, which S3 refuses for a bucket under a key of its own; and elsewhere for S3's global name, which does not yet know a
# bucket in its first hours. Where the endpoint is an IP address, the bucket stays in the path.
_S3 = _PATIENT.merge(Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))
# A lost answer from SES may mean a mail that went out: no retry by the SDK, ever (SES has no idempotency key).
CONNECT_S, ANSWER_S = 3, 20
ONCE = _COMMON.merge(
    Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=CONNECT_S, read_timeout=ANSWER_S)
)
# For what may be done without, or must not be done twice: who waits for it waits two seconds at most.
_HASTY = _COMMON.merge(Config(retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=1, read_timeout=1))
# While a reader waits to be led on: a table that does not answer must not take the whole time that the Lambda has.
BRIEF = _COMMON.merge(Config(retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=1, read_timeout=2))


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_PATIENT)


@cache
def brief_dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=BRIEF)


@cache
def hasty_dynamodb() -> "DynamoDBClient":
    """For writes that add up: a lost answer is not asked for again, since the first may have counted."""
    return boto3.client("dynamodb", config=_HASTY)


@cache
def s3() -> "S3Client":
    return boto3.client("s3", config=_S3)


@cache
def hasty_s3() -> "S3Client":
    return boto3.client("s3", config=_HASTY)


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=_PATIENT)


@cache
def secrets() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=_PATIENT)


@cache
def ses() -> "SESV2Client":
    return boto3.client("sesv2", config=ONCE)
