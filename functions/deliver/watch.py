"""Whether a send still mails, read again every two seconds: what staff say takes effect within seconds."""

import threading
from collections.abc import Callable

from functions.adapters.sends import Sends
from functions.domain.send import MAILING

LOOK_AGAIN_MS = 2_000


class Watch:
    """One send during one visit. Once it stopped mailing the visit is over, also when it mails again: a new nudge comes."""

    def __init__(self, sends: Sends, send: str, now_ms: Callable[[], int]) -> None:
        self._sends, self._send, self._now_ms = sends, send, now_ms
        self._lock = threading.Lock()
        self._looked = now_ms()
        self._mailing = True

    def mailing(self) -> bool:
        """True while nobody paused, stopped or cancelled the send."""
        with self._lock:
            now = self._now_ms()
            if self._mailing and now - self._looked >= LOOK_AGAIN_MS:
                found = self._sends.get(self._send)
                self._looked, self._mailing = now, found is not None and found.state in MAILING
            return self._mailing
