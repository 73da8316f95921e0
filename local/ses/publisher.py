"""Publishes SES events to the feedback topic when the platform's clock has reached their time."""

import heapq
import itertools
import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from local.faults import Faults
from local.ses.events import Event

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

BATCH = 10  # SNS's most
LINGER_S, HURRIED_S = 0.05, 0.015  # a fuller batch costs a tenth per event

log = logging.getLogger("achterban.local")


class Publisher:
    """`add` events; they go out in the order of their times. `release()` does not wait for the clock."""

    def __init__(self, sns: "SNSClient", topic_arn: str, now: Callable[[], float], faults: Faults) -> None:
        self._sns, self._topic, self._now, self._faults = sns, topic_arn, now, faults
        self._waiting: list[tuple[float, int, Event]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._publishing = False
        self._stopping = False
        self._hurry = False
        self._thread = threading.Thread(target=self._run, name="ses-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Publish what is due whatever the clock says, and end: nothing reported gets lost in a restart."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def add(self, events: Iterable[tuple[float, Event]]) -> None:
        with self._changed:
            for at, event in events:
                heapq.heappush(self._waiting, (at, next(self._order), event))
            self._changed.notify_all()

    @property
    def pending(self) -> int:
        with self._changed:
            return len(self._waiting) + self._publishing

    def release(self) -> None:
        """Everything that waits is due now. Its timestamps stay as they are."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget what waits; what is on its way has arrived when this returns."""
        with self._changed:
            self._waiting.clear()
            self._changed.wait_for(lambda: not self._publishing)

    def _run(self) -> None:
        while (batch := self._next_batch()) is not None:
            try:
                if batch:  # none when somebody emptied the list meanwhile
                    self._publish(batch)
            except (BotoCoreError, ClientError) as error:
                log.warning("SES events: %s", error)
            finally:
                with self._changed:
                    self._publishing = False
                    self._changed.notify_all()

    def _next_batch(self) -> list[Event] | None:
        """At most ten due events (an SNS batch); None when stopped and nothing is left."""
        with self._changed:
            while not self._due():
                self._hurry = False
                if self._stopping:
                    return None
                self._changed.wait(LINGER_S if self._waiting else None)
            linger = HURRIED_S if self._hurry else LINGER_S
            self._changed.wait_for(lambda: len(self._waiting) >= BATCH or self._stopping, linger)
            batch: list[Event] = []
            while len(batch) < BATCH and self._due():
                batch.append(heapq.heappop(self._waiting)[2])
            self._publishing = bool(batch)
            return batch

    def _due(self) -> bool:
        return bool(self._waiting) and (self._stopping or self._hurry or self._waiting[0][0] <= self._now())

    def _publish(self, batch: list[Event]) -> None:
        if self._faults.take("shuffled_feedback"):
            batch.reverse()
        messages = [json.dumps(event) for event in batch]
        if self._faults.take("duplicate_feedback"):
            self._send(messages[:1])
        self._send(messages)

    def _send(self, messages: list[str]) -> None:
        entries = [{"Id": str(n), "Message": message} for n, message in enumerate(messages)]
        self._sns.publish_batch(TopicArn=self._topic, PublishBatchRequestEntries=entries)  # type: ignore[arg-type]
