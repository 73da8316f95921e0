"""The clients, as they are in a region of AWS."""

from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from functions.adapters import aws
from functions.adapters.content import Content


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
