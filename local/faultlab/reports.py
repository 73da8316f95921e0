"""SES's reports, held back for a while: what the platform knows without them, and what with them."""

from collections.abc import Iterable

from local.ses.events import Event
from local.ses.publisher import Publisher


class HeldReports(Publisher):
    """In the place of a publisher: keeps events until `let_go`."""

    def __init__(self, behind: Publisher) -> None:
        self._behind = behind
        self._held: list[tuple[float, Event]] = []

    def add(self, events: Iterable[tuple[float, Event]]) -> None:
        self._held += events

    def let_go(self) -> None:
        held, self._held = self._held, []
        self._behind.add(held)
