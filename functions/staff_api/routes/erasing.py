"""Erasing a supporter who asked staff for it: by letter, by telephone, at the door."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters.erasing import ConflictError
from functions.staff_api.models import ID, EraseBody
from functions.staff_api.problems import changed_meanwhile, not_found
from functions.staff_api.request import caller
from functions.staff_api.results import ErasedShown
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["supporters"]


@router.post("/v1/supporters/<supporter>/erase", summary="Erase a supporter, for good", tags=TAG)
def erase_supporter(supporter: Annotated[str, Path(pattern=ID)], why: EraseBody) -> ErasedShown:
    """Nobody can find or mail them from then on, and no import brings them back. The reason goes to the audit log: no names in it.

    The same request again finishes what broke off. What stays, and why: docs/rights.md.
    """
    w = wiring()
    if w.supporters.get(supporter) is None:
        raise not_found("supporter", supporter)
    w.record(caller(), "supporter.erased", f"supporter#{supporter}", reason=why.reason)
    try:
        gone = w.erasing.erase(supporter, "staff", now_ms())
    except ConflictError:
        raise changed_meanwhile(f"the supporter {supporter!r}") from None
    if gone is None:
        raise not_found("supporter", supporter)
    return ErasedShown(supporter=supporter, erased_at=gone.at, receipt=gone.receipt)
