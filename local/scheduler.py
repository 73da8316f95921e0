"""Schedules: a Lambda every so many minutes of the platform's clock, as far as real time allows.

Where the clock leaps, a Lambda would be due all the time: it rests 0.2 seconds at least, and ten times as long as it ran.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable

from infra.description import Function

SHORTEST_S = 0.2
REST = 10

log = logging.getLogger("achterban.local")


class Scheduler:
    """First due one interval after the start. A run that is late counts once, however late; runs never overlap."""

    def __init__(self, functions: Iterable[Function], now: Callable[[], float], invoke: Callable[[str], object]) -> None:
        self._every = {f.name: f.schedule.every_minutes * 60.0 for f in functions if f.schedule}
        self._now, self._invoke = now, invoke
        self._due: dict[str, float] = {}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name,), name=f"schedule-{name}", daemon=True) for name in self._every
        ]

    def start(self) -> None:
        self.restart()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def restart(self) -> None:
        """Count anew from the clock's now: for when the clock was set back."""
        now = self._now()
        self._due = {name: now + every for name, every in self._every.items()}

    def _run(self, name: str) -> None:
        rested = 0.0
        while not self._stopping.wait(0.05):
            now = self._now()
            if now < self._due[name] or time.monotonic() < rested:
                continue
            self._due[name] = now + self._every[name]
            began = time.monotonic()
            try:
                self._invoke(name)
            except Exception as error:
                log.warning("schedule %s: %s", name, error)
            rested = max(began + SHORTEST_S, time.monotonic() + REST * (time.monotonic() - began))
