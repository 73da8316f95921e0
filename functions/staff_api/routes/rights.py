"""Requests about somebody's data that came by letter, telephone or reply: the party has a month for each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from functions.adapters.catalogue import ChangedError, Entry
from functions.adapters.ids import new_id
from functions.domain.retention import REQUESTS_S
from functions.domain.rights import RequestKind, days_left, due
from functions.staff_api import things
from functions.staff_api.models import ID, CloseBody, RightsBody
from functions.staff_api.problems import Problem, changed_meanwhile, field_error, not_found
from functions.staff_api.request import caller
from functions.staff_api.results import RightsRequest, RightsRequests
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["rights"]
KIND = "rights-request"


@dataclass(frozen=True)
class _Today:
    at_ms: int

    @property
    def day(self) -> date:
        return datetime.fromtimestamp(self.at_ms / 1000, UTC).date()


@router.post("/v1/requests", summary="Note a request about somebody's data", tags=TAG)
def post_request(request: RightsBody) -> RightsRequest:
    """Its month begins on the day it came. What supporters do on their own pages is done at once and needs no note."""
    w, now = wiring(), _Today(now_ms())
    if request.received > now.day:
        raise field_error("received", f"{request.received} is yet to come")
    if w.supporters.get(request.supporter) is None:
        raise field_error("supporter", f"there is no supporter {request.supporter!r}")
    id_ = new_id()
    w.record(caller(), "request.noted", f"supporter#{request.supporter}", request=id_, kind=request.kind.value)
    body = {"kind": request.kind.value, "supporter": request.supporter, "received": request.received.isoformat()}
    return _shown(w.catalogue.put(KIND, id_, body, None, now.at_ms), now)


@router.get("/v1/requests", summary="The requests, most urgent first", tags=TAG)
def get_requests(
    open_: Annotated[bool, Query(alias="open", description="Only those that are not closed.")] = False,
    after: things.After = "",
) -> RightsRequests:
    """Each with the days that are left; below zero it is overdue. Kept for three years. The others after `next_after`."""
    now = _Today(now_ms())
    kept = [entry for entry in wiring().catalogue.all(KIND) if entry.updated // 1000 > now.at_ms // 1000 - REQUESTS_S]
    shown = [each for each in (_shown(entry, now) for entry in kept) if not (open_ and each.closed)]
    found, next_after = things.piece(shown, _urgency, after)
    return RightsRequests(requests=found, overdue=sum(each.overdue for each in shown), next_after=next_after)


@router.post("/v1/requests/<request>/close", summary="Note how a request was met", tags=TAG)
def close_request(request: Annotated[str, Path(pattern=ID)], how: CloseBody) -> RightsRequest:
    """Once: a closed request stays as it was closed."""
    w, now = wiring(), _Today(now_ms())
    entry = w.catalogue.get(KIND, request)
    if entry is None:
        raise not_found("request", request)
    if "closed" in entry.body:
        raise Problem(409, "closed", f"This request was closed on {entry.body['closed']}.")
    w.record(caller(), "request.closed", f"supporter#{entry.body['supporter']}", request=request)
    body = {**entry.body, "closed": now.day.isoformat(), "note": how.note}
    try:
        return _shown(w.catalogue.put(KIND, request, body, entry, now.at_ms), now)
    except ChangedError:
        raise changed_meanwhile(f"the request {request!r}") from None


def _urgency(request: RightsRequest) -> str:
    return f"{'closed' if request.closed else 'a'}.{request.due}.{request.request}"  # what is open comes first


def _shown(entry: Entry, now: _Today) -> RightsRequest:
    received, closed = date.fromisoformat(entry.body["received"]), entry.body.get("closed")
    left = None if closed else days_left(received, now.day)
    return RightsRequest(
        request=entry.id,
        kind=RequestKind(entry.body["kind"]),
        supporter=entry.body["supporter"],
        received=received,
        due=due(received),
        days_left=left,
        overdue=left is not None and left < 0,
        closed=date.fromisoformat(closed) if closed else None,
        note=entry.body.get("note"),
    )
