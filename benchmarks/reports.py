"""SES's reports, let into the queue no faster than they are taken out of it.

AWS's queues do not mind a hundred thousand messages; the emulator's slow down with each, and it is not what is measured.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable

from local.ses.events import Event
from local.ses.publisher import Publisher

ROOM = 200  # in the queue and on their way to it
LOOK_S = 0.1


class Valve(Publisher):
    """In the place of a publisher: passes events on to it while `waiting()` (messages in the queue) leaves room."""

    def __init__(self, behind: Publisher, waiting: Callable[[], int]) -> None:
        self._behind, self._waiting_in_queue = behind, waiting
        self._held: deque[tuple[float, Event]] = deque()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._pass_on, name="valve", daemon=True)
        self._thread.start()

    def add(self, events: Iterable[tuple[float, Event]]) -> None:
        self._held.extend(events)

    @property
    def held(self) -> int:
        return len(self._held)

    def close(self) -> None:
        """Pass on no more; what is held is forgotten."""
        self._ended.set()
        self._thread.join()

    def _pass_on(self) -> None:
        while not self._ended.wait(LOOK_S):
            if not self._held:
                continue
            room = ROOM - self._behind.pending - self._waiting_in_queue()
            some = [self._held.popleft() for _ in range(min(room, len(self._held)))]
            if some:
                self._behind.add(some)
                self._behind.release()
