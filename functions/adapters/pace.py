"""Not faster than SES allows: a queue of moments, shared by the threads of one Lambda."""

import threading
import time
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

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

    def wait(self, n: int = 1) -> bool:
        """True when the next `n` mails may go, together, at once. False: none may go now, so they wait for another visit."""
        with self._lock:
            now = time.monotonic()
            if not self._step or now - self._read_at > READ_AGAIN_S:
                try:
                    rate = self._client.get_account()["SendQuota"]["MaxSendRate"]
                except (BotoCoreError, ClientError):
                    return False
                self._step, self._read_at = self._workers / max(rate, 0.1), now
            moment = max(self._next, now)
            self._next = moment + n * self._step
        if moment > now:
            time.sleep(moment - now)
        return True

    @property
    def most(self) -> int:
        """How many mails to ask for at once at most, so that they do not come as a burst that SES throttles."""
        return max(1, int(0.5 / self._step)) if self._step else 1

    def slow_down(self) -> None:
        """SES throttled: leave a second's pause to everybody here. Raises nothing."""
        with self._lock:
            self._next = max(self._next, time.monotonic()) + 1.0
