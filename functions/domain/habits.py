"""What a party holds itself to in every send: its time zone, quiet hours, and how often it mails one person at most.

Read from `templates/party.json`: `timezone`, and `quiet_hours` and `frequency_cap`, either of which may be null.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from functions.domain.cap import Cap
from functions.domain.edition import Problem
from functions.domain.hours import Hours, ever_open, zone_of

ANY_HOUR = "any"  # a send's window: urgent
NO_CAP = "none"  # a send's cap: must reach everybody


@dataclass(frozen=True)
class Habits:
    timezone: str = "UTC"
    quiet_hours: Hours | None = None
    frequency_cap: Cap | None = None

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Habits":
        """ValueError names what is wrong."""
        zone, quiet, cap = body.get("timezone", "UTC"), body.get("quiet_hours"), body.get("frequency_cap")
        try:
            zone_of(zone)
            return cls(zone, Hours.of(quiet) if quiet else None, Cap.of(cap) if cap else None)
        except (TypeError, ValueError) as wrong:
            raise ValueError(f"timezone, quiet_hours or frequency_cap: {wrong}") from None


def problems(terms: Mapping[str, Any], habits: Habits) -> list[Problem]:
    """Why a send cannot be on these terms: a window that is none, or that the quiet hours cover."""
    window = terms.get("window")
    if window is None or window == ANY_HOUR:
        return []
    try:
        hours = Hours.of(window)
    except ValueError as wrong:
        return [Problem("window", str(wrong))]
    if not ever_open(hours, habits.quiet_hours) and habits.quiet_hours:
        said = habits.quiet_hours.said()
        reason = f"lies within the party's quiet hours ({said['from']} to {said['to']}): nobody would ever be mailed"
        return [Problem("window", f"{reason}. Urgent: {ANY_HOUR!r}")]
    return []


def settled(terms: Mapping[str, Any], habits: Habits, correction: bool = False) -> dict[str, Any]:
    """The terms as they are kept with a send: with the party's own where the send says nothing.

    A correction is not capped by itself. A change of the party's habits counts for sends requested after it.
    """
    kept = dict(terms)
    if habits.quiet_hours and kept.get("window") != ANY_HOUR:
        kept["quiet"] = habits.quiet_hours.said()
    if isinstance(kept.get("window"), Mapping) or "quiet" in kept:
        kept["timezone"] = habits.timezone
    if habits.frequency_cap and "cap" not in kept and not correction:
        kept["cap"] = habits.frequency_cap.said()
    return kept
