"""The mails of one visit: write, batch as the mailer takes them, wait, claim, hand over, settle each by its own answer.

Nobody is claimed before there is time and room to mail them, and whoever is claimed is settled before the batch is let go:
only a crash leaves a claim open.
"""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.audience import BATCH, Reader
from functions.adapters.mailer import Answer, Batch, Mail, Outcome
from functions.deliver.visit import Visit
from functions.domain.consent import Refusal, refusal
from functions.domain.letter import Addresses, Recipe, addresses_of, write_recipe
from functions.domain.pausing import paused
from functions.domain.send import MessageFact, MessageState, SendFact, chunk_id

THREADS = 12  # an SES call takes tens of milliseconds in which a thread only waits; see docs/scale.md
AHEAD = 20  # of the mails that go at once, so many times are read together: who leaves meanwhile is seen within seconds
TRIES = 6  # attempts at one mail that SES throttles, before it waits for the next visit


class Job(NamedTuple):
    supporter: str
    reader: Reader | None
    suppressed: bool


class _Jobs:
    """One iterator for several threads."""

    def __init__(self, jobs: Iterator[Job]) -> None:
        self._jobs, self._lock = jobs, threading.Lock()

    def __iter__(self) -> Iterator[Job]:
        return self

    def __next__(self) -> Job:
        with self._lock:
            return next(self._jobs)


def mail_all(visit: Visit, ids: Sequence[str]) -> None:
    """Mail these supporters or name why not, as far as time, staff and SES allow. Who is not reached keeps no claim."""
    if not ids:
        return
    jobs = _Jobs(_read(visit, ids))
    most = min(visit.desk.mailer.most, visit.pace.most)
    threads = min(THREADS, -(-len(ids) // most))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: _work_along(visit, jobs), range(threads)))


def _read(visit: Visit, ids: Sequence[str]) -> Iterator[Job]:
    """Those whose hour it is, as they are now. The others get no row and wait for another visit."""
    start = 0
    while start < len(ids):
        if not visit.going:
            return
        some = ids[start : start + min(BATCH, AHEAD * visit.pace.most)]
        start += len(some)
        readers = visit.desk.audience.read(some, views=visit.sieve is not None)
        if visit.courtesy.by_the_hour:
            some = [supporter for supporter in some if not visit.courtesy.waits(readers.get(supporter), visit.now_ms())]
            visit.pace.expect(len(some))  # SES's rate is for others while these sleep
        hashes = visit.desk.audience.suppressed([readers[supporter].address_hash for supporter in some if supporter in readers])
        for supporter in some:
            reader = readers.get(supporter)
            yield Job(supporter, reader, reader is not None and reader.address_hash in hashes)


def _work_along(visit: Visit, jobs: _Jobs) -> None:
    recipes: dict[str, Recipe] = {}
    for batch in visit.desk.mailer.pack(_written(visit, jobs, recipes), visit.sender, lambda: visit.pace.most):
        _mail(visit, batch, recipes)


def _written(visit: Visit, jobs: _Jobs, recipes: dict[str, Recipe]) -> Iterator[Mail]:
    """The letters of those who may be mailed; keeps their recipes. The others are named in the ledger."""
    for supporter, reader, suppressed in jobs:
        if not visit.going:
            return
        why = _why_not(visit, reader, suppressed)
        if why or reader is None:
            visit.desk.ledger.skip(visit.key, supporter, why or Refusal.UNKNOWN_SUPPORTER, visit.now_ms())
            continue
        try:
            recipe = write_recipe(visit.rules, reader.supporter)
            letter = visit.desk.mailer.write(visit.edition, recipe, _addresses(visit, supporter))
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:  # one profile we cannot write for stops nobody else
            reason = f"not assembled: {type(error).__name__}"
            visit.desk.ledger.fail(visit.key, supporter, reason, visit.now_ms())
            _stop(visit, visit.streak.missed(reason))
            continue
        recipes[supporter] = recipe
        tags = {"send": visit.send.id, "chunk": chunk_id(visit.chunk), "supporter": supporter}
        yield Mail(letter, reader.supporter.address, tags)


def _why_not(visit: Visit, reader: Reader | None, suppressed: bool) -> Refusal | None:
    if reader is None:
        return Refusal.UNKNOWN_SUPPORTER
    why = Refusal.ERASED if reader.erased else refusal(reader.supporter.consents, visit.send.list, suppressed)
    if why is None and visit.sieve and reader.view and not visit.sieve.may_ask(reader.view):
        return Refusal.NO_SEGMENT_CONSENT
    if why is None and paused(reader.paused_until, visit.now_ms()):
        return Refusal.PAUSED
    if why is None and visit.courtesy.had_enough(reader, visit.now_ms()):
        return Refusal.FREQUENCY_CAP
    if why is None and not visit.requesting.may_go(reader.supporter.id, reader.supporter.consents, visit.now_ms()):
        return Refusal.NOT_TO_BE_ASKED
    return why


def _addresses(visit: Visit, supporter: str) -> Addresses:
    return addresses_of(
        visit.desk.public_url,
        visit.edition.edition,
        visit.signer.sign(visit.chunk, supporter),
        visit.unsubscribe.sign(supporter),
        visit.choices.sign(supporter),
    )


def _mail(visit: Visit, batch: Batch, recipes: dict[str, Recipe]) -> None:
    """Mail a batch once it may go; when it may not, nobody in it was claimed."""
    if not _may_go(visit, len(batch.mails)):
        return
    claimed = _claimed(visit, batch.mails, recipes)
    whole = len(claimed) == len(batch.mails)
    for ready in [batch] if whole else visit.desk.mailer.pack(claimed, visit.sender):
        _hand_over(visit, ready)


def _may_go(visit: Visit, count: int) -> bool:
    """Wait until SES takes `count` more mails. False when that moment does not come within this visit."""
    return visit.going and visit.pace.wait(count) and visit.going


def _claimed(visit: Visit, mails: Sequence[Mail], recipes: dict[str, Recipe]) -> list[Mail]:
    """Those whom nobody else claimed before."""
    claimed: list[Mail] = []
    try:
        for mail in mails:
            supporter = mail.tags["supporter"]
            if visit.desk.ledger.claim(visit.key, supporter, recipes.pop(supporter), visit.edition.version, visit.now_ms()):
                claimed.append(mail)
    except (BotoCoreError, ClientError) as error:  # SES was not asked for those before it either, so they may wait
        _settle(visit, [(mail, Answer(Outcome.THROTTLED, reason=type(error).__name__)) for mail in claimed])
        raise
    return claimed


def _hand_over(visit: Visit, batch: Batch) -> None:
    """Claimed mails to SES. Whom it throttles is tried again, and waits for the next visit when time or tries are up."""
    throttled: list[tuple[Mail, Answer]] = []
    try:
        for tried in range(TRIES):
            if tried and not _may_go(visit, len(batch.mails)):
                break
            throttled = []
            answered = list(zip(batch.mails, visit.desk.mailer.post(batch), strict=True))
            throttled = [pair for pair in answered if pair[1].outcome is Outcome.THROTTLED]
            _settle(visit, [pair for pair in answered if pair[1].outcome is not Outcome.THROTTLED])
            if not throttled:
                break
            visit.pace.slow_down()
            [batch] = visit.desk.mailer.pack([mail for mail, _ in throttled], visit.sender)
    finally:
        _settle(visit, throttled)


_FACT = {
    Outcome.ACCEPTED: MessageFact.ACCEPTED,
    Outcome.THROTTLED: MessageFact.THROTTLED,
    Outcome.FATAL: MessageFact.THROTTLED,  # SES took nothing, so this mail may wait for better times
    Outcome.FAILED: MessageFact.REFUSED_BY_SES,
    Outcome.LOST: MessageFact.LEASE_EXPIRED,
}


def _settle(visit: Visit, answered: Sequence[tuple[Mail, Answer]]) -> None:
    """Each by its own answer. A write that fails leaves that one for the next visit to name, and raises after the others."""
    failed: BotoCoreError | ClientError | None = None
    for mail, answer in answered:
        now = visit.now_ms()
        kept = {"ses_id": answer.ses_id, "sent_at": now} if answer.outcome is Outcome.ACCEPTED else {"reason": answer.reason}
        try:
            visit.desk.ledger.note(visit.key, mail.tags["supporter"], MessageState.CLAIMED, _FACT[answer.outcome], now, **kept)
        except (BotoCoreError, ClientError) as error:
            failed = error
    _stop(visit, _why_stop(visit, [answer for _, answer in answered]))
    if failed:
        raise failed


def _why_stop(visit: Visit, answers: Sequence[Answer]) -> str:
    """The reason to stop the send, in the answers to one call: SES says so, or it is one too many; "" to go on."""
    by = {answer.outcome: answer.reason for answer in answers}
    if Outcome.FATAL in by:
        return by[Outcome.FATAL]
    if Outcome.ACCEPTED in by:
        visit.streak.ended()
        return ""
    if Outcome.LOST in by:  # one answer, however many mails were in the call
        return visit.streak.missed(by[Outcome.LOST])
    failed = sum(answer.outcome is Outcome.FAILED for answer in answers)
    return visit.streak.missed(by[Outcome.FAILED], failed) if failed else ""


def _stop(visit: Visit, why: str) -> None:
    """Stop the send, where there is a reason to. Who was not reached waits."""
    if why and not visit.stop.is_set():
        visit.stop.set()
        visit.desk.sends.note(visit.send, SendFact.STOPPED, reason=why)
