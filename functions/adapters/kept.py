"""What a warm process keeps for a while, so that not every request reads it."""

from collections.abc import Callable
from typing import Generic, TypeVar

from functions.adapters import clock

T = TypeVar("T")


class Kept(Generic[T]):
    """The answer of `read`, at most `seconds` old."""

    def __init__(self, seconds: float, read: Callable[[], T]) -> None:
        self._seconds, self._read = seconds, read
        self._found: tuple[float, T] | None = None

    def get(self, enough: Callable[[T], bool] = lambda _: True) -> T:
        """Read anew when it is older, or not `enough` for what is asked. Raises what `read` raises, and tries again next time."""
        watch = clock.watch()
        if self._found is None or not 0 <= watch - self._found[0] < self._seconds or not enough(self._found[1]):
            self._found = watch, self._read()
        return self._found[1]
