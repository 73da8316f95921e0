"""The first look at an import's file: how to read it, in which parts, and which rows repeat an earlier one."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain

from functions.domain.importing import HeaderError, Part, Plan
from functions.domain.sheet import Record, SheetError, delimiter_of, lines, records
from functions.import_supporters.rows import Rows

PART = 1_000  # rows: some seconds of work
PART_BYTES = 4_000_000  # however few rows that are
MOST_ROWS = 2_000_000  # a hash of every address is remembered, about 100 bytes each


def look_through(pieces: Iterable[bytes], kind: Rows) -> tuple[Plan, Iterator[Part]]:
    """How to read this file, and its parts one after the other: all of them may not fit into memory.

    HeaderError and SheetError, also from the parts, say why it cannot be imported at all.
    """
    physical = _Measured(lines(pieces))
    first = next(physical, b"")
    delimiter = delimiter_of(first)
    rows = records(chain([first], physical), delimiter)
    header = next(rows, None)
    if header is None:
        raise SheetError("the file is empty")
    if header.problem:
        raise HeaderError(f"the header cannot be read: {header.problem}")
    plan = Plan(delimiter, header.cells, kind.columns(header.cells))
    return plan, _parts(plan, rows, physical, kind)


def _parts(plan: Plan, rows: Iterator[Record], physical: "_Measured", kind: Rows) -> Iterator[Part]:
    seen: dict[int, int] = {}
    all_rows, count, start, row = 0, 0, 0, 0
    same: dict[int, tuple[str, int]] = {}
    for record in rows:
        if count == PART or (count and record.offset - start >= PART_BYTES):
            yield Part(start, record.offset, row, count, same)
            count = 0
        if count == 0:
            start, row, same = record.offset, record.row, {}
        if earlier := _earlier(record.row, kind.names(record, plan), seen):
            same[record.row] = earlier
        all_rows, count = all_rows + 1, count + 1
        if all_rows > MOST_ROWS:
            raise SheetError(f"more than {MOST_ROWS:,} rows: split the file")
    if count:
        yield Part(start, physical.size, row, count, same)


def _earlier(row: int, names: Iterable[tuple[str, str]], seen: dict[int, int]) -> tuple[str, int] | None:
    """(column, row) of the earlier good row with the same address or external id. Hashes, because a million addresses are large."""
    for column, value in names:
        hashed = int.from_bytes(blake2b(f"{column}#{value}".encode(), digest_size=8).digest())
        first = seen.setdefault(hashed, row)
        if first != row:
            return column, first
    return None


class _Measured:
    """Lines, and the bytes of all that were taken."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self.size = source, 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        line = next(self._source)
        self.size += len(line)
        return line
