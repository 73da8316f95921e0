"""A bar with the time left, on a terminal; elsewhere a line at every tenth."""

import sys
import time

WIDTH = 30
SHOW_S = 0.2


class Bar:
    """`show(done)` as often as one likes; `end()` leaves the line."""

    def __init__(self, what: str, total: int) -> None:
        self._what, self.total, self._started = what, total, time.monotonic()
        self._shown, self._tenth = 0.0, 0
        self._terminal = sys.stderr.isatty()

    def show(self, done: int) -> None:
        now = time.monotonic()
        if self._terminal and now - self._shown >= SHOW_S:
            self._shown = now
            filled = WIDTH * done // max(1, self.total)
            print(f"\r{self._what} [{'#' * filled}{'.' * (WIDTH - filled)}] {self._numbers(done, now)}  ", end="", file=sys.stderr)
        elif not self._terminal and 10 * done // max(1, self.total) > self._tenth:
            self._tenth = 10 * done // self.total
            print(f"{self._what}: {self._numbers(done, now)}", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def _numbers(self, done: int, now: float) -> str:
        took = now - self._started
        left = took / done * (self.total - done) if done else 0.0
        return f"{done:,} of {self.total:,}, {_words(left)} left" if done else f"0 of {self.total:,}"


def _words(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
