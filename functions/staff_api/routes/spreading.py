"""Spread over days what a send has left, when staff find that it is too much for one."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.domain.course import course_of
from functions.domain.send import SendState
from functions.staff_api.course_body import SpreadBody
from functions.staff_api.models import ID
from functions.staff_api.problems import Problem, changed_meanwhile, refused
from functions.staff_api.request import caller
from functions.staff_api.results import SendAccepted
from functions.staff_api.routes import new_router
from functions.staff_api.routes.control import found
from functions.staff_api.wiring import wiring

router = new_router()
AT_REST = frozenset({SendState.PAUSED, SendState.STOPPED})


@router.put("/v1/sends/<send>/spread", summary="Spread what a send has left over days", tags=["sends"])
def put_spread(send: Annotated[str, Path(pattern=ID)], spread: SpreadBody) -> SendAccepted:
    """Of a paused or stopped send. The first day begins when you let it go on; who was reached stays so."""
    at = found(send)
    if at.state not in AT_REST:
        raise Problem(409, "not-now", f"The send is {at.state}: pause it, spread it, then let it go on.")
    terms = {**at.terms, "spread": spread.model_dump(exclude_none=True)}
    course, quota = course_of(terms), wiring().quotas.now()
    if course and quota and quota.left is not None and course.peak(at.planned or 1) > quota.per_day:
        raise refused(409, "over-quota", "spread", f"a day's mails are more than the {quota.per_day:,.0f} that SES takes in a day")
    wiring().record(caller(), "send.spread", f"send#{send}", spread=terms["spread"])
    if not wiring().sends.keep(at, terms=terms, released=0, day=0, day_at=0, day_top=0):
        raise changed_meanwhile("this send")
    return SendAccepted(send=send, state=at.state.value)
