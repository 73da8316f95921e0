"""Clicks and opens: where to, who, may it be recorded, was it a person. The reader always gets there."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from functions.adapters.links import LinkTable
from functions.adapters.recipients import Recipient
from functions.adapters.replies import Reply, Request, gone, pixel, redirect
from functions.domain.consent import Ceiling, EventKind, Purpose, permits
from functions.domain.event import Event, Verdict, judge_arrival
from functions.domain.ids import is_id
from functions.domain.interest import encode_shown
from functions.domain.selection import decode_picks
from functions.domain.tokens import Keyring, MessageRef, read_message

NUMBER = re.compile(r"0|[1-9][0-9]{0,4}")
NO_TOPIC = "-"  # stands in the place of a code for a block without topics


class Links(Protocol):
    def version(self, edition: str, version: str) -> LinkTable | None: ...
    def sent(self, edition: str) -> LinkTable | None: ...
    def tested(self, edition: str) -> LinkTable | None: ...
    def leads(self, edition: str, table: LinkTable, n: int) -> str: ...


class People(Protocol):
    def edition(self, send: str) -> tuple[str, str] | None: ...
    def recipient(self, ref: MessageRef) -> Recipient | None: ...


class Recorder(Protocol):
    def record(self, event: Event) -> bool: ...


class Counter(Protocol):
    def count(self, edition: str, n: int, request: str, now_s: int) -> None: ...
    def count_personal(self, send: str, n: int, request: str, now_s: int) -> None: ...


@dataclass(frozen=True)
class Desk:
    """What tracking stands on. `failed` notes an error that the reader must not notice."""

    links: Links
    people: People
    events: Recorder
    totals: Counter
    keyring: Keyring
    ceiling: Ceiling
    failed: Callable[[str, Exception], None]


def follow(desk: Desk, request: Request) -> Reply:
    """`/c/{token}/{n}`, a personal link: redirect; record the click if consent covers it now."""
    ref = read_message(desk.keyring, request.path.get("token", ""))
    n = _number(request)
    edition = desk.people.edition(ref.send) if ref and n is not None else None
    table = desk.links.version(*edition) if edition else None
    if ref is None or n is None or edition is None or table is None or n >= len(table.urls):
        return gone(request)
    if request.method == "GET":  # HEAD is a scanner's; a person's click is not lost by it
        _try(desk, "click", lambda: _clicked(desk, request, ref, edition[0], table, n))
    return redirect(desk.links.leads(edition[0], table, n))


def follow_shared(desk: Desk, request: Request) -> Reply:
    """`/l/{edition}/{n}`, a link that is the same for everybody: redirect; add one to its total, and nothing else.

    Before an edition is sent, its links work in staff's test mails and count nothing.
    """
    edition, n = request.path.get("edition", ""), _number(request)
    if n is None or not is_id(edition):
        return gone(request)
    sent = desk.links.sent(edition)
    table = sent or desk.links.tested(edition)
    if table is None or n >= len(table.urls):
        return gone(request)
    if sent and judge_arrival(request.method, request.user_agent, None).verdict is not Verdict.MACHINE:
        _try(desk, "count", lambda: desk.totals.count(edition, n, request.id, request.at_ms // 1000))
    return redirect(desk.links.leads(edition, table, n) if sent else table.urls[n])


def opened(desk: Desk, request: Request) -> Reply:
    """`/o/{token}`, the pixel: always the picture; record the open if consent covers it now."""
    ref = read_message(desk.keyring, request.path.get("token", ""))
    if ref and request.method == "GET":
        _try(desk, "open", lambda: _opened(desk, request, ref))
    return pixel()


def _number(request: Request) -> int | None:
    text = request.path.get("n", "")
    return int(text) if NUMBER.fullmatch(text) else None


def _try(desk: Desk, what: str, record: Callable[[], None]) -> None:
    try:
        record()
    except Exception as error:  # whatever went wrong, the reader wants to read
        desk.failed(what, error)


def _clicked(desk: Desk, request: Request, ref: MessageRef, edition: str, table: LinkTable, n: int) -> None:
    recipient = desk.people.recipient(ref)
    grants = permits(EventKind.CLICKED, recipient.consents, desk.ceiling) if recipient else {}
    if recipient is None or not grants:
        return
    entry = table.owners[n]
    held = [pick.index for pick in decode_picks(recipient.picks)]
    if entry >= 0 and entry not in held:
        return  # no link of this mail: somebody is trying numbers
    delay_s = (request.at_ms - recipient.arrived_at) / 1000
    judged = judge_arrival(request.method, request.user_agent, delay_s)
    new = desk.events.record(
        Event(
            supporter=ref.supporter,
            id=request.id,
            kind=EventKind.CLICKED,
            send=ref.send,
            chunk=ref.chunk,
            edition=edition,
            at=request.at_ms,
            verdict=judged.verdict,
            grants=grants,
            reasons=judged.reasons,
            n=n,
            entry=entry if entry >= 0 else None,
            slot=held.index(entry) if entry >= 0 else None,
            topics=table.entries[entry].topics if entry >= 0 else (),
            delay_s=delay_s,
            shown=_shown(table, held),
        )
    )
    # For the report of the send. To count clicks is a purpose of its own: who lets us learn from them did not agree to that.
    if new and judged.verdict is Verdict.HUMAN and Purpose.CLICK_MEASUREMENT in grants:
        desk.totals.count_personal(ref.send, n, request.id, request.at_ms // 1000)


def _opened(desk: Desk, request: Request, ref: MessageRef) -> None:
    edition = desk.people.edition(ref.send)
    recipient = desk.people.recipient(ref) if edition else None
    grants = permits(EventKind.OPENED, recipient.consents, desk.ceiling) if recipient else {}
    if edition is None or recipient is None or not grants:
        return
    delay_s = (request.at_ms - recipient.arrived_at) / 1000
    judged = judge_arrival(request.method, request.user_agent, delay_s, kind=EventKind.OPENED)
    desk.events.record(
        Event(
            supporter=ref.supporter,
            id=request.id,
            kind=EventKind.OPENED,
            send=ref.send,
            chunk=ref.chunk,
            edition=edition[0],
            at=request.at_ms,
            verdict=judged.verdict,
            grants=grants,
            reasons=judged.reasons,
            delay_s=delay_s,
        )
    )


def _shown(table: LinkTable, held: Sequence[int]) -> str:
    """What the mail held, so that the click can be weighed against what an average reader would have clicked in it."""
    entries = [table.entries[index] for index in held]
    return encode_shown((entry.topics[0] if entry.topics else NO_TOPIC, entry.prior) for entry in entries)
