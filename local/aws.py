"""The platform's own AWS clients. Not the handlers': those make theirs from the environment, as in Lambda."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

REGION = "eu-west-1"
ACCOUNT = "000000000000"
CREDENTIALS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


@dataclass(frozen=True)
class Clients:
    dynamodb: "DynamoDBClient"
    streams: "DynamoDBStreamsClient"
    sqs: "SQSClient"
    sns: "SNSClient"
    s3: "S3Client"
    secrets: "SecretsManagerClient"


def connect(endpoint: str) -> Clients:
    """Clients for the emulator at `endpoint`; a lost emulator is an error at once, not after minutes of retries."""
    session = boto3.Session(CREDENTIALS["aws_access_key_id"], CREDENTIALS["aws_secret_access_key"], region_name=REGION)
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 2},
        connect_timeout=2,
        read_timeout=15,
        max_pool_connections=32,
        user_agent="achterban-local",  # a fixed one costs nothing
        proxies={},
        s3={"addressing_style": "path"},
    )
    return Clients(
        session.client("dynamodb", endpoint_url=endpoint, config=config),
        session.client("dynamodbstreams", endpoint_url=endpoint, config=config),
        session.client("sqs", endpoint_url=endpoint, config=config),
        session.client("sns", endpoint_url=endpoint, config=config),
        session.client("s3", endpoint_url=endpoint, config=config),
        session.client("secretsmanager", endpoint_url=endpoint, config=config),
    )
