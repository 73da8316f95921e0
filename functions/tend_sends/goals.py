"""When the day of a send's goal has passed: note how far it was. What is clicked later no longer makes it on time."""

from collections.abc import Iterable

from functions.adapters.clicked import clicked
from functions.adapters.editions import Content
from functions.adapters.reports import Reports
from functions.adapters.sends import Send, Sends
from functions.adapters.totals import Totals
from functions.domain.goal import DELIVERED, Link, goal_of, value
from functions.domain.report import together


class Goals:
    def __init__(self, sends: Sends, reports: Reports, totals: Totals, content: Content) -> None:
        self._sends, self._reports, self._totals, self._content = sends, reports, totals, content

    def note(self, sends: Iterable[Send], now_ms: int) -> int:
        """For how many there was something to note. It comes once for each send."""
        return sum(self._note(send, now_ms) for send in sends if "goal_noted" not in send.item)

    def _note(self, send: Send, now_ms: int) -> bool:
        goal = goal_of(send.terms)
        if goal is None or now_ms < goal.deadline_ms:
            return False
        messages = together(chunk.counts for chunk in self._sends.chunks(send.id))
        links = () if goal.metric == DELIVERED else self._links(send)
        return self._reports.note_goal(send.id, value(goal, messages, links))

    def _links(self, send: Send) -> tuple[Link, ...]:
        return clicked(self._totals, self._content.edition(send.edition, send.edition_version), send.id).links
