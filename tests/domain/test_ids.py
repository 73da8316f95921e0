import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.adapters.ids import new_id
from functions.domain.ids import ID, decode, encode, from_bytes, is_id, is_slug, to_bytes

IDS = st.from_regex(ID, fullmatch=True)


@given(IDS)
def test_every_id_is_six_bytes_and_back(id_: str) -> None:
    assert from_bytes(to_bytes(id_)) == id_


@given(st.binary(min_size=6, max_size=6))
def test_every_six_bytes_are_an_id_and_back(raw: bytes) -> None:
    assert is_id(from_bytes(raw))
    assert to_bytes(from_bytes(raw)) == raw


@pytest.mark.parametrize("text", ["", "short", "ninechars", "has spac", "with=pad", "plus+sla", "newline\n", "abcdefgé", None, 8])
def test_what_is_no_id_is_refused(text: object) -> None:
    assert not is_id(text)
    if isinstance(text, str):
        with pytest.raises(ValueError, match="not an id"):
            to_bytes(text)


@given(st.binary())
def test_only_six_bytes_make_an_id(raw: bytes) -> None:
    if len(raw) != 6:
        with pytest.raises(ValueError, match="6 bytes"):
            from_bytes(raw)


@given(st.binary(max_size=60).filter(lambda raw: len(raw) % 3 == 0))
def test_base64url_reads_back(raw: bytes) -> None:
    assert re.fullmatch("[A-Za-z0-9_-]*", encode(raw))
    assert decode(encode(raw)) == raw


@pytest.mark.parametrize("text", ["abc", "abc=", "ab+/", "abcd\n", "ab d"])
def test_what_is_not_base64url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base64url"):
        decode(text)


def test_new_ids_differ() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(map(is_id, made))


@pytest.mark.parametrize(
    ("text", "ok"), [("climate", True), ("a-2", True), ("-a", False), ("A", False), ("a" * 41, False), ("", False)]
)
def test_staff_names_are_slugs(text: str, ok: bool) -> None:
    assert is_slug(text) is ok
