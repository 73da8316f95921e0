"""The most that is done now: what the stage allows, or nothing while staff have personalisation switched off."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.adapters.kept import Kept
from functions.domain.consent import Ceiling

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 15  # so a switch takes effect everywhere within that, and costs one read in it per warm process
SWITCH = ("switch", "personalisation")


class Ceilings:
    """The stage's ceiling and the kill switch in the table `catalogue`."""

    def __init__(self, client: "DynamoDBClient", catalogue_table: str, stage: str) -> None:
        self._client, self._table, self._stage = client, catalogue_table, Ceiling(stage)
        self._on = Kept(KEPT_S, self._switched_on)

    def now(self) -> Ceiling:
        """The ceiling of this moment, at most KEPT_S old. Raises when it cannot be read: nobody guesses it upwards."""
        return self._stage if self._stage is not Ceiling.EDITORIAL and self._on.get() else Ceiling.EDITORIAL

    def or_nothing(self, failed: Callable[[Exception], None]) -> Ceiling:
        """The same, for whoever must answer: unknown means the lowest."""
        try:
            return self.now()
        except Exception as error:
            failed(error)
            return Ceiling.EDITORIAL

    def _switched_on(self) -> bool:
        kind, id_ = SWITCH
        found = self._client.get_item(
            TableName=self._table, Key={"kind": {"S": kind}, "id": {"S": id_}}, ProjectionExpression="body"
        ).get("Item")
        return bool(json.loads(found["body"]["S"])["on"]) if found else True
