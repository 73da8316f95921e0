"""What the supporters' pages stand on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.adapters.answers import Poll
from functions.adapters.asking import Asking
from functions.adapters.gate import Gate
from functions.adapters.lifting import Suppressed
from functions.adapters.sent_mails import SentMail
from functions.domain.consent_report import Group
from functions.domain.edition import MailingList
from functions.domain.event import Event
from functions.domain.leaving import Reason
from functions.domain.tokens import PageRef


class Leavers(Protocol):
    def count_left_open(self, group: Group, request: str, now_s: int) -> None: ...
    def count_reason(self, list_: str, reason: Reason, request: str, now_s: int) -> None: ...
    def count_left(self, send: str, request: str, now_s: int, by: int = 1) -> None: ...


class Firsts(Protocol):
    def first(self, what: str, who: str, now_s: int, until_s: int) -> bool: ...


class Lifting(Protocol):
    def suppressed(self, hashed: str) -> Suppressed | None: ...
    def lifting(self, hashed: str, held: Suppressed) -> Mapping[str, Any]: ...


class Lists(Protocol):
    def by_code(self, code: str) -> MailingList | None: ...


class Sent(Protocol):
    def find(self, ref: PageRef, now_s: int) -> SentMail | None: ...
    def asks(self, send: str) -> bool: ...


class Answers(Protocol):
    def of(self, poll: Poll) -> Event | None: ...
    def keep(self, poll: Poll, event: Event) -> None: ...
    def count(self, poll: Poll, n: int, request: str, now_s: int) -> bool: ...
    def take_back(self, poll: Poll, request: str, now_s: int) -> None: ...


class Records(Protocol):
    def get(self, send: str) -> dict[str, Any] | None: ...


@dataclass(frozen=True)
class Desk(Asking):
    lists: Lists
    sent: Sent
    records: Records
    polls: Answers
    gate: Gate
    firsts: Firsts
    suppressions: Lifting
    public_url: str
    totals: Leavers
    failed: Callable[[str, Exception], None]  # notes an error that the supporter must not notice
