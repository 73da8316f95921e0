"""The clients, as they are in a region of AWS."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from functions.adapters import aws
from functions.adapters.content import Content
from infra.description import DEPLOYMENT


@pytest.mark.parametrize("region", ["eu-west-1", "eu-central-1", "us-west-2"])
def test_an_upload_address_is_signed_as_an_encrypted_bucket_demands_and_for_its_own_region(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    """S3 refuses the older signature for a bucket under a KMS key, and answers at its global name with a redirect at first."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the first credentials it finds
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("DEFAULT_REGION", region), ("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("SESSION_TOKEN", "c")):
        monkeypatch.setenv(f"AWS_{name}", value)
    address = urlsplit(Content(aws.s3.__wrapped__(), "content").upload_url("imports/AAAAAAAA/file.csv", "text/csv"))
    assert address.netloc == f"content.s3.{region}.amazonaws.com"
    assert parse_qs(address.query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]


def test_a_reader_is_led_on_while_the_table_does_not_answer() -> None:
    """The ceiling and whom the click is from are read before the redirect, each within the client's patience, and once more."""
    client = boto3.client("dynamodb", config=aws.BRIEF, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    config: Any = client.meta.config
    attempts = config.retries["total_max_attempts"]
    assert attempts == 2
    longest_s = 2 * attempts * (config.connect_timeout + config.read_timeout)
    assert longest_s < DEPLOYMENT.function("track").timeout_s
