"""The mails that one visit may send, taken from the account's bucket in blocks and handed out to its threads."""

import threading
import time
from collections import deque
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.pace import Pace, now_ms
from functions.domain.pace import Bucket, Priority, at_once

LAPSE_MS = 500.0  # a moment that passed so long ago is not used any more: SES allows no burst of what was saved
YIELD_MS = 3_000.0  # a visit whose send yields to others ends after this long without a mail
PATIENCE_MS = 15_000.0  # and one that gets none for another reason after this long
NAP_S = 0.5  # a slice of waiting, after which it looks whether the visit still goes on


class Turns:
    """`seen`: the bucket at the visit's start. `going`: false once the visit is to end for another reason."""

    def __init__(self, pace: Pace, priority: Priority, seen: Bucket, going: Callable[[], bool]) -> None:
        self._pace, self._priority, self._seen, self._going = pace, priority, seen, going
        self._lock = threading.Lock()
        self._moments: deque[float] = deque()
        self._last = now_ms()
        self._slowed = 0.0
        self._left = 0
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
            if now - self._slowed < 1_000:
                return
            self._slowed = now
            self._moments.clear()  # what is left of the block was taken at a rate that is too high
        self._pace.slow_down()

    def _moment(self, n: int) -> float | None:
        """The moment of the last of `n` mails; None when they do not get any."""
        while self._going() and not self.over:
            if not self._lock.acquire(timeout=NAP_S):
                continue
            try:
                if self._filled(n):
                    self._left -= n
                    return [self._moments.popleft() for _ in range(n)][-1]
            except (BotoCoreError, ClientError):  # the table does not say; a mail too many is worse than one later
                self.over = True
            finally:
                self._lock.release()
        return None

    def _filled(self, n: int) -> bool:
        """Whether there are `n` moments. Takes a block when there are not, or naps."""
        while self._moments and self._moments[0] < now_ms() - LAPSE_MS:
            self._moments.popleft()
        missing = n - len(self._moments)
        if missing <= 0:
            return True
        turn = self._pace.take(missing, self._left - len(self._moments), self._priority)
        self._seen = turn.bucket
        now = now_ms()
        if turn.moments:
            self._moments.extend(turn.moments)
            self._last = now
            return True
        if now - self._last > (YIELD_MS if turn.yields else PATIENCE_MS):
            self.over = True
        else:
            time.sleep(min(turn.again_ms / 1000, NAP_S))
        return False
