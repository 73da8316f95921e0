"""The most that is done now: what the stage allows, or nothing while staff have personalisation switched off."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.adapters import clock
from functions.domain.consent import Ceiling

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 15  # so a switch takes effect everywhere within that, and costs one read in it per warm process
SWITCH = ("switch", "personalisation")


class Ceilings:
    """The stage's ceiling and the kill switch in the table `catalogue`."""

    def __init__(self, client: "DynamoDBClient", catalogue_table: str, stage: str) -> None:
        self._client, self._table, self._stage = client, catalogue_table, Ceiling(stage)
        self._now = Ceiling.EDITORIAL
        self._read_at = float("-inf")

    def now(self) -> Ceiling:
        """The ceiling of this moment, at most KEPT_S old. Raises when it cannot be read: nobody guesses it upwards."""
        if self._stage is Ceiling.EDITORIAL:
            return self._stage
        if abs(clock.watch() - self._read_at) > KEPT_S:
            kind, id_ = SWITCH
            found = self._client.get_item(
                TableName=self._table, Key={"kind": {"S": kind}, "id": {"S": id_}}, ProjectionExpression="body"
            ).get("Item")
            on = json.loads(found["body"]["S"])["on"] if found else True
            self._now, self._read_at = self._stage if on else Ceiling.EDITORIAL, clock.watch()
        return self._now

    def or_nothing(self, failed: Callable[[Exception], None]) -> Ceiling:
        """The same, for whoever must answer: unknown means the lowest."""
        try:
            return self.now()
        except Exception as error:
            failed(error)
            return Ceiling.EDITORIAL
