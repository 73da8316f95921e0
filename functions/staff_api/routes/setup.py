"""Topics, lists and layouts: what a party sets up once."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters import templates
from functions.adapters.ids import new_id
from functions.domain.mjml import check_layout
from functions.domain.neutral import added, not_neutral
from functions.domain.supporter import is_below
from functions.domain.topic import Taxonomy
from functions.staff_api import things
from functions.staff_api.models import SLUG, LayoutBody, ListBody, TopicsBody, WelcomeBody
from functions.staff_api.problems import FieldError, field_error, invalid, not_found
from functions.staff_api.results import Saved
from functions.staff_api.routes import new_router
from functions.staff_api.routes.signing import note_put
from functions.staff_api.wiring import wiring

router = new_router()
TAG = ["set-up"]
ListId = Annotated[str, Path(alias="list", pattern=SLUG)]


@router.get("/v1/topics", summary="The topics", tags=TAG)
def get_topics() -> dict[str, Any]:
    entry = wiring().catalogue.get("topics", "topics")
    return things.shown(entry) if entry else {"id": "topics", "topics": [], "version": 0, "updated": 0}


@router.put("/v1/topics", summary="Put all topics; those there are keep their code for good", tags=TAG)
def put_topics(topics: TopicsBody) -> Saved:
    old = wiring().catalogue.get("topics", "topics")
    try:
        taxonomy = Taxonomy.from_json(topics.written())
    except ValueError as wrong:
        raise field_error("topics", str(wrong)) from None
    if old and (reasons := taxonomy.succeeds(Taxonomy.from_json(old.body))):
        raise invalid(*(FieldError("topics", reason) for reason in reasons))
    before = Taxonomy.from_json(old.body) if old else Taxonomy()
    if reasons := [reason for topic in added(taxonomy, before) if (reason := not_neutral(topic))]:
        raise invalid(
            *(FieldError("topics", reason) for reason in reasons), detail="A topic is subject matter, never what people are."
        )
    saved = things.save("topics", "topics", taxonomy.to_json(), old, topics.version)
    note_put(taxonomy)
    return saved


@router.get("/v1/lists", summary="All lists", tags=TAG)
def get_lists() -> dict[str, Any]:
    return {"lists": [things.shown(entry) for entry in wiring().catalogue.all("list")]}


@router.get("/v1/lists/<list>", summary="One list", tags=TAG)
def get_list(list_id: ListId) -> dict[str, Any]:
    return things.shown(things.read("list", list_id))


@router.put("/v1/lists/<list>", summary="Put a list: who signs it and where answers go", tags=TAG)
def put_list(list_id: ListId, mailing_list: ListBody) -> Saved:
    things.same_id(mailing_list.id, list_id)
    old = wiring().catalogue.get("list", list_id)
    code = old.body["code"] if old else new_id()
    if mailing_list.code not in (None, code):
        raise field_error("code", "cannot be chosen or changed")
    domain = wiring().settings.sender_domain
    if not is_below(mailing_list.sender_address, domain):
        raise field_error(
            "sender_address", f"must be at {domain} or a subdomain of it: SES mails as this deployment's domain alone"
        )
    if mailing_list.portrait and wiring().catalogue.get("picture", mailing_list.portrait) is None:
        raise field_error("portrait", f"there is no picture {mailing_list.portrait!r}")
    body = {**mailing_list.written(), "id": list_id, "code": code}
    return things.save("list", list_id, body, old, mailing_list.version)


@router.get("/v1/lists/<list>/welcome", summary="What somebody who has just joined is told", tags=TAG)
def get_welcome(list_id: ListId) -> dict[str, Any]:
    things.read("list", list_id)
    return things.shown(things.read("welcome", list_id))


@router.put("/v1/lists/<list>/welcome", summary="Put the welcome mail of a list", tags=TAG)
def put_welcome(list_id: ListId, welcome: WelcomeBody) -> Saved:
    """Goes out once, after a sign-up was confirmed; never tracked."""
    things.same_id(welcome.id, list_id)
    things.read("list", list_id)
    if half := welcome.subject.keys() ^ welcome.text.keys():
        raise field_error("text", f"every language has a subject and a text; one of them is missing in {', '.join(sorted(half))}")
    return things.save("welcome", list_id, welcome.written(), wiring().catalogue.get("welcome", list_id), welcome.version)


@router.get("/v1/layouts/<layout>", summary="A layout's MJML", tags=TAG)
def get_layout(layout: Annotated[str, Path(pattern=SLUG)]) -> dict[str, Any]:
    """A layout that staff put; else the one that ships under this name (version 0)."""
    if entry := wiring().catalogue.get("layout", layout):
        return things.shown(entry)
    try:
        return {"id": layout, "mjml": templates.layout(layout), "version": 0, "updated": 0}
    except KeyError:
        raise not_found("layout", layout) from None


@router.put("/v1/layouts/<layout>", summary="Put a layout; its MJML is checked", tags=TAG)
def put_layout(layout: Annotated[str, Path(pattern=SLUG)], source: LayoutBody) -> Saved:
    things.same_id(source.id, layout)
    if findings := check_layout(source.mjml, own=f"{wiring().settings.public_url}/pictures/"):
        raise invalid(
            *(FieldError("mjml", f"line {f.line}, column {f.column}: {f.message}") for f in findings),
            detail="The MJML does not check.",
        )
    body = {"id": layout, **source.written()}
    return things.save("layout", layout, body, wiring().catalogue.get("layout", layout), source.version)
