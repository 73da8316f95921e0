"""The course of a send: how many of the frozen order may be mailed by now.

Two terms make a course. `seed`: a first batch goes out, then the send pauses by itself until staff let it go on. `spread`: at
most so many a day. A day is 24 hours from the moment the first mail might go, since SES counts its quota over the last 24 hours.

A pause does not save up what it held back: a new day adds its cap to what is settled, not to what was released, and a send that
is let go on in mid-day starts that day again. So within any day no more than its cap goes out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

DAY_MS = 86_400_000


@dataclass(frozen=True)
class Course:
    """Neither seed nor caps: all are released at once, when it is known how many there are."""

    share: float = 0.0  # the seed batch, of those planned
    people: int = 0  # the seed batch, in people
    caps: tuple[int, ...] = ()  # of each day; the last one of all days that follow

    def seed(self, planned: int) -> int:
        """People in the seed batch; all of them when there is none, or when it would leave nobody for later."""
        asked = self.people or ceil(round(self.share * planned, 6))
        return min(planned, max(1, asked)) if self.people or self.share else planned

    def cap(self, day: int, planned: int) -> int:
        """Mails of day `day`, counted from 0."""
        return min(planned, self.caps[min(day, len(self.caps) - 1)]) if self.caps else planned

    def days(self, people: int) -> int:
        """Days until so many are mailed, without a pause."""
        day, left = 0, people
        while left > 0 and day < len(self.caps):
            left -= self.caps[day]
            day += 1
        return day + ceil(max(0, left) / self.caps[-1]) if self.caps else int(people > 0)

    def peak(self, people: int) -> int:
        """The most mails in one day, of so many."""
        if not self.caps:
            return people
        return min(people, max(self.caps[: max(1, self.days(people))]))


def course_of(terms: Mapping[str, Any]) -> Course | None:
    """What the terms of a send say of its course; None when it is mailed while it is planned."""
    seed, spread = terms.get("seed") or {}, terms.get("spread") or {}
    if not seed and not spread:
        return None
    caps: Sequence[int] = spread.get("warm_up") or ([spread["per_day"]] if "per_day" in spread else [])
    return Course(float(seed.get("share", 0)), int(seed.get("people", 0)), tuple(int(cap) for cap in caps))


@dataclass(frozen=True)
class Progress:
    """How far a course is, as a send keeps it. Times are epoch ms; 0: not yet."""

    released: int = 0  # the first so many of the frozen order may be mailed
    day: int = 0
    day_at: int = 0  # when this day began
    day_top: int = 0  # how far this day may release
    seed_out: int = 0  # when the seed batch was found to be out, and the send paused
    resumed_at: int = 0  # when staff last let it go on

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Progress":
        """From the attributes of a send."""
        return cls(**{name: stored.get(name) or 0 for name in cls.__dataclass_fields__})

    @property
    def seed_seen(self) -> bool:
        """Staff let the send go on after its seed batch."""
        return 0 < self.seed_out <= self.resumed_at


def advance(course: Course, planned: int, settled: int, was: Progress, now_ms: int) -> Progress:
    """The course of a send that is mailing, now. Of the `planned`, `settled` have a named state.

    Asked twice at one moment it answers the same. `released` never falls, and never exceeds `planned`.
    """
    now = _day(course, planned, settled, was, now_ms)
    top = now.day_top if was.seed_seen else min(now.day_top, course.seed(planned))
    return replace(now, released=max(was.released, top))


def _day(course: Course, planned: int, settled: int, was: Progress, now_ms: int) -> Progress:
    if not was.day_at:
        return replace(was, day=0, day_at=now_ms, day_top=min(planned, settled + course.cap(0, planned)))
    over = was.day_at + DAY_MS
    if was.day_at < was.resumed_at < over and settled < was.day_top:
        return replace(was, day_at=was.resumed_at)  # what is left of this day goes now: the next one is 24 hours from here
    if now_ms < over or was.day_top >= planned:
        return was
    top = min(planned, settled + course.cap(was.day + 1, planned))
    return replace(was, day=was.day + 1, day_at=now_ms, day_top=max(was.day_top, top))


def seed_is_out(course: Course, planned: int, settled: int, was: Progress) -> bool:
    """Whether the seed batch is settled, others follow, and staff were not asked yet."""
    seed = course.seed(planned)
    return seed < planned and not was.seed_out and was.released >= seed and settled >= seed


def mailable(released: int | None, first: int, size: int) -> int:
    """How many of a chunk may be mailed: it holds `size` people and `first` are frozen before it. `released` None: all."""
    return size if released is None else max(0, min(size, released - first))
