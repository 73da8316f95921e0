"""Editions: write, prepare, look at as anyone, send to staff as a test."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from functions.adapters.catalogue import ChangedError
from functions.adapters.ids import new_id
from functions.domain.edition import Edition
from functions.domain.send import send_id
from functions.staff_api import things
from functions.staff_api.composing import compiled, gather
from functions.staff_api.models import ID, EditionBody
from functions.staff_api.problems import FieldError, changed_meanwhile, invalid, refused
from functions.staff_api.request import caller
from functions.staff_api.results import EditionMade, LinkShown, Prepared, Saved
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["editions"]
EditionId = Annotated[str, Path(pattern=ID)]
IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=200, description="The same key again finds the same thing.")
]


@router.get("/v1/editions", summary="All editions, by id", tags=TAG)
def get_editions(after: things.After = "") -> dict[str, Any]:
    """As many as fit into an answer; the others after `next_after`."""
    found, next_after = wiring().catalogue.page("edition", after)
    return {"editions": [_shown(entry) for entry in found], "next_after": next_after}


@router.post("/v1/editions", summary="Make an edition", tags=TAG, status_code=201)
def post_edition(edition: EditionBody, idempotency_key: IdempotencyKey = None) -> EditionMade:
    """With an Idempotency-Key, the same request again answers with the edition it made the first time."""
    id_ = send_id("edition", idempotency_key) if idempotency_key else new_id()
    things.same_id(edition.id, id_)
    old = wiring().catalogue.get("edition", id_)
    body = _checked(id_, edition)
    if old and not wiring().catalogue.same(old, body):
        raise refused(409, "key-used", "Idempotency-Key", "was used for another edition")
    saved = things.save("edition", id_, body, old, edition.version, edition.list)
    return EditionMade(edition=id_, version=saved.version)


@router.get("/v1/editions/<edition>", summary="One edition", tags=TAG)
def get_edition(edition: EditionId) -> dict[str, Any]:
    return _shown(things.read("edition", edition))


@router.put("/v1/editions/<edition>", summary="Change an edition", tags=TAG)
def put_edition(edition: EditionId, content: EditionBody) -> Saved:
    things.same_id(content.id, edition)
    old = things.read("edition", edition)
    return things.save("edition", edition, _checked(edition, content), old, content.version, content.list)


@router.post("/v1/editions/<edition>/prepare", summary="Compile an edition; a send needs the version it answers with", tags=TAG)
def prepare(edition: EditionId) -> Prepared:
    """The same content gives the same version. 422 names everything that keeps the edition from being sent."""
    gathered = gather(edition)
    made = compiled(gathered)
    if (gathered.entry.prepared, gathered.entry.prepared_from) != (made.version, gathered.versions):
        wiring().record(caller(), "edition.prepared", f"edition#{edition}", version=made.version)
    wiring().content.put(f"editions/{edition}/{made.version}.json", made.to_bytes(), "application/json")
    try:
        wiring().catalogue.mark_prepared(gathered.entry, made.version, gathered.versions)
    except ChangedError:
        raise changed_meanwhile("this edition") from None
    blocks = [entry.block for entry in made.entries]
    links = [
        LinkShown(n=n, url=link.url, block=blocks[link.entry] if link.entry >= 0 else None) for n, link in enumerate(made.links)
    ]
    return Prepared(version=made.version, max_bytes=made.max_bytes, warnings=made.warnings, links=links)


def _checked(id_: str, content: EditionBody) -> dict[str, Any]:
    """The edition as it is stored. Problem 422 for lists and blocks that do not exist; the rest is checked by `prepare`."""
    made = Edition.from_json({**content.written(), "id": id_})
    found = wiring().catalogue.get_many([("list", made.list), *(("block", entry.block) for entry in made.entries)])
    errors = [] if ("list", made.list) in found else [FieldError("list", f"there is no list {made.list!r}")]
    errors += [
        FieldError(f"entries[{n}].block", f"there is no block {entry.block!r}")
        for n, entry in enumerate(made.entries)
        if ("block", entry.block) not in found
    ]
    if errors:
        raise invalid(*errors)
    return made.to_json()


def _shown(entry: Any) -> dict[str, Any]:
    return {**things.shown(entry), "prepared": entry.prepared or None}
