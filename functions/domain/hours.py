"""When somebody may be mailed, by the clock on their own wall: within a send's window and outside the party's quiet hours.

An hour that the change to summer time leaves out opens nothing; one that winter time repeats counts both times.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
ATTRIBUTE = "timezone"  # of a supporter


@dataclass(frozen=True)
class Hours:
    """From one time of day up to, not including, another: minutes after midnight. Past midnight when `end` is the earlier."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("begins and ends at the same time: leave it out, or name two times of day")

    def __contains__(self, minute: int) -> bool:
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Hours":
        """From {"from": "08:00", "to": "21:00"}. ValueError with a plain reason."""
        if set(said) != {"from", "to"}:
            raise ValueError('is written {"from": "08:00", "to": "21:00"}')
        return cls(_minute(said["from"]), _minute(said["to"]))

    def said(self) -> dict[str, str]:
        """The same as `of` reads it."""
        return {"from": _clock(self.start), "to": _clock(self.end)}


def _minute(said: object) -> int:
    hour, colon, minute = said.partition(":") if isinstance(said, str) else ("", "", "")
    digits = len(hour) == len(minute) == 2 and hour.isascii() and minute.isascii() and (hour + minute).isdigit()
    if not colon or not digits or int(hour) > 23 or int(minute) > 59:
        raise ValueError(f"{str(said)[:20]!r} is not a time of day: write it as 08:00")
    return int(hour) * 60 + int(minute)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@cache
def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name. ValueError with a plain reason."""
    known = name == "UTC" or ("/" in name and not name.startswith(("posix/", "right/")))  # "localtime" is no zone of a person
    try:
        if known:
            return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        pass
    raise ValueError(f"unknown time zone {name[:40]!r}: write an IANA name, such as Europe/Amsterdam")


def ever_open(window: Hours | None, quiet: Hours | None) -> bool:
    """Whether the window leaves any minute of the day outside the quiet hours."""
    edges = _edges(window, quiet)
    return not edges or any(_open(window, quiet, minute) for minute in edges)


def may_mail_at(window: Hours | None, quiet: Hours | None, zone: tzinfo, now_s: float) -> bool:
    """Whether somebody in this zone may be mailed at this moment (epoch s). None: no window, no quiet hours."""
    local = datetime.fromtimestamp(now_s, zone)
    return _open(window, quiet, local.hour * 60 + local.minute)


def next_opening(window: Hours | None, quiet: Hours | None, zone: tzinfo, now_s: float) -> int:
    """The first whole epoch second from now at which somebody in this zone may be mailed.

    ValueError when the quiet hours cover the whole window.
    """
    if not ever_open(window, quiet):
        raise ValueError("the window lies within the quiet hours")
    edges = _edges(window, quiet)
    at = ceil(now_s)
    while not may_mail_at(window, quiet, zone, at):
        at = _next_edge(edges, zone, at)
    return at


def _open(window: Hours | None, quiet: Hours | None, minute: int) -> bool:
    return (window is None or minute in window) and (quiet is None or minute not in quiet)


def _edges(window: Hours | None, quiet: Hours | None) -> set[int]:
    return {minute for hours in (window, quiet) if hours for minute in (hours.start, hours.end)}


def _next_edge(edges: set[int], zone: tzinfo, at: int) -> int:
    """The next moment after `at` when the wall clock shows one of these minutes, or is put forward or back."""
    local = datetime.fromtimestamp(at, zone)
    second = (local.hour * 60 + local.minute) * 60 + local.second
    then = at + min((edge * 60 - second) % (DAY_MINUTES * 60) or DAY_MINUTES * 60 for edge in edges)
    before = local.utcoffset()
    if datetime.fromtimestamp(then, zone).utcoffset() == before:
        return then
    low, high = at, then  # the clock is changed in between: look again at that very moment
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


@dataclass(frozen=True)
class Timetable:
    """When one send may mail whom. `zone` is for those whose own zone is not known."""

    window: Hours | None
    quiet: Hours | None
    zone: ZoneInfo

    def opens(self, zone: str, now_s: float) -> int:
        """The first epoch second from now at which somebody of this zone ("": not known) may be mailed; 0: now."""
        there = self._zone(zone)
        if may_mail_at(self.window, self.quiet, there, now_s):
            return 0
        return next_opening(self.window, self.quiet, there, now_s)

    def _zone(self, name: str) -> ZoneInfo:
        try:
            return zone_of(name) if name else self.zone
        except ValueError:  # a name that the table of zones lost since: no reason to hold their mail back for good
            return self.zone


def timetable_of(terms: Mapping[str, Any]) -> Timetable | None:
    """What a send's terms say about hours. None: it mails at any hour."""
    window, quiet = terms.get("window"), terms.get("quiet")
    hours = Hours.of(window) if isinstance(window, Mapping) else None
    silence = Hours.of(quiet) if isinstance(quiet, Mapping) else None
    if hours is None and silence is None:
        return None
    return Timetable(hours, silence, zone_of(terms["timezone"]))
