"""The election calendar as the party wrote it, and the second person's word on a personalised send in the last month."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.domain.calendar import Election
from functions.domain.send import FINAL_SEND
from functions.staff_api.electing import the_calendar
from functions.staff_api.models import ID
from functions.staff_api.problems import Problem, changed_meanwhile
from functions.staff_api.request import caller
from functions.staff_api.results import CalendarShown, ElectionShown, PeriodShown, SendAccepted
from functions.staff_api.routes import new_router
from functions.staff_api.routes.control import found
from functions.staff_api.wiring import now_ms, wiring

router = new_router()


@router.get("/v1/calendar", summary="The party's elections: polling days, last months, silences", tags=["duties"])
def get_calendar() -> CalendarShown:
    """As `templates/calendar.json` has them; `now` says what holds at this moment."""
    calendar, now = the_calendar(), now_ms()
    silence, last_month = calendar.silence(now), calendar.last_month(now)
    return CalendarShown(
        elections=[_shown(election) for election in calendar.elections],
        silence=str(silence) if silence else None,
        last_month=last_month.name if last_month else None,
    )


@router.post(
    "/v1/sends/<send>/approve", summary="Approve a personalised send in the last month, as the second person", tags=["sends"]
)
def approve_send(send: Annotated[str, Path(pattern=ID)]) -> SendAccepted:
    """It then begins, at once or at its start time. One that the calendar paused is let go on with `resume`."""
    at, actor = found(send), caller()
    if at.state in FINAL_SEND or not at.item.get("approval"):
        raise Problem(409, "not-now", f"The send is {at.state} and waits for nobody's approval.")
    if at.item.get("requested_by") == actor.id:
        raise Problem(403, "second-person", "You asked for this send: another person approves it.")
    if not at.approved:
        wiring().record(actor, "send.approved", f"send#{send}", why=at.item["approval"])
        if not wiring().sends.keep(at, approved_by=actor.id, approved_at=now_ms()):
            raise changed_meanwhile("this send")
        at = found(send)
    if not at.all_planned and at.begins(now_ms()):
        wiring().nudges.plan(send, at.part)
    return SendAccepted(send=send, state=at.state.value)


def _shown(election: Election) -> ElectionShown:
    return ElectionShown(
        name=election.name,
        country=election.country,
        polling_days=[day.isoformat() for day in election.polling_days],
        last_month=PeriodShown.of(election.last_month),
        silence=[PeriodShown.of(period) for period in election.silence],
    )
