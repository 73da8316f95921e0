import base64
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.domain.ids import ID
from functions.domain.tokens import (
    NO_SEND,
    Key,
    Keyring,
    KeyState,
    MessageRef,
    MessageSigner,
    PageRef,
    Power,
    ShortRef,
    read_message,
    read_page,
    read_short,
    sign_message,
    sign_page,
    sign_short,
)

OLD = Key(1, b"o" * 32, KeyState.RETIRED)
NEW = Key(2, b"n" * 32)
RING = Keyring((OLD, NEW))
IDS = st.from_regex(ID, fullmatch=True)
CHUNKS = st.integers(0, 65535)
PAGES = st.sampled_from([Power.UNSUBSCRIBE, Power.CHOICES])
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
MESSAGE = sign_message(RING, "send0001", 12, "support1")
PAGE = sign_page(RING, Power.CHOICES, "support1", "listcode", "send0001")


@given(IDS, CHUNKS, IDS)
def test_a_message_token_reads_back(send: str, chunk: int, supporter: str) -> None:
    token = sign_message(RING, send, chunk, supporter)
    assert len(token) == 36
    assert read_message(RING, token) == MessageRef(send, chunk, supporter)


@given(PAGES, IDS, IDS, IDS)
def test_a_page_token_reads_back(power: Power, supporter: str, list_code: str, send: str) -> None:
    token = sign_page(RING, power, supporter, list_code, send)
    assert len(token) == 44
    assert read_page(RING, power, token) == PageRef(supporter, list_code, send)


def test_a_page_token_needs_no_send() -> None:
    token = sign_page(RING, Power.CHOICES, "support1", "listcode")
    assert read_page(RING, Power.CHOICES, token) == PageRef("support1", "listcode", NO_SEND)


@given(IDS, st.lists(st.tuples(CHUNKS, IDS), max_size=5))
def test_the_fast_signer_signs_the_same(send: str, messages: list[tuple[int, str]]) -> None:
    signer = MessageSigner(RING, send)
    assert [signer.sign(*m) for m in messages] == [sign_message(RING, send, *m) for m in messages]


def read_any(token: str) -> list[object]:
    return [ref for ref in (read_message(RING, token), *(read_page(RING, p, token) for p in Power)) if ref is not None]


@given(st.sampled_from([MESSAGE, PAGE]), st.integers(0, 43 * 6 - 1))
def test_one_flipped_bit_is_a_forgery(token: str, bit: int) -> None:
    place = bit // 6
    assume(place < len(token))
    flipped = ALPHABET[ALPHABET.index(token[place]) ^ (1 << bit % 6)]
    assert read_any(token[:place] + flipped + token[place + 1 :]) == []


@given(st.sampled_from([MESSAGE, PAGE]), st.data())
def test_a_token_cut_short_or_grown_is_a_forgery(token: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(token) - 1))
    assert read_any(token[:cut]) == []
    assert read_any(token[cut + 1 :]) == []
    assert read_any(token + data.draw(st.text(min_size=1, max_size=12))) == []


@given(st.text() | st.text(ALPHABET, min_size=36, max_size=36) | st.text(ALPHABET, min_size=44, max_size=44))
def test_what_nobody_signed_is_nothing(token: str) -> None:
    assert read_any(token) == []


@pytest.mark.parametrize("token", [MESSAGE, PAGE])
def test_only_the_one_spelling_of_a_token_is_read(token: str) -> None:
    raw = base64.urlsafe_b64decode(token)
    spellings = [
        f"{token}\n",
        f" {token}",
        f"{token[:4]} {token[4:]}",
        f"{token}====",
        f"{token}%3D",
        token[:-1] + "=",
        base64.b32encode(raw).decode(),
        raw.hex(),
    ]
    assert base64.urlsafe_b64encode(raw).decode() == token
    assert [read_any(spelling) for spelling in spellings] == [[]] * len(spellings)


def test_the_standard_alphabet_is_another_spelling_and_not_read() -> None:
    tokens = (sign_message(RING, "send0001", n, "support1") for n in range(1000))
    token = next(t for t in tokens if "-" in t and "_" in t)
    assert read_message(RING, token.replace("-", "+").replace("_", "/")) is None


@given(PAGES, PAGES, IDS, IDS)
def test_a_token_has_one_power(signed: Power, asked: Power, supporter: str, list_code: str) -> None:
    token = sign_page(RING, signed, supporter, list_code)
    assert (read_page(RING, asked, token) is not None) == (asked is signed)
    assert read_message(RING, token) is None


def test_a_message_token_opens_no_page() -> None:
    assert [read_page(RING, power, MESSAGE) for power in Power] == [None] * len(Power)


def test_a_retired_key_still_verifies_and_no_longer_signs() -> None:
    before = Keyring((replace(OLD, state=KeyState.SIGNING),))
    token = sign_page(before, Power.UNSUBSCRIBE, "support1", "listcode")
    assert read_page(RING, Power.UNSUBSCRIBE, token) == PageRef("support1", "listcode", NO_SEND)
    assert sign_page(RING, Power.UNSUBSCRIBE, "support1", "listcode") != token


def test_a_revoked_key_verifies_nothing() -> None:
    revoked = Keyring((replace(NEW, state=KeyState.REVOKED), Key(3, b"x" * 32)))
    assert read_message(revoked, MESSAGE) is None
    assert read_page(revoked, Power.CHOICES, PAGE) is None


def test_another_deployments_key_verifies_nothing() -> None:
    other = Keyring((Key(2, b"z" * 32),))
    assert read_message(other, MESSAGE) is None
    assert read_message(Keyring((Key(9, b"n" * 32),)), MESSAGE) is None


@pytest.mark.parametrize(
    "keys",
    [
        (),
        (OLD,),
        (NEW, replace(NEW, id=3)),
        (NEW, replace(OLD, id=2)),
    ],
)
def test_a_ring_has_one_signing_key_and_no_two_of_one_id(keys: tuple[Key, ...]) -> None:
    with pytest.raises(ValueError, match=r"signs|same id"):
        Keyring(keys)


@pytest.mark.parametrize(("id_", "secret"), [(32, b"s" * 32), (-1, b"s" * 32), (1, b"short"), (1, b"s" * 65)])
def test_a_key_that_cannot_be_used_is_refused(id_: int, secret: bytes) -> None:
    with pytest.raises(ValueError, match="a key has"):
        Key(id_, secret)


def test_a_key_shown_in_a_log_keeps_its_secret() -> None:
    assert "nnnn" not in repr(RING)


@pytest.mark.parametrize(("send", "supporter"), [("short", "support1"), ("send0001", "anna@example.org")])
def test_only_ids_are_signed(send: str, supporter: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        sign_message(RING, send, 0, supporter)
    with pytest.raises(ValueError, match="not an id"):
        sign_page(RING, Power.CHOICES, supporter, "listcode", send)


def test_no_address_name_or_topic_is_in_a_token() -> None:
    assert base64.urlsafe_b64decode(MESSAGE)[1:15] == base64.urlsafe_b64decode("send0001") + b"\0\x0c" + base64.urlsafe_b64decode(
        "support1"
    )


@given(st.sampled_from([Power.FRESH, Power.CONFIRM, Power.LEFT]), IDS, st.integers(0, 2**48 - 1))
def test_a_short_lived_token_reads_back_with_its_end(power: Power, id_: str, until: int) -> None:
    token = sign_short(RING, power, id_, until)
    assert len(token) == 36
    assert read_short(RING, power, token) == ShortRef(id_, until)
    assert [read_short(RING, other, token) for other in Power if other is not power] == [None] * (len(Power) - 1)
    assert read_message(RING, token) is None


def test_a_short_lived_token_ends_at_its_second() -> None:
    ref = ShortRef("support1", 1_000)
    assert [ref.ended(at) for at in (999.9, 1_000, 1_001)] == [False, True, True]


def test_only_short_lived_powers_end() -> None:
    with pytest.raises(ValueError, match="does not end"):
        sign_short(RING, Power.CHOICES, "support1", 1_000)
    assert read_short(RING, Power.MESSAGE, MESSAGE) is None
