"""What a person sees while the demonstration runs: progress bars on a terminal, plain lines elsewhere."""

import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

Tick = Callable[[], None]


class Show:
    """Stages of the run, one after the other. Between two of them it stops for a Ctrl-C that `heed_interrupts` noted."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self._interrupts: list[int] = []

    def heed_interrupts(self) -> None:
        """Note every Ctrl-C from now on. Python loses a KeyboardInterrupt that is raised inside a destructor or a callback."""

        def interrupted(number: int, frame: FrameType | None) -> None:
            self._interrupts.append(number)
            raise KeyboardInterrupt

        signal.signal(signal.SIGINT, interrupted)

    def _go_on(self) -> None:
        if self._interrupts:
            raise KeyboardInterrupt

    def say(self, text: str) -> None:
        self.console.print(text)

    @contextmanager
    def stage(self, title: str, total: int | None = None) -> Iterator[Tick]:
        """A stage of `total` steps (None: not known); call what it yields once per step, from any thread."""
        self._go_on()
        started = time.monotonic()
        if not self.console.is_terminal:
            yield lambda: None
            self._go_on()
            self.console.print(f"{title}: done in {time.monotonic() - started:.1f} s")
            return
        with _progress(self.console, total) as progress:
            task = progress.add_task(title, total=total)
            yield lambda: progress.advance(task)
            progress.update(task, total=total or 1, completed=total or 1)

    def table(self, title: str, rows: Iterable[tuple[str, str]]) -> None:
        table = Table(title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
        table.add_column(style="bold", no_wrap=True)
        table.add_column()
        for name, value in rows:
            table.add_row(name, value)
        self.console.print(table)


def _progress(console: Console, total: int | None) -> Progress:
    count = (MofNCompleteColumn(),) if total else ()
    return Progress(
        SpinnerColumn(), TextColumn("{task.description:<44}"), BarColumn(28), *count, TimeElapsedColumn(), console=console
    )
