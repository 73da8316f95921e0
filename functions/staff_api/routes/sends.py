"""Sends: ask for one, see where it stands and what came of it, look up one message."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from functions.adapters.catalogue import Entry
from functions.adapters.requests import Request
from functions.adapters.sends import Send
from functions.domain.assembly import CompiledEdition
from functions.domain.habits import ANY_HOUR, NO_CAP
from functions.domain.selection import decode_picks
from functions.domain.send import SendState, send_id
from functions.staff_api import things
from functions.staff_api.composing import Gathered, as_prepared, gather
from functions.staff_api.correcting import corrected
from functions.staff_api.electing import approval_needed, check_vote_reminder, personal
from functions.staff_api.goals import check_goal
from functions.staff_api.models import ID, AudienceBody, SendBody
from functions.staff_api.problems import FieldError, Problem, changed_meanwhile, field_error, not_found, refused
from functions.staff_api.readable import POLICY, page
from functions.staff_api.reporting import reported, shown
from functions.staff_api.request import caller
from functions.staff_api.results import SendAccepted, SendShown, SendsShown
from functions.staff_api.routes import new_router
from functions.staff_api.routes.fitting import must_fit
from functions.staff_api.routes.segments import expression_of, frozen, look
from functions.staff_api.terms import settled_terms
from functions.staff_api.wiring import now_ms, wiring

router = new_router()
TAG = ["sends"]
SendId = Annotated[str, Path(pattern=ID)]
LATE_MS = 60_000  # a start this long ago means now, one longer ago is a mistake
OVERRULING = {"window": ANY_HOUR, "cap": NO_CAP}  # the party's own habits: kept in the audit log
CHECKED = 5  # pages of the scan for anybody on the list; the plan finds out in any case


@router.post("/v1/editions/<edition>/sends", summary="Send a prepared edition", tags=TAG, status_code=202)
def post_send(
    edition: Annotated[str, Path(pattern=ID)],
    send: SendBody,
    idempotency_key: Annotated[
        str, Header(alias="Idempotency-Key", min_length=1, max_length=200, description="The same key again is the same send.")
    ],
) -> SendAccepted:
    """An edition goes out once: a second send may only be for other supporters, each named."""
    id_ = send_id(edition, idempotency_key)
    body_hash = blake2b(json.dumps(send.model_dump(mode="json"), sort_keys=True).encode(), digest_size=16).hexdigest()
    made = wiring().sends.get(id_)
    if made is None:
        gathered = gather(edition)
        segment = _segment(send.audience)
        expected = _may_go(gathered, send, segment)
        approval = approval_needed(send, expected)
        made = _make(id_, gathered, send, segment, body_hash, expected, approval)
    if made.item["body_hash"] != body_hash:
        raise refused(409, "key-used", "Idempotency-Key", f"was used for another request of this edition (send {id_})")
    if made.state is SendState.REQUESTED and made.begins(now_ms()):
        wiring().nudges.plan(id_, 0)
    waits_for = made.item["approval"] if made.awaits_approval else None
    return SendAccepted(send=id_, state=made.state.value, waits_for=waits_for)


@router.get("/v1/sends", summary="All sends, newest first", tags=TAG)
def get_sends(after: things.After = "") -> SendsShown:
    """As many as fit into an answer; the others after `next_after`."""
    found, next_after = things.piece(wiring().sends.all(), lambda send: things.newest(send.requested_at, send.id), after)
    return SendsShown(sends=[shown(send) for send in found], next_after=next_after)


@router.get("/v1/sends/<send>", summary="Where a send stands, and its report", tags=TAG)
def get_send(send: SendId) -> SendShown:
    return reported(_found(send), wiring())


@router.get("/v1/sends/<send>/report", summary="Its report as a page, to read and pass on", tags=TAG)
def get_report(send: SendId) -> Response[str]:
    """HTML in one file, without script: the same numbers as the send's `report`, with pictures of them."""
    answer = reported(_found(send), wiring())
    edition = wiring().catalogue.get("edition", answer.edition)
    name = edition.body["name"] if edition else answer.edition
    html = page(answer, answer.report, name) if answer.report else ""
    return Response(200, "text/html; charset=utf-8", html, headers={"Content-Security-Policy": POLICY})


@router.get("/v1/sends/<send>/messages/<supporter>", summary="One supporter's message in a send", tags=TAG)
def get_message(send: SendId, supporter: Annotated[str, Path(pattern=ID)]) -> dict[str, Any]:
    """What was sent or why not, with the blocks chosen and the reason of each. Written to the audit log."""
    wiring().record(caller(), "message.read", f"supporter#{supporter}", send=send)
    found = _found(send)
    row = wiring().messages.find(send, supporter)
    if row is None:
        raise not_found("message to this supporter in send", send)
    edition = CompiledEdition.from_bytes(wiring().content.get(f"editions/{found.edition}/{found.edition_version}.json"))
    picks = [{"block": edition.entries[p.index].block, "reason": p.reason.value} for p in decode_picks(row.get("picks", ""))]
    hidden = ("chunk", "supporter", "expires", "picks", "greeting")
    return {"send": send, "supporter": supporter, **{k: v for k, v in row.items() if k not in hidden}, "picks": picks}


def _segment(audience: AudienceBody) -> Entry | None:
    if audience.segment is None:
        return None
    found = wiring().catalogue.get("segment", audience.segment)
    if found is None:
        raise field_error("audience.segment", f"there is no segment {audience.segment!r}")
    return found


def _may_go(gathered: Gathered, send: SendBody, segment: Entry | None) -> int | None:
    """Problem 409 or 422 that says why this send cannot be; else how many it is expected to mail, when that is known."""
    if not wiring().settling.settled():
        raise Problem(
            409,
            "no-suppressions",
            "Nothing is sent before it is known who must not be mailed: import suppressions with "
            'POST /v1/suppressions/imports, or confirm there with {"none_exist": true}.',
        )
    as_prepared(gathered, send.version)
    check_goal(send, gathered.edition.id, send.version)
    if send.request and (send.audience.segment or send.audience.got):
        raise field_error(
            "audience", "a mail that asks for consent is for everyone or for supporters by name: nobody is chosen for it"
        )
    if segment:
        _matching(segment, gathered.edition.list)
    elif send.audience.got:
        corrected(send.audience.got, gathered.edition.list)
    else:
        _somebody(send.audience, gathered.edition.list)
    _only_once(gathered, send)
    settled_terms(send)
    check_vote_reminder(send)
    starts = send.starts()
    if starts is not None and starts < now_ms() - LATE_MS:
        raise field_error("start_at", "is in the past (epoch milliseconds, or ISO 8601)")
    return must_fit(send, gathered.edition.list)


def _somebody(audience: AudienceBody, mailing_list: str) -> None:
    if audience.supporters is None:
        cursor = ""
        for _ in range(CHECKED):
            page = wiring().audience.scan(mailing_list, cursor)
            if page.ids or not (cursor := page.cursor):
                break
        if not page.ids and not cursor:
            raise field_error("audience", f"nobody: no supporter has newsletter consent for the list {mailing_list!r}")
        return
    stored = wiring().supporters.get_many(audience.supporters)
    unknown = [n for n, id_ in enumerate(audience.supporters) if id_ not in stored]
    if unknown:
        raise Problem(
            422,
            "invalid-fields",
            "Some of these supporters are not known.",
            tuple(FieldError(f"audience.supporters[{n}]", "there is no such supporter") for n in unknown[:100]),
        )
    if not any(mailing_list in found.supporter.consents.newsletter for found in stored.values()):
        raise field_error("audience.supporters", f"nobody among them has newsletter consent for the list {mailing_list!r}")


def _matching(segment: Entry, mailing_list: str) -> None:
    seen = look(mailing_list, expression_of(segment), CHECKED, enough=1)
    if seen.whole and not seen.found.matched:
        raise field_error(
            "audience.segment", f"nobody: no supporter with newsletter consent for the list {mailing_list!r} is known to match"
        )


def _only_once(gathered: Gathered, send: SendBody) -> None:
    """Nobody gets an edition twice: a second send is for other supporters. And of one version, since links that are the same
    for everybody name the edition and not the send."""
    for id_ in sorted(gathered.entry.sends):
        before = wiring().sends.get(id_)
        if before is None:
            continue
        if before.edition_version != send.version:
            reason = f"send {id_} mailed version {before.edition_version!r}; what changed since needs an edition of its own"
            raise Problem(409, "sent-already", f"An edition goes out in one version: {reason}.", (FieldError("version", reason),))
        if not _apart(send.audience, before):
            reason = f"this edition went out already, to some of them, with send {id_}"
            raise Problem(409, "sent-already", f"Nobody gets an edition twice: {reason}.", (FieldError("audience", reason),))


def _apart(audience: AudienceBody, before: Send) -> bool:
    """Whether nobody can be in both: other supporters by name, or those who got another send of one faulty edition."""
    faulty = before.audience.get("got")
    if audience.supporters is not None and "supporters" in before.audience:
        theirs = wiring().named.of(before.audience)
        return theirs is not None and not set(theirs) & set(audience.supporters)
    if audience.got is None or faulty is None or audience.got == faulty:
        return False
    one, other = wiring().sends.get(audience.got), wiring().sends.get(faulty)
    return one is not None and other is not None and one.edition == other.edition


def _make(
    id_: str,
    gathered: Gathered,
    send: SendBody,
    segment: Entry | None,
    body_hash: str,
    expected: int | None,
    approval: str | None,
) -> Send:
    actor = caller()
    named = {"segment": segment.id, "segment_version": segment.version} if segment else {}
    request = Request(
        send=id_,
        edition=gathered.edition.id,
        edition_version=send.version,
        list=gathered.edition.list,
        audience=_kept(id_, send.audience, segment),
        comparison=send.comparison,
        body_hash=body_hash,
        requested_by=actor.id,
        requested_at=now_ms(),
        start_at=send.starts(),
        terms=settled_terms(send),
        expected=expected,
        personal=personal(send),
        approval=approval,
    )
    overruled = {name: said for name, said in send.terms().items() if OVERRULING.get(name) == said}
    paced = {"pace": send.pace} if send.pace else {}
    about = {"edition": gathered.edition.id, "version": send.version, **named, **overruled, **paced}
    wiring().record(actor, "send.requested", f"send#{id_}", **about)
    wiring().requests.make(request, gathered.entry)
    made = wiring().sends.get(id_)
    if made is None:
        raise changed_meanwhile("this edition")
    return made


def _kept(id_: str, audience: AudienceBody, segment: Entry | None) -> Mapping[str, Any]:
    if segment:
        return frozen(segment)
    return wiring().named.keep(id_, audience.supporters) if audience.supporters is not None else audience.stored()


def _found(id_: str) -> Send:
    found = wiring().sends.get(id_)
    if found is None:
        raise not_found("send", id_)
    return found
