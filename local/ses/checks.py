"""What SES v2 checks before it accepts a mail. Limits from the service model (botocore, sesv2) and the developer guide."""

import re
from collections.abc import Collection, Iterable, Mapping
from email.utils import parseaddr
from typing import Any

from local.ses.mail import SesError, bad_request

MOST_RECIPIENTS = 50
MOST_HEADERS = 15
MOST_BYTES = 40 * 1024 * 1024

_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HEADER_NAME = re.compile(r"[!-9;-@A-~]{1,126}")
_HEADER_VALUE = re.compile(r"[ -~]{1,995}")
_ADDRESS = re.compile(
    r"(?=.{1,320}$)(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
)
# SES writes these itself (developer guide, "Header fields").
_OWN_HEADERS = frozenset(("bcc", "cc", "date", "from", "message-id", "mime-version", "reply-to", "return-path", "subject", "to"))


def address(value: Any, where: str) -> str:
    """The bare address of `Name <local@domain>`. SES does no SMTPUTF8: ASCII only, names as encoded words."""
    if not isinstance(value, str) or not value:
        raise bad_request(f"{where}: an address is required.")
    if not value.isascii():
        raise bad_request(f"{where}: Local address contains control or whitespace, or is not ASCII.")
    bare = parseaddr(value)[1]
    if "@" not in bare:
        raise bad_request(f"{where}: Missing final '@domain'.")
    if not _ADDRESS.fullmatch(bare):
        raise bad_request(f"{where}: Illegal address.")
    return bare


def recipients(destination: Any) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """To, Cc and Bcc as given, each checked; at least one and at most 50 together."""
    given = destination if isinstance(destination, Mapping) else {}
    lists = tuple(tuple(given.get(f"{kind}Addresses") or ()) for kind in ("To", "Cc", "Bcc"))
    count = sum(map(len, lists))
    if count == 0:
        raise bad_request("Destination must contain at least one recipient.")
    if count > MOST_RECIPIENTS:
        raise bad_request(f"Recipient count exceeds {MOST_RECIPIENTS}.")
    for listed in lists:
        for value in listed:
            address(value, "Destination")
    return lists[0], lists[1], lists[2]


def tags(given: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in given or ():
        name, value = tag.get("Name"), tag.get("Value")
        for what in (name, value):
            if not isinstance(what, str) or not _TAG.fullmatch(what):
                raise bad_request(f"Invalid message tag: {what!r}. Only A-Z, a-z, 0-9, _ and -, at most 256 characters.")
        if name in found:
            raise bad_request(f"Duplicate message tag: {name}.")
        found[name] = value
    return found


def headers(given: Any) -> tuple[tuple[str, str], ...]:
    pairs = tuple((str(h.get("Name") or ""), str(h.get("Value") or "")) for h in given or ())
    if len(pairs) > MOST_HEADERS:
        raise bad_request(f"Headers: at most {MOST_HEADERS}, not {len(pairs)}.")
    for name, value in pairs:
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise bad_request(f"Header {name!r}: not a valid name or value.")
        if len(name) + len(value) > 996:
            raise bad_request(f"Header {name!r}: name and value are longer than 996 characters together.")
        if name.lower() in _OWN_HEADERS or name.lower().startswith("content-"):
            raise bad_request(f"Header {name!r} cannot be set: SES writes it.")
    return pairs


def content(given: Any, where: str) -> str:
    """The text of a `Content` member (Data, Charset)."""
    if not isinstance(given, Mapping) or not isinstance(given.get("Data"), str):
        raise bad_request(f"{where}.Data is required.")
    data: str = given["Data"]
    return data


def configuration_set(name: Any, known: Collection[str]) -> str | None:
    if name is None:
        return None
    if name not in known:
        raise SesError("NotFoundException", f"Configuration set <{name}> does not exist.")
    return str(name)


def identities(addresses: Iterable[str], verified: Collection[str] | None) -> None:
    """`verified` holds addresses and domains; None = everything is verified."""
    if verified is None:
        return
    failed = [a for a in addresses if a not in verified and a.rpartition("@")[2] not in verified]
    if failed:
        raise SesError(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region EU-WEST-1: " + ", ".join(failed),
        )


def size(*parts: str | bytes | None) -> None:
    if sum(len(part.encode() if isinstance(part, str) else part) for part in parts if part) > MOST_BYTES:
        raise bad_request(f"Message length is more than {MOST_BYTES} bytes long.")
