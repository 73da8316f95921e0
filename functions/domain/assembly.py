"""From an edition compiled once to one supporter's mail: a join of bytes.

The renderer compiles an edition once per language into a shell and one fragment per block, in HTML and in plain text.
What differs per supporter is a slot (see `slots`). `assemble` is the hot path of a send: it neither parses nor searches,
it lines up bytes that were cut beforehand and joins them once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from functions.domain.slots import FORMS, GREETING_WORD, MARKER, VALUES, escaped, marker, pieces

Bytes = tuple[bytes, ...]


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

    `forms` holds per number n of a marker `@@Fn@@` the (informal, formal) words, as plain text.
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

    @cached_property
    def cut(self) -> "Mapping[str, _Cut]":
        """Ready to join, per form of address. Made on first use, kept for the life of the object."""
        return {form: _Cut(self, place) for place, form in enumerate(FORMS)}


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


class _Shell:
    """Head or tail of a mail, cut at its slots. Called with a supporter's values it gives the parts in order."""

    __slots__ = ("ordered", "statics")

    def __init__(self, marked: str) -> None:
        texts, names = pieces(marked)
        order = [len(VALUES)]
        for place, name in enumerate(names, len(VALUES) + 1):
            order += (VALUES.index(name), place)
        self.statics = (*(text.encode() for text in texts), b"")
        # The empty part last, so that there are always two and itemgetter always gives a tuple.
        self.ordered: Callable[[Bytes], Bytes] = itemgetter(*order, len(VALUES) + len(texts))

    def parts(self, values: Bytes) -> Bytes:
        return self.ordered(values + self.statics)


class _Cut:
    """One language in one form of address, cut into bytes."""

    __slots__ = ("html", "html_head", "html_tail", "subject", "text", "text_head", "text_tail")

    def __init__(self, compiled: CompiledLanguage, form: int) -> None:
        def spoken(marked: str, escape: Callable[[str], str]) -> str:
            return MARKER.sub(lambda m: escape(compiled.forms[int(m[2])][form]) if m[1] == "F" else m[0], marked)

        self.subject = spoken(compiled.subject, str)
        self.html_head = _Shell(spoken(compiled.html_head, escaped))
        self.html_tail = _Shell(spoken(compiled.html_tail, escaped))
        self.text_head = _Shell(spoken(compiled.text_head, str))
        self.text_tail = _Shell(spoken(compiled.text_tail, str))
        self.html = tuple(_fragment(spoken(fragment, escaped)) for fragment in compiled.html_fragments)
        self.text = tuple(_fragment(spoken(fragment, str)) for fragment in compiled.text_fragments)


def _fragment(marked: str) -> Bytes:
    texts, names = pieces(marked)
    if set(names) - {"LINK"}:
        raise ValueError(f"a block holds a slot that is the shell's own: {sorted(set(names) - {'LINK'})}")
    return tuple(text.encode() for text in texts)


def _lined_up(shell_head: Bytes, fragments: tuple[Bytes, ...], picked: Sequence[int], shell_tail: Bytes, link: bytes) -> bytes:
    """Measured against joining each fragment first, or one list built part by part: naming the common cases is fastest."""
    line = [*shell_head]
    for index in picked:
        fragment = fragments[index]
        parts = len(fragment)
        if parts == 3:
            a, b, c = fragment
            line += (a, link, b, link, c)
        elif parts == 2:
            a, b = fragment
            line += (a, link, b)
        else:
            line.append(link.join(fragment))
    line += shell_tail
    return b"".join(line)


def _safe(value: str) -> bytes:
    raw = value.encode()
    return raw if len(raw.translate(None, b"&<>\"'")) == len(raw) else escaped(value).encode()


def assemble(compiled: CompiledLanguage, entry_indexes: Sequence[int], slots: Slots) -> Assembled:
    """The mail with the entries at these indexes, in this order, as UTF-8."""
    prefix, form, greeting, unsubscribe, choices, pixel = slots
    cut = compiled.cut[form]
    image = b"" if pixel is None else PIXEL % _safe(pixel)
    link = _safe(prefix)
    values = (link, _safe(greeting), _safe(unsubscribe), _safe(choices), image)
    html = _lined_up(cut.html_head.parts(values), cut.html, entry_indexes, cut.html_tail.parts(values), link)
    link = prefix.encode()
    values = (link, greeting.encode(), unsubscribe.encode(), choices.encode(), b"")
    text = _lined_up(cut.text_head.parts(values), cut.text, entry_indexes, cut.text_tail.parts(values), link)
    return Assembled(html, text)


PIXEL = b'<img src="%b" width="1" height="1" alt="" style="display:block;border:0;" />'


def subject_line(compiled: CompiledLanguage, slots: Slots) -> str:
    """The subject with its slots filled: one line of plain text, not header-encoded."""
    return compiled.cut[slots.form].subject.replace(marker("GREETING"), slots.greeting)


__all__ = [
    "GREETING_WORD",
    "Assembled",
    "CompiledEdition",
    "CompiledEntry",
    "CompiledLanguage",
    "Link",
    "Slots",
    "assemble",
    "subject_line",
]
