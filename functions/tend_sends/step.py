"""Keep sends moving: nudge what is open, end what is finished, count again what feedback may have changed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from functions.adapters.courses import Courses, due
from functions.adapters.elections import held
from functions.adapters.ledger import Ledger
from functions.adapters.nudges import Nudges
from functions.adapters.pace import Pace
from functions.adapters.pace import now_ms as clock_ms
from functions.adapters.reports import Reports
from functions.adapters.sends import Chunk, Send, Sends
from functions.domain.goal import goal_of
from functions.domain.pace import priority_of, yields
from functions.domain.report import together
from functions.domain.send import FINAL_SEND, MAILING, ChunkState, SendFact, SendState, chunk_key
from functions.domain.send_pace import chunks_a_round, pace_of
from functions.tend_sends.breaking import Breaker
from functions.tend_sends.goals import Goals
from functions.tend_sends.recording import Recorder, recorded

NUDGE_AGAIN_S = 120  # an open chunk that nobody holds is nudged at most this often
BEGUN = MAILING | {SendState.REQUESTED}
ENDING = frozenset({SendState.SENDING, SendState.PAUSED})  # the last mails may be out when staff press pause
COUNT_AGAIN_S = 900  # feedback comes in for days, fewer by the hour: count a finished chunk at most this often,
COUNT_SHARE = 8  # and not before this part of the time since the send's end has gone by
COUNT_FOR_S = 3 * 86_400  # SES reports nearly all bounces and complaints within three days
# Of a send to a million there are 2,000 chunks, and a round has less than a minute for all sends together.
COUNTS_PER_ROUND = 200  # a count reads the 500 rows of a chunk
NUDGES_PER_ROUND = 1_000  # of one send: more than four deliveries can work off in two minutes


class Tender:
    def __init__(
        self, sends: Sends, ledger: Ledger, nudges: Nudges, pace: Pace, reports: Reports, goals: Goals, recorder: Recorder
    ) -> None:
        self._sends, self._ledger, self._nudges, self._pace = sends, ledger, nudges, pace
        self._reports, self._goals, self._recorder = reports, goals, recorder
        self._breaker, self._courses = Breaker(sends, ledger), Courses(sends)
        self._adopted = False

    def tend(self, now_ms: int) -> dict[str, int]:
        """One round over all sends but those through with. Returns how many things of each kind were done, for the log.

        What is wrong with one send holds up no other: it is raised when all have had their turn.
        """
        done: Counter[str] = Counter()
        self._adopt(now_ms)
        every = sorted(self._sends.tended(), key=lambda send: len(priority_of(send.terms).above))  # who comes first, first
        old: list[tuple[Send, Chunk]] = []
        wrong = _for_each(every, lambda send: old.extend(self._one(send, now_ms, done)))
        done["chunks counted"] += self._count(old, now_ms)
        wrong += _for_each(every, lambda send: self._keep(send, now_ms, done))  # last: what fails here holds up no mail
        if wrong:
            raise ExceptionGroup("some sends could not be tended", wrong)
        return dict(done)

    def _adopt(self, now_ms: int) -> None:
        """Once in a process: a deployment may hold sends that are not through and were made before there was an index of them."""
        if not self._adopted:
            for send in self._sends.all():
                if "tended" not in send.item and not through(send, now_ms):
                    self._sends.tend(send)
            self._adopted = True

    def _one(self, found: Send, now_ms: int, done: Counter[str]) -> list[tuple[Send, Chunk]]:
        """What one send needs now. Returns its chunks that are to be counted again."""
        found = self._held(found, now_ms, done)
        if self._courses.resting(found, now_ms):
            return []
        send = self._breaker.look(found, now_ms, done)  # before anything more is let go
        send = self._courses.tend(send, now_ms)
        if not send.all_planned and send.state not in FINAL_SEND and send.begins(now_ms):
            self._nudges.plan(send.id, send.part)
            done["plans nudged"] += 1
        called_off = send.state is SendState.CANCELLED and send.ended_at is None  # some have no named state yet
        if send.state in MAILING or called_off:
            done["chunks nudged"] += self._nudge(send, now_ms // 1000)
        if (send.state in ENDING and send.all_planned) or called_off:
            done["sends ended"] += self._end(send, now_ms)
        if send.state in FINAL_SEND and send.ended_at and now_ms - send.ended_at < COUNT_FOR_S * 1000:
            chunks = list(self._sends.chunks(send.id))
            done["sends reopened"] += self._reopen(send, chunks)
            return [(send, chunk) for chunk in late(chunks, send.ended_at // 1000, now_ms // 1000)]
        return []

    def _keep(self, send: Send, now_ms: int, done: Counter[str]) -> None:
        done["goals noted"] += self._goals.note([send], now_ms)
        done["records kept"] += self._recorder.record(send, now_ms)
        if through(send, now_ms):
            done["sends left to rest"] += self._sends.rest(send)

    def _held(self, send: Send, now_ms: int, done: Counter[str]) -> Send:
        """Pause a send at the beginning of a silence, or of a last month in which it needs approval."""
        hold = held(send, now_ms) if send.state in BEGUN and send.begins(now_ms) else None
        if hold is None:
            return send
        more = {"approval": hold.why} if hold.approval else {}
        done["sends held"] += int(self._sends.note(send, SendFact.PAUSED, reason=hold.why, **more) is not None)
        return self._sends.get(send.id) or send

    def _nudge(self, send: Send, now_s: int) -> int:
        called_off = send.state is SendState.CANCELLED  # nobody is mailed, so no hour is too early
        found = due(send, self._sends.chunks(send.id))
        idle = sorted((c for c in found if _idle(c, now_s) and (called_off or c.not_before <= now_s)), key=lambda c: c.nudged)
        pace = None if called_off else pace_of(send.terms)
        idle = idle[: chunks_a_round(pace) if pace else NUDGES_PER_ROUND]
        if not idle or not self._makes_way(send):
            return 0
        self._nudges.deliver(send.id, [c.number for c in idle])
        for chunk in idle:
            self._sends.nudged(send.id, chunk.number, now_s)
        return len(idle)

    def _makes_way(self, send: Send) -> bool:
        """Whether deliveries of this send would find mails to send; lower priorities are told to make room for them."""
        priority = priority_of(send.terms)
        if send.state in MAILING:
            if yields(self._pace.look(), priority, clock_ms()):
                return False
            self._pace.announce(priority)
        return True

    def _end(self, send: Send, now_ms: int) -> int:
        chunks = list(self._sends.chunks(send.id))
        if any(c.state is ChunkState.OPEN for c in chunks):
            return 0
        report = together(chunk.counts for chunk in chunks)
        return int(self._sends.note(send, SendFact.FINISHED, ended_at=now_ms, report=report, report_at=now_ms) is not None)

    def _reopen(self, send: Send, chunks: Sequence[Chunk]) -> int:
        """A chunk is open again: staff have some of it mailed after all, and the send ended at that moment."""
        if send.state is not SendState.ENDED or all(c.state is ChunkState.DONE for c in chunks):
            return 0
        return int(self._sends.note(send, SendFact.REOPENED, ended_at=None, rested_at=None) is not None)

    def _count(self, old: list[tuple[Send, Chunk]], now_ms: int) -> int:
        """Counts again, those first that are the oldest. Cost: the rows of sends of the last three days, not of history."""
        oldest = sorted(old, key=lambda found: found[1].counted)[:COUNTS_PER_ROUND]
        for send, chunk in oldest:
            counts = self._ledger.counts(chunk_key(send.id, int(chunk.number)))
            self._sends.count(send.id, chunk.number, counts, now_ms // 1000)
        for id_ in {send.id for send, _ in oldest}:
            self._reports.renew(id_, now_ms)
        return len(oldest)


def _for_each(sends: Iterable[Send], do: Callable[[Send], None]) -> list[Exception]:
    """Do it for every send. Returns what went wrong."""
    wrong: list[Exception] = []
    for send in sends:
        try:
            do(send)
        except Exception as error:
            error.add_note(f"send {send.id}")
            wrong.append(error)
    return wrong


def through(send: Send, now_ms: int) -> bool:
    """Whether a round finds nothing to do for it any more, as long as no fact moves it."""
    if send.state not in FINAL_SEND or not send.ended_at or now_ms - send.ended_at < COUNT_FOR_S * 1000:
        return False
    answered = goal_of(send.terms) is None or "goal_noted" in send.item
    return answered and recorded(send)


def late(chunks: Iterable[Chunk], ended_s: int, now_s: int) -> list[Chunk]:
    """The chunks of a send that has ended, whose counts are old."""
    late_s = count_again_after_s(now_s - ended_s)
    return [chunk for chunk in chunks if now_s - chunk.counted > late_s]


def count_again_after_s(age_s: int) -> int:
    """How old counts may be, so many seconds after the send ended. A count reads every row: each quarter of an hour for three
    days, it was nearly half of the bill (`python -m benchmarks.cost`)."""
    return max(COUNT_AGAIN_S, age_s // COUNT_SHARE)


def _idle(chunk: Chunk, now_s: int) -> bool:
    return chunk.lease_until < now_s and now_s - chunk.nudged > NUDGE_AGAIN_S
