"""Mailing lists by the permanent code that tokens carry, kept for a minute in the warm process."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.adapters.kept import Kept
from functions.domain.edition import MailingList

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 60


class Lists:
    """Kind `list` of the table `catalogue`."""

    def __init__(self, client: "DynamoDBClient", catalogue_table: str) -> None:
        self._client, self._table = client, catalogue_table
        self._kept = Kept(KEPT_S, self._read)

    def by_code(self, code: str) -> MailingList | None:
        """The list of this code. None when staff have none such."""
        return self._one(lambda found: found.code == code)

    def named(self, id_: str) -> MailingList | None:
        """The list that staff call so. None when they have none such."""
        return self._one(lambda found: found.id == id_)

    def by_id(self, *needed: str) -> dict[str, MailingList]:
        """All lists by staff's name for them, in its order. Read anew when one of those `needed` is not among them."""
        found = self._kept.get(lambda lists: bool(lists) and {each.id for each in lists}.issuperset(needed))
        return {each.id: each for each in sorted(found, key=lambda each: each.id)}

    def _one(self, wanted: Callable[[MailingList], bool]) -> MailingList | None:
        return next(filter(wanted, self._kept.get(lambda lists: any(map(wanted, lists)))), None)

    def _read(self) -> list[MailingList]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            ExpressionAttributeValues={":kind": {"S": "list"}},
            ProjectionExpression="body",
        )
        return [MailingList.from_json(json.loads(found["body"]["S"])) for page in pages for found in page["Items"]]
