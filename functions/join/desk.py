"""What signing up and confirming stand on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from functions.adapters.asking import Asking, Book
from functions.adapters.consents import Change, Standing
from functions.adapters.gate import Gate
from functions.adapters.lifting import Suppressed
from functions.adapters.mailer import Answer, Sender
from functions.adapters.notices import Notice
from functions.adapters.pages import Voice
from functions.adapters.welcomes import Welcome
from functions.domain.consent import too_young_below
from functions.domain.consent_report import Group
from functions.domain.edition import MailingList
from functions.domain.joining import SignUp


class Lists(Protocol):
    def named(self, id_: str) -> MailingList | None: ...


class Joining(Book, Protocol):
    def create(self, who: Standing, change: Change, address: str) -> Standing | None: ...


class SignUps(Protocol):
    def hash(self, address: str) -> str: ...
    def keep(self, sign_up: SignUp) -> None: ...
    def read(self, id_: str, now_s: float) -> SignUp | None: ...
    def known(self, hashed: str) -> str | None: ...
    def suppressed(self, hashed: str) -> Suppressed | None: ...
    def confirming(self, sign_up: SignUp) -> Mapping[str, Any]: ...
    def lifting(self, hashed: str, held: Suppressed) -> Mapping[str, Any]: ...
    def naming(self, hashed: str, supporter: str, gone: str | None) -> Mapping[str, Any]: ...


class Limits(Protocol):
    def allow(self, what: str, who: str, most: int, within_s: int, now_s: int) -> bool: ...


class Notices(Protocol):
    def send(self, notice: Notice, voice: Voice, to: str, sender: Sender) -> Answer: ...


class Totals(Protocol):
    def count_left_open(self, group: Group, request: str, now_s: int) -> None: ...


class Welcomes(Protocol):
    def of(self, list_: str, language: str) -> Welcome | None: ...


@dataclass(frozen=True)
class Desk(Asking):
    book: Joining
    lists: Lists
    sign_ups: SignUps
    limits: Limits
    gate: Gate
    notices: Notices
    welcomes: Welcomes
    totals: Totals
    public_url: str
    configuration_set: str
    failed: Callable[[str, str], None]  # notes what went wrong (what, and the name of the error) that no page may tell

    def sender(self, mailing_list: MailingList) -> Sender:
        return Sender(mailing_list.sender_name, mailing_list.sender_address, mailing_list.reply_to, self.configuration_set)

    @property
    def too_young(self) -> str:
        """The age that somebody may say to be younger than."""
        return str(too_young_below(self.pages.party["voting_age"]))


def list_name(mailing_list: MailingList, voice: Voice) -> str:
    return mailing_list.names.get(voice.language) or next(iter(mailing_list.names.values()), mailing_list.id)
