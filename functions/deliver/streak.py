"""Mails that fail one after another: then it is not those mails, and everybody else is better off waiting."""

import threading

IN_A_ROW = 20  # with none that SES took in between; a sender that is not verified, or an edition that nobody can get


class Streak:
    """Of one visit; its threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed = 0

    def ended(self) -> None:
        """SES took a mail."""
        with self._lock:
            self._failed = 0

    def failed(self, reason: str) -> str:
        """One more failed. The reason to stop the send, once there are so many; "" to go on."""
        with self._lock:
            self._failed += 1
            return f"{self._failed} mails in a row failed: {reason}" if self._failed >= IN_A_ROW else ""
