"""A table that staff made in a spreadsheet, as the bytes they sent: records with the row number they see there.

Commas, semicolons or tabs; UTF-8 (with or without a mark at its start) or Windows-1252, decided line by line. A cell may hold
line breaks between quotes. One record that is broken never takes the next one with it.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

DELIMITERS = ",;\t"
LONGEST_RECORD = 50  # lines: a quote that is opened and never closed must not swallow the file
LONGEST_LINE = 1_000_000  # bytes
MARK = b"\xef\xbb\xbf"  # UTF-8 with a byte order mark


@dataclass(frozen=True)
class Record:
    """One row. `row` counts as a spreadsheet does (the header is row 1), `offset` is the byte where it starts.

    `problem` instead of cells when the row cannot be read.
    """

    row: int
    offset: int
    cells: tuple[str, ...] = ()
    problem: str = ""


class SheetError(ValueError):
    """The whole file is something else than a table in text. The message says what would be right."""


def lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Physical lines with their ends, whatever the pieces they come in. Ends are LF, CR LF or CR."""
    held = b""
    for part in parts:
        *whole, held = (held + part).splitlines(keepends=True) or [b""]
        if held.endswith(b"\n"):
            whole, held = [*whole, held], b""
        yield from whole  # a CR at the end is held: its LF may follow in the next piece
        if len(held) > LONGEST_LINE:
            raise SheetError(f"a line is longer than {LONGEST_LINE:,} bytes: is this a CSV file?")
    yield from held.splitlines(keepends=True)


def delimiter_of(header: bytes) -> str:
    """The delimiter that the header line uses most, outside quotes. SheetError for what is no table in text."""
    if header.startswith(b"PK\x03\x04"):
        raise SheetError("this is a workbook: save it as CSV (comma delimited) first")
    if header.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in header:
        raise SheetError("this is UTF-16 or no text: save it as CSV UTF-8")
    unquoted = "".join(text(header).split('"')[::2])
    return max(DELIMITERS, key=unquoted.count)


def text(line: bytes) -> str:
    """One line as text: UTF-8, or else Windows-1252, in which every byte has a meaning or becomes U+FFFD."""
    line = line.removeprefix(MARK)
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def records(source: Iterable[bytes], delimiter: str, row: int = 1, offset: int = 0) -> Iterator[Record]:
    """The records of these lines, of which the first is row `row` at byte `offset`. Empty rows are counted and left out."""
    feed = _Feed(source)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # The rest of what the broken record swallowed is read again, line by line.
            feed.give_back()
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            yield Record(row, offset, problem="the quotes in this row are not closed, or something stands after a closing quote")
        else:
            if any(cell.strip() for cell in cells):
                yield Record(row, offset, tuple(cells))
        offset += feed.taken()
        row += 1


class _Feed:
    """Lines for the csv module, which takes one more only while a quote is open: so what it took is one record."""

    def __init__(self, source: Iterable[bytes]) -> None:
        self._source = iter(source)
        self._again: list[bytes] = []  # last first
        self._taken: list[bytes] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) == LONGEST_RECORD:
            raise csv.Error
        line = self._again.pop() if self._again else next(self._source)
        self._taken.append(line)
        return text(line)

    def give_back(self) -> None:
        """All lines of this record but its first."""
        self._again += reversed(self._taken[1:])
        del self._taken[1:]

    def taken(self) -> int:
        """Bytes of the lines of this record; a new record begins."""
        size = sum(map(len, self._taken))
        self._taken.clear()
        return size
