"""The audit log: who did what to which object, and who looked at whose profile."""

import re
from datetime import date
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from functions.adapters.audit import day_of
from functions.staff_api.problems import field_error
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["audit"]
SHOWN = 500
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@router.get("/v1/audit", summary="The audit log of a day, or of one object", tags=TAG)
def get_audit(
    day: Annotated[str | None, Query(description='"2026-11-22", UTC. Today when left out.')] = None,
    object_: Annotated[
        str | None, Query(alias="object", min_length=1, max_length=200, description='"supporter#<id>", over all days.')
    ] = None,
    after: Annotated[str, Query(max_length=60, description="`next_after` of the answer before.")] = "",
) -> dict[str, Any]:
    """Entries oldest first. It holds ids alone, never an address or a name."""
    if object_ is not None:
        found, next_after = wiring().audit.of_object(object_, after, SHOWN)
    else:
        found, next_after = wiring().audit.of_day(_checked(day) if day is not None else day_of(now_ms()), after, SHOWN)
    entries = [{"at": a.at, "actor": a.actor, "action": a.action, "object": a.object, "detail": dict(a.detail)} for a in found]
    return {"entries": entries, "next_after": next_after}


def _checked(day: str) -> str:
    try:
        if _DAY.fullmatch(day):
            return date.fromisoformat(day).isoformat()
    except ValueError:
        pass
    raise field_error("day", 'must be a day such as "2026-11-22"')
