"""The platform's clock: real time until somebody moves it, and then as fast as asked.

It moves the *now* of every handler, the schedules and SES's timestamps. What AWS itself does by real time (retries, record
ages, long polls) stays on real time.
"""

import threading
import time


class AcceleratedClock:
    """A clock that starts at `start` (epoch seconds; None = real now) and runs `speed` simulated seconds per real second."""

    def __init__(self, start: float | None = None, speed: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._base = time.time() if start is None else start
        self._since = time.monotonic()
        self._speed = speed

    def now(self) -> float:
        with self._lock:
            return self._now()

    def _now(self) -> float:
        return self._base + (time.monotonic() - self._since) * self._speed

    def advance(self, seconds: float) -> None:
        """Jump forward at once."""
        with self._lock:
            self._move(self._now() + seconds)

    def set(self, t: float) -> None:
        """Jump to the epoch second `t`."""
        with self._lock:
            self._move(t)

    def run_at(self, speed: float) -> None:
        """Change the pace without a jump. 0 stands still."""
        with self._lock:
            self._move(self._now())
            self._speed = speed

    def reset(self) -> None:
        """Real time again."""
        with self._lock:
            self._move(time.time())
            self._speed = 1.0

    def _move(self, t: float) -> None:
        self._base, self._since = t, time.monotonic()
