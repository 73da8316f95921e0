"""The course of a send on its row: releasing more when it is time, holding after the seed batch; and what sends mail meanwhile.

Every step is one conditional write: the API, `plan_send` and `tend_sends` may all take it, it is taken once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from functions.adapters.sends import Chunk, Send, Sends
from functions.domain.course import DAY_MS, Course, advance, seed_is_out
from functions.domain.send import ChunkState, SendState

RUNNING = frozenset({SendState.REQUESTED, SendState.PLANNING, SendState.SENDING})


REST_MS = 15 * 60_000  # a send at rest is looked at so often all the same


class Courses:
    """Moves sends that have a course; all others stay as they are."""

    def __init__(self, sends: Sends) -> None:
        self._sends = sends

    def resting(self, send: Send, now_ms: int) -> bool:
        """Whether everybody released was settled a moment ago, and nobody else is released now: nothing need be read."""
        at = send.progress
        rested: int = send.item.get("rested_at") or 0
        over = min(rested + REST_MS, at.day_at + DAY_MS)
        return send.state is SendState.SENDING and rested > max(at.day_at, at.resumed_at) and now_ms < over

    def tend(self, send: Send, now_ms: int) -> Send:
        """One round: the send as it is after it."""
        if send.course is None or not send.all_planned or self.resting(send, now_ms):
            return send
        waits_for_seed = send.course.seed(send.planned) < send.planned and not send.progress.seed_out
        if send.state is not SendState.SENDING and not (send.state is SendState.PAUSED and waits_for_seed):
            return send
        chunks = list(self._sends.chunks(send.id))
        send = self._hold(self.advance(send, chunks, now_ms), chunks, now_ms)
        self._rest(send, chunks, now_ms)
        return send

    def advance(self, send: Send, chunks: Sequence[Chunk], now_ms: int) -> Send:
        """Release what may go by now, of a send that is mailing. Returns the send as it is after that."""
        if send.course is None or not send.all_planned or send.state is not SendState.SENDING:
            return send
        now = advance(send.course, send.planned, _settled(chunks), send.progress, now_ms)
        if now == send.progress:
            return send
        self._sends.keep(send, released=now.released, day=now.day, day_at=now.day_at, day_top=now.day_top)
        return self._sends.get(send.id) or send  # when somebody else was first, as they left it

    def _hold(self, send: Send, chunks: Sequence[Chunk], now_ms: int) -> Send:
        if send.course is None or not seed_is_out(send.course, send.planned, _settled(chunks), send.progress):
            return send
        if send.state is SendState.PAUSED:  # for a reason of its own; whoever lets it go on has seen the seed batch too
            self._sends.keep(send, seed_out=now_ms)
        else:
            seed = send.course.seed(send.planned)
            reason = f"seed batch is out: {seed:,} of {send.planned:,}; look at the report, then resume or cancel"
            self._sends.keep(send, state=SendState.PAUSED.value, reason=reason, seed_out=now_ms)
        return self._sends.get(send.id) or send

    def _rest(self, send: Send, chunks: Iterable[Chunk], now_ms: int) -> None:
        released = send.released or 0
        if send.state is SendState.SENDING and released < send.planned and _settled(chunks) >= released:
            self._sends.keep(send, rested_at=now_ms)


def due(send: Send, chunks: Iterable[Chunk]) -> list[Chunk]:
    """The open chunks in which somebody may be mailed, or named, now."""
    return [c for c in chunks if c.state is ChunkState.OPEN and _wants(send, c)]


def _wants(send: Send, chunk: Chunk) -> bool:
    if send.released is None or send.state is SendState.CANCELLED:
        return True
    there = chunk.mailable(send)
    return there == chunk.size or chunk.settled < there


def _settled(chunks: Iterable[Chunk]) -> int:
    return sum(chunk.settled for chunk in chunks)


@dataclass(frozen=True)
class Elsewhere:
    """`open`: mails that running sends are about to hand to SES. `known`: the most that one ended send planned."""

    open: int
    known: int


def elsewhere(sends: Sends, now_ms: int, but: str = "") -> Elsewhere:
    """Of all sends but one. What a delivery is at this moment mailing may be counted as open still."""
    still_open = known = 0
    for send in sends.all():
        if send.state is SendState.ENDED:
            known = max(known, send.planned)
        elif send.id != but and send.state in RUNNING and send.begins(now_ms):
            still_open += max(0, _today(send) - _settled(sends.chunks(send.id)))
    return Elsewhere(still_open, known)


def _today(send: Send) -> int:
    """How far a send may come before its day is over."""
    people = send.planned if send.all_planned else max(send.planned, send.item.get("expected") or 0)
    return send.progress.day_top or (send.course or Course()).cap(0, people)
