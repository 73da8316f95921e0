"""Whether a send still mails, and under the same ceiling, asked again every two seconds: staff's word takes effect at once."""

import threading
from collections.abc import Callable

from functions.adapters.sends import Sends
from functions.domain.send import MAILING

LOOK_AGAIN_MS = 2_000


class Watch:
    """One send during one visit. Once it stopped mailing the visit is over, also when it mails again: a new nudge comes."""

    def __init__(self, sends: Sends, send: str, now_ms: Callable[[], int], same_ceiling: Callable[[], bool] = lambda: True) -> None:
        self._sends, self._send, self._now_ms, self._same_ceiling = sends, send, now_ms, same_ceiling
        self._lock = threading.Lock()
        self._looked = now_ms()
        self._mailing = True

    def mailing(self) -> bool:
        """True while nobody paused, stopped or cancelled the send, or switched personalisation off or on."""
        with self._lock:
            now = self._now_ms()
            if self._mailing and now - self._looked >= LOOK_AGAIN_MS:
                found = self._sends.get(self._send)
                self._looked, self._mailing = now, found is not None and found.state in MAILING and self._same_ceiling()
            return self._mailing
