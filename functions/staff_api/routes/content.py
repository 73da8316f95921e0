"""Blocks and pictures: what editions are made of."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters import pictures
from functions.adapters.catalogue import ChangedError
from functions.adapters.pen import text_problems
from functions.domain.edition import Block, Problem
from functions.domain.readiness import block_problems
from functions.domain.topic import Taxonomy
from functions.staff_api import things
from functions.staff_api.models import SLUG, BlockBody
from functions.staff_api.problems import FieldError, field_error, invalid
from functions.staff_api.request import caller, raw_body
from functions.staff_api.results import PictureTaken, Saved
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["content"]
LARGEST_PICTURE = 4_000_000  # bytes: base64 in a Lambda's 6 MB


@router.get("/v1/blocks", summary="All blocks, by id", tags=TAG)
def get_blocks(after: things.After = "") -> dict[str, Any]:
    """As many as fit into an answer; the others after `next_after`."""
    found, next_after = wiring().catalogue.page("block", after)
    return {"blocks": [things.shown(entry) for entry in found], "next_after": next_after}


@router.get("/v1/blocks/<block>", summary="One block", tags=TAG)
def get_block(block: Annotated[str, Path(pattern=SLUG)]) -> dict[str, Any]:
    return things.shown(things.read("block", block))


@router.put("/v1/blocks/<block>", summary="Put a block", tags=TAG)
def put_block(block: Annotated[str, Path(pattern=SLUG)], content: BlockBody) -> Saved:
    """Each language that has a text must be complete; which languages an edition needs is checked when it is prepared."""
    things.same_id(content.id, block)
    made = Block.from_json({**content.written(), "id": block})
    found, topics = wiring().catalogue, wiring().catalogue.get("topics", "topics")
    taxonomy = Taxonomy.from_json(topics.body) if topics else Taxonomy(())
    problems = block_problems(made, tuple(made.texts), taxonomy)
    named = {problem.field for problem in problems}
    problems += [problem for problem in text_problems(made) if problem.field not in named]
    if made.picture and found.get("picture", made.picture) is None:
        problems.append(Problem("picture", f"there is no picture {made.picture!r}"))
    if problems:
        raise invalid(*(FieldError(p.field.removeprefix(f"blocks.{block}."), p.reason) for p in problems))
    return things.save("block", block, made.to_json(), found.get("block", block), content.version)


@router.post("/v1/pictures", summary="Upload a picture", tags=TAG, status_code=201)
def post_picture() -> PictureTaken:
    """The body is the picture itself, at most 4 MB. It is resized, and everything but the picture is removed from it."""
    upload = raw_body(LARGEST_PICTURE)
    try:
        files = pictures.resize(upload)
    except pictures.NotAPicture as wrong:
        raise field_error("body", str(wrong)) from None
    id_, widest = pictures.picture_id(upload), max(files)
    width, height = pictures.size(files[widest])
    if wiring().catalogue.get("picture", id_) is None:
        wiring().record(caller(), "picture.written", f"picture#{id_}")
        for each, jpeg in files.items():
            wiring().content.put(f"pictures/{id_}-{each}.jpg", jpeg, "image/jpeg")
        _note(id_, {"widths": sorted(files), "width": width, "height": height})
    return PictureTaken(picture=id_, width=width, height=height, url=f"{wiring().settings.public_url}/pictures/{id_}-{widest}.jpg")


def _note(id_: str, body: dict[str, Any]) -> None:
    try:
        wiring().catalogue.put("picture", id_, body, None, now_ms())
    except ChangedError:
        return  # the same picture, uploaded twice at once
