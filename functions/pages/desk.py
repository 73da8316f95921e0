"""What the supporters' pages stand on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from functions.adapters.consents import Change, Standing
from functions.adapters.site import Site
from functions.adapters.wordings import Wordings
from functions.domain.consent import Ceiling, ConsentRecord
from functions.domain.edition import MailingList
from functions.domain.topic import Taxonomy

ACTOR = "supporter"


class Book(Protocol):
    def standing(self, supporter: str) -> Standing | None: ...
    def records(self, supporter: str) -> list[ConsentRecord]: ...
    def change(self, supporter: str, decide: Callable[[Standing, int], Change], now_ms: int) -> Standing | None: ...


class Seen(Protocol):
    def forget(self, supporter: str, standing: Collection[str]) -> int: ...


class Leavers(Protocol):
    def count_left(self, send: str, request: str, now_s: int) -> None: ...


class Topics(Protocol):
    def taxonomy(self) -> Taxonomy: ...


class Lists(Protocol):
    def by_code(self, code: str) -> MailingList | None: ...


@dataclass(frozen=True)
class Desk(Site):
    wordings: Wordings
    book: Book
    events: Seen
    topics: Topics
    lists: Lists
    ceiling: Ceiling
    new_id: Callable[[], str]
    totals: Leavers
    failed: Callable[[str, Exception], None]  # notes an error that the supporter must not notice

    def forget(self, standing: Standing | None) -> None:
        """Delete the events that no consent covers any more, also those an earlier attempt left."""
        if standing:
            self.events.forget(standing.supporter, frozenset(standing.consents.grants.values()))
