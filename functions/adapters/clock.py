"""The one source of *now*. Handlers ask it; only `local/` may set another (accelerated) clock."""

import time
from collections.abc import Callable

_source: Callable[[], float] = time.time


def now() -> float:
    """Seconds since 1970-01-01 UTC."""
    return _source()


def set_source(source: Callable[[], float]) -> None:
    """Replace the clock of the whole process. For the local platform alone."""
    global _source
    _source = source
