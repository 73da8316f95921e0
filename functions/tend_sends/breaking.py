"""The circuit breaker: keep the counts of a running send fresh, and stop it when too many of its mails come back."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from functions.adapters.ledger import Ledger
from functions.adapters.sends import Chunk, Send, Sends
from functions.domain.breaker import Outcomes, why_stop
from functions.domain.send import MAILING, ChunkState, SendFact, SendState, chunk_key
from functions.tend_sends.claims import Claims

AT_REST = frozenset({SendState.PAUSED, SendState.STOPPED})
# One count reads the rows of a chunk: 500 are about 60 read units. So a round counts a bounded number of chunks, those whose
# counts are the most out of date for their age: what SES has to say comes within minutes, and then by the hour.
COUNTS_PER_ROUND = 16
COUNT_AGAIN_S, COUNT_SHARE = 60, 4
COUNT_FOR_S = 3 * 86_400
LOOK_AT_REST_S = 300  # nothing new is mailed, so staff who wait for the reports of a first batch see them by then


class Breaker:
    def __init__(self, sends: Sends, ledger: Ledger) -> None:
        self._sends, self._ledger, self._claims = sends, ledger, Claims(sends, ledger)

    def look(self, send: Send, now_ms: int, done: Counter[str]) -> Send:
        """Count again what is due, and stop the send if it must. Returns the send as it is then."""
        now_s = now_ms // 1000
        if send.state not in MAILING and not (send.state in AT_REST and now_s % LOOK_AT_REST_S < 60):
            return send
        chunks = list(self._sends.chunks(send.id))
        if send.state in AT_REST:
            done["claims closed"] += self._claims.close(send, chunks, now_ms)
        fresh = self._counted(send, chunks, now_s)
        done["chunks counted"] += len(fresh)
        if send.state not in MAILING or (send.all_planned and all(c.state is ChunkState.DONE for c in chunks)):
            return send  # there is nothing left to stop
        outcomes = total_outcomes(known(send, fresh.get(c.number, c)) for c in chunks)
        if why := why_stop(outcomes):
            done["sends stopped"] += self._stop(send, why, outcomes, now_ms)
            return self._sends.get(send.id) or send
        return send

    def _counted(self, send: Send, chunks: Sequence[Chunk], now_s: int) -> dict[str, Chunk]:
        """By number, those counted again in this round."""
        late = sorted(((lateness(c, now_s), c) for c in chunks), key=lambda found: -found[0])
        return {chunk.number: self._count(send, chunk, now_s) for how_late, chunk in late[:COUNTS_PER_ROUND] if how_late >= 1}

    def _count(self, send: Send, chunk: Chunk, now_s: int) -> Chunk:
        key, since = chunk_key(send.id, int(chunk.number)), send.judged_from
        counts = self._ledger.counts(key)
        lately = {"since": since, "counts": self._ledger.counts(key, since)} if _astride(chunk, since) else None
        self._sends.recount(send.id, chunk, counts, now_s, lately)
        return replace(chunk, counts=counts, lately=lately)

    def _stop(self, send: Send, why: str, outcomes: Outcomes, now_ms: int) -> int:
        kept = {"at": now_ms, **vars(outcomes)}
        return int(self._sends.note(send, SendFact.STOPPED, reason=why, breaker=kept) is not None)


def lateness(chunk: Chunk, now_s: int) -> float:
    """How out of date the counts of a chunk are: 1 and more is to be counted. 0 while it is worked on, or long settled."""
    age_s = now_s - chunk.visited
    if chunk.counts is None or chunk.lease_until >= now_s or age_s > COUNT_FOR_S:
        return 0.0
    return (now_s - chunk.counted) / max(COUNT_AGAIN_S, age_s // COUNT_SHARE)


def known(send: Send, chunk: Chunk) -> Mapping[str, int]:
    """What the breaker judges by, as last counted: all, or what was mailed since staff let the send go on after it had stopped it.

    They have seen the numbers; late reports on mails of before are no news.
    """
    if chunk.began * 1000 >= send.judged_from:
        return chunk.counts or {}
    of_now = chunk.lately is not None and chunk.lately["since"] == send.judged_from
    return chunk.lately["counts"] if chunk.lately and of_now else {}


def _astride(chunk: Chunk, since_ms: int) -> bool:
    """Whether some of it may have been mailed before that moment and some after."""
    return chunk.began * 1000 < since_ms <= chunk.visited * 1000 + 999


def total_outcomes(counts: Iterable[Mapping[str, int]]) -> Outcomes:
    """Of all chunks together."""
    total: Counter[str] = Counter()
    for some in counts:
        total.update(some)
    return Outcomes.of(total)
