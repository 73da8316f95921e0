"""What staff write: blocks, the editions that offer them, and the mailing lists that sign and send them.

All texts are per language (`nl`, `en`, `fr`). Texts named *markdown* are staff's Markdown; the renderer makes them safe
HTML. In every text `{je|u}` gives the informal or the formal words, and `{greeting}` (opening, subject, preheader) the greeting.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class BlockKind(StrEnum):
    ARTICLE = "article"
    APPEAL = "appeal"
    EVENT = "event"
    POLL = "poll"
    THANKS = "thanks"


@dataclass(frozen=True)
class Answer:
    """One answer of a poll, and the page it leads to. Without a page it is given in one click, on a page of ours."""

    text: str
    url: str = ""

    @classmethod
    def from_json(cls, body: Json) -> "Answer":
        return cls(body["text"], body.get("url", ""))


@dataclass(frozen=True)
class BlockText:
    """A block in one language. `text` is markdown, `url` is where picture, title and button lead, `alt` describes the picture."""

    title: str = ""
    text: str = ""
    button: str = ""
    url: str = ""
    alt: str = ""
    when: str = ""  # events
    where: str = ""  # events
    who: str = ""  # thanks: the person quoted
    answers: tuple[Answer, ...] = ()  # polls

    @classmethod
    def from_json(cls, body: Json) -> "BlockText":
        words = {key: value for key, value in body.items() if key != "answers"}
        return cls(**words, answers=tuple(Answer.from_json(a) for a in body.get("answers", ())))


@dataclass(frozen=True)
class Block:
    """A unit of content. `topics` are slugs of the taxonomy, the primary one first; `picture` is a picture id."""

    id: str
    kind: BlockKind
    topics: tuple[str, ...]
    texts: Mapping[str, BlockText]
    picture: str | None = None

    @classmethod
    def from_json(cls, body: Json) -> "Block":
        texts = {language: BlockText.from_json(text) for language, text in body["texts"].items()}
        return cls(body["id"], BlockKind(body["kind"]), tuple(body["topics"]), texts, body.get("picture"))

    def to_json(self) -> Json:
        return asdict(self)

    @property
    def one_click(self) -> int:
        """How many answers it has that are given in one click: all of a poll's, in every language, or none."""
        text = next(iter(self.texts.values()), BlockText())
        return 0 if any(answer.url for answer in text.answers) else len(text.answers)


@dataclass(frozen=True)
class Entry:
    """A block offered in an edition; `must` puts it in every mail."""

    block: str
    must: bool = False


@dataclass(frozen=True)
class Edition:
    """One newsletter, prepared once. `entries` are in staff's order, `show` of them go into a mail."""

    id: str
    name: str
    list: str
    languages: tuple[str, ...]
    subject: Mapping[str, str]
    preheader: Mapping[str, str]
    opening: Mapping[str, str]
    entries: tuple[Entry, ...]
    show: int = 8
    layout: str = "newsletter"
    utm: bool = True

    @classmethod
    def from_json(cls, body: Json) -> "Edition":
        entries = tuple(Entry(e["block"], e.get("must", False)) for e in body["entries"])
        rest = {key: value for key, value in body.items() if key not in ("entries", "languages")}
        return cls(**rest, entries=entries, languages=tuple(body["languages"]))

    def to_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True)
class MailingList:
    """What a supporter subscribes to, and the named person who signs it.

    `id` is staff's slug, `code` the permanent 8 characters that tokens carry; `signature` is markdown, `portrait` a picture id.
    """

    id: str
    code: str
    names: Mapping[str, str]
    sender_name: str
    sender_address: str
    reply_to: str
    signature: Mapping[str, str] = field(default_factory=dict)
    portrait: str | None = None

    @classmethod
    def from_json(cls, body: Json) -> "MailingList":
        return cls(**body)

    def to_json(self) -> Json:
        return asdict(self)


@dataclass(frozen=True)
class Problem:
    """Why something cannot be sent: the field as a path (`entries[2].block`) and a plain reason."""

    field: str
    reason: str


def prior(order: int) -> float:
    """The click-through a block is expected to get before anyone has seen it, from its place in staff's order (0 first).

    A mild slope: staff's order says something about quality (research: correlation .64), but a reader's taste must be able
    to overrule it. 6 % for the first, 2.7 % for the fortieth.
    """
    return 0.06 / (1 + 0.03 * order)
