"""From an edition compiled once to one supporter's mail: a join of bytes.

The renderer compiles an edition once per language into a shell and one fragment per block, in HTML and in plain text.
What differs per supporter is a *slot*: a marker `@@NAME@@` in those texts. The table `SLOTS` lists every slot.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Link:
    """Where link number n of an edition leads (n is its place in the table). `entry` is the block's entry, -1 for the shell."""

    url: str
    entry: int


@dataclass(frozen=True)
class CompiledEntry:
    """A block as selection and tracking see it. `topics` are one-character codes; its links are numbers in range(*link_range)."""

    block: str
    topics: tuple[str, ...]
    prior: float
    must: bool
    link_range: tuple[int, int]


@dataclass(frozen=True)
class CompiledLanguage:
    """An edition in one language: HTML and text as shell head, one fragment per entry, shell tail; markers still in them.

    `forms` holds per number n of a marker `@@Fn@@` the (informal, formal) words. Languages without own texts do not exist here.
    """

    language: str
    subject: str
    html_head: str
    html_fragments: tuple[str, ...]
    html_tail: str
    text_head: str
    text_fragments: tuple[str, ...]
    text_tail: str
    forms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CompiledEdition:
    """Everything a send needs of an edition. `version` names exactly this content."""

    edition: str
    version: str
    name: str
    list: str
    list_code: str
    sender_name: str
    sender_address: str
    reply_to: str
    show: int
    links: tuple[Link, ...]
    entries: tuple[CompiledEntry, ...]
    languages: Mapping[str, CompiledLanguage]
    max_bytes: int  # of the largest HTML that any pick can give
    warnings: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """JSON, the same bytes for the same content."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, body: bytes) -> "CompiledEdition":
        read: dict[str, Any] = json.loads(body)
        read["links"] = tuple(Link(**link) for link in read["links"])
        read["entries"] = tuple(_entry(entry) for entry in read["entries"])
        read["languages"] = {name: _language(language) for name, language in read["languages"].items()}
        return cls(**{**read, "warnings": tuple(read["warnings"])})


def _entry(read: dict[str, Any]) -> CompiledEntry:
    first, after = read["link_range"]
    return CompiledEntry(**{**read, "topics": tuple(read["topics"]), "link_range": (first, after)})


def _language(read: dict[str, Any]) -> CompiledLanguage:
    for part in ("html_fragments", "text_fragments"):
        read[part] = tuple(read[part])
    return CompiledLanguage(**{**read, "forms": tuple((informal, formal) for informal, formal in read["forms"])})


class Slots(NamedTuple):
    """What differs per supporter.

    `link_prefix` is `<public>/c/<token>` (personal) or `<public>/l/<edition>` (shared), a link is `<prefix>/<n>`;
    `form` is "informal" or "formal"; `greeting` is plain text, in subject and body alike; no `pixel_url`, no pixel.
    """

    link_prefix: str
    form: str
    greeting: str
    unsubscribe_url: str
    choices_url: str
    pixel_url: str | None = None


class Assembled(NamedTuple):
    html: bytes
    text: bytes


def assemble(compiled: CompiledLanguage, entry_indexes: Sequence[int], slots: Slots) -> Assembled:
    """The mail with the entries at these indexes, in this order. UTF-8."""
    raise NotImplementedError


def subject_line(compiled: CompiledLanguage, slots: Slots) -> str:
    """The subject with its slots filled: one line of plain text, not header-encoded."""
    raise NotImplementedError
