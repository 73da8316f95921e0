"""Whether clicks foretell clicks on each list, judged once a day: what nobody should be told about themselves otherwise.

Kind `taste`, id `lists` of the table `catalogue`. Of a large table the first pages stand for all: supporters lie in it by the
hash of a random id.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from functions.adapters.items import plain
from functions.adapters.kept import Kept
from functions.adapters.memo import Memo
from functions.domain.consent import Purpose
from functions.domain.interest import Click, human_clicks, taste

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT_S = 300
AGAIN_MS = 86_400_000
HARM_Z = -2.0  # from here on down interests say less than the average of all (`interest.taste`)
PAGES = 20  # of the scan, at most 1 MB each
PEOPLE = 1_000  # of one list: enough to tell


@dataclass(frozen=True)
class Tastes:
    """z by list, and when (epoch ms) that was judged."""

    z: Mapping[str, float]
    at: int

    def mislead(self, lists: Collection[str]) -> bool:
        """Whether the clicks of somebody on these lists say nothing about them: each of the lists was found to mislead."""
        return bool(lists) and all(self.z.get(name, 0.0) < HARM_Z for name in lists)


class Judge:
    """Reads `supporters`, keeps what it found in `catalogue`."""

    def __init__(self, client: "DynamoDBClient", catalogue: str, supporters: str = "") -> None:
        self._client, self._supporters = client, supporters
        self._memo = Memo(client, catalogue, "taste", "lists")
        self._kept = Kept(KEPT_S, self._read)

    def found(self) -> Tastes:
        """As last judged, at most five minutes ago. Nothing misleads before it was judged."""
        return self._kept.get()

    def judge(self, now_ms: int) -> int:
        """Judge every list again when a day has gone by. Returns how many lists."""
        if now_ms - self._read().at < AGAIN_MS:
            return 0
        z = {name: round(taste(people), 3) for name, people in self._sample(now_ms).items()}
        self._memo.write(now_ms, z=z, at=now_ms)
        return len(z)

    def _read(self) -> Tastes:
        was = self._memo.read()
        return Tastes(was.get("z", {}), was.get("at", 0))

    def _sample(self, now_ms: int) -> dict[str, list[list[Click]]]:
        """Per list the clicks of people who allow learning from them."""
        people: dict[str, list[list[Click]]] = {}
        for row in self._rows():
            clicks = human_clicks(row["clicks"], now_ms / 1000)
            for name in row.get("newsletter", {}):
                of_list = people.setdefault(name, [])
                if len(clicks) > 1 and len(of_list) < PEOPLE:
                    of_list.append(clicks)
        return people

    def _rows(self) -> Iterator[dict[str, Any]]:
        pages: Iterator[Any] = iter(
            self._client.get_paginator("scan").paginate(
                TableName=self._supporters,
                ProjectionExpression="newsletter, clicks",
                FilterExpression="attribute_exists(clicks) AND attribute_exists(grants.#observed)",
                ExpressionAttributeNames={"#observed": Purpose.OBSERVED_INTEREST.value},
            )
        )
        for page in islice(pages, PAGES):
            yield from (plain(row) for row in page["Items"])
