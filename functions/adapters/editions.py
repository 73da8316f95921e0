"""Compiled editions and frozen audiences in the content bucket. What was read stays in the warm process."""

import json
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from functions.domain.assembly import CompiledEdition

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEPT = 8  # compiled editions in memory: about 1 MB each


class Content:
    """Objects under `editions/` (content-addressed, never changed) and `sends/`."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket
        self._compiled: OrderedDict[str, CompiledEdition] = OrderedDict()

    def edition(self, edition: str, version: str) -> CompiledEdition:
        """The edition as it was compiled in this version."""
        key = f"editions/{edition}/{version}.json"
        if key not in self._compiled:
            self._compiled[key] = CompiledEdition.from_bytes(self._get(key))
            if len(self._compiled) > KEPT:
                self._compiled.popitem(last=False)
        return self._compiled[key]

    def kept(self, edition: str, version: str) -> CompiledEdition | None:
        """The same; None when it is kept no longer."""
        try:
            return self.edition(edition, version)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404", "AccessDenied"):
                return None
            raise

    def mark_sent(self, edition: str, version: str) -> None:
        """Name the version that shared links of this edition lead to: the one that is being sent."""
        self._client.copy_object(
            Bucket=self._bucket,
            Key=f"editions/{edition}/sent.json",
            CopySource={"Bucket": self._bucket, "Key": f"editions/{edition}/{version}.json"},
        )

    def put_chunk(self, send: str, number: str, ids: Sequence[str]) -> str:
        """Keep the ids of one chunk; returns the key. The name holds a hash, so two attempts never overwrite each other."""
        body = json.dumps(list(ids), separators=(",", ":")).encode()
        key = f"sends/{send}/{number}-{blake2b(body, digest_size=6).hexdigest()}.json"
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")
        return key

    def chunk(self, key: str) -> list[str]:
        ids: list[str] = json.loads(self._get(key))
        return ids

    def _get(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
