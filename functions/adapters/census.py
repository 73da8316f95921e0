"""How many a send would reach, and why not the others: counted as a delivery would decide, and bounded.

Of a table too large to read while somebody waits, the first pages stand for all: supporters lie in it by the hash of a random id.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from functions.adapters import clock
from functions.adapters.audience import BATCH, Audience, Reader
from functions.adapters.items import Item, plain
from functions.adapters.ledger import Ledger
from functions.adapters.sends import Send
from functions.domain.consent import Refusal, SuppressionReason, refusal
from functions.domain.pausing import paused
from functions.domain.send import chunk_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
Decided = tuple[str, str]  # a supporter, and why not; "" would be mailed
BOUNCED = SuppressionReason.BOUNCED.value
SAMPLE = 200
PAGES = 20  # of the scan, at most 1 MB each
PAGE = 2_000  # supporters at most in a page
READERS = 8
CHUNKS = 20  # of a send that is corrected, each at most 500 supporters


@dataclass(frozen=True)
class Census:
    """`skipped` by reason; `exact` unless it was reckoned from a part of the table. `sample`: some of those mailed, in no order."""

    mailed: int
    skipped: Mapping[str, int]
    exact: bool = True
    sample: tuple[str, ...] = ()

    def times(self, factor: float) -> "Census":
        skipped = {why: round(n * factor) for why, n in self.skipped.items()}
        return Census(round(self.mailed * factor), skipped, exact=False, sample=self.sample)

    def without(self, reason: str, of_sample: int) -> "Census":
        """With so many of the sample skipped for one reason more; beyond the sample, reckoned from it."""
        if not of_sample:
            return self
        skipped = round(of_sample * self.mailed / len(self.sample))
        whole = self.exact and self.mailed == len(self.sample)
        return Census(self.mailed - skipped, {**self.skipped, reason: skipped}, exact=whole, sample=self.sample)


class Counting:
    """Reads `supporters` and `suppressions`, and the ledger of a send."""

    def __init__(self, client: "DynamoDBClient", supporters_table: str, audience: Audience, ledger: Ledger) -> None:
        self._client, self._table, self._audience, self._ledger = client, supporters_table, audience, ledger

    def everyone(self, mailing_list: str) -> Census:
        """Everyone there is, for this list."""
        rows, last = self._pages()
        found = self._census(rows, lambda some: self._of_rows(some, mailing_list))
        if not last or not rows:
            return found
        there_are: int = self._client.describe_table(TableName=self._table)["Table"]["ItemCount"]
        return found.times(max(1.0, there_are / len(rows)))

    def named(self, supporters: Sequence[str], mailing_list: str) -> Census:
        """These supporters."""
        return self._census(list(dict.fromkeys(supporters)), lambda some: self._of_ids(some, mailing_list))

    def got(self, send: Send, mailing_list: str) -> Census:
        """Those whom this send reached or may have reached. Of a large one, chunks from all over it stand for all."""
        numbers = range(0, send.chunk_count, -(-send.chunk_count // CHUNKS) or 1)
        keys = [chunk_key(send.id, n) for n in numbers]
        with ThreadPoolExecutor(READERS) as readers:
            found = self.named([id_ for ids in readers.map(self._ledger.reached, keys) for id_ in ids], mailing_list)
        return found if len(numbers) == send.chunk_count else found.times(send.chunk_count / len(numbers))

    def _census(self, those: Sequence[T], decide: Callable[[Sequence[T]], list[Decided]]) -> Census:
        with ThreadPoolExecutor(READERS) as readers:
            decided = [one for some in readers.map(decide, _batches(those)) for one in some]
        counts = Counter(why for _, why in decided)
        sample = tuple(islice((id_ for id_, why in decided if not why), SAMPLE))
        return Census(counts[""], {why: n for why, n in sorted(counts.items()) if why}, sample=sample)

    def _pages(self) -> tuple[list[Item], bool]:
        """Supporters as far as `PAGES` reach, and whether there are more."""
        pages: Iterator[Any] = iter(
            self._client.get_paginator("scan").paginate(
                TableName=self._table,
                ProjectionExpression="supporter, address_hash, newsletter, #state, paused_until",
                ExpressionAttributeNames={"#state": "state"},
                PaginationConfig={"PageSize": PAGE},
            )
        )
        rows: list[Item] = []
        last = False
        for page in islice(pages, PAGES):
            rows += [plain(row) for row in page["Items"]]
            last = "LastEvaluatedKey" in page
        return rows, last

    def _of_rows(self, rows: Sequence[Item], mailing_list: str) -> list[Decided]:
        wanting = [row["address_hash"] for row in rows if _wants(row, mailing_list)]
        suppressed = self._audience.suppressions(wanting)
        now_ms = int(clock.now() * 1000)
        return [(row["supporter"], _why_not_row(row, mailing_list, suppressed, now_ms)) for row in rows]

    def _of_ids(self, ids: Sequence[str], mailing_list: str) -> list[Decided]:
        readers = self._audience.read(ids)
        suppressed = self._audience.suppressions([reader.address_hash for reader in readers.values()])
        now_ms = int(clock.now() * 1000)
        return [(id_, _why_not(readers.get(id_), mailing_list, suppressed, now_ms)) for id_ in ids]


def _wants(row: Item, mailing_list: str) -> bool:
    return row.get("state") == "active" and mailing_list in row.get("newsletter", {})


def _why_not_row(row: Item, mailing_list: str, suppressed: Mapping[str, str], now_ms: int) -> str:
    if row.get("state") != "active":
        return Refusal.ERASED.value
    if mailing_list not in row.get("newsletter", {}):
        return Refusal.NO_NEWSLETTER_CONSENT.value
    return _named(suppressed.get(row["address_hash"])) or _paused(row.get("paused_until"), now_ms)


def _paused(until: int | None, now_ms: int) -> str:
    return Refusal.PAUSED.value if paused(until, now_ms) else ""


def _why_not(reader: Reader | None, mailing_list: str, suppressed: Mapping[str, str], now_ms: int) -> str:
    if reader is None:
        return Refusal.UNKNOWN_SUPPORTER.value
    if reader.erased:
        return Refusal.ERASED.value
    why = refusal(reader.supporter.consents, mailing_list, suppressed.get(reader.address_hash))
    if why is Refusal.SUPPRESSED:
        return _named(suppressed.get(reader.address_hash))
    return why or _paused(reader.paused_until, now_ms)


def _named(suppressed: str | None) -> str:
    """A delivery names both `suppressed`; beforehand it helps to know how many mailboxes are gone."""
    return BOUNCED if suppressed == BOUNCED else Refusal.SUPPRESSED.value if suppressed else ""


def _batches(those: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(those), BATCH):
        yield those[start : start + BATCH]
