"""Who did what to which object, and who looked at whose profile. Appended to, never changed.

Holds ids alone: the object is `<kind>#<id>`, the detail never a mail address, a name or a topic (where a link led, it may).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pynamodb.pagination import ResultIterator

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

    def of_day(self, day: str, after: str = "", limit: int = 500) -> tuple[list[Act], str | None]:
        """Entries of one day ("2026-11-22", UTC), oldest first, of `limit` that are read; and the key to go on after, if any.

        It is where DynamoDB stopped: entries that have expired are left out, and those after them are not.
        """
        later = AuditItem.entry > after if after else None
        found = self._items.query(day, later, limit=limit, consistent_read=True)
        return [_act(item) for item in found if _live(item)], _stopped(found)

    def of_object(self, object_: str, after: str = "", limit: int = 500) -> tuple[list[Act], str | None]:
        """The same for one object, over all days."""
        later = AuditItem.entry > after if after else None
        found = self._items.by_object.query(object_, later, limit=limit)
        keys = [(item.day, item.entry) for item in found]
        live = sorted((item for item in self._items.batch_get(keys) if _live(item)), key=lambda item: str(item.entry))
        return [_act(item) for item in live], _stopped(found)


def day_of(at: int) -> str:
    """The UTC day of an epoch millisecond."""
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat()


def _stopped(found: "ResultIterator[AuditItem]") -> str | None:
    key = found.last_evaluated_key
    return str(key["entry"]["S"]) if key else None


def _live(item: AuditItem) -> bool:
    return live({"expires": item.expires}, clock.now())


def _act(item: AuditItem) -> Act:
    return Act(int(item.entry.split("#")[0]), item.actor, item.action, item.object, item.detail or {})
