"""Waiting until the platform has nothing left to do."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from local.traffic import Traffic

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

QUIET_ROUNDS = 2
SHORTEST_S, LONGEST_S = 0.01, 0.1
ASK_ANYHOW_S = 2.0  # after this long, whether or not anything is known to have been written


class NotDrainedError(Exception):
    """Something was still going on when the patience was over; the message says what."""


def drain(busy: Callable[[], str], activity: Callable[[], int], timeout_s: float) -> None:
    """Return when `busy()` names nothing in two rounds between which `activity()` (a counter) did not move.

    Two rounds, because work passes from one place to the next between two looks. Raises NotDrainedError.
    """
    deadline = time.monotonic() + timeout_s
    quiet, before, pause = 0, -1, SHORTEST_S
    while quiet < QUIET_ROUNDS:
        what, now = busy(), activity()
        quiet = quiet + 1 if not what and now == before else 0
        before = now
        if time.monotonic() > deadline:
            raise NotDrainedError(f"after {timeout_s:g} s there is still work: {what or 'it keeps coming'}")
        if quiet < QUIET_ROUNDS:
            time.sleep(pause)
            pause = min(LONGEST_S, pause * 1.3) if what else SHORTEST_S  # looking costs the emulator work as well


class Depths:
    """How many messages wait on a queue or are worked on. The emulator is asked about one that was empty after the next write."""

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str], traffic: Traffic) -> None:
        self._sqs, self._urls, self._traffic = sqs, urls, traffic
        self._empty_at: dict[str, tuple[int, float]] = {}  # the count of writes when a queue was empty, and when that was

    def of(self, queue: str) -> int:
        written, now = self._traffic.written(f"queue:{queue}"), time.monotonic()
        at, seen = self._empty_at.get(queue, (-1, 0.0))
        if at == written and now - seen < ASK_ANYHOW_S:
            return 0
        found = self._sqs.get_queue_attributes(QueueUrl=self._urls[queue], AttributeNames=["All"])
        there = sum(int(value) for name, value in found["Attributes"].items() if name.startswith("ApproximateNumberOfMessages"))
        if not there:
            self._empty_at[queue] = written, now
        return there
