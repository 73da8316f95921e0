"""What a delivery works with: the adapters, and what one visit to one chunk needs to know."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from functions.adapters.audience import Audience
from functions.adapters.ceilings import Ceilings
from functions.adapters.editions import Content
from functions.adapters.ledger import Ledger
from functions.adapters.mailer import Mailer, Sender
from functions.adapters.messages import Messages
from functions.adapters.pace import Pace
from functions.adapters.requesting import Proof, Requesting
from functions.adapters.sends import Send, Sends
from functions.adapters.topics import Topics
from functions.deliver.courtesy import Courtesy
from functions.deliver.streak import Streak
from functions.deliver.turns import Turns
from functions.deliver.watch import Watch
from functions.domain.assembly import CompiledEdition
from functions.domain.letter import Rules
from functions.domain.matching import Sieve
from functions.domain.tokens import Keyring, MessageSigner, PageSigner


@dataclass(frozen=True)
class Desk:
    """Everything a delivery reads and writes."""

    sends: Sends
    audience: Audience
    content: Content
    ledger: Ledger
    messages: Messages
    mailer: Mailer
    pace: Pace
    topics: Topics
    keyring: Keyring
    ceilings: Ceilings
    proof: Proof
    public_url: str
    configuration_set: str


@dataclass(frozen=True)
class Visit:
    """One visit to one chunk. `stop` is set when no mail gets through; time and staff can end it too."""

    desk: Desk
    send: Send
    key: str  # the ledger's partition
    chunk: int
    edition: CompiledEdition
    rules: Rules
    signer: MessageSigner
    unsubscribe: PageSigner
    choices: PageSigner
    sender: Sender
    now_ms: Callable[[], int]
    in_time: Callable[[], bool]
    watch: Watch
    pace: Turns
    stop: Event
    streak: Streak
    courtesy: Courtesy
    requesting: Requesting
    sieve: Sieve | None = None  # of a send to a segment

    @property
    def going(self) -> bool:
        return not self.pace.over and not self.stop.is_set() and self.in_time() and self.watch.mailing()
