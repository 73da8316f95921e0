"""Not faster than SES allows: a queue of moments, shared by the threads of one Lambda."""

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

READ_AGAIN_S = 300  # GetAccount may be called once a second by the whole account


class Pace:
    """Lets `MaxSendRate / workers` mails a second through. `workers` is how many Lambdas deliver at once."""

    def __init__(self, client: "SESV2Client", workers: int) -> None:
        self._client, self._workers = client, workers
        self._lock = threading.Lock()
        self._step = 0.0
        self._next = 0.0
        self._read_at = 0.0

    def wait(self) -> None:
        """Return when the next mail may go."""
        with self._lock:
            now = time.monotonic()
            if not self._step or now - self._read_at > READ_AGAIN_S:
                rate = self._client.get_account()["SendQuota"]["MaxSendRate"]
                self._step, self._read_at = self._workers / max(rate, 0.1), now
            moment = max(self._next, now)
            self._next = moment + self._step
        if moment > now:
            time.sleep(moment - now)

    def slow_down(self) -> None:
        """SES throttled: leave a second's pause to everybody here."""
        with self._lock:
            self._next = max(self._next, time.monotonic()) + 1.0
