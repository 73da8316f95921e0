"""One supporter: create or change, read, find. Every look is written to the audit log before it is answered."""

from collections.abc import Mapping
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters.intake import Outcome, Taken, Terms
from functions.adapters.supporters import Stored
from functions.domain import hours
from functions.domain.consent import ConsentRecord
from functions.domain.importing import Draft
from functions.domain.supporter import LANGUAGES, clean_name
from functions.staff_api.models import ID, SearchBody, SupporterBody
from functions.staff_api.problems import FieldError, field_error, invalid, not_found, refused
from functions.staff_api.request import caller
from functions.staff_api.results import AttributeShown, ConsentShown, SupporterShown, SupporterTaken, TagShown
from functions.staff_api.roles import Actor
from functions.staff_api.routes import new_router
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["supporters"]


@router.post("/v1/supporters", summary="Create or change a supporter, by address or external id", tags=TAG)
def post_supporter(supporter: SupporterBody) -> SupporterTaken:
    """Grants `newsletter` at most. A suppressed address stays out; a list that somebody left is not granted again."""
    actor = caller()
    lists = tuple(supporter.newsletter.lists) if supporter.newsletter else ()
    _check_lists(lists)
    _check_timezone(supporter.attributes)
    draft = Draft(
        address=supporter.address,
        external_id=supporter.external_id,
        name=None if supporter.name is None else clean_name(supporter.name),
        language=supporter.language,
        form=supporter.form,
        attributes=supporter.attributes,
        stage=supporter.stage,
        proof=supporter.newsletter.proof.model_dump(exclude_none=True) if supporter.newsletter else {},
    )
    terms = Terms(lists, source="staff", attribute_source="staff", actor=actor.id, language=LANGUAGES[0])
    (taken,) = wiring().intake.take([draft], terms, now_ms(), lambda about: _record_change(actor, about))
    if taken.outcome is Outcome.REJECTED:
        raise refused(409, "somebody-else", taken.column, taken.reason)
    return SupporterTaken(supporter=taken.supporter or None, outcome=taken.outcome.value, left=sorted(taken.left))


@router.get("/v1/supporters/<supporter>", summary="One supporter's profile", tags=TAG)
def get_supporter(supporter: Annotated[str, Path(pattern=ID)]) -> SupporterShown:
    wiring().record(caller(), "supporter.read", f"supporter#{supporter}")
    stored = wiring().supporters.get(supporter)
    if stored is None:
        raise not_found("supporter", supporter)
    return _shown(stored)


@router.post("/v1/supporters/search", summary="Find a supporter by address or external id", tags=TAG)
def search_supporter(search: SearchBody) -> SupporterShown:
    """A POST, so that no address ends up in a URL or an access log."""
    supporters = wiring().supporters
    identity = f"a#{supporters.hash(search.address)}" if search.address else f"x#{search.external_id}"
    found = supporters.known_as([identity]).get(identity)
    stored = supporters.get(found) if found else None
    wiring().record(caller(), "supporter.searched", f"supporter#{found}" if found else "supporter#", found=bool(stored))
    if stored is None:
        raise refused(404, "not-found", "address" if search.address else "external_id", "no supporter is known by it")
    return _shown(stored)


def _record_change(actor: Actor, about: Taken) -> None:
    action = "supporter.created" if about.outcome is Outcome.IMPORTED else "supporter.changed"
    wiring().record(actor, action, f"supporter#{about.supporter}")


def _check_lists(lists: tuple[str, ...]) -> None:
    known = wiring().catalogue.get_many(("list", name) for name in lists)
    unknown = [(n, name) for n, name in enumerate(lists) if ("list", name) not in known]
    if unknown:
        raise invalid(*(FieldError(f"newsletter.lists[{n}]", f"there is no list {name!r}") for n, name in unknown))


def _check_timezone(attributes: Mapping[str, str]) -> None:
    if hours.ATTRIBUTE in attributes:
        try:
            hours.zone_of(attributes[hours.ATTRIBUTE])
        except ValueError as wrong:
            raise field_error(f"attributes.{hours.ATTRIBUTE}", str(wrong)) from None


def _shown(stored: Stored) -> SupporterShown:
    supporter = stored.supporter
    hashed = wiring().supporters.hash(supporter.address)
    return SupporterShown(
        supporter=supporter.id,
        state=stored.state,
        address=supporter.address,
        external_id=supporter.external_id,
        name=supporter.name,
        language=supporter.language,
        form=supporter.form.value,
        attributes={name: AttributeShown(value=a.value, source=a.source) for name, a in supporter.attributes.items()},
        stage=AttributeShown(**vars(supporter.stage)) if supporter.stage else None,
        newsletter=sorted(supporter.consents.newsletter),
        purposes=sorted(supporter.consents.grants),
        topics=sorted(supporter.topics),
        tags=[TagShown(topic=tag.topic, since=tag.since) for tag in supporter.tags],
        clicks=len(supporter.clicks),
        suppressed=wiring().suppressions.reasons([hashed]).get(hashed),
        created=stored.created,
        updated=stored.updated,
        version=stored.version,
        consents=[_record(record) for record in wiring().supporters.records(supporter.id)],
    )


def _record(record: ConsentRecord) -> ConsentShown:
    return ConsentShown(
        id=record.id,
        purpose=record.purpose.value,
        act=record.act.value,
        at=record.at,
        list=record.list,
        wording=record.wording,
        wording_sha256=record.wording_sha256,
        language=record.language,
        source=record.source,
        actor=record.actor,
        proof=dict(record.proof),
    )
