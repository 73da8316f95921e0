"""Tables from spreadsheets: every good row is read, with the row number its maker sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.sheet import Record, SheetError, delimiter_of, lines, records


def read(body: bytes, piece: int = 7) -> list[Record]:
    parts = [body[start : start + piece] for start in range(0, len(body), piece)]
    found = list(lines(parts))
    return list(records(found, delimiter_of(found[0])))


def cells(body: bytes) -> list[tuple[str, ...]]:
    return [record.cells for record in read(body)]


def test_rows_count_as_a_spreadsheet_counts_them() -> None:
    found = read(b'address;name\na@example.org;"Jan\nPiet"\n\nb@example.org;Noor\n')
    assert [(r.row, r.cells[1]) for r in found] == [(1, "name"), (2, "Jan\nPiet"), (4, "Noor")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_told_apart(delimiter: str) -> None:
    assert cells(f"address{delimiter}name\na@b.nl{delimiter}Jan\n".encode())[1] == ("a@b.nl", "Jan")


def test_a_byte_order_mark_is_no_part_of_the_first_column() -> None:
    assert cells(b"\xef\xbb\xbfaddress,name\na@b.nl,Jan\n")[0] == ("address", "name")


def test_windows_1252_is_read_where_utf_8_is_not() -> None:
    assert cells("address,name\na@b.nl,José\nc@d.nl,Zoë\n".encode("cp1252"))[1:] == [("a@b.nl", "José"), ("c@d.nl", "Zoë")]
    assert cells(b"address,name\na@b.nl,Jos\xe9\nc@d.nl,Zo\xc3\xab\n")[1:] == [("a@b.nl", "José"), ("c@d.nl", "Zoë")]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_three_kinds_of_line_ends_are_read(end: bytes) -> None:
    assert cells(end.join([b"address,name", b"a@b.nl,Jan", b""])) == [("address", "name"), ("a@b.nl", "Jan")]


def test_a_quote_that_is_never_closed_costs_one_row() -> None:
    found = read(b'address,name\na@b.nl,"Jan\nc@d.nl,Noor\ne@f.nl,Piet\n')
    assert [(r.row, bool(r.problem)) for r in found] == [(1, False), (2, True), (3, False), (4, False)]


def test_text_after_a_closing_quote_costs_one_row() -> None:
    found = read(b'address,name\na@b.nl,"Jan" de Vries\nc@d.nl,Noor\n')
    assert [(r.row, bool(r.problem)) for r in found] == [(1, False), (2, True), (3, False)]


@pytest.mark.parametrize("body", [b"PK\x03\x04rest", b"\xff\xfea\0d\0", b"a\0b"])
def test_what_is_no_text_is_refused_with_what_to_do(body: bytes) -> None:
    with pytest.raises(SheetError, match="save it as CSV"):
        delimiter_of(body)


def test_a_file_without_line_breaks_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(SheetError, match="longer"):
        list(lines([b"x" * 400_000] * 4))


@given(st.binary(max_size=300), st.integers(1, 50))
def test_lines_lose_no_byte_whatever_the_pieces(body: bytes, piece: int) -> None:
    parts = [body[start : start + piece] for start in range(0, len(body), piece)]
    assert b"".join(lines(parts)) == body
    assert list(lines(parts)) == list(lines([body]))


@given(st.lists(st.sampled_from(["a,b", '"x\ny",z', "", '"open,1', 'é,"a""b"', '"q" r,s']), max_size=12))
def test_every_record_can_be_read_again_from_its_own_offset(rows: list[str]) -> None:
    body = "\n".join(["h1,h2", *rows]).encode()
    whole = list(records(lines([body]), ","))
    for n, record in enumerate(whole):
        assert list(records(lines([body[record.offset :]]), ",", record.row, record.offset)) == whole[n:]
