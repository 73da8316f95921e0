"""One batch of stream records: delivered, cut in two, retried and in the end discarded, as Lambda does it."""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from infra.description import StreamSource
from local.batch import failures
from local.faults import Faults

Record = dict[str, Any]
RETRY_S = 0.05  # doubled per retry, at most a second; AWS also backs off, by its own measure

log = logging.getLogger("achterban.local")


class Batches:
    """`invoke(event)` answers as the handler does or raises; `discard(event, condition, invocations)` keeps what never worked."""

    def __init__(
        self,
        source: StreamSource,
        invoke: Callable[[Any], Any],
        discard: Callable[[Record, str, int], object],
        faults: Faults,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._source, self._invoke, self._discard, self._faults = source, invoke, discard, faults
        self._now, self._sleep = now, sleep

    def deliver(self, records: Sequence[Record]) -> None:
        """Return when every record was done or discarded, in order."""
        waiting: list[tuple[Sequence[Record], int]] = [(records, 0)]  # records, retries used
        while waiting:
            batch, retries = waiting.pop()
            batch = self._without_expired(batch, retries)
            if not batch:
                continue
            undone = self._undone(batch)
            if undone:
                waiting += reversed(self._next(batch, undone, retries))

    def _next(self, batch: Sequence[Record], undone: Sequence[Record], retries: int) -> list[tuple[Sequence[Record], int]]:
        """What to deliver after a failure, first things first."""
        if len(undone) < len(batch):
            return self._retried(undone, 0)  # the checkpoint moved: the rest is a batch of its own
        if self._source.bisect and len(batch) > 1:
            middle = len(batch) // 2  # cutting in two uses no retry
            return [(batch[:middle], retries), (batch[middle:], retries)]
        return self._retried(batch, retries)

    def _retried(self, batch: Sequence[Record], retries: int) -> list[tuple[Sequence[Record], int]]:
        if retries >= self._source.retries:
            self._discard({"Records": list(batch)}, "RetryAttemptsExhausted", retries + 1)
            return []
        self._sleep(min(1.0, RETRY_S * 2**retries))
        return [(batch, retries + 1)]

    def _undone(self, batch: Sequence[Record]) -> Sequence[Record]:
        """The records from the lowest failed sequence number on; all of them when the handler raised."""
        event = {"Records": list(batch)}
        sequences = [record["dynamodb"]["SequenceNumber"] for record in batch]
        try:
            failed = failures(self._invoke(event), sequences)
            if not failed and self._faults.take("duplicate_stream_batches"):
                failed = failures(self._invoke(event), sequences)
        except Exception as error:
            log.warning("stream %s: %s", self._source.table, error)
            return batch
        first = min((sequences.index(s) for s in failed), default=len(batch))
        return batch[first:]

    def _without_expired(self, batch: Sequence[Record], retries: int) -> Sequence[Record]:
        oldest = self._now() - self._source.max_age_s
        expired = [r for r in batch if r["dynamodb"].get("ApproximateCreationDateTime", oldest) < oldest]
        if not expired:
            return batch
        self._discard({"Records": expired}, "RecordAgeExceeded", retries)
        return [r for r in batch if r not in expired]
