"""A send that is under way: pause it, let it go on, call it off."""

from itertools import islice
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters.courses import due
from functions.adapters.elections import held
from functions.adapters.sends import Send
from functions.domain.send import FINAL_SEND, MAILING, SEND_NEXT, SendFact, SendState
from functions.staff_api.electing import the_calendar
from functions.staff_api.models import ID
from functions.staff_api.problems import Problem, not_found
from functions.staff_api.request import caller
from functions.staff_api.results import SendAccepted
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["sends"]
SendId = Annotated[str, Path(pattern=ID)]
AT_ONCE = 1_000  # open chunks nudged by the request itself; the next minute's round nudges the others


@router.post("/v1/sends/<send>/pause", summary="Pause a send", tags=TAG)
def pause_send(send: SendId) -> SendAccepted:
    """Within seconds nobody is mailed any more. Who was not reached stays open; planning goes on, it mails nobody."""
    return _say(send, SendFact.PAUSED, frozenset({SendState.PAUSED}))


@router.post("/v1/sends/<send>/resume", summary="Let a paused or stopped send go on", tags=TAG)
def resume_send(send: SendId) -> SendAccepted:
    """Who was reached is not mailed again; the others are, from now on. After a seed batch: all who follow."""
    _may_mail(send)
    now = now_ms()
    anew = {"judged_from": now} if found(send).broken else {}
    answer = _say(send, SendFact.RESUMED, MAILING | {SendState.REQUESTED}, reason="", resumed_at=now, **anew)
    _nudge(send)
    return answer


@router.post("/v1/sends/<send>/cancel", summary="Call a send off, for good", tags=TAG)
def cancel_send(send: SendId) -> SendAccepted:
    """Within seconds nobody is mailed any more. Who was planned and not reached is named `skipped:send_cancelled`."""
    answer = _say(send, SendFact.CANCELLED, frozenset({SendState.CANCELLED}))
    _nudge(send)
    return answer


def _may_mail(id_: str) -> None:
    """Problem 409 while the election calendar, or a second person's missing word, holds the send."""
    send = found(id_)
    the_calendar()  # or what is wrong with it
    if send.state in FINAL_SEND:
        return
    if send.awaits_approval:
        raise Problem(409, "approval", f"The send waits: {send.item['approval']}.")
    if hold := held(send, now_ms()):
        raise Problem(409, "approval" if hold.approval else "silence", f"The send waits: {hold.why}.")


def _say(id_: str, fact: SendFact, wanted: frozenset[SendState], **attributes: str | int) -> SendAccepted:
    """Move a send by staff's word. Problem 409 when it cannot come to any of the states `wanted`."""
    send = found(id_)
    if SEND_NEXT[send.state, fact] not in wanted:
        raise _no_more(send)
    if send.state not in wanted:
        wiring().record(caller(), f"send.{fact}", f"send#{id_}", was=send.state.value)
        wiring().sends.note(send, fact, **attributes)
        send = found(id_)
        if send.state in FINAL_SEND and send.state not in wanted:  # it ended at the same moment
            raise _no_more(send)
    return SendAccepted(send=id_, state=send.state.value)


def _no_more(send: Send) -> Problem:
    why = send.item.get("reason")
    return Problem(409, "not-now", f"The send is {send.state}{f' ({why})' if why else ''}: that changes nothing.")


def _nudge(id_: str) -> None:
    send = found(id_)
    if not send.all_planned and send.state not in FINAL_SEND:
        wiring().nudges.plan(id_, send.part)
    chunks = list(wiring().sends.chunks(id_))
    send = wiring().courses.advance(send, chunks, now_ms())
    wiring().nudges.deliver(id_, [c.number for c in islice(due(send, chunks), AT_ONCE)])


def found(id_: str) -> Send:
    """Problem 404 when there is no such send."""
    send = wiring().sends.get(id_)
    if send is None:
        raise not_found("send", id_)
    return send
