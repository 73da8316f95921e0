"""Mailing lists by the permanent code that tokens carry, kept for a minute in the warm process."""

import json
from typing import TYPE_CHECKING

from functions.adapters import clock
from functions.domain.edition import MailingList

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 60


class Lists:
    """Kind `list` of the table `catalogue`."""

    def __init__(self, client: "DynamoDBClient", catalogue_table: str) -> None:
        self._client, self._table = client, catalogue_table
        self._lists: dict[str, MailingList] = {}
        self._read_at = float("-inf")

    def by_code(self, code: str) -> MailingList | None:
        """The list of this code. None when staff have none such."""
        self._renew(code in self._lists)
        return self._lists.get(code)

    def named(self, id_: str) -> MailingList | None:
        """The list that staff call so. None when they have none such."""
        self._renew(any(found.id == id_ for found in self._lists.values()))
        return next((found for found in self._lists.values() if found.id == id_), None)

    def by_id(self, *needed: str) -> dict[str, MailingList]:
        """All lists by staff's name for them, in its order. Read anew when one of those `needed` is not among them."""
        self._renew(bool(self._lists) and {found.id for found in self._lists.values()}.issuperset(needed))
        return {found.id: found for found in sorted(self._lists.values(), key=lambda each: each.id)}

    def _renew(self, known: bool) -> None:
        if abs(clock.watch() - self._read_at) > KEPT_S or not known:
            self._lists = {found.code: found for found in self._read()}
            self._read_at = clock.watch()

    def _read(self) -> list[MailingList]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": "list"}},
            ProjectionExpression="body",
        )
        return [MailingList.from_json(json.loads(found["body"]["S"])) for page in pages for found in page["Items"]]
