"""Deliver one chunk of a send: consent, select, claim, assemble, SES, settle; each supporter at most once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from functions.adapters.elections import held
from functions.adapters.frequency import Frequency
from functions.adapters.mailer import Sender
from functions.adapters.pace import now_ms as clock_ms
from functions.adapters.requesting import Requesting, request_of
from functions.adapters.sends import Chunk, Send
from functions.deliver.courtesy import Courtesy
from functions.deliver.mailing import THREADS, mail_all
from functions.deliver.streak import Streak
from functions.deliver.turns import Turns
from functions.deliver.visit import Desk, Visit
from functions.deliver.watch import Watch
from functions.domain.calendar import ceiling_of
from functions.domain.consent import Ceiling, Refusal
from functions.domain.letter import rules_of
from functions.domain.matching import sieve_of
from functions.domain.pace import Bucket, priority_of, yields
from functions.domain.segment import purposes
from functions.domain.send import FINAL, MAILING, MessageState, SendFact, SendState, chunk_key
from functions.domain.send_pace import pace_of, seen_at
from functions.domain.tokens import MessageSigner, PageSigner, Power

# Longer than the Lambda may run: a lease that ended means that nobody works on the chunk any more.
LEASE_S = 150


def deliver(desk: Desk, send_id: str, number: str, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> str:
    """Deliver chunk `number`, as far as time allows. Doing it twice mails nobody twice. Returns a word for the log.

    A pause or a stop leaves the rest open; of a cancelled send, everybody who got no mail yet is skipped by name.
    """
    send = desk.sends.get(send_id)
    if send is None or (send.state not in MAILING and send.state is not SendState.CANCELLED):
        return "not sending"
    if send.state in MAILING and (hold := held(send, now_ms())):
        desk.sends.note(send, SendFact.PAUSED, reason=hold.why, **({"approval": hold.why} if hold.approval else {}))
        return "held by the election calendar"
    seen = desk.pace.look()
    if send.state in MAILING and yields(seen, priority_of(send.terms), clock_ms()):
        return "others go first"
    now_s = now_ms() // 1000
    until = now_s + LEASE_S
    chunk = desk.sends.lease(send_id, number, now_s, until)
    if chunk is None:
        return "done, or somebody is at it"
    try:
        if send.state is SendState.CANCELLED:
            return _call_off(desk, send_id, chunk, now_ms, in_time)
        if not chunk.mailable(send):
            return "not released yet"
        return _work(_visit(desk, send, seen, chunk, now_ms, in_time), chunk)
    finally:
        desk.sends.release(send_id, number, until)


def _visit(desk: Desk, send: Send, seen: Bucket, chunk: Chunk, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> Visit:
    edition = desk.content.edition(send.edition, send.edition_version)
    now = desk.ceilings.now()
    # A mail that asks is the same for everybody and follows nobody, also for who allowed it before.
    ceiling = Ceiling.EDITORIAL if request_of(send) else ceiling_of(send.terms, now)
    sieve = sieve_of(send.audience, send.requested_at, ceiling)
    targeted = sieve is not None and bool(purposes(sieve.expression))
    watch, stop = Watch(desk.sends, send.id, now_ms, lambda: desk.ceilings.now() is now and not held(send, now_ms())), Event()
    return Visit(
        desk=desk,
        send=send,
        key=chunk_key(send.id, int(chunk.number)),
        chunk=int(chunk.number),
        edition=edition,
        rules=rules_of(edition, desk.topics.taxonomy(), ceiling, send.id, send.requested_at / 1000, send.comparison, targeted),
        signer=MessageSigner(desk.keyring, send.id),
        unsubscribe=PageSigner(desk.keyring, Power.UNSUBSCRIBE, edition.list_code, send.id),
        choices=PageSigner(desk.keyring, Power.CHOICES, edition.list_code, send.id),
        sender=Sender(edition.sender_name, edition.sender_address, edition.reply_to, desk.configuration_set),
        now_ms=now_ms,
        in_time=in_time,
        watch=watch,
        pace=_turns(desk, send, seen, lambda: not stop.is_set() and in_time() and watch.mailing()),
        stop=stop,
        streak=Streak(),
        courtesy=Courtesy(desk.messages, desk.sends, send),
        requesting=Requesting(desk.proof, Frequency(desk.messages, desk.sends), request_of(send), send.list, send.id),
        sieve=sieve,
    )


def _turns(desk: Desk, send: Send, seen: Bucket, going: Callable[[], bool]) -> Turns:
    own = pace_of(send.terms)
    source = desk.pace.of_send(send.id, own, seen) if own else desk.pace
    return Turns(source, priority_of(send.terms), seen_at(seen, own), going)


def _work(visit: Visit, chunk: Chunk) -> str:
    ids = visit.desk.content.chunk(chunk.key)
    todo = _unsettled(visit.desk, visit.key, ids[: chunk.mailable(visit.send)], visit.now_ms)
    visit.pace.expect(len(todo))
    mail_all(visit, todo)
    if visit.pace.over:
        visit.desk.sends.nudged(visit.send.id, chunk.number, 0)  # the next round may nudge it again
    courtesy = visit.courtesy if chunk.mailable(visit.send) == chunk.size else None  # who is released later may be mailed earlier
    return _count(visit.desk, visit.send.id, chunk.number, len(ids), visit.now_ms, courtesy)


def _call_off(desk: Desk, send: str, chunk: Chunk, now_ms: Callable[[], int], in_time: Callable[[], bool]) -> str:
    """Name everybody in the chunk whom the cancelled send did not reach."""
    key, ids = chunk_key(send, int(chunk.number)), desk.content.chunk(chunk.key)
    todo = _unsettled(desk, key, ids, now_ms)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda supporter: in_time() and desk.ledger.skip(key, supporter, Refusal.SEND_CANCELLED, now_ms()), todo))
    return _count(desk, send, chunk.number, len(ids), now_ms)


def _count(desk: Desk, send: str, number: str, size: int, now_ms: Callable[[], int], courtesy: Courtesy | None = None) -> str:
    """Keep the counts; the chunk is done when all of its `size` supporters have a named state."""
    counts = desk.ledger.counts(chunk_key(send, int(number)))
    settled = sum(n for state, n in counts.items() if state in FINAL)
    if settled < size:
        not_before = courtesy.not_before(size - settled) if courtesy else 0
        desk.sends.count(send, number, counts, now_ms() // 1000, not_before)
        return "waits for an hour" if not_before else "left open"
    desk.sends.finish(send, number, counts, now_ms() // 1000)
    return "done"


def _unsettled(desk: Desk, key: str, ids: Sequence[str], now_ms: Callable[[], int]) -> list[str]:
    """Who in the chunk may be mailed, or skipped.

    A claim found under our own fresh lease was left by a visit that died: its mail may have gone out. Never mail again.
    """
    states = desk.ledger.close_claims(key, now_ms())
    return [i for i in ids if states.get(i, MessageState.WAITING) is MessageState.WAITING]
