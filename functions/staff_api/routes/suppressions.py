"""Addresses that must not be mailed, brought from elsewhere. Nothing is sent before that was settled."""

from dataclasses import asdict

from pydantic import ValidationError

from functions.adapters.ids import new_id
from functions.adapters.imports import Import, ImportKind, ImportState
from functions.domain.importing import HeaderError
from functions.domain.sheet import SheetError
from functions.domain.suppressing import NO_GOOD_ROW, read_suppressions
from functions.staff_api.models import SuppressionsBody
from functions.staff_api.problems import FieldError, Problem, field_error, from_validation, invalid
from functions.staff_api.request import caller, content_type, is_csv, raw_body
from functions.staff_api.results import ImportAccepted, NoneExist, Rejected, SuppressionsTaken
from functions.staff_api.routes import new_router
from functions.staff_api.routes.imports import ask_upload
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["suppressions"]
SHOWN = 1_000  # rejections in the answer


@router.post(
    "/v1/suppressions/imports", summary="Import addresses that must not be mailed, or confirm that there are none", tags=TAG
)
def post_suppressions() -> SuppressionsTaken | NoneExist | ImportAccepted:
    """CSV of at most 4.5 MB with the columns address (or address_hash) and reason: unsubscribed, bounced, complained, never_mail.

    A suppression wins over every later import; the first reason stays; the same file again changes nothing. For a larger file
    JSON asks for an address to upload it to: then it goes the way of an import (`/v1/imports/{import}/start`).
    """
    if is_csv():
        return _take(raw_body(instead='ask for an upload with JSON, {"upload": true}'))
    if content_type() not in ("application/json", ""):
        raise Problem(415, "unsupported-media-type", 'Send text/csv, or application/json {"none_exist": true}.')
    try:
        body = SuppressionsBody.model_validate_json(raw_body())
    except ValidationError as wrong:
        raise from_validation([{**error, "loc": ("body", *error["loc"])} for error in wrong.errors()]) from None
    if body.upload:
        return ask_upload(Import(new_id(), "", "", "", caller().id, ImportState.WAITING, now_ms(), kind=ImportKind.SUPPRESSIONS))
    _settled(none_exist=True)
    return NoneExist(confirmed=True)


def _take(body: bytes) -> SuppressionsTaken:
    try:
        read = read_suppressions([body], wiring().supporters.hash)
    except (HeaderError, SheetError) as wrong:
        raise field_error("body", str(wrong)) from None
    rejections = [Rejected(**asdict(rejection)) for rejection in read.rejections]
    if not read.reasons:
        errors = (FieldError(f"row {r.row}, {r.column}", r.reason) for r in rejections[:100])
        raise invalid(*errors, detail=NO_GOOD_ROW)
    wiring().record(caller(), "suppressions.imported", "suppressions#import", rows=read.rows)
    added = wiring().suppressions.add(read.reasons, "staff", now_ms())
    _settled(imported=True)
    return SuppressionsTaken(
        rows=read.rows,
        added=added,
        unchanged=read.rows - len(rejections) - added,
        rejected=len(rejections),
        rejections=rejections[:SHOWN],
    )


def _settled(**how: bool) -> None:
    """Note that it is known who must not be mailed. The first note stays."""
    if not wiring().settling.settled():
        wiring().record(caller(), "suppressions.settled", "notice#suppressions", **how)
        wiring().settling.settle(caller().id, now_ms(), **how)
