"""Amending a link of an edition that was sent: one person proposes, another approves, and every mail already out leads there."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from aws_lambda_powertools.event_handler.openapi.params import Path

from functions.adapters import templates
from functions.adapters.catalogue import ChangedError
from functions.adapters.ids import new_id
from functions.domain import amendment as rules
from functions.domain.amendment import Amendment, History, NotAllowedError, NotNowError, SamePersonError
from functions.domain.assembly import CompiledEdition
from functions.staff_api.models import ID, AmendmentBody
from functions.staff_api.problems import Problem, changed_meanwhile, field_error, not_found, refused
from functions.staff_api.request import caller
from functions.staff_api.results import AmendmentShown, AmendmentsShown, LinkNow
from functions.staff_api.routes import new_router
from functions.staff_api.things import read
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["repair"]
EditionId = Annotated[str, Path(pattern=ID)]
AmendmentId = Annotated[str, Path(pattern=ID)]
TRIES = 3
Change = Callable[[History], tuple[History, Amendment]]


@router.get(
    "/v1/editions/<edition>/amendments", summary="Where the links of a sent edition lead, and how they were amended", tags=TAG
)
def get_amendments(edition: EditionId) -> AmendmentsShown:
    sent = _sent(edition)
    urls = _urls(sent)
    _, history = wiring().amendments.read(edition)
    leads, blocks = rules.leading(history), [entry.block for entry in sent.entries]
    links = [
        LinkNow(n=n, url=link.url, block=blocks[link.entry] if link.entry >= 0 else None, leads_to=leads.get(n, link.url))
        for n, link in enumerate(sent.links)
    ]
    return AmendmentsShown(links=links, amendments=[_shown(amendment, history, urls) for amendment in history])


@router.post("/v1/editions/<edition>/amendments", summary="Propose where a link shall lead", tags=TAG, status_code=201)
def propose_amendment(edition: EditionId, proposal: AmendmentBody) -> AmendmentShown:
    """Nothing changes before another person approves it. The same proposal again is the same amendment."""
    urls, actor = _urls(_sent(edition)), caller()
    if proposal.n >= len(urls):
        raise field_error("n", f"the edition has links 0 to {len(urls) - 1}")
    try:
        url = _allowed(proposal.url, urls[proposal.n])
    except NotAllowedError as why:
        raise field_error("url", str(why)) from None
    wanted = Amendment(new_id(), proposal.n, url, proposal.reason, actor.id, now_ms())
    return _change(edition, urls, "edition.amendment-proposed", lambda history: rules.propose(history, wanted, urls))


@router.post(
    "/v1/editions/<edition>/amendments/<amendment>/approve", summary="Approve an amendment, as the second person", tags=TAG
)
def approve_amendment(edition: EditionId, amendment: AmendmentId) -> AmendmentShown:
    """Within a minute the link leads there in every mail that is out, personal or shared. Approving it again does no harm."""
    urls, actor, at = _urls(_sent(edition)), caller(), now_ms()

    def approved(history: History) -> tuple[History, Amendment]:
        after, one = rules.approve(history, amendment, actor.id, at)
        if after != history:
            _still_allowed(one.url, urls[one.n])
        return after, one

    answer = _change(edition, urls, "edition.amendment-approved", approved)
    wiring().amendments.publish(edition, urls)
    return answer


@router.post("/v1/editions/<edition>/amendments/<amendment>/reject", summary="Reject an amendment, or withdraw your own", tags=TAG)
def reject_amendment(edition: EditionId, amendment: AmendmentId) -> AmendmentShown:
    """One that is approved stays: it is undone by another amendment, back to the address of before."""
    urls, actor, at = _urls(_sent(edition)), caller(), now_ms()
    return _change(edition, urls, "edition.amendment-closed", lambda history: rules.reject(history, amendment, actor.id, at))


def _sent(edition: str) -> CompiledEdition:
    """The edition as it is out. Problem 409 when it was not sent."""
    read("edition", edition)
    key = f"editions/{edition}/sent.json"
    if wiring().content.size(key) is None:
        raise Problem(409, "not-sent", "This edition was not sent: change the block, and prepare it again.")
    return CompiledEdition.from_bytes(wiring().content.get(key))


def _urls(sent: CompiledEdition) -> list[str]:
    return [link.url for link in sent.links]


def _allowed(url: str, original: str) -> str:
    own_host = urlsplit(wiring().settings.public_url).hostname or ""
    return rules.destination(url, original, templates.theme().allowed_link_domains, own_host)


def _still_allowed(url: str, original: str) -> None:
    """What is allowed may have changed since it was proposed."""
    try:
        _allowed(url, original)
    except NotAllowedError as why:
        raise refused(409, "not-allowed", "url", str(why)) from None


def _change(edition: str, urls: list[str], action: str, change: Change) -> AmendmentShown:
    """Apply one step to the history, whoever else is at it. Problem 404 or 409 when it cannot be."""
    for _ in range(TRIES):
        entry, history = wiring().amendments.read(edition)
        after, one = _applied(change, history)
        shown = _shown(one, after, urls)
        if after == history:
            return shown
        detail = {"amendment": one.id, "n": one.n, "old": shown.old, "new": shown.new, "state": shown.state}
        wiring().record(caller(), action, f"edition#{edition}", **detail)
        try:
            wiring().amendments.write(edition, after, entry, now_ms())
        except ChangedError:
            continue
        return shown
    raise changed_meanwhile("the amendments of this edition")


def _applied(change: Change, history: History) -> tuple[History, Amendment]:
    try:
        return change(history)
    except KeyError as missing:
        raise not_found("amendment", missing.args[0]) from None
    except NotNowError as why:
        raise Problem(409, "not-now", f"This cannot be done: {why}.") from None
    except SamePersonError:
        raise Problem(403, "second-person", "You proposed this amendment: another person approves it.") from None


def _shown(amendment: Amendment, history: History, urls: list[str]) -> AmendmentShown:
    old, new = rules.changing(history, urls)[amendment.id]
    return AmendmentShown(
        id=amendment.id,
        n=amendment.n,
        old=old,
        new=new,
        reason=amendment.reason,
        state=amendment.state.value,
        proposed_by=amendment.proposed_by,
        proposed_at=amendment.proposed_at,
        decided_by=amendment.decided_by or None,
        decided_at=amendment.decided_at or None,
    )
