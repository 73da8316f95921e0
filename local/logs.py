"""What the handlers print, kept per function in `<data>/logs/<function>.log`, as CloudWatch would keep it."""

import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO

MOST_BYTES = 20_000_000  # then the log starts anew


class _Divided:
    """A standard stream that gives the lines of an invocation to its function's log and all others to the real one."""

    def __init__(self, real: TextIO, current: threading.local) -> None:
        self.real = real
        self._current = current

    def write(self, text: str) -> int:
        sink: IO[str] | None = getattr(self._current, "sink", None)
        try:
            return (sink or self.real).write(text)
        except ValueError:  # a test's captured stream that is closed by now
            return len(text)

    def flush(self) -> None:
        sink: IO[str] | None = getattr(self._current, "sink", None)
        if sink is None and not self.real.closed:
            self.real.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


class Logs:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, IO[str]] = {}
        self._current = threading.local()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, function: str) -> Iterator[None]:
        """Everything this thread prints inside belongs to `function`."""
        # Test runners exchange sys.stdout between tests, so it is looked at each time.
        if not isinstance(sys.stdout, _Divided):
            sys.stdout = _Divided(sys.stdout, self._current)
        before = getattr(self._current, "sink", None)
        self._current.sink = self._file(function)
        try:
            yield
        finally:
            self._current.sink = before

    def exception(self, function: str) -> None:
        self._file(function).write(traceback.format_exc())

    def read(self, function: str) -> str:
        """All that `function` has printed so far."""
        path = self.folder / f"{function}.log"
        with self._lock:
            if function in self._files:
                self._files[function].flush()
        return path.read_text() if path.exists() else ""

    def close(self) -> None:
        if isinstance(sys.stdout, _Divided):
            sys.stdout = sys.stdout.real
        with self._lock:
            for file in self._files.values():
                file.close()
            self._files.clear()

    def _file(self, function: str) -> IO[str]:
        with self._lock:
            if function not in self._files:
                self.folder.mkdir(parents=True, exist_ok=True)
                path = self.folder / f"{function}.log"
                mode = "w" if path.exists() and path.stat().st_size > MOST_BYTES else "a"
                self._files[function] = path.open(mode, buffering=1)
            return self._files[function]
