"""Signed tokens in URLs: what a mail may do, for whom, and nothing more.

A mail can be forwarded, so each token carries one power, by keyed BLAKE2b with the power in the hash's personalisation:
authenticated, not encrypted; the ids inside mean nothing outside the tables. The fields are whole base64url characters,
so there is exactly one text per token.

    message   1 byte power and key, 6 send, 2 chunk, 6 supporter, 12 tag                  36 characters
    page      1 byte power and key, 2 zero, 6 supporter, 6 list, 6 send, 12 tag           44 characters
    short     1 byte power and key, 2 zero, 6 id, 6 epoch second at which it ends, 12 tag 36 characters
"""

import re
from binascii import b2a_base64
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b
from hmac import compare_digest

from functions.domain.ids import decode, encode, from_bytes, to_bytes

NO_SEND = "AAAAAAAA"  # a page token that came from no mail
TRIAL = "test"  # stands for a token in a mail that staff sent to themselves; too short to be one
FRESH_MINUTES = 30  # how long a fresh link works
_TAG = 12
_MESSAGE = re.compile(r"[A-Za-z0-9_-]{36}")
_PAGE = re.compile(r"[A-Za-z0-9_-]{44}")
_TO_URL = bytes.maketrans(b"+/", b"-_")


class Power(StrEnum):
    MESSAGE = "m"  # redirect, count, pixel
    UNSUBSCRIBE = "u"
    CHOICES = "s"
    FRESH = "f"  # My mail and My data: short-lived, mailed to the address alone
    CONFIRM = "k"  # a sign-up's second step: short-lived
    LEFT = "l"  # what may follow a leaving on the page that says it worked: short-lived, in no mail


# In the first byte: three bits of power, five of key id.
_CODE = {Power.MESSAGE: 1, Power.UNSUBSCRIBE: 2, Power.CHOICES: 3, Power.FRESH: 4, Power.CONFIRM: 5, Power.LEFT: 6}
_SHORT_LIVED = frozenset({Power.FRESH, Power.CONFIRM, Power.LEFT})


class KeyState(StrEnum):
    COMING = "coming"  # verifies, signs soon: by then every process that keeps a ring knows it
    SIGNING = "signing"
    RETIRED = "retired"  # signs no more, still verifies: unsubscribing must work from a mail of years ago
    REVOKED = "revoked"  # verifies no more


@dataclass(frozen=True)
class Key:
    """A secret of 16 to 64 bytes with an id of 0 to 31."""

    id: int
    secret: bytes = field(repr=False)
    state: KeyState = KeyState.SIGNING

    def __post_init__(self) -> None:
        if not 0 <= self.id <= 31 or not 16 <= len(self.secret) <= 64:
            raise ValueError("a key has an id of 0 to 31 and a secret of 16 to 64 bytes")


@dataclass(frozen=True)
class Keyring:
    """All keys, exactly one of which signs."""

    keys: tuple[Key, ...]

    def __post_init__(self) -> None:
        if len({key.id for key in self.keys}) != len(self.keys):
            raise ValueError("two keys have the same id")
        if sum(key.state is KeyState.SIGNING for key in self.keys) != 1:
            raise ValueError("exactly one key signs")

    @property
    def signing(self) -> Key:
        return next(key for key in self.keys if key.state is KeyState.SIGNING)

    def verifying(self, id_: int) -> Key | None:
        return next((key for key in self.keys if key.id == id_ and key.state is not KeyState.REVOKED), None)


@dataclass(frozen=True)
class MessageRef:
    send: str
    chunk: int
    supporter: str


@dataclass(frozen=True)
class PageRef:
    supporter: str
    list_code: str
    send: str


@dataclass(frozen=True)
class ShortRef:
    """`id` of a supporter (FRESH), a sign-up (CONFIRM) or a leaving (LEFT); `until`: the epoch second at which the token ends."""

    id: str
    until: int

    def ended(self, now_s: float) -> bool:
        return now_s >= self.until


class MessageSigner:
    """Signs the messages of one send. Keyed state and prefix are made once per chunk, so a token costs under 1 us."""

    def __init__(self, keyring: Keyring, send: str) -> None:
        self._key = keyring.signing
        self._head = bytes([_CODE[Power.MESSAGE] << 5 | self._key.id]) + to_bytes(send)
        self._chunk = -1

    def sign(self, chunk: int, supporter: str) -> str:
        """The 36-character token of one message. `supporter` must be an id: it is not checked here."""
        if chunk != self._chunk:
            self._prefix = encode(self._head + chunk.to_bytes(2))
            self._keyed = blake2b(self._prefix.encode(), digest_size=_TAG, key=self._key.secret, person=b"m")
            self._chunk = chunk
        tag = self._keyed.copy()
        tag.update(supporter.encode())
        return f"{self._prefix}{supporter}{b2a_base64(tag.digest(), newline=False).translate(_TO_URL).decode()}"


def sign_message(keyring: Keyring, send: str, chunk: int, supporter: str) -> str:
    """The token of one message: 36 characters. ValueError for what are no ids; OverflowError for a chunk above 65,535."""
    to_bytes(supporter)
    return MessageSigner(keyring, send).sign(chunk, supporter)


def read_message(keyring: Keyring, token: str) -> MessageRef | None:
    """Whom and what a message token names, or None: forged, cut short, of another power, of a revoked key."""
    raw = _verified(keyring, Power.MESSAGE, _MESSAGE, token)
    return MessageRef(from_bytes(raw[1:7]), int.from_bytes(raw[7:9]), from_bytes(raw[9:15])) if raw else None


class PageSigner:
    """Signs the page tokens of one power in the mails of one send; all but the supporter is made once."""

    def __init__(self, keyring: Keyring, power: Power, list_code: str, send: str = NO_SEND) -> None:
        key = keyring.signing
        self._head = encode(bytes([_CODE[power] << 5 | key.id, 0, 0]))
        self._rest = encode(to_bytes(list_code) + to_bytes(send))
        self._keyed = blake2b(self._head.encode(), digest_size=_TAG, key=key.secret, person=power.encode())

    def sign(self, supporter: str) -> str:
        """The 44-character token of one supporter's page. `supporter` must be an id: it is not checked here."""
        payload = f"{supporter}{self._rest}"
        tag = self._keyed.copy()
        tag.update(payload.encode())
        return f"{self._head}{payload}{b2a_base64(tag.digest(), newline=False).translate(_TO_URL).decode()}"


def sign_page(keyring: Keyring, power: Power, supporter: str, list_code: str, send: str = NO_SEND) -> str:
    """The token of a supporter's page: 44 characters. It does not expire. ValueError for what are no ids."""
    to_bytes(supporter)
    return PageSigner(keyring, power, list_code, send).sign(supporter)


def read_page(keyring: Keyring, power: Power, token: str) -> PageRef | None:
    """Whose page a token of this power opens, or None: forged, cut short, of another power, of a revoked key."""
    raw = _verified(keyring, power, _PAGE, token)
    if not raw or raw[1:3] != b"\0\0":
        return None
    return PageRef(from_bytes(raw[3:9]), from_bytes(raw[9:15]), from_bytes(raw[15:21]))


def sign_short(keyring: Keyring, power: Power, id_: str, until: int) -> str:
    """A token that ends at epoch second `until`: 36 characters. ValueError for what is no id, or a power that does not end."""
    if power not in _SHORT_LIVED:
        raise ValueError(f"a token of power {power.name} does not end")
    key = keyring.signing
    payload = encode(bytes([_CODE[power] << 5 | key.id, 0, 0]) + to_bytes(id_) + until.to_bytes(6))
    return payload + encode(_tag(key, power, payload))


def read_short(keyring: Keyring, power: Power, token: str) -> ShortRef | None:
    """Whom a short-lived token names, ended or not: a page for an ended one can help. None as for the others."""
    raw = _verified(keyring, power, _MESSAGE, token) if power in _SHORT_LIVED else None
    return ShortRef(from_bytes(raw[3:9]), int.from_bytes(raw[9:15])) if raw and raw[1:3] == b"\0\0" else None


def ring_then(keyring: Keyring, token: str) -> Keyring:
    """The ring in which the key of this token signs: with it, what came in the same mail is signed as it was then.

    For a token that was read before: it says which key that was. ValueError for what is no token.
    """
    then = decode(token)[0] & 31
    return Keyring(
        tuple(
            replace(key, state=KeyState.SIGNING)
            if key.id == then
            else replace(key, state=KeyState.RETIRED if key.state is KeyState.SIGNING else key.state)
            for key in keyring.keys
        )
    )


def _tag(key: Key, power: Power, payload: str) -> bytes:
    return blake2b(payload.encode(), digest_size=_TAG, key=key.secret, person=power.encode()).digest()


def _verified(keyring: Keyring, power: Power, shape: re.Pattern[str], token: str) -> bytes | None:
    if not shape.fullmatch(token):
        return None
    raw = decode(token)
    key = keyring.verifying(raw[0] & 31)
    if key is None or raw[0] >> 5 != _CODE[power] or not compare_digest(raw[-_TAG:], _tag(key, power, token[:-16])):
        return None
    return raw
