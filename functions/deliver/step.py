"""Deliver one chunk of a send: consent, select, claim, assemble, SES, settle; each supporter at most once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

from functions.adapters.audience import BATCH, Audience, Reader
from functions.adapters.editions import Content
from functions.adapters.ledger import Ledger
from functions.adapters.mailer import Answer, Mailer, Outcome, Sender
from functions.adapters.pace import Pace
from functions.adapters.sends import Chunk, Send, Sends
from functions.adapters.topics import Topics
from functions.deliver.watch import Watch
from functions.domain.assembly import CompiledEdition
from functions.domain.consent import Ceiling, Refusal, refusal
from functions.domain.letter import Addresses, Letter, Rules, make_letter, rules_of, write_recipe
from functions.domain.matching import Sieve, sieve_of
from functions.domain.send import FINAL, MAILING, MessageFact, MessageState, SendFact, SendState, chunk_id, chunk_key
from functions.domain.tokens import Keyring, MessageSigner, PageSigner, Power

THREADS = 12  # an SES call takes tens of milliseconds in which a thread only waits; see docs/scale.md
TRIES = 6  # attempts at one mail that SES throttles, before it waits for the next visit
# Longer than the Lambda may run: a lease that ended means that nobody works on the chunk any more.
LEASE_S = 150


@dataclass(frozen=True)
class Desk:
    """Everything a delivery reads and writes."""

    sends: Sends
    audience: Audience
    content: Content
    ledger: Ledger
    mailer: Mailer
    pace: Pace
    topics: Topics
    keyring: Keyring
    ceiling: Ceiling
    public_url: str
    configuration_set: str


@dataclass(frozen=True)
class Visit:
    """One visit to one chunk. `stop` is set when SES refuses everything; time and staff can end it too."""

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
    pace: Pace
    sieve: Sieve | None = None  # of a send to a segment
    stop: Event = field(default_factory=Event)

    @property
    def going(self) -> bool:
        return not self.stop.is_set() and self.in_time() and self.watch.mailing()


def deliver(desk: Desk, send_id: str, number: str, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> str:
    """Deliver chunk `number`, as far as time allows. Doing it twice mails nobody twice. Returns a word for the log.

    A pause or a stop leaves the rest open; of a cancelled send, everybody who got no mail yet is skipped by name.
    """
    send = desk.sends.get(send_id)
    if send is None or (send.state not in MAILING and send.state is not SendState.CANCELLED):
        return "not sending"
    now_s = now_ms() // 1000
    until = now_s + LEASE_S
    chunk = desk.sends.lease(send_id, number, now_s, until)
    if chunk is None:
        return "done, or somebody is at it"
    try:
        if send.state is SendState.CANCELLED:
            return _call_off(desk, send_id, chunk, now_ms, in_time)
        return _work(_visit(desk, send, chunk, now_ms, in_time), chunk)
    finally:
        desk.sends.release(send_id, number, until)


def _visit(desk: Desk, send: Send, chunk: Chunk, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> Visit:
    edition = desk.content.edition(send.edition, send.edition_version)
    return Visit(
        desk=desk,
        send=send,
        key=chunk_key(send.id, int(chunk.number)),
        chunk=int(chunk.number),
        edition=edition,
        rules=rules_of(edition, desk.topics.taxonomy(), desk.ceiling, send.id, send.requested_at / 1000, send.comparison),
        signer=MessageSigner(desk.keyring, send.id),
        unsubscribe=PageSigner(desk.keyring, Power.UNSUBSCRIBE, edition.list_code, send.id),
        choices=PageSigner(desk.keyring, Power.CHOICES, edition.list_code, send.id),
        sender=Sender(edition.sender_name, edition.sender_address, edition.reply_to, desk.configuration_set),
        now_ms=now_ms,
        in_time=in_time,
        watch=Watch(desk.sends, send.id, now_ms),
        pace=desk.pace,
        sieve=sieve_of(send.audience, send.requested_at, desk.ceiling),
    )


def _work(visit: Visit, chunk: Chunk) -> str:
    ids = visit.desk.content.chunk(chunk.key)
    todo = _unsettled(visit.desk, visit.key, ids, visit.now_ms)
    with ThreadPoolExecutor(THREADS) as pool:
        for some in _slices(todo):
            if visit.going:
                list(pool.map(lambda job: _one(visit, *job), _jobs(visit, some)))
    return _count(visit.desk, visit.send.id, chunk.number, len(ids), visit.now_ms)


def _call_off(desk: Desk, send: str, chunk: Chunk, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> str:
    """Name everybody in the chunk whom the cancelled send did not reach."""
    key, ids = chunk_key(send, int(chunk.number)), desk.content.chunk(chunk.key)
    todo = _unsettled(desk, key, ids, now_ms)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda supporter: in_time() and desk.ledger.skip(key, supporter, Refusal.SEND_CANCELLED, now_ms()), todo))
    return _count(desk, send, chunk.number, len(ids), now_ms)


def _count(desk: Desk, send: str, number: str, size: int, now_ms: Callable[[], int]) -> str:
    """Keep the counts; the chunk is done when all of its `size` supporters have a named state."""
    counts = desk.ledger.counts(chunk_key(send, int(number)))
    settled = sum(n for state, n in counts.items() if state in FINAL)
    if settled < size:
        desk.sends.count(send, number, counts, now_ms() // 1000)
        return "left open"
    desk.sends.finish(send, number, counts, now_ms() // 1000)
    return "done"


def _unsettled(desk: Desk, key: str, ids: Sequence[str], now_ms: Callable[[], int]) -> list[str]:
    """Who in the chunk may be mailed, or skipped.

    A claim found under our own fresh lease was left by a visit that died: its mail may have gone out. Never mail again.
    """
    states = desk.ledger.states(key)
    for supporter, state in states.items():
        if state is MessageState.CLAIMED:
            desk.ledger.note(key, supporter, state, MessageFact.LEASE_EXPIRED, now_ms(), reason="no answer kept")
    return [i for i in ids if states.get(i, MessageState.WAITING) is MessageState.WAITING]


def _jobs(visit: Visit, ids: Sequence[str]) -> Iterator[tuple[str, Reader | None, bool]]:
    readers = visit.desk.audience.read(ids, views=visit.sieve is not None)
    hashes = visit.desk.audience.suppressed([r.address_hash for r in readers.values()])
    for supporter in ids:
        reader = readers.get(supporter)
        yield supporter, reader, reader is not None and reader.address_hash in hashes


def _one(visit: Visit, supporter: str, reader: Reader | None, suppressed: bool) -> None:
    if not visit.going:
        return
    why = _why_not(visit, reader, suppressed)
    if why or reader is None:
        visit.desk.ledger.skip(visit.key, supporter, why or Refusal.UNKNOWN_SUPPORTER, visit.now_ms())
        return
    try:
        recipe = write_recipe(visit.rules, reader.supporter)
        letter = make_letter(visit.edition, recipe, _addresses(visit, supporter))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # one profile we cannot write for stops nobody else
        visit.desk.ledger.fail(visit.key, supporter, f"not assembled: {type(error).__name__}", visit.now_ms())
        return
    if visit.desk.ledger.claim(visit.key, supporter, recipe, visit.edition.version, visit.now_ms()):
        answer = _mail(visit, letter, reader)
        _settle(visit, supporter, answer)


def _why_not(visit: Visit, reader: Reader | None, suppressed: bool) -> Refusal | None:
    if reader is None:
        return Refusal.UNKNOWN_SUPPORTER
    why = Refusal.ERASED if reader.erased else refusal(reader.supporter.consents, visit.send.list, suppressed)
    if why is None and visit.sieve and reader.view and not visit.sieve.may_ask(reader.view):
        return Refusal.NO_SEGMENT_CONSENT
    return why


def _addresses(visit: Visit, supporter: str) -> Addresses:
    url = visit.desk.public_url
    token = visit.signer.sign(visit.chunk, supporter)
    return Addresses(
        personal_links=f"{url}/c/{token}",
        shared_links=f"{url}/l/{visit.edition.edition}",
        pixel=f"{url}/o/{token}",
        unsubscribe=f"{url}/u/{visit.unsubscribe.sign(supporter)}",
        choices=f"{url}/s/{visit.choices.sign(supporter)}",
    )


def _mail(visit: Visit, letter: Letter, reader: Reader) -> Answer:
    tags = {"send": visit.send.id, "chunk": chunk_id(visit.chunk), "supporter": reader.supporter.id}
    answer = Answer(Outcome.THROTTLED, reason="no time left")
    for _ in range(TRIES):
        if not visit.going or not visit.pace.wait():  # SES was not asked, so this mail may wait
            break
        answer = visit.desk.mailer.send(letter, reader.supporter.address, visit.sender, tags)
        if answer.outcome is not Outcome.THROTTLED:
            break
        visit.pace.slow_down()
    return answer


_FACT = {
    Outcome.ACCEPTED: MessageFact.ACCEPTED,
    Outcome.THROTTLED: MessageFact.THROTTLED,
    Outcome.FATAL: MessageFact.THROTTLED,  # SES took nothing, so this mail may wait for better times
    Outcome.FAILED: MessageFact.REFUSED_BY_SES,
    Outcome.LOST: MessageFact.LEASE_EXPIRED,
}


def _settle(visit: Visit, supporter: str, answer: Answer) -> None:
    now = visit.now_ms()
    kept = {"ses_id": answer.ses_id, "sent_at": now} if answer.outcome is Outcome.ACCEPTED else {"reason": answer.reason}
    visit.desk.ledger.note(visit.key, supporter, MessageState.CLAIMED, _FACT[answer.outcome], now, **kept)
    if answer.outcome is Outcome.FATAL:
        visit.stop.set()
        visit.desk.sends.note(visit.send, SendFact.STOPPED, reason=answer.reason)


def _slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
