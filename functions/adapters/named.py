"""Supporters whom staff named for a send: their ids lie beside its chunks, the send itself keeps where, and how many."""

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SUPPORTERS, KEY = "supporters", "key"


class Named:
    """Objects `sends/<send>/named-<hash>.json` in the content bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def keep(self, send: str, ids: Sequence[str]) -> dict[str, Any]:
        """Keep the ids; returns the audience of the send. The name holds a hash: two requests never overwrite each other."""
        wanted = list(dict.fromkeys(ids))
        body = json.dumps(wanted, separators=(",", ":")).encode()
        key = f"sends/{send}/named-{blake2b(body, digest_size=6).hexdigest()}.json"
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")
        return {SUPPORTERS: len(wanted), KEY: key}

    def of(self, audience: Mapping[str, Any]) -> list[str] | None:
        """The ids of a send to named supporters, each once; None when they are no longer kept."""
        if KEY not in audience:
            return list(dict.fromkeys(audience[SUPPORTERS]))  # of a send that keeps them itself
        try:
            ids: list[str] = json.loads(self._client.get_object(Bucket=self._bucket, Key=audience[KEY])["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return ids
