"""What a party must not forget: the yearly risk assessment, and questions that are due.

Regulation (EU) 2024/900 art. 19(1)(d): whoever uses targeting assesses its risks each year. Art. 16: authorities get their answer
within 8 working days, in the last month before an election within 48 hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from functions.domain.calendar import Calendar

ASSESSMENT_DAYS = 365
WORKING_DAYS = 8
URGENT_MS = 48 * 3_600_000
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Reminder:
    """`due`: the day by which the next risk assessment is to be there; None when there was never one. `warning`: None in time."""

    due: date | None
    days_left: int | None
    warning: str | None


def reminder(last: date | None, today: date) -> Reminder:
    """Of the yearly risk assessment, last made on this day."""
    if last is None:
        return Reminder(None, None, "no risk assessment is recorded: whoever chooses messages for people makes one each year")
    due = last + timedelta(days=ASSESSMENT_DAYS)
    left = (due - today).days
    warning = f"the last risk assessment is of {last}, {(today - last).days} days ago: it is due each year" if left < 0 else None
    return Reminder(due, left, warning)


def due_at(received_ms: int, calendar: Calendar, zone: tzinfo) -> int:
    """When an answer to a question is due, in epoch ms: at the end of the eighth working day after the day it came, or within
    48 hours in the last month before an election.

    Working days are Monday to Friday: a public holiday moves no deadline, so it is never later than the law's.
    """
    if calendar.last_month(received_ms):
        return received_ms + URGENT_MS
    day, left = datetime.fromtimestamp(received_ms / 1000, zone).date(), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return int(datetime.combine(day + timedelta(days=1), time(), zone).timestamp() * 1000)


def hours_left(due_ms: int, now_ms: int) -> int:
    """Whole hours until it is due; below zero when it is late."""
    return (due_ms - now_ms) // HOUR_MS
