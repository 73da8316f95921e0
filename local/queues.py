"""A queue that feeds a Lambda, by the rules of Lambda's event source mapping for SQS.

A batch that fails comes back, whole or in part; what was received too often goes to the dead-letter queue. Where AWS waits for
the visibility timeout (minutes), this waits `RETRY_S`, doubled with each receipt: the one liberty taken.
"""

import base64
import heapq
import itertools
import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.description import QueueSource
from local.aws import REGION
from local.batch import failures
from local.faults import Faults

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

RETRY_S = 0.2
LONG_POLL_S = 1
LOOK_S = 1.0  # after retries, should nobody say that there is one

log = logging.getLogger("achterban.local")


def event_record(message: "MessageTypeDef", queue_arn: str) -> dict[str, Any]:
    """One entry of `Records`: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }


def _attribute(value: Any) -> dict[str, Any]:
    shaped: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        shaped["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shaped["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return shaped


class QueuePoller:
    """Feeds `invoke(event) -> answer` from one queue until it is stopped."""

    def __init__(
        self,
        sqs: "SQSClient",
        url: str,
        arn: str,
        source: QueueSource,
        invoke: Callable[[Any], Any],
        faults: Faults,
        retry_s: float = RETRY_S,
    ) -> None:
        self._sqs, self._url, self._arn, self._source = sqs, url, arn, source
        self._invoke, self._faults, self.retry_s = invoke, faults, retry_s
        self._stopping = threading.Event()
        self._may_run = threading.Event()
        self._may_run.set()
        self._free = threading.Semaphore(source.concurrency)
        self._later: list[tuple[float, int, list[str]]] = []  # when, tie-break, receipt handles
        self._order = itertools.count()
        self._lock = threading.Condition()  # notified when a message is to come back
        self._busy = 0
        self._workers = ThreadPoolExecutor(source.concurrency, thread_name_prefix=f"queue-{source.queue}")
        self._threads = [
            threading.Thread(target=target, name=f"queue-{source.queue}", daemon=True)
            for target in (self._receive, self._return_late)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def ask_to_stop(self) -> None:
        """Take no more; several pollers end faster when all are asked before the first is waited for."""
        self._stopping.set()
        self._may_run.set()
        with self._lock:
            self._lock.notify()

    def stop(self) -> None:
        """Finish the batches in hand, give back what waits for a retry, and end."""
        self.ask_to_stop()
        for thread in self._threads:
            thread.join()
        self._workers.shutdown()
        self._release([handle for _, _, handles in self._later for handle in handles])

    def pause(self) -> None:
        """Return when nothing is in hand; nothing more is taken until `resume()`. Retries that wait are forgotten."""
        with self._lock:
            self._may_run.clear()
        while self._busy:
            time.sleep(0.005)
        with self._lock:
            self._later.clear()

    def resume(self) -> None:
        self._may_run.set()

    def _receive(self) -> None:
        while not self._stopping.is_set():
            if not self._free.acquire(timeout=0.2):
                continue
            messages: Sequence[MessageTypeDef] = ()
            try:
                messages = self._next_batch()
            except (BotoCoreError, ClientError) as error:
                if not self._stopping.wait(0.5):
                    log.warning("queue %s: %s", self._source.queue, error)
            if not messages:
                self._free.release()
            else:
                self._workers.submit(self._deliver, messages)

    def _next_batch(self) -> Sequence["MessageTypeDef"]:
        self._may_run.wait()
        if self._stopping.is_set():
            return ()
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(10, self._source.batch),
            WaitTimeSeconds=LONG_POLL_S,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        with self._lock:
            wanted = self._may_run.is_set() and not self._stopping.is_set()
            self._busy += bool(messages) and wanted
        if messages and not wanted:
            self._release([m["ReceiptHandle"] for m in messages])
        return messages if wanted else ()

    def _deliver(self, messages: Sequence["MessageTypeDef"]) -> None:
        try:
            batch = list(messages)
            if self._faults.take("shuffled_batches"):
                random.shuffle(batch)
            self._settle(batch, self._failed(batch))
        except (BotoCoreError, ClientError) as error:
            log.warning("queue %s: %s", self._source.queue, error)
        finally:
            with self._lock:
                self._busy -= 1
            self._free.release()

    def _failed(self, batch: Sequence["MessageTypeDef"]) -> frozenset[str]:
        ids = [m["MessageId"] for m in batch]
        try:
            answer = self._invoke({"Records": [event_record(m, self._arn) for m in batch]})
        except Exception as error:
            log.warning("queue %s: %s", self._source.queue, error)
            return frozenset(ids)
        return failures(answer, ids)

    def _settle(self, batch: Sequence["MessageTypeDef"], failed: frozenset[str]) -> None:
        done = [m["ReceiptHandle"] for m in batch if m["MessageId"] not in failed]
        if done and self._faults.take("duplicate_messages"):
            self._release(done)
        elif done:
            entries = [{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(done)]
            self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
        again = [m for m in batch if m["MessageId"] in failed]
        if again:
            receipts = max(int(m.get("Attributes", {}).get("ApproximateReceiveCount", "1")) for m in again)
            due = time.monotonic() + self.retry_s * 2 ** min(receipts - 1, 6)
            with self._lock:
                heapq.heappush(self._later, (due, next(self._order), [m["ReceiptHandle"] for m in again]))
                self._lock.notify()

    def _return_late(self) -> None:
        while not self._stopping.is_set():
            due: list[str] = []
            with self._lock:
                if not self._stopping.is_set():
                    self._lock.wait(min(LOOK_S, self._later[0][0] - time.monotonic()) if self._later else LOOK_S)
                while self._later and self._later[0][0] <= time.monotonic():
                    due += heapq.heappop(self._later)[2]
            self._release(due)

    def _release(self, handles: Sequence[str]) -> None:
        """Make messages visible at once."""
        for start in range(0, len(handles), 10):
            entries = [
                {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for n, handle in enumerate(handles[start : start + 10])
            ]
            try:
                self._sqs.change_message_visibility_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
            except (BotoCoreError, ClientError) as error:
                log.warning("queue %s: %s", self._source.queue, error)
