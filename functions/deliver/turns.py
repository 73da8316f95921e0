"""The mails that one visit may send, taken in blocks from the account's bucket, or by way of the send's own where it has one, and
handed out to its threads.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.pace import now_ms
from functions.domain.pace import SLOWER_AGAIN_MS, Bucket, Priority, Turn, at_once

LAPSE_MS = 1_000.0  # a moment that passed so long ago is not used any more: SES allows no burst of what was saved
YIELD_MS = 3_000.0  # a visit whose send yields to others ends after this long without a mail
PATIENCE_MS = 15_000.0  # and one that gets none for another reason after this long
EARLY_AGAIN_MS = 100.0  # between two tries to take a block before the last one is used up
NAP_S = 0.5  # a slice of waiting, after which it looks whether the visit still goes on


class Source(Protocol):
    def take(self, need: int, want: int, priority: Priority) -> Turn: ...
    def slow_down(self) -> None: ...


class Turns:
    """`seen`: the bucket at the visit's start. `going`: false once the visit is to end for another reason."""

    def __init__(self, pace: Source, priority: Priority, seen: Bucket, going: Callable[[], bool]) -> None:
        self._pace, self._priority, self._seen, self._going = pace, priority, seen, going
        self._lock = threading.Lock()  # of the moments
        self._taking = threading.Lock()  # of taking more: meanwhile the others use what is there
        self._moments: deque[float] = deque()
        self._left = 0
        self._reserve = 0  # moments under which more are taken early
        self._early_at = 0.0  # not before this
        self._last = now_ms()
        self._slowed = 0.0
        self.over = False  # no mail may go in this visit any more

    @property
    def most(self) -> int:
        """How many mails to ask for at once at most, so that they are no burst that SES throttles."""
        return at_once(self._seen, now_ms())

    def expect(self, mails: int) -> None:
        """So many are to come at most: no block is larger than what is left of them."""
        self._left = mails

    def wait(self, n: int = 1) -> bool:
        """True when the next `n` mails may go, together. False: SES must not be asked, they wait for another visit."""
        moment = self._moment(n)
        if moment is None:
            return False
        if (ahead := moment - now_ms()) > 0:
            time.sleep(ahead / 1000)
        return True

    def slow_down(self) -> None:
        """SES throttled. Raises nothing."""
        with self._lock:
            now = now_ms()
            if now - self._slowed < SLOWER_AGAIN_MS:
                return
            self._slowed = now
            self._moments.clear()  # what is left of the block was taken at a rate that is too high
        self._pace.slow_down()

    def _moment(self, n: int) -> float | None:
        """The moment of the last of `n` mails; None when they do not get any."""
        while self._going() and not self.over:
            last = self._popped(n)
            if last is not None:
                if self._running_out() and self._taking.acquire(blocking=False):
                    self._take(1, early=True)
                return last
            if self._taking.acquire(timeout=NAP_S):
                self._take(n, early=False)
        return None

    def _popped(self, n: int) -> float | None:
        with self._lock:
            while self._moments and self._moments[0] < now_ms() - LAPSE_MS:
                self._moments.popleft()
            if len(self._moments) < n:
                return None
            self._left -= n
            return [self._moments.popleft() for _ in range(n)][-1]

    def _running_out(self) -> bool:
        """Whether soon none are left, or none that may still be used."""
        with self._lock:
            now = now_ms()
            few = not self._moments or len(self._moments) < self._reserve or self._moments[-1] < now - LAPSE_MS / 2
            return few and self._left > len(self._moments) and now >= self._early_at

    def _take(self, n: int, early: bool) -> None:
        """Take a block, or nap when there is none; gives `_taking` back."""
        try:
            there = len(self._moments)
            if there >= n and not early:
                return  # another took some meanwhile
            turn = self._pace.take(max(1, n - there), self._left - there, self._priority)
            self._seen = turn.bucket
            self._reserve, self._early_at = len(turn.moments) // 2, now_ms() + EARLY_AGAIN_MS
            if turn.moments:
                with self._lock:
                    self._moments.extend(turn.moments)
                self._last = now_ms()
            elif not early:
                self._nap(turn)
        except (BotoCoreError, ClientError):  # the table does not say; a mail too many is worse than one later
            self.over = True
        finally:
            self._taking.release()

    def _nap(self, turn: Turn) -> None:
        waited, patience = now_ms() - self._last, YIELD_MS if turn.yields else PATIENCE_MS
        if waited > patience or turn.again_ms > PATIENCE_MS:  # what comes so much later is for another visit
            self.over = True
        else:
            time.sleep(min(turn.again_ms / 1000, NAP_S))
