"""Transparency records and the policy they point to: public, kept for years, and without anybody's data.

A record is an object `transparency/<send>.json`; the catalogue holds a line of each (kind `record`) and every version of the policy
(kind `policy`, ids "00001"...).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.adapters.items import item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

PREFIX = "transparency/"
STARTER = "00000"  # the policy that ships, until the party puts its own


@dataclass(frozen=True)
class Policy:
    """One version. `texts`: Markdown by language; `since`: epoch ms."""

    version: str
    texts: Mapping[str, str]
    since: int


class Records:
    def __init__(self, database: "DynamoDBClient", catalogue_table: str, store: "S3Client", bucket: str) -> None:
        self._database, self._table, self._store, self._bucket = database, catalogue_table, store, bucket

    def keep(self, record: Mapping[str, Any], now_ms: int) -> None:
        """Keep a record and its line. Doing it again is the same."""
        send, body = record["send"], json.dumps(record, ensure_ascii=False, sort_keys=True).encode()
        self._store.put_object(Bucket=self._bucket, Key=f"{PREFIX}{send}.json", Body=body, ContentType="application/json")
        line = {name: record[name] for name in ("send", "list", "subject", "period", "people", "targeted")}
        row = {"kind": "record", "id": send, "body": json.dumps(line, ensure_ascii=False), "updated": now_ms, "version": 1}
        self._database.put_item(TableName=self._table, Item=item(row))

    def get(self, send: str) -> dict[str, Any] | None:
        try:
            found = self._store.get_object(Bucket=self._bucket, Key=f"{PREFIX}{send}.json")["Body"].read()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404):
                return None
            raise
        record: dict[str, Any] = json.loads(found)
        return record

    def lines(self) -> list[dict[str, Any]]:
        """A line of every record, the newest first."""
        found = [json.loads(body) for _, body, _ in self._query("record")]
        return sorted(found, key=lambda line: (line["period"]["to"], line["send"]), reverse=True)

    def policies(self) -> list[Policy]:
        """Every version the party put, the oldest first."""
        return [Policy(version, json.loads(body)["texts"], at) for version, body, at in self._query("policy")]

    def policy_in_force(self) -> str:
        """The id of the newest version."""
        return max((policy.version for policy in self.policies()), default=STARTER)

    def _query(self, kind: str) -> list[tuple[str, str, int]]:
        pages = self._database.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": kind}},
            ConsistentRead=True,
        )
        return [(row["id"]["S"], row["body"]["S"], int(row["updated"]["N"])) for page in pages for row in page["Items"]]
