"""Addresses that must not be mailed, by keyed hash. The first reason stays; a suppression wins over every later import."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from functions.adapters.models import SuppressionItem, bound, connection
from functions.domain.consent import SuppressionReason

BATCH = 100  # items in one transaction (DynamoDB limit)
WRITERS = 8


class Suppressions:
    """The table `suppressions`."""

    def __init__(self, table: str) -> None:
        self._items = bound(SuppressionItem, table)

    def reasons(self, hashes: Iterable[str]) -> dict[str, str]:
        """Address hash -> reason, for those that are suppressed. Read consistently."""
        wanted = list(dict.fromkeys(hashes))
        return {item.address_hash: item.reason for item in self._items.batch_get(wanted, consistent_read=True)}

    def add(self, reasons: Mapping[str, SuppressionReason], source: str, now: int) -> int:
        """Suppress these address hashes; returns how many were not suppressed before."""
        wanted = list(reasons.items())
        batches = [dict(wanted[start : start + BATCH]) for start in range(0, len(wanted), BATCH)]
        with ThreadPoolExecutor(WRITERS) as writers:
            return sum(writers.map(lambda batch: self._add(batch, source, now), batches))

    def _add(self, batch: Mapping[str, SuppressionReason], source: str, now: int) -> int:
        known = self.reasons(batch)
        new = {hashed: reason for hashed, reason in batch.items() if hashed not in known}
        if not new:
            return 0
        try:
            with TransactWrite(connection=connection()) as write:
                for hashed, reason in new.items():
                    item = self._items(hashed, reason=reason.value, at=now, source=source)
                    write.save(item, condition=SuppressionItem.address_hash.does_not_exist())
        except TransactWriteError as error:
            # One of them may be suppressed meanwhile, by the person or by SES. The others still have to be.
            if error.cause_response_code != "TransactionCanceledException" or not self.reasons(new):
                raise
            return self._add(new, source, now)
        return len(new)
