"""How asking for consent goes, in numbers."""

from dataclasses import asdict
from typing import Any

from functions.domain.consent_report import rows
from functions.domain.report import SHOWN_FROM, outcome, together
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["reports"]


@router.get("/v1/consents/report", summary="How many said yes, no, or took it back, per wording and source", tags=TAG)
def get_consents_report() -> dict[str, Any]:
    """`requests`: mails that asked, as many as SES took. `unanswered`: forms sent in (not people) with that question left open; a
    page that was only opened counts nowhere. Counted once a day, in parts: while `counting` is true, ask again and it goes on.
    Null is fewer than ten, or would tell of fewer than ten by subtraction.
    """
    asked, counted = _requests(), wiring().consent_counts.counted(now_ms())
    if counted is None:
        return {"counting": True, "counted_at": None, "shown_from": SHOWN_FROM, "requests": asked, "groups": []}
    groups = [{**asdict(row.group), **{k: v for k, v in asdict(row).items() if k != "group"}} for row in rows(counted.found)]
    return {"counting": counted.going, "counted_at": counted.at, "shown_from": SHOWN_FROM, "requests": asked, "groups": groups}


def _requests() -> list[dict[str, Any]]:
    """The sends that asked, oldest first, with how many mails SES took; their answers have the source `request-mail`."""
    sends = sorted((send for send in wiring().sends.all() if send.terms.get("request")), key=lambda send: send.requested_at)
    found = []
    for send in sends:
        counts = together(chunk.counts for chunk in wiring().sends.chunks(send.id))
        asked = outcome(send.planned, counts).sent
        line = {"send": send.id, "list": send.list, "request": send.terms["request"], "requested_at": send.requested_at}
        found.append({**line, "asked": asked if asked >= SHOWN_FROM else None})
    return found
