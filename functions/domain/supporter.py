"""A person we may write to: address, language, how they are addressed, and what they allow."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

from functions.domain.consent import Consents
from functions.domain.ids import encode

LANGUAGES = ("nl", "en", "fr")
NAME_LENGTH = 60


class FormOfAddress(StrEnum):
    INFORMAL = "informal"  # je, tu
    FORMAL = "formal"  # u, vous


@dataclass(frozen=True)
class Attribute:
    """A fact about a supporter and where it comes from ("import", "supporter", "staff")."""

    value: str
    source: str


@dataclass(frozen=True)
class InterestTag:
    """A topic whose interest is above the threshold, and since when (epoch ms)."""

    topic: str
    since: int


@dataclass(frozen=True)
class Supporter:
    """One supporter as the rules see them.

    `stage` is a `Stage` with its source; `topics` are the ids of the topics they ticked; `clicks` the tokens of their newest
    clicks; `tags` their interest tags; `muted` the topics that their clicks shall say nothing about; `own` the fields they
    filled in themselves.
    """

    id: str
    address: str = field(repr=False)
    language: str
    name: str = field(default="", repr=False)
    form: FormOfAddress = FormOfAddress.INFORMAL
    external_id: str | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict, repr=False)
    stage: Attribute | None = field(default=None, repr=False)
    consents: Consents = field(default_factory=Consents)
    topics: frozenset[str] = frozenset()
    clicks: frozenset[str] = frozenset()
    tags: tuple[InterestTag, ...] = ()
    muted: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


# RFC 5322 dot-atom. SES does not do SMTPUTF8, so the part before the @ is ASCII; quoted forms are typing errors in practice.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")
# The four characters that Python's IDNA (2003) maps to another domain than today's registries (2008) do.
_DEVIATING = re.compile("[ßς\u200c\u200d]")


def normalise_address(text: str) -> str:
    """One spelling per address: trimmed, the domain in lower-case ASCII (IDNA), the part before the @ as it was written.

    ValueError with a plain reason when SES could not deliver to it.
    """
    address = text.strip().removeprefix("mailto:")
    local, at, domain = address.rpartition("@")
    if not at:
        raise ValueError("no @ in the address" if address else "the address is empty")
    if not local.isascii() or not _LOCAL.fullmatch(local):
        raise ValueError("the part before the @ is not valid")
    if len(local) > 64:
        raise ValueError("the part before the @ is longer than 64 characters")
    if _DEVIATING.search(domain):
        raise ValueError("write this domain in its xn-- form")
    try:
        domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        raise ValueError("the domain is not valid") from None
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("the domain is not valid")
    if len(local) + 1 + len(domain) > 254:
        raise ValueError("the address is longer than 254 characters")
    return f"{local}@{domain}"


def is_below(address: str, domain: str) -> bool:
    """Whether an address, spelled as above, is at the domain or a subdomain of it."""
    host = address.rpartition("@")[2]
    return host == domain or host.endswith(f".{domain}")


def address_hash(key: bytes, address: str) -> str:
    """22 characters by which an address is found and suppressed without being stored: keyed BLAKE2b-128, case ignored.

    Give it a normalised address.
    """
    return encode(blake2b(address.strip().lower().encode(), digest_size=16, key=key).digest())


def clean_name(text: str) -> str:
    """A name fit for a greeting and a header: one line, no control or direction characters, at most 60 characters.

    Empty when it holds an address or a URL: lists carry those in their name column, and mail programs would link them.
    """
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if unicodedata.category(c) != "Cf")
    name = " ".join(kept.split())[:NAME_LENGTH].rstrip()
    return "" if "@" in name or "://" in name or name.lower().startswith("www.") else name


_GREETINGS: Mapping[tuple[str, FormOfAddress], tuple[str, str]] = {
    ("nl", FormOfAddress.INFORMAL): ("Beste {},", "Beste lezer,"),
    ("nl", FormOfAddress.FORMAL): ("Geachte {},", "Geachte lezer,"),
    ("en", FormOfAddress.INFORMAL): ("Dear {},", "Dear reader,"),
    ("en", FormOfAddress.FORMAL): ("Dear {},", "Dear reader,"),
    ("fr", FormOfAddress.INFORMAL): ("Bonjour {},", "Bonjour,"),
    ("fr", FormOfAddress.FORMAL): ("Bonjour {},", "Madame, Monsieur,"),
}


def greeting(language: str, form: FormOfAddress, name: str) -> str:
    """The first line of a mail, plain text (the caller escapes). Without a usable name it greets the reader."""
    named, unnamed = _GREETINGS[language if language in LANGUAGES else LANGUAGES[0], form]
    cleaned = clean_name(name)
    return named.format(cleaned) if cleaned else unnamed
