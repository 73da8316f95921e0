"""Objects in the content bucket as staff and imports use them: compiled editions, pictures, import files and their reports."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PIECE = 1 << 18  # bytes read at a time
UPLOAD_S = 3600  # how long an upload address works


class Content:
    """The content bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def put(self, key: str, body: bytes, content_type: str) -> None:
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)

    def put_json(self, key: str, body: Mapping[str, Any]) -> None:
        self.put(key, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), "application/json")

    def size(self, key: str) -> int | None:
        """Bytes of an object; None when it is not there."""
        try:
            return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
        except ClientError as error:
            # 403: we may not list the bucket, so S3 does not say that something is missing.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return None
            raise

    def get(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def json(self, key: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.get(key))
        return body

    def pieces(self, key: str) -> Iterator[bytes]:
        """The whole object, in pieces."""
        yield from self._client.get_object(Bucket=self._bucket, Key=key)["Body"].iter_chunks(PIECE)

    def range(self, key: str, start: int, end: int) -> bytes:
        """Bytes start to end (end not included)."""
        found = self._client.get_object(Bucket=self._bucket, Key=key, Range=f"bytes={start}-{end - 1}")
        return found["Body"].read()

    def upload_url(self, key: str, content_type: str) -> str:
        """An address that takes one PUT of this object, for an hour."""
        parameters = {"Bucket": self._bucket, "Key": key, "ContentType": content_type}
        return self._client.generate_presigned_url("put_object", Params=parameters, ExpiresIn=UPLOAD_S)
