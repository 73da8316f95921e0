"""The peak of what one visit of a Lambda takes, beyond what was there; by tracemalloc, which slows everything.

It sees the platform's own threads too, so a peak is an upper bound.
"""

import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from local.platform import Platform


class Memory:
    def __init__(self) -> None:
        self.peaks: dict[str, int] = {}
        self._lock = threading.Lock()

    @contextmanager
    def watching(self, platform: Platform, name: str) -> Iterator[None]:
        """Bytes at the peak of each visit of this Lambda, kept in `peaks` under its name."""
        handle = import_module(f"functions.{name}.handler").handle

        def watched(event: Any, context: Any) -> Any:
            with self._lock:  # one visit at a time: the peak is of the whole process
                tracemalloc.start()
                try:
                    return handle(event, context)
                finally:
                    self.peaks[name] = max(self.peaks.get(name, 0), tracemalloc.get_traced_memory()[1])
                    tracemalloc.stop()

        with platform.functions.replaced(name, watched):
            yield
