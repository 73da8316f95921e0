"""The bucket of `domain/pace.py` as one item of the table `pace`, moved on by conditional writes.

The item is of one SES account: a deployment mails through one.
"""

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.items import item, plain, typed
from functions.domain import pace
from functions.domain.pace import Bucket, Priority, Turn

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sesv2 import SESV2Client

ACCOUNT = "ses"
ATTEMPTS = 8
UNSETTLED_MS = 50.0  # before a next try when so many others wrote meanwhile


def now_ms() -> float:
    """Real time, also where the platform's clock is moved: SES counts real seconds."""
    return time.time() * 1000


class Pace:
    """What Lambdas know together about the account's rate. `ses` for those that take mails."""

    def __init__(self, client: "DynamoDBClient", table: str, ses: "SESV2Client | None" = None) -> None:
        self._client, self._table, self._ses = client, table, ses

    def take(self, need: int, want: int, priority: Priority) -> Turn:
        """Mails that may go, or when to ask again. Raises what the table meets; then nothing was taken that anybody uses."""
        for _ in range(ATTEMPTS):
            bucket, version = self._read()
            now = now_ms()
            if self._ses and pace.must_ask(bucket, now):
                if self._write(pace.asked(bucket, now), version):
                    self._ask(self._ses)
                continue
            turn = pace.take(bucket, need, want, priority, now)
            if not turn.moments or self._write(turn.bucket, version):
                return turn
            time.sleep(random.uniform(0, 0.01))
        return Turn(bucket, again_ms=UNSETTLED_MS)

    def look(self) -> Bucket:
        """The bucket as it is; an empty one when the table does not answer: taking mails will tell."""
        try:
            return self._read()[0]
        except (BotoCoreError, ClientError):
            return Bucket()

    def announce(self, priority: Priority) -> None:
        """Say that deliveries of such a send are on their way. Raises nothing: it only comes later otherwise."""
        self._try(lambda bucket: pace.announced(bucket, priority, now_ms()))

    def slow_down(self) -> None:
        """SES throttled. Raises nothing: the next throttle says it again."""
        self._try(lambda bucket: pace.slowed(bucket, now_ms()))

    def _ask(self, ses: "SESV2Client") -> None:
        try:
            most = ses.get_account()["SendQuota"]["MaxSendRate"]
        except (BotoCoreError, ClientError):
            return  # asked again soon
        self._change(lambda bucket: pace.told(bucket, most, now_ms()))

    def _try(self, rule: Callable[[Bucket], Bucket]) -> None:
        try:
            self._change(rule)
        except (BotoCoreError, ClientError):
            return

    def _change(self, rule: Callable[[Bucket], Bucket]) -> None:
        for _ in range(ATTEMPTS):
            bucket, version = self._read()
            changed = rule(bucket)
            if changed == bucket or self._write(changed, version):
                return
            time.sleep(random.uniform(0, 0.01))

    def _read(self) -> tuple[Bucket, int]:
        key = item({"account": ACCOUNT})
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return _bucket(plain(found)) if found else (Bucket(), 0)

    def _write(self, bucket: Bucket, version: int) -> bool:
        """False when somebody wrote since this version was read."""
        values: dict[str, Any] = {**vars(bucket), "version": version + 1}
        values["holds"] = {priority.value: until for priority, until in bucket.holds.items()}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=item({"account": ACCOUNT}),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression="#version = :was" if version else "attribute_not_exists(#version)",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues={f":{name}": typed(value) for name, value in values.items()}
                | ({":was": typed(version)} if version else {}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _bucket(stored: dict[str, Any]) -> tuple[Bucket, int]:
    version = stored.pop("version")
    holds = {Priority(name): until for name, until in stored.pop("holds").items()}
    del stored["account"]
    return Bucket(holds=holds, **stored), version
