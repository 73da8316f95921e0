"""How Lambda reads a batch handler's answer (ReportBatchItemFailures): the same rules for queues and streams.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
"""

from collections.abc import Collection
from typing import Any


def failures(answer: Any, known: Collection[str]) -> frozenset[str]:
    """The identifiers that failed: none, some, or all of `known`.

    None failed: an empty or null answer, an empty or null `batchItemFailures`. All failed: an answer that is no object,
    an entry without `itemIdentifier`, an identifier that is empty, null or not of this batch.
    """
    if answer is None or answer == {}:
        return frozenset()
    everything = frozenset(known)
    if not isinstance(answer, dict):
        return everything
    entries = answer.get("batchItemFailures")
    if not entries:
        return frozenset()
    if not isinstance(entries, list):
        return everything
    named = [entry.get("itemIdentifier") if isinstance(entry, dict) else None for entry in entries]
    if any(not isinstance(name, str) or name not in everything for name in named):
        return everything
    return frozenset(str(name) for name in named)
