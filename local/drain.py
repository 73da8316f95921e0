"""Waiting until the platform has nothing left to do."""

import time
from collections.abc import Callable

QUIET_ROUNDS = 2
SHORTEST_S, LONGEST_S = 0.01, 0.1


class NotDrainedError(Exception):
    """Something was still going on when the patience was over; the message says what."""


def drain(busy: Callable[[], str], activity: Callable[[], int], timeout_s: float) -> None:
    """Return when `busy()` names nothing in two rounds between which `activity()` (a counter) did not move.

    Two rounds, because work passes from one place to the next between two looks. Raises NotDrainedError.
    """
    deadline = time.monotonic() + timeout_s
    quiet, before, pause = 0, -1, SHORTEST_S
    while quiet < QUIET_ROUNDS:
        what, now = busy(), activity()
        quiet = quiet + 1 if not what and now == before else 0
        before = now
        if time.monotonic() > deadline:
            raise NotDrainedError(f"after {timeout_s:g} s there is still work: {what or 'it keeps coming'}")
        if quiet < QUIET_ROUNDS:
            time.sleep(pause)
            pause = min(LONGEST_S, pause * 1.3) if what else SHORTEST_S  # looking costs the emulator work as well
