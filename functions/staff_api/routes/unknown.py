"""Mails of which nobody knows whether they went out: SES was called and no answer was kept. Staff see them, and decide."""

from collections.abc import Iterator
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.adapters.sends import Chunk, Send
from functions.domain.send import LEFT_BY_STAFF, ChunkState, MessageFact, MessageState, SendFact, SendState, chunk_key
from functions.staff_api.models import ID, UnknownBody
from functions.staff_api.problems import Problem
from functions.staff_api.request import caller
from functions.staff_api.results import UnknownDecided, UnknownMessage, UnknownShown
from functions.staff_api.routes import new_router
from functions.staff_api.routes.control import AT_ONCE, found
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["sends"]
SendId = Annotated[str, Path(pattern=ID)]
ENOUGH = 200  # mails shown or decided in one request; the chunk in which that is reached is finished
HOLD_S = 60  # longer than a request may take: no delivery visits a chunk while its rows are being changed


@router.get("/v1/sends/<send>/unknown", summary="Who may or may not have been mailed", tags=TAG)
def get_unknown(
    send: SendId, after: Annotated[str, Query(pattern=r"^([0-9]{5,})?$", description="`next_after` of the answer before.")] = ""
) -> UnknownShown:
    """SES's own reports settle most within minutes. Who is still here after an hour is for staff to decide about."""
    found(send)
    shown: list[UnknownMessage] = []
    for chunk in _chunks(send, after):
        if len(shown) >= ENOUGH:
            return UnknownShown(unknown=shown, next_after=after)
        rows = wiring().ledger.unknown(chunk_key(send, int(chunk.number)))
        shown += [UnknownMessage(supporter=r["supporter"], at=r["at"], reason=r.get("reason")) for r in rows]
        after = chunk.number
    return UnknownShown(unknown=shown)


@router.post("/v1/sends/<send>/unknown", summary="Mail them after all, or leave it at that", tags=TAG)
def decide_unknown(send: SendId, decision: UnknownBody) -> UnknownDecided:
    """`resend`: they are mailed once more, some for the second time. `leave`: named `failed`, reason `left by staff`."""
    at = found(send)
    if decision.do == "resend" and at.state is SendState.CANCELLED:
        raise Problem(409, "not-now", "The send is cancelled: nobody is mailed any more.")
    wiring().record(caller(), f"send.unknown-{decision.do}", f"send#{send}", supporters=decision.supporters or "all")
    wanted = set(decision.supporters) if decision.supporters else None
    decided, more = 0, False
    for chunk in _chunks(send):
        if decided >= ENOUGH:
            more = True
            break
        some = _resend(send, chunk, wanted) if decision.do == "resend" else _decide(send, chunk, MessageFact.STAFF_LEAVE, wanted)
        more = more or some is None
        decided += some or 0
    if decision.do == "resend":
        _go_on(at)
    elif decided:
        wiring().reports.renew(send, now_ms())
    return UnknownDecided(decided=decided, more=more)


def _chunks(send: str, after: str = "") -> Iterator[Chunk]:
    """The chunks in which some mail was unknown when they were counted. A visit that dies is counted by the next one."""
    return (c for c in wiring().sends.chunks(send) if c.number > after and (c.counts or {}).get(MessageState.UNKNOWN))


def _resend(send: str, chunk: Chunk, wanted: set[str] | None) -> int | None:
    """None when a delivery is at work on the chunk: it may be about to settle them."""
    now_s = now_ms() // 1000
    if not any(wanted is None or r["supporter"] in wanted for r in wiring().ledger.unknown(chunk_key(send, int(chunk.number)))):
        return 0
    if not wiring().sends.reopen(send, chunk.number, now_s, now_s + HOLD_S):
        return None
    try:
        return _decide(send, chunk, MessageFact.STAFF_RESEND, wanted)
    finally:
        wiring().sends.release(send, chunk.number, now_s + HOLD_S)


def _decide(send: str, chunk: Chunk, fact: MessageFact, wanted: set[str] | None) -> int:
    w, key = wiring(), chunk_key(send, int(chunk.number))
    ids = [row["supporter"] for row in w.ledger.unknown(key) if wanted is None or row["supporter"] in wanted]
    reason = LEFT_BY_STAFF if fact is MessageFact.STAFF_LEAVE else "mailed again by staff"
    decided = sum(w.ledger.note(key, id_, MessageState.UNKNOWN, fact, now_ms(), reason=reason) for id_ in ids)
    w.sends.count(send, chunk.number, w.ledger.counts(key), now_ms() // 1000)
    return decided


def _go_on(send: Send) -> None:
    """Have the chunks that are open again delivered. Also what a request that died left behind."""
    still_open = [c.number for c in wiring().sends.chunks(send.id) if c.state is ChunkState.OPEN and c.mailable(send)]
    if still_open:
        again: dict[str, None] = {"ended_at": None} if send.state is SendState.ENDED else {}
        again |= {"rested_at": None} if send.course else {}
        wiring().sends.note(send, SendFact.REOPENED, **again)
        wiring().nudges.deliver(send.id, still_open[:AT_ONCE])
