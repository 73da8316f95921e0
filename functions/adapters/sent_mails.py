"""A mail as it was sent: found in the ledger, and made again from what the ledger kept."""

from dataclasses import dataclass

from functions.adapters.editions import Content
from functions.adapters.items import Item
from functions.adapters.ledger import recipe_of
from functions.adapters.messages import Messages
from functions.adapters.sends import Send, Sends
from functions.domain.assembly import CompiledEdition
from functions.domain.letter import Letter, Recipe, addresses_of, make_letter
from functions.domain.send import chunk_number
from functions.domain.tokens import Keyring, PageRef, Power, sign_message, sign_page


@dataclass(frozen=True)
class SentMail:
    """What the ledger keeps of one mail, with the edition and the send it was of. `row` is the ledger's, as stored."""

    row: Item
    recipe: Recipe
    edition: CompiledEdition
    send: Send


class SentMails:
    def __init__(self, messages: Messages, sends: Sends, content: Content) -> None:
        self._messages, self._sends, self._content = messages, sends, content

    def find(self, ref: PageRef, now_s: int) -> SentMail | None:
        """The mail that a page's token came in. None for a test mail, or one whose row or edition is kept no longer."""
        row = self._messages.find(ref.send, ref.supporter)
        if row is None or row["expires"] <= now_s:
            return None
        recipe, send = recipe_of(row), self._sends.get(ref.send)
        if recipe is None or send is None:
            return None
        edition = self._content.kept(send.edition, row["version"])
        return SentMail(row, recipe, edition, send) if edition else None

    def asks(self, send: str) -> bool:
        """Whether a mail of this send asked for consent."""
        return bool(self._sends.terms(send).get("request"))


def as_sent(mail: SentMail, ref: PageRef, keyring: Keyring, public_url: str) -> Letter:
    """The very letter that SES got, while the deployment's address is the same. `keyring` as it was (`tokens.ring_then`)."""
    edition, chunk = mail.edition, chunk_number(mail.row["chunk"])
    addresses = addresses_of(
        public_url,
        edition.edition,
        sign_message(keyring, ref.send, chunk, ref.supporter),
        sign_page(keyring, Power.UNSUBSCRIBE, ref.supporter, edition.list_code, ref.send),
        sign_page(keyring, Power.CHOICES, ref.supporter, edition.list_code, ref.send),
    )
    return make_letter(edition, mail.recipe, addresses)
