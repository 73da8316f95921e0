"""Mails of which SES takes none, one after another: then it is not those mails, and everybody else is better off waiting."""

import threading

IN_A_ROW = 20  # a sender that is not verified, an edition that nobody can get, or SES that does not answer


class Streak:
    """Of one visit; its threads share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._missed = 0

    def ended(self) -> None:
        """SES took a mail."""
        with self._lock:
            self._missed = 0

    def missed(self, reason: str, mails: int = 1) -> str:
        """So many more it did not take. The reason to stop the send, once there are too many; "" to go on."""
        with self._lock:
            self._missed += mails
            return f"no mail got through, {self._missed} times in a row: {reason}" if self._missed >= IN_A_ROW else ""
