"""What the supporters' pages stand on."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from functions.adapters.consents import Change, Standing
from functions.adapters.pages import Pages, Voice
from functions.adapters.replies import Reply, Request, page
from functions.adapters.wordings import Wordings
from functions.domain.consent import Ceiling, ConsentRecord
from functions.domain.edition import MailingList
from functions.domain.supporter import LANGUAGES, FormOfAddress
from functions.domain.tokens import Keyring
from functions.domain.topic import Taxonomy
from functions.pages.forms import Fields, one

ACTOR = "supporter"


class Book(Protocol):
    def standing(self, supporter: str) -> Standing | None: ...
    def records(self, supporter: str) -> list[ConsentRecord]: ...
    def change(self, supporter: str, decide: Callable[[Standing, int], Change], now_ms: int) -> Standing | None: ...


class Seen(Protocol):
    def forget(self, supporter: str, standing: Collection[str]) -> int: ...


class Topics(Protocol):
    def taxonomy(self) -> Taxonomy: ...


class Lists(Protocol):
    def by_code(self, code: str) -> MailingList | None: ...


@dataclass(frozen=True)
class Desk:
    pages: Pages
    wordings: Wordings
    book: Book
    events: Seen
    topics: Topics
    lists: Lists
    keyring: Keyring
    ceiling: Ceiling
    new_id: Callable[[], str]

    def reply(self, request: Request, status: int, html: str) -> Reply:
        return page(request, status, html, self.pages.headers)

    def gone(self, request: Request) -> Reply:
        """404, in the browser's language: nothing is known of who asks."""
        voice = self.voice(request, None)
        return self.reply(request, 404, self.pages.render("gone", voice))

    def voice(self, request: Request, standing: Standing | None, form: Fields | None = None) -> Voice:
        """How to speak: as the posted page spoke; else in the language asked for; else the supporter's; else the browser's."""
        posted = one(form or {}, "language")
        wishes = (posted, request.query.get("language", ""), standing.language if standing else "")
        language = next((wish for wish in wishes if wish in LANGUAGES), request.language(LANGUAGES))
        familiar = standing.form if standing else FormOfAddress.FORMAL
        try:
            return Voice(language, FormOfAddress(one(form or {}, "form") or familiar))
        except ValueError:
            return Voice(language, familiar)

    def forget(self, standing: Standing | None) -> None:
        """Delete the events that no consent covers any more, also those an earlier attempt left."""
        if standing:
            self.events.forget(standing.supporter, frozenset(standing.consents.grants.values()))
