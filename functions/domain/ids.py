"""Short ids: 8 characters base64url, which are exactly 6 bytes, so text and bytes are one to one.

Supporters, sends, editions and the permanent `code` of a list carry one. They mean nothing outside the tables.
Staff name lists, blocks and topics themselves, by slug.
"""

import re
from binascii import a2b_base64, b2a_base64

ID = re.compile(r"[A-Za-z0-9_-]{8}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


def is_id(text: object) -> bool:
    """Whether this is an 8-character id, and nothing around it."""
    return isinstance(text, str) and ID.fullmatch(text) is not None


def is_slug(text: object) -> bool:
    """Whether this is a name staff may give: lower case, digits, hyphens, at most 40 characters."""
    return isinstance(text, str) and SLUG.fullmatch(text) is not None


def to_bytes(id_: str) -> bytes:
    """The 6 bytes of an id. ValueError when it is none."""
    if not is_id(id_):
        raise ValueError("not an id: 8 characters of A-Z a-z 0-9 - _")
    return a2b_base64(id_.encode().translate(_FROM_URL))


def from_bytes(raw: bytes) -> str:
    """The id of 6 bytes. ValueError for any other number."""
    if len(raw) != 6:
        raise ValueError("an id has 6 bytes")
    return encode(raw)


def encode(raw: bytes) -> str:
    """Base64url without padding."""
    return b2a_base64(raw, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of base64url text whose length is a multiple of 4. ValueError for any character outside the alphabet."""
    if len(text) % 4 or not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url")
    return a2b_base64(text.encode().translate(_FROM_URL))
