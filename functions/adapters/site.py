"""What every Lambda with pages for supporters has in common: the theme and words, the keys, and how to speak to whom."""

from dataclasses import dataclass
from typing import Protocol

from functions.adapters.forms import Fields, one
from functions.adapters.pages import Pages, Voice
from functions.adapters.replies import Reply, Request, page
from functions.domain.supporter import LANGUAGES, FormOfAddress
from functions.domain.tokens import Keyring


class Spoken(Protocol):
    """How somebody is spoken to."""

    @property
    def language(self) -> str: ...
    @property
    def form(self) -> FormOfAddress: ...


@dataclass(frozen=True)
class Site:
    pages: Pages
    keyring: Keyring

    def reply(self, request: Request, status: int, html: str) -> Reply:
        return page(request, status, html, self.pages.headers)

    def gone(self, request: Request) -> Reply:
        """404, in the browser's language: nothing is known of who asks."""
        return self.reply(request, 404, self.pages.render("gone", self.voice(request, None)))

    def trial(self, request: Request) -> Reply:
        """That this is a mail staff sent to themselves: its ways out are nobody's, so nothing is shown and nothing changes."""
        return self.reply(request, 200, self.pages.render("trial", self.voice(request, None)))

    def voice(self, request: Request, spoken: Spoken | None, form: Fields | None = None) -> Voice:
        """How to speak: as the posted page spoke; else in the language asked for; else the supporter's; else the browser's."""
        posted = one(form or {}, "language")
        wishes = (posted, request.query.get("language", ""), spoken.language if spoken else "")
        language = next((wish for wish in wishes if wish in LANGUAGES), request.language(LANGUAGES))
        familiar = spoken.form if spoken else FormOfAddress.FORMAL
        try:
            return Voice(language, FormOfAddress(one(form or {}, "form") or familiar))
        except ValueError:
            return Voice(language, familiar)
