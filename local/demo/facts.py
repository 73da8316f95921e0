"""What is known after a run: what staff's API answered, what the tables hold, what lies in the outbox, what readers really did.

Plain values, so that summary, checks and report are pure functions of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from functions.domain.assembly import CompiledEdition
from functions.domain.consent import ConsentRecord
from functions.domain.event import Event, EventKind, Verdict
from functions.domain.interest import click_token, human_clicks, parse
from functions.domain.topic import Taxonomy
from local.demo.readers import Act
from local.demo.supporters import Taste


@dataclass(frozen=True)
class SendFacts:
    """One edition as it was sent. `number` from 1; `planned`: the supporters frozen into its chunks; `at` epoch seconds."""

    number: int
    edition: str
    name: str
    list: str
    send: str
    at: float
    planned: frozenset[str]
    comparison: float = 0.0


@dataclass(frozen=True)
class Row:
    """A row of the ledger: one message. `picks` as stored ("3e.12o"), empty when there is no mail."""

    send: str
    supporter: str
    state: str
    reason: str = ""
    picks: str = ""
    selection: str = ""
    links: str = ""
    pixel: bool = False
    arm: str = ""
    language: str = ""
    form: str = ""
    greeting: str = field(default="", repr=False)
    at: int = 0

    @property
    def entries(self) -> tuple[int, ...]:
        """The entries of the edition that the mail holds, lead first."""
        return tuple(int(pick[:-1]) for pick in self.picks.split(".") if pick)

    @property
    def delivered(self) -> bool:
        return self.state in ("delivered", "complained")


@dataclass(frozen=True)
class Person:
    """A supporter as the platform knows them after the run."""

    id: str
    address: str = field(repr=False)
    language: str
    grants: frozenset[str]
    topics: frozenset[str]
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Posted:
    """A mail of the outbox: whom it was for, of which send, and its `.eml` file."""

    send: str
    supporter: str
    address: str = field(repr=False)
    file: Path


@dataclass(frozen=True)
class Performed:
    """An act of a simulated reader as the platform answered it. `at` is the clock's epoch second when it was done."""

    act: Act
    send: str
    at: float
    status: int
    n: int | None = None
    personal: bool = False


@dataclass(frozen=True)
class Facts:
    """Everything. `rejections`: reason -> rows; `totals`: (edition, n) -> clicks on a shared link."""

    imported: Mapping[str, int]
    rejections: Mapping[str, int]
    suppressions: int
    suppressed_addresses: tuple[str, ...]
    sends: tuple[SendFacts, ...]
    rows: tuple[Row, ...]
    editions: Mapping[str, CompiledEdition]
    people: Mapping[str, Person]
    consents: tuple[ConsentRecord, ...]
    events: tuple[Event, ...]
    totals: Mapping[tuple[str, int], int]
    posted: tuple[Posted, ...]
    performed: tuple[Performed, ...]
    tastes: Mapping[str, Taste]
    taxonomy: Taxonomy
    titles: Mapping[str, Mapping[str, str]]  # block -> language -> title
    now: float
    seed: int

    @property
    def last(self) -> SendFacts:
        return self.sends[-1]

    def rows_of(self, send: str) -> list[Row]:
        return [row for row in self.rows if row.send == send]

    @cached_property
    def counted(self) -> frozenset[str]:
        """Keys of the clicks that count as a person's: a person by verdict, no burst, once per block and mail."""
        by_mail: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in self.events:
            if event.kind is EventKind.CLICKED and event.verdict is Verdict.HUMAN and event.shown and event.slot is not None:
                by_mail[event.supporter, event.send].append(event)
        return frozenset(key for events in by_mail.values() for key in _counted(events, self.now))

    @cached_property
    def clicks(self) -> tuple[Event, ...]:
        """The clicks that count, each the first of its block and mail."""
        return tuple(event for event in self.events if key(event) in self.counted)


def key(event: Event) -> str:
    return f"{event.supporter}/{event.key}"


def _counted(events: Iterable[Event], now: float) -> list[str]:
    """The product's own filter decides: the same that interests go through."""
    tokens = {click_token(e.send, e.slot or 0, e.shown, e.at): key(e) for e in sorted(events, key=lambda e: e.at, reverse=True)}
    kept = set(human_clicks(tokens, now))
    return [found for token, found in tokens.items() if parse(token) in kept]
