"""How many mails one supporter gets at most: the party's own measure, a send's, and what the supporter asked for.

A mail counts when they got it or may have (`correction.may_have_got`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_DAYS = 90
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Cap:
    """At most so many mails in so many days, counted back from the moment of mailing."""

    mails: int
    days: int

    def __post_init__(self) -> None:
        if not 1 <= self.mails <= 1000 or not 1 <= self.days <= MOST_DAYS:
            raise ValueError(f"mails is a whole number from 1 to 1000, days one from 1 to {MOST_DAYS}")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Cap":
        """From {"mails": 3, "days": 7}. ValueError with a plain reason."""
        if set(said) != {"mails", "days"} or not all(type(n) is int for n in said.values()):
            raise ValueError('is written {"mails": 3, "days": 7}, both whole numbers')
        return cls(said["mails"], said["days"])

    def said(self) -> dict[str, int]:
        return {"mails": self.mails, "days": self.days}

    def since(self, now_ms: int) -> int:
        """Epoch ms from which on a mail counts."""
        return now_ms - self.days * DAY_MS

    def reached(self, mailed_at: Iterable[int], now_ms: int) -> bool:
        """Whether one more would be too many after mails at these moments (epoch ms)."""
        since = self.since(now_ms)
        return sum(1 for at in mailed_at if at > since) >= self.mails


def cap_of(said: object) -> Cap | None:
    """A cap as it is stored with a send or a supporter. None when there is none ("none" is one that says so)."""
    try:
        return Cap.of(said) if isinstance(said, Mapping) else None
    except ValueError:
        return None
