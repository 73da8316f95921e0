"""Who did what to which object, and who looked at whose profile. Appended to, never changed.

Holds ids alone: the object is `<kind>#<id>`, the detail never a mail address, a name or a topic (where a link led, it may).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from functions.adapters import clock
from functions.adapters.ids import new_id
from functions.adapters.models import AuditItem, bound
from functions.domain.retention import AUDIT_S, live


@dataclass(frozen=True)
class Act:
    """One entry. `at` is epoch milliseconds."""

    at: int
    actor: str
    action: str
    object: str
    detail: Mapping[str, Any] = field(default_factory=dict)


class Audit:
    """The table `audit`."""

    def __init__(self, table: str) -> None:
        self._items = bound(AuditItem, table)

    def write(self, act: Act) -> None:
        """Append one entry."""
        item = self._items(
            day_of(act.at),
            f"{act.at:013d}#{new_id()}",
            actor=act.actor,
            action=act.action,
            object=act.object,
            detail=dict(act.detail) or None,
            expires=act.at // 1000 + AUDIT_S,
        )
        item.save(condition=AuditItem.entry.does_not_exist())

    def of_day(self, day: str, after: str = "", limit: int = 500) -> list[tuple[str, Act]]:
        """Entries of one day ("2026-11-22", UTC), oldest first, each with the key to go on after."""
        later = AuditItem.entry > after if after else None
        found = self._items.query(day, later, limit=limit, consistent_read=True)
        return [(item.entry, _act(item)) for item in found if _live(item)]

    def of_object(self, object_: str, after: str = "", limit: int = 500) -> list[tuple[str, Act]]:
        """The same for one object, over all days."""
        later = AuditItem.entry > after if after else None
        keys = [(item.day, item.entry) for item in self._items.by_object.query(object_, later, limit=limit)]
        return sorted((item.entry, _act(item)) for item in self._items.batch_get(keys) if _live(item))


def day_of(at: int) -> str:
    """The UTC day of an epoch millisecond."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def _live(item: AuditItem) -> bool:
    return live({"expires": item.expires}, clock.now())


def _act(item: AuditItem) -> Act:
    return Act(int(item.entry.split("#")[0]), item.actor, item.action, item.object, item.detail or {})
