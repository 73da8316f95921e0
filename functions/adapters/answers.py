"""Answers to polls: a number for everybody's, and the answer itself only of whoever let it be kept.

That a mail has answered a poll is remembered by a keyed hash, without the answer, so that it counts once.
"""

from dataclasses import dataclass, replace
from hashlib import blake2b

from functions.adapters.events import Events
from functions.adapters.limits import Limits
from functions.adapters.totals import RETENTION_S, Totals
from functions.domain.consent import EventKind
from functions.domain.event import Event
from functions.domain.ids import encode

WHAT = "answered"
COUNTED = "counted"  # in an event's `extra`: its answer is in the totals, so a change moves it there too


@dataclass(frozen=True)
class Poll:
    """One poll in one mail. `entry`: the block in the edition."""

    supporter: str
    send: str
    entry: int


class Answers:
    def __init__(self, events: Events, totals: Totals, limits: Limits, key: bytes) -> None:
        self._events, self._totals, self._limits, self._key = events, totals, limits, key

    def kept(self, supporter: str) -> list[Event]:
        """Every answer this supporter let us keep, oldest first; question and answer are in `extra`."""
        return [event for event in self._events.of(supporter) if event.kind is EventKind.ANSWERED]

    def of(self, poll: Poll) -> Event | None:
        """The answer that is kept to this poll."""
        found = [event for event in self.kept(poll.supporter) if (event.send, event.entry) == (poll.send, poll.entry)]
        return found[-1] if found else None

    def keep(self, poll: Poll, event: Event) -> None:
        """Keep an answer in place of the one before it. It counts once, whatever it was before."""
        before, now_s = self.of(poll), event.at // 1000
        if before is None:
            counted = self.count(poll, _n(event), event.id, now_s)
        else:
            counted = self._move(poll, before, _n(event), event.id, now_s)
        self._events.record(replace(event, extra={**event.extra, **({COUNTED: "yes"} if counted else {})}))
        if before and before.key != event.key:
            self._events.delete(before)

    def count(self, poll: Poll, n: int, request: str, now_s: int) -> bool:
        """Count an answer without a name. False when this mail was counted before: nobody knows for what.

        An answer that was kept is not kept any longer, and its count moves.
        """
        if before := self.of(poll):
            moved = self._move(poll, before, n, request, now_s)
            self._events.delete(before)
            return moved
        if not self._limits.first(WHAT, self._who(poll), now_s, now_s + RETENTION_S):
            return False
        self._totals.count_answer(poll.send, n, request, now_s)
        return True

    def take_back(self, poll: Poll, request: str, now_s: int) -> None:
        """Forget the answer that is kept to this poll, and that it was counted: it may be given anew."""
        before = self.of(poll)
        if before is None:
            return
        if COUNTED in before.extra:
            self._totals.count_answer(poll.send, _n(before), request, now_s, by=-1)
            self._limits.forget(WHAT, self._who(poll))
        self._events.delete(before)

    def _move(self, poll: Poll, before: Event, n: int, request: str, now_s: int) -> bool:
        if COUNTED not in before.extra:
            return False
        if _n(before) != n:
            self._totals.count_answer(poll.send, _n(before), request, now_s, by=-1)
            self._totals.count_answer(poll.send, n, request, now_s)
        return True

    def _who(self, poll: Poll) -> str:
        said = f"{poll.send}|{poll.supporter}|{poll.entry}".encode()
        return encode(blake2b(said, digest_size=18, key=self._key[:64], person=b"answered").digest())


def _n(event: Event) -> int:
    return event.n if event.n is not None else -1
