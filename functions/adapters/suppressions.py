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
        known = self.reasons(reasons)
        new = [(hashed, reason) for hashed, reason in reasons.items() if hashed not in known]
        batches = [dict(new[start : start + BATCH]) for start in range(0, len(new), BATCH)]
        with ThreadPoolExecutor(WRITERS) as writers:
            return sum(writers.map(lambda batch: self._put(batch, source, now), batches))

    def _put(self, batch: Mapping[str, SuppressionReason], source: str, now: int) -> int:
        try:
            with TransactWrite(connection=connection()) as write:
                for hashed, reason in batch.items():
                    item = self._items(hashed, reason=reason.value, at=now, source=source)
                    write.save(item, condition=SuppressionItem.address_hash.does_not_exist())
        except TransactWriteError as error:
            if error.cause_response_code != "TransactionCanceledException":
                raise
            # One of them was suppressed meanwhile, by the person or by SES. The others still have to be.
            known = self.reasons(batch)
            if not known:
                raise
            return self._put({hashed: reason for hashed, reason in batch.items() if hashed not in known}, source, now)
        return len(batch)
