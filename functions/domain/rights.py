"""How long the party has to answer a request of somebody about their data: one month from the day it came (GDPR art. 12(3)).

A month ends on the same day of the next one, or on its last day (Regulation (EEC, Euratom) 1182/71 art. 3(2)(c)). One that ends
on a weekend or holiday ends on the working day after; that day of grace is not counted on here.
"""

from calendar import monthrange
from datetime import date
from enum import StrEnum


class RequestKind(StrEnum):
    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    RESTRICT = "restrict"
    PORTABLE = "portable"
    OBJECT = "object"


def due(received: date) -> date:
    """The last day for an answer."""
    year, month = (received.year + 1, 1) if received.month == 12 else (received.year, received.month + 1)
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def days_left(received: date, today: date) -> int:
    """Negative when it is overdue."""
    return (due(received) - today).days
