"""The bucket of `domain/pace.py` as one item of the table `pace`, moved on by conditional writes; beside it one of each send that
asked for a pace of its own.

The item is of one SES account: a deployment mails through one.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.items import item, plain, typed
from functions.domain import pace, send_pace
from functions.domain.pace import Bucket, Priority, Turn
from functions.domain.send_pace import Own

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sesv2 import SESV2Client

ACCOUNT = "ses"
ATTEMPTS = 8
OWN_S = 30 * 86_400  # the item of a send goes so long after its last mail
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

    def of_send(self, send: str, per_second: float, seen: Bucket) -> "SendPace":
        """For the mails of one send that is to be no faster. `seen`: the account's bucket."""
        return SendPace(self, self._client, self._table, send, Own(per_second), seen)

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


class SendPace:
    """The account's mails, spaced out to the pace that one send asked for. A read and a write more for each block of them."""

    def __init__(self, account: Pace, client: "DynamoDBClient", table: str, send: str, own: Own, seen: Bucket) -> None:
        self._account, self._client, self._table = account, client, table
        self._key, self._start, self._seen = item({"account": f"send#{send}"}), own, seen

    def take(self, need: int, want: int, priority: Priority) -> Turn:
        """As `Pace.take`."""
        own, version = self._read()
        if wait := send_pace.wait_ms(own, now_ms()):
            return self._turn(self._seen, again_ms=wait)
        given = self._account.take(need, min(want, own.block), priority)
        self._seen = given.bucket
        if not given.moments:
            return self._turn(given.bucket, again_ms=given.again_ms, yields=given.yields)
        for _ in range(ATTEMPTS):
            after, moments = send_pace.spaced(own, given.moments)
            if not moments:
                return self._turn(given.bucket, again_ms=send_pace.wait_ms(own, now_ms()))
            if self._write(after, version):
                return self._turn(given.bucket, moments)
            own, version = self._read()
        return self._turn(given.bucket, again_ms=UNSETTLED_MS)

    def slow_down(self) -> None:
        """SES throttled: that is for all."""
        self._account.slow_down()

    def _turn(self, bucket: Bucket, moments: tuple[float, ...] = (), again_ms: float = 0.0, yields: bool = False) -> Turn:
        return Turn(send_pace.seen_at(bucket, self._start.per_second), moments, again_ms, yields)

    def _read(self) -> tuple[Own, int]:
        found = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True).get("Item")
        row = plain(found) if found else {}
        return replace(self._start, free_at=row.get("free_at", 0.0)), row.get("version", 0)

    def _write(self, own: Own, version: int) -> bool:
        """False when somebody wrote since this version was read."""
        values = {":free": own.free_at, ":version": version + 1, ":was": version, ":expires": int(now_ms() / 1000) + OWN_S}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=self._key,
                UpdateExpression="SET free_at = :free, #version = :version, expires = :expires",
                ConditionExpression="#version = :was OR attribute_not_exists(#version)",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={name: typed(value) for name, value in values.items()},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _bucket(stored: dict[str, Any]) -> tuple[Bucket, int]:
    version = stored.pop("version")
    holds = {Priority(name): until for name, until in stored.pop("holds").items()}
    del stored["account"]
    return Bucket(holds=holds, **stored), version
