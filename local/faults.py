"""What goes wrong in AWS now and then, done on purpose. Everything is off until a test counts something up."""

import threading
from dataclasses import dataclass, field, fields


@dataclass
class Faults:
    """How many more times each fault happens. Set a number; every occurrence takes one off.

    `ses_throttles`: SES answers 429 and does nothing. `ses_lost_responses`: SES accepts the mail, the connection breaks.
    `duplicate_messages`: after a good batch the deletes get lost and the queue delivers it again.
    `duplicate_stream_batches`: a good stream batch comes once more. `shuffled_batches`: a queue batch comes in another order.
    `shuffled_feedback`: a round of SES events is published in reverse. `duplicate_feedback`: an SES event is published twice.
    """

    ses_throttles: int = 0
    ses_lost_responses: int = 0
    duplicate_messages: int = 0
    duplicate_stream_batches: int = 0
    shuffled_batches: int = 0
    shuffled_feedback: int = 0
    duplicate_feedback: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def take(self, name: str) -> bool:
        """Whether the fault `name` happens now."""
        if not getattr(self, name):
            return False
        with self._lock:
            left: int = getattr(self, name)
            setattr(self, name, max(0, left - 1))
            return left > 0

    def reset(self) -> None:
        for f in fields(self):
            if f.name != "_lock":
                setattr(self, f.name, 0)
