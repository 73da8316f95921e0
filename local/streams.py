"""A table's stream that feeds a Lambda, by the rules of Lambda's event source mapping for DynamoDB streams.

Order is kept per partition key; a failing record holds up its own lane only; after the retries it goes whole to S3. Rules:
https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html and .../services-ddb-batchfailurereporting.html. The window is
shortened to `WINDOW_S` of real time, and to nothing when somebody waits: the liberty taken.
"""

import base64
import json
import logging
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.description import StreamSource
from local.aws import REGION
from local.faults import Faults
from local.filtering import passes, patterns
from local.stream_batch import Batches

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

Record = dict[str, Any]
WINDOW_S = 0.25
IDLE_S = 0.03  # between two looks whether something was written
READ_ANYHOW_S = 2.0  # after this long a quiet stream is read without that: what deletes expired items tells nobody
NEVER = -1

log = logging.getLogger("achterban.local")


def event_record(record: Any, stream_arn: str) -> Record:
    """One entry of `Records` as Lambda gets it: JSON types only, times as epoch seconds, bytes in base64."""
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventVersion": record.get("eventVersion", "1.1"),
        "eventSource": "aws:dynamodb",
        "awsRegion": record.get("awsRegion", REGION),
        "dynamodb": json.loads(json.dumps(record["dynamodb"], default=_plain)),
        "eventSourceARN": stream_arn,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def lane(record: Record, lanes: int) -> int:
    """Which of the parallel lanes a record takes: the same for all records of one partition key."""
    keys = record["dynamodb"]["Keys"]
    return zlib.crc32(json.dumps(keys, sort_keys=True).encode()) % lanes if len(keys) == 1 else _lane_of_first(keys, lanes)


def _lane_of_first(keys: dict[str, Any], lanes: int) -> int:
    return zlib.crc32(json.dumps(next(iter(keys.values()))).encode()) % lanes


class StreamPoller:
    """Feeds `invoke(event) -> answer` from one table's stream until it is stopped.

    `state` is the file with the checkpoint and, after a stop, the records that were read but not yet done: the emulator
    forgets its streams when it stops. `written` counts the writes to the table as far as they are known.
    """

    def __init__(
        self,
        client: "DynamoDBStreamsClient",
        stream_arn: str,
        source: StreamSource,
        invoke: Callable[[Any], Any],
        discard: Callable[[Record, str, int], object],
        faults: Faults,
        state: Path,
        written: Callable[[], int],
    ) -> None:
        self._client, self._arn, self._source, self._state, self._written = client, stream_arn, source, state, written
        self._filters = patterns(source.filters)
        self._batches = Batches(source, invoke, discard, faults)
        self._stopping = threading.Event()
        self._may_run = threading.Event()
        self._may_run.set()
        self._reading = threading.Lock()
        self._backlog: list[Record] = []
        self._iterators: dict[str, str] = {}  # per shard: where to read on
        self._sequences: dict[str, str] = {}  # per shard: the last number read
        self._wake = threading.Event()
        self._lanes = ThreadPoolExecutor(source.parallel, thread_name_prefix=f"stream-{source.table}")
        self._thread = threading.Thread(target=self._run, name=f"stream-{source.table}", daemon=True)
        self._quiet_at = NEVER  # the count of writes before the last read, if it found nothing
        self._quiet_since = 0.0  # monotonic time at which that read began

    def start(self) -> None:
        saved = json.loads(self._state.read_text()) if self._state.exists() else {}
        self._backlog = saved.get("backlog", [])
        self._open_shards(saved.get("sequences", {}) if saved.get("stream") == self._arn else {})
        self._thread.start()

    def stop(self) -> None:
        """Finish the batch in hand; keep what is left for the next start."""
        self._stopping.set()
        self._may_run.set()
        self.look()
        self._thread.join()
        self._lanes.shutdown()
        try:
            while records := self._read():
                self._backlog += records
        except (BotoCoreError, ClientError) as error:
            log.warning("stream %s: %s", self._source.table, error)
        self._save()

    def look(self) -> None:
        """Read now instead of after the idle time."""
        self._wake.set()

    @property
    def table(self) -> str:
        return self._source.table

    def caught_up(self, patience_s: float = 0.3) -> bool:
        """Whether a read that begins now finds nothing more."""
        count, end = self._written(), time.monotonic() + patience_s
        while self._quiet_at < count and time.monotonic() < end:
            self.look()
            time.sleep(0.002)
        return self._quiet_at >= count

    def pause(self) -> None:
        """Return when no batch is in hand; nothing more is taken until `resume()`."""
        self._may_run.clear()
        self.look()
        with self._reading:
            pass

    def resume(self, *, skip: bool = False) -> None:
        """Go on; with `skip` only with what is written from now on."""
        if skip:
            with self._reading:
                self._backlog.clear()
                count = self._written()
                while self._read():
                    pass
                self._quiet_at, self._quiet_since = count, time.monotonic()
        self._may_run.set()

    def _open_shards(self, sequences: dict[str, str]) -> None:
        for shard in self._client.describe_stream(StreamArn=self._arn)["StreamDescription"].get("Shards", []):
            self._open(shard["ShardId"], sequences.get(shard["ShardId"]))

    def _open(self, shard: str, after: str | None) -> None:
        if after:
            try:
                found = self._client.get_shard_iterator(
                    StreamArn=self._arn, ShardId=shard, ShardIteratorType="AFTER_SEQUENCE_NUMBER", SequenceNumber=after
                )
                self._iterators[shard] = found["ShardIterator"]
                return
            except ClientError as error:
                if error.response["Error"]["Code"] != "TrimmedDataAccessException":
                    raise
        found = self._client.get_shard_iterator(StreamArn=self._arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
        self._iterators[shard] = found["ShardIterator"]

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._may_run.wait()
            try:
                with self._reading:
                    worked = not self._wanted or self._step()
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.wait(0.5):
                    log.warning("stream %s: %s", self._source.table, error)
                continue
            if not worked:
                self._wake.wait(IDLE_S)
                self._wake.clear()

    @property
    def _wanted(self) -> bool:
        return self._may_run.is_set() and not self._stopping.is_set()

    def _step(self) -> bool:
        """Read a window and deliver it. Says whether there was anything."""
        began, count = time.monotonic(), self._written()
        if self._quiet_at == count and began < self._quiet_since + READ_ANYHOW_S:
            return False
        if not self._backlog:
            self._backlog = self._read()
            if self._backlog and len(self._backlog) < self._source.batch:
                self._wake.wait(WINDOW_S)
                self._wake.clear()
                self._backlog += self._read()
        if not self._backlog:
            self._quiet_at, self._quiet_since = count, began
            return False
        self._quiet_at = NEVER
        self._deliver(self._backlog)
        self._backlog = []
        self._save()
        return True

    def _read(self) -> list[Record]:
        records: list[Record] = []
        for shard, iterator in list(self._iterators.items()):
            page = self._client.get_records(ShardIterator=iterator, Limit=1000)
            following = page.get("NextShardIterator")
            if following:
                self._iterators[shard] = following
            else:
                del self._iterators[shard]
            records += [event_record(record, self._arn) for record in page["Records"]]
            if page["Records"]:
                self._sequences[shard] = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _deliver(self, records: Sequence[Record]) -> None:
        lanes: list[list[Record]] = [[] for _ in range(self._source.parallel)]
        for record in records:
            if not passes(record, self._filters):
                continue  # and never comes again: the checkpoint is behind it
            lanes[lane(record, len(lanes))].append(record)
        list(self._lanes.map(self._along, filter(None, lanes)))

    def _along(self, records: Sequence[Record]) -> None:
        for batch in _cut(records, self._source.batch):
            self._batches.deliver(batch)

    def _save(self) -> None:
        self._state.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._state.with_suffix(".new")
        fresh.write_text(json.dumps({"stream": self._arn, "sequences": self._sequences, "backlog": self._backlog}))
        fresh.replace(self._state)


def _cut(records: Sequence[Record], size: int) -> Iterable[Sequence[Record]]:
    return (records[start : start + size] for start in range(0, len(records), size))
