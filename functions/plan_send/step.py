"""Freeze the audience of a send, one part at a time."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from functions.adapters.audience import Audience
from functions.adapters.ceilings import Ceilings
from functions.adapters.courses import Courses, due, elsewhere
from functions.adapters.editions import Content
from functions.adapters.ledger import Ledger
from functions.adapters.named import Named
from functions.adapters.nudges import Nudges
from functions.adapters.pace import Pace
from functions.adapters.quotas import Quotas
from functions.adapters.sends import Chunk, Send, Sends
from functions.domain.matching import Sieve, sieve_of
from functions.domain.pace import priority_of
from functions.domain.send import CHUNK_SIZE, FINAL_SEND, SendFact, SendState, chunk_id, chunk_key
from functions.domain.send_pace import chunks_a_round, pace_of

PART = 40  # chunks in a part: one transaction (of at most 100 items) and one visit of `plan_send`
PAGES = 60  # read in one visit at most, so that a rule which few match is planned within a Lambda's time too


@dataclass(frozen=True)
class Part:
    """Ids, the cursor after them, and for a segment how many were left out so far because consent is missing."""

    ids: list[str]
    cursor: str
    left_out: Mapping[str, int] | None = None


class Planner:
    def __init__(
        self,
        sends: Sends,
        audience: Audience,
        ledger: Ledger,
        content: Content,
        nudges: Nudges,
        pace: Pace,
        ceilings: Ceilings,
        quotas: Quotas,
        named: Named,
    ) -> None:
        self._sends, self._audience, self._ledger, self._content, self._nudges = sends, audience, ledger, content, nudges
        self._pace, self._ceilings, self._quotas, self._courses = pace, ceilings, quotas, Courses(sends)
        self._whom = named

    def plan(self, send_id: str, part: int, now_ms: int) -> str:
        """Plan part `part` of a send. Doing it twice changes nothing: the part number is the lock.

        Returns a word for the log: "planned", "planned the last part", or why there was nothing to do.
        """
        send = self._begun(send_id, now_ms)
        if send is None or send.all_planned or send.state in FINAL_SEND:
            return "nothing to plan"
        if not send.begins(now_ms):
            return "not yet"
        if send.part and not send.cursor:
            return self._complete(send.id, now_ms)  # the last part was frozen, then we fell over
        if send.part != part:
            return "planned before"
        found = self._next(send)
        if found is None:
            return "not yet"
        chunks = self._frozen(send, found.ids)
        if not self._sends.add_part(send, chunks, found.cursor, found.left_out):
            return "planned before"
        if send.course is None:
            self._nudge(send, chunks)
        if found.cursor:
            self._nudges.plan(send.id, part + 1)
            return "planned"
        return self._complete(send.id, now_ms)

    def _begun(self, send_id: str, now_ms: int) -> Send | None:
        send = self._sends.get(send_id)
        if send is None or send.part or send.state in FINAL_SEND or not send.begins(now_ms):
            return send
        self._content.mark_sent(send.edition, send.edition_version)  # also when it was paused before it began
        if send.state is not SendState.REQUESTED:
            return send
        self._sends.note(send, SendFact.PLAN_STARTED)
        return self._sends.get(send_id)

    def _next(self, send: Send) -> Part | None:
        """One part. It ends with a page of the scan, so it can be a little larger. None: its time has not come."""
        if "supporters" in send.audience:
            return self._named(send)
        if "got" in send.audience:
            return self._got(send)
        if sieve := sieve_of(send.audience, send.requested_at, self._ceilings.now()):
            return self._segment(send, sieve)
        ids: list[str] = []
        cursor = send.cursor
        for _ in range(PAGES):
            page = self._audience.scan(send.list, cursor)
            ids += page.ids
            cursor = page.cursor
            if not cursor or len(ids) >= CHUNK_SIZE * PART:
                break
        return Part(ids, cursor)

    def _segment(self, send: Send, sieve: Sieve) -> Part:
        ids: list[str] = []
        left_out = Counter({"people": 0} | dict(send.left_out))
        cursor = send.cursor
        for _ in range(PAGES):
            sifted, cursor = self._audience.sift(send.list, cursor, sieve)
            ids += sifted.matched
            left_out.update({"people": sifted.left_out, **{purpose.value: n for purpose, n in sifted.missing.items()}})
            if not cursor or len(ids) >= CHUNK_SIZE * PART:
                break
        return Part(ids, cursor, left_out)

    def _named(self, send: Send) -> Part:
        start = json.loads(send.cursor) if send.cursor else 0
        named = self._whom.of(send.audience) or []
        end = start + CHUNK_SIZE * PART
        return Part(named[start:end], json.dumps(end) if end < len(named) else "")

    def _got(self, send: Send) -> Part | None:
        """Those whom another send reached or may have reached; the cursor is the number of its chunk.

        None while that send is on its way (staff had some of it mailed again): what it reaches is not yet known.
        """
        faulty = self._sends.get(send.audience["got"])
        if faulty is None or faulty.ended_at is None:
            return None
        first = int(send.cursor or 0)
        end = min(first + PART, faulty.chunk_count)  # no chunk of it is larger than one of ours
        ids = [id_ for n in range(first, end) for id_ in self._ledger.reached(chunk_key(faulty.id, n))]
        return Part(ids, str(end) if end < faulty.chunk_count else "")

    def _frozen(self, send: Send, ids: list[str]) -> list[Chunk]:
        return [
            Chunk(number, len(some), self._content.put_chunk(send.id, number, some))
            for number, some in zip(_numbers(send.chunk_count), _slices(ids), strict=False)
        ]

    def _complete(self, send_id: str, now_ms: int) -> str:
        send = self._sends.get(send_id)
        if send is None:
            return "nothing to plan"
        if send.planned == 0:
            self._sends.note(send, SendFact.STOPPED, planned_at=now_ms, reason=_nobody(send))
            return "nobody to send to"
        if why := self._too_many(send, now_ms):
            self._sends.note(send, SendFact.PAUSED, planned_at=now_ms, reason=why)
            return "planned, and does not fit"
        self._sends.note(send, SendFact.PLANNED, planned_at=now_ms)
        if send.course:
            self._release(send_id, now_ms)
        return "planned the last part"

    def _too_many(self, send: Send, now_ms: int) -> str:
        """Why a send whose start time has come does not fit what SES takes today. One that starts at once was checked."""
        quota = self._quotas.now() if send.start_at and send.course else None
        if quota is None or send.course is None or quota.left is None:
            return ""
        mails = send.course.cap(0, send.planned)
        room = quota.room(elsewhere(self._sends, now_ms, but=send.id).open)
        if room is None or mails <= room:
            return ""
        return (
            f"over quota: {mails:,} mails are more than the {room:,} that SES still takes today; nobody is mailed before you resume"
        )

    def _release(self, send_id: str, now_ms: int) -> None:
        """The first mails of a course, at once. Should we fall over here: `tend_sends` does the same each minute."""
        send, chunks = self._sends.get(send_id), list(self._sends.chunks(send_id))
        if send is not None:
            send = self._courses.advance(send, chunks, now_ms)
            self._nudge(send, due(send, chunks))

    def _nudge(self, send: Send, chunks: Sequence[Chunk]) -> None:
        if pace := pace_of(send.terms):  # the first minute's; `tend_sends` nudges the others in time
            chunks = [chunk for chunk in chunks if int(chunk.number) < chunks_a_round(pace)]
        if not chunks:
            return
        self._pace.announce(priority_of(send.terms))
        self._nudges.deliver(send.id, [chunk.number for chunk in chunks])


def _nobody(send: Send) -> str:
    if "got" in send.audience:
        return f"send {send.audience['got']} reached nobody"
    if "segment" in send.audience:
        return f"nobody on this list who gave consent matches the segment {send.audience['segment']!r}"
    return "nobody on this list gave consent for the newsletter"


def _numbers(first: int) -> Iterator[str]:
    while True:
        yield chunk_id(first)
        first += 1


def _slices(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), CHUNK_SIZE):
        yield ids[start : start + CHUNK_SIZE]
