"""What people did with a send, as numbers alone: no person, no address, no agent. A report shows them from 10 up.

No item is written by everybody: what is counted goes to one of ten shards, by the request's id, which is not kept.

| what | `link` | `shard` | |
|---|---|---|---|
| clicks on a link that is the same for everybody | `<edition>#<n>` | `0` to `9` | `clicks` |
| clicks on a personal link, by those who let clicks be counted | `<send>/0` to `<send>/9` | `<n>` | `clicks` |
| those who left the list by a mail of the send | `<send>/0` to `<send>/9` | `left` | `people`, less those who undid it |
| why people left a list, of those who said it | `list:<list>/0` to `list:<list>/9` | `<month>/<reason>` | `people` |
| forms sent in with a question of consent left open | `asked/0` to `asked/9` | `<month>/<purpose>/<wording>/<source>` | `forms` |
| answers to a poll | `<send>/0` to `<send>/9` | `answer/<n>` | `answers`, less what was changed or taken back |

A count may be lost, and is never doubled: who counts uses a client of one attempt (`aws.hasty_dynamodb`).
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import ClientError

from functions.domain.consent_report import Group, Tally
from functions.domain.leaving import Reason
from functions.domain.retention import TOTALS_S

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 10  # one item takes 1,000 writes a second (DynamoDB limit)
RETENTION_S = TOTALS_S
READERS = 8
REFUSED = frozenset({"ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"})  # and so not done
PAUSES_S = (0.03, 0.1)  # before it is tried again
LEFT = "left"
ASKED = "asked"  # no id has five characters
LIST = "list:"  # no id and no list has a colon in it
ANSWER = "answer/"


@dataclass(frozen=True)
class Done:
    """What was done with the mails of one send: personal clicks by link number, how many left the list, answers by
    number."""

    clicks: Mapping[int, int] = field(default_factory=dict)
    left: int = 0
    answers: Mapping[int, int] = field(default_factory=dict)


class Totals:
    """The table `totals`."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client, self._table = client, table

    def count(self, edition: str, n: int, request: str, now_s: int) -> None:
        """Add one click on a shared link."""
        self._add(f"{edition}#{n}", _shard(request), "clicks", now_s)

    def count_personal(self, send: str, n: int, request: str, now_s: int) -> None:
        """Add one click on a personal link. For a click that `click_measurement` covers, and once: a repeat is not known here."""
        self._add(f"{send}/{_shard(request)}", str(n), "clicks", now_s)

    def count_left(self, send: str, request: str, now_s: int, by: int = 1) -> None:
        """Add one who left the list by a mail of this send, or take one away who undid it (-1). Once for each: a repeat is not
        known here.
        """
        self._add(f"{send}/{_shard(request)}", LEFT, "people", now_s, by)

    def count_reason(self, list_: str, reason: Reason, request: str, now_s: int) -> None:
        """Add one who said why they left the list. By month, so that each month is forgotten as a whole."""
        self._add(f"{LIST}{list_}/{_shard(request)}", f"{_month(now_s)}/{reason}", "people", now_s)

    def reasons(self, list_: str) -> dict[Reason, int]:
        """How often each reason was given for leaving this list, over all months that are kept."""
        found: Counter[str] = Counter()
        for shards in self._all([f"{LIST}{list_}/{shard}" for shard in range(SHARDS)]):
            for counted in shards:
                found[counted["shard"]["S"].rpartition("/")[2]] += int(counted["people"]["N"])
        return {reason: found[reason] for reason in Reason}

    def count_left_open(self, group: Group, request: str, now_s: int) -> None:
        """Add one form that was sent in with this question left open. By month, as above."""
        shard = f"{_month(now_s)}/{group.purpose}/{group.wording}/{group.source}"
        self._add(f"{ASKED}/{_shard(request)}", shard, "forms", now_s)

    def left_open(self) -> Tally:
        """How many forms were sent in with each question left open, over all months that are kept."""
        found: Tally = Counter()
        for shards in self._all([f"{ASKED}/{shard}" for shard in range(SHARDS)]):
            for counted in shards:
                _, purpose, wording, source = counted["shard"]["S"].split("/")
                found[Group(purpose, wording, source), "unanswered"] += int(counted["forms"]["N"])
        return found

    def count_answer(self, send: str, n: int, request: str, now_s: int, by: int = 1) -> None:
        """Add one answer to a poll, or take one away (-1). Once for each: a repeat is not known here."""
        self._add(f"{send}/{_shard(request)}", f"{ANSWER}{n}", "answers", now_s, by)

    def clicks(self, edition: str, links: Iterable[int]) -> dict[int, int]:
        """How often each of these shared links was followed, by the readers of all sends of the edition."""
        numbers = list(links)
        found = self._all([f"{edition}#{n}" for n in numbers])
        return {n: sum(int(shard["clicks"]["N"]) for shard in shards) for n, shards in zip(numbers, found, strict=True)}

    def of_send(self, send: str) -> Done:
        clicks: Counter[int] = Counter()
        answers: Counter[int] = Counter()
        left = 0
        for shards in self._all([f"{send}/{shard}" for shard in range(SHARDS)]):
            for counted in shards:
                if counted["shard"]["S"] == LEFT:
                    left += int(counted["people"]["N"])
                elif counted["shard"]["S"].startswith(ANSWER):
                    answers[int(counted["shard"]["S"].removeprefix(ANSWER))] += int(counted["answers"]["N"])
                else:
                    clicks[int(counted["shard"]["S"])] += int(counted["clicks"]["N"])
        return Done(dict(clicks), left, dict(answers))

    def _add(self, link: str, shard: str, what: str, now_s: int, by: int = 1) -> None:
        for pause_s in (*PAUSES_S, None):
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key={"link": {"S": link}, "shard": {"S": shard}},
                    UpdateExpression="ADD #what :one SET expires = if_not_exists(expires, :expires)",
                    ExpressionAttributeNames={"#what": what},
                    ExpressionAttributeValues={":one": {"N": str(by)}, ":expires": {"N": str(now_s + RETENTION_S)}},
                )
            except ClientError as error:
                if pause_s is None or error.response["Error"]["Code"] not in REFUSED:
                    raise
                time.sleep(pause_s)
            else:
                return

    def _all(self, links: Sequence[str]) -> list[list[dict[str, Any]]]:
        with ThreadPoolExecutor(READERS) as readers:
            return list(readers.map(self._of, links))

    def _of(self, link: str) -> list[dict[str, Any]]:
        return self._client.query(
            TableName=self._table,
            KeyConditionExpression="#link = :link",
            ProjectionExpression="#shard, clicks, people, answers, forms",
            ExpressionAttributeNames={"#link": "link", "#shard": "shard"},
            ExpressionAttributeValues={":link": {"S": link}},
        )["Items"]


def _month(now_s: int) -> str:
    return datetime.fromtimestamp(now_s, UTC).strftime("%Y-%m")


def _shard(request: str) -> str:
    return str(crc32(request.encode()) % SHARDS)
