"""What keeps one supporter's mail back on this visit: the hour it is where they live, or that they had enough mails."""

import threading

from functions.adapters.audience import Reader
from functions.adapters.frequency import Frequency
from functions.adapters.messages import Messages
from functions.adapters.sends import Send, Sends
from functions.domain.cap import cap_of
from functions.domain.hours import timetable_of


class Courtesy:
    """One send during one visit. Without hours and caps it reads nothing."""

    def __init__(self, messages: Messages, sends: Sends, send: Send) -> None:
        self._send, self._corrects = send.id, "got" in send.audience
        self._timetable = timetable_of(send.terms)
        self._cap = cap_of(send.terms.get("cap"))
        self._frequency = Frequency(messages, sends)
        self._lock = threading.Lock()
        self._opens: dict[str, int] = {}  # by zone, epoch seconds: shut until then
        self._waiting: dict[str, int] = {}

    @property
    def by_the_hour(self) -> bool:
        """Whether this send mails at some hours only."""
        return self._timetable is not None

    def waits(self, reader: Reader | None, now_ms: int) -> bool:
        """Whether this supporter may not be mailed at this hour. They get no row: another visit comes when they may."""
        if self._timetable is None or reader is None:
            return False
        with self._lock:
            opens = self._opens.get(reader.timezone, 0)
            if opens * 1000 <= now_ms:
                opens = self._opens[reader.timezone] = self._timetable.opens(reader.timezone, now_ms / 1000)
            if opens:
                self._waiting[reader.supporter.id] = opens
            return bool(opens)

    def not_before(self, left: int) -> int:
        """The epoch second before which none of the so many left can be mailed. 0 when some are left for another reason."""
        with self._lock:
            return min(self._waiting.values()) if left and len(self._waiting) >= left else 0

    def had_enough(self, reader: Reader, now_ms: int) -> bool:
        """Whether the send's cap or the supporter's own wish is reached. Staff cannot overrule the wish.

        A correction belongs to the mail they got, which is no reason to leave them with what was wrong in it.
        """
        caps = [cap for cap in (self._cap, None if self._corrects else reader.at_most) if cap]
        return self._frequency.capped(reader.supporter.id, caps, now_ms, but=self._send)
