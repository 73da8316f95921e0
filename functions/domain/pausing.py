"""What a supporter may ask of the rhythm: no mail for a while, or fewer of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

from functions.domain.cap import DAY_MS, Cap

WEEKS = (1, 2, 4)
LONGEST_DAYS = 366  # whoever wants longer rather leaves

# A week is six days here: a weekly mail that leaves an hour earlier than the one before is still the next one.
RHYTHMS: Mapping[str, Cap | None] = {"all": None, "week": Cap(1, 6), "twice": Cap(2, 28), "month": Cap(1, 28)}


class PauseError(ValueError):
    """Not a time to pause until; the text is its reason: `when`, `past` or `far`."""


def paused(until: int | None, now_ms: int) -> bool:
    """Whether a pause until this moment (epoch ms; None: none) still holds. It ends by itself."""
    return until is not None and now_ms < until


def pause_until(how: str, day: str, now_ms: int) -> int:
    """The end of a pause in epoch ms: after `how` weeks, or with `how` "date" where `day` (YYYY-MM-DD) begins.

    Days begin at midnight UTC; weeks are rounded up to one, so that asking twice on a day is asking once.
    """
    if how in map(str, WEEKS):
        return -(-(now_ms + int(how) * 7 * DAY_MS) // DAY_MS) * DAY_MS
    try:
        first = date.fromisoformat(day)
    except ValueError:
        raise PauseError("when") from None
    if how != "date":
        raise PauseError("when")
    until = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp() * 1000)
    if until <= now_ms:
        raise PauseError("past")
    if until > now_ms + LONGEST_DAYS * DAY_MS:
        raise PauseError("far")
    return until


def rhythm_of(cap: Cap | None) -> str:
    """The name of a measure; "other" for one that is not offered."""
    return next((name for name, offered in RHYTHMS.items() if offered == cap), "other")
