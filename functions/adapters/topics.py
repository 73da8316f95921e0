"""The topic taxonomy as staff last put it, kept for a minute in the warm process."""

import json
from typing import TYPE_CHECKING

from functions.adapters import clock
from functions.domain.topic import Taxonomy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 60


class Topics:
    def __init__(self, client: "DynamoDBClient", catalogue_table: str) -> None:
        self._client, self._table = client, catalogue_table
        self._taxonomy: Taxonomy | None = None
        self._read_at = 0.0

    def taxonomy(self) -> Taxonomy:
        """The taxonomy; an empty one when staff have put none yet."""
        if self._taxonomy is None or abs(clock.watch() - self._read_at) > KEPT_S:
            found = self._client.get_item(TableName=self._table, Key={"kind": {"S": "topics"}, "id": {"S": "topics"}}).get("Item")
            self._taxonomy = Taxonomy.from_json(json.loads(found["body"]["S"])) if found else Taxonomy(())
            self._read_at = clock.watch()
        return self._taxonomy
