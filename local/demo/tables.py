"""The platform's tables and bucket, read after or beside the run."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.adapters.editions import Content
from functions.adapters.items import Item, plain
from functions.domain.assembly import CompiledEdition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from local.aws import Clients


class Tables:
    """The platform's tables as plain items."""

    def __init__(self, aws: "Clients", bucket: str) -> None:
        self._dynamodb: DynamoDBClient = aws.dynamodb
        self._content = Content(aws.s3, bucket)

    def scan(self, table: str) -> Iterator[Item]:
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from (plain(found) for found in page["Items"])

    def planned(self, send: str) -> frozenset[str]:
        """The supporters frozen into the chunks of a send."""
        chunks = [chunk for chunk in self.scan("chunks") if chunk["send"] == send]
        return frozenset(supporter for chunk in chunks for supporter in self._content.chunk(chunk["key"]))

    def edition(self, edition: str, version: str) -> CompiledEdition:
        return self._content.edition(edition, version)
