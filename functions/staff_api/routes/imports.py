"""Imports: small files of supporters in the body, large ones (of suppressions too) by an upload; how far they are, and which
rows were refused."""

from collections.abc import Mapping
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import ValidationError

from functions.adapters.catalogue import ChangedError
from functions.adapters.ids import new_id
from functions.adapters.imports import COUNTS, Import, ImportState, total
from functions.staff_api import things
from functions.staff_api.models import ID, SLUG, ImportBody, Language
from functions.staff_api.problems import Problem, changed_meanwhile, field_error, from_validation, not_found
from functions.staff_api.request import caller, content_type, is_csv, raw_body
from functions.staff_api.results import ImportAccepted, ImportsShown, ImportStatus, Rejected
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["imports"]
SHOWN = 1_000  # rejections in one answer
ImportId = Annotated[str, Path(alias="import", pattern=ID)]


@router.post("/v1/imports", summary="Import supporters from a CSV file", tags=TAG, status_code=202)
def post_import(
    list_id: Annotated[
        str | None, Query(alias="list", pattern=SLUG, description="With a CSV body: the list they consented to.")
    ] = None,
    source: Annotated[str | None, Query(max_length=200, description="With a CSV body: where the file comes from.")] = None,
    language: Annotated[Language, Query(description="Of rows that name none.")] = "nl",
) -> ImportAccepted:
    """A CSV body of at most 4.5 MB, or JSON that asks for an address to upload a larger file to.

    Columns: address (required), name, language, form, external_id, lists, region, stage, attr_<name>, consent_at, consent_source.
    """
    if not is_csv():
        return _ask()
    for field, given in (("list", list_id), ("source", source)):
        if not given or not given.strip():
            raise field_error(field, "is required in the query: ?list=national&source=website")
    body = raw_body(instead='ask for an upload with JSON, {"list": ..., "source": ..., "upload": true}')
    if not body.strip():
        raise field_error("body", "the file is empty")
    asked = _new(str(list_id), str(source), language, ImportState.READING)
    wiring().content.put(asked.file, body, "text/csv")
    _start(asked)
    return ImportAccepted(id=asked.id)


def _ask() -> ImportAccepted:
    if content_type() not in ("application/json", ""):
        raise Problem(415, "unsupported-media-type", "Send text/csv, or application/json to ask for an upload address.")
    try:
        body = ImportBody.model_validate_json(raw_body())
    except ValidationError as wrong:
        raise from_validation([{**error, "loc": ("body", *error["loc"])} for error in wrong.errors()]) from None
    return ask_upload(_new(body.list, body.source, body.language, ImportState.WAITING))


def ask_upload(asked: Import) -> ImportAccepted:
    """Note an import whose file is yet to come, and say where to."""
    wiring().record(caller(), "import.requested", f"import#{asked.id}", **_about(asked))
    wiring().imports.put(asked, now_ms())
    return ImportAccepted(id=asked.id, upload_url=wiring().content.upload_url(asked.file, "text/csv"))


@router.post("/v1/imports/<import>/start", summary="Start an import whose file was uploaded", tags=TAG, status_code=202)
def start_import(import_id: ImportId) -> ImportAccepted:
    """Starting twice changes nothing."""
    asked = _found(import_id)
    if asked.state is ImportState.WAITING and wiring().content.size(asked.file) is None:
        raise Problem(409, "no-file", "No file was uploaded for this import: PUT it to its upload_url first.")
    if asked.state in (ImportState.WAITING, ImportState.READING):
        _start(asked)
    return ImportAccepted(id=asked.id)


@router.get("/v1/imports", summary="All imports, newest first", tags=TAG)
def get_imports(after: things.After = "") -> ImportsShown:
    """As many as fit into an answer; the others after `next_after`."""
    found, next_after = things.piece(wiring().imports.all(), lambda asked: things.newest(asked.requested_at, asked.id), after)
    shown = [_status(asked, asked.totals or total([]), (), None) for asked in found]
    return ImportsShown(imports=shown, next_after=next_after)


@router.get("/v1/imports/<import>", summary="How far an import is, and the rows it refused", tags=TAG)
def get_import(
    import_id: ImportId, after: Annotated[int, Query(ge=0, description="Rejections after this row.")] = 0
) -> ImportStatus:
    asked = _found(import_id)
    rejections = [Rejected(**r) for r in wiring().imports.rejections(asked, after, SHOWN + 1)]
    more = rejections[SHOWN - 1].row if len(rejections) > SHOWN else None
    totals = asked.totals or total(wiring().imports.reports(asked.id, asked.done))
    return _status(asked, totals, tuple(rejections[:SHOWN]), more)


def _new(list_id: str, source: str, language: str, state: ImportState) -> Import:
    if wiring().catalogue.get("list", list_id) is None:
        raise field_error("list", f"there is no list {list_id!r}")
    return Import(new_id(), list_id, source.strip(), language, caller().id, state, now_ms())


def _start(asked: Import) -> None:
    """Ask for it to be read. Asking twice changes nothing."""
    if asked.entry is None or asked.state is ImportState.WAITING:
        wiring().record(caller(), "import.started", f"import#{asked.id}", **_about(asked))
    try:
        wiring().imports.put(asked, now_ms(), state=ImportState.READING)
    except ChangedError:
        raise changed_meanwhile("this import") from None
    wiring().imports.ask(asked.id, [(0, 1)])


def _about(asked: Import) -> dict[str, str]:
    return {"kind": asked.kind.value, **({"list": asked.list} if asked.list else {})}


def _found(id_: str) -> Import:
    asked = wiring().imports.get(id_)
    if asked is None:
        raise not_found("import", id_)
    return asked


def _status(asked: Import, totals: Mapping[str, int], rejections: tuple[Rejected, ...], more: int | None) -> ImportStatus:
    counts = {name: totals.get(name, 0) for name in COUNTS if name != "rows"}
    return ImportStatus(
        id=asked.id,
        kind=asked.kind.value,
        list=asked.list or None,
        source=asked.source,
        state=asked.state.value,
        reason=asked.reason,
        requested_at=asked.requested_at,
        rows=asked.rows,
        rejections=rejections,
        next_after=more,
        **counts,
    )
