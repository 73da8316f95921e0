"""What the rows of a file are: supporters, or addresses that must not be mailed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Protocol

from functions.adapters.imports import Import, Report
from functions.adapters.intake import Intake, Outcome, Taken, Terms
from functions.adapters.settling import Settling
from functions.adapters.supporters import Supporters
from functions.adapters.suppressions import Suppressions
from functions.domain import importing, suppressing
from functions.domain.importing import ADDRESS, EXTERNAL_ID, Draft, Part, Plan, Rejection
from functions.domain.sheet import Record
from functions.domain.suppressing import Suppressed


class Rows(Protocol):
    """One kind of rows."""

    def columns(self, header: Sequence[str]) -> tuple[str, ...]:
        """The column of each header cell. HeaderError when the file cannot be read."""

    def names(self, record: Record, plan: Plan) -> Iterable[tuple[str, str]]:
        """(column, value) by which a later row is the same as this one; nothing of a bad row."""

    def take(self, asked: Import, plan: Plan, part: Part, records: Sequence[Record], now: int) -> Report:
        """Take these rows in. Doing it twice changes nothing and reports the same."""

    def settle(self, asked: Import, good: int, now: int) -> str:
        """All rows were taken in, `good` of them could be read. Returns why the import is of no use, or ""."""


class SupporterRows:
    """`lists` are the lists there are."""

    def __init__(self, intake: Intake, lists: frozenset[str]) -> None:
        self._intake, self._lists = intake, lists

    def columns(self, header: Sequence[str]) -> tuple[str, ...]:
        return importing.read_header(header)

    def names(self, record: Record, plan: Plan) -> Iterable[tuple[str, str]]:
        draft = self._read(record, plan)
        if isinstance(draft, Draft):
            yield ADDRESS, draft.address.lower()
            if draft.external_id:
                yield EXTERNAL_ID, draft.external_id

    def take(self, asked: Import, plan: Plan, part: Part, records: Sequence[Record], now: int) -> Report:
        read = [_repeated(r, plan, part) or self._read(r, plan) for r in records]
        drafts = [row for row in read if isinstance(row, Draft)]
        taken = self._intake.take(drafts, _terms(asked), now)
        refused = [
            Rejection(d.row, t.column, t.reason) for d, t in zip(drafts, taken, strict=True) if t.outcome is Outcome.REJECTED
        ]
        rejections = sorted([*(row for row in read if isinstance(row, Rejection)), *refused], key=lambda r: r.row)
        return Report(_counts(len(read), taken, len(rejections)), [asdict(rejection) for rejection in rejections])

    def settle(self, asked: Import, good: int, now: int) -> str:
        return ""

    def _read(self, record: Record, plan: Plan) -> Draft | Rejection:
        if record.problem:
            return Rejection(record.row, "", record.problem)
        return importing.read_row(record.row, record.cells, plan.columns, plan.header, self._lists)


class SuppressionRows:
    """The first row of an address counts; the others say nothing new."""

    def __init__(self, suppressions: Suppressions, supporters: Supporters, settling: Settling) -> None:
        self._suppressions, self._hash, self._settling = suppressions, supporters.hash, settling

    def columns(self, header: Sequence[str]) -> tuple[str, ...]:
        return suppressing.columns_of(header)

    def names(self, record: Record, plan: Plan) -> Iterable[tuple[str, str]]:
        read = suppressing.read_suppression(record, plan, self._hash)
        if isinstance(read, Suppressed):
            yield suppressing.ADDRESS_HASH, read.hash

    def take(self, asked: Import, plan: Plan, part: Part, records: Sequence[Record], now: int) -> Report:
        read = [suppressing.read_suppression(record, plan, self._hash) for record in records if record.row not in part.same]
        reasons = {row.hash: row.reason for row in read if isinstance(row, Suppressed)}
        rejections = [asdict(row) for row in read if isinstance(row, Rejection)]
        added = self._suppressions.add(reasons, f"import:{asked.id}", now, once=True)
        rest = len(records) - added - len(rejections)
        return Report({"rows": len(records), "imported": added, "unchanged": rest, "rejected": len(rejections)}, rejections)

    def settle(self, asked: Import, good: int, now: int) -> str:
        if not good:
            return suppressing.NO_GOOD_ROW
        self._settling.settle(asked.actor, now, imported=True)
        return ""


def _repeated(record: Record, plan: Plan, part: Part) -> Rejection | None:
    if record.row not in part.same:
        return None
    column, first = part.same[record.row]
    named = plan.header[plan.columns.index(column)].strip()
    return Rejection(record.row, named, f"same {column.replace('_', ' ')} as row {first}")


def _terms(asked: Import) -> Terms:
    return Terms(
        lists=(asked.list,),
        source=f"import:{asked.id}",
        attribute_source="import",
        actor=asked.actor,
        language=asked.language,
        import_id=asked.id,
    )


def _counts(rows: int, taken: list[Taken], rejected: int) -> dict[str, int]:
    outcomes = Counter(t.outcome for t in taken)
    return {
        "rows": rows,
        **{outcome.value: outcomes[outcome] for outcome in Outcome},
        "rejected": rejected,
        "left": sum(1 for t in taken if t.left),
    }
