"""What a block is about: a closed taxonomy, owned by staff, in every language.

A topic has an id (staff's word, used wherever people and tables meet it) and a permanent one-character code (used in click
tokens, events and rankings). Neither is ever given to another topic: old clicks would change their meaning.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from functions.domain.ids import is_slug

CODE = re.compile(r"[0-9A-Za-z]")


@dataclass(frozen=True)
class Topic:
    """One topic: id (slug), code (one letter or digit, permanent), names by language."""

    id: str
    code: str
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, language: str) -> str:
        """The name in this language, else in any, else the id."""
        return self.names.get(language) or next(iter(self.names.values()), self.id)


@dataclass(frozen=True)
class Taxonomy:
    """All topics, in staff's order. ValueError when an id or code is not valid or is used twice."""

    topics: tuple[Topic, ...] = ()

    def __post_init__(self) -> None:
        for topic in self.topics:
            if not is_slug(topic.id):
                raise ValueError(f"topic {topic.id!r}: an id is lower-case letters, digits and hyphens, at most 40")
            if not isinstance(topic.code, str) or not CODE.fullmatch(topic.code):
                raise ValueError(f"topic {topic.id!r}: a code is one letter or digit")
        for what, values in (("id", [t.id for t in self.topics]), ("code", [t.code for t in self.topics])):
            twice = sorted({v for v in values if values.count(v) > 1})
            if twice:
                raise ValueError(f"topic {what} {twice[0]!r} is used twice")

    def get(self, id_: str) -> Topic | None:
        """The topic of this id."""
        return next((t for t in self.topics if t.id == id_), None)

    def by_code(self, code: str) -> Topic | None:
        """The topic of this code."""
        return next((t for t in self.topics if t.code == code), None)

    def codes(self, ids: Iterable[str]) -> frozenset[str]:
        """The codes of these topics; ids it does not know are left out."""
        wanted = frozenset(ids)
        return frozenset(t.code for t in self.topics if t.id in wanted)

    def ids(self, codes: Iterable[str]) -> frozenset[str]:
        """The ids of these codes; codes it does not know are left out."""
        wanted = frozenset(codes)
        return frozenset(t.id for t in self.topics if t.code in wanted)

    def succeeds(self, previous: "Taxonomy") -> list[str]:
        """Why this may not replace `previous`: each topic that lost or changed its code, in words. Empty when it may."""
        reasons = []
        for old in previous.topics:
            new = self.get(old.id)
            if new is None:
                reasons.append(f"topic {old.id!r} is missing: old clicks still name it")
            elif new.code != old.code:
                reasons.append(f"topic {old.id!r}: its code is {old.code!r} for good")
        return reasons

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Taxonomy":
        """Read `{"topics": [{"id", "code", "names": {language: name}}, ...]}`. ValueError says what is wrong."""
        topics = body.get("topics")
        if not isinstance(topics, list):
            raise ValueError("topics: a list is needed")
        return cls(tuple(_topic(t) for t in topics))

    def to_json(self) -> dict[str, Any]:
        return {"topics": [{"id": t.id, "code": t.code, "names": dict(t.names)} for t in self.topics]}


def _topic(body: object) -> Topic:
    if not isinstance(body, Mapping) or not isinstance(body.get("id"), str) or not isinstance(body.get("code"), str):
        raise ValueError("topics: each has an id, a code and names")
    names = body.get("names", {})
    if not isinstance(names, Mapping) or not all(isinstance(n, str) and n.strip() for n in names.values()):
        raise ValueError(f"topic {body['id']!r}: names are texts by language")
    return Topic(body["id"], body["code"], {str(language): name.strip() for language, name in names.items()})
