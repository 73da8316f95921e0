"""What SES lets an account send, what that means for a number of mails, and what fits where they do not."""

from collections.abc import Sequence
from dataclasses import dataclass

from functions.domain.course import Course

# Days of a sender whom receiving servers do not know yet. There is no official table: AWS warms a dedicated address over about 45
# days without saying how, receiving servers say "slowly" and "steadily". These are the daily numbers that a third
# party's page ascribes to Twilio SendGrid (50 on the first day, about double each day, then by halves). docs/sending.md
WARM_UP = (
    *(50, 100, 250, 500, 1_000, 2_500, 5_000, 7_500, 10_000, 15_000, 20_000, 30_000, 40_000, 55_000, 70_000, 100_000, 150_000),
    *(200_000, 300_000, 400_000, 600_000, 800_000, 1_000_000),
)
HEADROOM = 0.9  # of a day's quota: test sends, and mails of yesterday that went a little later than today's


@dataclass(frozen=True)
class Quota:
    """As GetAccount answers: mails a second, mails in 24 hours (-1: no limit), and sent in the last 24 hours."""

    rate: float
    per_day: float
    sent: float

    @property
    def left(self) -> int | None:
        """Mails that may still go out today; None without a limit."""
        return None if self.per_day < 0 else max(0, int(self.per_day - self.sent))

    def room(self, others_open: int = 0) -> int | None:
        """The same, less what other sends are about to mail."""
        return None if self.left is None else max(0, self.left - others_open)

    def fits(self, mails: int, others_open: int = 0) -> bool:
        room = self.room(others_open)
        return room is None or mails <= room

    def minutes(self, mails: int, per_second: float | None = None) -> float:
        """How long it takes at SES's full rate, or at `per_second` where that is less, to a tenth of a minute."""
        rate = max(self.rate, 0.1)
        return round(mails / min(rate, per_second or rate) / 60, 1)


@dataclass(frozen=True)
class Offer:
    """A way that fits. `caps`: as the `spread` of a send, one: per day, more: warm-up. `wait_h`: start so many hours from now."""

    caps: tuple[int, ...]
    days: int
    why: str
    wait_h: int = 0

    @property
    def spread(self) -> dict[str, int | list[int]]:
        return {"per_day": self.caps[0]} if len(self.caps) == 1 else {"warm_up": list(self.caps)}


def offers(recipients: int, quota: Quota, others_open: int = 0, known: int = 0) -> tuple[Offer, ...]:
    """How `recipients` mails could go out over days; none when they fit today, or when no day takes any.

    `others_open`: mails that other sends are about to mail. `known`: the most that one send of this sender mailed before; receiving
    servers know the sender that well.
    """
    room = quota.room(others_open)
    full = int(quota.per_day * HEADROOM)
    if room is None or recipients <= room or full < 1:
        return ()
    made = [_even(recipients, full, "every day the same")] if room >= full else _less_today(recipients, room, full)
    warm = _warming(known, min(room, full) or full, full)
    if warm[0] < made[0].caps[0]:
        wait_h = 0 if room else 24
        made.append(_offer(recipients, warm, "for a sender whom receiving servers do not know yet: slowly more each day", wait_h))
    return tuple(made)


def _less_today(recipients: int, room: int, full: int) -> list[Offer]:
    if not room:
        return [_offer(recipients, (full,), "nothing is left today: from tomorrow, every day the same", 24)]
    made = [_offer(recipients, (room, full), "today what is left of the quota, then a full day's mails each day")]
    even = _even(recipients, room, "every day as many as today takes")
    return [*made, even] if even.days <= 2 * made[0].days else made


def _even(recipients: int, cap: int, why: str) -> Offer:
    return _offer(recipients, (cap,), why)


def _offer(recipients: int, caps: Sequence[int], why: str, wait_h: int = 0) -> Offer:
    days = Course(caps=tuple(caps)).days(recipients)
    return Offer(tuple(caps[:days]), days, why, wait_h)


def _warming(known: int, today: int, full: int) -> tuple[int, ...]:
    """The table from what is known on, never above what a day takes."""
    steps = [step for step in WARM_UP if step >= known and step < full] or [min(known, full) or full]
    return tuple(sorted({min(steps[0], today), *steps, full}))
