"""Elections: the last month before a poll, and the days of silence around it, in which a party does not campaign.

In the last month a personalised send needs a second person's approval, and questions are due within 48 hours (Regulation (EU)
2024/900 art. 16 and recital 78; the last month makes an infringement especially serious, art. 25). In a period of silence nobody
is mailed, but for a vote reminder: the same one for everyone on a list. Periods are law or custom of a country: the party names
them. Read from `templates/calendar.json`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from functions.domain.consent import Ceiling
from functions.domain.hours import zone_of

LAST_MONTH_DAYS = 30  # before the first polling day
LONGEST_SILENCE_DAYS = 31  # longer is a slip of the pen
POLLING_DAYS = 31
VOTE_REMINDER = "vote_reminder"  # a send's term
_ELECTION = {"name", "country", "polling_days", "silence", "timezone"}


class NotACalendarError(ValueError):
    """Each thing that is wrong, with its place (`elections[0].silence[1].to`)."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Period:
    """From `start` up to, not including, `end`: epoch ms."""

    start: int
    end: int

    def touches(self, start: int, end: int) -> bool:
        """Whether any moment from `start` to `end`, both included, lies in it."""
        return start < self.end and end >= self.start


@dataclass(frozen=True)
class Election:
    name: str
    country: str
    polling_days: tuple[date, ...]
    zone: tzinfo
    silence: tuple[Period, ...] = ()

    @property
    def last_month(self) -> Period:
        """From the day 30 days before the first polling day to the end of the last one."""
        return Period(
            _midnight(self.polling_days[0] - timedelta(days=LAST_MONTH_DAYS), self.zone),
            _midnight(self.polling_days[-1] + timedelta(days=1), self.zone),
        )

    def said(self, moment_ms: int) -> str:
        """A moment on this country's wall clock: "2027-03-16 00:00"."""
        return datetime.fromtimestamp(moment_ms / 1000, self.zone).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class Silence:
    """One period of silence with the election it belongs to."""

    election: Election
    period: Period

    def __str__(self) -> str:
        said = self.election.said
        return f"the silence of {self.election.name!r}, {said(self.period.start)} to {said(self.period.end)}"


@dataclass(frozen=True)
class Calendar:
    elections: tuple[Election, ...] = ()

    @classmethod
    def from_json(cls, body: object, timezone: str = "UTC") -> "Calendar":
        """Read `{"elections": [{"name", "country", "polling_days", "silence": [{"from", "to"}], "timezone"}]}`.

        `timezone` is of elections that name none. NotACalendarError names everything that is wrong.
        """
        reader = _Reader(timezone)
        elections = tuple(reader.elections(body))
        if reader.problems:
            raise NotACalendarError(reader.problems)
        return cls(elections)

    def silence(self, start_ms: int, end_ms: int | None = None) -> Silence | None:
        """The first period of silence that any moment from start to end lies in; without an end, the start."""
        found = [
            Silence(election, period)
            for election in self.elections
            for period in election.silence
            if period.touches(start_ms, start_ms if end_ms is None else end_ms)
        ]
        return min(found, key=lambda one: one.period.start, default=None)

    def last_month(self, start_ms: int, end_ms: int | None = None) -> Election | None:
        """The election in whose last month any moment from start to end lies."""
        end_ms = start_ms if end_ms is None else end_ms
        return next((election for election in self.elections if election.last_month.touches(start_ms, end_ms)), None)


@dataclass(frozen=True)
class Hold:
    """Why nobody of a send may be mailed at this moment. `approval`: until a second person approves it; else until it is over."""

    why: str
    approval: bool


def hold(calendar: Calendar, terms: Mapping[str, Any], personal: bool, approved: bool, now_ms: int) -> Hold | None:
    """Whether the calendar holds a send now, on these terms."""
    if is_vote_reminder(terms):
        return None
    if silence := calendar.silence(now_ms):
        return Hold(f"{silence}; resume it afterwards", approval=False)
    if personal and not approved and (election := calendar.last_month(now_ms)):
        return Hold(needs_approval(election), approval=True)
    return None


def needs_approval(election: Election) -> str:
    return f"the last month before {election.name!r}: a personalised send needs the approval of a second person"


def is_vote_reminder(terms: Mapping[str, Any]) -> bool:
    """Whether a send is the same reminder to vote for everyone on a list."""
    return terms.get(VOTE_REMINDER) is True


def ceiling_of(terms: Mapping[str, Any], ceiling: Ceiling) -> Ceiling:
    """The most that is done in one send: a vote reminder is in staff's order, with shared links and no pixel, for everybody."""
    return Ceiling.EDITORIAL if is_vote_reminder(terms) else ceiling


def is_personal(audience: Mapping[str, Any], comparison: float, terms: Mapping[str, Any], ceiling: Ceiling) -> bool:
    """Whether a send selects: its recipients by a segment, or blocks for whoever consented to that.

    `ceiling` is the deployment's. With a comparison of 1 everybody gets staff's order.
    """
    if is_vote_reminder(terms):
        return False
    return "segment" in audience or (ceiling is not Ceiling.EDITORIAL and comparison < 1)


class _Reader:
    def __init__(self, timezone: str) -> None:
        self.problems: list[str] = []
        self._timezone = timezone

    def elections(self, body: object) -> Iterator[Election]:
        if not isinstance(body, Mapping) or set(body) != {"elections"} or not isinstance(body["elections"], list):
            self.problems.append('a calendar is written {"elections": [...]}')
            return
        for n, stated in enumerate(body["elections"]):
            before = len(self.problems)
            found = self._election(stated, f"elections[{n}]")
            if found and len(self.problems) == before:
                yield found

    def _election(self, stated: object, at: str) -> Election | None:
        if not isinstance(stated, Mapping):
            self.problems.append(f"{at}: an election has name, country, polling_days and silence")
            return None
        self.problems += [f"{at}.{field}: is not known here" for field in sorted(map(str, stated.keys() - _ELECTION))]
        name, country = self._text(stated, "name", at), self._text(stated, "country", at)
        try:
            zone = zone_of(stated.get("timezone", self._timezone))
        except (TypeError, ValueError) as wrong:
            self.problems.append(f"{at}.timezone: {wrong}")
            return None
        days, silence = self._days(stated.get("polling_days"), at), self._silence(stated.get("silence", []), at, zone)
        return Election(name, country, days, zone, silence) if days else None

    def _text(self, stated: Mapping[str, Any], field: str, at: str) -> str:
        value = stated.get(field)
        if not isinstance(value, str) or not value.strip() or len(value) > 100:
            self.problems.append(f"{at}.{field}: is text of 1 to 100 characters")
            return ""
        return value.strip()

    def _days(self, stated: object, at: str) -> tuple[date, ...]:
        if not isinstance(stated, list) or not 0 < len(stated) <= POLLING_DAYS:
            self.problems.append(f'{at}.polling_days: a list of days, such as ["2027-03-17"]')
            return ()
        days = [self._day(day, f"{at}.polling_days[{n}]") for n, day in enumerate(stated)]
        return tuple(sorted({day for day in days if day}))

    def _day(self, stated: object, at: str) -> date | None:
        try:
            return date.fromisoformat(str(stated))
        except ValueError:
            self.problems.append(f"{at}: {str(stated)[:40]!r} is not a day: write it as 2027-03-17")
            return None

    def _silence(self, stated: object, at: str, zone: tzinfo) -> tuple[Period, ...]:
        if not isinstance(stated, list):
            self.problems.append(f'{at}.silence: a list of {{"from": "2027-03-16T00:00", "to": "2027-03-17T21:00"}}')
            return ()
        found = [self._period(period, f"{at}.silence[{n}]", zone) for n, period in enumerate(stated)]
        return tuple(sorted((period for period in found if period), key=lambda period: period.start))

    def _period(self, stated: object, at: str, zone: tzinfo) -> Period | None:
        if not isinstance(stated, Mapping) or set(stated) != {"from", "to"}:
            self.problems.append(f'{at}: is written {{"from": "2027-03-16T00:00", "to": "2027-03-17T21:00"}}')
            return None
        start, end = (self._moment(stated[name], f"{at}.{name}", zone) for name in ("from", "to"))
        if start is None or end is None:
            return None
        if not start < end <= start + LONGEST_SILENCE_DAYS * 86_400_000:
            self.problems.append(f"{at}.to: must be after `from`, by at most {LONGEST_SILENCE_DAYS} days")
            return None
        return Period(start, end)

    def _moment(self, stated: object, at: str, zone: tzinfo) -> int | None:
        """Epoch ms of a time on the wall, or of one with its offset."""
        try:
            moment = datetime.fromisoformat(str(stated))
        except ValueError:
            self.problems.append(f"{at}: {str(stated)[:40]!r} is not a time: write it as 2027-03-16T00:00")
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp() * 1000)


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp() * 1000)
