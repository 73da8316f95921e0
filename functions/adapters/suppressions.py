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

    def add(self, reasons: Mapping[str, SuppressionReason], source: str, now: int, once: bool = False) -> int:
        """Suppress these address hashes; returns how many were not suppressed before.

        `once`: the source is this very import, so what it added before counts as added: done again, the answer is the same.
        """
        wanted = list(reasons.items())
        batches = [dict(wanted[start : start + BATCH]) for start in range(0, len(wanted), BATCH)]
        with ThreadPoolExecutor(WRITERS) as writers:
            return sum(writers.map(lambda batch: self._add(batch, source, now, once), batches))

    def _add(self, batch: Mapping[str, SuppressionReason], source: str, now: int, once: bool) -> int:
        known = {item.address_hash: item for item in self._items.batch_get(list(batch), consistent_read=True)}
        new = {hashed: reason for hashed, reason in batch.items() if hashed not in known}
        before = sum(1 for item in known.values() if once and str(item.source) == source)
        if not new:
            return before
        try:
            with TransactWrite(connection=connection()) as write:
                for hashed, reason in new.items():
                    item = self._items(hashed, reason=reason.value, at=now, source=source)
                    write.save(item, condition=SuppressionItem.address_hash.does_not_exist())
        except TransactWriteError as error:
            # One of them may be suppressed meanwhile, by the person or by SES. The others still have to be.
            if error.cause_response_code != "TransactionCanceledException" or not self.reasons(new):
                raise
            return before + self._add(new, source, now, once)
        return before + len(new)
