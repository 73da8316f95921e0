"""Whether a send still mails, asked again every two seconds: staff's word, a switch and a silence take effect at once."""

import threading
from collections.abc import Callable

from functions.adapters.sends import Sends
from functions.domain.send import MAILING

LOOK_AGAIN_MS = 2_000


class Watch:
    """One send during one visit. Once it stopped mailing the visit is over, also when it mails again: a new nudge comes."""

    def __init__(self, sends: Sends, send: str, now_ms: Callable[[], int], as_it_was: Callable[[], bool] = lambda: True) -> None:
        self._sends, self._send, self._now_ms, self._as_it_was = sends, send, now_ms, as_it_was
        self._lock = threading.Lock()
        self._looked = now_ms()
        self._mailing = True

    def mailing(self) -> bool:
        """True while nobody paused, stopped or cancelled the send, or switched personalisation off or on, and no silence began."""
        with self._lock:
            now = self._now_ms()
            if self._mailing and now - self._looked >= LOOK_AGAIN_MS:
                found = self._sends.get(self._send)
                self._looked, self._mailing = now, found is not None and found.state in MAILING and self._as_it_was()
            return self._mailing
