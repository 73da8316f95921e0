"""The topic taxonomy as staff last put it, kept for a minute in the warm process."""

import json
from typing import TYPE_CHECKING

from functions.adapters.kept import Kept
from functions.domain.topic import Taxonomy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 60


class Topics:
    def __init__(self, client: "DynamoDBClient", catalogue_table: str) -> None:
        self._client, self._table = client, catalogue_table
        self._kept = Kept(KEPT_S, self._read)

    def taxonomy(self) -> Taxonomy:
        """The taxonomy; an empty one when staff have put none yet."""
        return self._kept.get()

    def _read(self) -> Taxonomy:
        found = self._client.get_item(TableName=self._table, Key={"kind": {"S": "topics"}, "id": {"S": "topics"}}).get("Item")
        return Taxonomy.from_json(json.loads(found["body"]["S"])) if found else Taxonomy(())
