"""The one source of *now*. Handlers ask it; only `local/` may set another (accelerated) clock."""

import time
from collections.abc import Callable

_source: Callable[[], float] = time.time
_watch: Callable[[], float] | None = None


def now() -> float:
    """Seconds since 1970-01-01 UTC."""
    return _source()


def watch() -> float:
    """Seconds for telling how old a thing is that a warm process keeps: those of `now`, unless its leaps shall age nothing.

    Not Python's monotonic clock, which may stand still while Lambda keeps a process frozen.
    """
    return _watch() if _watch else now()


def set_source(source: Callable[[], float], watch: Callable[[], float] | None = None) -> None:
    """Replace the clock of the whole process, and what `watch` reads. For the local platform alone."""
    global _source, _watch
    _source, _watch = source, watch
