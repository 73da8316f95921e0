"""However large a file of supporters is, no step of its import holds more than a piece of it."""

from collections.abc import Iterator

import pytest

from functions.adapters.imports import ImportState
from functions.adapters.intake import Intake
from functions.import_supporters import looking
from functions.import_supporters.looking import look_through
from functions.import_supporters.rows import SupporterRows
from tests.functions.import_in_memory import Memory, Nobody, People, pieces_of

ROWS = 30_000
HEADER = b"address,name\n"
BAD = b"nowhere,Noor\n"


def a_file(read: list[int]) -> Iterator[bytes]:
    """Every tenth row is bad, every seventh repeats the first. `read` counts the pieces that were asked for."""

    def rows() -> Iterator[bytes]:
        yield HEADER
        for n in range(ROWS):
            yield BAD if n % 10 == 9 else b"p%d@example.org,Noor\n" % (0 if n % 7 == 6 else n)

    for piece in pieces_of(rows()):
        read.append(len(piece))
        yield piece


def test_parts_come_while_the_file_is_read() -> None:
    read: list[int] = []
    _, parts = look_through(a_file(read), SupporterRows(Intake(People(), Nobody()), frozenset()))
    first = next(parts)
    assert (first.row, first.rows, len(read)) == (2, 1_000, 1)
    assert sum(part.rows for part in parts) == ROWS - 1_000
    assert len(read) > 2


def test_a_part_of_long_rows_is_cut_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "PART_BYTES", 5_000)
    rows = [b"p%d@example.org,%s\n" % (n, b"x" * 900) for n in range(20)]
    _, parts = look_through([HEADER, *rows], SupporterRows(Intake(People(), Nobody()), frozenset()))
    assert [(part.row, part.rows) for part in parts] == [(2, 6), (8, 6), (14, 6), (20, 2)]


def test_a_part_reads_its_own_rows_and_nothing_of_the_others() -> None:
    memory = Memory(list(a_file([])))
    assert memory.look() == "looked through"
    assert len(memory.messages) == 30
    memory.bucket.read.clear()
    assert memory.take_in(memory.messages[7]) == "taken in"
    start = memory.messages[7]["offset"]
    end = memory.messages[8]["offset"]
    assert memory.bucket.read == [f"imports/IIIIIIII/plan/{start}.json", f"imports/IIIIIIII/file.csv {start}-{end}"]
    assert len(memory.bucket.objects[f"imports/IIIIIIII/plan/{start}.json"]) < 10_000


def test_every_row_is_counted_once_and_a_page_of_bad_rows_reads_only_the_reports_it_shows() -> None:
    memory = Memory(list(a_file([])))
    memory.look()
    answers = [memory.take_in(message) for message in reversed(memory.messages)]
    assert answers == ["taken in"] * 29 + ["done"]
    bad, again = len(range(9, ROWS, 10)), sum(1 for n in range(6, ROWS, 7) if n % 10 != 9)
    totals = memory.asked.totals
    assert (totals["rows"], totals["imported"], totals["rejected"]) == (ROWS, ROWS - bad - again, bad + again)
    memory.bucket.read.clear()
    page = memory.imports.rejections(memory.asked, after=25_000, most=10)
    assert [r["row"] for r in page] == sorted(r["row"] for r in page)
    assert page[0]["row"] in range(25_001, 25_011)
    assert len(memory.bucket.read) < 8  # where the parts begin, and the reports of the last five


def test_a_file_of_a_header_alone_ends_also_when_its_look_was_cut_short(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory([HEADER])
    with monkeypatch.context() as cut, pytest.raises(RuntimeError):
        cut.setattr(memory.imports, "finish", _ended_here)
        memory.look()
    states = [memory.asked.state]
    memory.look()
    assert [*states, memory.asked.state] == [ImportState.IMPORTING, ImportState.DONE]


def _ended_here(*_: object) -> None:
    raise RuntimeError("the Lambda ended here")
