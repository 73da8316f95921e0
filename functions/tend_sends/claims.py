"""Claims that a visit left when it died, of a send at rest: no other visit comes that would name them."""

from collections.abc import Iterable

from functions.adapters.ledger import Ledger
from functions.adapters.sends import Chunk, Send, Sends
from functions.domain.send import ChunkState, chunk_key

HOLD_S = 60  # longer than a round may take


class Claims:
    def __init__(self, sends: Sends, ledger: Ledger) -> None:
        self._sends, self._ledger = sends, ledger

    def close(self, send: Send, chunks: Iterable[Chunk], now_ms: int) -> int:
        """Make them *unknown*. Returns of how many chunks. A visit that lives gives its lease back, so only others' end."""
        now_s = now_ms // 1000
        left = [c for c in chunks if c.state is ChunkState.OPEN and 0 < c.lease_until < now_s]
        return sum(self._close(send, chunk, now_ms) for chunk in left)

    def _close(self, send: Send, chunk: Chunk, now_ms: int) -> bool:
        now_s = now_ms // 1000
        if not self._sends.lease(send.id, chunk.number, now_s, now_s + HOLD_S):
            return False
        key = chunk_key(send.id, int(chunk.number))
        self._ledger.close_claims(key, now_ms)
        self._sends.count(send.id, chunk.number, self._ledger.counts(key), now_s)
        self._sends.release(send.id, chunk.number, now_s + HOLD_S)
        return True
