"""From an edition compiled once to one supporter's mail: a join of bytes.

The renderer compiles an edition once per language into a shell and one fragment per block, in HTML and in plain text.
What differs per supporter is a slot (see `slots`). `assemble` is the hot path of a send: it neither parses nor searches,
it lines up bytes that were cut beforehand and joins them once.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

from functions.domain.filling import DATA_END, DATA_HTML, DATA_TEXT, DATA_VALUES, WHOLE, Filling, Shell, fill_whole, shell_of
from functions.domain.quoting import needs_quoting, quoted
from functions.domain.slots import FORMS, INDICATED, MARKER, OFFERED, TOPICS, VALUES, escaped, in_html, marker, pieces

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
    answer_range: tuple[int, int] = (0, 0)  # numbers of its answers that are given in one click


@dataclass(frozen=True)
class CompiledLanguage:
    """An edition in one language: HTML and text as shell head, one fragment per entry, shell tail; markers still in them.

    `forms` holds per number n of a marker `@@Fn@@` the (informal, formal) words, as plain text; `indications` by `INDICATED`
    what stands at `@@INDICATION@@` in HTML and in text (nothing where it has none), by `TOPICS` what stands at `@@TOPICS@@`;
    `titles` the entries' titles as text.
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
    indications: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    titles: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()  # of all polls that are answered in one click, by number

    @cached_property
    def cut(self) -> "Mapping[str, _Cut]":
        """Ready to join, per form of address. Made on first use, kept for the life of the object."""
        return {form: _Cut(self, place) for place, form in enumerate(FORMS)}

    @cached_property
    def quoted_cut(self) -> "Mapping[str, _Cut]":
        """The same for bulk calls."""
        return {form: _Cut(self, place).quoted() for place, form in enumerate(FORMS)}


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
    ranges = {name: tuple(read.get(name, (0, 0))) for name in ("link_range", "answer_range")}
    return CompiledEntry(**{**read, **ranges, "topics": tuple(read["topics"])})


def _language(read: dict[str, Any]) -> CompiledLanguage:
    for part in ("html_fragments", "text_fragments", "titles", "answers"):
        read[part] = tuple(read.get(part, ()))
    read["indications"] = {said: (html, text) for said, (html, text) in read.get("indications", {}).items()}
    return CompiledLanguage(**{**read, "forms": tuple((informal, formal) for informal, formal in read["forms"])})


class Slots(NamedTuple):
    """What differs per supporter.

    `link_prefix` is `<public>/c/<token>` (personal) or `<public>/l/<edition>` (shared), a link is `<prefix>/<n>`;
    `form` is "informal" or "formal"; `greeting` is plain text, in subject and body alike; no `pixel_url`, no pixel;
    `indication` is one of `INDICATED` where the mail has to say how it was chosen.
    """

    link_prefix: str
    form: str
    greeting: str
    unsubscribe_url: str
    choices_url: str
    pixel_url: str | None = None
    indication: str = ""
    answers_url: str = ""  # `<public>/a/<token>`, only where the edition has a poll that is answered in one click


class Assembled(NamedTuple):
    html: bytes
    text: bytes


class _Frame:
    """What stands around the blocks, in one form of address and with one indication, cut into bytes.

    `ordered`, given the values for HTML, the values for text and `statics`, gives what stands before and after the blocks:
    HTML head, HTML tail, text head, text tail, which end at `ends`.
    """

    __slots__ = ("ends", "html", "ordered", "statics", "text")

    def __init__(self, html: Sequence[str], text: Sequence[str]) -> None:
        statics: list[bytes] = []
        order: list[int] = []
        ends: list[int] = []
        for marked, values in (*((part, 0) for part in html), *((part, len(VALUES)) for part in text)):
            texts, names = pieces(marked)
            for static, name in zip(texts, (*names, None), strict=True):
                order.append(2 * len(VALUES) + len(statics))
                statics.append(static.encode())
                order += [] if name is None else [values + VALUES.index(name)]
            ends.append(len(order))
        self.html, self.text = html, text
        self.statics: Bytes = tuple(statics)
        self.ends = tuple(ends[:3])
        self.ordered: Callable[[Bytes], Bytes] = itemgetter(*order)


class _Cut:
    """One language in one form of address: a frame per indication, and the blocks in bytes, the same in all of them."""

    __slots__ = ("answers", "frames", "html_fragments", "shells", "subject", "text_fragments", "titles")
    shells: Mapping[str, Shell]  # of one that is `quoted`

    def __init__(self, compiled: CompiledLanguage, form: int) -> None:
        def spoken(marked: str, write: Callable[[str], str]) -> str:
            return MARKER.sub(lambda m: write(compiled.forms[int(m[2])][form]) if m[1] == "F" else m[0], marked)

        def frame(said: str) -> _Frame:
            indication = compiled.indications.get(said, ("", ""))
            topics = compiled.indications.get(TOPICS, ("", "")) if said in OFFERED else ("", "")

            def framed(part: str, kind: int) -> str:
                return part.replace(marker("INDICATION"), indication[kind]).replace(marker("TOPICS"), topics[kind])

            return _Frame(
                [spoken(framed(part, 0), in_html) for part in (compiled.html_head, compiled.html_tail)],
                [spoken(framed(part, 1), str) for part in (compiled.text_head, compiled.text_tail)],
            )

        self.subject = spoken(compiled.subject, str)
        self.titles = tuple(spoken(title, str) for title in compiled.titles)
        self.answers = tuple(spoken(answer, str) for answer in compiled.answers)
        self.frames: Mapping[str, _Frame] = {said: frame(said) for said in ("", *INDICATED)}
        self.html_fragments = tuple(_fragment(spoken(fragment, in_html)) for fragment in compiled.html_fragments)
        self.text_fragments = tuple(_fragment(spoken(fragment, str)) for fragment in compiled.text_fragments)

    def quoted(self) -> "_Cut":
        """Itself for bulk calls: fragments as they stand in template data, and shells to put them in."""
        self.html_fragments = tuple(type(parts)(quoted(part, depth=2) for part in parts) for parts in self.html_fragments)
        self.text_fragments = tuple(type(parts)(quoted(part, depth=2) for part in parts) for parts in self.text_fragments)
        self.shells = {said: shell_of(frame.html, frame.text) for said, frame in self.frames.items()}
        return self


class _Poll(tuple[bytes, ...]):
    """A fragment with answers that are given in one click: texts, and between them LINK or ANSWERS. At least five long."""


def _fragment(marked: str) -> Bytes:
    texts, names = pieces(marked)
    if strange := set(names) - {"LINK", "ANSWERS"}:
        raise ValueError(f"a block holds a slot that is the shell's own: {sorted(strange)}")
    if "ANSWERS" not in names:
        return tuple(text.encode() for text in texts)
    line = [part for text, name in zip(texts, (*names, ""), strict=True) for part in (text.encode(), name.encode())][:-1]
    return _Poll(line + [b""] * (5 - len(line)))


PIXEL = (b'<img src="', b'" width="1" height="1" alt="" style="display:block;border:0;" />')


def assemble(compiled: CompiledLanguage, entry_indexes: Sequence[int], slots: Slots) -> Assembled:
    """The mail with the entries at these indexes, in this order, as UTF-8."""
    safe, plain = _values(slots)
    cut = compiled.cut[slots.form]
    return _joined(cut, cut.frames[slots.indication], entry_indexes, safe, plain, slots.answers_url)


def fill(compiled: CompiledLanguage, entry_indexes: Sequence[int], slots: Slots) -> Filling:
    """The same mail for a bulk call: its shell, and what fills it, in less than the time of a join."""
    cut = compiled.quoted_cut[slots.form]
    shell = cut.shells[slots.indication]
    if shell is WHOLE:
        return fill_whole(*assemble(compiled, entry_indexes, slots))
    safe, plain = _values(slots)
    if needs_quoting(b"".join(plain)):
        safe = tuple([quoted(value, depth=2) for value in safe])
        plain = tuple([quoted(value, depth=2) for value in plain])
    elif slots.pixel_url:
        safe = (*safe[:4], quoted(safe[4], depth=2))  # what escaping adds needs no quoting, the markup of the pixel does
    data = [DATA_VALUES % (*safe, *plain), DATA_HTML]
    answers = slots.answers_url
    _add_blocks(data, cut.html_fragments, entry_indexes, safe[0], quoted(escaped(answers).encode(), depth=2) if answers else b"")
    data.append(DATA_TEXT)
    _add_blocks(data, cut.text_fragments, entry_indexes, plain[0], quoted(answers.encode(), depth=2) if answers else b"")
    data.append(DATA_END)
    return Filling(shell, data)


def _values(slots: Slots) -> tuple[Bytes, Bytes]:
    """The supporter's values as HTML takes them, and as text does."""
    link, _, greeting, unsubscribe, choices, pixel, _, _ = slots
    plain = (link.encode(), greeting.encode(), unsubscribe.encode(), choices.encode(), pixel.encode() if pixel else b"")
    safe = plain if _is_safe(b"".join(plain)) else tuple(v if _is_safe(v) else escaped(v.decode()).encode() for v in plain)
    if pixel:
        safe = (*safe[:4], PIXEL[0] + safe[4] + PIXEL[1])
    return safe, plain


def _joined(cut: _Cut, frame: _Frame, entry_indexes: Sequence[int], safe: Bytes, plain: Bytes, answers: str) -> Assembled:
    parts = frame.ordered(safe + plain + frame.statics)
    html_head, html_tail, text_head = frame.ends
    html = [*parts[:html_head]]
    _add_blocks(html, cut.html_fragments, entry_indexes, safe[0], escaped(answers).encode() if answers else b"")
    html += parts[html_head:html_tail]
    text = [*parts[html_tail:text_head]]
    _add_blocks(text, cut.text_fragments, entry_indexes, plain[0], answers.encode() if answers else b"")
    text += parts[text_head:]
    return Assembled(b"".join(html), b"".join(text))


def _add_blocks(line: list[bytes], fragments: tuple[Bytes, ...], picked: Sequence[int], link: bytes, answers: bytes) -> None:
    """Measured: naming the common numbers of links takes half the time of a loop over a fragment's parts, and one join of
    all parts at the end less than one per fragment."""
    for index in picked:
        fragment = fragments[index]
        count = len(fragment)
        if count == 3:
            a, b, c = fragment
            line += (a, link, b, link, c)
        elif count == 2:
            a, b = fragment
            line += (a, link, b)
        elif type(fragment) is _Poll:
            filling = {b"LINK": link, b"ANSWERS": answers}
            line += [filling.get(part, part) if place % 2 else part for place, part in enumerate(fragment)]
        else:
            line.append(link.join(fragment))


def _is_safe(value: bytes) -> bool:
    """Whether escaping would change nothing. Comparing lengths takes a tenth of a microsecond, escaping ten times that."""
    return len(value.translate(None, b"&<>\"'")) == len(value)


def subject_line(compiled: CompiledLanguage, slots: Slots) -> str:
    """The subject with its slots filled: one line of plain text, not header-encoded."""
    return compiled.cut[slots.form].subject.replace(marker("GREETING"), slots.greeting)


def titles(compiled: CompiledLanguage, form: str) -> tuple[str, ...]:
    """The titles of the entries as a mail in this form of address shows them; empty for what was compiled without them."""
    return compiled.cut[form].titles


def answers(compiled: CompiledLanguage, form: str) -> tuple[str, ...]:
    """The words of all answers that are given in one click, by number."""
    return compiled.cut[form].answers
